#include "reports/ctrf.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/kept_sample.h"
#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

nlohmann::json ctrf_of(const RunResults& results) {
  return nlohmann::json::parse(ctrf_json(results_document(results, {})));
}

TEST(Ctrf, CountsWhatItLists) {
  const nlohmann::json report = ctrf_of(sample_results());
  const nlohmann::json& summary = report["results"]["summary"];
  EXPECT_EQ(summary["tests"], 7);
  EXPECT_EQ(summary["failed"], 1);
  EXPECT_EQ(summary["other"], 2);  // the error, and what the reference broker left open
  EXPECT_EQ(summary["skipped"], 1);
  EXPECT_EQ(summary["passed"], 3);
  EXPECT_EQ(report["results"]["tests"].size(), 7u);
}

TEST(Ctrf, KnowsACaseByItsAddress) {
  const nlohmann::json report = ctrf_of(sample_results());
  const nlohmann::json& test = report["results"]["tests"][5];
  EXPECT_EQ(test["testId"], "mqtt5/4.6/fails");
  EXPECT_EQ(test["status"], "failed");
  EXPECT_EQ(test["rawStatus"], "fail");
  EXPECT_EQ(test["extra"]["evidence"], "evidence/mqtt5.4.6.fails.txt");
}

TEST(Ctrf, SurvivesHostileText) {
  const std::string text = ctrf_json(results_document(hostile_results(), {}));
  EXPECT_LT(text.size(), 200'000u);
  EXPECT_TRUE(nlohmann::json::accept(text));
  keep_sample("ctrf/hostile.json", text);
}

TEST(Ctrf, LeavesSamplesForTheSchemaCheck) {
  keep_sample("ctrf/sample.json", ctrf_json(results_document(sample_results(), {})));
  RunResults live = sample_results();
  live.simulated = false;
  live.duration = 12s;
  keep_sample("ctrf/live.json", ctrf_json(results_document(live, {})));
}

}  // namespace
}  // namespace holdfast
