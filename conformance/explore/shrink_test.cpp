#include "conformance/explore/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast {
namespace {

History many(std::size_t count) {
  History history;
  for (std::size_t i = 0; i < count; ++i)
    history.push_back({.action = Action::publish, .client = 0, .qos = 1, .topic = i % 2 == 0 ? "x" : "y"});
  return history;
}

// Shows it if all of these steps are there, in this order.
WhichShow shows_with(History needed, std::size_t* tries = nullptr) {
  return [needed, tries](const std::vector<History>& candidates) {
    std::vector<bool> show;
    for (const History& candidate : candidates) {
      std::size_t found = 0;
      for (const Step& step : candidate)
        if (found < needed.size() && step == needed[found]) ++found;
      show.push_back(found == needed.size());
    }
    if (tries != nullptr) *tries += candidates.size();
    return show;
  };
}

TEST(Shrink, LeavesWhatIsNeeded) {
  const History needed = *parse_history("a connect keep; b subscribe 1 x; a cut");
  for (const std::size_t noise : {0u, 1u, 7u, 20u}) {
    History history;
    for (const Step& step : needed) {
      std::ranges::copy(many(noise), std::back_inserter(history));
      history.push_back(step);
    }
    EXPECT_EQ(shrunk(history, shows_with(needed), 10'000), needed) << noise;
  }
}

TEST(Shrink, MakesNothingOfWhatNeedsNothing) {
  EXPECT_TRUE(shrunk(many(40), shows_with({}), 1'000).empty());
  EXPECT_TRUE(shrunk({}, shows_with({}), 1'000).empty());
}

TEST(Shrink, MakesStepsPlain) {
  const auto shows = [](const std::vector<History>& candidates) {
    std::vector<bool> show;
    for (const History& candidate : candidates)
      show.push_back(candidate.size() == 2 && candidate[0].has_will && candidate[1].topic != "y");
    return show;
  };
  const History history = *parse_history("a connect brief will window=3; a subscribe 2 +");
  EXPECT_EQ(to_text(shrunk(history, shows, 1'000)), "a connect keep will; a subscribe 1 x");
}

TEST(Shrink, KeepsToItsTries) {
  std::size_t tries = 0;
  const History needed = *parse_history("a cut");
  History history = many(60);
  history.push_back(needed.front());
  const History rest = shrunk(history, shows_with(needed, &tries), 25);
  EXPECT_LE(tries, 25u);
  EXPECT_NE(std::ranges::find(rest, needed.front()), rest.end());
}

}  // namespace
}  // namespace holdfast
