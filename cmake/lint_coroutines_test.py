#!/usr/bin/env python3
"""The lint finds each forbidden form, by its rule and line, and leaves the allowed ones alone."""

import unittest

from lint_coroutines import findings_in

FORBIDDEN = {
    "condition": [
        "Task<> f() { if (co_await x()) y(); }",
        "Task<> f() { if ((co_await x()) != 3) { co_return; } }",
        "Task<> f() { if (!co_await x()) co_return; }",
        "Task<> f() { if (auto a = x(); co_await a) y(); }",
        "Task<> f() { if (auto a = co_await x()) y(); }",
        "Task<> f() { y(); } Task<> g() { if (a) {} else if (co_await x()) y(); }",
        "template <class T> Task<> f() { if constexpr (c) { while (co_await x()) y(); } }",
        "Task<> f() { while ((co_await x()).ok()) {} }",
        "Task<> f() { do { y(); } while (co_await x()); }",
        "Task<> f() { for (int i = 0; i < co_await x(); ++i) y(); }",
        "Task<> f() { for (auto& each : co_await x()) y(each); }",
        "Task<> f() { switch (co_await x()) { case 1: y(); } }",
        "void f() { spawn([](Loop& loop) -> Task<> { if (co_await x(loop)) y(); }(loop)); }",
    ],
    "choice": [
        "Task<> f() { auto a = b ? co_await x() : 0; }",
        "Task<> f() { auto a = co_await x(b ? c() : d()); }",
        "Task<> f() { y(b ? 1 : 2, co_await x()); }",
        "Task<> f() { co_return co_await x() ? 1 : 2; }",
    ],
    "braces": [
        "Task<> f() { auto a = co_await x(Options{1, 2}); }",
        "Task<> f() { auto a = co_await x({.topic = t}); }",
        "Task<> f() { co_await x({}); }",
        "Task<> f() { y(Options{}, co_await x()); }",
        "Task<> f() { Packet p{a, co_await x(), b}; }",
        "Task<> f() { co_return Result{co_await x()}; }",
        "Task<> f() { if (auto a = co_await x(Options{}); a) y(); }",
        "Task<> f() { for (int i : {1, 2}) co_await x({i}); }",
        "Task<> f() { EXPECT_EQ(co_await x(), (std::vector<int>{1, 2})); }",
    ],
    "capture": [
        "void f() { auto g = [&]() -> Task<> { co_await x(); }; }",
        "void f() { auto g = [a] { co_return; }; }",
        "void f() { spawn([this, a](int b) mutable -> Task<std::pair<int, int>> { co_return y(a, b); }(1)); }",
        "void f() { auto g = [&] { if (a) { for (;;) { co_await x(); } } }; }",
        "Task<> f() { co_await x([a] { return a; }); }",
        "Task<> f() { co_await x([=] { return a; }); }",
        "Task<> f() { co_await x([&a, b = std::move(b)] { return a; }); }",
    ],
    "default": [
        "Task<> f(int a, Options o = {});",
        "Task<std::pair<int, int>> f(Options o = Options{1});",
        "class A { Task<int> f(std::vector<int> v = {1, 2}) { co_return 1; } };",
    ],
}

ALLOWED = [
    "Task<> f() { auto a = co_await x(); if (a) y(); }",
    "Task<> f() { if (auto a = co_await x(); a) { co_return; } }",
    "Task<> f() { switch (auto a = co_await x(); a) { case 1: break; } }",
    "Task<> f() { if (a) co_await x(); else co_await y(); }",
    "Task<> f() { while (true) { auto a = co_await x(); if (!a) break; } }",
    "Task<> f() { for (int i = 0; i < 3; ++i) co_await x(i); }",
    "Task<> f() { for (int i : {1, 2}) co_await x(i); }",
    "Task<> f() { for (int i : {1, 2}) { co_await x(i); } }",
    "Task<> f() { Options o{.a = 1}; co_await x(std::move(o)); }",
    "Task<> f() { send({.topic = t}); co_await x(); send(Packet{1}); }",
    "Task<> f() { if (a ? b : c) { co_await x(); } }",
    "Task<> f() { if (a ? b : c) co_await x(); }",
    "Task<> f() { const int b = a ? 1 : 2; co_await x(b); }",
    "Task<> f() { try { co_await x(); } catch (const E& e) { y({e}); } co_await z(); }",
    "Task<> f() {} void g() { a = b ? c : d; } Task<> h() { co_await x(); }",
    "Task<> f() { EXPECT_EQ(co_await x(), 3) << text; }",
    "Task<> f() { auto a = co_await client.expect<Puback>(2s); auto& [b, c] = a; y(d[b]); }",
    "Task<> f() { co_await x([&a, this] { return Result{a}; }); }",
    "Task<> f() { co_await x([](int a) { return a ? 1 : 2; }); }",
    "Task<> f() { spawn([](int a) -> Task<> { co_await x(a); }(1)); }",
    "void f() { run([&] { return Result{a}; }); }",
    "[[nodiscard]] Task<> f() { co_await x(); }",
    "Task<> f(int a = 3, std::string b = std::string()) { co_await x(); }",
    "void f(Task<> task, std::function<void()> done = {});",
    "struct A { Task<> f() { co_await x(); } int b = 0; std::vector<int> c{1}; };",
    '// if (co_await x())\n/* co_await x({}) */ Task<> f() { y("if (co_await x({}))", \'{\', R"(co_await x({}))"); }',
    "#define WAIT(a) if (co_await (a)) { \\\n  x({})\nTask<> f() { co_await x(); }",
    "Task<> f() { co_await x(1'000'000, 0x1'f, 1e-3); }",
]


class LintCoroutines(unittest.TestCase):
    def test_finds_each_forbidden_form_and_nothing_else_in_it(self):
        for rule, snippets in FORBIDDEN.items():
            for snippet in snippets:
                with self.subTest(rule=rule, snippet=snippet):
                    self.assertEqual({finding.rule for finding in findings_in(snippet)}, {rule})

    def test_leaves_the_allowed_forms_alone(self):
        for snippet in ALLOWED:
            with self.subTest(snippet=snippet):
                self.assertEqual(findings_in(snippet), [])

    def test_tells_the_line(self):
        source = "// one\n#define A \\\n  3\nTask<> f() {\n  /* five\n  */\n  if (co_await x()) y();\n}\n"
        self.assertEqual([finding.line for finding in findings_in(source)], [7])

    def test_tells_each_of_several_findings(self):
        source = "Task<> f() {\n  co_await x({});\n  if (co_await y()) z();\n  a = co_await y({}) ? 1 : 2;\n}\n"
        self.assertEqual(
            [(finding.line, finding.rule) for finding in findings_in(source)],
            [(2, "braces"), (3, "condition"), (4, "braces"), (4, "choice")],
        )

    def test_refuses_a_file_whose_brackets_do_not_match(self):
        for source in ("void f() { (]; }", "void f() {", "}"):
            with self.subTest(source=source), self.assertRaises(ValueError):
                findings_in(source)


if __name__ == "__main__":
    unittest.main()
