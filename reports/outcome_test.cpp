#include "reports/outcome.h"

#include <gtest/gtest.h>

#include "reports/test_support.h"

namespace holdfast {
namespace {

RunResults run_with(std::vector<Verdict> verdicts, bool simulated = false) {
  RunResults results;
  results.simulated = simulated;
  for (const Verdict verdict : verdicts) results.cases.push_back(sample_case("mqtt5/4.4/a", verdict));
  return results;
}

int code_of(std::vector<Verdict> verdicts, bool simulated = false, bool strict = false) {
  return outcome_of(run_with(std::move(verdicts), simulated), strict).code;
}

TEST(Outcome, ConformsWhenWhatCouldBeJudgedIsRight) {
  EXPECT_EQ(code_of({Verdict::pass}), 0);
  EXPECT_EQ(code_of({Verdict::pass, Verdict::unsupported, Verdict::informational, Verdict::non_strict}), 0);
  EXPECT_EQ(code_of({Verdict::informational}), 0);
}

TEST(Outcome, NeverConformsWhenNothingWasShown) {
  EXPECT_EQ(code_of({}), exit_code::usage);
  EXPECT_EQ(code_of({Verdict::unsupported}), 1);
  EXPECT_EQ(code_of({Verdict::unsupported, Verdict::inconclusive}), 1);
}

TEST(Outcome, AFailDoesNotConform) {
  EXPECT_EQ(code_of({Verdict::pass, Verdict::fail}), 1);
  EXPECT_EQ(outcome_of(run_with({Verdict::fail, Verdict::fail}), false).sentence,
            "does not conform: 2 cases fail");
  EXPECT_EQ(outcome_of(run_with({Verdict::fail}), false).sentence, "does not conform: 1 case fails");
}

TEST(Outcome, OurErrorOutweighsAFail) {
  EXPECT_EQ(code_of({Verdict::fail, Verdict::error, Verdict::pass}), 4);
}

TEST(Outcome, NonStrictCountsOnlyWhenStrict) {
  EXPECT_EQ(code_of({Verdict::pass, Verdict::non_strict}, false, true), 1);
  EXPECT_EQ(code_of({Verdict::pass, Verdict::non_strict}, false, false), 0);
}

TEST(Outcome, InconclusiveIsHeldAgainstTheReferenceBrokerOnly) {
  EXPECT_EQ(code_of({Verdict::pass, Verdict::inconclusive}, true), 1);
  EXPECT_EQ(code_of({Verdict::pass, Verdict::inconclusive}, false), 0);
}

TEST(Outcome, AnExplorationConformsIfNothingWasFoundWhereSomethingWasJudged) {
  RunResults results = run_with({}, true);
  results.exploration = ExplorationSummary{.histories = 10};
  EXPECT_EQ(outcome_of(results, false).code, 0);
  EXPECT_EQ(outcome_of(results, false).sentence, "nothing found in 10 histories");
  results.exploration->unsupported = 10;
  EXPECT_EQ(outcome_of(results, false).code, 1);
  results.exploration = ExplorationSummary{.histories = 10, .inconclusive = 1};
  EXPECT_EQ(outcome_of(results, false).code, 1);
  results.simulated = false;
  EXPECT_EQ(outcome_of(results, false).sentence, "nothing found in 9 histories");
  results.cases.push_back(sample_case("mqtt5/explore/1", Verdict::non_strict));
  EXPECT_EQ(outcome_of(results, false).code, 0);
  EXPECT_EQ(outcome_of(results, true).code, 1);
  results.cases.push_back(sample_case("mqtt5/explore/2", Verdict::fail));
  EXPECT_EQ(outcome_of(results, false).sentence, "does not conform: 1 failure found");
  results.cases.push_back(sample_case("mqtt5/explore/3", Verdict::error));
  EXPECT_EQ(outcome_of(results, false).code, exit_code::own_error);
}

TEST(Outcome, TheBaselineExcusesExactlyWhatItExpects) {
  RunResults results = run_with({Verdict::pass, Verdict::fail});
  results.cases[1].standing = Standing::expected;
  EXPECT_EQ(outcome_of(results, false).code, 0);
  EXPECT_EQ(outcome_of(results, false).sentence, "conforms, but for what the baseline expects");

  results.cases[0].standing = Standing::unexpected;  // it passes, though the baseline expects a fail
  EXPECT_EQ(outcome_of(results, false).code, 1);
  EXPECT_EQ(outcome_of(results, false).sentence, "not as the baseline expects: 1 case differs");
}

TEST(Outcome, TheBaselineNeverExcusesAnErrorOfOurs) {
  RunResults results = run_with({Verdict::pass, Verdict::error});
  results.cases[1].standing = Standing::expected;
  EXPECT_EQ(outcome_of(results, false).code, 4);
}

TEST(Outcome, AnUnexpectedVerdictAloneSpeaksAgainst) {
  for (const Verdict verdict : {Verdict::pass, Verdict::unsupported, Verdict::informational, Verdict::fail}) {
    CaseResult result = sample_case("mqtt5/4.4/a", verdict);
    result.standing = Standing::unexpected;
    EXPECT_TRUE(speaks_against(result, false, false));
  }
}

}  // namespace
}  // namespace holdfast
