#include "conformance/explore/explore.h"

#include <gtest/gtest.h>

#include "conformance/explore/explored_case.h"
#include "sim/broker/defects.h"
#include "sim/broker/variants.h"

namespace holdfast {
namespace {

constexpr std::uint64_t explored_seed = 7;

Exploration explore(const BrokerSettings& settings, std::size_t histories, std::size_t threads = 1) {
  RunOptions run;
  run.seed = explored_seed;
  return explore_embedded(settings, run, {.histories = histories, .threads = threads});
}

std::string told(const Exploration& exploration) {
  std::string text;
  for (std::size_t i = 0; i < exploration.finds.size(); ++i) {
    const CaseResult& result = exploration.results.cases[i];
    text += result.address + " " + std::string(name_of(result.verdict)) + ": " + result.expected + " / " +
            result.observed + " | " + to_text(exploration.finds[i]) + "\n";
  }
  return text;
}

TEST(ExploredAddress, IsReadInOneWayOnly) {
  const auto address = parse_explored_address("mqtt5/explore/17");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->number, 17u);
  EXPECT_EQ(to_text(*address), "mqtt5/explore/17");
  EXPECT_EQ(parse_explored_address("mqtt3/explore/1")->version, mqtt::Version::v3_1_1);
  for (const char* wrong : {"mqtt5/explore/", "mqtt5/explore/017", "mqtt5/explore/1x", "mqtt5/4.4/a",
                            "mqtt5/explore/-1", "mqtt4/explore/1", ""})
    EXPECT_FALSE(parse_explored_address(wrong).has_value()) << wrong;
}

TEST(Explore, FindsNothingAgainstTheSoundBroker) {
  const Exploration exploration = explore({}, 250);
  EXPECT_EQ(told(exploration), "");
  const ExplorationSummary& summary = *exploration.results.exploration;
  EXPECT_EQ(summary.histories, 500u);
  EXPECT_EQ(summary.inconclusive + summary.unsupported + summary.flawed, 0u);
  EXPECT_GT(summary.steps, 5'000u);
  EXPECT_GT(summary.faults, 500u);
}

TEST(Explore, BlamesNobodyForALegalChoice) {
  for (const VariantInfo& info : variant_catalogue()) {
    BrokerSettings settings;
    settings.variants.set(info.variant);
    const Exploration exploration = explore(settings, 30);
    EXPECT_EQ(told(exploration), "") << info.name;
    EXPECT_EQ(exploration.results.exploration->inconclusive, 0u) << info.name;
  }
}

// Each of these breaks what a Session owes over a cut.
TEST(Explore, FindsWhatSessionsForget) {
  for (const char* name : {"session-lost-at-close", "subscriptions-lost-on-resume", "takeover-loses-messages",
                           "inflight-lost-on-resume", "pubrel-not-resent", "queue-lost-on-resume",
                           "qos-2-ids-lost-on-reconnect"}) {
    const auto defect = defect_named(name);
    ASSERT_TRUE(defect.has_value()) << name;
    BrokerSettings settings;
    settings.defects.set(*defect);
    const Exploration exploration = explore(settings, 300);
    ASSERT_FALSE(exploration.finds.empty()) << name;
    // Made short, and each of them still shows it.
    for (const History& history : exploration.finds) EXPECT_LE(history.size(), 12u) << to_text(history);
  }
}

TEST(Explore, IsAFunctionOfTheSeedAlone) {
  BrokerSettings settings;
  settings.defects.set(*defect_named("subscriptions-lost-on-resume"));
  EXPECT_EQ(told(explore(settings, 200, 1)), told(explore(settings, 200, 3)));
}

TEST(Explore, AFindIsReplayedByItsSteps) {
  BrokerSettings settings;
  settings.defects.set(*defect_named("subscriptions-lost-on-resume"));
  const Exploration exploration = explore(settings, 200);
  ASSERT_FALSE(exploration.finds.empty());
  for (std::size_t i = 0; i < exploration.finds.size(); ++i) {
    const CaseResult& found = exploration.results.cases[i];
    const ExploredCase again(*parse_explored_address(found.address),
                             *parse_history(to_text(exploration.finds[i])));
    RunOptions run;
    run.seed = explored_seed;
    const CaseResult result = run_embedded({&again.the_case}, settings, run).cases.front();
    EXPECT_EQ(result.trace_hash, found.trace_hash);
    EXPECT_EQ(result.observed, found.observed);
  }
}

}  // namespace
}  // namespace holdfast
