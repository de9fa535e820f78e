#include "reports/read_results.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

using nlohmann::ordered_json;

// What is said of the sample results after `edit`.
std::string complaint_about(const std::function<void(ordered_json&)>& edit) {
  ordered_json document = results_document(sample_results(), {});
  edit(document);
  const auto read = parse_results(document.dump());
  return read ? std::string() : read.error();
}

TEST(ReadResults, GivesBackWhatWasWritten) {
  for (const RunResults& results :
       {sample_results(), hostile_results(), RunResults{.tool_version = "0.1.0"}}) {
    const std::string text = results_json(results, {});
    const auto read = parse_results(text);
    ASSERT_TRUE(read.has_value()) << read.error();
    EXPECT_EQ(text_of_document(*read), text);
  }
}

TEST(ReadResults, WelcomesWhatANewerWriterHasToTell) {
  EXPECT_EQ(complaint_about([](ordered_json& document) { document["cases"][0]["colour"] = {1, 2, 3}; }), "");
}

TEST(ReadResults, SaysWhereAnEditedFileIsWrong) {
  const auto at_case = [](auto edit) {
    return [edit](ordered_json& document) { edit(document["cases"][5]); };
  };
  EXPECT_EQ(complaint_about([](ordered_json& document) { document["format"] = "other"; }),
            "this is no results.json of Holdfast");
  EXPECT_EQ(complaint_about([](ordered_json& document) { document["version"] = 99; }),
            "it has version 99 of the format, and this program reads version 1");
  EXPECT_EQ(complaint_about([](ordered_json& document) { document.erase("summary"); }), "it has no summary");
  EXPECT_EQ(complaint_about(at_case([](ordered_json& one) { one["title"] = 7; })),
            "cases/5/title is no string");
  EXPECT_TRUE(complaint_about(at_case([](ordered_json& one) {
                one["verdict"] = "splendid";
              })).starts_with("cases/5/verdict is not one of"));
  EXPECT_EQ(complaint_about(at_case([](ordered_json& one) { one["duration_ns"] = -1; })),
            "cases/5/duration_ns is too small");
  EXPECT_EQ(complaint_about(at_case([](ordered_json& one) { one["duration_ns"] = 1e300; })),
            "cases/5/duration_ns is no integer");
  EXPECT_EQ(complaint_about(at_case([](ordered_json& one) { one["trace"]["events"][2]["packet"] = 99; })),
            "the trace of mqtt5/4.6/fails names what it does not hold");
  EXPECT_EQ(complaint_about(at_case([](ordered_json& one) { one["trace"]["packets"][0]["connection"] = 2; })),
            "the trace of mqtt5/4.6/fails names what it does not hold");
}

TEST(ReadResults, SurvivesWhatIsNoResultAtAll) {
  for (const std::string text : {"", "null", "[]", "{}", "7", "{\"format\":", "\xff\xfe", "\"\\ud800\""})
    EXPECT_FALSE(parse_results(text).has_value()) << text;
  EXPECT_FALSE(parse_results(std::string(1'000'000, '[')).has_value());
}

TEST(ReadResults, AFileThatIsCutAnywhereIsRefused) {
  const std::string text = results_json(sample_results(), {});
  for (std::size_t length = 0; length + 2 < text.size(); length += 997)
    EXPECT_FALSE(parse_results(text.substr(0, length)).has_value()) << length;
}

TEST(ReadResults, NamesTheFile) {
  const std::string folder = testing::TempDir();
  EXPECT_EQ(read_results(folder + "/nowhere.json").error(), folder + "/nowhere.json: there is no such file");
  EXPECT_EQ(read_results(folder).error(), folder + ": there is no such file");
  const std::string path = folder + "/holdfast-not.json";
  std::ofstream(path) << "{]";
  EXPECT_EQ(read_results(path).error(), path + ": this is no JSON");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace holdfast
