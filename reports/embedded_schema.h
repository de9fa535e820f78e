// The text of results.schema.json, compiled in.
#pragma once

#include <string_view>

namespace holdfast::embedded {

extern const std::string_view results_schema;

}  // namespace holdfast::embedded
