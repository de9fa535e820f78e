// What the suites and checkers cite exists, and the ledger tells it in few words.
#include "conformance/ledger/citations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/checkers/checker.h"
#include "conformance/engine/run.h"
#include "conformance/ledger/ledger.h"
#include "conformance/ledger/reasons.h"
#include "reports/requirements/interpretations.h"

namespace holdfast {
namespace {

struct Citations : testing::Test {
  Citations() {
    register_all_suites(registry);
    cases = every_case_of(registry);
    judged = judge_sound_broker(cases);
  }

  Registry registry;
  std::vector<const Case*> cases;
  std::vector<JudgedCase> judged;
};

TEST_F(Citations, OfTheRegisterExist) {
  for (const Case* the_case : cases) {
    for (const std::string& row : the_case->description->interpretations)
      EXPECT_NE(find_interpretation(row), nullptr) << the_case->address << " rests on " << row;
  }
  for (const Checker& checker : all_checkers()) {
    for (const std::string_view row : checker.interpretations)
      EXPECT_NE(find_interpretation(row), nullptr) << checker.name << " rests on " << row;
  }
}

TEST_F(Citations, OfAGeneratedFamilyAreOneLine) {
  const auto ledger = make_ledger(judged, {});
  const auto row = std::ranges::find_if(ledger, [](const LedgerRow& candidate) {
    return candidate.requirement->version == mqtt::Version::v5 && candidate.requirement->id == "MQTT-4.4.0-1";
  });
  ASSERT_NE(row, ledger.end());
  const auto lines = citations_of(*row);
  EXPECT_LT(lines.size(), row->cases.size());
  EXPECT_NE(std::ranges::find(lines, "checker packet-identifiers"), lines.end());
  EXPECT_TRUE(std::ranges::any_of(lines, [](const std::string& line) {
    return line.starts_with("mqtt5/4.4/to-client-qos1-resumed (") && line.ends_with(" cases)");
  }));
}

// A row for which there is a reason why nobody tests it is tested by nobody.
TEST_F(Citations, AreOfNoRowThatHasAReason) {
  EXPECT_FALSE(all_reasons().empty());
  EXPECT_EQ(contradictions(judged, all_reasons()), std::vector<std::string>());
}

}  // namespace
}  // namespace holdfast
