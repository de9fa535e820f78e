#include "reports/junit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <pugixml.hpp>
#include <string_view>

#include "reports/kept_sample.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

pugi::xml_document parsed(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
  EXPECT_TRUE(result) << result.description() << " at " << result.offset;
  return document;
}

pugi::xml_node case_named(const pugi::xml_document& document, std::string_view slug) {
  return document.find_node([&](const pugi::xml_node& node) {
    return std::string_view(node.name()) == "testcase" &&
           std::string_view(node.attribute("name").value()).starts_with(slug);
  });
}

TEST(Junit, NamesTestsWithoutSeedTimeOrBroker) {
  const auto document = parsed(junit_xml(sample_results(), {}));
  const pugi::xml_node fails = case_named(document, "fails");
  EXPECT_STREQ(fails.attribute("classname").value(), "mqtt5.4.6");
  EXPECT_STREQ(fails.attribute("name").value(),
               "fails: A PUBREL that is owed is sent again when the Session resumes");
  EXPECT_STREQ(fails.attribute("time").value(), "1.234");
  EXPECT_STREQ(fails.parent().attribute("name").value(), "mqtt5.4.6");
}

TEST(Junit, TellsFailureErrorAndSkippedApart) {
  const auto document = parsed(junit_xml(sample_results(), {}));
  EXPECT_TRUE(case_named(document, "fails").child("failure"));
  EXPECT_TRUE(case_named(document, "ours").child("error"));
  EXPECT_TRUE(case_named(document, "cannot").child("skipped"));
  EXPECT_TRUE(case_named(document, "open").child("error"));  // on the reference broker
  EXPECT_FALSE(case_named(document, "passes").first_child());
  EXPECT_TRUE(case_named(document, "lax").child("system-out"));
  EXPECT_STREQ(document.child("testsuites").attribute("tests").value(), "7");
  EXPECT_STREQ(document.child("testsuites").attribute("failures").value(), "1");
  EXPECT_STREQ(document.child("testsuites").attribute("errors").value(), "2");
  EXPECT_STREQ(document.child("testsuites").attribute("skipped").value(), "1");
}

TEST(Junit, SkipsWhatIsInconclusiveOnALiveBroker) {
  RunResults live = sample_results();
  live.simulated = false;
  EXPECT_TRUE(case_named(parsed(junit_xml(live, {})), "open").child("skipped"));
}

TEST(Junit, HoldsAllFiveLinesInTheTextOfAFailure) {
  RunDescription run;
  run.report_folder = "/somewhere/else";
  run.address = "mqtt://127.0.0.1:1883";
  const auto document = parsed(junit_xml(sample_results(), run));
  const std::string text = case_named(document, "fails").child("failure").text().get();
  for (const char* part :
       {"FAIL  mqtt5/4.6/fails", "rule      MQTT-4.4.0-1: When a client", "expected  PUBREL id 7",
        "observed  CONNACK sp 1", "evidence  evidence/mqtt5.4.6.fails.txt",
        "replay    holdfast replay 7:mqtt5/4.6/fails mqtt://127.0.0.1:1883", "T-03"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
  EXPECT_EQ(text.find("/somewhere/else"), std::string::npos);
}

TEST(Junit, NonStrictIsAFailureOnlyWhenStrict) {
  RunDescription run;
  run.strict = true;
  EXPECT_TRUE(case_named(parsed(junit_xml(sample_results(), run)), "lax").child("failure"));
}

TEST(Junit, SkipsWhatTheBaselineExpectsAndFailsWhatItDoesNot) {
  RunResults results = sample_results();
  results.cases[5].standing = Standing::expected;
  results.cases[5].baseline_reason = "example/broker#1";
  results.cases[0].standing = Standing::unexpected;
  results.cases[0].baseline_reason = "example/broker#2";
  const auto document = parsed(junit_xml(results, {}));
  EXPECT_NE(std::string(case_named(document, "fails").child("skipped").attribute("message").value())
                .find("example/broker#1"),
            std::string::npos);
  EXPECT_NE(
      std::string(case_named(document, "passes").child("failure").text().get()).find("example/broker#2"),
      std::string::npos);
}

TEST(Junit, SurvivesHostileText) {
  const std::string xml = junit_xml(hostile_results(), {});
  const auto document = parsed(xml);
  EXPECT_FALSE(document.find_node(
      [](const pugi::xml_node& node) { return std::string_view(node.name()) == "script"; }));
  EXPECT_TRUE(std::all_of(xml.begin(), xml.end(), [](char byte) {
    return byte == '\n' || static_cast<unsigned char>(byte) >= 0x20;
  }));
  EXPECT_LT(xml.size(), 200'000u);
  keep_sample("junit/hostile.xml", xml);
}

TEST(Junit, LeavesSamplesForTheSchemaCheck) {
  keep_sample("junit/sample.xml", junit_xml(sample_results(), {}));
  RunDescription strict;
  strict.strict = true;
  RunResults live = sample_results();
  live.simulated = false;
  keep_sample("junit/live.xml", junit_xml(live, strict));
  keep_sample("junit/nothing.xml", junit_xml(RunResults{}, {}));
}

}  // namespace
}  // namespace holdfast
