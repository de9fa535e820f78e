#!/usr/bin/env python3
"""Finds the forms of coroutines that g++ 12 compiles wrongly, or that live shorter than they look.

    lint_coroutines.py FILE_OR_FOLDER...

What is forbidden, and why, is told in sim/time/README.md. The rules, in the words of the checks below:

  condition   co_await in the parentheses of if, while, for or switch. The initialiser of an if or a switch is
              free: `if (auto ack = co_await x(); ack)`.
  choice      co_await and ?: in one statement.
  braces      co_await and a braced list in one statement: name the value in a statement before.
  capture     a lambda that captures and is a coroutine; a lambda that captures by value in a statement with
              co_await.
  default     a braced default argument of a function that returns a Task.

It reads tokens and brackets, not C++: macros are taken as calls, preprocessor lines are not looked at. Where it
cannot know whether a form is harmless (braces around a class with constructors are) it forbids it.
"""

import pathlib
import re
import sys
from dataclasses import dataclass, field

SUFFIXES = {".h", ".cpp"}

TOKEN = re.compile(
    r"""
      (?P<space>\s+ | //[^\n]* | /\*.*?\*/)
    | (?P<raw>(?:u8|u|U|L)?R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)")
    | (?P<text>(?:u8|u|U|L)?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<number>\.?\d(?:'?[\w.]|[eEpP][+-])*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark>::|->|&&|\|\||[=!<>+\-*/%&|^]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.MULTILINE | re.DOTALL)
CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass
class Token:
    text: str
    line: int


@dataclass
class Group:
    """A bracketed part. A block is a pair of braces around statements; other braces are lists."""

    opening: str
    line: int
    parts: list = field(default_factory=list)
    is_block: bool = False
    is_lambda: bool = False


@dataclass(frozen=True, order=True)
class Finding:
    line: int
    rule: str
    advice: str


def text_of(part):
    return part.text if isinstance(part, Token) else part.opening


def is_group(part, opening):
    return isinstance(part, Group) and part.opening == opening


def tokens_of(source):
    source = PREPROCESSOR.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    line = 1
    for match in TOKEN.finditer(source):
        if match.lastgroup in ("word", "mark"):
            yield Token(match.group(), line)
        elif match.lastgroup != "space":
            yield Token("0", line)  # a literal: only that it is there matters
        line += match.group().count("\n")


def tree_of(source):
    """The file as one block of nested groups. Closing brackets without opening are an error of the file."""
    root = Group("{", 1, is_block=True)
    open_groups = [root]
    for token in tokens_of(source):
        if token.text in CLOSING:
            group = Group(token.text, token.line)
            open_groups[-1].parts.append(group)
            open_groups.append(group)
        elif token.text in CLOSING.values():
            if len(open_groups) == 1 or CLOSING[open_groups[-1].opening] != token.text:
                raise ValueError(f"line {token.line}: unexpected {token.text}")
            open_groups.pop()
        else:
            open_groups[-1].parts.append(token)
    if len(open_groups) > 1:
        raise ValueError(f"line {open_groups[-1].line}: {open_groups[-1].opening} is never closed")
    mark_blocks(root)
    return root


def mark_blocks(group):
    """Statements end in ; or in a block, and a list contains neither."""
    for index, part in enumerate(group.parts):
        if not isinstance(part, Group):
            continue
        mark_blocks(part)
        if part.opening != "{":
            continue
        follows_a_head = index > 0 and (
            is_group(group.parts[index - 1], "(") or text_of(group.parts[index - 1]) in ("else", "do", "try")
        )
        contains_statements = any(text_of(inner) == ";" or is_block(inner) for inner in part.parts)
        part.is_block = contains_statements or follows_a_head
    for index, part in enumerate(group.parts):
        if is_group(part, "[") and starts_lambda(group.parts, index):
            body = body_of_lambda(group.parts, index)
            if body is not None:
                body.is_block = True
                body.is_lambda = True


def is_block(part):
    return isinstance(part, Group) and part.is_block


def starts_lambda(parts, index):
    if any(is_group(inner, "[") for inner in parts[index].parts[:1]):
        return False  # an [[attribute]]
    if index == 0:
        return True
    before = parts[index - 1]
    if isinstance(before, Group):
        return before.is_block
    if re.fullmatch(r"\w+", before.text):
        return before.text in ("return", "co_return", "co_await", "co_yield", "else", "do")
    return before.text != ">"


def body_of_lambda(parts, index):
    """The braces after `[...] (...) mutable -> Type`, or None if that is no lambda."""
    has_type = False
    for part in parts[index + 1 :]:
        if is_group(part, "{"):
            return part
        if is_group(part, "[") or text_of(part) in (";", "="):
            return None
        has_type = has_type or text_of(part) == "->"
        if text_of(part) == "," and not has_type:
            return None
    return None


def statements_of(block):
    statement = []
    for part in block.parts:
        if text_of(part) == ";" and isinstance(part, Token):
            yield statement
            statement = []
        elif is_block(part) and not part.is_lambda:
            yield statement
            statement = []
        else:
            statement.append(part)
    yield statement


def flat(parts, into_blocks=False):
    """All parts and what is in their brackets, but not in the bodies of lambdas, which are other functions."""
    for part in parts:
        yield part
        if isinstance(part, Group) and not part.is_lambda and (into_blocks or not part.is_block):
            yield from flat(part.parts, into_blocks)


def awaits(parts):
    return any(text_of(part) == "co_await" for part in flat(parts))


def is_coroutine(body):
    return any(text_of(part) in ("co_await", "co_return", "co_yield") for part in flat(body.parts, True))


def condition_of(keyword, parentheses):
    """What is evaluated as a condition; the initialiser of if and switch is left out."""
    semicolons = [i for i, part in enumerate(parentheses.parts) if text_of(part) == ";"]
    if keyword in ("if", "switch") and semicolons:
        return parentheses.parts[semicolons[-1] + 1 :]
    return parentheses.parts


def check_conditions(statement):
    parts = list(flat(statement))
    for index, part in enumerate(parts):
        if not isinstance(part, Token) or part.text not in ("if", "while", "for", "switch"):
            continue
        for following in parts[index + 1 : index + 3]:  # `if constexpr (`
            if is_group(following, "("):
                if awaits(condition_of(part.text, following)):
                    advice = f"co_await in the condition of {part.text}: name the result before"
                    yield Finding(part.line, "condition", advice)
                break


def check_statement(statement):
    yield from check_conditions(statement)
    first_await = next((part for part in flat(statement) if text_of(part) == "co_await"), None)
    if first_await is None:
        return
    line = first_await.line
    # Where a statement has a head, `if (auto x = co_await f(); x) y = {};`, what follows it is another one.
    for parts in split_at_heads(statement):
        if not awaits(parts):
            continue
        for part in flat(parts):
            if text_of(part) == "?":
                yield Finding(line, "choice", "co_await and ?: in one statement: use if and else")
            elif is_group(part, "{") and not part.is_block:
                yield Finding(part.line, "braces", "co_await and braces in one statement: name the value before")
        for capture in captures_in(parts):
            if any(not is_reference(each) for each in split_at_commas(capture)):
                advice = "a lambda that captures by value beside co_await: name it before"
                yield Finding(capture.line, "capture", advice)


def split_at_heads(statement):
    start = 0
    for index, part in enumerate(statement):
        is_head = is_group(part, "(") and any(
            text_of(before) in ("if", "while", "for", "switch") for before in statement[max(0, index - 2) : index]
        )
        if is_head:
            yield statement[start : index + 1]
            start = index + 1
    yield statement[start:]


def captures_in(parts):
    for siblings in [parts] + [part.parts for part in flat(parts) if isinstance(part, Group)]:
        for index, part in enumerate(siblings):
            if is_group(part, "[") and part.parts and starts_lambda(siblings, index):
                body = body_of_lambda(siblings, index)
                if body is not None and body.is_lambda:
                    yield part


def split_at_commas(group):
    capture = []
    for part in group.parts:
        if text_of(part) == ",":
            yield capture
            capture = []
        else:
            capture.append(part)
    yield capture


def is_reference(capture):
    return bool(capture) and text_of(capture[0]) in ("&", "this")


def check_lambda_coroutines(group):
    for index, part in enumerate(group.parts):
        if not is_group(part, "[") or not part.parts or not starts_lambda(group.parts, index):
            continue
        body = body_of_lambda(group.parts, index)
        if body is not None and body.is_lambda and is_coroutine(body):
            advice = "a coroutine that captures: its captures die with the lambda, pass them as arguments"
            yield Finding(part.line, "capture", advice)


def check_default_arguments(group):
    for index, part in enumerate(group.parts):
        if text_of(part) != "Task" or not isinstance(part, Token):
            continue
        depth = 0  # in angle brackets
        for following in group.parts[index + 1 :]:
            depth += {"<": 1, ">": -1}.get(text_of(following), 0)
            if text_of(following) in (";", "{", "=") or (text_of(following) == "," and depth == 0):
                break
            if is_group(following, "("):
                if has_braced_default(following):
                    advice = "a braced default argument of a coroutine: write an overload"
                    yield Finding(following.line, "default", advice)
                break


def has_braced_default(parameters):
    return any("=" in map(text_of, each) and any(is_group(part, "{") for part in each)
               for each in split_at_commas(parameters))


def findings_in(source):
    """All findings in the text of one file, in the order of lines."""
    root = tree_of(source)
    groups = [root]
    findings = set()
    while groups:
        group = groups.pop()
        groups.extend(part for part in group.parts if isinstance(part, Group))
        findings.update(check_lambda_coroutines(group))
        findings.update(check_default_arguments(group))
        if group.is_block:
            for statement in statements_of(group):
                findings.update(check_statement(statement))
    return sorted(findings)


def files_in(paths):
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
        else:
            yield path


def main(paths):
    files = list(files_in(paths))
    if not files:
        print("lint_coroutines: no files to look at")
        return 2
    count = 0
    for file in files:
        try:
            findings = findings_in(file.read_text(encoding="utf-8"))
        except ValueError as error:
            print(f"{file}: cannot be read: {error}")
            count += 1
            continue
        for finding in findings:
            print(f"{file}:{finding.line}: {finding.rule}: {finding.advice}")
        count += len(findings)
    print(f"lint_coroutines: {len(files)} files, {count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
