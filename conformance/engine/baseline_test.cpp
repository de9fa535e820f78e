#include "conformance/engine/baseline.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// Of a baseline with one entry, which `keys` make up; the line that complains if it is wrong.
std::string complaint(const std::string& keys) {
  const auto baseline = parse_baseline("system = \"S\"\n[[expected]]\n" + keys, "b.toml");
  return baseline ? "" : baseline.error();
}

constexpr const char* verdict_and_reason = "verdict = \"fail\"\nreason = \"known\"\n";

TEST(Baseline, OneEntryForSeveralCasesWithOneCause) {
  const auto baseline = parse_baseline(
      "system = \"S\"\n[[expected]]\ncases = [\"mqtt3/4.4/a\", \"mqtt5/4.4/a\"]\nverdict = \"fail\"\n"
      "reason = \"known\"\n",
      "b.toml");
  ASSERT_TRUE(baseline) << baseline.error();
  ASSERT_EQ(baseline->expected.size(), 2U);
  EXPECT_EQ(baseline->expected.at("mqtt5/4.4/a").reason, "known");
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/a", Verdict::fail), Standing::expected);
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/a", Verdict::pass), Standing::unexpected);
  // No pattern: what is not named is not expected, however alike.
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/ab", Verdict::fail), Standing::as_is);
}

TEST(Baseline, EachOfSeveralVerdictsIsExpected) {
  const auto baseline = parse_baseline(
      "system = \"S\"\n[[expected]]\ncase = \"mqtt3/4.4/a\"\nverdicts = [\"pass\", \"fail\"]\nreason = "
      "\"r\"\n",
      "b.toml");
  ASSERT_TRUE(baseline) << baseline.error();
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/a", Verdict::pass), Standing::expected);
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/a", Verdict::fail), Standing::expected);
  EXPECT_EQ(standing_of(*baseline, "mqtt3/4.4/a", Verdict::non_strict), Standing::unexpected);
}

TEST(Baseline, EntriesThatAreWrongAreNamedWithTheirLine) {
  EXPECT_EQ(complaint(verdict_and_reason), "b.toml:2: 'case' is missing");
  EXPECT_EQ(complaint(std::string("cases = []\n") + verdict_and_reason),
            "b.toml:3: 'cases' has to be a list of addresses that is not empty");
  EXPECT_EQ(complaint(std::string("cases = [\"a\", 1]\n") + verdict_and_reason),
            "b.toml:3: an address in 'cases' has to be a text that is not empty");
  EXPECT_EQ(complaint(std::string("case = \"a\"\ncases = [\"b\"]\n") + verdict_and_reason),
            "b.toml:4: an entry has either 'case' or 'cases'");
  EXPECT_EQ(complaint(std::string("cases = [\"a\", \"a\"]\n") + verdict_and_reason),
            "b.toml:2: a second entry for 'a'");
  EXPECT_EQ(complaint("case = \"a\"\nreason = \"r\"\nverdict = \"ok\"\n"), "b.toml:5: 'ok' is no verdict");
  EXPECT_EQ(complaint("case = \"a\"\nreason = \"r\"\nverdicts = [\"fail\"]\n"),
            "b.toml:5: 'verdicts' has to be a list of at least two verdicts");
  EXPECT_EQ(complaint("case = \"a\"\nreason = \"r\"\nverdicts = [\"fail\", 1]\n"),
            "b.toml:5: a verdict in 'verdicts' has to be a text");
  EXPECT_EQ(complaint(std::string("case = \"a\"\nverdicts = [\"fail\", \"pass\"]\n") + verdict_and_reason),
            "b.toml:4: an entry has either 'verdict' or 'verdicts'");
}

TEST(Baseline, ComplaintsAreOneLineWhateverTheFileHolds) {
  for (const char* text : {"system = in\nrequirements]]", "\"a\\nb\" = 1\nsystem = \"B\""}) {
    const auto baseline = parse_baseline(text, "b.toml");
    ASSERT_FALSE(baseline.has_value());
    EXPECT_EQ(baseline.error().find('\n'), std::string::npos) << baseline.error();
  }
}

}  // namespace
}  // namespace holdfast
