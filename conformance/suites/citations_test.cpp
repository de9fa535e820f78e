// What the suites and checkers cite is what fixtures/ledger says, and what they really judge.
#include "conformance/ledger/citations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "conformance/checkers/checker.h"
#include "conformance/engine/run.h"
#include "reports/requirements/interpretations.h"

namespace holdfast {
namespace {

struct Citations : testing::Test {
  Citations() {
    register_all_suites(registry);
    for (const Case& the_case : registry.cases()) cases.push_back(&the_case);
    judged = judge_sound_broker(cases);
  }

  Registry registry;
  std::vector<const Case*> cases;
  std::vector<JudgedCase> judged;
};

TEST_F(Citations, ContradictNeitherTheTablesNorTheReasons) {
  for (const std::string& found : contradictions(judged, all_reasons())) ADD_FAILURE() << found;
}

// A citation that appears or disappears has to be seen by whoever reviews the change.
TEST_F(Citations, AreThoseOfTheFixture) {
  std::ifstream file(HOLDFAST_SOURCE_DIR "/fixtures/ledger/citations.txt");
  std::stringstream committed;
  committed << file.rdbuf();
  const std::string derived = citations_text(make_ledger(judged, all_reasons()));
  EXPECT_TRUE(committed.str() == derived)
      << "fixtures/ledger/citations.txt is not what cases and checkers cite: ./dev ledger writes it anew, "
         "and git diff shows what has changed";
}

TEST_F(Citations, OfTheRegisterAreThoseOfTheCode) {
  for (const CaseResult& result : run_embedded(cases, BrokerSettings{}, RunOptions{}).cases) {
    const std::vector<std::string>& rows = registry.find(result.address)->description->interpretations;
    for (const std::string& row : result.judged.interpretations) {
      EXPECT_NE(std::ranges::find(rows, row), rows.end())
          << result.address << " rests on " << row << " and does not say so";
    }
  }
}

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

}  // namespace
}  // namespace holdfast
