// Who tests a row, in words: fixtures/ledger/citations.txt holds them for every row that is tested, so that a
// citation that appears or disappears is seen in review. `holdfast ledger --citations` writes the file, a
// test compares it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/ledger/ledger.h"

namespace holdfast {

// "checker session-present", "mqtt5/4.4/pubrel-owed-after-cut"; cases that one table generates are one line:
// "mqtt5/4.4/to-client-qos2-resumed (36 cases)".
std::vector<std::string> citations_of(const LedgerRow& row);

// The same for a row of the register of interpretations: the checkers and cases that rest on it.
std::vector<std::string> citations_of(std::string_view interpretation, const Registry& registry);
// The cases of `registry` alone that rest on it, in the order of the registry.
std::vector<const Case*> cases_that_rest_on(std::string_view interpretation, const Registry& registry);

// For each tested row a line with version and id, then a line for each citation.
std::string citations_text(const std::vector<LedgerRow>& ledger);

}  // namespace holdfast
