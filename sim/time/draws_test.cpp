#include "sim/time/draws.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace holdfast {
namespace {

constexpr std::uint64_t widest = UINT64_MAX;  // with this bound a random source gives its numbers as they are

std::vector<std::uint64_t> draw(Draws& draws, std::vector<std::uint64_t> bounds) {
  std::vector<std::uint64_t> values;
  for (const std::uint64_t bound : bounds) values.push_back(draws.below(bound));
  return values;
}

// The published test values of splitmix64 and xoshiro256**: the same on every machine and for ever, since
// every recorded seed depends on them.
TEST(RandomDraws, AreXoshiro256StarStarSeededBySplitmix64) {
  RandomDraws draws(0);
  EXPECT_EQ(draw(draws, {widest, widest, widest, widest}),
            (std::vector<std::uint64_t>{11091344671253066420u, 13793997310169335082u, 1900383378846508768u,
                                        7684712102626143532u}));
}

TEST(RandomDraws, AreTheSameForEverForASeedAndAStream) {
  RandomDraws draws(7, "weather");
  EXPECT_EQ(draw(draws, {10, 10, 10, 1'000, 1'000'000, widest}),
            (std::vector<std::uint64_t>{9, 8, 9, 81, 439468, 13945614763085387280u}));
}

TEST(RandomDraws, StreamsDifferByNameAndBySeed) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const char* const name : {"", "a", "b", "ab", "weather", "faults"}) {
      seeds.insert(split_seed(seed, name));
    }
  }
  EXPECT_EQ(seeds.size(), 600u);
  EXPECT_EQ(split_seed(7, "weather"), 9388446123871999976u);
}

// Taken modulo the bound without refusing any, one third of the values would come up twice as often.
TEST(RandomDraws, HaveNoModuloBias) {
  const std::uint64_t third = std::uint64_t{1} << 62;
  RandomDraws draws(1);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30'000; ++i) ++counts[draws.below(3 * third) / third];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(RandomDraws, ReachEveryValueAboutEquallyOften) {
  RandomDraws draws(2);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts[draws.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Draws, BetweenIncludesBothEnds) {
  RandomDraws draws(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(draws.between(5, 8));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{5, 6, 7, 8}));
  EXPECT_EQ(draws.between(9, 9), 9u);
}

TEST(Draws, ChanceComesTrueAsOftenAsItSays) {
  RandomDraws draws(4);
  int count = 0;
  for (int i = 0; i < 40'000; ++i) count += draws.chance(1, 4);
  EXPECT_NEAR(count, 10'000, 400);
  EXPECT_TRUE(draws.chance(5, 5));
  EXPECT_FALSE(draws.chance(0, 5));
}

TEST(Draws, OneOutcomeIsNoDraw) {
  RandomDraws source(5);
  RecordingDraws draws(source);
  EXPECT_EQ(draws.below(1), 0u);
  EXPECT_EQ(draws.between(4, 4), 4u);
  EXPECT_TRUE(draw(draws, {1, 1, 1}) == std::vector<std::uint64_t>(3, 0));
  EXPECT_TRUE(draws.drawn().empty());
}

TEST(DrawsDeathTest, NothingIsBelowZero) {
  RandomDraws draws(6);
  EXPECT_DEATH(draws.below(0), "bound >= 1");
}

TEST(RecordingDraws, GivesAListThatReplaysTheRun) {
  RandomDraws source(8);
  RecordingDraws recording(source);
  const std::vector<std::uint64_t> bounds{10, 2, 1, 1'000, widest, 3};
  const std::vector<std::uint64_t> values = draw(recording, bounds);
  EXPECT_EQ(recording.drawn().size(), 5u);  // a bound of 1 is no draw
  ReplayDraws replay(recording.drawn());
  EXPECT_EQ(draw(replay, bounds), values);
  EXPECT_TRUE(replay.exhausted());
}

TEST(ReplayDraws, AValueBeyondTheBoundCountsModuloAndTheEndIsZeros) {
  ReplayDraws draws({7, 12, 99});
  EXPECT_EQ(draw(draws, {10, 10}), (std::vector<std::uint64_t>{7, 2}));
  EXPECT_FALSE(draws.exhausted());
  EXPECT_EQ(draw(draws, {100, 5, 5}), (std::vector<std::uint64_t>{99, 0, 0}));
  EXPECT_TRUE(draws.exhausted());
}

TEST(ReplayDraws, AnEmptyListMakesThePlainestChoices) {
  ReplayDraws draws({});
  EXPECT_EQ(draws.between(3, 9), 3u);
  EXPECT_FALSE(draws.chance(99, 100));  // "no" is plainer than "yes"
}

TEST(EnumeratedDraws, GoThroughEveryListOnce) {
  EnumeratedDraws draws;
  std::vector<std::vector<std::uint64_t>> seen;
  do {
    // How many draws there are, and how large, depends on what was drawn.
    std::vector<std::uint64_t> list{draws.below(3)};
    for (std::uint64_t i = 0; i < list[0]; ++i) list.push_back(draws.below(2));
    EXPECT_EQ(draws.current(), list);
    seen.push_back(list);
  } while (draws.advance());
  EXPECT_EQ(seen, (std::vector<std::vector<std::uint64_t>>{
                      {0}, {1, 0}, {1, 1}, {2, 0, 0}, {2, 0, 1}, {2, 1, 0}, {2, 1, 1}}));
}

TEST(EnumeratedDraws, AScenarioWithoutDrawsRunsOnce) {
  EnumeratedDraws draws;
  EXPECT_EQ(draws.below(1), 0u);
  EXPECT_FALSE(draws.advance());
}

TEST(EnumeratedDrawsDeathTest, TheScenarioMustRepeatItself) {
  EnumeratedDraws draws;
  draws.below(3);
  draws.advance();
  EXPECT_DEATH(draws.below(4), "did not repeat itself");
}

TEST(ByteDraws, TakeAsFewBytesAsTheBoundNeeds) {
  const std::vector<std::uint8_t> bytes{0x05, 0xff, 0x01, 0x02, 0x01, 0x00, 0x2a};
  ByteDraws draws(bytes);
  EXPECT_EQ(draws.below(10), 5u);             // one byte
  EXPECT_EQ(draws.below(1), 0u);              // none
  EXPECT_EQ(draws.below(256), 255u);          // one byte is just enough
  EXPECT_EQ(draws.below(257), 0x102u % 257);  // two bytes, the more significant first
  EXPECT_EQ(draws.below(65'536), 256u);
  EXPECT_FALSE(draws.exhausted());
  EXPECT_EQ(draws.below(1'000'000), 0x2au);  // three bytes would be needed, one is left
  EXPECT_TRUE(draws.exhausted());
  EXPECT_EQ(draws.below(10), 0u);
}

TEST(ByteDraws, TheWidestBoundTakesEightBytes) {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7, 8};
  ByteDraws draws(bytes);
  EXPECT_EQ(draws.below(widest), 0x0102030405060708u);
  EXPECT_TRUE(draws.exhausted());
}

}  // namespace
}  // namespace holdfast
