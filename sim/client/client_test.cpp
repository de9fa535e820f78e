// Goal: what a client does by itself, and what its waits tell. Method: a real network in virtual time and a
// server that says what the test tells it to say.
#include "sim/client/client.h"

#include <gtest/gtest.h>

#include "sim/client/test_server.h"

namespace holdfast {
namespace {

using mqtt::Version;

class ClientTest : public testing::Test {
 protected:
  explicit ClientTest(Version version = Version::v5)
      : server(version), client(loop, network, "a", "id-a", version) {}

  // Lets everything happen that happens now.
  void settle() { loop.run_ready(); }

  void connect(bool clean_start = true) {
    client.connect({.clean_start = clean_start});
    settle();
    ASSERT_TRUE(client.is_open());
  }

  // Runs one wait to its end.
  template <class T>
  T result_of(Task<T> wait) {
    std::optional<T> result;
    Scope scope(loop);
    scope.spawn(store(std::move(wait), result));
    run_virtual(loop, [&result] { return result.has_value(); });
    return std::move(*result);
  }

  template <class T>
  static Task<void> store(Task<T> wait, std::optional<T>& result) {
    auto value = co_await std::move(wait);
    result.emplace(std::move(value));
  }

  Loop loop;
  Trace trace{loop};
  TestServer server;
  Network network{loop, server, trace, 1};
  Client client;
};

class ClientTestV311 : public ClientTest {
 protected:
  ClientTestV311() : ClientTest(Version::v3_1_1) {}
};

mqtt::Publish message(std::string payload, std::uint8_t qos, std::uint16_t packet_id = 0) {
  return {.topic = "t", .payload = std::move(payload), .qos = qos, .packet_id = packet_id};
}

// --- connecting ---

TEST_F(ClientTest, ConnectTakesTheClientsOwnIdentifierAndLevel) {
  client.connect({.client_id = "other", .protocol_level = 4});
  settle();
  const auto connects = server.received<mqtt::Connect>();
  ASSERT_EQ(connects.size(), 1u);
  EXPECT_EQ(connects[0].client_id, "id-a");
  EXPECT_EQ(connects[0].protocol_level, 5);
}

TEST_F(ClientTest, ConnectAsGivenTakesThoseOfTheScript) {
  client.connect_as_given({.client_id = ""});
  settle();
  EXPECT_EQ(server.received<mqtt::Connect>().at(0).client_id, "");
}

TEST_F(ClientTest, CredentialsGoWithEveryConnectThatHasNone) {
  client.credentials = {.user_name = "user", .password = "secret"};
  client.connect({});
  settle();
  client.abandon();
  client.connect({.password = "only"});
  settle();
  const auto connects = server.received<mqtt::Connect>();
  EXPECT_EQ(connects.at(0).user_name, "user");
  EXPECT_EQ(connects.at(0).password, "secret");
  EXPECT_FALSE(connects.at(1).user_name.has_value());
  EXPECT_EQ(connects.at(1).password, "only");
}

TEST_F(ClientTest, OpenSaysNoWord) {
  client.open();
  EXPECT_TRUE(result_of(client.expect_open(1s)));
  settle();
  EXPECT_TRUE(server.packets.empty());
}

TEST_F(ClientTest, RefusedConnectionIsToldAsTheClose) {
  server.accepts = false;
  client.connect({});
  EXPECT_FALSE(result_of(client.expect_open(1s)));
  EXPECT_FALSE(result_of(client.expect<mqtt::Connack>(1s)).has_value());
  ASSERT_TRUE(client.closed().has_value());
  EXPECT_EQ(client.closed()->kind, CloseKind::refused);
  EXPECT_EQ(loop.now(), Time{}) << "nobody waits for what cannot come";
}

TEST_F(ClientTest, SecondConnectGoesOverTheOpenConnection) {
  connect();
  client.connect({});
  settle();
  EXPECT_EQ(server.received<mqtt::Connect>().size(), 2u);
  EXPECT_EQ(trace.connections(), 1u);
}

TEST_F(ClientTest, ConnectAfterCutOpensANewConnectionEvenIfTheServerHasNotClosed) {
  connect();
  server.keeps_open = true;
  client.cut();
  settle();
  client.connect({});
  settle();
  EXPECT_EQ(trace.connections(), 2u);
  EXPECT_EQ(client.connection(), 2u);
  EXPECT_EQ(server.received<mqtt::Connect>().size(), 2u);
}

// --- waiting ---

TEST_F(ClientTest, WaitTakesItsTypeAndLeavesTheRestForLaterWaits) {
  connect();
  server.send(message("m", 0));
  server.send(mqtt::Suback{.packet_id = 3, .reasons = {mqtt::ReasonCode::success}});
  EXPECT_TRUE(result_of(client.expect<mqtt::Suback>(1s)).has_value());
  EXPECT_TRUE(result_of(client.expect<mqtt::Connack>(1s)).has_value());
  EXPECT_TRUE(result_of(client.expect_message("m", 1s)).has_value());
  EXPECT_TRUE(client.unread().empty());
  EXPECT_EQ(loop.now(), Time{});
}

TEST_F(ClientTest, WaitEndsAtItsDeadlineAndNotBefore) {
  connect();
  EXPECT_FALSE(result_of(client.expect<mqtt::Puback>(3s)).has_value());
  EXPECT_EQ(loop.now(), Time(3s));
}

TEST_F(ClientTest, WaitForOneIdentifierPassesOverOthers) {
  connect();
  server.send(mqtt::Puback{.packet_id = 1});
  server.send(mqtt::Puback{.packet_id = 2});
  EXPECT_EQ(result_of(client.expect_id<mqtt::Puback>(2, 1s))->packet_id, 2);
  EXPECT_EQ(result_of(client.expect<mqtt::Puback>(1s))->packet_id, 1);
}

TEST_F(ClientTest, PacketTellsItsMomentAndItsConnection) {
  network.set_weather(*parse_weather("latency=10ms"));
  client.connect({});
  const auto connack = result_of(client.expect<mqtt::Connack>(1s));
  ASSERT_TRUE(connack.has_value());
  EXPECT_EQ(connack->at, Time(40ms));
  EXPECT_EQ(connack->connection, 1u);
}

TEST_F(ClientTest, PacketsBeforeTheCloseCanStillBeTaken) {
  connect();
  server.send(mqtt::Disconnect{.reason = mqtt::ReasonCode::session_taken_over});
  server.close();
  const auto closed = result_of(client.expect_close(1s));
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->kind, CloseKind::fin);
  EXPECT_EQ(closed->disconnect->reason, mqtt::ReasonCode::session_taken_over);
  EXPECT_TRUE(result_of(client.expect<mqtt::Disconnect>(1s)).has_value());
  EXPECT_FALSE(result_of(client.expect<mqtt::Puback>(1s)).has_value());
  EXPECT_EQ(loop.now(), Time{}) << "nothing more can come";
}

TEST_F(ClientTest, NewConnectionEmptiesTheInboxAndForgetsTheClose) {
  connect();
  client.reset();
  EXPECT_EQ(client.closed()->kind, CloseKind::reset);
  connect();
  EXPECT_FALSE(client.closed().has_value());
  EXPECT_EQ(client.unread().size(), 1u) << "the new CONNACK alone";
}

TEST_F(ClientTest, FenceCountsOnlyTheAnswerToItsOwnPingreq) {
  connect();
  client.send(mqtt::Pingreq{});
  settle();
  server.send(mqtt::Pingresp{});
  settle();
  EXPECT_FALSE(result_of(client.fence(1s))) << "one PINGRESP for two PINGREQs";
  server.send(mqtt::Pingresp{});
  settle();
  server.send(mqtt::Pingresp{});
  EXPECT_TRUE(result_of(client.fence(1s)));
  EXPECT_EQ(server.received<mqtt::Pingreq>().size(), 3u);
}

// --- answering ---

TEST_F(ClientTest, AcknowledgesBothLevelsByItself) {
  connect();
  server.send(message("one", 1, 11));
  server.send(message("two", 2, 12));
  settle();
  EXPECT_EQ(server.received<mqtt::Puback>().at(0).packet_id, 11);
  EXPECT_EQ(server.received<mqtt::Pubrec>().at(0).packet_id, 12);
  EXPECT_TRUE(client.session().received().contains(12));
  server.send(mqtt::Pubrel{.packet_id = 12});
  settle();
  EXPECT_EQ(server.received<mqtt::Pubcomp>().at(0).packet_id, 12);
  EXPECT_TRUE(client.session().received().empty());
}

TEST_F(ClientTest, RepeatOfAQos2MessageIsAcknowledgedAgainAndSeenTwice) {
  connect();
  server.send(message("two", 2, 12));
  server.send(message("two", 2, 12));
  settle();
  EXPECT_EQ(server.received<mqtt::Pubrec>().size(), 2u);
  EXPECT_EQ(client.count("two"), 2u);
}

TEST_F(ClientTest, AnswersNothingWhenTheScriptAnswers) {
  connect();
  client.answers = {.acknowledges = false, .releases = false};
  server.send(message("one", 1, 11));
  const std::uint16_t packet_id = client.publish(message("two", 2));
  settle();
  server.send(mqtt::Pubrec{.packet_id = packet_id});
  settle();
  EXPECT_TRUE(server.received<mqtt::Puback>().empty());
  EXPECT_TRUE(server.received<mqtt::Pubrel>().empty());
  client.acknowledge(client.messages().at(0));
  client.release(packet_id);
  settle();
  EXPECT_EQ(server.received<mqtt::Puback>().size(), 1u);
  EXPECT_EQ(server.received<mqtt::Pubrel>().size(), 1u);
}

TEST_F(ClientTest, PublishCompletesByItself) {
  connect();
  const std::uint16_t packet_id = client.publish(message("two", 2));
  settle();
  server.send(mqtt::Pubrec{.packet_id = packet_id});
  settle();
  EXPECT_EQ(server.received<mqtt::Pubrel>().at(0).packet_id, packet_id);
  server.send(mqtt::Pubcomp{.packet_id = packet_id});
  settle();
  EXPECT_TRUE(client.session().empty());
}

// --- the Session ---

TEST_F(ClientTest, ResumedSessionSendsWhatIsOwed) {
  connect(false);
  client.publish(message("one", 1));
  const std::uint16_t second = client.publish(message("two", 2));
  client.publish(message("three", 2));
  settle();
  server.send(mqtt::Pubrec{.packet_id = second});
  client.answers.releases = false;
  settle();
  client.cut();
  settle();
  server.packets.clear();
  server.session_present = true;
  connect(false);
  EXPECT_EQ(server.received<mqtt::Pubrel>().at(0).packet_id, second);
  const auto again = server.received<mqtt::Publish>();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].payload, "one");
  EXPECT_EQ(again[1].payload, "three");
  EXPECT_TRUE(again[0].dup && again[1].dup);
}

TEST_F(ClientTest, ScriptMayHoldBackWhatIsOwed) {
  connect(false);
  client.publish(message("one", 1));
  client.cut();
  settle();
  client.answers.resends = false;
  server.session_present = true;
  connect(false);
  EXPECT_EQ(server.received<mqtt::Publish>().size(), 1u);
  client.resend_owed();
  settle();
  EXPECT_EQ(server.received<mqtt::Publish>().size(), 2u);
}

TEST_F(ClientTest, SessionPresent0EndsTheClientsHalf) {
  connect(false);
  client.publish(message("old", 1));
  server.send(message("half done", 2, 12));
  settle();
  client.cut();
  settle();
  server.session_present.reset();
  client.connect({.clean_start = false});
  client.publish(message("dropped, since there is no connection yet", 0));
  settle();
  client.publish(message("ahead of CONNACK", 1));
  server.send(mqtt::Connack{});
  settle();
  ASSERT_EQ(client.session().unacknowledged().size(), 1u);
  EXPECT_EQ(client.session().unacknowledged()[0].publish.payload, "ahead of CONNACK");
  EXPECT_TRUE(client.session().received().empty());
}

TEST_F(ClientTest, CleanStart1EndsTheClientsHalf) {
  connect(false);
  client.publish(message("old", 1));
  client.cut();
  settle();
  server.session_present.reset();
  connect(true);
  EXPECT_TRUE(client.session().empty());
}

TEST_F(ClientTest, RepeatUnderATopicAliasCarriesTheTopic) {
  connect(false);
  mqtt::Publish first = message("one", 0);
  first.properties.topic_alias = 1;
  client.publish(first);
  mqtt::Publish second = message("two", 1);
  second.topic.clear();
  second.properties.topic_alias = 1;
  client.publish(second);
  settle();
  client.cut();
  settle();
  server.session_present = true;
  connect(false);
  const auto publishes = server.received<mqtt::Publish>();
  ASSERT_EQ(publishes.size(), 3u);
  EXPECT_EQ(publishes[2].topic, "t");
  EXPECT_FALSE(publishes[2].properties.topic_alias.has_value());
}

TEST_F(ClientTest, SessionsThatMayRemainAreRemembered) {
  client.connect({});
  settle();
  EXPECT_FALSE(client.may_have_session());
  client.abandon();
  client.connect({.properties = {.session_expiry_interval = 60}});
  settle();
  client.abandon();
  server.session_present.reset();
  client.connect_as_given({.client_id = "", .properties = {.session_expiry_interval = 60}});
  settle();
  server.send(mqtt::Connack{.properties = {.assigned_client_identifier = "given-by-server"}});
  settle();
  EXPECT_EQ(client.session_ids(), (std::set<std::string>{"given-by-server", "id-a"}));
}

TEST_F(ClientTestV311, CleanSession0LeavesASession) {
  connect(true);
  EXPECT_FALSE(client.may_have_session());
  client.abandon();
  connect(false);
  EXPECT_TRUE(client.may_have_session());
}

TEST_F(ClientTest, RetainedTopicsAreRememberedUntilTheyAreEmptied) {
  connect();
  mqtt::Publish retained = message("kept", 0);
  retained.retain = true;
  client.publish(retained);
  retained.topic = "u";
  client.send(retained);
  EXPECT_EQ(client.retained_topics(), (std::set<std::string>{"t", "u"}));
  retained.payload.clear();
  client.publish(retained);
  EXPECT_EQ(client.retained_topics(), (std::set<std::string>{"t"}));
}

// --- looking ---

TEST_F(ClientTest, TopicAliasOfTheServerIsResolvedOnItsConnectionOnly) {
  connect();
  mqtt::Publish publish = message("one", 0);
  publish.properties.topic_alias = 3;
  server.send(publish);
  publish.topic.clear();
  publish.payload = "two";
  server.send(publish);
  settle();
  EXPECT_EQ(client.messages().at(1).topic, "t");
  client.abandon();
  connect();
  server.send(publish);
  settle();
  EXPECT_EQ(client.messages().at(2).topic, "");
}

TEST_F(ClientTest, MessagesAreCountedOverAllConnectionsOrOnOne) {
  connect();
  server.send(message("m", 0));
  settle();
  client.abandon();
  connect();
  server.send(message("m", 0));
  settle();
  EXPECT_EQ(client.count("m"), 2u);
  EXPECT_EQ(client.count("m", client.connection()), 1u);
}

TEST_F(ClientTest, HiddenMessagesAreFoundByTheirWaitAlone) {
  connect();
  client.hide_messages("probe-");
  server.send(message("probe-1-1", 0));
  server.send(message("seen", 0));
  EXPECT_TRUE(result_of(client.expect_hidden("probe-1-", 1s)));
  settle();
  EXPECT_EQ(client.messages().size(), 1u);
  EXPECT_FALSE(result_of(client.expect_hidden("probe-2-", 1s)));
}

// --- endings ---

TEST_F(ClientTest, DisconnectSendsItsPacketAndFin) {
  connect();
  client.disconnect(mqtt::ReasonCode::disconnect_with_will);
  const auto closed = result_of(client.expect_close(1s));
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->kind, CloseKind::fin);
  EXPECT_EQ(server.received<mqtt::Disconnect>().at(0).reason, mqtt::ReasonCode::disconnect_with_will);
  EXPECT_EQ(server.closed, CloseKind::fin);
}

TEST_F(ClientTest, ReadingGoesOnAfterCutUntilTheServerCloses) {
  connect();
  server.keeps_open = true;
  client.cut();
  settle();
  server.send(message("late", 0));
  EXPECT_TRUE(result_of(client.expect_message("late", 1s)).has_value());
  EXPECT_FALSE(result_of(client.expect_close(1s)).has_value());
  server.close();
  EXPECT_TRUE(result_of(client.expect_close(1s)).has_value());
}

TEST_F(ClientTest, ResetIsOverAtOnce) {
  connect();
  client.reset();
  EXPECT_FALSE(client.is_open());
  settle();
  EXPECT_EQ(server.closed, CloseKind::reset);
}

TEST_F(ClientTest, HalfOpenEndsForTheClientAndNotForTheServer) {
  connect();
  client.go_half_open();
  EXPECT_TRUE(result_of(client.expect_close(0s)).has_value());
  settle();
  EXPECT_FALSE(server.closed.has_value());
  connect();
  EXPECT_EQ(client.connection(), 2u);
}

TEST_F(ClientTest, AbandonedClientCanConnectAgain) {
  client.connect({});
  client.abandon();
  settle();
  connect();
  EXPECT_EQ(server.received<mqtt::Connect>().size(), 1u);
}

// --- hostile servers ---

TEST_F(ClientTest, BrokenStreamIsResetAndWakesTheWaiter) {
  connect();
  server.send_bytes({0x00, 0x00});
  server.send(message("behind the break", 0));
  EXPECT_FALSE(result_of(client.expect<mqtt::Publish>(10s)).has_value());
  ASSERT_TRUE(client.broken().has_value());
  EXPECT_EQ(client.broken()->severity, mqtt::Severity::malformed);
  EXPECT_EQ(client.closed()->kind, CloseKind::reset);
  EXPECT_EQ(loop.now(), Time{});
  EXPECT_TRUE(client.messages().empty());
}

TEST_F(ClientTest, FirstBytesTellWhatIsThereIfItIsNotMqtt) {
  server.session_present.reset();
  client.connect({});
  settle();
  server.send_bytes({'H', 'T', 'T', 'P'});
  settle();
  const ByteView bytes = client.first_bytes();
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "HTTP");
  EXPECT_TRUE(client.broken().has_value());
}

TEST_F(ClientTest, PacketBeyondTheBoundIsRefusedByItsHeader) {
  connect();
  server.send_bytes({0x30, 0xFF, 0xFF, 0xFF, 0x7F});
  settle();
  ASSERT_TRUE(client.broken().has_value());
  EXPECT_EQ(client.broken()->severity, mqtt::Severity::policy);
}

TEST_F(ClientTest, FloodOfPacketsIsCutOffAtTheBound) {
  connect();
  Bytes flood;
  for (std::size_t i = 0; i <= Client::inbox_packets_max; ++i) {
    flood.push_back(0xD0);
    flood.push_back(0x00);
  }
  server.send_bytes(flood);
  settle();
  ASSERT_TRUE(client.broken().has_value());
  EXPECT_EQ(client.broken()->severity, mqtt::Severity::policy);
  EXPECT_EQ(client.unread().size(), Client::inbox_packets_max);
}

}  // namespace
}  // namespace holdfast
