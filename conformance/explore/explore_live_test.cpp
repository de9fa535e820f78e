// Exploring over real sockets on the loopback.
#include <gtest/gtest.h>

#include "conformance/engine/served_acceptor.h"
#include "conformance/explore/explore.h"

namespace holdfast {
namespace {

tl::expected<Exploration, RunFailure> explore_served(const BrokerSettings& settings, std::size_t histories,
                                                     double timeout_scale = 1) {
  const ServedAcceptor served([settings](Loop& loop) { return std::make_unique<Broker>(loop, settings, 1); });
  RunOptions run;
  run.seed = 7;
  run.timeout_scale = timeout_scale;
  return explore_live({.url = served.url()}, run, {.histories = histories});
}

TEST(ExploreLive, FindsNothingAgainstTheSoundBroker) {
  const auto exploration = explore_served({}, 40);
  ASSERT_TRUE(exploration.has_value()) << exploration.error().message;
  for (const CaseResult& result : exploration->results.cases)
    ADD_FAILURE() << result.address << ": " << result.expected << " / " << result.observed;
  EXPECT_EQ(exploration->results.exploration->histories, 80u);
  EXPECT_EQ(exploration->results.exploration->inconclusive, 0u);
  EXPECT_FALSE(exploration->results.simulated);
}

TEST(ExploreLive, MakesShortWhatItFinds) {
  const auto exploration = explore_served({.defects = {Defect::session_present_always_0}}, 20, 0.3);
  ASSERT_TRUE(exploration.has_value()) << exploration.error().message;
  ASSERT_FALSE(exploration->finds.empty());
  for (const History& history : exploration->finds) EXPECT_LE(history.size(), 10u) << to_text(history);
}

TEST(ExploreLive, SaysThatNobodyIsThere) {
  const auto exploration = explore_live({.url = "mqtt://127.0.0.1:1"}, {}, {.histories = 1});
  ASSERT_FALSE(exploration.has_value());
  EXPECT_EQ(exploration.error().exit_code, 3);
}

}  // namespace
}  // namespace holdfast
