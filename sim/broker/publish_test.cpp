// Messages from clients, limits, aliases, and connections that misbehave.
#include <gtest/gtest.h>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;
using Payloads = std::vector<std::string>;

class Publishing : public testing::Test {
 protected:
  explicit Publishing(BrokerSettings settings = {}) : world(std::move(settings)) {}
  void SetUp() override {
    client.connect(v5_connect("c", 100));
    watcher.connect(v5_connect("w"));
    watcher.subscribe({.filter = "#", .qos = 2});
  }

  ReasonCode reason_of_close() {
    EXPECT_TRUE(client.is_closed());
    return client.expect<mqtt::Disconnect>().reason;
  }

  World world;
  TestClient client = world.client();
  TestClient watcher = world.client();
};

TEST_F(Publishing, PropertiesTravelUnaltered) {
  mqtt::Publish packet{.topic = "t", .payload = "x"};
  packet.properties = {.payload_format_indicator = 1,
                       .content_type = "",
                       .response_topic = "r",
                       .correlation_data = std::string("\0\xFF", 2),
                       .user_properties = {{"b", "1"}, {"a", ""}, {"b", "1"}}};
  client.send(packet);
  EXPECT_EQ(watcher.expect<mqtt::Publish>(), packet);
}

TEST_F(Publishing, DupOfThePublisherIsNotPassedOn) {
  client.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 1, .dup = true, .packet_id = 1});
  EXPECT_FALSE(watcher.expect<mqtt::Publish>().dup);
}

TEST_F(Publishing, AQos1IdentifierIsFreeAfterItsPuback) {
  for (int times = 0; times < 2; ++times) {
    client.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 1, .dup = times > 0, .packet_id = 1});
    EXPECT_EQ(client.expect<mqtt::Puback>(), mqtt::Puback{.packet_id = 1});
  }
  EXPECT_EQ(watcher.payloads(), (Payloads{"x", "x"}));
}

TEST_F(Publishing, ARepeatedQos2PublishIsAcknowledgedAndNotDelivered) {
  for (int times = 0; times < 4; ++times) {
    client.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 2, .dup = times > 0, .packet_id = 1});
    EXPECT_EQ(client.expect<mqtt::Pubrec>(), mqtt::Pubrec{.packet_id = 1});
  }
  EXPECT_EQ(watcher.payloads(), Payloads{"x"});
}

TEST_F(Publishing, AnUnknownPubrelIsAnsweredWithPubcomp) {
  client.send(mqtt::Pubrel{.packet_id = 77});
  EXPECT_EQ(client.expect<mqtt::Pubcomp>(),
            (mqtt::Pubcomp{.packet_id = 77, .reason = ReasonCode::packet_identifier_not_found}));
  auto old = world.client_v3();
  old.connect(v3_connect("o"));
  old.send(mqtt::Pubrel{.packet_id = 77});
  EXPECT_EQ(old.expect<mqtt::Pubcomp>(), mqtt::Pubcomp{.packet_id = 77});
}

TEST_F(Publishing, StrayAcknowledgementsAreIgnored) {
  client.send(mqtt::Puback{.packet_id = 1});
  client.send(mqtt::Pubrec{.packet_id = 1});
  client.send(mqtt::Pubcomp{.packet_id = 1});
  client.send(mqtt::Pingreq{});
  client.expect<mqtt::Pingresp>();
}

TEST_F(Publishing, AnAcknowledgementOfTheWrongKindEndsNothing) {
  client.subscribe({.filter = "t", .qos = 2});
  watcher.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 2, .packet_id = 5});
  const auto publish = client.expect<mqtt::Publish>();
  client.send(mqtt::Puback{.packet_id = publish.packet_id});
  client.send(mqtt::Pubcomp{.packet_id = publish.packet_id});
  EXPECT_EQ(world.broker().sessions().at(0).inflight_to_client, 1u);
}

TEST_F(Publishing, AliasesStandForTopicsUntilTheConnectionEnds) {
  mqtt::Publish packet{.topic = "a", .payload = "1", .properties = {.topic_alias = 16}};
  client.send(packet);
  packet.topic.clear();
  client.send(packet);
  EXPECT_EQ(watcher.expect<mqtt::Publish>().topic, "a");
  const auto second = watcher.expect<mqtt::Publish>();
  EXPECT_EQ(second.topic, "a");
  EXPECT_EQ(second.properties.topic_alias, std::nullopt);
  packet.topic = "b";
  client.send(packet);
  EXPECT_EQ(watcher.expect<mqtt::Publish>().topic, "b");
  client.cut();
  client.connect(v5_connect("c", 100));
  packet.topic.clear();
  client.send(packet);
  EXPECT_EQ(reason_of_close(), ReasonCode::protocol_error);
}

TEST_F(Publishing, AliasesBeyondTheMaximumAreRefused) {
  client.send(mqtt::Publish{.topic = "a", .properties = {.topic_alias = 17}});
  EXPECT_EQ(reason_of_close(), ReasonCode::topic_alias_invalid);
}

TEST_F(Publishing, WildcardsInATopicCloseTheConnection) {
  client.send(mqtt::Publish{.topic = "a/#", .payload = "x"});
  EXPECT_EQ(reason_of_close(), ReasonCode::topic_name_invalid);
  EXPECT_FALSE(watcher.has_more());
}

TEST_F(Publishing, ServerPacketsFromAClientCloseTheConnection) {
  client.send(mqtt::Pingresp{});
  EXPECT_EQ(reason_of_close(), ReasonCode::protocol_error);
  client.connect(v5_connect("c"));
  client.send(mqtt::Auth{.properties = {.authentication_method = "x"}});
  EXPECT_EQ(reason_of_close(), ReasonCode::protocol_error);
}

TEST_F(Publishing, AnOverlongLengthIsMalformedIn5) {
  client.send_raw({0xC0, 0x80, 0x00});
  EXPECT_EQ(reason_of_close(), ReasonCode::malformed_packet);
}

TEST_F(Publishing, MalformedPacketsCloseBareIn311) {
  auto old = world.client_v3();
  old.connect(v3_connect("o"));
  old.send_raw({0x60, 2, 0, 1});  // PUBREL with wrong flags
  EXPECT_TRUE(old.is_closed());
  EXPECT_FALSE(old.has_more());
}

class PublishingWithLimits : public Publishing {
 protected:
  PublishingWithLimits()
      : Publishing(
            {.receive_maximum = 2, .maximum_packet_size = 100, .maximum_qos = 2, .retain_available = false}) {
  }
};

TEST_F(PublishingWithLimits, TooManyUnreleasedMessagesAreRefused) {
  mqtt::Publish packet{.topic = "t", .payload = "x", .qos = 2, .packet_id = 1};
  client.send(packet);
  packet.packet_id = 2;
  client.send(packet);
  packet.dup = true;
  client.send(packet);  // a repeat takes no room
  client.expect<mqtt::Pubrec>();
  client.expect<mqtt::Pubrec>();
  client.expect<mqtt::Pubrec>();
  packet = {.topic = "t", .payload = "x", .qos = 1, .packet_id = 3};
  client.send(packet);
  EXPECT_EQ(reason_of_close(), ReasonCode::receive_maximum_exceeded);
}

TEST_F(PublishingWithLimits, TheReceiveWindowBeginsAnewOnEachConnection) {
  for (std::uint16_t id = 1; id <= 2; ++id) {
    client.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 2, .packet_id = id});
    client.expect<mqtt::Pubrec>();
  }
  client.cut();
  client.connect(v5_connect("c", 100));
  client.send(mqtt::Publish{.topic = "t", .payload = "y", .qos = 2, .packet_id = 3});
  client.expect<mqtt::Pubrec>();
  client.send(mqtt::Pubrel{.packet_id = 1});  // owed from before: counts for nothing
  client.expect<mqtt::Pubcomp>();
  client.send(mqtt::Publish{.topic = "t", .payload = "z", .qos = 2, .packet_id = 4});
  client.expect<mqtt::Pubrec>();
  client.send(mqtt::Publish{.topic = "t", .payload = "z", .qos = 2, .packet_id = 5});
  EXPECT_EQ(reason_of_close(), ReasonCode::receive_maximum_exceeded);
}

TEST_F(PublishingWithLimits, LargePacketsAndRetainAreRefused) {
  client.send(mqtt::Publish{.topic = "t", .payload = std::string(200, 'x')});
  EXPECT_EQ(reason_of_close(), ReasonCode::packet_too_large);
  client.connect(v5_connect("c"));
  client.send(mqtt::Publish{.topic = "t", .payload = "x", .retain = true});
  EXPECT_EQ(reason_of_close(), ReasonCode::retain_not_supported);
  EXPECT_EQ(world.broker().retained_messages(), 0u);
}

TEST_F(PublishingWithLimits, ClientsOf311RetainAllTheSame) {
  auto old = world.client_v3();
  old.connect(v3_connect("o"));
  old.publish("t", "kept", 1, 1, true);
  EXPECT_EQ(old.subscribe({.filter = "t"}), ReasonCode::success);
  EXPECT_EQ(old.payloads(), Payloads{"kept"});
  EXPECT_EQ(client.subscribe({.filter = "t"}), ReasonCode::success);
  EXPECT_EQ(client.payloads(), Payloads{});
}

TEST(PublishingQos, AboveTheMaximumIsRefused) {
  World world({.maximum_qos = 1});
  auto client = world.client();
  client.connect(v5_connect("c"));
  client.send(mqtt::Publish{.topic = "t", .qos = 2, .packet_id = 1});
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::qos_not_supported);
  auto old = world.client_v3();
  old.connect(v3_connect("o"));
  old.publish("t", "x", 2, 1);
}

TEST(PublishingOnward, UsesAliasesIfSetAndAllowed) {
  World world({.outgoing_topic_aliases = 1});
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  auto client = world.client();
  auto connect = v5_connect("c");
  connect.properties.topic_alias_maximum = 5;
  client.connect(connect);
  client.subscribe({.filter = "#"});
  publisher.publish("a", "1");
  publisher.publish("a", "2");
  publisher.publish("b", "3");
  EXPECT_EQ(client.expect<mqtt::Publish>(),
            (mqtt::Publish{.topic = "a", .payload = "1", .properties = {.topic_alias = 1}}));
  EXPECT_EQ(client.expect<mqtt::Publish>(),
            (mqtt::Publish{.topic = "", .payload = "2", .properties = {.topic_alias = 1}}));
  EXPECT_EQ(client.expect<mqtt::Publish>(), (mqtt::Publish{.topic = "b", .payload = "3"}));
  auto plain = world.client();
  plain.connect(v5_connect("d"));
  plain.subscribe({.filter = "#"});
  publisher.publish("a", "4");
  EXPECT_EQ(plain.expect<mqtt::Publish>().properties.topic_alias, std::nullopt);
}

TEST(PublishingOnward, Between5And311DropsWhatCannotBeCarried) {
  World world;
  auto old = world.client_v3();
  auto fresh = world.client();
  old.connect(v3_connect("o"));
  fresh.connect(v5_connect("f"));
  old.subscribe({.filter = "t", .qos = 1});
  mqtt::Publish packet{.topic = "t", .payload = "x", .qos = 1, .packet_id = 1};
  packet.properties.content_type = "text";
  packet.properties.message_expiry_interval = 5;
  fresh.send(packet);
  EXPECT_EQ(old.expect<mqtt::Publish>(),
            (mqtt::Publish{.topic = "t", .payload = "x", .qos = 1, .packet_id = 1}));
  fresh.expect<mqtt::Puback>();
  fresh.subscribe({.filter = "t", .qos = 0});
  old.publish("t", "y");
  EXPECT_EQ(fresh.expect<mqtt::Publish>(), (mqtt::Publish{.topic = "t", .payload = "y"}));
}

TEST(PublishingOnward, AtPubrelIfSo) {
  World world({.variants = {Variant::qos2_deliver_on_pubrel}});
  auto client = world.client();
  client.connect(v5_connect("c", 100));
  client.subscribe({.filter = "t", .qos = 2});
  for (int times = 0; times < 2; ++times) {
    client.send(mqtt::Publish{.topic = "t", .payload = "x", .qos = 2, .packet_id = 1});
    client.expect<mqtt::Pubrec>();
  }
  client.cut();
  client.connect(v5_connect("c", 100));
  client.send(mqtt::Pubrel{.packet_id = 1});
  client.expect<mqtt::Publish>();
  EXPECT_EQ(client.expect<mqtt::Pubcomp>().reason, ReasonCode::success);
  EXPECT_FALSE(client.has_more());
}

TEST(SlowReader, IsResetAndItsMessagesWait) {
  World world({.output_buffer_max = 1000});
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  auto watcher = world.client();
  watcher.connect(v5_connect("w"));
  watcher.subscribe({.filter = "will", .qos = 1});
  auto slow = world.client();
  auto connect = v5_connect("s", 100);
  connect.will = will_message("will", "alas");
  slow.connect(connect);
  slow.subscribe({.filter = "t", .qos = 1});
  slow.stream().queued = 1001;
  publisher.publish("t", "x", 1, 1);
  EXPECT_TRUE(slow.stream().was_reset);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
  slow.connect(v5_connect("s", 100));
  EXPECT_TRUE(slow.expect<mqtt::Publish>().dup);
}

TEST(SmallPacketSize, ThatCannotHoldAnAnswerEndsTheConnection) {
  World world;
  auto client = world.client();
  auto connect = v5_connect("c");
  connect.properties.maximum_packet_size = 3;
  client.open();
  client.send(connect);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.raw(), Bytes{});
  EXPECT_TRUE(world.broker().sessions().empty());
}

// --- The operator ---

TEST(Operator, SeesSessionsAndEndsThem) {
  World world;
  auto client = world.client();
  auto connect = v5_connect("c", 100);
  connect.will = will_message("will", "alas", 50);
  client.connect(connect);
  auto watcher = world.client();
  watcher.connect(v5_connect("w"));
  watcher.subscribe({.filter = "will"});
  client.cut();
  const auto sessions = world.broker().sessions();
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].client_id, "c");
  EXPECT_FALSE(sessions[0].connected);
  EXPECT_TRUE(sessions[0].will_pending);
  EXPECT_EQ(sessions[0].ends_at, world.loop().now() + 100s);
  EXPECT_TRUE(sessions[1].connected);
  EXPECT_TRUE(world.broker().clear_session("c"));
  EXPECT_FALSE(world.broker().clear_session("c"));
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
  EXPECT_TRUE(world.broker().clear_session("w"));
  EXPECT_EQ(watcher.expect<mqtt::Disconnect>().reason, ReasonCode::administrative_action);
  EXPECT_TRUE(watcher.is_closed());
  EXPECT_TRUE(world.broker().sessions().empty());
}

TEST(Operator, ShutsDownAndSessionsStay) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("c", 100));
  auto brief = world.client();
  brief.connect(v5_connect("b"));
  auto silent = world.client();
  silent.open();
  world.broker().shut_down();
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::server_shutting_down);
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(silent.is_closed());
  EXPECT_EQ(silent.raw(), Bytes{});
  EXPECT_EQ(world.broker().sessions().size(), 1u);
  EXPECT_TRUE(client.connect(v5_connect("c", 100)).session_present);
}

}  // namespace
}  // namespace holdfast::broker
