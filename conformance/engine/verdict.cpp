#include "conformance/engine/verdict.h"

#include <array>

namespace holdfast {

namespace {

constexpr std::array all_verdicts = {Verdict::pass,       Verdict::informational, Verdict::unsupported,
                                     Verdict::non_strict, Verdict::inconclusive,  Verdict::fail,
                                     Verdict::error};

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::informational:
      return "informational";
    case Verdict::unsupported:
      return "unsupported";
    case Verdict::non_strict:
      return "non-strict";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::fail:
      return "fail";
    case Verdict::error:
      return "error";
  }
  return "";
}

std::optional<Verdict> verdict_named(std::string_view name) {
  for (const Verdict verdict : all_verdicts) {
    if (name_of(verdict) == name) return verdict;
  }
  return std::nullopt;
}

std::string_view name_of(CloseVerdict verdict) {
  switch (verdict) {
    case CloseVerdict::none:
      return "none";
    case CloseVerdict::clean:
      return "clean";
    case CloseVerdict::without_code:
      return "without-code";
    case CloseVerdict::by_reset:
      return "by-reset";
    case CloseVerdict::not_closed:
      return "not-closed";
  }
  return "";
}

}  // namespace holdfast
