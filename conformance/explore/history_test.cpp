#include "conformance/explore/history.h"

#include <gtest/gtest.h>

#include "conformance/explore/draw_history.h"

namespace holdfast {
namespace {

TEST(HistoryText, EveryDrawnHistoryReadsTheSame) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    RandomDraws draws(seed, "history");
    const History history = draw_history(draws, seed % 2 == 0 ? mqtt::Version::v5 : mqtt::Version::v3_1_1);
    const auto read = parse_history(to_text(history));
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ(*read, history);
    EXPECT_LE(history.size(), history_steps_max);
  }
}

TEST(HistoryText, SaysEveryKindOfStep) {
  const char* const text =
      "a connect keep will window=2; b connect renew; c connect brief; d subscribe 1 +; a unsubscribe x; "
      "b publish 2 y; c hold; c answer; a disconnect; b cut; c reset; d vanish; "
      "a fault after server:PUBREC#1 reset";
  const auto history = parse_history(text);
  ASSERT_TRUE(history.has_value()) << history.error();
  EXPECT_EQ(history->size(), 13u);
  EXPECT_EQ(to_text(*history), text);
}

TEST(HistoryText, DoesNotMindBlanksAndEmptySteps) {
  const auto history = parse_history(" ; a   connect keep;;\n b cut ");
  ASSERT_TRUE(history.has_value()) << history.error();
  EXPECT_EQ(to_text(*history), "a connect keep; b cut");
  EXPECT_TRUE(parse_history("")->empty());
}

TEST(HistoryText, SaysWhatItDoesNotUnderstand) {
  for (const char* wrong :
       {"e cut", "a", "ab cut", "a fly", "a connect", "a connect often", "a connect keep window=0",
        "a connect keep wills", "a subscribe 3 x", "a subscribe 1 #", "a publish 1 +", "a publish x",
        "a unsubscribe", "a cut now", "a fault", "a fault sometimes", "a fault b: at opening cut", "a\nfly",
        "a connect\r\n\x1b[2J"}) {
    const auto history = parse_history(wrong);
    ASSERT_FALSE(history.has_value()) << wrong;
    EXPECT_EQ(history.error().find('\n'), std::string::npos) << history.error();
  }
}

TEST(HistoryText, HasABound) {
  std::string text;
  for (std::size_t i = 0; i < history_steps_max; ++i) text += "a cut;";
  EXPECT_TRUE(parse_history(text).has_value());
  EXPECT_FALSE(parse_history(text + "a cut").has_value());
}

}  // namespace
}  // namespace holdfast
