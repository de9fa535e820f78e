// Shared subscriptions.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;
using Payloads = std::vector<std::string>;

class Sharing : public testing::Test {
 protected:
  void SetUp() override {
    publisher.connect(v5_connect("p"));
    a.connect(v5_connect("a", 100));
    b.connect(v5_connect("b", 100));
    a.subscribe({.filter = "$share/g/t", .qos = 2});
    b.subscribe({.filter = "$share/g/t", .qos = 2});
  }

  void publish(int count, std::uint8_t qos) {
    for (int times = 0; times < count; ++times) {
      ++published;
      publisher.publish("t", std::to_string(published), qos, published);
    }
  }

  World world;
  TestClient publisher = world.client();
  TestClient a = world.client();
  TestClient b = world.client();
  std::uint16_t published = 0;
};

TEST_F(Sharing, MembersTakeTurnsAndEachMessageGoesToOne) {
  publish(10, 1);
  const Payloads of_a = a.payloads();
  const Payloads of_b = b.payloads();
  EXPECT_EQ(of_a.size(), 5u);
  EXPECT_EQ(of_b.size(), 5u);
  EXPECT_TRUE(std::ranges::none_of(of_a, [&](const auto& x) { return std::ranges::count(of_b, x) > 0; }));
}

TEST_F(Sharing, GroupsAreServedIndependentlyAndPlainSubscriptionsToo) {
  auto c = world.client();
  c.connect(v5_connect("c"));
  c.subscribe({.filter = "$share/other/t"}, 1);
  c.subscribe({.filter = "t"}, 2);
  publish(1, 0);
  EXPECT_EQ(a.payloads().size() + b.payloads().size(), 1u);
  EXPECT_EQ(c.payloads(), (Payloads{"1", "1"}));
}

TEST_F(Sharing, AMemberWithAFullWindowIsPassedOver) {
  a.cut();
  auto connect = v5_connect("a", 100);
  connect.properties.receive_maximum = 1;
  a.connect(connect);
  publish(10, 2);
  EXPECT_EQ(a.rest().size(), 1u);
  EXPECT_EQ(b.rest().size(), 9u);
}

TEST_F(Sharing, AbsentMembersGetNothingWhileOneIsThere) {
  a.cut();
  publish(4, 1);
  EXPECT_EQ(b.payloads().size(), 4u);
  b.cut();
  publish(4, 1);
  EXPECT_EQ(world.broker().sessions().at(0).queued + world.broker().sessions().at(1).queued, 4u);
}

TEST_F(Sharing, UnacknowledgedQos1IsHandedOnWhenTheSessionEnds) {
  publish(2, 1);
  const auto first = b.expect<mqtt::Publish>();
  b.cut();
  EXPECT_EQ(a.payloads().size(), 1u);
  world.pass(100s);
  EXPECT_EQ(a.payloads(), Payloads{first.payload});
}

TEST_F(Sharing, StartedQos2StaysWithItsMember) {
  publish(2, 2);
  const auto first = b.expect<mqtt::Publish>();
  const auto own = a.expect<mqtt::Publish>();
  b.cut();
  b.connect(v5_connect("b", 100));
  EXPECT_EQ(b.expect<mqtt::Publish>().packet_id, first.packet_id);
  b.cut();
  world.pass(100s);
  EXPECT_FALSE(a.has_more());
  EXPECT_NE(own.payload, first.payload);
}

TEST_F(Sharing, ARefusedMessageIsDiscarded) {
  publish(1, 1);
  TestClient& taker = a.has_more() ? a : b;
  TestClient& other = a.has_more() ? b : a;
  const auto publish = taker.expect<mqtt::Publish>();
  taker.send(mqtt::Puback{.packet_id = publish.packet_id, .reason = ReasonCode::unspecified_error});
  taker.disconnect({.properties = {.session_expiry_interval = 0}});
  EXPECT_FALSE(other.has_more());
}

TEST_F(Sharing, SubscribingAgainIsNoSecondMembershipAndUnsubscribeLeaves) {
  a.subscribe({.filter = "$share/g/t", .qos = 1});
  a.send(mqtt::Unsubscribe{.packet_id = 1, .filters = {"$share/g/t"}});
  EXPECT_EQ(a.expect<mqtt::Unsuback>().reasons, std::vector{ReasonCode::success});
  publish(3, 1);
  EXPECT_FALSE(a.has_more());
  EXPECT_EQ(b.payloads().size(), 3u);
}

TEST_F(Sharing, JoiningBringsNoRetainedMessages) {
  publisher.publish("t", "kept", 1, 100, true);
  a.payloads();
  b.payloads();
  a.subscribe({.filter = "$share/g/t", .qos = 1});
  EXPECT_FALSE(a.has_more());
}

}  // namespace
}  // namespace holdfast::broker
