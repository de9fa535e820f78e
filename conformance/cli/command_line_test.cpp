// The command line as a function, with a registry of one case for each verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "conformance/cli/cli.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/test_support.h"

namespace holdfast {
namespace {

using tiny::Answer;
using tiny::call;

class CommandLine : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("holdfast-cli-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    for (const char* name : {"HOLDFAST_SEED", "HOLDFAST_CONFIG", "HOLDFAST_OUT"}) ::unsetenv(name);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    for (const char* name : {"HOLDFAST_SEED", "HOLDFAST_CONFIG", "HOLDFAST_OUT"}) ::unsetenv(name);
  }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::string file(const char* name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
};

void expect_one_line(const Answer& answer) {
  EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  EXPECT_EQ(answer.err.rfind("holdfast: ", 0), 0u) << answer.err;
}

TEST_F(CommandLine, ExitCodesTellTheVerdict) {
  EXPECT_EQ(call({"run", "mqtt5/3.1"}).code, 0);
  EXPECT_EQ(call({"run", "mqtt5/4.4/fails"}).code, 1);
  EXPECT_EQ(call({"run", "mqtt5/4.4/lax"}).code, 0);
  EXPECT_EQ(call({"run", "mqtt5/4.4/lax", "--strict"}).code, 1);
  EXPECT_EQ(call({"run", "mqtt5/4.12/open", "mqtt5/3.1"}).code, 1);
  EXPECT_EQ(call({"run", "mqtt5/4.12/unsupported"}).code, 1);
  EXPECT_EQ(call({"run", "mqtt5/4.12/unsupported", "mqtt5/3.1"}).code, 0);
  EXPECT_EQ(call({"run", "mqtt5/7/breaks"}).code, 4);
  EXPECT_EQ(call({"run"}).code, 4);
}

TEST_F(CommandLine, UsageErrorsAreOneLineAndExitCode2) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"rum"},
           {"--rum"},
           {"run", "nonsense"},
           {"run", "mqtt5/3.1", "!mqtt5"},
           {"run", "--seed", "x"},
           {"run", "--seed", "-1"},
           {"run", "--timeout-scale", "0"},
           {"run", "--timeout-scale", "nan"},
           {"run", "--jobs", "0"},
           {"run", "--net", "sunshine"},
           {"run", "--fault", "after dinner sleep"},
           {"run", "--defect", "none-such"},
           {"run", "--variant", "none-such"},
           {"run", "--quiet", "--verbose"},
           {"run", "--baseline", "/none/such.toml"},
           {"run", "--config", "/none/such.toml"},
           {"run", "mqtt://127.0.0.1:1883", "--defect", "session-present-always-0"},
           {"list", "nonsense"},
           {"list", "--tags", "mqtt5"},
           {"explain"},
           {"explain", "nonsense"},
           {"explain", "mqtt5/4.4"},
           {"replay"},
           {"replay", "nonsense"},
           {"replay", "7:mqtt5/4.4/none-such"},
           {"replay", "7:mqtt5/4.4/fails | defect none-such"},
           {"broker", "--port", "70000"}}) {
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, 2) << words.back() << ": " << answer.err;
    expect_one_line(answer);
    EXPECT_EQ(answer.out, "") << words.back();
  }
}

TEST_F(CommandLine, WithoutACommandItShowsHow) {
  const Answer answer = call({});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.err.find("run"), std::string::npos);
}

TEST_F(CommandLine, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(call({"--help"}).code, 0);
  EXPECT_EQ(call({"--version"}).out, "holdfast " + tool_version() + "\n");
  const Answer answer = call({"run", "--help"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_NE(answer.out.find("HOLDFAST_SEED"), std::string::npos);
  EXPECT_NE(answer.out.find("@qos2"), std::string::npos);
}

TEST_F(CommandLine, ASchemeThatIsNotSpokenIsExitCode2) {
  const Answer answer = call({"run", "gopher://127.0.0.1", "mqtt5/3.1"});
  EXPECT_EQ(answer.code, 2) << answer.err;
  expect_one_line(answer);
}

TEST_F(CommandLine, ABrokerThatIsNotThereIsExitCode3) {
  const Answer answer = call({"run", "mqtt://127.0.0.1:1", "mqtt5/3.1"});
  EXPECT_EQ(answer.code, 3) << answer.err;
  expect_one_line(answer);
}

TEST_F(CommandLine, AReportThatCannotBeWrittenIsExitCode4) {
  const std::string in_the_way = file("file", "x");
  const Answer answer = call({"run", "mqtt5/3.1", "--out", in_the_way + "/report"});
  EXPECT_EQ(answer.code, 4);
  expect_one_line(answer);
  EXPECT_EQ(answer.out, "");  // found out before the first case
}

TEST_F(CommandLine, PicksASeedAndPrintsIt) {
  const std::string out = call({"run", "mqtt5/3.1"}).out;
  EXPECT_NE(out.find(" · seed "), std::string::npos) << out;
  EXPECT_NE(call({"run", "mqtt5/3.1", "--seed", "7"}).out.find(" · seed 7 · 1 case\n"), std::string::npos);
}

TEST_F(CommandLine, OptionsOutrankTheEnvironmentWhichOutranksTheFile) {
  const std::string config = file("settings.toml", "seed = 1\nstrict = true\n");
  EXPECT_NE(call({"run", "mqtt5/3.1", "--config", config}).out.find("seed 1 "), std::string::npos);
  EXPECT_EQ(call({"run", "mqtt5/4.4/lax", "--config", config}).code, 1);
  ::setenv("HOLDFAST_SEED", "2", 1);
  EXPECT_NE(call({"run", "mqtt5/3.1", "--config", config}).out.find("seed 2 "), std::string::npos);
  EXPECT_NE(call({"run", "mqtt5/3.1", "--config", config, "--seed", "3"}).out.find("seed 3 "),
            std::string::npos);
  ::setenv("HOLDFAST_SEED", "two", 1);
  EXPECT_EQ(call({"run", "mqtt5/3.1"}).code, 2);
  ::unsetenv("HOLDFAST_SEED");
  ::setenv("HOLDFAST_CONFIG", config.c_str(), 1);
  EXPECT_NE(call({"run", "mqtt5/3.1"}).out.find("seed 1 "), std::string::npos);
}

TEST_F(CommandLine, TheSettingsFileHoldsListsAndNamesItsMistakes) {
  const std::string lists =
      file("lists.toml",
           "seed = 1\ndefect = ['session-present-always-0']\ntimeout-scale = 2.5\nnet = 'chunk=1'\n");
  const Answer answer = call({"run", "mqtt5/3.1", "--config", lists});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("net chunk=1, defect session-present-always-0, timeouts x 2.5"),
            std::string::npos)
      << answer.out;
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"sed = 1\n", ":1: unknown setting 'sed'; did you mean seed?"},
      {"\nseed = 'x'\n", ":2: "},
      {"[table]\nx = 1\n", ":1: "},
      {"seed = {a = 1}\n", ":1: "},
      {"timeout-scale = 1000\n", ":1: "},
      {"seed = \n", ":1: "},
  };
  for (const auto& [text, expected] : mistakes) {
    const Answer wrong = call({"run", "mqtt5/3.1", "--config", file("wrong.toml", text)});
    EXPECT_EQ(wrong.code, 2) << text;
    expect_one_line(wrong);
    EXPECT_NE(wrong.err.find("wrong.toml" + expected), std::string::npos) << wrong.err;
  }
}

TEST_F(CommandLine, TheBaselineExcusesWhatItExpects) {
  const std::string known = file("known.toml",
                                 "system = 'tiny'\n[[expected]]\ncase = 'mqtt5/4.4/fails'\nverdict = 'fail'\n"
                                 "reason = 'example/broker#1'\n");
  EXPECT_EQ(call({"run", "mqtt5/4.4", "--baseline", known}).code, 0);
  const std::string better =
      file("better.toml",
           "system = 'tiny'\n[[expected]]\ncase = 'mqtt5/3.1/passes'\nverdict = 'fail'\n"
           "reason = 'example/broker#2'\n");
  EXPECT_EQ(call({"run", "mqtt5/3.1", "--baseline", better}).code, 1);
  const std::string stale = file("stale.toml",
                                 "system = 'tiny'\n[[expected]]\ncase = 'mqtt5/3.1/gone'\nverdict = 'fail'\n"
                                 "reason = 'example/broker#3'\n");
  const Answer answer = call({"run", "mqtt5/3.1", "--baseline", stale});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.err.find("'mqtt5/3.1/gone' is not the address of a case"), std::string::npos)
      << answer.err;
}

TEST_F(CommandLine, TheSameSeedGivesTheSameReport) {
  for (const char* report : {"one", "two"})
    EXPECT_EQ(
        call({"run", "--seed", "7", "--net", "latency=1ms..9ms chunk=1..3", "--out", path(report)}).code, 4);
  const std::string one = content(path("one") + "/results.json");
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(one, content(path("two") + "/results.json"));
  EXPECT_EQ(content(path("one") + "/junit.xml"), content(path("two") + "/junit.xml"));
  EXPECT_TRUE(std::filesystem::exists(path("one") + "/evidence/mqtt5.4.4.fails.txt"));

  EXPECT_EQ(call({"run", "--seed", "8", "--net", "latency=1ms..9ms chunk=1..3", "--out", path("three")}).code,
            4);
  EXPECT_NE(one, content(path("three") + "/results.json"));
}

TEST_F(CommandLine, AReplayLineOfAReportRunsTheSameCaseAgain) {
  ASSERT_EQ(call({"run", "mqtt5/4.4/fails", "--seed", "7", "--net", "latency=1ms..9ms", "--fault",
                  "at 100s cut", "--timeout-scale", "2", "--out", path("report")})
                .code,
            1);
  const nlohmann::json report = nlohmann::json::parse(content(path("report") + "/results.json"));
  const std::string line = report["cases"][0]["replay"];
  EXPECT_EQ(line, "7:mqtt5/4.4/fails | net latency=1ms..9ms | fault at 100s cut | scale 2");
  const Answer answer = call({"replay", line});
  EXPECT_EQ(answer.code, 1);
  EXPECT_NE(answer.out.find("CONNACK"), std::string::npos) << answer.out;  // the trace
  EXPECT_NE(answer.out.find("FAIL  mqtt5/4.4/fails"), std::string::npos) << answer.out;
  EXPECT_EQ(call({"replay", "7:mqtt5/3.1/passes"}).code, 0);
}

TEST_F(CommandLine, ExploresAndSaysWhatItHasFound) {
  const Answer good = call({"explore", "--seed", "7", "--seeds", "20"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_NE(good.out.find("nothing found in 40 histories"), std::string::npos) << good.out;
  const Answer bad = call({"explore", "--seed", "7", "--seeds", "150", "--defect", "session-lost-at-close"});
  EXPECT_EQ(bad.code, 1) << bad.err;
  const std::size_t line = bad.out.find("holdfast replay '");
  ASSERT_NE(line, std::string::npos) << bad.out;
  const std::size_t begin = line + std::string_view("holdfast replay '").size();
  const std::string found = bad.out.substr(begin, bad.out.find('\'', begin) - begin);
  EXPECT_NE(found.find(" | steps "), std::string::npos) << found;
  const Answer again = call({"replay", found});
  EXPECT_EQ(again.code, 1) << again.err;
  // Without the steps it is the history as it was drawn, and without the defect nothing is wrong with it.
  EXPECT_EQ(call({"replay", "7:mqtt5/explore/1"}).code, 0);
}

TEST_F(CommandLine, ExplorationsComplainInOneLine) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"explore", "--seeds", "0"},
                                             {"explore", "--seeds", "-1"},
                                             {"explore", "--seeds", "1000001"},
                                             {"explore", "mqtt5/4.4"},
                                             {"explore", "http://127.0.0.1"},
                                             {"explore", "--baseline", "x.toml"},
                                             {"explore", "--fault", "at opening cut"},
                                             {"explore", "--defect", "no-such"},
                                             {"replay", "7:mqtt5/explore/x"},
                                             {"replay", "7:mqtt5/explore/1 | steps a fly"},
                                             {"replay", "7:mqtt5/4.4/fails | steps a cut"}}) {
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, 2) << words.back() << answer.err;
    expect_one_line(answer);
  }
  EXPECT_EQ(call({"explore", "mqtt://127.0.0.1:1", "--seeds", "1"}).code, 3);
}

TEST_F(CommandLine, ListsCasesForPeopleAndPrograms) {
  EXPECT_EQ(call({"list", "@qos2"}).out,
            "mqtt5/4.4/fails  must  A case that fails\nmqtt5/4.4/lax    must  A case that lax\n");
  const nlohmann::json cases = nlohmann::json::parse(call({"list", "--json"}).out);
  EXPECT_EQ(cases.size(), 8u);
  EXPECT_EQ(cases[0]["version"], "3.1.1");
  EXPECT_EQ(call({"list", "--tags"}).out, "@connect  3 cases\n@qos2     2 cases\n@session  1 cases\n");
  EXPECT_NE(call({"list", "--defects"}).out.find("session-present-always-0"), std::string::npos);
  EXPECT_FALSE(nlohmann::json::parse(call({"list", "--variants", "--json"}).out).empty());
}

TEST_F(CommandLine, ExplainsACaseWithItsRequirements) {
  const Answer answer = call({"explain", "mqtt5/4.4/lax"});
  EXPECT_EQ(answer.code, 0);
  for (const char* part :
       {"mqtt5/4.4/lax\nA case that lax\n", "judges      MQTT-4.4.0-1 (MUST, binds: both): When a",
        "touches     MQTT-4.4.0-2 (MUST NOT", "procedure   Connect, then judge.", "tags        qos2"})
    EXPECT_NE(answer.out.find(part), std::string::npos) << part << " is missing in\n" << answer.out;
}

TEST_F(CommandLine, ExplainsARequirementInTheVersionsThatHaveIt) {
  const std::string both = call({"explain", "MQTT-4.4.0-1"}).out;
  EXPECT_NE(both.find("MQTT-4.4.0-1 of MQTT 3.1.1, section 4.4"), std::string::npos) << both;
  EXPECT_NE(both.find("MQTT-4.4.0-1 of MQTT 5.0, section 4.4"), std::string::npos) << both;
  const std::string one = call({"explain", "5:MQTT-4.4.0-1"}).out;
  EXPECT_EQ(one.find("MQTT 3.1.1"), std::string::npos) << one;
  EXPECT_NE(one.find("cases       mqtt5/4.4/fails"), std::string::npos) << one;
}

TEST(RunSettings, RemovesCredentialsFromUrls) {
  EXPECT_EQ(without_credentials("mqtt://user:secret@host:1883"), "mqtt://host:1883");
  EXPECT_EQ(without_credentials("mqtt://user:se@cret@host"), "mqtt://host");
  EXPECT_EQ(without_credentials("mqtt://host/path@x"), "mqtt://host/path@x");
  EXPECT_EQ(without_credentials("mqtt://[::1]:1883"), "mqtt://[::1]:1883");
  EXPECT_TRUE(is_url("ws://x"));
  EXPECT_FALSE(is_url("5:MQTT-4.4.0-1"));
}

}  // namespace
}  // namespace holdfast
