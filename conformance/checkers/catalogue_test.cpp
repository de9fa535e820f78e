#include <fstream>
#include <set>
#include <sstream>

#include "conformance/checkers/trace_builder.h"

namespace holdfast {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string quoted_id(std::string_view id) { return fmt::format("\"id\": \"{}\"", id); }

void expect_ids(std::span<const std::string_view> ids, const std::string& table, std::string_view checker) {
  for (const std::string_view id : ids) {
    EXPECT_NE(table.find(quoted_id(id)), std::string::npos) << checker << " " << id;
  }
  EXPECT_EQ(std::set<std::string_view>(ids.begin(), ids.end()).size(), ids.size()) << checker;
}

TEST(Catalogue, EveryRequirementIsInItsTable) {
  const std::string spec = HOLDFAST_SOURCE_DIR "/fixtures/spec/";
  const std::string v3_1_1 = text_of(spec + "mqtt-3.1.1.json");
  const std::string v5 = text_of(spec + "mqtt-5.0.json");
  for (const Checker& checker : all_checkers()) {
    expect_ids(checker.requirements_v3_1_1, v3_1_1, checker.name);
    expect_ids(checker.requirements_v5, v5, checker.name);
    EXPECT_FALSE(checker.requirements_v5.empty()) << checker.name;
  }
}

std::string row_of(const Checker& checker) { return fmt::format("| `{}` |", checker.name); }

TEST(Catalogue, NamesAreUniqueAndStandInTheReadme) {
  const std::string readme = text_of(HOLDFAST_SOURCE_DIR "/conformance/checkers/README.md");
  std::set<std::string_view> names;
  for (const Checker& checker : all_checkers()) {
    EXPECT_TRUE(names.insert(checker.name).second) << checker.name;
    EXPECT_NE(readme.find(row_of(checker)), std::string::npos) << checker.name;
    EXPECT_FALSE(checker.sentence.empty());
  }
}

TEST(Catalogue, AnEmptyTraceIsWithoutFault) { expect_silence(TraceBuilder()); }

TEST(Catalogue, ACheckerAloneFindsWhatAllOfThemFind) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.deliver(a, "one", 1, 7);
  t.deliver(a, "two", 1, 7);
  std::vector<Breach> alone;
  for (const Checker& checker : all_checkers()) checker.check(t.trace, alone);
  EXPECT_EQ(to_text(alone), to_text(t.breaches()));
  EXPECT_EQ(alone.size(), 1u);
}

TEST(Catalogue, AFloodOfBreachesIsCutShort) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  for (int i = 0; i < 1000; ++i) t.deliver(a, fmt::format("m{}", i), 1, 7);
  EXPECT_EQ(t.breaches().size(), breaches_per_checker_max);
}

// Checkers read the SUT edge alone: what the client's side saw is no evidence against the server.
TEST(Catalogue, TheClientEdgeIsNotJudged) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  const Bytes bytes = mqtt::encode(TraceBuilder::message("one", 1, 7), t.version);
  t.trace.chunk(a, Edge::client, mqtt::Sender::server, mqtt::encode(mqtt::Connack{}, t.version));
  t.server_bytes(a, bytes);
  expect_silence(t);
}

// A long run of honest QoS 2 exchanges through many subscribers. The bound is far above what a linear check
// takes and far below what a quadratic one would.
TEST(Catalogue, ALongTraceIsCheckedInLinearTime) {
  TraceBuilder t;
  std::vector<ConnectionId> subscribers;
  for (int i = 0; i < 10; ++i) {
    subscribers.push_back(t.connect(fmt::format("s{}", i)));
    t.subscribe(subscribers.back(), "t", 2);
  }
  const ConnectionId pub = t.connect("pub");
  std::uint16_t id = 0;
  for (int i = 0; t.trace.events().size() < 200'000; ++i) {
    id = static_cast<std::uint16_t>(id % 65'535 + 1);
    const std::string payload = fmt::format("message {}", i);
    t.publish(pub, payload, 2, id);
    for (const ConnectionId sub : subscribers) {
      t.deliver(sub, payload, 2, id);
      t.client(sub, mqtt::Pubrec{id});
      t.server(sub, mqtt::Pubrel{id});
      t.client(sub, mqtt::Pubcomp{id});
    }
  }
  const auto start = std::chrono::steady_clock::now();
  expect_silence(t);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(taken.count()));
  std::printf("%zu events checked in %.3f s\n", t.trace.events().size(), taken.count());
  EXPECT_LT(taken.count(), 10);
}

}  // namespace
}  // namespace holdfast
