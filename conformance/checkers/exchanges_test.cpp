// The server's own exchanges: identifiers, DUP, repeats, PUBREL and the order of repeats.
#include "conformance/checkers/trace_builder.h"

namespace holdfast {
namespace {

using mqtt::Version;

// A subscriber with "t" at QoS 2, and a publisher.
struct Exchanges : testing::TestWithParam<Version> {
  Exchanges() : t(GetParam()) {
    sub = t.connect("sub");
    t.subscribe(sub, "t", 2);
    pub = t.connect("pub");
  }
  // The subscriber's connection is cut so that the server knows, and it comes back.
  void resume() {
    t.ends(sub);
    sub = t.connect("sub", true);
  }
  bool v5() const { return t.version == Version::v5; }

  TraceBuilder t;
  ConnectionId sub = 0;
  ConnectionId pub = 0;
};
INSTANTIATE_TEST_SUITE_P(Versions, Exchanges, testing::ValuesIn(both_versions), name_of_version);

// --- packet-identifiers ---

TEST_P(Exchanges, AnIdentifierInUseIsGivenToAnotherMessage) {
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "two", 1, 7);
  expect_breach(t, "packet-identifiers", "MQTT-2.3.1-4", "MQTT-2.2.1-4");
}

TEST_P(Exchanges, AnIdentifierInUseStaysInUseAfterResume) {
  t.deliver(sub, "one", 1, 7);
  resume();
  t.deliver(sub, "two", 1, 7);
  expect_breach(t, "packet-identifiers", "MQTT-2.3.1-4", "MQTT-2.2.1-4");
}

TEST_P(Exchanges, AnIdentifierThatWaitsForPubcompIsInUse) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  t.deliver(sub, "two", 1, 7);
  expect_breach(t, "packet-identifiers", "MQTT-2.3.1-4", "MQTT-2.2.1-4");
}

TEST_P(Exchanges, AnIdentifierIsFreeRightAfterItsAcknowledgement) {
  t.deliver(sub, "one", 1, 7);
  t.client(sub, mqtt::Puback{7});
  t.deliver(sub, "two", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  t.client(sub, mqtt::Pubcomp{7});
  t.deliver(sub, "three", 1, 7);
  expect_silence(t);
}

TEST_P(Exchanges, BothSidesMayUseOneIdentifierAtOnce) {
  t.client(sub, TraceBuilder::message("mine", 2, 7));
  t.deliver(sub, "yours", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrec{7});
  t.client(sub, mqtt::Pubrel{7});
  t.server(sub, mqtt::Pubrel{7});
  t.server(sub, mqtt::Pubcomp{7});
  t.client(sub, mqtt::Pubcomp{7});
  expect_silence(t);
}

TEST_P(Exchanges, IdentifiersAreFreeInANewSession) {
  t.deliver(sub, "one", 1, 7);
  t.ends(sub);
  sub = t.connect("sub", false, {.clean_start = true});
  t.deliver(sub, "two", 1, 7);
  expect_silence(t);
}

TEST_P(Exchanges, TwoClientsHaveIdentifiersOfTheirOwn) {
  const ConnectionId other = t.connect("other");
  t.deliver(sub, "one", 1, 7);
  t.deliver(other, "two", 1, 7);
  expect_silence(t);
}

TEST_P(Exchanges, AWrongAcknowledgementMayFreeAnIdentifier) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Puback{7});
  t.deliver(sub, "two", 1, 7);
  expect_silence(t);
}

TEST_P(Exchanges, ARepeatUnderAnotherIdentifierIsFound) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7);
  resume();
  t.deliver(sub, "one", 1, 8, true);
  expect_breach(t, "packet-identifiers", "MQTT-4.4.0-1", "MQTT-4.4.0-1");
}

TEST_P(Exchanges, AnAcknowledgedMessageUnderAnotherIdentifierIsNotARepeat) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7);
  t.client(sub, mqtt::Puback{7});
  resume();
  t.deliver(sub, "one", 1, 8, false);
  expect_silence(t);
}

TEST_P(Exchanges, OverlappingSubscriptionsMayBringACopyEach) {
  t.subscribe(sub, "#", 2, 2);
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "one", 2, 8);
  expect_silence(t);
}

// --- dup-flag ---

TEST_P(Exchanges, ARepeatOnResumeWithoutDupIsFound) {
  for (const int qos : {1, 2}) {
    TraceBuilder u(GetParam());
    const ConnectionId a = u.connect("sub");
    u.deliver(a, "one", qos, 7);
    u.ends(a);
    const ConnectionId b = u.connect("sub", true);
    u.deliver(b, "one", qos, 7, false);
    expect_breach(u, "dup-flag", "MQTT-3.3.1-1", "MQTT-3.3.1-1");
  }
}

TEST_P(Exchanges, ARepeatOnResumeWithDupIsRight) {
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "two", 2, 8);
  resume();
  t.deliver(sub, "one", 1, 7, true);
  t.deliver(sub, "two", 2, 8, true);
  expect_silence(t);
}

TEST_P(Exchanges, AMessageMayComeAgainIfItsPubackMayNotHaveBeenRead) {
  t.deliver(sub, "one", 1, 7);
  t.client(sub, mqtt::Puback{7});
  resume();
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, DupThatWasPassedOnFromThePublisherIsFound) {
  t.client(pub, TraceBuilder::message("one", 1, 1, true));
  t.server(pub, mqtt::Puback{1});
  t.deliver(sub, "one", 1, 7, true);
  expect_breach(t, "dup-flag", "MQTT-3.3.1-3", "MQTT-3.3.1-3");
}

TEST_P(Exchanges, DupOnAMessageThatWasPublishedAfterTheKnownCutIsFound) {
  t.ends(sub);
  t.pass(1s);
  t.publish(pub, "one", 1, 1);
  sub = t.connect("sub", true);
  t.deliver(sub, "one", 1, 7, true);
  expect_breach(t, "dup-flag", "MQTT-3.3.1-3", "MQTT-3.3.1-3");
}

TEST_P(Exchanges, DupIsOpenUntilWordOfTheCutHasGoneRound) {
  t.ends(sub);
  t.pass(999ms);
  t.publish(pub, "one", 1, 1);
  sub = t.connect("sub", true);
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, DupIsOpenIfTheServerMayNotHaveKnownOfTheCut) {
  t.client_ends(sub);
  t.publish(pub, "one", 1, 1);  // between our FIN and the server's
  t.server_ends(sub);
  sub = t.connect("sub", true);
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, DupIsOpenAfterAResetUntilTheClientIsBack) {
  t.client_ends(sub, "reset");
  t.publish(pub, "one", 1, 1);
  sub = t.connect("sub", true);
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
  t.pass(1s);
  t.publish(pub, "two", 1, 2);
  t.deliver(sub, "two", 1, 8, true);
  expect_breach(t, "dup-flag", "MQTT-3.3.1-3", "MQTT-3.3.1-3");
}

TEST_P(Exchanges, DupIsOpenInASharedSubscription) {
  t.subscribe(sub, "$share/g/t", 1, 3);
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, DupAtQos0IsFound) {
  t.deliver(sub, "one", 0, 0, true);
  expect_breach(t, "dup-flag", "MQTT-3.3.1-2", "MQTT-3.3.1-2");
}

// --- no-repeat-on-live-connection ---

TEST_P(Exchanges, ARepeatOnALiveConnectionIsABreachIn5Only) {
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "one", 1, 7, true);
  if (v5()) {
    expect_breach(t, "no-repeat-on-live-connection", "", "MQTT-4.4.0-1");
  } else {
    expect_silence(t);
  }
}

TEST_P(Exchanges, ARepeatThatCrossesItsPubackIsNotJudged) {
  t.deliver(sub, "one", 1, 7);
  t.client(sub, mqtt::Puback{7});
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, ARepeatedPubrelOnALiveConnectionIsABreachIn5Only) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  t.server(sub, mqtt::Pubrel{7});
  if (v5()) {
    expect_breach(t, "no-repeat-on-live-connection", "", "MQTT-4.4.0-1");
  } else {
    expect_silence(t);
  }
}

TEST_P(Exchanges, EachPubrecMayHaveItsPubrel) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  t.server(sub, mqtt::Pubrel{7});
  t.client(sub, mqtt::Pubcomp{7});
  expect_silence(t);
}

// --- no-publish-after-pubrel ---

TEST_P(Exchanges, APublishAfterItsPubrelIsFound) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  resume();
  t.deliver(sub, "one", 2, 7, true);
  expect_breach(t, "no-publish-after-pubrel", "MQTT-4.3.3-1", "MQTT-4.3.3-6");
}

TEST_P(Exchanges, APubrecWithoutPubrelBeforeTheCutLeavesBothWaysOpen) {
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "two", 2, 8);
  t.client(sub, mqtt::Pubrec{7});
  t.client(sub, mqtt::Pubrec{8});
  resume();
  t.deliver(sub, "one", 2, 7, true);
  t.server(sub, mqtt::Pubrel{8});
  t.client(sub, mqtt::Pubcomp{8});
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  expect_silence(t);
}

TEST_P(Exchanges, AnOwedPubrelComesAgain) {
  t.deliver(sub, "one", 2, 7);
  t.client(sub, mqtt::Pubrec{7});
  t.server(sub, mqtt::Pubrel{7});
  resume();
  t.server(sub, mqtt::Pubrel{7});
  t.client(sub, mqtt::Pubcomp{7});
  t.deliver(sub, "two", 1, 7);
  expect_silence(t);
}

// --- repeat-order ---

TEST_P(Exchanges, RepeatsOfOneTopicAndQosOutOfOrderAreFound) {
  t.publish(pub, "one", 1, 1);
  t.publish(pub, "two", 1, 2);
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "two", 1, 8);
  resume();
  t.deliver(sub, "two", 1, 8, true);
  t.deliver(sub, "one", 1, 7, true);
  expect_breach(t, "repeat-order", "MQTT-4.6.0-1", "MQTT-4.6.0-5");
}

TEST_P(Exchanges, RepeatsOfTwoQosLevelsOutOfOrderAreDisputedIn3AndOpenIn5) {
  t.publish(pub, "one", 2, 1);
  t.publish(pub, "two", 1, 2);
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "two", 1, 8);
  resume();
  t.deliver(sub, "two", 1, 8, true);
  t.deliver(sub, "one", 2, 7, true);
  if (v5()) {
    expect_silence(t);
  } else {
    expect_breach(t, "repeat-order", "MQTT-4.6.0-1", "", false);
  }
}

// One for each of two overlapping subscriptions.
TEST_P(Exchanges, CopiesOfOneMessageHaveNoOrder) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "one", 1, 8);
  resume();
  t.deliver(sub, "one", 1, 8, true);
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

TEST_P(Exchanges, PubrelsAndPublishesMayInterleaveOnResume) {
  for (std::uint16_t id = 1; id <= 4; ++id) t.publish(pub, fmt::format("m{}", id), 2, id);
  for (std::uint16_t id = 1; id <= 4; ++id) t.deliver(sub, fmt::format("m{}", id), 2, id);
  for (std::uint16_t id = 1; id <= 2; ++id) {
    t.client(sub, mqtt::Pubrec{id});
    t.server(sub, mqtt::Pubrel{id});
  }
  resume();
  t.deliver(sub, "m3", 2, 3, true);
  t.server(sub, mqtt::Pubrel{1});
  t.deliver(sub, "m4", 2, 4, true);
  t.server(sub, mqtt::Pubrel{2});
  expect_silence(t);
}

TEST_P(Exchanges, PubrelsOutOfOrderAreDisputedIn3AndOpenIn5) {
  t.deliver(sub, "one", 2, 7);
  t.deliver(sub, "two", 2, 8);
  t.client(sub, mqtt::Pubrec{7});
  t.client(sub, mqtt::Pubrec{8});
  t.server(sub, mqtt::Pubrel{8});
  t.server(sub, mqtt::Pubrel{7});
  if (v5()) {
    expect_silence(t);
  } else {
    expect_breach(t, "repeat-order", "MQTT-4.6.0-4", "", false);
  }
}

// --- session-present ---

TEST_P(Exchanges, AnExchangeThatOutlivesSessionPresent0IsFound) {
  t.publish(pub, "one", 1, 1);
  t.deliver(sub, "one", 1, 7);
  t.ends(sub);
  sub = t.connect("sub", false);
  t.deliver(sub, "one", 1, 7, true);
  expect_breach(t, "session-present", "HF-3.1.1-S42", "MQTT-3.2.2-3");
}

TEST_P(Exchanges, AnExchangeThatOutlivesACleanStartIsFound) {
  t.publish(pub, "one", 2, 1);
  t.deliver(sub, "one", 2, 7);
  t.ends(sub);
  sub = t.connect("sub", false, {.clean_start = true});
  t.deliver(sub, "one", 2, 7, true);
  expect_breach(t, "session-present", "MQTT-3.1.2-6", "MQTT-3.1.2-4");
}

// What else such a server does is the same fault, and no fault of DUP or PUBREL.
TEST_P(Exchanges, AfterSessionPresent0OldMessagesAreNoFaultOfDupOrPubrel) {
  t.publish(pub, "one", 1, 1);
  t.publish(pub, "two", 2, 2);
  t.deliver(sub, "two", 2, 8);
  t.client(sub, mqtt::Pubrec{8});
  t.server(sub, mqtt::Pubrel{8});
  t.ends(sub);
  sub = t.connect("sub", false);
  t.server(sub, mqtt::Pubrel{8});
  t.deliver(sub, "one", 1, 7, true);
  expect_silence(t);
}

// --- takeover ---

TEST_P(Exchanges, WhatTheOldConnectionStillGetsDuringATakeoverIsNotJudged) {
  t.deliver(sub, "one", 1, 7);
  const ConnectionId newer = t.begin("sub");
  t.publish(pub, "two", 1, 1);
  t.deliver(sub, "two", 1, 8);  // not yet taken over
  t.server(newer, mqtt::Connack{.session_present = true});
  t.deliver(newer, "one", 1, 7, true);
  t.deliver(newer, "two", 1, 8, true);
  t.publish(pub, "three", 1, 2);
  t.deliver(newer, "three", 1, 9, true);
  t.deliver(sub, "three", 1, 9);  // read late
  t.server_ends(sub);
  expect_silence(t);
}

TEST_P(Exchanges, AfterATakeoverTheNewConnectionIsJudged) {
  t.deliver(sub, "one", 1, 7);
  const ConnectionId newer = t.connect("sub", true);
  t.server_ends(sub);
  t.deliver(newer, "one", 1, 7, false);
  expect_breach(t, "dup-flag", "MQTT-3.3.1-1", "MQTT-3.3.1-1");
}

TEST_P(Exchanges, ARefusedTakeoverLeavesTheOldConnectionAsItWas) {
  const ConnectionId refused = t.begin("sub");
  t.server(refused, mqtt::Connack{.reason = v5() ? mqtt::ReasonCode::not_authorized
                                                 : static_cast<mqtt::ReasonCode>(5)});
  t.server_ends(refused);
  t.deliver(sub, "one", 1, 7);
  t.deliver(sub, "two", 1, 7);
  expect_breach(t, "packet-identifiers", "MQTT-2.3.1-4", "MQTT-2.2.1-4");
}

// --- what is not known ---

TEST_P(Exchanges, ASessionFromBeforeTheTraceIsNotJudgedByItsPast) {
  const ConnectionId old = t.connect("old", true);
  t.deliver(old, "x", 1, 7, true);
  t.server(old, mqtt::Pubrel{9});
  t.client(old, mqtt::Pubcomp{9});
  expect_silence(t);
}

TEST_P(Exchanges, NothingIsJudgedAfterBytesThatCannotBeRead) {
  t.deliver(sub, "one", 1, 7);
  t.client_bytes(sub, {0x00, 0x00});
  t.deliver(sub, "two", 1, 7);
  t.ends(sub);
  sub = t.connect("sub", true);
  t.deliver(sub, "two", 1, 7, false);
  expect_silence(t);
}

TEST_P(Exchanges, TwoConnectsOfOneClientAtOnceAreNotJudged) {
  t.deliver(sub, "one", 1, 7);
  t.ends(sub);
  const ConnectionId b = t.begin("sub");
  const ConnectionId c = t.begin("sub");
  t.server(c, mqtt::Connack{.session_present = true});
  t.server(b, mqtt::Connack{.session_present = true});
  t.deliver(c, "two", 1, 7);
  t.deliver(b, "one", 1, 7);
  expect_silence(t);
}

TEST_P(Exchanges, ASessionOfAnotherUserMayBeAnotherSession) {
  t.deliver(sub, "one", 1, 7);
  t.ends(sub);
  const ConnectionId b = t.connect("sub", true, {.clean_start = false, .user_name = "u"});
  t.deliver(b, "two", 1, 7);
  expect_silence(t);
}

TEST(Exchanges5, ASessionOfTheOtherVersionMayBeAnotherSession) {
  TraceBuilder t;
  ConnectionId a = t.connect("c");
  t.deliver(a, "one", 1, 7);
  t.ends(a);
  t.version = Version::v3_1_1;
  a = t.connect("c", true);
  t.deliver(a, "two", 1, 7);
  t.ends(a);
  t.version = Version::v5;
  a = t.connect("c", true);
  t.deliver(a, "three", 1, 7);
  expect_silence(t);
}

TEST(Exchanges5, AnExpiredMessageInFlightMayHaveBeenDropped) {
  TraceBuilder t;
  ConnectionId a = t.connect("c");
  mqtt::Publish message = TraceBuilder::message("one", 1, 7);
  message.properties.message_expiry_interval = 1;
  t.server(a, message);
  t.ends(a);
  a = t.connect("c", true);
  t.deliver(a, "two", 1, 7);
  expect_silence(t);
}

TEST(Exchanges5, AMessageThatIsTooLargeForTheNewConnectionIsDropped) {
  TraceBuilder t;
  ConnectionId a = t.connect("c");
  t.deliver(a, std::string(100, 'x'), 1, 7);
  t.ends(a);
  mqtt::Connect options{.clean_start = false};
  options.properties.maximum_packet_size = 50;
  a = t.connect("c", true, options);
  t.deliver(a, "two", 1, 7);
  expect_silence(t);
}

TEST(Exchanges5, AnExpiredMessageInFlightMayComeAgain) {
  TraceBuilder t;
  ConnectionId a = t.connect("c");
  mqtt::Publish message = TraceBuilder::message("one", 2, 7);
  message.properties.message_expiry_interval = 1;
  t.server(a, message);
  t.ends(a);
  t.pass(std::chrono::seconds(5));
  a = t.connect("c", true);
  message.dup = true;
  message.properties.message_expiry_interval = 0;
  t.server(a, message);
  expect_silence(t);
}

}  // namespace
}  // namespace holdfast
