#include "conformance/explore/explore.h"

#include <gtest/gtest.h>

#include <algorithm>

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

// Every judgement that a history makes by itself, besides those of the checkers, and a defect that it
// notices.
struct Judgement {
  const char* defect;
  const char* requirement;  // of 5.0
};
constexpr Judgement judgements[] = {
    {"session-lost-at-close", "MQTT-3.2.2-3"},             // Session Present where a Session is held
    {"session-present-always-1", "MQTT-3.2.2-3"},          // and where none is
    {"session-present-1-on-clean-start", "MQTT-3.2.2-2"},  // and where it was to be discarded
    {"subscriptions-lost-on-resume", "MQTT-4.5.0-1"},
    {"queue-lost-on-resume", "MQTT-4.5.0-1"},
    {"takeover-loses-messages", "MQTT-4.5.0-1"},
    {"inflight-lost-on-resume", "MQTT-4.4.0-1"},
    {"pubrel-not-resent", "MQTT-4.3.3-4"},
    {"repeats-unanswered", "MQTT-4.3.2-4"},
    {"repeats-unanswered", "MQTT-4.3.3-8"},
    {"pubcomp-not-sent", "MQTT-4.3.3-11"},
    {"will-never-published", "MQTT-3.1.2-8"},
    {"will-published-despite-disconnect", "MQTT-3.14.4-3"},
};

TEST(Explore, EachJudgementNoticesADefect) {
  for (const Judgement& judgement : judgements) {
    const auto defect = defect_named(judgement.defect);
    ASSERT_TRUE(defect.has_value()) << judgement.defect;
    BrokerSettings settings;
    settings.defects.set(*defect);
    const Exploration exploration = explore(settings, 300);
    const auto is_noticed = std::ranges::any_of(exploration.results.cases, [&](const CaseResult& result) {
      const Finding& finding = result.findings.front();
      return result.version == mqtt::Version::v5 && finding.checker.empty() &&
             finding.requirement == judgement.requirement;
    });
    EXPECT_TRUE(is_noticed) << judgement.defect << " " << judgement.requirement << "\n" << told(exploration);
    // Made short, and each of them still shows it.
    for (const History& history : exploration.finds) EXPECT_LE(history.size(), 12u) << to_text(history);
  }
}

// What has not come when the broker closes the connection may have come later.
TEST(Explore, DoesNotJudgeAWaitThatTheBrokerHasCutShort) {
  const ExploredCase history(
      *parse_explored_address("mqtt5/explore/1"),
      *parse_history("a connect keep; a subscribe 1 x; a cut; b connect keep; b publish 1 x"));
  RunOptions run;
  run.timeout_scale = 100;  // longer than the keep alive
  BrokerSettings settings{.defects = {Defect::queue_lost_on_resume}};
  EXPECT_EQ(run_embedded({&history.the_case}, settings, run).cases.front().verdict, Verdict::fail);
  settings.defects.set(Defect::keep_alive_not_fed_by_pings);
  const CaseResult cut_short = run_embedded({&history.the_case}, settings, run).cases.front();
  EXPECT_EQ(cut_short.verdict, Verdict::inconclusive) << cut_short.observed;
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
