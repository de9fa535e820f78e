// When a will is published, and when it is not.
#include <gtest/gtest.h>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;
using Payloads = std::vector<std::string>;

class Will : public testing::Test {
 protected:
  void SetUp() override {
    watcher.connect(v5_connect("w"));
    watcher.subscribe({.filter = "will", .qos = 2});
  }

  void connect(std::uint32_t expiry, std::uint32_t delay, std::string payload = "alas") {
    auto packet = v5_connect("a", expiry);
    packet.will = will_message("will", std::move(payload), delay);
    client.connect(packet);
  }

  World world;
  TestClient watcher = world.client();
  TestClient client = world.client();
};

TEST_F(Will, IsPublishedAtACut) {
  connect(0, 0);
  client.cut();
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsPublishedOnce) {
  connect(100, 0);
  client.cut();
  world.pass(1000s);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsDroppedByANormalDisconnect) {
  connect(100, 0);
  client.disconnect();
  world.pass(1000s);
  EXPECT_EQ(watcher.payloads(), Payloads{});
}

TEST_F(Will, IsPublishedAfterADisconnectThatAsksForIt) {
  connect(0, 0);
  client.disconnect({.reason = ReasonCode::disconnect_with_will});
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, WaitsForItsDelay) {
  connect(100, 10);
  client.cut();
  world.pass(9999ms);
  EXPECT_FALSE(watcher.has_more());
  world.pass(1ms);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsPublishedAtTheEndOfTheSessionIfThatIsEarlier) {
  connect(5, 10);
  client.cut();
  world.pass(4999ms);
  EXPECT_FALSE(watcher.has_more());
  world.pass(1ms);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsPublishedAtOnceIfTheSessionEndsWithTheConnection) {
  connect(0, 10);
  client.cut();
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsDroppedByAReturnWithinTheDelayAndReplacedByTheNewOne) {
  connect(100, 10);
  client.cut();
  world.pass(9s);
  connect(100, 10, "new");
  world.pass(100s);
  EXPECT_FALSE(watcher.has_more());
  client.cut();
  world.pass(100s);
  EXPECT_EQ(watcher.payloads(), Payloads{"new"});
}

TEST_F(Will, IsPublishedByAReturnWithCleanStart) {
  connect(100, 10);
  client.cut();
  client.connect(v5_connect("a", 100, true));
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, OfDelay0IsPublishedAtATakeover) {
  connect(100, 0);
  auto other = world.client();
  other.connect(v5_connect("a", 100));
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, WithADelayIsDroppedByATakeoverThatContinuesTheSession) {
  connect(100, 10);
  auto other = world.client();
  other.connect(v5_connect("a", 100));
  world.pass(100s);
  EXPECT_FALSE(watcher.has_more());
}

TEST_F(Will, WithADelayIsPublishedByATakeoverThatEndsTheSession) {
  connect(0, 10);
  auto other = world.client();
  other.connect(v5_connect("a", 100));
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsPublishedAfterAKeepAliveTimeout) {
  auto packet = v5_connect("a");
  packet.keep_alive = 2;
  packet.will = will_message("will", "alas");
  client.connect(packet);
  world.pass(3s);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, IsPublishedAfterAProtocolError) {
  connect(0, 0);
  client.send_raw({0x00, 0x00});
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::malformed_packet);
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
}

TEST_F(Will, CarriesItsPropertiesButTheDelay) {
  auto packet = v5_connect("a", 100);
  packet.will = will_message("will", "alas", 10);
  packet.will->properties.message_expiry_interval = 30;
  packet.will->properties.content_type = "text";
  packet.will->properties.correlation_data = "";
  packet.will->properties.user_properties = {{"b", "1"}, {"a", "2"}, {"b", "3"}};
  client.connect(packet);
  client.cut();
  world.pass(10s);
  mqtt::Properties expected = packet.will->properties;
  expected.will_delay_interval.reset();
  EXPECT_EQ(watcher.expect<mqtt::Publish>().properties, expected);
}

TEST_F(Will, CanBeRetained) {
  auto packet = v5_connect("a");
  packet.will = will_message("will", "alas");
  packet.will->retain = true;
  client.connect(packet);
  client.cut();
  EXPECT_FALSE(watcher.expect<mqtt::Publish>().retain);
  EXPECT_EQ(world.broker().retained_messages(), 1u);
}

TEST_F(Will, In311IsPublishedUnlessTheClientSaysGoodbye) {
  auto packet = v3_connect("a");
  packet.will = will_message("will", "alas");
  auto old = world.client_v3();
  old.connect(packet);
  auto newer = world.client_v3();
  newer.connect(packet);  // a takeover
  EXPECT_EQ(watcher.payloads(), Payloads{"alas"});
  newer.disconnect();
  EXPECT_EQ(watcher.payloads(), Payloads{});
}

TEST_F(Will, OfTheOwnSessionIsFoundInTheQueue) {
  auto packet = v5_connect("a", 100);
  packet.will = will_message("mine", "alas");
  client.connect(packet);
  client.subscribe({.filter = "mine", .qos = 1});
  client.cut();
  client.connect(v5_connect("a", 100));
  EXPECT_EQ(client.payloads(), Payloads{"alas"});
}

}  // namespace
}  // namespace holdfast::broker
