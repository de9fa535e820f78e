#include "reports/results_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/kept_sample.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

using nlohmann::json;

TEST(ResultsJson, TellsEverythingOfACase) {
  const json read = json::parse(results_json(sample_results(), {}));
  EXPECT_EQ(read["format"], "holdfast-results");
  EXPECT_EQ(read["version"], 1);
  const json& fails = read["cases"][5];
  EXPECT_EQ(fails["address"], "mqtt5/4.6/fails");
  EXPECT_EQ(fails["verdict"], "fail");
  EXPECT_EQ(fails["standing"], "as-is");
  EXPECT_EQ(fails["version"], "5.0");
  EXPECT_EQ(fails["duration_ns"], 1234567890);
  EXPECT_EQ(fails["trace_hash"], "000000000000feed");
  EXPECT_EQ(fails["evidence"], "evidence/mqtt5.4.6.fails.txt");
  EXPECT_EQ(fails["replay"], "7:mqtt5/4.6/fails");
  EXPECT_EQ(fails["findings"][0]["interpretation"], "T-03");
  EXPECT_TRUE(read["cases"][0]["evidence"].is_null());
  EXPECT_TRUE(read["capabilities"]["3.1.1"].is_null());
  EXPECT_EQ(read["capabilities"]["5.0"]["maximum_qos"], 2);
}

TEST(ResultsJson, KeepsAllBitsOfTheSeed) {
  EXPECT_EQ(json::parse(results_json(sample_results(), {}))["seed"], "18446744073709551615");
}

TEST(ResultsJson, CountsAddUp) {
  const json summary = json::parse(results_json(sample_results(), {}))["summary"];
  int sum = 0;
  for (const char* verdict :
       {"pass", "informational", "unsupported", "non-strict", "inconclusive", "fail", "error"})
    sum += summary[verdict].get<int>();
  EXPECT_EQ(sum, summary["cases"]);
  EXPECT_EQ(summary["exit_code"], 4);
}

TEST(ResultsJson, SurvivesHostileText) {
  const std::string text = results_json(hostile_results(), {});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char byte) { return byte == '\n' || (byte >= 0x20 && byte < 0x7F); }));
  const json read = json::parse(text);
  EXPECT_EQ(read["cases"][6]["observed"].get<std::string>().size(), 2u << 20);
  EXPECT_NE(read["cases"][0]["title"].get<std::string>().find("</script>"), std::string::npos);
  keep_sample("results/hostile.json", text);
}

TEST(ResultsJson, GivesTheSameBytesTwice) {
  EXPECT_EQ(results_json(sample_results(), {}), results_json(sample_results(), {}));
}

TEST(ResultsJson, LeavesSamplesForTheSchemaCheck) {
  RunDescription run;
  run.timeout_scale = 2.5;
  run.strict = true;
  run.defects = {"session-present-always-0"};
  keep_sample("results/sample.json", results_json(sample_results(), run));
  RunResults live = sample_results();
  live.simulated = false;
  live.duration = 12s;
  live.v3_1_1 = Capabilities{};
  live.v3_1_1->server_keep_alive = 60;
  for (CaseResult& result : live.cases) result.trace_hash.reset();
  live.cases[0].standing = Standing::unexpected;
  live.cases[5].standing = Standing::expected;
  keep_sample("results/live.json", results_json(live, run));
  RunResults explored = sample_results();
  explored.exploration =
      ExplorationSummary{.histories = 2'000, .steps = 41'000, .faults = 3'800, .flawed = 7};
  keep_sample("results/explored.json", results_json(explored, {}));
  RunResults nothing;
  nothing.tool_version = "0.1.0";
  keep_sample("results/nothing.json", results_json(nothing, {}));
}

}  // namespace
}  // namespace holdfast
