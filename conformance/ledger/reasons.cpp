#include "conformance/ledger/reasons.h"

#include <toml++/toml.h>

#include <stdexcept>

#include "conformance/ledger/embedded.h"

namespace holdfast {

namespace {

std::string text_at(const toml::table& row, std::string_view key) {
  const auto text = row[key].value<std::string>();
  if (!text || text->empty()) throw std::runtime_error("reasons.toml: a row has no " + std::string(key));
  return *text;
}

}  // namespace

std::vector<Reason> parse_reasons(std::string_view toml_text) {
  const toml::table table = toml::parse(toml_text);
  std::vector<Reason> reasons;
  const toml::array* rows = table["row"].as_array();
  if (rows == nullptr) return reasons;
  for (const toml::node& node : *rows) {
    const toml::table* row = node.as_table();
    if (row == nullptr) throw std::runtime_error("reasons.toml: a row is no table");
    const std::string version = text_at(*row, "version");
    if (version != "3.1.1" && version != "5.0")
      throw std::runtime_error("reasons.toml: no version " + version);
    reasons.push_back({version == "5.0" ? mqtt::Version::v5 : mqtt::Version::v3_1_1, text_at(*row, "id"),
                       text_at(*row, "status"), text_at(*row, "reason")});
  }
  return reasons;
}

const std::vector<Reason>& all_reasons() {
  static const std::vector<Reason> reasons = parse_reasons(embedded::ledger_reasons);
  return reasons;
}

}  // namespace holdfast
