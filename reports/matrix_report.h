// matrix.html: several runs side by side, a column for each broker.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace holdfast {

struct MatrixColumn {
  nlohmann::ordered_json const* document = nullptr;  // as for html_report(); outlives the call
  std::string report{};  // where its report.html is, relative to the matrix; empty: nowhere
};

// `note` stands under the heading; may be empty. Texts of cells are cut as far as the page needs to stay
// below 2,000,000 bytes, which it does for a dozen brokers and more. REQUIRES: at least one column.
std::string matrix_report(const std::vector<MatrixColumn>& columns, const std::string& note);

}  // namespace holdfast
