// What holds on each connection: CONNACK, silence, format, limits that the client set.
#include "conformance/checkers/trace_builder.h"

namespace holdfast {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;

struct Connections : testing::TestWithParam<Version> {
  Connections() : t(GetParam()) {}
  bool v5() const { return t.version == Version::v5; }
  ReasonCode refusal() const { return v5() ? ReasonCode::not_authorized : static_cast<ReasonCode>(5); }
  TraceBuilder t;
};
INSTANTIATE_TEST_SUITE_P(Versions, Connections, testing::ValuesIn(both_versions), name_of_version);

// --- connack ---

TEST_P(Connections, AnythingBeforeConnackIsFound) {
  const ConnectionId a = t.begin("a");
  t.deliver(a, "one", 0, 0);
  t.server(a, mqtt::Connack{});
  expect_breach(t, "connack", "MQTT-3.2.0-1", "MQTT-3.2.0-1");
}

TEST_P(Connections, ASecondConnackIsFound) {
  const ConnectionId a = t.connect("a");
  t.server(a, mqtt::Connack{});
  expect_breach(t, "connack", "MQTT-3.2.0-1", "MQTT-3.2.0-2");
}

TEST_P(Connections, AnAnswerToASecondConnectIsFound) {
  const ConnectionId a = t.connect("a");
  t.connect_as_given(a, {.client_id = "a"});
  t.server(a, mqtt::Connack{});
  expect_breach(t, "connack", "MQTT-3.1.0-2", "MQTT-3.2.0-2");
}

TEST_P(Connections, AnAcceptingConnackWithoutAWholeConnectIsFound) {
  t.version = Version::v5;  // no CONNECT tells another
  const ConnectionId a = t.open("a");
  t.client_bytes(a, {0x10, 0x20, 0x00});
  t.server(a, mqtt::Connack{});
  expect_breach(t, "connack", "", "MQTT-3.1.0-1");
}

TEST_P(Connections, ARefusalOfBytesThatCannotBeReadIsLeftToCases) {
  const ConnectionId a = t.open("a");
  t.client_bytes(a, {0x00, 0x00});
  t.server(a, mqtt::Connack{.reason = v5() ? ReasonCode::malformed_packet : static_cast<ReasonCode>(1)});
  t.server_ends(a);
  expect_silence(t);
}

TEST(Connections5, AuthMayComeBeforeConnack) {
  TraceBuilder t;
  mqtt::Connect options;
  options.properties.authentication_method = "m";
  const ConnectionId a = t.begin("a", options);
  mqtt::Auth auth{.reason = ReasonCode::continue_authentication};
  auth.properties.authentication_method = "m";
  t.server(a, auth);
  t.client(a, auth);
  mqtt::Connack connack;
  connack.properties.authentication_method = "m";
  t.server(a, connack);
  expect_silence(t);
}

TEST(Connections5, ADisconnectBeforeConnackIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.begin("a");
  t.server(a, mqtt::Disconnect{.reason = ReasonCode::not_authorized});
  expect_breach(t, "connack", "", "MQTT-3.14.0-1");
}

TEST(Connections5, ADisconnectToGarbageIsDisputed) {
  TraceBuilder t;
  const ConnectionId a = t.open("a");
  t.client_bytes(a, {0x00, 0x00});
  t.server(a, mqtt::Disconnect{.reason = ReasonCode::malformed_packet});
  expect_breach(t, "connack", "", "MQTT-3.14.0-1", false);
}

// --- session-present ---

TEST_P(Connections, SessionPresentAfterACleanStartIsFound) {
  t.connect("a", true, {.clean_start = true});
  expect_breach(t, "session-present", "MQTT-3.2.2-1", "MQTT-3.2.2-2");
}

TEST_P(Connections, SessionPresentWithoutCleanStartIsLeftToCases) {
  t.connect("a", true, {.clean_start = false});
  expect_silence(t);
}

// --- assigned-identifier ---

TEST(Connections5, AMissingAssignedIdentifierIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.open("a");
  t.connect_as_given(a, {});
  t.server(a, mqtt::Connack{});
  expect_breach(t, "assigned-identifier", "", "MQTT-3.2.2-16");
}

TEST(Connections5, AnIdentifierThatIsGivenTwiceIsFound) {
  TraceBuilder t;
  mqtt::Connack connack;
  connack.properties.assigned_client_identifier = "auto-1";
  for (const char* name : {"a", "b"}) {
    const ConnectionId connection = t.open(name);
    t.connect_as_given(connection, {});
    t.server(connection, connack);
  }
  expect_breach(t, "assigned-identifier", "", "MQTT-3.2.2-16");
}

TEST(Connections5, AnAssignedIdentifierNamesASession) {
  TraceBuilder t;
  mqtt::Connack connack;
  connack.properties.assigned_client_identifier = "auto-1";
  ConnectionId a = t.open("a");
  t.connect_as_given(a, {.clean_start = false});
  t.server(a, connack);
  t.deliver(a, "one", 1, 7);
  t.ends(a);
  a = t.connect("auto-1", true);
  t.deliver(a, "one", 1, 7, true);
  expect_silence(t);
  t.deliver(a, "two", 1, 7);
  expect_breach(t, "packet-identifiers", "", "MQTT-2.2.1-4");
}

TEST(Connections3, AnEmptyIdentifierNeedsNoAnswer) {
  TraceBuilder t(Version::v3_1_1);
  const ConnectionId a = t.open("a");
  t.connect_as_given(a, {});
  t.server(a, mqtt::Connack{});
  t.deliver(a, "one", 1, 1);
  const ConnectionId b = t.open("b");
  t.connect_as_given(b, {});
  t.server(b, mqtt::Connack{});
  t.deliver(b, "two", 1, 1);
  expect_silence(t);
}

// --- silence-after-close ---

TEST_P(Connections, APacketBehindARefusalIsFound) {
  const ConnectionId a = t.begin("a");
  t.server(a, mqtt::Connack{.reason = refusal()});
  t.server(a, mqtt::Pingresp{});
  t.server(a, mqtt::Pingresp{});
  expect_breach(t, "silence-after-close", "MQTT-3.2.2-5", "MQTT-3.2.2-7");
}

TEST(Connections5, APacketBehindDisconnectIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.server(a, mqtt::Disconnect{.reason = ReasonCode::session_taken_over});
  t.deliver(a, "one", 0, 0);
  expect_breach(t, "silence-after-close", "", "MQTT-3.14.4-1");
}

TEST_P(Connections, PacketsBehindTheClientsDisconnectAreOnTheirWay) {
  const ConnectionId a = t.connect("a");
  t.client(a, mqtt::Pingreq{});
  t.client(a, mqtt::Disconnect{});
  t.server(a, mqtt::Pingresp{});
  t.deliver(a, "one", 1, 7);
  t.ends(a);
  expect_silence(t);
}

// --- well-formed ---

TEST_P(Connections, APacketThatBreaksTheFormatIsFound) {
  const ConnectionId a = t.connect("a");
  t.server_bytes(a, {0xD1, 0x00});  // PINGRESP with a flag
  expect_breach(t, "well-formed", "MQTT-2.2.2-2", "MQTT-2.1.3-1");
}

TEST_P(Connections, IdentifierZeroOfTheServerIsFound) {
  const ConnectionId a = t.connect("a");
  t.server_bytes(a, v5() ? Bytes{0x32, 0x06, 0x00, 0x01, 't', 0x00, 0x00, 0x00}
                         : Bytes{0x32, 0x05, 0x00, 0x01, 't', 0x00, 0x00});
  expect_breach(t, "well-formed", "MQTT-2.3.1-1", "MQTT-2.2.1-4");
}

TEST_P(Connections, SessionPresentInARefusalIsFound) {
  const ConnectionId a = t.begin("a");
  t.server(a, mqtt::Connack{.session_present = true, .reason = refusal()});
  expect_breach(t, "well-formed", "MQTT-3.2.2-4", "MQTT-3.2.2-6");
}

TEST(Connections3, APacketOf5IsFound) {
  TraceBuilder t(Version::v3_1_1);
  const ConnectionId a = t.connect("a");
  t.server_bytes(a, {0xE0, 0x02, 0x8B, 0x00});
  const std::vector<Breach> breaches = t.breaches();
  ASSERT_EQ(breaches.size(), 1u) << to_text(breaches);
  EXPECT_EQ(breaches[0].checker, "well-formed");
}

TEST(Connections3, ACodeOf5InSubackIsFound) {
  TraceBuilder t(Version::v3_1_1);
  const ConnectionId a = t.connect("a");
  t.client(a, mqtt::Subscribe{1, {{.filter = "x"}}, {}});
  t.server(a, mqtt::Suback{1, {ReasonCode::not_authorized}, {}});
  expect_breach(t, "well-formed", "MQTT-3.9.3-2", "");
}

TEST(Connections5, ALengthThatIsTooLongIsDisputed) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.client(a, mqtt::Pingreq{});
  t.server_bytes(a, {0x40, 0x82, 0x00, 0x00, 0x01});
  const std::vector<Breach> breaches = t.breaches();
  ASSERT_FALSE(breaches.empty());
  EXPECT_EQ(breaches[0].checker, "well-formed");
  EXPECT_EQ(breaches[0].requirement, "MQTT-1.5.5-1");
  EXPECT_FALSE(breaches[0].must);
}

TEST_P(Connections, ControlCharactersMayBeForwarded) {
  const ConnectionId a = t.connect("a");
  mqtt::Publish message = TraceBuilder::message("one", 0, 0);
  message.topic = "a\x01";
  t.server(a, message);
  expect_silence(t);
}

TEST_P(Connections, AnAnswerToAConnectThatCannotBeReadIsNotDecoded) {
  const ConnectionId a = t.open("a");
  t.client_bytes(a, {0x10, 0x0C, 0x00, 0x04, 'M', 'Q', 'T', 'T', 0x63, 0x02, 0x00, 0x3C, 0x00, 0x00});
  t.server_bytes(a, {0x20, 0x02, 0x00, 0x01});
  t.server_ends(a);
  expect_silence(t);
}

TEST_P(Connections, ARefusalOfTheVersionMayHaveAnyLayout) {
  for (const Bytes& refusal : {Bytes{0x20, 0x02, 0x00, 0x01}, Bytes{0x20, 0x03, 0x00, 0x84, 0x00}}) {
    TraceBuilder u(GetParam());
    const ConnectionId a = u.begin("a");
    u.server_bytes(a, refusal);
    u.server_ends(a);
    expect_silence(u);
  }
}

TEST_P(Connections, SplitAndJoinedWritesAreOneStream) {
  const ConnectionId a = t.begin("a");
  Bytes bytes = mqtt::encode(mqtt::Connack{}, t.version);
  mqtt::encode(TraceBuilder::message("one", 1, 7), t.version, bytes);
  for (const std::uint8_t byte : bytes) t.server_bytes(a, {byte});
  expect_silence(t);
}

// --- only-if-asked ---

TEST(Connections5, ResponseInformationThatNobodyAskedForIsFound) {
  TraceBuilder t;
  mqtt::Connack connack;
  connack.properties.response_information = "r";
  t.server(t.begin("a"), connack);
  expect_breach(t, "only-if-asked", "", "MQTT-3.1.2-28");
}

TEST(Connections5, ResponseInformationThatWasAskedForIsRight) {
  TraceBuilder t;
  mqtt::Connect options;
  options.properties.request_response_information = 1;
  mqtt::Connack connack;
  connack.properties.response_information = "r";
  t.server(t.begin("a", options), connack);
  expect_silence(t);
}

TEST(Connections5, ReasonStringsAreBoundByRequestProblemInformation) {
  for (const bool wanted : {true, false}) {
    TraceBuilder t;
    mqtt::Connect options;
    if (!wanted) options.properties.request_problem_information = 0;
    const ConnectionId a = t.begin("a", options);
    mqtt::Connack connack;
    connack.properties.reason_string = "welcome";
    connack.properties.user_properties = {{"k", "v"}};
    t.server(a, connack);
    mqtt::Publish message = TraceBuilder::message("one", 0, 0);
    message.properties.user_properties = {{"k", "v"}};
    t.server(a, message);
    t.client(a, TraceBuilder::message("two", 1, 1));
    mqtt::Puback puback{.packet_id = 1, .reason = ReasonCode::no_matching_subscribers};
    puback.properties.user_properties = {{"k", "v"}};
    t.server(a, puback);
    mqtt::Disconnect disconnect{.reason = ReasonCode::server_shutting_down};
    disconnect.properties.reason_string = "bye";
    t.server(a, disconnect);
    if (wanted) {
      expect_silence(t);
    } else {
      expect_breach(t, "only-if-asked", "", "MQTT-3.1.2-29");
    }
  }
}

TEST(Connections5, AnUnaskedAuthenticationMethodIsFound) {
  TraceBuilder t;
  mqtt::Connack connack;
  connack.properties.authentication_method = "m";
  t.server(t.begin("a"), connack);
  expect_breach(t, "only-if-asked", "", "MQTT-4.12.0-6");
}

TEST(Connections5, ASubscriptionIdentifierOfNobodyIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  mqtt::Subscribe subscribe{1, {{.filter = "t"}}, {}};
  subscribe.properties.subscription_identifiers = {3};
  t.client(a, subscribe);
  t.server(a, mqtt::Suback{1, {ReasonCode::success}, {}});
  mqtt::Publish message = TraceBuilder::message("one", 0, 0);
  message.properties.subscription_identifiers = {3, 3};
  t.server(a, message);
  expect_silence(t);
  message.properties.subscription_identifiers = {4};
  t.server(a, message);
  expect_breach(t, "only-if-asked", "", "MQTT-3.3.4-4");
}

// --- maximum-packet-size, topic-alias, receive-maximum ---

TEST(Connections5, APacketThatIsTooLargeIsFound) {
  TraceBuilder t;
  mqtt::Connect options;
  options.properties.maximum_packet_size = 10;
  const ConnectionId a = t.connect("a", false, options);
  t.deliver(a, "12345", 0, 0);  // 11 bytes
  expect_breach(t, "maximum-packet-size", "", "MQTT-3.1.2-24");
}

TEST(Connections5, APacketOfTheMaximumSizeIsRight) {
  TraceBuilder t;
  mqtt::Connect options;
  options.properties.maximum_packet_size = 10;
  const ConnectionId a = t.connect("a", false, options);
  t.deliver(a, "1234", 0, 0);
  expect_silence(t);
}

mqtt::Publish with_alias(std::string topic, std::uint16_t alias) {
  mqtt::Publish message = TraceBuilder::message("x", 0, 0);
  message.topic = std::move(topic);
  message.properties.topic_alias = alias;
  return message;
}

mqtt::Connect offering_aliases(std::uint16_t maximum) {
  mqtt::Connect options{.clean_start = false};
  options.properties.topic_alias_maximum = maximum;
  return options;
}

TEST(Connections5, AnAliasWithinTheMaximumIsRight) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a", false, offering_aliases(2));
  t.server(a, with_alias("t", 1));
  t.server(a, with_alias("", 1));
  t.server(a, with_alias("u", 2));
  t.server(a, with_alias("u", 1));
  t.server(a, with_alias("", 1));
  expect_silence(t);
}

TEST(Connections5, AnAliasAboveTheMaximumIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a", false, offering_aliases(2));
  t.server(a, with_alias("t", 3));
  expect_breach(t, "topic-alias", "", "MQTT-3.1.2-26");
}

TEST(Connections5, AnAliasThatWasNotOfferedIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.server(a, with_alias("t", 1));
  expect_breach(t, "topic-alias", "", "MQTT-3.1.2-27");
}

TEST(Connections5, AnAliasThatWasNotSetIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a", false, offering_aliases(2));
  t.server(a, with_alias("", 1));
  expect_breach(t, "topic-alias", "", "HF-5.0-E16");
}

TEST(Connections5, AnAliasOfAnEarlierConnectionIsFound) {
  TraceBuilder t;
  ConnectionId a = t.connect("a", false, offering_aliases(2));
  t.server(a, with_alias("t", 1));
  t.ends(a);
  a = t.connect("a", true, offering_aliases(2));
  t.server(a, with_alias("", 1));
  expect_breach(t, "topic-alias", "", "MQTT-3.3.2-7");
}

mqtt::Connect receiving(std::uint16_t maximum) {
  mqtt::Connect options{.clean_start = false};
  options.properties.receive_maximum = maximum;
  return options;
}

TEST(Connections5, MoreThanTheReceiveMaximumIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a", false, receiving(2));
  t.deliver(a, "one", 1, 1);
  t.deliver(a, "two", 2, 2);
  t.deliver(a, "zero", 0, 0);
  t.client(a, mqtt::Pubrec{2});
  t.server(a, mqtt::Pubrel{2});
  t.deliver(a, "three", 1, 3);
  expect_breach(t, "receive-maximum", "", "MQTT-3.3.4-9");
}

TEST(Connections5, EachEndOfAnExchangeGivesOneBack) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a", false, receiving(1));
  t.deliver(a, "one", 1, 1);
  t.client(a, mqtt::Puback{1});
  t.deliver(a, "two", 2, 2);
  t.client(a, mqtt::Pubrec{2});
  t.server(a, mqtt::Pubrel{2});
  t.client(a, mqtt::Pubcomp{2});
  t.deliver(a, "three", 2, 3);
  t.client(a, mqtt::Pubrec{.packet_id = 3, .reason = ReasonCode::quota_exceeded});
  t.deliver(a, "four", 1, 4);
  expect_silence(t);
}

TEST(Connections5, RepeatsTakeFromTheNewConnectionsQuota) {
  TraceBuilder t;
  ConnectionId a = t.connect("a", false, receiving(3));
  t.deliver(a, "one", 1, 1);
  t.deliver(a, "two", 1, 2);
  t.ends(a);
  a = t.connect("a", true, receiving(1));
  t.deliver(a, "one", 1, 1, true);
  t.deliver(a, "two", 1, 2, true);
  expect_breach(t, "receive-maximum", "", "MQTT-3.3.4-9");
}

TEST(Connections5, ARepeatedPubrelTakesNothingAndItsPubcompMayGiveBack) {
  TraceBuilder t;
  ConnectionId a = t.connect("a", false, receiving(2));
  t.deliver(a, "one", 2, 1);
  t.client(a, mqtt::Pubrec{1});
  t.server(a, mqtt::Pubrel{1});
  t.ends(a);
  a = t.connect("a", true, receiving(1));
  t.server(a, mqtt::Pubrel{1});
  t.deliver(a, "two", 1, 2);
  t.client(a, mqtt::Pubcomp{1});
  t.deliver(a, "three", 1, 3);
  expect_silence(t);
}

}  // namespace
}  // namespace holdfast
