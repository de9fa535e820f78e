#include "conformance/ledger/ledger.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <algorithm>
#include <stdexcept>

#include "conformance/engine/context.h"

namespace holdfast {
namespace {

Task<void> does_nothing(Context&) { co_return; }

Registry registry_with(std::vector<std::string> requirements) {
  Registry registry;
  CaseDescription description;
  description.slug = "one";
  description.title = "A case";
  description.v5 = {"4.4", std::move(requirements)};
  description.run = does_nothing;
  registry.add(std::move(description));
  return registry;
}

// Every case judges all that it lists.
std::vector<JudgedCase> all_judged(const Registry& registry) {
  std::vector<JudgedCase> judged;
  for (const Case& the_case : registry.cases())
    judged.push_back({&the_case, {the_case.requirements.begin(), the_case.requirements.end()}});
  return judged;
}

const LedgerRow& row_of(const std::vector<LedgerRow>& ledger, mqtt::Version version, std::string_view id) {
  const auto row = std::ranges::find_if(ledger, [&](const LedgerRow& candidate) {
    return candidate.requirement->version == version && candidate.requirement->id == id;
  });
  if (row == ledger.end()) throw std::runtime_error("no such row");
  return *row;
}

TEST(Ledger, ARowIsTestedByWhoCitesItInItsOwnVersion) {
  const Registry registry = registry_with({"MQTT-4.12.0-1", "HF-5.0-S10"});
  const auto ledger = make_ledger(all_judged(registry), {});
  EXPECT_EQ(ledger.size(), 590u);
  const LedgerRow& row = row_of(ledger, mqtt::Version::v5, "MQTT-4.12.0-1");
  EXPECT_EQ(row.status, RowStatus::tested);
  ASSERT_EQ(row.cases.size(), 1u);
  EXPECT_EQ(row.cases.front()->address, "mqtt5/4.4/one");
  // The same ids can stand for other rules in 3.1.1: there only checkers cite them.
  const auto of_nobody = make_ledger({}, {});
  for (std::size_t i = 0; i < ledger.size(); ++i) {
    if (ledger[i].requirement->version == mqtt::Version::v5) continue;
    EXPECT_EQ(ledger[i].status, of_nobody[i].status) << ledger[i].requirement->id;
  }
}

TEST(Ledger, TheTableSaysWhyNobodyTestsARow) {
  for (const LedgerRow& row : make_ledger({}, {})) {
    if (!row.checkers.empty()) continue;
    RowStatus expected = RowStatus::untested;
    if (row.requirement->observable == "restart") expected = RowStatus::restart;
    if (row.requirement->observable == "no") expected = RowStatus::not_observable;
    if (row.requirement->subject == "client" || row.requirement->observable == "client")
      expected = RowStatus::client;
    EXPECT_EQ(row.status, expected) << row.requirement->id;
  }
}

TEST(Ledger, AReasonSaysItWhereTheTableDoesNot) {
  const auto ledger = make_ledger({}, {{mqtt::Version::v5, "HF-5.0-S27", "not observable", "A choice."}});
  const LedgerRow& row = row_of(ledger, mqtt::Version::v5, "HF-5.0-S27");
  EXPECT_EQ(row.status, RowStatus::not_observable);
  EXPECT_EQ(row.reason, "A choice.");
}

// A checker that looks at what the server sends has not tested what the server does with the same fault.
TEST(Ledger, AReasonCanSayThatCheckersSeeOnlyHalfOfARow) {
  const std::string id = "MQTT-4.13.1-1";
  EXPECT_EQ(row_of(make_ledger({}, {}), mqtt::Version::v5, id).status, RowStatus::tested);
  const std::vector<Reason> half = {{mqtt::Version::v5, id, "untested", "Nobody sends it."}};
  EXPECT_EQ(row_of(make_ledger({}, half), mqtt::Version::v5, id).status, RowStatus::untested);
  EXPECT_TRUE(contradictions({}, half).empty());
  const Registry registry = registry_with({id});
  EXPECT_EQ(row_of(make_ledger(all_judged(registry), half), mqtt::Version::v5, id).status, RowStatus::tested);
  EXPECT_EQ(contradictions(all_judged(registry), half).size(), 1u);
}

// What a case lists beside what it judges is no test of it.
TEST(Ledger, ACaseTestsOnlyWhatItJudges) {
  const Registry registry = registry_with({"MQTT-4.12.0-1", "HF-5.0-S27"});
  const std::vector<JudgedCase> judged = {{&registry.cases().front(), {"MQTT-4.12.0-1"}}};
  const auto ledger = make_ledger(judged, {});
  EXPECT_EQ(row_of(ledger, mqtt::Version::v5, "MQTT-4.12.0-1").status, RowStatus::tested);
  const LedgerRow& touched = row_of(ledger, mqtt::Version::v5, "HF-5.0-S27");
  EXPECT_EQ(touched.status, RowStatus::untested);
  EXPECT_EQ(touched.touching.size(), 1u);
  EXPECT_TRUE(contradictions(judged, {}).empty());
  const std::vector<JudgedCase> other = {{&registry.cases().front(), {"MQTT-9.9.9-9"}}};
  EXPECT_EQ(contradictions(other, {}),
            (std::vector<std::string>{"mqtt5/4.4/one judges MQTT-9.9.9-9, which is in no table"}));
}

TEST(Ledger, ContradictionsAreNamed) {
  const auto only = [](const Registry& registry, const std::vector<Reason>& reasons) {
    const auto found = contradictions(all_judged(registry), reasons);
    return found.size() == 1 ? found.front() : fmt::format("{} of them", found.size());
  };
  const Registry nobody;
  EXPECT_TRUE(contradictions({}, {}).empty());
  EXPECT_EQ(only(registry_with({"MQTT-9.9.9-9"}), {}), "2 of them");  // it cites and judges it
  const mqtt::Version v5 = mqtt::Version::v5;
  EXPECT_EQ(only(nobody, {{v5, "HF-5.0-S99", "client", "r"}}),
            "the reason for HF-5.0-S99 of 5.0: the row is in no table");
  EXPECT_EQ(only(nobody, {{v5, "HF-5.0-S27", "boring", "r"}}),
            "the reason for HF-5.0-S27 of 5.0: 'boring' is no status that a reason can give");
  EXPECT_EQ(only(nobody, {{v5, "HF-5.0-S27", "untested", "r"}}),
            "the reason for HF-5.0-S27 of 5.0: no checker cites the row, so it is untested without a word");
  EXPECT_EQ(only(registry_with({"HF-5.0-S27"}), {{v5, "HF-5.0-S27", "not observable", "r"}}),
            "the reason for HF-5.0-S27 of 5.0: the row is tested all the same");
  EXPECT_EQ(only(nobody, {{v5, "HF-5.0-S46", "not observable", "r"}}),
            "the reason for HF-5.0-S46 of 5.0: the table says already why nobody tests it");
  EXPECT_EQ(contradictions({}, {{v5, "HF-5.0-S27", "client", "r"}, {v5, "HF-5.0-S27", "client", "r"}}).size(),
            2u);
}

TEST(Ledger, TalliesRoundDown) {
  Tally tally;
  EXPECT_EQ(tally.percent(), 100u);
  for (int i = 0; i < 199; ++i) tally.add(RowStatus::tested);
  tally.add(RowStatus::untested);
  tally.add(RowStatus::client);
  EXPECT_EQ(tally.percent(), 99u);
  EXPECT_EQ(tally.countable(), 200u);
  EXPECT_EQ(tally.all(), 201u);
}

TEST(Reasons, RefuseAFileThatIsWrong) {
  EXPECT_TRUE(parse_reasons("").empty());
  EXPECT_THROW(parse_reasons("[[row]]\nversion = \"5.0\"\nid = \"A\"\nstatus = \"client\"\n"),
               std::runtime_error);
  EXPECT_THROW(parse_reasons("[[row]]\nversion = \"5\"\nid = \"A\"\nstatus = \"client\"\nreason = \"r\"\n"),
               std::runtime_error);
  EXPECT_THROW(parse_reasons("row = [1]"), std::runtime_error);
  EXPECT_THROW(parse_reasons("[["), toml::parse_error);
}

}  // namespace
}  // namespace holdfast
