#include "conformance/engine/baseline.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "conformance/engine/words.h"

namespace holdfast {

namespace {

template <class T>
using OrError = tl::expected<T, std::string>;

constexpr std::size_t complaint_characters_max = 400;

// One line, whatever of the file is repeated in `what`.
std::string at(std::string_view file_name, const toml::source_region& source, std::string_view what) {
  return fmt::format("{}:{}: {}", file_name, source.begin.line, escaped(what, complaint_characters_max));
}

std::string at(std::string_view file_name, const toml::node& node, std::string_view what) {
  return at(file_name, node.source(), what);
}

OrError<std::string> text_of(const toml::table& table, std::string_view key, std::string_view file_name) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return tl::unexpected(at(file_name, table, fmt::format("'{}' is missing", key)));
  const auto text = node->value_exact<std::string>();
  if (!text || text->empty()) {
    return tl::unexpected(at(file_name, *node, fmt::format("'{}' has to be a text that is not empty", key)));
  }
  return *text;
}

OrError<void> only_keys(const toml::table& table, const std::set<std::string_view>& known,
                        std::string_view file_name) {
  for (const auto& [key, node] : table) {
    if (!known.contains(key.str())) {
      return tl::unexpected(at(file_name, node, fmt::format("'{}' is no key of a baseline", key.str())));
    }
  }
  return {};
}

// The cases of an entry: one under 'case', or several with one cause under 'cases'. Addresses, never
// patterns: a case that is new tomorrow has to be looked at tomorrow.
OrError<std::vector<std::string>> addresses_of(const toml::table& table, std::string_view file_name) {
  const toml::node* several = table.get("cases");
  if (several == nullptr) {
    const auto address = text_of(table, "case", file_name);
    if (!address) return tl::unexpected(address.error());
    return std::vector<std::string>{*address};
  }
  if (table.contains("case")) {
    return tl::unexpected(at(file_name, *several, "an entry has either 'case' or 'cases'"));
  }
  const toml::array* list = several->as_array();
  if (list == nullptr || list->empty()) {
    return tl::unexpected(at(file_name, *several, "'cases' has to be a list of addresses that is not empty"));
  }
  std::vector<std::string> addresses;
  for (const toml::node& node : *list) {
    const auto address = node.value_exact<std::string>();
    if (!address || address->empty()) {
      return tl::unexpected(at(file_name, node, "an address in 'cases' has to be a text that is not empty"));
    }
    addresses.push_back(*address);
  }
  return addresses;
}

OrError<Verdict> verdict_of(const toml::node& node, std::string_view file_name) {
  const auto name = node.value_exact<std::string>();
  if (!name) return tl::unexpected(at(file_name, node, "a verdict in 'verdicts' has to be a text"));
  const auto verdict = verdict_named(*name);
  if (!verdict) return tl::unexpected(at(file_name, node, fmt::format("'{}' is no verdict", *name)));
  return *verdict;
}

// One under 'verdict', or under 'verdicts' those between which chance decides in the broker.
OrError<std::vector<Verdict>> verdicts_of(const toml::table& table, std::string_view file_name) {
  const toml::node* several = table.get("verdicts");
  if (several == nullptr) {
    const auto name = text_of(table, "verdict", file_name);
    if (!name) return tl::unexpected(name.error());
    const auto verdict = verdict_of(*table.get("verdict"), file_name);
    if (!verdict) return tl::unexpected(verdict.error());
    return std::vector<Verdict>{*verdict};
  }
  if (table.contains("verdict")) {
    return tl::unexpected(at(file_name, *several, "an entry has either 'verdict' or 'verdicts'"));
  }
  const toml::array* list = several->as_array();
  if (list == nullptr || list->size() < 2) {
    return tl::unexpected(at(file_name, *several, "'verdicts' has to be a list of at least two verdicts"));
  }
  std::vector<Verdict> verdicts;
  for (const toml::node& node : *list) {
    const auto verdict = verdict_of(node, file_name);
    if (!verdict) return tl::unexpected(verdict.error());
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

OrError<void> add_entry(Baseline& baseline, const toml::node& node, std::string_view file_name) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return tl::unexpected(at(file_name, node, "an entry of 'expected' is a table"));
  if (auto known = only_keys(*table, {"case", "cases", "verdict", "verdicts", "reason"}, file_name); !known) {
    return known;
  }
  const auto addresses = addresses_of(*table, file_name);
  if (!addresses) return tl::unexpected(addresses.error());
  const auto verdicts = verdicts_of(*table, file_name);
  if (!verdicts) return tl::unexpected(verdicts.error());
  const auto reason = text_of(*table, "reason", file_name);
  if (!reason) return tl::unexpected(reason.error());
  for (const std::string& address : *addresses) {
    const bool is_new = baseline.expected.emplace(address, BaselineEntry{*verdicts, *reason}).second;
    if (!is_new) return tl::unexpected(at(file_name, node, fmt::format("a second entry for '{}'", address)));
  }
  return {};
}

OrError<Baseline> baseline_of(const toml::table& root, std::string_view file_name) {
  if (auto known = only_keys(root, {"system", "expected"}, file_name); !known) {
    return tl::unexpected(known.error());
  }
  const auto system = text_of(root, "system", file_name);
  if (!system) return tl::unexpected(system.error());
  Baseline baseline{.system = *system};
  const toml::node* expected = root.get("expected");
  if (expected == nullptr) return baseline;
  const toml::array* entries = expected->as_array();
  if (entries == nullptr) {
    return tl::unexpected(at(file_name, *expected, "'expected' has to be written as [[expected]]"));
  }
  for (const toml::node& entry : *entries) {
    if (auto added = add_entry(baseline, entry, file_name); !added) return tl::unexpected(added.error());
  }
  return baseline;
}

}  // namespace

tl::expected<Baseline, std::string> parse_baseline(std::string_view toml_text, std::string_view file_name) {
  try {
    return baseline_of(toml::parse(toml_text), file_name);
  } catch (const toml::parse_error& error) {
    return tl::unexpected(at(file_name, error.source(), error.description()));
  }
}

tl::expected<Baseline, std::string> load_baseline(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(fmt::format("{}: cannot be read", path));
  std::ostringstream text;
  text << file.rdbuf();
  return parse_baseline(text.str(), path);
}

Standing standing_of(const Baseline& baseline, std::string_view address, Verdict verdict) {
  const auto entry = baseline.expected.find(std::string(address));
  if (entry == baseline.expected.end()) return Standing::as_is;
  const std::vector<Verdict>& verdicts = entry->second.verdicts;
  return std::ranges::find(verdicts, verdict) != verdicts.end() ? Standing::expected : Standing::unexpected;
}

}  // namespace holdfast
