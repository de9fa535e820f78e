// CONNECT and CONNACK, and connections that speak anything else.
#include <gtest/gtest.h>

#include <set>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

// Opens a connection, sends the bytes, and returns the answer's bytes; the broker has closed.
Bytes answer_to_bad(World& world, const Bytes& bytes) {
  auto client = world.client();
  client.open();
  client.send_raw(bytes);
  EXPECT_TRUE(client.is_closed());
  return client.raw();
}

TEST(Connect, DefaultsNeedNoPropertyButTheAliasMaximum) {
  World world;
  auto client = world.client();
  const mqtt::Connack expected{.properties = {.topic_alias_maximum = 16}};
  EXPECT_EQ(client.connect(v5_connect("a")), expected);
}

TEST(Connect, TellsEveryLimit) {
  World world({.receive_maximum = 5,
               .maximum_packet_size = 1000,
               .topic_alias_maximum = 0,
               .maximum_qos = 1,
               .retain_available = false,
               .wildcard_subscription_available = false,
               .subscription_identifiers_available = false,
               .shared_subscription_available = false,
               .server_keep_alive = 30});
  auto client = world.client();
  const mqtt::Connack expected{.properties = {.server_keep_alive = 30,
                                              .receive_maximum = 5,
                                              .maximum_qos = 1,
                                              .retain_available = 0,
                                              .maximum_packet_size = 1000,
                                              .wildcard_subscription_available = 0,
                                              .subscription_identifiers_available = 0,
                                              .shared_subscription_available = 0}};
  EXPECT_EQ(client.connect(v5_connect("a")), expected);
}

TEST(Connect, GivesResponseInformationOnlyIfAsked) {
  World world({.response_information = "answers/"});
  auto client = world.client();
  EXPECT_EQ(client.connect(v5_connect("a")).properties.response_information, std::nullopt);
  auto connect = v5_connect("a");
  connect.properties.request_response_information = 1;
  EXPECT_EQ(client.connect(connect).properties.response_information, "answers/");
}

TEST(Connect, UnsupportedLevelGetsReturnCode1AndAClose) {
  World world;
  for (const int level : {0, 3, 6, 99}) {
    const Bytes connect = bytes_of({0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', level, 2, 0, 0, 0, 1, 'a'});
    EXPECT_EQ(answer_to_bad(world, connect), bytes_of({0x20, 2, 0, 1})) << level;
  }
}

TEST(Connect, VersionsCanBeTurnedOff) {
  World only_v5({.accepts_v3_1_1 = false});
  EXPECT_EQ(answer_to_bad(only_v5, mqtt::encode(v3_connect("a"), mqtt::Version::v3_1_1)),
            bytes_of({0x20, 3, 0, 0x84, 0}));
  World only_v3({.accepts_v5 = false});
  EXPECT_EQ(answer_to_bad(only_v3, mqtt::encode(v5_connect("a"), mqtt::Version::v5)),
            bytes_of({0x20, 2, 0, 1}));
}

TEST(Connect, UnknownProtocolNameIsClosedWithoutAnAnswer) {
  World world;
  auto connect = v5_connect("a");
  connect.protocol_name = "MQXX";
  EXPECT_EQ(answer_to_bad(world, mqtt::encode(connect, mqtt::Version::v5)), Bytes{});
}

TEST(Connect, AnythingElseFirstIsClosedWithoutAnAnswer) {
  World world;
  EXPECT_EQ(answer_to_bad(world, bytes_of({0xC0, 0})), Bytes{});
  EXPECT_EQ(answer_to_bad(world, bytes_of({0xE0, 0})), Bytes{});
  EXPECT_EQ(answer_to_bad(world, bytes_of({0x00, 0})), Bytes{});
  EXPECT_EQ(answer_to_bad(world, bytes_of({0x30, 4, 0, 1, 't', 'x'})), Bytes{});
}

TEST(Connect, MalformedOneGetsAReasonIn5AndNothingIn311) {
  World world;
  // The reserved connect flag is set.
  EXPECT_EQ(answer_to_bad(world, bytes_of({0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 3, 0, 0, 0, 0, 1, 'a'})),
            bytes_of({0x20, 3, 0, 0x81, 0}));
  EXPECT_EQ(answer_to_bad(world, bytes_of({0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 3, 0, 0, 0, 1, 'a'})),
            Bytes{});
  // Receive Maximum 0.
  auto connect = v5_connect("a");
  connect.properties.receive_maximum = 0;
  EXPECT_EQ(answer_to_bad(world, mqtt::encode(connect, mqtt::Version::v5)), bytes_of({0x20, 3, 0, 0x82, 0}));
}

TEST(Connect, SecondOneIsAProtocolErrorAndTheWillIsDue) {
  World world;
  auto watcher = world.client();
  watcher.connect(v5_connect("w"));
  watcher.subscribe({.filter = "will", .qos = 1});
  auto client = world.client();
  auto connect = v5_connect("a");
  connect.will = will_message("will", "alas");
  client.connect(connect);
  client.send(connect);
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::protocol_error);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(watcher.payloads(), std::vector<std::string>{"alas"});
}

TEST(Connect, SecondOneIn311IsClosedWithoutAnAnswer) {
  World world;
  auto client = world.client_v3();
  client.connect(v3_connect("a"));
  client.send(v3_connect("a"));
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(client.has_more());
}

TEST(Connect, EmptyIdentifiersAreReplacedByUniqueOnes) {
  World world;
  std::set<std::string> ids;
  for (int times = 0; times < 50; ++times) {
    ids.insert(world.client().connect(v5_connect("")).properties.assigned_client_identifier.value());
  }
  EXPECT_EQ(ids.size(), 50u);
  auto client = world.client_v3();
  EXPECT_EQ(client.connect(v3_connect("", true)).reason, ReasonCode::success);
  auto other = world.client_v3();
  EXPECT_EQ(other.connect(v3_connect("", true)).reason, ReasonCode::success);
  EXPECT_FALSE(client.is_closed());
}

TEST(Connect, EmptyIdentifierWithCleanSession0IsRefusedIn311) {
  World world;
  auto client = world.client_v3();
  EXPECT_EQ(client.connect(v3_connect("")).reason, static_cast<ReasonCode>(2));
  EXPECT_TRUE(client.is_closed());
}

TEST(Connect, EmptyIdentifiersCanBeRefused) {
  World world({.accepts_empty_client_id = false});
  auto client = world.client();
  EXPECT_EQ(client.connect(v5_connect("")).reason, ReasonCode::client_identifier_not_valid);
  auto old = world.client_v3();
  EXPECT_EQ(old.connect(v3_connect("", true)).reason, static_cast<ReasonCode>(2));
}

TEST(Connect, CredentialsCanBeAskedFor) {
  World world({.user_name = "u", .password = "p"});
  auto client = world.client();
  EXPECT_EQ(client.connect(v5_connect("a")).reason, ReasonCode::bad_user_name_or_password);
  EXPECT_TRUE(client.is_closed());
  auto connect = v5_connect("a");
  connect.user_name = "u";
  connect.password = "p";
  EXPECT_EQ(client.connect(connect).reason, ReasonCode::success);
  auto old = world.client_v3();
  EXPECT_EQ(old.connect(v3_connect("a")).reason, static_cast<ReasonCode>(4));
}

TEST(Connect, WillsBeyondTheLimitsAreRefused) {
  World world({.maximum_qos = 0, .retain_available = false});
  auto client = world.client();
  auto connect = v5_connect("a");
  connect.will = will_message("t", "x");
  EXPECT_EQ(client.connect(connect).reason, ReasonCode::qos_not_supported);
  connect.will->qos = 0;
  connect.will->retain = true;
  EXPECT_EQ(client.connect(connect).reason, ReasonCode::retain_not_supported);
  connect.will->retain = false;
  EXPECT_EQ(client.connect(connect).reason, ReasonCode::success);
}

TEST(Connect, WillTopicsWithWildcardsAreRefused) {
  World world;
  auto client = world.client();
  auto connect = v5_connect("a");
  connect.will = will_message("t/#", "x");
  EXPECT_EQ(client.connect(connect).reason, ReasonCode::topic_name_invalid);
  auto old = world.client_v3();
  auto old_connect = v3_connect("a");
  old_connect.will = will_message("t/#", "x");
  old.open();
  old.send(old_connect);
  EXPECT_TRUE(old.is_closed());
  EXPECT_FALSE(old.has_more());
}

TEST(Connect, MustComeInTime) {
  World world({.connect_timeout = 20s});
  auto client = world.client();
  client.open();
  client.send_raw(bytes_of({0x10, 14, 0, 4}));
  world.pass(19999ms);
  EXPECT_FALSE(client.is_closed());
  world.pass(1ms);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.raw(), Bytes{});
}

TEST(Connect, PipelinedPacketsAreHandledBehindIt) {
  World world;
  auto client = world.client();
  client.open();
  Bytes bytes = mqtt::encode(v5_connect("a"), mqtt::Version::v5);
  mqtt::encode(mqtt::Pingreq{}, mqtt::Version::v5, bytes);
  for (const std::uint8_t byte : bytes) client.send_raw({byte});
  client.expect<mqtt::Connack>();
  client.expect<mqtt::Pingresp>();
}

TEST(Connect, PacketsBehindARefusedOneAreIgnored) {
  World world({.accepts_empty_client_id = false});
  auto client = world.client();
  client.open();
  Bytes bytes = mqtt::encode(v5_connect(""), mqtt::Version::v5);
  mqtt::encode(mqtt::Publish{.topic = "t", .payload = "x", .retain = true}, mqtt::Version::v5, bytes);
  client.send_raw(bytes);
  EXPECT_EQ(client.expect<mqtt::Connack>().reason, ReasonCode::client_identifier_not_valid);
  EXPECT_EQ(world.broker().retained_messages(), 0u);
}

TEST(Disconnect, PacketsBehindItAreIgnored) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a"));
  Bytes bytes = mqtt::encode(mqtt::Disconnect{}, mqtt::Version::v5);
  mqtt::encode(mqtt::Publish{.topic = "t", .payload = "x", .retain = true}, mqtt::Version::v5, bytes);
  client.send_raw(bytes);
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(client.has_more());
  EXPECT_EQ(world.broker().retained_messages(), 0u);
}

TEST(KeepAlive, IsOneAndAHalfTimesTheIntervalAfterTheLastPacket) {
  World world;
  auto client = world.client();
  auto connect = v5_connect("a");
  connect.keep_alive = 10;
  client.connect(connect);
  world.pass(14s);
  client.send(mqtt::Pingreq{});
  client.expect<mqtt::Pingresp>();
  world.pass(14999ms);
  EXPECT_FALSE(client.is_closed());
  world.pass(1ms);
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::keep_alive_timeout);
  EXPECT_TRUE(client.is_closed());
}

TEST(KeepAlive, IsNotFedByHalfAPacketNorByTheBrokersOwnOutput) {
  World world;
  auto client = world.client();
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  auto connect = v5_connect("a");
  connect.keep_alive = 10;
  client.connect(connect);
  client.subscribe({.filter = "t"});
  for (int second = 0; second < 14; ++second) {
    world.pass(1s);
    publisher.publish("t", "x");
    if (second < 2) client.send_raw({static_cast<std::uint8_t>(second == 0 ? 0x30 : 0x05)});
  }
  world.pass(1s);
  EXPECT_TRUE(client.is_closed());
}

TEST(KeepAlive, OfZeroIsOffUnlessTheServerSetsOne) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a"));
  world.pass(std::chrono::hours(100));
  EXPECT_FALSE(client.is_closed());
  World strict({.server_keep_alive = 5});
  auto other = strict.client();
  EXPECT_EQ(other.connect(v5_connect("a")).properties.server_keep_alive, 5);
  strict.pass(7500ms);
  EXPECT_TRUE(other.is_closed());
}

}  // namespace
}  // namespace holdfast::broker
