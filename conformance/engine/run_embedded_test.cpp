// Goal: every way in which a case can end becomes the right verdict, and a run is a function of its
// arguments.
#include <gtest/gtest.h>

#include <set>

#include "conformance/engine/run.h"
#include "conformance/engine/test_cases.h"

namespace holdfast {
namespace {

using namespace test_cases;

RunResults run(const Registry& registry, const RunOptions& options = {.seed = 7},
               const BrokerSettings& settings = {}) {
  return run_embedded(all(registry), settings, options);
}

CaseResult run_one(Task<void> (*run_case)(Context&), const RunOptions& options = {.seed = 7}) {
  Registry registry;
  add(registry, "the-case", run_case);
  return run(registry, options).cases.back();
}

TEST(RunEmbedded, CaseThatHoldsPassesUnderBothVersions) {
  Registry registry;
  add(registry, "round-trip", round_trip);
  const RunResults results = run(registry);
  ASSERT_EQ(results.cases.size(), 2u);
  EXPECT_EQ(results.cases[0].address, "mqtt3/4.1/round-trip");
  EXPECT_EQ(results.cases[1].address, "mqtt5/4.2/round-trip");
  for (const CaseResult& result : results.cases) {
    EXPECT_EQ(result.verdict, Verdict::pass) << result.observed;
    EXPECT_EQ(result.observations, std::vector<std::string>{"hello came back"});
    EXPECT_TRUE(result.trace_hash.has_value());
    EXPECT_TRUE(result.trace_text.empty()) << "a pass keeps no trace unless asked";
    EXPECT_EQ(result.duration, Duration::zero()) << "a perfect wire takes no time";
  }
  EXPECT_EQ(results.cases[1].replay, "7:mqtt5/4.2/round-trip");
  EXPECT_TRUE(results.v5.has_value());
  EXPECT_EQ(results.v5->maximum_qos, 2);
  EXPECT_TRUE(results.v5->has(Need::topic_alias));
  EXPECT_FALSE(results.v3_1_1->has(Need::topic_alias));
  EXPECT_EQ(results.duration, Duration::zero());
}

TEST(RunEmbedded, FirstBrokenMustEndsTheCaseAndIsTheVerdict) {
  const CaseResult result = run_one(fails);
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].requirement, "MQTT-2") << "the gravest stands first";
  EXPECT_EQ(result.findings[1].requirement, "MQTT-1");
  EXPECT_EQ(result.expected, "a MUST");
  EXPECT_EQ(result.observed, "not done");
  EXPECT_FALSE(result.trace_text.empty());
}

TEST(RunEmbedded, BrokenShouldIsNonStrictAndTheCaseGoesOn) {
  const CaseResult result = run_one(is_not_strict);
  EXPECT_EQ(result.verdict, Verdict::non_strict);
  EXPECT_EQ(result.findings.size(), 3u);
  EXPECT_EQ(result.findings[0].interpretation, "X-01");
}

TEST(RunEmbedded, FailedControlIsInconclusiveWhateverWouldFollow) {
  const CaseResult result = run_one(is_inconclusive);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.observed, "the control failed");
}

TEST(RunEmbedded, StepThatTheBrokerDoesNotDoIsInconclusiveWithTheReason) {
  const CaseResult result = run_one(connects_and_waits_in_vain);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.observed, "a: no message \"never\" within 5 s");
  EXPECT_EQ(result.duration, 5s);
}

TEST(RunEmbedded, RefusedConnectionIsInconclusiveWithTheReason) {
  RunOptions options{.seed = 7};
  options.faults.push_back(*parse_fault("refuse"));
  const CaseResult result = run_one(round_trip, options);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.observed, "a: no CONNACK: the connection was refused");
  EXPECT_EQ(result.replay, "7:mqtt5/4.2/the-case --fault 'refuse'");
}

TEST(RunEmbedded, ExceptionIsAnErrorThatTellsItsWords) {
  const CaseResult result = run_one(throws);
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_EQ(result.observed, "the case threw: out of order");
}

TEST(RunEmbedded, CaseThatNeverEndsIsAnErrorThatTellsWhoWaits) {
  const CaseResult result = run_one(never_ends);
  EXPECT_EQ(result.verdict, Verdict::error);
  EXPECT_NE(result.observed.find("client patient"), std::string::npos) << result.observed;
  EXPECT_EQ(result.observed.find('\n'), std::string::npos);
  EXPECT_EQ(result.duration, 10'000s);
}

TEST(RunEmbedded, UnmetNeedIsUnsupportedWithoutRunning) {
  Registry registry;
  add(registry, "needs-qos-2", throws, {Need::qos_1, Need::qos_2});
  BrokerSettings settings;
  settings.maximum_qos = 1;
  const RunResults results = run(registry, {.seed = 7}, settings);
  for (const CaseResult& result : results.cases) {
    EXPECT_EQ(result.verdict, Verdict::unsupported) << result.address;
    EXPECT_EQ(result.observed, "the case needs QoS 2, which the system under test does not offer");
  }
}

TEST(RunEmbedded, VersionThatIsNotSpokenIsUnsupported) {
  Registry registry;
  add(registry, "round-trip", round_trip);
  BrokerSettings settings;
  settings.accepts_v5 = false;
  const RunResults results = run(registry, {.seed = 7}, settings);
  EXPECT_EQ(results.cases[0].verdict, Verdict::pass) << results.cases[0].observed;
  EXPECT_EQ(results.cases[1].verdict, Verdict::unsupported);
  EXPECT_EQ(results.cases[1].observed, "the system under test does not speak MQTT 5.0");
  EXPECT_FALSE(results.v5.has_value());
  EXPECT_FALSE(results.v3_1_1->v5);
}

TEST(RunEmbedded, SameArgumentsGiveTheSameTraces) {
  Registry registry;
  add(registry, "round-trip", round_trip);
  add(registry, "draws", draws);
  const RunResults first = run(registry);
  const RunResults second = run(registry);
  const RunResults other = run(registry, {.seed = 8});
  for (std::size_t i = 0; i < first.cases.size(); ++i) {
    EXPECT_EQ(first.cases[i].trace_hash, second.cases[i].trace_hash);
    EXPECT_NE(first.cases[i].trace_hash, other.cases[i].trace_hash) << first.cases[i].address;
  }
}

TEST(RunEmbedded, CaseRunsAloneAsItRanAmongOthers) {
  Registry registry;
  add(registry, "round-trip", round_trip);
  add(registry, "draws", draws);
  const RunResults together = run(registry);
  const RunResults alone = run_embedded({all(registry).back()}, {}, {.seed = 7});
  EXPECT_EQ(together.cases.back().trace_hash, alone.cases.back().trace_hash);
}

TEST(RunEmbedded, WeatherOfTheRunIsOnEveryLinkAndInTheReplayLine) {
  RunOptions options{.seed = 7};
  options.weather = *parse_weather("latency=20ms");
  const CaseResult result = run_one(round_trip, options);
  EXPECT_EQ(result.verdict, Verdict::pass) << result.observed;
  EXPECT_GT(result.duration, 100ms);
  EXPECT_EQ(result.replay, "7:mqtt5/4.2/the-case --net 'latency=20ms'");
}

TEST(RunEmbedded, BaselineGivesEachVerdictItsStanding) {
  Baseline baseline;
  baseline.expected["mqtt3/4.1/fails"] = {{Verdict::fail}, "known"};
  baseline.expected["mqtt5/4.2/fails"] = {{Verdict::pass}, "thought to be repaired"};
  Registry registry;
  add(registry, "fails", fails);
  add(registry, "draws", draws);
  const RunResults results = run(registry, {.seed = 7, .baseline = &baseline});
  EXPECT_EQ(results.cases[0].standing, Standing::expected);
  EXPECT_EQ(results.cases[0].baseline_reason, "known");
  EXPECT_EQ(results.cases[1].standing, Standing::unexpected);
  EXPECT_EQ(results.cases[2].standing, Standing::as_is);
  EXPECT_EQ(results.count(Standing::as_is), 2u);
  EXPECT_EQ(results.count(Verdict::fail), 2u);
}

TEST(RunEmbedded, ProgressIsToldAfterEachCase) {
  Registry registry;
  add(registry, "draws", draws);
  add(registry, "fails", fails);
  std::vector<std::string> told;
  RunOptions options{.seed = 7};
  options.progress = [&told](const CaseResult& result, std::size_t done, std::size_t all_cases) {
    told.push_back(result.address + " " + std::to_string(done) + "/" + std::to_string(all_cases));
  };
  run(registry, options);
  EXPECT_EQ(told, (std::vector<std::string>{"mqtt3/4.1/draws 1/4", "mqtt5/4.2/draws 2/4",
                                            "mqtt3/4.1/fails 3/4", "mqtt5/4.2/fails 4/4"}));
}

}  // namespace
}  // namespace holdfast
