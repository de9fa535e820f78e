// What can be said of one case, and of how a connection closed.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// From the mildest to the gravest; the verdict of a case is the gravest of its findings.
enum class Verdict {
  pass,
  informational,  // a choice that the standard leaves open, recorded
  unsupported,    // the system under test says that it cannot
  non_strict,     // a SHOULD, or a rule whose reading is disputed
  inconclusive,   // the control failed: nothing could be tested
  fail,           // a MUST is broken
  error,          // our own fault, or the harness's
};

std::string_view name_of(Verdict verdict);  // "pass", "non-strict", ...
std::optional<Verdict> verdict_named(std::string_view name);

// What a baseline makes of a verdict.
enum class Standing {
  as_is,
  expected,    // xfail: the baseline expects exactly this verdict, for a reason
  unexpected,  // the baseline expects another verdict: a regression, or xpass if it is better
};

// How the last connection that a case provoked to close has closed.
enum class CloseVerdict {
  none,          // the case was not about a close
  clean,         // as it should be
  without_code,  // closed, but without the DISCONNECT that 5.0 would like to see
  by_reset,      // RST instead of FIN
  not_closed,    // still open at the deadline
};

std::string_view name_of(CloseVerdict verdict);

// What the judgements of a case were about, whether they held or not.
struct Judged {
  std::set<std::string> requirements{};     // of must() and should(); ids of the case's version
  std::set<std::string> interpretations{};  // of any judgement
};

// One thing that a case or a checker has to say.
struct Finding {
  Verdict verdict = Verdict::fail;
  std::string requirement{};  // id, without a version prefix: the version is the case's
  std::string expected{};
  std::string observed{};
  std::string interpretation{};  // row of the interpretations register, such as "T-03"; may be empty
  std::string checker{};         // name of the checker that found it; empty for the case itself
};

}  // namespace holdfast
