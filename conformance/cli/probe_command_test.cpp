#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conformance/cli/test_support.h"

namespace holdfast {
namespace {

using tiny::Answer;
using tiny::call;

TEST(ProbeCommand, ShowsATableOfTheEmbeddedBroker) {
  const Answer answer = call({"probe"});
  EXPECT_EQ(answer.code, 0);
  const auto says = [&](std::string_view text) { return answer.out.find(text) != std::string::npos; };
  EXPECT_TRUE(says("Holdfast reference broker")) << answer.out;
  EXPECT_TRUE(says("MQTT 3.1.1 and 5.0"));
  EXPECT_TRUE(says("\nannounced\n"));
  EXPECT_TRUE(says("\nobserved\n"));
  EXPECT_TRUE(says("\nnot known\n"));
  // The same answer in both versions is one line, another is two.
  EXPECT_TRUE(says("  QoS 0 messages for a client that is away  "));
  EXPECT_TRUE(says("3.1.1:HF-3.1.1-S06 HF-5.0-S27"));
  EXPECT_TRUE(says("  The connection that a takeover displaces (3.1.1)  "));
  EXPECT_TRUE(says("  The connection that a takeover displaces (5.0)  "));
}

TEST(ProbeCommand, SpeaksJsonAndIsRepeatable) {
  const Answer answer = call({"probe", "--json", "--variant", "close-bare", "--seed", "3"});
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["format"], "holdfast-probe");
  EXPECT_EQ(json["system"]["told_by"], "embedded");
  bool found = false;
  for (const auto& line : json["probe"]) {
    if (line["name"] != "protocol-error" || line["version"] != "5.0") continue;
    found = true;
    EXPECT_EQ(line["answer"], "FIN");
    EXPECT_EQ(line["how"], "observed");
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(call({"probe", "--json", "--variant", "close-bare", "--seed", "3"}).out, answer.out);
}

TEST(ProbeCommand, UsageErrorsAreExitCode2AndNobodyThereIs3) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"probe", "--nonsense"},
                                             {"probe", "nonsense"},
                                             {"probe", "gopher://127.0.0.1"},
                                             {"probe", "--seed", "x"},
                                             {"probe", "--timeout-scale", "0"},
                                             {"probe", "--variant", "none-such"},
                                             {"probe", "mqtt://127.0.0.1:1", "--variant", "close-bare"}}) {
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, 2) << words.back();
    EXPECT_EQ(answer.out, "") << words.back();
    EXPECT_EQ(answer.err.rfind("holdfast: ", 0), 0u) << answer.err;
  }
  EXPECT_EQ(call({"probe", "mqtt://127.0.0.1:1"}).code, 3);
}

}  // namespace
}  // namespace holdfast
