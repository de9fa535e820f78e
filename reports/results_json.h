// results.json: everything that a run has to tell, for programs. The format is described by
// results.schema.json and in README.md. Reports for people are made from it, at once or later.
//
// The text is ASCII (other characters are escaped) and a pure function of its arguments. It holds no date and
// no path of the machine, so the same simulated run gives the same bytes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

inline constexpr int results_format_version = 1;

// What all other reports are made from.
nlohmann::ordered_json results_document(const RunResults& results, const RunDescription& run);
std::string text_of_document(const nlohmann::ordered_json& document);

// The two in one.
std::string results_json(const RunResults& results, const RunDescription& run);

}  // namespace holdfast
