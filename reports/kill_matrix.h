// The kill matrix: which seeded defects which cases and checkers notice, and what broke no rule and was not
// blamed. As JSON for programs and as a page in the style of report.html.
#pragma once

#include <string>
#include <string_view>

#include "conformance/selftest/selftest.h"

namespace holdfast {

// As selftest.schema.json describes. Ends with a newline.
std::string kill_matrix_json(const Selftest& selftest, std::string_view tool_version);

// One self-contained file.
std::string kill_matrix_page(const Selftest& selftest, std::string_view tool_version);

}  // namespace holdfast
