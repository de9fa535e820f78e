#include "conformance/cli/terminal.h"

#include <gtest/gtest.h>

#include <sstream>

#include "conformance/cli/progress_line.h"
#include "conformance/cli/run_printer.h"
#include "reports/test_support.h"
#include "reports/text.h"

namespace holdfast {
namespace {

TEST(Terminal, FoldsBetweenWordsAndIndents) {
  TerminalStyle narrow;
  narrow.width = 20;
  EXPECT_EQ(folded(narrow, 4, "one two three four five"), "one two three\n    four five");
  EXPECT_EQ(folded(narrow, 4, "a-word-that-is-much-too-long b"), "a-word-that-is-much-too-long\n    b");
  EXPECT_EQ(folded(narrow, 4, ""), "");
  EXPECT_EQ(folded(TerminalStyle{}, 4, "one two three four five"), "one two three four five");
}

TEST(Terminal, ColoursOnlyWhereThereAreColours) {
  EXPECT_EQ(coloured(TerminalStyle{}, Colour::red, "x"), "x");
  EXPECT_EQ(coloured(TerminalStyle{true, false, 0}, Colour::red, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(coloured(TerminalStyle{true, false, 0}, Colour::none, "x"), "x");
}

TEST(Terminal, APipeIsNoTerminal) {
  const TerminalStyle style = style_of(-1);
  EXPECT_FALSE(style.colours);
  EXPECT_FALSE(style.progress);
  EXPECT_EQ(style.width, 0u);
}

TEST(ProgressLine, WritesNothingIntoAPipe) {
  std::ostringstream out;
  ProgressLine progress(out, TerminalStyle{});
  progress.case_done(sample_case("mqtt5/4.4/a", Verdict::fail), 1, 2);
  progress.clear();
  EXPECT_EQ(out.str(), "");
}

std::string printed(const RunResults& results, Detail detail, const RunDescription& run = {}) {
  std::ostringstream out;
  RunPrinter printer(out, TerminalStyle{}, detail);
  printer.results(results, run, outcome_of(results, run.strict), 9'800ms);
  return out.str();
}

TEST(RunPrinter, GivesFiveLinesToAFailure) {
  RunResults results = sample_results();
  results.simulated = false;
  results.system = {"Mosquitto 2.0.11", "$SYS", "mqtt://127.0.0.1:1883"};
  results.v3_1_1 = Capabilities{};
  results.v5->round_trip = 400us;
  results.cases = {sample_case("mqtt5/4.4/passes", Verdict::pass),
                   sample_case("mqtt5/4.4/fails", Verdict::fail)};
  RunDescription run;
  run.report_folder = "report";
  run.address = "mqtt://127.0.0.1:1883";
  EXPECT_EQ(printed(results, Detail::normal, run),
            "Mosquitto 2.0.11 (told by $SYS) · MQTT 3.1.1 and 5.0 · answers in 0.4 ms\n"
            "\n"
            "FAIL  mqtt5/4.4/fails   A PUBREL that is owed is sent again when the Session resumes\n"
            "  rule      MQTT-4.4.0-1: When a client reconnects with Clean Start 0 and the session exists, "
            "both sides "
            "must send unacknowledged PUBLISH (QoS above 0) and PUBREL packets again with their original "
            "identifiers, "
            "and must not resend at any other time. (interpretation T-03)\n"
            "  expected  PUBREL id 7 within 2 s of CONNACK\n"
            "  observed  CONNACK sp 1 at +0.4 ms, then nothing for 2.0 s\n"
            "  evidence  report/evidence/mqtt5.4.4.fails.txt\n"
            "  replay    holdfast replay 7:mqtt5/4.4/fails mqtt://127.0.0.1:1883\n"
            "\n"
            "1 pass · 1 fail     9.8 s     report/results.json\n"
            "does not conform: 1 case fails\n");
}

TEST(RunPrinter, PutsTheGravestNextToTheSummary) {
  const std::string text = printed(sample_results(), Detail::normal);
  EXPECT_LT(text.find("NON-STRICT  "), text.find("INCONCLUSIVE  "));
  EXPECT_LT(text.find("INCONCLUSIVE  "), text.find("FAIL  "));
  EXPECT_LT(text.find("FAIL  "), text.find("ERROR  "));
  EXPECT_EQ(text.find("mqtt5/4.4/passes"), std::string::npos);
  EXPECT_NE(text.find("1 pass · 1 fail · 1 error · 1 inconclusive · 1 non-strict · 1 informational · "
                      "1 unsupported"),
            std::string::npos)
      << text;
}

TEST(RunPrinter, IsBriefWhenQuietAndNamesEachCaseWhenVerbose) {
  EXPECT_EQ(printed(sample_results(), Detail::quiet).find("mqtt5/"), std::string::npos);
  EXPECT_NE(printed(sample_results(), Detail::verbose).find("pass          mqtt5/4.4/passes   1.2 s"),
            std::string::npos);
}

TEST(RunPrinter, GathersManyCasesOfAKind) {
  RunResults results = sample_results();
  results.cases.clear();
  for (const char letter : std::string("abcdefghijkl"))
    results.cases.push_back(sample_case(std::string("mqtt5/4.4/") + letter, Verdict::fail));
  results.cases[11].findings[0].requirement = results.cases[11].requirements[0] = "MQTT-4.4.0-2";
  const std::string text = printed(results, Detail::normal);
  EXPECT_NE(text.find("FAIL  mqtt5/4.4/a "), std::string::npos) << text;
  EXPECT_NE(text.find("  also      mqtt5/4.4/b, mqtt5/4.4/c, mqtt5/4.4/d and 7 more\n"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("FAIL  mqtt5/4.4/b "), std::string::npos) << text;
  EXPECT_NE(text.find("FAIL  mqtt5/4.4/l "), std::string::npos) << text;  // another rule
  EXPECT_NE(printed(results, Detail::verbose).find("FAIL  mqtt5/4.4/b "), std::string::npos);

  results.cases.resize(10);
  EXPECT_NE(printed(results, Detail::normal).find("FAIL  mqtt5/4.4/b "), std::string::npos);
}

TEST(RunPrinter, LeavesOutWhatTheBaselineExpectsAndShowsWhatItDoesNot) {
  RunResults results = sample_results();
  results.cases = {sample_case("mqtt5/4.4/known", Verdict::fail),
                   sample_case("mqtt5/4.4/better", Verdict::pass)};
  results.cases[0].standing = Standing::expected;
  results.cases[0].baseline_reason = "example/broker#1";
  EXPECT_EQ(printed(results, Detail::normal),
            "\n1 pass · 0 fail · 1 as the baseline expects     9.8 s\n"
            "conforms, but for what the baseline expects\n");
  results.cases[1].standing = Standing::unexpected;
  results.cases[1].baseline_reason = "example/broker#2";
  const std::string text = printed(results, Detail::normal);
  EXPECT_NE(text.find("PASS  mqtt5/4.4/better"), std::string::npos) << text;
  EXPECT_NE(text.find("  baseline  expects another verdict: example/broker#2"), std::string::npos) << text;
}

TEST(RunPrinter, LeavesNoControlCharacterOfHostileText) {
  for (const Detail detail : {Detail::quiet, Detail::normal, Detail::verbose}) {
    const std::string text = printed(hostile_results(), detail);
    for (const char byte : text) ASSERT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
    EXPECT_LT(text.size(), 100'000u);
  }
}

}  // namespace
}  // namespace holdfast
