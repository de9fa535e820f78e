#include "conformance/ledger/citations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "conformance/checkers/checker.h"

namespace holdfast {

namespace {

// The address of a case that stands alone; of a generated one the address of its family.
std::string family_address(const Case& the_case) {
  if (the_case.description->family.empty()) return the_case.address;
  return fmt::format("{}/{}/{}", address_prefix(the_case.version), the_case.section,
                     the_case.description->family);
}

std::vector<std::string> in_words(const std::vector<std::string_view>& checkers,
                                  const std::vector<const Case*>& cases) {
  std::vector<std::string> citations;
  for (const std::string_view checker : checkers) citations.push_back(fmt::format("checker {}", checker));
  std::vector<std::pair<std::string, std::size_t>> families;
  for (const Case* the_case : cases) {
    const std::string address = family_address(*the_case);
    const auto known = std::ranges::find(families, address, &std::pair<std::string, std::size_t>::first);
    if (known == families.end()) {
      families.emplace_back(address, 1);
    } else {
      ++known->second;
    }
  }
  std::ranges::sort(families);
  for (const auto& [address, count] : families)
    citations.push_back(count == 1 ? address : fmt::format("{} ({} cases)", address, count));
  return citations;
}

}  // namespace

std::vector<std::string> citations_of(const LedgerRow& row) { return in_words(row.checkers, row.cases); }

std::vector<std::string> citations_of(std::string_view interpretation, const Registry& registry) {
  std::vector<std::string_view> checkers;
  for (const Checker& checker : all_checkers()) {
    if (std::ranges::find(checker.interpretations, interpretation) != checker.interpretations.end())
      checkers.push_back(checker.name);
  }
  return in_words(checkers, cases_that_rest_on(interpretation, registry));
}

std::vector<const Case*> cases_that_rest_on(std::string_view interpretation, const Registry& registry) {
  std::vector<const Case*> cases;
  for (const Case& the_case : registry.cases()) {
    const std::vector<std::string>& rows = the_case.description->interpretations;
    if (std::ranges::find(rows, interpretation) != rows.end()) cases.push_back(&the_case);
  }
  return cases;
}

std::string citations_text(const std::vector<LedgerRow>& ledger) {
  std::string text;
  for (const LedgerRow& row : ledger) {
    if (row.status != RowStatus::tested) continue;
    text += fmt::format("{} {}\n", row.requirement->version == mqtt::Version::v5 ? "5.0" : "3.1.1",
                        row.requirement->id);
    for (const std::string& citation : citations_of(row)) text += "  " + citation + "\n";
  }
  return text;
}

}  // namespace holdfast
