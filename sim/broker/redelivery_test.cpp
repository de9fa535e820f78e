// What is sent again when a Session resumes, and what waits until then.
#include <gtest/gtest.h>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;
using Payloads = std::vector<std::string>;

// A subscriber "s" to "t" whose Session lasts, and a publisher.
class Redelivery : public testing::TestWithParam<mqtt::Version> {
 protected:
  void SetUp() override {
    publisher.connect(v5_connect("p"));
    connect();
    subscriber.subscribe({.filter = "t", .qos = 2});
  }

  mqtt::Connack connect(std::uint16_t receive_maximum = 0) {
    if (GetParam() == mqtt::Version::v3_1_1) return subscriber.connect(v3_connect("s"));
    auto packet = v5_connect("s", 1000);
    if (receive_maximum > 0) packet.properties.receive_maximum = receive_maximum;
    return subscriber.connect(packet);
  }

  void publish(std::string payload, std::uint8_t qos) {
    last_id = static_cast<std::uint16_t>(last_id % 60'000 + 1);
    publisher.publish("t", std::move(payload), qos, last_id);
  }

  World world;
  TestClient publisher = world.client();
  TestClient subscriber = world.client(GetParam());
  std::uint16_t last_id = 0;
};

INSTANTIATE_TEST_SUITE_P(BothVersions, Redelivery, testing::Values(mqtt::Version::v3_1_1, mqtt::Version::v5),
                         [](const auto& parameter) {
                           return parameter.param == mqtt::Version::v5 ? std::string("V5")
                                                                       : std::string("V311");
                         });

TEST_P(Redelivery, UnacknowledgedPublishesComeAgainInOrderWithDupAndTheirIdentifiers) {
  publish("one", 1);
  publish("two", 2);
  publish("three", 1);
  const auto one = subscriber.expect<mqtt::Publish>();
  const auto two = subscriber.expect<mqtt::Publish>();
  const auto three = subscriber.expect<mqtt::Publish>();
  EXPECT_FALSE(one.dup || two.dup || three.dup);
  EXPECT_NE(one.packet_id, two.packet_id);
  subscriber.cut();
  publish("four", 1);
  EXPECT_TRUE(connect().session_present);
  for (const auto& first : {one, two, three}) {
    const auto again = subscriber.expect<mqtt::Publish>();
    EXPECT_EQ(again.payload, first.payload);
    EXPECT_EQ(again.packet_id, first.packet_id);
    EXPECT_EQ(again.qos, first.qos);
    EXPECT_TRUE(again.dup);
  }
  const auto four = subscriber.expect<mqtt::Publish>();
  EXPECT_EQ(four.payload, "four");
  EXPECT_FALSE(four.dup);
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(Redelivery, NothingComesAgainOnALiveConnection) {
  publish("one", 1);
  subscriber.expect<mqtt::Publish>();
  world.pass(3600s);
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(Redelivery, AcknowledgedMessagesDoNotComeAgain) {
  publish("one", 1);
  publish("two", 2);
  subscriber.send(mqtt::Puback{.packet_id = subscriber.expect<mqtt::Publish>().packet_id});
  const auto two = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Pubrec{.packet_id = two.packet_id});
  EXPECT_EQ(subscriber.expect<mqtt::Pubrel>().packet_id, two.packet_id);
  subscriber.send(mqtt::Pubcomp{.packet_id = two.packet_id});
  subscriber.cut();
  connect();
  EXPECT_EQ(subscriber.rest(), Payloads{});
}

TEST_P(Redelivery, OwedPubrelsComeAgainInTheOrderOfThePubrecsAndTheirPublishesDoNot) {
  publish("one", 2);
  publish("two", 2);
  const auto one = subscriber.expect<mqtt::Publish>();
  const auto two = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Pubrec{.packet_id = two.packet_id});
  subscriber.send(mqtt::Pubrec{.packet_id = one.packet_id});
  subscriber.cut();
  publish("three", 2);
  connect();
  EXPECT_EQ(subscriber.expect<mqtt::Pubrel>().packet_id, two.packet_id);
  EXPECT_EQ(subscriber.expect<mqtt::Pubrel>().packet_id, one.packet_id);
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "three");
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(Redelivery, QueuedMessagesComeInOrderAndQos0DoesNotCome) {
  subscriber.cut();
  publish("one", 1);
  publish("zero", 0);
  publish("two", 2);
  publish("three", 1);
  EXPECT_EQ(world.broker().sessions().at(1).queued, 3u);
  connect();
  EXPECT_EQ(subscriber.payloads(), (Payloads{"one", "two", "three"}));
}

TEST_P(Redelivery, IsRepeatedAsOftenAsTheConnectionBreaks) {
  publish("one", 2);
  const auto first = subscriber.expect<mqtt::Publish>();
  for (int times = 0; times < 20; ++times) {
    subscriber.cut();
    connect();
    EXPECT_EQ(subscriber.expect<mqtt::Publish>().packet_id, first.packet_id);
  }
  subscriber.send(mqtt::Pubrec{.packet_id = first.packet_id});
  subscriber.expect<mqtt::Pubrel>();
  for (int times = 0; times < 20; ++times) {
    subscriber.cut();
    connect();
    EXPECT_EQ(subscriber.expect<mqtt::Pubrel>().packet_id, first.packet_id);
    EXPECT_FALSE(subscriber.has_more());
  }
}

TEST_P(Redelivery, ACleanStartGetsNothingOfTheOldSession) {
  publish("one", 1);
  subscriber.expect<mqtt::Publish>();
  subscriber.cut();
  publish("two", 1);
  const bool is_v5 = GetParam() == mqtt::Version::v5;
  subscriber.connect(is_v5 ? v5_connect("s", 1000, true) : v3_connect("s", true));
  EXPECT_EQ(subscriber.rest(), Payloads{});
  publish("three", 1);
  EXPECT_EQ(subscriber.rest(), Payloads{});
}

TEST_P(Redelivery, IdentifiersInFlightAreNotGivenToNewMessages) {
  publish("one", 2);
  const auto one = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Pubrec{.packet_id = one.packet_id});
  subscriber.cut();
  connect();
  subscriber.expect<mqtt::Pubrel>();
  for (int times = 0; times < 66'000; ++times) {
    publish("x", 1);
    const auto next = subscriber.expect<mqtt::Publish>();
    ASSERT_NE(next.packet_id, one.packet_id);
    ASSERT_NE(next.packet_id, 0);
    subscriber.send(mqtt::Puback{.packet_id = next.packet_id});
  }
}

TEST_P(Redelivery, AQos2MessageFromTheClientIsDeliveredOnceOverAReconnect) {
  auto watcher = world.client();
  watcher.connect(v5_connect("w"));
  watcher.subscribe({.filter = "u", .qos = 2});
  mqtt::Publish publish{.topic = "u", .payload = "once", .qos = 2, .packet_id = 7};
  subscriber.send(publish);
  subscriber.expect<mqtt::Pubrec>();
  subscriber.cut();
  connect();
  publish.dup = true;
  subscriber.send(publish);
  EXPECT_EQ(subscriber.expect<mqtt::Pubrec>().reason, ReasonCode::success);
  subscriber.cut();
  connect();
  subscriber.send(mqtt::Pubrel{.packet_id = 7});
  EXPECT_EQ(subscriber.expect<mqtt::Pubcomp>().reason, ReasonCode::success);
  EXPECT_EQ(watcher.payloads(), Payloads{"once"});
  publish.dup = false;
  subscriber.send(publish);  // the identifier is free: a new message
  subscriber.expect<mqtt::Pubrec>();
  EXPECT_EQ(watcher.payloads(), Payloads{"once"});
}

TEST_P(Redelivery, SubscriptionsNeedNoRenewal) {
  subscriber.cut();
  connect();
  publish("one", 2);
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().qos, 2);
}

TEST_P(Redelivery, RetainedMessagesAreNotSentByResuming) {
  publisher.publish("t", "kept", 1, 500, true);
  EXPECT_EQ(subscriber.payloads(), Payloads{"kept"});
  subscriber.cut();
  connect();
  EXPECT_EQ(subscriber.rest(), Payloads{});
}

class RedeliveryV5 : public Redelivery {};
INSTANTIATE_TEST_SUITE_P(V5, RedeliveryV5, testing::Values(mqtt::Version::v5));

TEST_P(RedeliveryV5, TheWindowIsNeverExceededAndBeginsAnewOnEachConnection) {
  subscriber.cut();
  for (int number = 0; number < 5; ++number) publish(std::to_string(number), 1);
  for (int times = 0; times < 3; ++times) {
    connect(2);
    EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "0");
    EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "1");
    EXPECT_FALSE(subscriber.has_more());
    subscriber.cut();
  }
  connect(2);
  EXPECT_EQ(subscriber.payloads(), (Payloads{"0", "1", "2", "3", "4"}));
}

TEST_P(RedeliveryV5, ASmallerWindowHoldsBackRepeatsToo) {
  for (int number = 0; number < 4; ++number) publish(std::to_string(number), 1);
  for (int number = 0; number < 4; ++number) subscriber.expect<mqtt::Publish>();
  subscriber.cut();
  publish("4", 1);
  connect(1);
  for (int number = 0; number < 5; ++number) {
    const auto next = subscriber.expect<mqtt::Publish>();
    EXPECT_EQ(next.payload, std::to_string(number));
    EXPECT_EQ(next.dup, number < 4);
    EXPECT_FALSE(subscriber.has_more());
    subscriber.send(mqtt::Puback{.packet_id = next.packet_id});
  }
}

TEST_P(RedeliveryV5, TheWindowHoldsBackPublishesOnly) {
  connect(1);
  publish("one", 2);
  publish("two", 2);
  const auto one = subscriber.expect<mqtt::Publish>();
  publish("zero", 0);
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "zero");
  subscriber.send(mqtt::Pingreq{});
  subscriber.expect<mqtt::Pingresp>();
  subscriber.publish("other", "x", 1, 3);
  subscriber.send(mqtt::Pubrec{.packet_id = one.packet_id});
  subscriber.expect<mqtt::Pubrel>();
  EXPECT_FALSE(subscriber.has_more());  // the quota comes back with PUBCOMP
  subscriber.send(mqtt::Pubcomp{.packet_id = one.packet_id});
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "two");
}

TEST_P(RedeliveryV5, AFailingPubrecEndsTheExchange) {
  connect(1);
  publish("one", 2);
  publish("two", 2);
  const auto one = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Pubrec{.packet_id = one.packet_id, .reason = ReasonCode::unspecified_error});
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "two");
  subscriber.cut();
  connect();
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "two");
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(RedeliveryV5, AFailingPubackCountsAsAnAcknowledgement) {
  publish("one", 1);
  const auto one = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Puback{.packet_id = one.packet_id, .reason = ReasonCode::quota_exceeded});
  subscriber.cut();
  connect();
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(RedeliveryV5, ExpiryDropsWhatWaitsAndSparesWhatWasSent) {
  const auto publish_expiring = [&](std::string payload, std::uint8_t qos) {
    mqtt::Publish packet{.topic = "t", .payload = std::move(payload), .qos = qos, .packet_id = ++last_id};
    packet.properties.message_expiry_interval = 10;
    publisher.send(packet);
    publisher.next();
  };
  publish_expiring("sent 1", 1);
  publish_expiring("sent 2", 2);
  publish_expiring("released", 2);
  subscriber.expect<mqtt::Publish>();
  subscriber.expect<mqtt::Publish>();
  const auto released = subscriber.expect<mqtt::Publish>();
  subscriber.send(mqtt::Pubrec{.packet_id = released.packet_id});
  subscriber.cut();
  publish_expiring("waiting", 1);
  world.pass(10s);
  connect();
  EXPECT_EQ(subscriber.expect<mqtt::Pubrel>().packet_id, released.packet_id);
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "sent 1");
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().payload, "sent 2");
  EXPECT_FALSE(subscriber.has_more());
}

TEST_P(RedeliveryV5, TheRemainingLifetimeIsSent) {
  subscriber.cut();
  mqtt::Publish packet{.topic = "t", .payload = "x", .qos = 1, .packet_id = 1};
  packet.properties.message_expiry_interval = 60;
  publisher.send(packet);
  world.pass(15500ms);
  connect();
  EXPECT_EQ(subscriber.expect<mqtt::Publish>().properties.message_expiry_interval, 45u);
}

TEST_P(RedeliveryV5, MessagesAboveTheMaximumPacketSizeCountAsDelivered) {
  publish("small", 1);
  publish(std::string(100, 'x'), 1);
  subscriber.cut();
  publish(std::string(100, 'y'), 1);
  publish("tiny", 1);
  auto packet = v5_connect("s", 1000);
  packet.properties.maximum_packet_size = 50;
  subscriber.connect(packet);
  EXPECT_EQ(subscriber.payloads(), (Payloads{"small", "tiny"}));
  EXPECT_EQ(world.broker().sessions().at(1).inflight_to_client, 0u);
}

TEST(Queue, KeepsTheOldestOrTheNewestAsSet) {
  for (const WhenQueueFull when : {WhenQueueFull::drop_new, WhenQueueFull::drop_old}) {
    World world({.queued_messages_max = 2, .when_queue_full = when});
    auto subscriber = world.client();
    auto publisher = world.client();
    publisher.connect(v5_connect("p"));
    subscriber.connect(v5_connect("s", 100));
    subscriber.subscribe({.filter = "t", .qos = 1});
    subscriber.cut();
    for (std::uint16_t number = 1; number <= 3; ++number)
      publisher.publish("t", std::to_string(number), 1, number);
    subscriber.connect(v5_connect("s", 100));
    EXPECT_EQ(subscriber.payloads(),
              when == WhenQueueFull::drop_new ? (Payloads{"1", "2"}) : (Payloads{"2", "3"}));
  }
}

TEST(Queue, LetsExpiredMessagesGoBeforeLivingOnes) {
  World world({.queued_messages_max = 1});
  auto subscriber = world.client();
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  subscriber.connect(v5_connect("s", 100));
  subscriber.subscribe({.filter = "t", .qos = 1});
  subscriber.cut();
  mqtt::Publish packet{.topic = "t", .payload = "short", .qos = 1, .packet_id = 1};
  packet.properties.message_expiry_interval = 1;
  publisher.send(packet);
  publisher.expect<mqtt::Puback>();
  world.pass(2s);
  publisher.publish("t", "long", 1, 2);
  subscriber.connect(v5_connect("s", 100));
  EXPECT_EQ(subscriber.payloads(), Payloads{"long"});
}

TEST(Queue, KeepsQos0IfSet) {
  World world({.queues_qos_0 = true});
  auto subscriber = world.client();
  auto publisher = world.client();
  publisher.connect(v5_connect("p"));
  subscriber.connect(v5_connect("s", 100));
  subscriber.subscribe({.filter = "t", .qos = 1});
  subscriber.cut();
  publisher.publish("t", "zero");
  publisher.publish("t", "one", 1, 1);
  subscriber.connect(v5_connect("s", 100));
  EXPECT_EQ(subscriber.payloads(), (Payloads{"zero", "one"}));
}

}  // namespace
}  // namespace holdfast::broker
