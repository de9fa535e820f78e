#include "reports/report_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "reports/test_support.h"

namespace holdfast {
namespace {

const std::set<std::string> of_every_run{"results.json", "report.html", "junit.xml", "ctrf.json",
                                         "summary.md",   "badge.json",  "badge.svg"};

class ReportFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        (std::string("holdfast-report-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    run_.report_folder = folder_.string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
      if (entry.is_regular_file()) names.insert(std::filesystem::relative(entry.path(), folder_).string());
    return names;
  }

  std::filesystem::path folder_;
  RunDescription run_;
};

TEST_F(ReportFolder, HoldsEvidenceForEverythingThatIsNoPass) {
  ASSERT_TRUE(prepare_report_folder(run_.report_folder).has_value());
  ASSERT_TRUE(write_report(sample_results(), run_).has_value());
  std::set<std::string> expected = of_every_run;
  for (const char* name : {"4.chooses", "4.cannot", "4.lax", "6.open", "6.fails", "6.ours"})
    for (const char* extension : {".txt", ".pcapng"})
      expected.insert(std::string("evidence/mqtt5.4.") + name + extension);
  EXPECT_EQ(files(), expected);
}

TEST_F(ReportFolder, RemovesTheEvidenceOfAnEarlierRunAndNothingElse) {
  ASSERT_TRUE(write_report(sample_results(), run_).has_value());
  std::ofstream(folder_ / "evidence/notes.txt") << "mine";
  RunResults better = sample_results();
  better.cases = {sample_case("mqtt5/4.6/fails", Verdict::pass)};
  ASSERT_TRUE(write_report(better, run_).has_value());
  std::set<std::string> expected = of_every_run;
  expected.insert("evidence/notes.txt");
  EXPECT_EQ(files(), expected);
}

TEST_F(ReportFolder, OfWhichAPartCannotBeWrittenLeavesTheOldReport) {
  ASSERT_TRUE(write_report(sample_results(), run_).has_value());
  const std::set<std::string> before = files();
  std::filesystem::remove(folder_ / "results.json");
  std::filesystem::create_directory(folder_ / "results.json.part-" += std::to_string(::getpid()));
  RunResults better = sample_results();
  better.cases = {sample_case("mqtt5/4.6/fails", Verdict::pass)};
  EXPECT_FALSE(write_report(better, run_).has_value());
  std::set<std::string> expected = before;
  expected.erase("results.json");
  EXPECT_EQ(files(), expected);
  std::ifstream badge(folder_ / "badge.json");
  const std::string text{std::istreambuf_iterator<char>(badge), {}};
  EXPECT_NE(text.find("red"), std::string::npos) << text;
}

TEST_F(ReportFolder, SaysInOneLineWhyItCannotBeWritten) {
  std::ofstream(folder_.string()) << "a file";
  const auto prepared = prepare_report_folder(run_.report_folder);
  ASSERT_FALSE(prepared.has_value());
  EXPECT_EQ(prepared.error().find('\n'), std::string::npos);
  EXPECT_NE(prepared.error().find(run_.report_folder), std::string::npos);
  EXPECT_FALSE(write_report(sample_results(), run_).has_value());
}

TEST(Evidence, HoldsAccountFindingsAndTrace) {
  const std::string text = evidence_text(sample_case("mqtt5/4.4/fails", Verdict::fail), {});
  for (const char* part : {"FAIL  mqtt5/4.4/fails", "  rule      MQTT-4.4.0-1: ", "  interpretation T-03",
                           "trace\n+0.000 ms  a#1  -> CONNECT\n+0.400 ms  a#1  <- CONNACK sp 1\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
}

TEST(Evidence, SurvivesHostileText) {
  for (const CaseResult& result : hostile_results().cases) {
    const std::string text = evidence_text(result, {});
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char byte) {
      return byte == '\n' || static_cast<unsigned char>(byte) >= 0x20;
    }));
  }
}

}  // namespace
}  // namespace holdfast
