// Messages from publisher to subscriber: once, in order, at the right QoS, with the right RETAIN.
#include "conformance/checkers/trace_builder.h"

namespace holdfast {
namespace {

using mqtt::Version;

struct Messages : testing::TestWithParam<Version> {
  Messages() : t(GetParam()) {
    sub = t.connect("sub");
    t.subscribe(sub, "t", 2);
    pub = t.connect("pub");
  }
  void take(std::uint16_t packet_id) {
    t.client(sub, mqtt::Pubrec{packet_id});
    t.server(sub, mqtt::Pubrel{packet_id});
    t.client(sub, mqtt::Pubcomp{packet_id});
  }

  TraceBuilder t;
  ConnectionId sub = 0;
  ConnectionId pub = 0;
};
INSTANTIATE_TEST_SUITE_P(Versions, Messages, testing::ValuesIn(both_versions), name_of_version);

// --- exactly-once ---

TEST_P(Messages, ARepeatOfThePublisherThatIsDeliveredTwiceIsFound) {
  t.client(pub, TraceBuilder::message("one", 2, 1));
  t.deliver(sub, "one", 2, 7);
  take(7);
  t.ends(pub);
  pub = t.connect("pub", true);
  t.client(pub, TraceBuilder::message("one", 2, 1, true));
  t.server(pub, mqtt::Pubrec{1});
  t.client(pub, mqtt::Pubrel{1});
  t.server(pub, mqtt::Pubcomp{1});
  t.deliver(sub, "one", 2, 8);
  expect_breach(t, "exactly-once", "MQTT-4.3.3-2", "MQTT-4.3.3-10");
}

TEST_P(Messages, TheSameIdentifierAgainAfterTheWholeExchangeIsASecondDelivery) {
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  take(7);
  t.deliver(sub, "one", 2, 7);
  expect_breach(t, "exactly-once", "MQTT-4.3.3-2", "MQTT-4.3.3-10");
}

TEST_P(Messages, ARepeatOfThePublisherThatIsDeliveredOnceIsRight) {
  t.client(pub, TraceBuilder::message("one", 2, 1));
  t.deliver(sub, "one", 2, 7);
  t.client(pub, TraceBuilder::message("one", 2, 1, true));
  t.server(pub, mqtt::Pubrec{1});
  t.server(pub, mqtt::Pubrec{1});
  take(7);
  expect_silence(t);
}

TEST_P(Messages, AMessageThatWasPublishedTwiceMayComeTwice) {
  t.publish(pub, "one", 2, 1);
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  take(7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, AMessageOfALostPublisherSessionMayComeTwice) {
  t.client(pub, TraceBuilder::message("one", 2, 1));
  t.deliver(sub, "one", 2, 7);
  take(7);
  t.ends(pub);
  pub = t.connect("pub", false);
  t.client(pub, TraceBuilder::message("one", 2, 1, true));
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, AMessageThatIsAlsoAWillMayComeTwice) {
  mqtt::Connect with_will{.clean_start = false};
  with_will.will = mqtt::Will{.topic = "t", .payload = "one", .qos = 2};
  const ConnectionId other = t.connect("other", false, with_will);
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  t.ends(other);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, RetainedCopiesAreNotCounted) {
  mqtt::Publish retained = TraceBuilder::message("one", 2, 1);
  retained.retain = true;
  t.client(pub, retained);
  t.server(pub, mqtt::Pubrec{1});
  t.deliver(sub, "one", 2, 7);
  retained.packet_id = 8;
  t.server(sub, retained);
  expect_silence(t);
}

TEST_P(Messages, ASharedSubscriptionMayBringAnotherCopy) {
  t.subscribe(sub, "$share/g/t", 2, 3);
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, ARefusedFilterStillCountsAsOverlap) {
  t.client(sub, mqtt::Subscribe{5, {{.filter = "+"}}, {}});
  t.server(sub, mqtt::Suback{5, {mqtt::ReasonCode::unspecified_error}, {}});
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, AQos1MessageMayComeTwiceOnALiveConnection) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7);
  t.client(sub, mqtt::Puback{7});
  t.deliver(sub, "one", 1, 8);
  expect_silence(t);
}

TEST_P(Messages, AnIdentifierThatRestedForMinutesMayBeForgotten) {
  t.client(pub, TraceBuilder::message("one", 2, 1));
  t.server(pub, mqtt::Pubrec{1});
  t.deliver(sub, "one", 2, 7);
  take(7);
  t.pass(std::chrono::seconds(300));
  t.client(pub, TraceBuilder::message("one", 2, 1, true));
  t.server(pub, mqtt::Pubrec{1});
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, UnreadableBytesMayHaveHeldTheMessage) {
  t.publish(pub, "one", 2, 1);
  const ConnectionId raw = t.connect("raw");
  t.client_bytes(raw, {0x36, 0x00});
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

// --- message-order ---

TEST_P(Messages, MessagesOutOfOrderAreFound) {
  for (const int qos : {0, 1, 2}) {
    TraceBuilder u(GetParam());
    const ConnectionId s = u.connect("sub");
    u.subscribe(s, "t", 2);
    const ConnectionId p = u.connect("pub");
    u.publish(p, "one", qos, 1);
    u.publish(p, "two", qos, 2);
    u.publish(p, "three", qos, 3);
    u.deliver(s, "one", qos, 7);
    u.deliver(s, "three", qos, 8);
    u.deliver(s, "two", qos, 9);
    expect_breach(u, "message-order", "MQTT-4.6.0-6", "MQTT-4.6.0-5");
  }
}

TEST_P(Messages, QueuedMessagesOutOfOrderAreFound) {
  t.ends(sub);
  t.publish(pub, "one", 1, 1);
  t.publish(pub, "two", 1, 2);
  sub = t.connect("sub", true);
  t.deliver(sub, "two", 1, 7);
  t.deliver(sub, "one", 1, 8);
  expect_breach(t, "message-order", "MQTT-4.6.0-6", "MQTT-4.6.0-5");
}

TEST_P(Messages, OrderBetweenPublishersTopicsAndQosLevelsIsFree) {
  const ConnectionId other = t.connect("other");
  t.subscribe(sub, "u", 2, 2);
  t.publish(pub, "one", 1, 1);
  mqtt::Publish on_u = TraceBuilder::message("u", 1, 2);
  on_u.topic = "u";
  t.client(pub, on_u);
  t.server(pub, mqtt::Puback{2});
  t.publish(pub, "qos0", 0, 0);
  t.publish(other, "other", 1, 1);
  t.deliver(sub, "other", 1, 6);
  t.deliver(sub, "qos0", 0, 0);
  on_u.packet_id = 7;
  t.server(sub, on_u);
  t.deliver(sub, "one", 1, 8);
  expect_silence(t);
}

TEST_P(Messages, ARepeatMayStepBack) {
  t.publish(pub, "one", 1, 1);
  t.publish(pub, "two", 1, 2);
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "two", 1, 8);
  t.ends(sub);
  sub = t.connect("sub", true);
  t.deliver(sub, "one", 1, 7, true);
  t.deliver(sub, "two", 1, 8, true);
  expect_silence(t);
}

TEST_P(Messages, Qos2MessagesMayBePassedOnInTheOrderOfTheirPubrels) {
  t.client(pub, TraceBuilder::message("one", 2, 1));
  t.client(pub, TraceBuilder::message("two", 2, 2));
  t.server(pub, mqtt::Pubrec{1});
  t.server(pub, mqtt::Pubrec{2});
  t.client(pub, mqtt::Pubrel{2});
  t.client(pub, mqtt::Pubrel{1});
  t.server(pub, mqtt::Pubcomp{2});
  t.server(pub, mqtt::Pubcomp{1});
  t.deliver(sub, "two", 2, 7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

TEST_P(Messages, WhenARepeatedPublishWasTakenIsNotKnown) {
  t.client(pub, TraceBuilder::message("one", 1, 1));
  t.client(pub, TraceBuilder::message("two", 1, 2));
  t.ends(pub);
  pub = t.connect("pub", true);
  t.client(pub, TraceBuilder::message("two", 1, 2, true));
  t.client(pub, TraceBuilder::message("one", 1, 1, true));
  t.deliver(sub, "two", 1, 7);
  t.deliver(sub, "one", 1, 8);
  expect_silence(t);
}

// --- delivered-qos ---

TEST_P(Messages, ADeliveryAboveItsPublicationIsFound) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 2, 7);
  expect_breach(t, "delivered-qos", "MQTT-3.8.4-6", "MQTT-3.8.4-8");
}

TEST_P(Messages, ADeliveryAboveTheGrantIsFound) {
  const ConnectionId low = t.connect("low");
  t.subscribe(low, "t", 0);
  t.publish(pub, "one", 1, 1);
  t.deliver(low, "one", 1, 7);
  expect_breach(t, "delivered-qos", "MQTT-3.8.4-6", "MQTT-3.8.4-8");
}

TEST_P(Messages, AMessageMayComeBeforeTheSuback) {
  const ConnectionId early = t.connect("early");
  t.client(early, mqtt::Subscribe{1, {{.filter = "t", .qos = 1}}, {}});
  t.publish(pub, "one", 1, 1);
  t.deliver(early, "one", 1, 7);
  t.server(early, mqtt::Suback{1, {mqtt::ReasonCode::success}, {}});
  expect_silence(t);
}

TEST_P(Messages, ALowerGrantDoesNotChangeDeliveriesUnderWay) {
  t.publish(pub, "one", 2, 1);
  t.subscribe(sub, "t", 0, 4);
  t.deliver(sub, "one", 2, 7);
  expect_silence(t);
}

TEST_P(Messages, TheHighestOverlappingGrantCounts) {
  const ConnectionId both = t.connect("both");
  t.subscribe(both, "t", 0, 1);
  t.subscribe(both, "#", 1, 2);
  t.publish(pub, "one", 1, 1);
  t.deliver(both, "one", 1, 7);
  expect_silence(t);
}

TEST_P(Messages, AServerMayMakeSubscriptionsOfItsOwn) {
  const ConnectionId none = t.connect("none");
  t.publish(pub, "one", 1, 1);
  t.deliver(none, "one", 1, 7);
  expect_silence(t);
}

// --- retain-flag ---

TEST_P(Messages, RetainOnAMessageThatWasNotRetainedIsFound) {
  t.publish(pub, "one", 1, 1);
  mqtt::Publish message = TraceBuilder::message("one", 1, 7);
  message.retain = true;
  t.server(sub, message);
  expect_breach(t, "retain-flag", "MQTT-3.3.1-9", "MQTT-3.3.1-12");
}

TEST_P(Messages, RetainOnARetainedMessageIsLeftToCases) {
  mqtt::Publish message = TraceBuilder::message("one", 1, 1);
  message.retain = true;
  t.client(pub, message);
  t.server(pub, mqtt::Puback{1});
  message.packet_id = 7;
  t.server(sub, message);
  expect_silence(t);
}

}  // namespace
}  // namespace holdfast
