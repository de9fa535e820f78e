#include "reports/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reports/text.h"

namespace holdfast {
namespace {

// "1 case fails", "3 cases fail".
std::string cases(std::size_t count, std::string_view verb_one, std::string_view verb_more) {
  return count == 1 ? fmt::format("1 case {}", verb_one) : fmt::format("{} cases {}", count, verb_more);
}

bool judged(const CaseResult& result) {
  return result.verdict != Verdict::unsupported && result.verdict != Verdict::inconclusive &&
         result.verdict != Verdict::error;
}

// Its cases are finds, each of them a way in which a rule is broken.
Outcome outcome_of_exploration(const RunResults& results, bool strict) {
  const ExplorationSummary& explored = *results.exploration;
  const std::size_t failed = results.count(Verdict::fail);
  const std::size_t lax = results.count(Verdict::non_strict);
  if (failed > 0)
    return {exit_code::does_not, fmt::format("does not conform: {} found", counted(failed, "failure"))};
  if (lax > 0 && strict)
    return {exit_code::does_not,
            fmt::format("does not conform strictly: {} found", counted(lax, "departure"))};
  const std::size_t judged = explored.histories - explored.inconclusive - explored.unsupported;
  if (judged == 0) return {exit_code::does_not, "nothing was shown: no history could be judged"};
  if (results.simulated && explored.inconclusive > 0)
    return {exit_code::does_not, fmt::format("cannot tell: {} of {} histories were inconclusive",
                                             explored.inconclusive, explored.histories)};
  return {exit_code::conforms, fmt::format("nothing found in {} histories", judged)};
}

}  // namespace

bool speaks_against(const CaseResult& result, bool simulated, bool strict) {
  if (result.verdict == Verdict::error || result.standing == Standing::unexpected) return true;
  if (result.standing == Standing::expected) return false;
  switch (result.verdict) {
    case Verdict::fail:
      return true;
    case Verdict::non_strict:
      return strict;
    case Verdict::inconclusive:
      return simulated;
    case Verdict::pass:
    case Verdict::informational:
    case Verdict::unsupported:
    case Verdict::error:
      return false;
  }
  return true;
}

Outcome outcome_of(const RunResults& results, bool strict) {
  const std::size_t errors = results.count(Verdict::error);
  if (errors > 0)
    return {exit_code::own_error,
            fmt::format("cannot tell: {}", cases(errors, "ended in error", "ended in error"))};
  if (results.exploration) return outcome_of_exploration(results, strict);
  if (results.cases.empty()) return {exit_code::usage, "no case was run"};

  const auto count = [&](auto predicate) {
    return static_cast<std::size_t>(std::count_if(results.cases.begin(), results.cases.end(), predicate));
  };
  const auto against = [&](Verdict verdict) {
    return count([&](const CaseResult& result) {
      return result.verdict == verdict && result.standing == Standing::as_is &&
             speaks_against(result, results.simulated, strict);
    });
  };
  if (const std::size_t failed = against(Verdict::fail); failed > 0)
    return {exit_code::does_not, fmt::format("does not conform: {}", cases(failed, "fails", "fail"))};
  if (const std::size_t lax = against(Verdict::non_strict); lax > 0)
    return {exit_code::does_not,
            fmt::format("does not conform strictly: {}", cases(lax, "is non-strict", "are non-strict"))};
  if (const std::size_t unexpected = results.count(Standing::unexpected); unexpected > 0)
    return {exit_code::does_not,
            fmt::format("not as the baseline expects: {}", cases(unexpected, "differs", "differ"))};
  if (const std::size_t open = against(Verdict::inconclusive); open > 0)
    return {exit_code::does_not,
            fmt::format("cannot tell: {}", cases(open, "was inconclusive", "were inconclusive"))};
  if (count(judged) == 0) return {exit_code::does_not, "nothing was shown: no case could be judged"};
  if (results.count(Standing::expected) > 0)
    return {exit_code::conforms, "conforms, but for what the baseline expects"};
  return {exit_code::conforms, "conforms"};
}

}  // namespace holdfast
