// results.json: everything that a run has to tell, for programs. The format is described by
// results.schema.json and in README.md; all other reports could be made from it.
//
// The text is ASCII (other characters are escaped) and a pure function of its arguments. It holds no date and
// no path of the machine, so the same simulated run gives the same bytes.
#pragma once

#include <string>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

inline constexpr int results_format_version = 1;

std::string results_json(const RunResults& results, const RunDescription& run);

}  // namespace holdfast
