#include "conformance/engine/results.h"

#include <algorithm>

namespace holdfast {

std::size_t RunResults::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(cases, verdict, &CaseResult::verdict));
}

std::size_t RunResults::count(Standing standing) const {
  return static_cast<std::size_t>(std::ranges::count(cases, standing, &CaseResult::standing));
}

}  // namespace holdfast
