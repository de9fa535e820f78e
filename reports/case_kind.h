// What a verdict is for programs that know only passed, failed and skipped. The table is in README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "conformance/engine/results.h"

namespace holdfast {

enum class CaseKind {
  passed,
  failure,  // the broker's
  error,    // ours
  skipped,  // not judged, or as the baseline expects
};

CaseKind kind_of(const CaseResult& result, bool simulated, bool strict);

// The same of a case in a results document.
CaseKind kind_of(const nlohmann::ordered_json& the_case, const nlohmann::ordered_json& document);

}  // namespace holdfast
