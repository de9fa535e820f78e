#include "conformance/cli/selectors.h"

#include <gtest/gtest.h>

#include "conformance/cli/suggestion.h"
#include "conformance/cli/test_support.h"

namespace holdfast {
namespace {

class Selectors : public testing::Test {
 protected:
  void SetUp() override { tiny::fill(registry_); }

  // The addresses that the words choose, or the error.
  std::vector<std::string> chosen(const std::vector<std::string>& words) const {
    const auto cases = select_cases(registry_, words);
    if (!cases) return {"error: " + cases.error()};
    std::vector<std::string> addresses;
    for (const Case* the_case : *cases) addresses.push_back(the_case->address);
    return addresses;
  }

  using Addresses = std::vector<std::string>;
  Registry registry_;
};

TEST_F(Selectors, NoneChooseEverythingInTheOrderOfTheRegistry) {
  EXPECT_EQ(chosen({}),
            (Addresses{"mqtt3/3.1/passes", "mqtt5/3.1/passes", "mqtt5/4.1/passes-too", "mqtt5/4.4/fails",
                       "mqtt5/4.4/lax", "mqtt5/4.12/open", "mqtt5/4.12/unsupported", "mqtt5/7/breaks"}));
}

TEST_F(Selectors, AnAddressChoosesItself) {
  EXPECT_EQ(chosen({"mqtt5/4.4/fails"}), (Addresses{"mqtt5/4.4/fails"}));
}

TEST_F(Selectors, APrefixChoosesASectionOrAChapterOrAVersion) {
  EXPECT_EQ(chosen({"mqtt5/4.4"}), (Addresses{"mqtt5/4.4/fails", "mqtt5/4.4/lax"}));
  EXPECT_EQ(chosen({"mqtt5/4.4/"}), (Addresses{"mqtt5/4.4/fails", "mqtt5/4.4/lax"}));
  EXPECT_EQ(chosen({"mqtt3"}), (Addresses{"mqtt3/3.1/passes"}));
  EXPECT_EQ(chosen({"mqtt5/4"}).size(), 5u);
  EXPECT_EQ(chosen({"mqtt5/4.4/l"}), (Addresses{"mqtt5/4.4/lax"}));
}

TEST_F(Selectors, APrefixDoesNotEndInsideANumber) {
  EXPECT_EQ(chosen({"mqtt5/4.1"}), (Addresses{"mqtt5/4.1/passes-too"}));  // and not section 4.12
}

TEST_F(Selectors, ARequirementChoosesTheCasesThatJudgeIt) {
  EXPECT_EQ(chosen({"MQTT-3.1.4-5"}),
            (Addresses{"mqtt3/3.1/passes", "mqtt5/3.1/passes", "mqtt5/4.1/passes-too"}));
  EXPECT_EQ(chosen({"3.1.1:MQTT-3.1.4-5"}), (Addresses{"mqtt3/3.1/passes"}));
  EXPECT_EQ(chosen({"5:MQTT-3.1.4-5"}), (Addresses{"mqtt5/3.1/passes", "mqtt5/4.1/passes-too"}));
  EXPECT_EQ(chosen({"5.0:MQTT-4.4.0"}), (Addresses{"mqtt5/4.4/fails", "mqtt5/4.4/lax"}));
}

TEST_F(Selectors, ATagChoosesItsCases) {
  EXPECT_EQ(chosen({"@qos2"}), (Addresses{"mqtt5/4.4/fails", "mqtt5/4.4/lax"}));
  EXPECT_EQ(tags_of(registry_), (Addresses{"connect", "qos2", "session"}));
}

TEST_F(Selectors, WordsAddUpAndExclusionsPrevail) {
  EXPECT_EQ(chosen({"mqtt5/4.4", "mqtt3"}),
            (Addresses{"mqtt3/3.1/passes", "mqtt5/4.4/fails", "mqtt5/4.4/lax"}));
  EXPECT_EQ(chosen({"@qos2", "!@session"}), (Addresses{"mqtt5/4.4/lax"}));
  EXPECT_EQ(chosen({"!mqtt5"}), (Addresses{"mqtt3/3.1/passes"}));
  EXPECT_EQ(chosen({"!mqtt5/4.4/fails", "@qos2"}), (Addresses{"mqtt5/4.4/lax"}));
}

TEST_F(Selectors, AWordThatStandsForNothingIsAnErrorWithTheNearestThatDoes) {
  EXPECT_EQ(chosen({"mqtt5/4.4/fials"}),
            (Addresses{"error: 'mqtt5/4.4/fials' stands for no case; did you mean "
                       "mqtt5/4.4/fails?"}));
  EXPECT_EQ(chosen({"@qos"}), (Addresses{"error: '@qos' stands for no case; did you mean @qos2?"}));
  EXPECT_EQ(chosen({"!@qos"}), (Addresses{"error: '@qos' stands for no case; did you mean @qos2?"}));
  EXPECT_EQ(chosen({"passes-too"}),
            (Addresses{"error: 'passes-too' stands for no case; did you mean mqtt5/4.1/passes-too?"}));
  EXPECT_EQ(chosen({"completely-different"}),
            (Addresses{"error: 'completely-different' stands for no case"}));
  EXPECT_EQ(chosen({""}), (Addresses{"error: '' stands for no case"}));
}

TEST_F(Selectors, ARequirementThatNoCaseJudgesIsNamedAsSuch) {
  EXPECT_EQ(chosen({"5:MQTT-1.5.4-1"}),
            (Addresses{"error: no case judges 5:MQTT-1.5.4-1 (Well-formed UTF-8 strings, binds: both)"}));
  EXPECT_EQ(chosen({"3.1.1:MQTT-4.4.0-2"})[0].rfind("error: '3.1.1:MQTT-4.4.0-2' stands for no case", 0), 0u);
}

TEST_F(Selectors, LeavingNothingIsAnError) {
  EXPECT_EQ(chosen({"mqtt3", "!@connect"}), (Addresses{"error: the selectors leave no case"}));
}

TEST_F(Selectors, HostileWordsStayOnOneLine) {
  EXPECT_EQ(chosen({"\x1b[2J\nx"}), (Addresses{"error: '\\x1b[2J\\nx' stands for no case"}));
  EXPECT_EQ(chosen({std::string(100'000, 'm')}).size(), 1u);
}

TEST(EditDistance, CountsInsertionsRemovalsAndReplacements) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "ab"), 2u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2u);
}

TEST(Nearest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest("rnu", {"list", "run"}), std::nullopt);  // two changes in three characters
  EXPECT_EQ(nearest("lst", {"list", "run"}), "list");
  EXPECT_EQ(nearest("abcdef", {}), std::nullopt);
}

}  // namespace
}  // namespace holdfast
