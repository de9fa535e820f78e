#include "reports/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

RunResults with_failures(std::size_t count) {
  RunResults results = sample_results();
  for (std::size_t number = 0; number < count; ++number)
    results.cases.push_back(sample_case("mqtt5/4.6/fails-" + std::to_string(number), Verdict::fail));
  return results;
}

TEST(Summary, TellsFailuresFirst) {
  const std::string text = summary_markdown(results_document(sample_results(), {}));
  EXPECT_TRUE(text.starts_with("# MQTT conformance of Reference broker\n"));
  const std::size_t failures = text.find("## Failures (1)");
  ASSERT_NE(failures, text.npos);
  EXPECT_LT(failures, text.find("## Errors of Holdfast (1)"));
  EXPECT_LT(failures, text.find("## Non-strict (1)"));
  EXPECT_NE(text.find("`holdfast replay 7:mqtt5/4.6/fails`"), text.npos);
}

TEST(Summary, StaysWithinItsBoundAndCountsTheRest) {
  RunResults results = with_failures(3'000);
  for (CaseResult& result : results.cases) result.observed = std::string(5'000, 'x');
  const std::string text = summary_markdown(results_document(results, {}));
  EXPECT_LE(text.size(), summary_bytes_max);
  EXPECT_NE(text.find("more cases stand in results.json"), text.npos);
}

TEST(Summary, ShowsHostileTextAsText) {
  const std::string text = summary_markdown(results_document(hostile_results(), {}));
  EXPECT_EQ(text.find("<script>"), text.npos);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_LE(text.size(), summary_bytes_max);
}

TEST(Annotations, AreAtMostTen) {
  const std::string text = annotations(results_document(with_failures(50), {}));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_NE(text.find("::error title=mqtt5/4.6/fails::"), text.npos);
}

TEST(Annotations, CannotBeEscapedFrom) {
  RunResults results = hostile_results();
  for (CaseResult& result : results.cases) result.observed = "%0A::set-output name=x::y\r\n::error::z";
  const std::string text = annotations(results_document(results, {}));
  EXPECT_EQ(text.find("\n::set-output"), text.npos);
  EXPECT_NE(text.find("%250A"), text.npos);
}

}  // namespace
}  // namespace holdfast
