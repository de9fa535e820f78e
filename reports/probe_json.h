// The lines of a probe for programs: the section `probe` of results.json, and what `holdfast probe --json`
// prints.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/engine/announced.h"

namespace holdfast {

nlohmann::ordered_json probe_lines_json(const std::vector<ProbeLine>& lines);

// The whole answer of `holdfast probe --json`, with a newline at its end.
std::string probe_json_text(const SystemIdentity& system, bool v3_1_1, bool v5,
                            const std::vector<ProbeLine>& lines);

}  // namespace holdfast
