#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conformance/cli/ledger_lines.h"
#include "conformance/cli/test_support.h"

namespace holdfast {
namespace {

using tiny::Answer;
using tiny::call;

bool says(const Answer& answer, std::string_view text) { return answer.out.find(text) != std::string::npos; }

TEST(LedgerCommand, SumsUpByVersionAndArea) {
  const Answer answer = call({"ledger"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(says(answer, "MQTT 3.1.1\n"));
  EXPECT_TRUE(says(answer, "MQTT 5.0\n"));
  EXPECT_TRUE(says(answer, "  session-expiry "));
  EXPECT_TRUE(says(answer, " rows that bind the server and that the wire shows, "));
}

TEST(LedgerCommand, NamesWhatIsUntested) {
  const Answer answer = call({"ledger", "--untested"});
  EXPECT_EQ(answer.code, 0);
  // The tiny registry has a case that judges MQTT-3.1.4-5 of both versions, and none for MQTT-4.12.0-4.
  EXPECT_FALSE(says(answer, " MQTT-3.1.4-5 "));
  EXPECT_TRUE(says(answer, " MQTT-4.12.0-4 "));
  const Answer of_area = call({"ledger", "--untested", "--area", "auth"});
  EXPECT_TRUE(says(of_area, " MQTT-4.12.0-4 "));
  EXPECT_FALSE(says(of_area, "  session-expiry  "));
}

TEST(LedgerCommand, ShowsEveryRowWithWhoTestsItOrWhyNot) {
  const Answer answer = call({"ledger", "--rows"});
  EXPECT_TRUE(says(answer, "mqtt5/4.1/passes-too"));
  EXPECT_TRUE(says(answer, "checker session-present"));
  EXPECT_TRUE(says(answer, "Redirecting is a choice that no client can bring about."));
  EXPECT_TRUE(says(answer, "restart"));
}

TEST(LedgerCommand, SpeaksJson) {
  const Answer answer = call({"ledger", "--json"});
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["format"], "holdfast-ledger");
  ASSERT_EQ(json["rows"].size(), 590u);
  for (const char* version : {"3.1.1", "5.0"}) {
    const auto& all = json["versions"][version]["all"];
    std::size_t rows = 0;
    std::size_t tested = 0;
    for (const auto& row : json["rows"]) {
      rows += row["version"] == version ? 1 : 0;
      tested += row["version"] == version && row["status"] == "tested" ? 1 : 0;
    }
    EXPECT_EQ(all["rows"], rows);
    EXPECT_EQ(all["tested"], tested);
    EXPECT_EQ(all["countable"].get<std::size_t>(),
              all["tested"].get<std::size_t>() + all["untested"].get<std::size_t>());
    EXPECT_EQ(all["percent"].get<std::size_t>(), tested * 100 / all["countable"].get<std::size_t>());
  }
}

TEST(LedgerCommand, UsageErrorsAreExitCode2) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"ledger", "--nonsense"},
                                             {"ledger", "nonsense"},
                                             {"ledger", "--json", "--rows"},
                                             {"ledger", "--untested", "--rows"},
                                             {"ledger", "--area", "none-such"}}) {
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, 2) << words.back();
    EXPECT_EQ(answer.out, "") << words.back();
    EXPECT_EQ(answer.err.rfind("holdfast: ", 0), 0u) << answer.err;
  }
}

// --- explain, which shows one row of it ---

TEST(LedgerLines, SayOfEveryRequirementWhoTestsItOrWhyNot) {
  Registry registry;
  tiny::fill(registry);
  const std::vector<LedgerLine> lines = ledger_lines(registry);
  ASSERT_EQ(lines.size(), 590u);
  const auto text_of = [&](std::string_view id) {
    for (const LedgerLine& line : lines)
      if (line.id == id && line.version == mqtt::Version::v5) return line.status + ": " + line.text;
    return std::string();
  };
  EXPECT_TRUE(text_of("MQTT-3.1.4-5").starts_with("tested: Tested by ")) << text_of("MQTT-3.1.4-5");
  EXPECT_EQ(text_of("MQTT-4.12.0-4"), "untested: Not tested yet.");
  for (const LedgerLine& line : lines) EXPECT_FALSE(line.text.empty()) << line.id;
}

TEST(ExplainCommand, ShowsTheStatusOfARequirement) {
  const Answer tested = call({"explain", "5:MQTT-3.1.4-5"});
  EXPECT_TRUE(says(tested, "status      tested"));
  EXPECT_TRUE(says(tested, "cases       mqtt5/3.1/passes"));
  // Its control fails before it judges anything.
  const Answer touched = call({"explain", "5:MQTT-4.12.0-1"});
  EXPECT_TRUE(says(touched, "status      untested"));
  EXPECT_TRUE(says(touched, "touched by  mqtt5/4.12/open"));
  const Answer untested = call({"explain", "5:MQTT-4.12.0-4"});
  EXPECT_TRUE(says(untested, "status      untested"));
  EXPECT_TRUE(says(untested, "cases       none"));
}

TEST(ExplainCommand, ShowsARowOfTheRegister) {
  const Answer answer = call({"explain", "F-02"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(says(answer, "reading B   No: an expired message must not reach anybody"));
  EXPECT_TRUE(says(answer, "ours        A. Never report the repeat."));
  EXPECT_TRUE(says(answer, "verdict     repeat: pass."));
  EXPECT_TRUE(says(call({"explain", "Q-03"}), "rests on it checker no-publish-after-pubrel"));
  EXPECT_TRUE(says(call({"explain", "S-08"}), "probe       qos0-while-absent"));
  EXPECT_TRUE(says(call({"explain", "X-13"}), "unused      Holdfast does not speak WebSocket."));
  EXPECT_EQ(call({"explain", "F-99"}).code, 2);
}

TEST(ExplainCommand, ShowsTheTextOfTheRowsThatACaseRestsOn) {
  Registry registry;
  CaseDescription description;
  description.slug = "rests";
  description.title = "A case that rests on a reading";
  description.v5 = {"4.4", {"MQTT-4.4.0-1"}};
  description.interpretations = {"F-02"};
  description.run = tiny::passes;
  registry.add(std::move(description));
  std::ostringstream out;
  std::ostringstream err;
  Surroundings surroundings{registry, out, err};
  EXPECT_EQ(run_command_line({"explain", "mqtt5/4.4/rests"}, surroundings), 0);
  const Answer answer{0, out.str(), err.str()};
  EXPECT_TRUE(says(answer, "reading     F-02: A message is past its lifetime"));
  EXPECT_TRUE(says(answer, "B: No: an expired message must not reach anybody"));
  EXPECT_TRUE(says(answer, "ours: A. Never report the repeat."));
}

}  // namespace
}  // namespace holdfast
