// Sessions: what is kept, for how long, and who may come back to it.
#include <gtest/gtest.h>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;

TEST(SessionV5, EndsWithTheConnectionWithoutAnInterval) {
  World world;
  auto client = world.client();
  EXPECT_FALSE(client.connect(v5_connect("a")).session_present);
  client.subscribe({.filter = "t", .qos = 1});
  client.cut();
  EXPECT_TRUE(world.broker().sessions().empty());
  EXPECT_FALSE(client.connect(v5_connect("a")).session_present);
}

TEST(SessionV5, LivesForItsIntervalAndNotLonger) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", 10));
  client.cut();
  world.pass(9999ms);
  EXPECT_TRUE(client.connect(v5_connect("a", 10)).session_present);
  client.cut();
  world.pass(10s);
  EXPECT_TRUE(world.broker().sessions().empty());
  EXPECT_FALSE(client.connect(v5_connect("a", 10)).session_present);
}

TEST(SessionV5, CountsItsIntervalFromEachCloseAnew) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", 10));
  client.cut();
  world.pass(8s);
  client.connect(v5_connect("a", 10));
  world.pass(100s);  // connected time does not count
  client.disconnect();
  world.pass(9s);
  EXPECT_TRUE(client.connect(v5_connect("a", 10)).session_present);
}

TEST(SessionV5, LivesForEverWithTheLargestInterval) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", mqtt::session_never_expires));
  client.cut();
  world.pass(std::chrono::hours(24 * 365));
  EXPECT_TRUE(client.connect(v5_connect("a")).session_present);
}

TEST(SessionV5, IsGovernedByTheLatestConnect) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", 100));
  client.cut();
  client.connect(v5_connect("a", 5));
  client.cut();
  world.pass(6s);
  EXPECT_FALSE(client.connect(v5_connect("a", 100)).session_present);
  client.connect(v5_connect("a"));  // absent: 0
  client.cut();
  EXPECT_FALSE(client.connect(v5_connect("a", 100)).session_present);
}

TEST(SessionV5, IsWipedByCleanStartAndKeptAfterIt) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", 100));
  client.subscribe({.filter = "t", .qos = 1});
  client.cut();
  EXPECT_FALSE(client.connect(v5_connect("a", 100, true)).session_present);
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 0u);
  client.cut();
  EXPECT_TRUE(client.connect(v5_connect("a", 100)).session_present);
}

TEST(SessionV5, ChangesItsIntervalAtDisconnect) {
  World world;
  auto client = world.client();
  client.connect(v5_connect("a", 100));
  client.disconnect({.properties = {.session_expiry_interval = 5}});
  EXPECT_TRUE(client.is_closed());
  world.pass(6s);
  EXPECT_FALSE(client.connect(v5_connect("a", 100)).session_present);
  client.disconnect({.properties = {.session_expiry_interval = 0}});
  EXPECT_TRUE(world.broker().sessions().empty());
}

TEST(SessionV5, MayNotRaiseAnIntervalOfZeroAtDisconnect) {
  World world;
  auto client = world.client();
  auto watcher = world.client();
  watcher.connect(v5_connect("w"));
  watcher.subscribe({.filter = "will", .qos = 1});
  auto connect = v5_connect("a");
  connect.will = will_message("will", "alas");
  client.connect(connect);
  client.disconnect({.properties = {.session_expiry_interval = 50}});
  EXPECT_EQ(client.expect<mqtt::Disconnect>().reason, ReasonCode::protocol_error);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(world.broker().sessions().size(), 1u);
  EXPECT_EQ(watcher.payloads(), std::vector<std::string>{"alas"});
}

TEST(SessionV5, TellsOfACappedInterval) {
  World world({.session_expiry_max = 300});
  auto client = world.client();
  EXPECT_EQ(client.connect(v5_connect("a", 1000)).properties.session_expiry_interval, 300u);
  client.cut();
  EXPECT_EQ(client.connect(v5_connect("a", 200)).properties.session_expiry_interval, std::nullopt);
  client.disconnect({.properties = {.session_expiry_interval = 5000}});
  world.pass(299s);
  EXPECT_TRUE(client.connect(v5_connect("a", 5000)).session_present);
  client.cut();
  world.pass(300s);
  EXPECT_FALSE(client.connect(v5_connect("a", 5000)).session_present);
}

TEST(SessionV5, IsHandedOverAtATakeover) {
  World world;
  auto old = world.client();
  auto fresh = world.client();
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  old.connect(v5_connect("a", 100));
  old.subscribe({.filter = "t", .qos = 1});
  EXPECT_TRUE(fresh.connect(v5_connect("a", 100)).session_present);
  EXPECT_EQ(old.expect<mqtt::Disconnect>().reason, ReasonCode::session_taken_over);
  EXPECT_TRUE(old.is_closed());
  publisher.publish("t", "m", 1, 1);
  EXPECT_EQ(fresh.payloads(), std::vector<std::string>{"m"});
  EXPECT_FALSE(old.has_more());
}

TEST(SessionV5, WithIntervalZeroIsNotHandedOver) {
  World world;
  auto old = world.client();
  auto fresh = world.client();
  old.connect(v5_connect("a"));
  old.subscribe({.filter = "t", .qos = 1});
  EXPECT_FALSE(fresh.connect(v5_connect("a", 100)).session_present);
  EXPECT_TRUE(old.is_closed());
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 0u);
}

TEST(SessionV5, IsNotTouchedByARefusedConnect) {
  World world;
  auto client = world.client();
  auto bad = world.client();
  client.connect(v5_connect("a", 100));
  auto connect = v5_connect("a", 0, true);
  connect.properties.authentication_method = std::string("x");
  EXPECT_EQ(bad.connect(connect).reason, ReasonCode::bad_authentication_method);
  EXPECT_TRUE(bad.is_closed());
  EXPECT_FALSE(client.is_closed());
  client.cut();
  EXPECT_TRUE(client.connect(v5_connect("a", 100)).session_present);
}

TEST(SessionV5, OfAnAssignedIdentifierCanBeResumed) {
  World world;
  auto client = world.client();
  const std::string id = client.connect(v5_connect("", 100)).properties.assigned_client_identifier.value();
  EXPECT_FALSE(id.empty());
  client.cut();
  auto other = world.client();
  EXPECT_NE(other.connect(v5_connect("", 100)).properties.assigned_client_identifier, id);
  EXPECT_TRUE(client.connect(v5_connect(id, 100)).session_present);
}

TEST(SessionV311, IsKeptWithCleanSession0AndEndsWithCleanSession1) {
  World world;
  auto client = world.client_v3();
  EXPECT_FALSE(client.connect(v3_connect("a")).session_present);
  client.disconnect();
  world.pass(std::chrono::hours(1000));
  EXPECT_TRUE(client.connect(v3_connect("a")).session_present);
  client.cut();
  EXPECT_FALSE(client.connect(v3_connect("a", true)).session_present);
  client.cut();
  EXPECT_TRUE(world.broker().sessions().empty());
}

TEST(SessionV311, TimesOutAsTheSettingsSay) {
  World world({.session_expiry_v3_1_1 = 7200s});
  auto client = world.client_v3();
  client.connect(v3_connect("a"));
  client.cut();
  world.pass(7199s);
  EXPECT_TRUE(client.connect(v3_connect("a")).session_present);
  client.cut();
  world.pass(7200s);
  EXPECT_FALSE(client.connect(v3_connect("a")).session_present);
}

TEST(SessionV311, TakeoverClosesTheOlderConnectionWithoutAPacket) {
  World world;
  auto old = world.client_v3();
  auto fresh = world.client_v3();
  old.connect(v3_connect("a"));
  old.subscribe({.filter = "t", .qos = 2});
  EXPECT_TRUE(fresh.connect(v3_connect("a")).session_present);
  EXPECT_TRUE(old.is_closed());
  EXPECT_FALSE(old.has_more());
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 1u);
}

TEST(SessionV311, OfACleanConnectionIsNotTakenOver) {
  World world;
  auto old = world.client_v3();
  auto fresh = world.client_v3();
  old.connect(v3_connect("a", true));
  old.subscribe({.filter = "t", .qos = 2});
  EXPECT_FALSE(fresh.connect(v3_connect("a")).session_present);
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 0u);
}

TEST(Session, IsTheSameForBothVersions) {
  World world;
  auto first = world.client_v3();
  auto second = world.client();
  first.connect(v3_connect("a"));
  first.cut();
  EXPECT_TRUE(second.connect(v5_connect("a", 10)).session_present);
}

TEST(Session, EndOfAnOlderConnectionLeavesTheSuccessorAlone) {
  World world;
  auto old = world.client();
  auto fresh = world.client();
  auto connect = v5_connect("a", 5);
  connect.keep_alive = 4;
  old.connect(connect);
  world.pass(2s);
  fresh.connect(v5_connect("a", 100));
  fresh.subscribe({.filter = "t", .qos = 1});
  world.pass(60s);
  EXPECT_FALSE(fresh.is_closed());
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 1u);
}

}  // namespace
}  // namespace holdfast::broker
