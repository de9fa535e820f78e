#include "reports/github.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

TEST(Github, AppendsToTheSummaryAndAnnotates) {
  const std::string path = testing::TempDir() + "holdfast-step-summary";
  std::ofstream(path) << "of another step\n";
  std::ostringstream out;
  const nlohmann::ordered_json document = results_document(sample_results(), {});
  ASSERT_TRUE(tell_github({path, true}, document, out).has_value());
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_TRUE(text.str().starts_with("of another step\n# MQTT conformance"));
  EXPECT_TRUE(out.str().starts_with("::error title=mqtt5/4.6/"));
  std::remove(path.c_str());
}

TEST(Github, SaysNothingOutsideOfAJob) {
  std::ostringstream out;
  ASSERT_TRUE(tell_github({}, results_document(sample_results(), {}), out).has_value());
  EXPECT_TRUE(out.str().empty());
}

TEST(Github, SaysInOneLineThatTheSummaryCannotBeWritten) {
  std::ostringstream out;
  const auto told = tell_github({"/nowhere/at/all", false}, results_document(sample_results(), {}), out);
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace holdfast
