// What the decoder accepts and how it reads it; what it refuses stands in faults_test.cpp.
#include <gtest/gtest.h>

#include "sim/mqtt/reader.h"
#include "sim/mqtt/test_support.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {
namespace {

Decoded decoded(const Bytes& bytes, Version version, Sender sender, bool forgiving = false) {
  const DecodeResult result = decode(bytes, {.version = version, .sender = sender, .forgiving = forgiving});
  if (const auto* error = std::get_if<DecodeError>(&result)) {
    ADD_FAILURE() << to_hex(bytes) << ": " << error->what << " at " << error->offset;
    return {};
  }
  if (std::holds_alternative<NeedMore>(result)) {
    ADD_FAILURE() << to_hex(bytes) << ": needs more";
    return {};
  }
  return std::get<Decoded>(result);
}

Packet packet_of(const Bytes& bytes, Version version, Sender sender, bool forgiving = false) {
  const Decoded result = decoded(bytes, version, sender, forgiving);
  EXPECT_TRUE(result.notes.empty()) << to_hex(bytes) << ": " << result.notes.front().what;
  return result.packet;
}

TEST(Decode, ShortAndLongFormsOfAReplyAreEqual) {
  const Packet expected = Puback{.packet_id = 7};
  EXPECT_EQ(packet_of(hex("40 02 0007"), v5, Sender::server), expected);
  EXPECT_EQ(packet_of(hex("40 03 0007 00"), v5, Sender::server), expected);
  EXPECT_EQ(packet_of(hex("40 04 0007 00 00"), v5, Sender::client), expected);
  const Packet normal = Disconnect{};
  EXPECT_EQ(packet_of(hex("e0 00"), v5, Sender::client), normal);
  EXPECT_EQ(packet_of(hex("e0 01 00"), v5, Sender::client), normal);
  EXPECT_EQ(packet_of(hex("e0 02 00 00"), v5, Sender::server), normal);
}

TEST(Decode, NothingBehindThePacketIsRead) {
  const Decoded result = decoded(hex("c0 00 ff ff ff"), v5, Sender::client);
  EXPECT_EQ(result.size, 2u);
  EXPECT_EQ(result.packet, Packet(Pingreq{}));
}

TEST(Decode, TheLevelOfAConnectDecidesHowItIsRead) {
  const Bytes bytes = frame(0x10, "0004 'MQTT' 04 02 003c 0001 'c'");
  for (const Version version : {v311, v5}) {
    const Packet packet = packet_of(bytes, version, Sender::client);
    EXPECT_EQ(std::get<Connect>(packet).client_id, "c");
    EXPECT_EQ(std::get<Connect>(packet).protocol_level, 4);
  }
  // The requirement is one of 3.1.1 as well.
  const DecodeResult result = decode(frame(0x10, "0004 'MQTT' 04 42 003c 0000 0000"), {v5, Sender::client});
  EXPECT_EQ(std::get<DecodeError>(result).requirement, "MQTT-3.1.2-22");
}

TEST(Decode, AnUnknownLevelCanBeAnsweredWith0x84) {
  for (const std::string_view body : {"0004 'MQTT' 06 02 003c 00 0000", "0004 'MQTT' 00 02 003c 0000",
                                      "0004 'MQTT' 84 02 003c 0000", "0006 'MQIsdp' 03 02 003c 0000"}) {
    for (const Version version : {v311, v5}) {
      const DecodeResult result = decode(frame(0x10, body), {version, Sender::client});
      EXPECT_EQ(std::get<DecodeError>(result).reason, ReasonCode::unsupported_protocol_version) << body;
    }
  }
}

TEST(Decode, EmptyFieldsArePresent) {
  const Packet packet = packet_of(
      frame(0x10, "0004 'MQTT' 05 c6 0000 03 15 0000 0000 00 0001 'w' 0000 0000 0000"), v5, Sender::client);
  const auto& connect = std::get<Connect>(packet);
  EXPECT_EQ(connect.client_id, "");
  EXPECT_EQ(connect.user_name, "");
  EXPECT_EQ(connect.password, "");
  EXPECT_EQ(connect.will->payload, "");
  EXPECT_EQ(connect.properties.authentication_method, "");
}

TEST(Decode, PasswordWithoutUserNameIsRightIn5) {
  const Packet packet = packet_of(frame(0x10, "0004 'MQTT' 05 42 003c 00 0000 0001 'p'"), v5, Sender::client);
  EXPECT_EQ(std::get<Connect>(packet).password, "p");
  EXPECT_EQ(std::get<Connect>(packet).user_name, std::nullopt);
}

// An empty identifier with CleanSession 0 is for the server to refuse, with CONNACK 0x02.
TEST(Decode, AnEmptyClientIdentifierIsRightWhereItMayBeEmpty) {
  packet_of(frame(0x10, "0004 'MQTT' 04 02 003c 0000"), v311, Sender::client);
  packet_of(frame(0x10, "0004 'MQTT' 05 00 003c 00 0000"), v5, Sender::client);
  packet_of(frame(0x10, "0004 'MQTT' 04 00 003c 0000"), v311, Sender::client, true);
}

TEST(Decode, AnEmptyTopicIsRightWithAnAlias) {
  const Packet packet = packet_of(frame(0x30, "0000 03 23 0005 'p'"), v5, Sender::client);
  EXPECT_EQ(std::get<Publish>(packet).properties.topic_alias, 5);
  EXPECT_EQ(std::get<Publish>(packet).payload, "p");
}

// A server may say whether a filter is good, filter by filter, in SUBACK.
TEST(Decode, FiltersWithMisplacedWildcardsAreReadIfForgiven) {
  const Packet packet =
      packet_of(frame(0x82, "0001 00 0003 'a#b' 00 0008 '$share//' 01"), v5, Sender::client, true);
  ASSERT_EQ(std::get<Subscribe>(packet).requests.size(), 2u);
  EXPECT_EQ(std::get<Subscribe>(packet).requests[0].filter, "a#b");
  EXPECT_EQ(std::get<Subscribe>(packet).requests[1].filter, "$share//");
  packet_of(frame(0xa2, "0001 0003 '#/a'"), v311, Sender::client, true);
}

TEST(Decode, NoLocalIsRightOnAPlainSubscription) {
  const Packet packet = packet_of(frame(0x82, "0001 00 0006 '$share' 04"), v5, Sender::client);
  EXPECT_TRUE(std::get<Subscribe>(packet).requests[0].no_local);
}

TEST(Decode, PropertiesComeInAnyOrderAndUserPropertiesKeepTheirs) {
  const Packet packet = packet_of(
      frame(0x30, "0001 'a' 1a 26 0001 'b' 0001 '1' 23 0001 26 0001 'a' 0001 '2' 01 01 26 0001 'b' 0001 '1'"),
      v5, Sender::client);
  const Properties& properties = std::get<Publish>(packet).properties;
  EXPECT_EQ(properties.user_properties, (std::vector<UserProperty>{{"b", "1"}, {"a", "2"}, {"b", "1"}}));
  EXPECT_EQ(properties.topic_alias, 1);
  EXPECT_EQ(properties.payload_format_indicator, 1);
}

TEST(Decode, OfAPropertyThatIsTwiceThereTheFirstCounts) {
  const Decoded result = decoded(frame(0x30, "0001 'a' 04 01 01 01 00"), v5, Sender::server);
  EXPECT_EQ(std::get<Publish>(result.packet).properties.payload_format_indicator, 1);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_EQ(result.notes[0].severity, Severity::policy);
}

TEST(Decode, PayloadsAreBytesUnlessTheySayOtherwise) {
  packet_of(frame(0x30, "0001 'a' 00 ff00c0"), v5, Sender::client);
  packet_of(frame(0x30, "0001 'a' 02 01 00 ff"), v5, Sender::client);
  packet_of(frame(0x30, "0001 'a' 02 01 01 00 c3a9 01"), v5, Sender::client);  // controls and U+0000 are text
  packet_of(frame(0x30, "0001 'a' ff"), v311, Sender::client);
}

TEST(Decode, AByteOrderMarkStaysInAString) {
  const Packet packet = packet_of(frame(0x30, "0004 efbbbf 'a' 00"), v5, Sender::client);
  EXPECT_EQ(std::get<Publish>(packet).topic,
            "\xEF\xBB\xBF"
            "a");
}

TEST(Decode, SeveralNotesAreToldInTheirOrderAndNotWithoutEnd) {
  const Decoded few = decoded(frame(0x30, "0002 'a' 01 80 00"), v5, Sender::server, true);
  ASSERT_EQ(few.notes.size(), 2u);
  EXPECT_EQ(few.notes[0].offset, 5u);
  EXPECT_EQ(few.notes[1].offset, 6u);

  Bytes filters;
  for (int i = 0; i < 100; ++i) append_filter("\x01", filters);
  UnsubscribeView unsubscribe{.packet_id = 1};
  unsubscribe.filters = FiltersView(filters);
  Bytes bytes;
  encode(PacketView(unsubscribe), v5, bytes);
  EXPECT_EQ(decoded(bytes, v5, Sender::client).notes.size(), notes_max);
}

TEST(Decode, TheLimitCountsTheWholePacket) {
  const Bytes bytes = frame(0x30, "0001 'a' 00 'x'");
  EXPECT_TRUE(std::holds_alternative<Decoded>(decode(bytes, {v5, Sender::client, 7})));
  const DecodeResult result = decode(bytes, {v5, Sender::client, 6});
  EXPECT_EQ(std::get<DecodeError>(result).reason, ReasonCode::packet_too_large);
  EXPECT_EQ(std::get<DecodeError>(result).severity, Severity::policy);
}

TEST(Decode, NeedMoreIsALowerBoundThatReachesTheEndOnceTheLengthIsKnown) {
  const Bytes bytes = frame(0x30, "0001 'a' 00 'hello'");
  const auto minimum = [&](std::size_t given) {
    return std::get<NeedMore>(decode(ByteView(bytes).first(given), {v5, Sender::client})).minimum;
  };
  EXPECT_EQ(minimum(0), 2u);
  EXPECT_EQ(minimum(1), 1u);
  EXPECT_EQ(minimum(2), bytes.size() - 2);
  EXPECT_EQ(minimum(bytes.size() - 1), 1u);
  const DecodeResult cut = decode(hex("30 80"), {v5, Sender::client});
  EXPECT_EQ(std::get<NeedMore>(cut).minimum, 1u);
}

TEST(FrameSize, IsKnownWithTheFixedHeader) {
  EXPECT_EQ(frame_size({}), 0u);
  EXPECT_EQ(frame_size(hex("30")), 0u);
  EXPECT_EQ(frame_size(hex("30 80")), 0u);
  EXPECT_EQ(frame_size(hex("30 80 80 80 80")), 0u);
  EXPECT_EQ(frame_size(hex("30 05")), 7u);
  EXPECT_EQ(frame_size(hex("30 ff ff ff 7f")), 268'435'460u);
  EXPECT_EQ(frame_size(hex("00 00")), 2u);
}

TEST(DecodeView, PointsIntoTheInput) {
  const Bytes bytes = frame(0x82, "0001 09 0b 05 26 0001 'n' 0001 'v' 0003 'a/b' 29");
  DecodedView decoded;
  EXPECT_EQ(decode_view(bytes, {v5, Sender::client}, decoded), ViewResult(Whole{bytes.size()}));
  const auto& subscribe = std::get<SubscribeView>(decoded.packet);
  const auto request = *subscribe.requests.begin();
  EXPECT_EQ(request.filter, "a/b");
  EXPECT_EQ(request.qos, 1);
  EXPECT_FALSE(request.no_local);
  EXPECT_TRUE(request.retain_as_published);
  EXPECT_EQ(request.retain_handling, 2);
  EXPECT_EQ(static_cast<const void*>(request.filter.data()), bytes.data() + bytes.size() - 4);
  EXPECT_EQ(std::distance(subscribe.requests.begin(), subscribe.requests.end()), 1);
  EXPECT_EQ(subscribe.properties.get(PropertyId::subscription_identifier).number, 5u);
  PropertyCursor cursor = subscribe.properties.cursor();
  EXPECT_EQ(cursor.next().id, PropertyId::subscription_identifier);
  EXPECT_EQ(cursor.next().text, "n");
  EXPECT_TRUE(cursor.done());
}

}  // namespace
}  // namespace holdfast::mqtt
