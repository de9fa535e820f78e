#include "reports/badge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

nlohmann::json badge_for(const RunResults& results) {
  return nlohmann::json::parse(badge_json(results_document(results, {})));
}

TEST(Badge, IsRedForABrokenRule) {
  const nlohmann::json badge = badge_for(sample_results());
  EXPECT_EQ(badge["schemaVersion"], 1);
  EXPECT_EQ(badge["label"], "MQTT 5.0");
  EXPECT_EQ(badge["message"], "0/1 rules");
  EXPECT_EQ(badge["color"], "red");
  EXPECT_EQ(badge["isError"], true);
}

TEST(Badge, IsGreenWhenNothingFails) {
  RunResults results = sample_results();
  results.cases.resize(1);
  const nlohmann::json badge = badge_for(results);
  EXPECT_EQ(badge["message"], "1/1 rules");
  EXPECT_EQ(badge["color"], "brightgreen");
}

TEST(Badge, ClaimsNothingWhenNothingWasJudged) {
  RunResults results = sample_results();
  results.cases = {sample_case("mqtt5/4.4/cannot", Verdict::unsupported)};
  EXPECT_EQ(badge_for(results)["message"], "nothing judged");
}

TEST(Badge, IsAPictureThatParses) {
  const std::string svg = badge_svg(results_document(sample_results(), {}));
  pugi::xml_document picture;
  ASSERT_TRUE(picture.load_string(svg.c_str()));
  EXPECT_STREQ(picture.child("svg").child("title").text().get(), "MQTT 5.0: 0/1 rules");
}

}  // namespace
}  // namespace holdfast
