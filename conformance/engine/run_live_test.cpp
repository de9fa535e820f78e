// Goal: run_live against real sockets on the loopback. The system under test is the reference broker, or a
// server that is none, on a loop and in a thread of its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include "conformance/engine/run.h"
#include "conformance/engine/served_acceptor.h"
#include "conformance/engine/test_cases.h"
#include "sim/broker/broker.h"

namespace holdfast {
namespace {

using namespace test_cases;

std::unique_ptr<Acceptor> broker_with(Loop& loop, const BrokerSettings& settings) {
  return std::make_unique<Broker>(loop, settings, 1);
}

ServedAcceptor::Make broker(BrokerSettings settings = {}) {
  return [settings](Loop& loop) { return broker_with(loop, settings); };
}

// Accepts, and does one thing with what it gets.
class OddServer final : public Acceptor {
 public:
  using OnBytes = std::function<void(ServerStream&)>;
  explicit OddServer(OnBytes on_bytes) : answer_(std::move(on_bytes)) {}
  void connect(ServerStream& stream) override {
    ends_.push_back(std::make_unique<End>(*this, stream));
    stream.set_events(ends_.back().get());
    stream.accept();
  }

 private:
  struct End final : StreamEvents {
    End(OddServer& the_server, ServerStream& the_stream) : server(the_server), stream(the_stream) {}
    void on_bytes(ByteView) override { server.answer_(stream); }
    void on_close(CloseKind) override {}
    OddServer& server;
    ServerStream& stream;
  };

  const OnBytes answer_;
  std::vector<std::unique_ptr<End>> ends_;
};

ServedAcceptor::Make odd_server(OddServer::OnBytes on_bytes) {
  return [on_bytes](Loop&) { return std::make_unique<OddServer>(on_bytes); };
}

OddServer::OnBytes says(std::string text) {
  return [text](ServerStream& stream) {
    stream.send(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  };
}

RunFailure failure_of(const ServedAcceptor& server, double timeout_scale = 0.1) {
  Registry registry;
  add(registry, "draws", draws);
  const auto results =
      run_live(all(registry), {.url = server.url()}, {.seed = 7, .timeout_scale = timeout_scale});
  EXPECT_FALSE(results.has_value());
  return results ? RunFailure{} : results.error();
}

TEST(RunLive, CasesPassAgainstTheReferenceBroker) {
  const ServedAcceptor server(broker());
  Registry registry;
  add(registry, "round-trip", round_trip);
  add(registry, "fails", fails);
  const auto results = run_live(all(registry), {.url = server.url()}, {.seed = 7});
  ASSERT_TRUE(results.has_value()) << results.error().message;
  ASSERT_EQ(results->cases.size(), 4u);
  EXPECT_EQ(results->cases[0].verdict, Verdict::pass) << results->cases[0].observed;
  EXPECT_EQ(results->cases[1].verdict, Verdict::pass) << results->cases[1].observed;
  EXPECT_EQ(results->cases[2].verdict, Verdict::fail);
  EXPECT_FALSE(results->cases[0].trace_hash.has_value()) << "a live run has no identity";
  EXPECT_GT(results->cases[0].duration, Duration::zero());
  EXPECT_FALSE(results->simulated);
  EXPECT_GT(results->duration, Duration::zero());
  EXPECT_GT(results->v5->round_trip, Duration::zero());
  EXPECT_EQ(results->system.address, server.url());
}

TEST(RunLive, CasesRunSideBySideAndResultsStayInOrder) {
  const ServedAcceptor server(broker());
  Registry registry;
  for (int i = 0; i < 100; ++i) add(registry, fmt::format("round-trip-{}", i), round_trip);
  for (int i = 0; i < 10; ++i) add(registry, fmt::format("waits-{}", i), connects_and_waits_in_vain);
  std::size_t told = 0;
  RunOptions options{.seed = 7};
  options.progress = [&told](const CaseResult&, std::size_t, std::size_t) { ++told; };
  const auto results = run_live(all(registry), {.url = server.url()}, options);
  ASSERT_TRUE(results.has_value()) << results.error().message;
  EXPECT_EQ(told, 220u);
  for (std::size_t i = 0; i < 220; ++i) EXPECT_EQ(results->cases[i].address, registry.cases()[i].address);
  EXPECT_EQ(results->count(Verdict::pass), 200u);
  EXPECT_EQ(results->count(Verdict::inconclusive), 20u);
  // One after the other they would take 80 s: each waits for 2 s, and once more in its second try.
  EXPECT_LT(results->duration, 20s);
}

TEST(RunLive, CaseThatDoesNotEndIsInconclusiveAndTellsWhoWaits) {
  const ServedAcceptor server(broker());
  Registry registry;
  add(registry, "never-ends", never_ends);
  const auto results =
      run_live({all(registry).front()}, {.url = server.url()}, {.seed = 7, .case_patience = 300ms});
  ASSERT_TRUE(results.has_value()) << results.error().message;
  EXPECT_EQ(results->cases[0].verdict, Verdict::inconclusive);
  EXPECT_NE(results->cases[0].observed.find("client patient"), std::string::npos)
      << results->cases[0].observed;
}

// Each waits for what never comes, and then judges: `silent_once` only in the first try of each case.
Task<void> judge_silence(Context& t, bool is_silent) {
  Client& client = t.client("a");
  co_await t.connected(client, t.clean());
  if (!is_silent) co_return;
  auto message = co_await client.expect<mqtt::Publish>(t.patience());
  t.must(message.has_value(), "MQTT-2", "a message", "nothing");
}

Task<void> silent_once(Context& t) {
  static std::set<std::string> seen;
  return judge_silence(t, seen.insert(t.the_case().address).second);
}

Task<void> always_silent(Context& t) { return judge_silence(t, true); }

TEST(RunLive, WhatMayBeNoMoreThanAStandstillIsTriedOnceMore) {
  const ServedAcceptor server(broker());
  Registry registry;
  add(registry, "silent-once", silent_once);
  add(registry, "always-silent", always_silent);
  add(registry, "fails", fails);
  std::size_t told = 0;
  RunOptions options{.seed = 7, .timeout_scale = 0.1};
  options.progress = [&told](const CaseResult&, std::size_t, std::size_t) { ++told; };
  const auto results = run_live(all(registry), {.url = server.url()}, options);
  ASSERT_TRUE(results.has_value()) << results.error().message;
  EXPECT_EQ(told, 6u);
  const std::vector<CaseResult>& cases = results->cases;
  EXPECT_EQ(cases[0].verdict, Verdict::pass);
  EXPECT_EQ(cases[0].observations, std::vector<std::string>{"tried twice; the first time: fail, nothing"});
  EXPECT_EQ(cases[2].verdict, Verdict::fail);
  EXPECT_TRUE(cases[2].observations.empty()) << "both tries said the same";
  EXPECT_EQ(cases[4].verdict, Verdict::fail);
}

TEST(RunLive, NothingIsLeftBehind) {
  // Asks the broker at its end, in its own thread.
  struct Watched final : Acceptor {
    Watched(Loop& loop, std::size_t& left_at_end) : broker(loop, {}, 1), left(left_at_end) {}
    ~Watched() override { left = broker.sessions().size() + broker.retained_messages(); }
    void connect(ServerStream& stream) override { broker.connect(stream); }
    Broker broker;
    std::size_t& left;
  };
  std::size_t left = 99;
  {
    const ServedAcceptor server([&left](Loop& loop) { return std::make_unique<Watched>(loop, left); });
    Registry registry;
    add(registry, "round-trip", round_trip);
    add(registry, "retains", retains);
    const auto results = run_live(all(registry), {.url = server.url()}, {.seed = 7});
    ASSERT_TRUE(results.has_value()) << results.error().message;
    EXPECT_EQ(results->count(Verdict::pass), 4u);
  }
  EXPECT_EQ(left, 0u);
}

TEST(RunLive, SystemThatDiesDuringTheRunIsLost) {
  ServedAcceptor server(broker());
  Registry registry;
  for (int i = 0; i < 20; ++i) add(registry, fmt::format("round-trip-{}", i), round_trip);
  RunOptions options{.seed = 7, .side_by_side = 2};
  options.progress = [&server](const CaseResult&, std::size_t done, std::size_t) {
    if (done == 5) server.stop();
  };
  const auto results = run_live(all(registry), {.url = server.url()}, options);
  ASSERT_FALSE(results.has_value());
  EXPECT_EQ(results.error().exit_code, 3);
  EXPECT_NE(results.error().message.find("was lost: after "), std::string::npos) << results.error().message;
}

TEST(RunLive, VersionThatIsNotSpokenIsUnsupported) {
  BrokerSettings settings;
  settings.accepts_v5 = false;
  const ServedAcceptor server(broker(settings));
  Registry registry;
  add(registry, "round-trip", round_trip);
  const auto results = run_live(all(registry), {.url = server.url()}, {.seed = 7});
  ASSERT_TRUE(results.has_value()) << results.error().message;
  EXPECT_EQ(results->cases[0].verdict, Verdict::pass) << results->cases[0].observed;
  EXPECT_EQ(results->cases[1].verdict, Verdict::unsupported);
}

TEST(RunLive, BadUrlIsAMatterOfUsage) {
  const auto results = run_live({}, {.url = "mqtts://localhost"}, {});
  ASSERT_FALSE(results.has_value());
  EXPECT_EQ(results.error().exit_code, 2);
}

TEST(RunLive, NobodyThereIsToldWithTheReason) {
  std::string url;
  {
    const ServedAcceptor server(broker());
    url = server.url();
  }
  const auto results = run_live({}, {.url = url}, {.seed = 7});
  ASSERT_FALSE(results.has_value());
  EXPECT_EQ(results.error().exit_code, 3);
  EXPECT_NE(results.error().message.find("cannot be reached"), std::string::npos) << results.error().message;
  EXPECT_NE(results.error().message.find("refused"), std::string::npos) << results.error().message;
}

TEST(RunLive, SilentServerIsToldSo) {
  const ServedAcceptor server(odd_server([](ServerStream&) {}));
  EXPECT_EQ(failure_of(server).message,
            server.host_and_port() + " accepts connections but sends no CONNACK within 500 ms");
}

TEST(RunLive, ServerThatIsNoBrokerIsToldByWhatItSays) {
  const ServedAcceptor server(odd_server(says("HTTP/1.1 400 Bad Request\r\n\r\n")));
  const RunFailure failure = failure_of(server);
  EXPECT_EQ(failure.exit_code, 3);
  EXPECT_NE(failure.message.find("answers with what is not MQTT: 'HTTP/1.1 400 Bad Request\\r\\n"),
            std::string::npos)
      << failure.message;
}

TEST(RunLive, CloseInTheMiddleOfAConnackIsToldSo) {
  const ServedAcceptor server(odd_server([](ServerStream& stream) {
    says("\x20")(stream);
    stream.close();
  }));
  EXPECT_EQ(failure_of(server).message,
            server.host_and_port() + " closed the connection (fin) in the middle of a CONNACK");
}

TEST(RunLive, CloseWithoutAWordIsToldSo) {
  const ServedAcceptor server(odd_server([](ServerStream& stream) { stream.close(); }));
  EXPECT_EQ(failure_of(server).message,
            server.host_and_port() + " closed the connection (fin) without a CONNACK");
}

TEST(RunLive, FloodIsCutOff) {
  std::string pingresps;
  for (int i = 0; i < 300'000; ++i) pingresps += std::string("\xD0\x00", 2);
  const ServedAcceptor server(odd_server(says(pingresps)));
  // To read so much takes seconds under the thread sanitizer while other tests run.
  const std::string message = failure_of(server, 2).message;
  EXPECT_NE(message.find("floods"), std::string::npos) << message;
}

TEST(RunLive, RefusalIsToldWithItsCode) {
  const ServedAcceptor server(odd_server(says(std::string("\x20\x02\x00\x05", 4))));
  EXPECT_EQ(failure_of(server).message,
            server.host_and_port() + " refuses an MQTT 3.1.1 CONNECT: 0x05 (Not authorized)");
}

}  // namespace
}  // namespace holdfast
