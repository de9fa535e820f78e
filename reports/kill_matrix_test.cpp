#include "reports/kill_matrix.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/test_support.h"

namespace holdfast {
namespace {

struct KillMatrix : testing::Test {
  KillMatrix() {
    CaseDescription description;
    description.slug = "bites";
    description.title = hostile_text();
    description.v5 = {.section = "4.4", .requirements = {"MQTT-4.4.0-1"}};
    description.run = [](Context&) { return Task<void>(); };
    registry.add(std::move(description));
    selftest.seed = 7;
    selftest.cases = {&registry.cases().front()};
    selftest.sound.push_back({.name = "sound", .passed = 1});
    selftest.defects.push_back(
        {.defect = &defect_catalogue()[0], .catches = {{0, Verdict::fail, true, {2}}}});
    selftest.caught_by_case = {1};
    selftest.caught_by_checker.assign(19, 0);
    selftest.defects_caught = 1;
    selftest.problems = {"the checker " + hostile_text()};
  }
  Registry registry;
  Selftest selftest;
};

TEST_F(KillMatrix, JsonTellsWhoNoticesWhat) {
  const nlohmann::json document = nlohmann::json::parse(kill_matrix_json(selftest, "0.1.0"));
  EXPECT_EQ(document["format"], "holdfast-selftest");
  EXPECT_EQ(document["proven"], false);
  const nlohmann::json& caught = document["defects"][0]["caught_by"][0];
  EXPECT_EQ(caught["case"], "mqtt5/4.4/bites");
  EXPECT_EQ(caught["verdict"], "fail");
  EXPECT_EQ(caught["checkers"][0], "session-present");
  EXPECT_EQ(document["defects"][0]["requirements"].size(), 4u);
  EXPECT_EQ(document["cases"][0]["catches"], 1);
}

TEST_F(KillMatrix, HostileTextNeverBecomesMarkup) {
  const std::string page = kill_matrix_page(selftest, "0.1.0");
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(page.find('\0'), std::string::npos);
}

}  // namespace
}  // namespace holdfast
