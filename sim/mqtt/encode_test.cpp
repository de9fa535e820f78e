// Goal: the bytes on the wire are those of the standard, for every packet type in both versions. Method:
// bytes written down by hand; each is also decoded again, since a packet that is right must be accepted.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "sim/mqtt/block_writer.h"
#include "sim/mqtt/test_support.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {
namespace {

void expect_bytes(const Packet& packet, Version version, Sender sender, std::string_view expected) {
  const Bytes bytes = encode(packet, version);
  EXPECT_EQ(to_hex(bytes), to_hex(hex(expected))) << to_text(packet, version);
  EXPECT_EQ(encoded_size(packet, version), bytes.size());
  const DecodeResult result = decode(bytes, {version, sender});
  ASSERT_TRUE(std::holds_alternative<Decoded>(result)) << to_text(packet, version);
  EXPECT_EQ(std::get<Decoded>(result).packet, packet) << to_text(std::get<Decoded>(result).packet, version);
  EXPECT_TRUE(std::get<Decoded>(result).notes.empty());
}

void from_client(const Packet& packet, Version version, std::string_view expected) {
  expect_bytes(packet, version, Sender::client, expected);
}
void from_server(const Packet& packet, Version version, std::string_view expected) {
  expect_bytes(packet, version, Sender::server, expected);
}

TEST(Encode, Connect) {
  Connect connect;
  connect.client_id = "c";
  from_client(connect, v5, "10 0e 0004 'MQTT' 05 02 003c 00 0001 'c'");
  connect.protocol_level = 4;
  from_client(connect, v311, "10 0d 0004 'MQTT' 04 02 003c 0001 'c'");
}

TEST(Encode, ConnectWithEverythingIn311) {
  Connect connect{.client_id = "", .clean_start = true, .keep_alive = 0x1234, .protocol_level = 4};
  connect.will = Will{.topic = "w", .payload = "bye", .qos = 2, .retain = true};
  connect.user_name = "u";
  connect.password = std::string("\0\xFF", 2);
  from_client(connect, v311, "10 1b 0004 'MQTT' 04 f6 1234 0000 0001 'w' 0003 'bye' 0001 'u' 0002 00ff");
}

TEST(Encode, ConnectWithEverythingIn5) {
  Connect connect{.client_id = "c", .clean_start = false, .keep_alive = 1};
  connect.properties.session_expiry_interval = 0xFFFFFFFF;
  connect.properties.authentication_method = "m";
  connect.properties.authentication_data = "d";
  connect.properties.request_problem_information = 0;
  connect.properties.request_response_information = 1;
  connect.properties.receive_maximum = 2;
  connect.properties.topic_alias_maximum = 3;
  connect.properties.user_properties = {{"n", "v"}, {"n", ""}};
  connect.properties.maximum_packet_size = 0x100;
  connect.will = Will{.topic = "w", .payload = "", .qos = 1};
  connect.will->properties.payload_format_indicator = 1;
  connect.will->properties.message_expiry_interval = 2;
  connect.will->properties.content_type = "t";
  connect.will->properties.response_topic = "r";
  connect.will->properties.correlation_data = "";
  connect.will->properties.will_delay_interval = 3;
  connect.will->properties.user_properties = {{"", ""}};
  connect.user_name = "u";
  connect.password = "p";
  from_client(connect, v5,
              "10 5f 0004 'MQTT' 05 cc 0001"
              "  29 11 ffffffff 15 0001 'm' 16 0001 'd' 17 00 19 01 21 0002 22 0003"
              "     26 0001 'n' 0001 'v' 26 0001 'n' 0000 27 00000100"
              "  0001 'c'"
              "  1c 01 01 02 00000002 03 0001 't' 08 0001 'r' 09 0000 18 00000003 26 0000 0000"
              "  0001 'w' 0000 0001 'u' 0001 'p'");
}

TEST(Encode, Connack) {
  from_server(Connack{}, v311, "20 02 00 00");
  from_server(Connack{.session_present = true}, v311, "20 02 01 00");
  from_server(Connack{.reason = static_cast<ReasonCode>(5)}, v311, "20 02 00 05");
  from_server(Connack{}, v5, "20 03 00 00 00");
  from_server(Connack{.reason = ReasonCode::banned}, v5, "20 03 00 8a 00");
}

TEST(Encode, ConnackWithEveryProperty) {
  Connack connack{.session_present = true};
  Properties& properties = connack.properties;
  properties.session_expiry_interval = 1;
  properties.assigned_client_identifier = "i";
  properties.server_keep_alive = 2;
  properties.authentication_method = "m";
  properties.authentication_data = "d";
  properties.response_information = "r";
  properties.server_reference = "s";
  properties.reason_string = "x";
  properties.receive_maximum = 3;
  properties.topic_alias_maximum = 4;
  properties.maximum_qos = 1;
  properties.retain_available = 0;
  properties.user_properties = {{"n", "v"}};
  properties.maximum_packet_size = 5;
  properties.wildcard_subscription_available = 1;
  properties.subscription_identifiers_available = 0;
  properties.shared_subscription_available = 1;
  from_server(connack, v5,
              "20 3f 01 00 3c 11 00000001 12 0001 'i' 13 0002 15 0001 'm' 16 0001 'd' 1a 0001 'r' 1c 0001 's'"
              " 1f 0001 'x' 21 0003 22 0004 24 01 25 00 26 0001 'n' 0001 'v' 27 00000005 28 01 29 00 2a 01");
}

TEST(Encode, Publish) {
  from_client(Publish{.topic = "a/b", .payload = "hello"}, v311, "30 0a 0003 'a/b' 'hello'");
  from_client(Publish{.topic = "a/b", .payload = "hello"}, v5, "30 0b 0003 'a/b' 00 'hello'");
  Publish publish{.topic = "a", .payload = "", .qos = 1, .retain = true, .dup = true, .packet_id = 0x0102};
  from_server(publish, v311, "3b 05 0001 'a' 0102");
  from_server(publish, v5, "3b 06 0001 'a' 0102 00");
  publish = Publish{.topic = "a", .payload = "p", .qos = 2, .packet_id = 0xFFFF};
  from_client(publish, v311, "34 06 0001 'a' ffff 'p'");
}

TEST(Encode, PublishWithEveryProperty) {
  Publish publish{.topic = "", .payload = "p", .qos = 2, .packet_id = 1};
  publish.properties.payload_format_indicator = 1;
  publish.properties.message_expiry_interval = 0x01020304;
  publish.properties.content_type = "t";
  publish.properties.response_topic = "r";
  publish.properties.correlation_data = "c";
  publish.properties.subscription_identifiers = {1, 128, 268'435'455};
  publish.properties.topic_alias = 9;
  publish.properties.user_properties = {{"a", "b"}, {"a", "c"}};
  from_server(publish, v5,
              "34 34 0000 0001 2e 01 01 02 01020304 03 0001 't' 08 0001 'r' 09 0001 'c'"
              " 0b 01 0b 8001 0b ffffff7f 23 0009 26 0001 'a' 0001 'b' 26 0001 'a' 0001 'c' 'p'");
}

template <typename Reply>
void expect_reply(std::string_view first_byte, ReasonCode failure, std::string_view failure_hex) {
  const auto bytes = [&](std::string_view rest) { return std::string(first_byte).append(rest); };
  from_client(Reply{.packet_id = 0x1234}, v311, bytes("02 1234"));
  from_server(Reply{.packet_id = 0x1234}, v5, bytes("02 1234"));
  from_server(Reply{.packet_id = 0x1234, .reason = failure}, v5, bytes("03 1234").append(failure_hex));
  Reply reply{.packet_id = 1};
  reply.properties.reason_string = "r";
  from_client(reply, v5, bytes("08 0001 00 04 1f 0001 'r'"));
  reply.properties.user_properties = {{"n", "v"}};
  from_client(reply, v5, bytes("0f 0001 00 0b 1f 0001 'r' 26 0001 'n' 0001 'v'"));
}

TEST(Encode, RepliesToPublishTakeTheShortestForm) {
  expect_reply<Puback>("40", ReasonCode::not_authorized, "87");
  expect_reply<Pubrec>("50", ReasonCode::quota_exceeded, "97");
  expect_reply<Pubrel>("62", ReasonCode::packet_identifier_not_found, "92");
  expect_reply<Pubcomp>("70", ReasonCode::packet_identifier_not_found, "92");
}

TEST(Encode, Subscribe) {
  Subscribe subscribe{.packet_id = 10, .requests = {{.filter = "a/#", .qos = 1}, {.filter = "b", .qos = 2}}};
  from_client(subscribe, v311, "82 0c 000a 0003 'a/#' 01 0001 'b' 02");
  from_client(subscribe, v5, "82 0d 000a 00 0003 'a/#' 01 0001 'b' 02");
  subscribe.requests = {
      {.filter = "a", .qos = 0, .no_local = true, .retain_as_published = true, .retain_handling = 2}};
  subscribe.properties.subscription_identifiers = {268'435'455};
  subscribe.properties.user_properties = {{"n", "v"}};
  from_client(subscribe, v5, "82 13 000a 0c 0b ffffff7f 26 0001 'n' 0001 'v' 0001 'a' 2c");
}

TEST(Encode, Suback) {
  Suback suback{.packet_id = 10, .reasons = {ReasonCode::granted_qos_2, ReasonCode::unspecified_error}};
  from_server(suback, v311, "90 04 000a 02 80");
  from_server(suback, v5, "90 05 000a 00 02 80");
  suback.properties.reason_string = "r";
  from_server(suback, v5, "90 09 000a 04 1f 0001 'r' 02 80");
}

TEST(Encode, Unsubscribe) {
  Unsubscribe unsubscribe{.packet_id = 10, .filters = {"a/+", "b"}};
  from_client(unsubscribe, v311, "a2 0a 000a 0003 'a/+' 0001 'b'");
  from_client(unsubscribe, v5, "a2 0b 000a 00 0003 'a/+' 0001 'b'");
  unsubscribe.properties.user_properties = {{"n", "v"}};
  from_client(unsubscribe, v5, "a2 12 000a 07 26 0001 'n' 0001 'v' 0003 'a/+' 0001 'b'");
}

TEST(Encode, Unsuback) {
  from_server(Unsuback{.packet_id = 10}, v311, "b0 02 000a");
  Unsuback unsuback{.packet_id = 10, .reasons = {ReasonCode::success, ReasonCode::no_subscription_existed}};
  from_server(unsuback, v5, "b0 05 000a 00 00 11");
  unsuback.properties.reason_string = "r";
  from_server(unsuback, v5, "b0 09 000a 04 1f 0001 'r' 00 11");
}

TEST(Encode, Pings) {
  for (const Version version : {v311, v5}) {
    from_client(Pingreq{}, version, "c0 00");
    from_server(Pingresp{}, version, "d0 00");
  }
}

TEST(Encode, DisconnectTakesTheShortestForm) {
  from_client(Disconnect{}, v311, "e0 00");
  from_client(Disconnect{}, v5, "e0 00");
  from_client(Disconnect{.reason = ReasonCode::disconnect_with_will}, v5, "e0 01 04");
  Disconnect disconnect;
  disconnect.properties.session_expiry_interval = 5;
  from_client(disconnect, v5, "e0 07 00 05 11 00000005");
  disconnect = Disconnect{.reason = ReasonCode::use_another_server};
  disconnect.properties.server_reference = "s";
  disconnect.properties.reason_string = "r";
  disconnect.properties.user_properties = {{"n", "v"}};
  from_server(disconnect, v5, "e0 11 9c 0f 1c 0001 's' 1f 0001 'r' 26 0001 'n' 0001 'v'");
}

TEST(Encode, Auth) {
  Auth auth{.reason = ReasonCode::continue_authentication};
  auth.properties.authentication_method = "m";
  auth.properties.authentication_data = "d";
  auth.properties.reason_string = "r";
  auth.properties.user_properties = {{"n", "v"}};
  from_server(auth, v5, "f0 15 18 13 15 0001 'm' 16 0001 'd' 1f 0001 'r' 26 0001 'n' 0001 'v'");
}

// The encoder does what it is told, so that a tester can break the rules.
TEST(Encode, WritesWhatTheStandardForbids) {
  EXPECT_EQ(to_hex(encode(Publish{.topic = "#", .qos = 3}, v5)), to_hex(hex("36 06 0001 '#' 0000 00")));
  EXPECT_EQ(to_hex(encode(Publish{.topic = "", .dup = true}, v311)), to_hex(hex("38 02 0000")));
  Publish publish{.topic = "a"};
  publish.properties.receive_maximum = 0;
  publish.properties.maximum_qos = 7;
  EXPECT_EQ(to_hex(encode(publish, v5)), to_hex(hex("30 09 0001 'a' 05 21 0000 24 07")));
  EXPECT_EQ(to_hex(encode(Subscribe{.packet_id = 0}, v5)), to_hex(hex("82 03 0000 00")));
  EXPECT_EQ(to_hex(encode(Auth{}, v311)), "f000");
  EXPECT_EQ(to_hex(encode(Connect{.protocol_level = 99, .protocol_name = "x"}, v311)),
            to_hex(hex("10 09 0001 'x' 63 02 003c 0000")));
  Connect connect;
  connect.password = "p";
  connect.protocol_level = 4;
  EXPECT_EQ(to_hex(encode(connect, v311)), to_hex(hex("10 0f 0004 'MQTT' 04 42 003c 0000 0001 'p'")));
}

TEST(Encode, CutsStringsThatNoLengthCanTell) {
  const Publish publish{.topic = std::string(70'000, 't'), .payload = "p"};
  const Bytes bytes = encode(publish, v5);
  EXPECT_EQ(bytes.size(), encoded_size(publish, v5));
  EXPECT_EQ(bytes.size(), 1u + 3u + 2u + 65'535u + 1u + 1u);
  EXPECT_EQ(bytes.back(), 'p');
  EXPECT_EQ(bytes[4], 0xFF);
}

TEST(Encode, RemainingLengthGrowsAtItsBoundaries) {
  for (const auto& [body, length] : {std::pair{127u, "7f"},
                                     {128u, "8001"},
                                     {16'383u, "ff7f"},
                                     {16'384u, "808001"},
                                     {2'097'151u, "ffff7f"},
                                     {2'097'152u, "80808001"}}) {
    const Publish publish{.topic = "a", .payload = std::string(body - 3, 'x')};
    const Bytes bytes = encode(publish, v311);
    const std::size_t digits = std::string_view(length).size() / 2;
    EXPECT_EQ(bytes.size(), 1 + digits + body);
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(1, digits)), length);
    EXPECT_EQ(frame_size(bytes), bytes.size());
    const DecodeResult result = decode(bytes, {v311, Sender::client});
    EXPECT_EQ(std::get<Decoded>(result).packet, Packet(publish));
  }
}

TEST(EncodeViews, BlocksAreBuiltElementByElement) {
  Bytes properties;
  append_property(PropertyId::payload_format_indicator, 1, properties);
  append_property(PropertyId::topic_alias, 2, properties);
  append_property(PropertyId::message_expiry_interval, 3, properties);
  append_property(PropertyId::subscription_identifier, 200, properties);
  append_property(PropertyId::content_type, "t", properties);
  append_user_property("n", "v", properties);
  EXPECT_EQ(to_hex(properties),
            to_hex(hex("01 01 23 0002 02 00000003 0b c801 03 0001 't' 26 0001 'n' 0001 'v'")));

  PublishView publish{.topic = "a", .payload = "p", .properties = PropertiesView(properties)};
  EXPECT_TRUE(publish.properties.has(PropertyId::topic_alias));
  EXPECT_FALSE(publish.properties.has(PropertyId::response_topic));
  EXPECT_EQ(publish.properties.get(PropertyId::subscription_identifier).number, 200u);
  EXPECT_EQ(publish.properties.get(PropertyId::content_type).text, "t");
  EXPECT_EQ(publish.properties.get(PropertyId::user_property).value, "v");
  Bytes bytes;
  encode(PacketView(publish), v5, bytes);
  EXPECT_EQ(to_hex(bytes), to_hex(hex("30 1d 0001 'a' 18")) + to_hex(properties) + "70");

  Bytes requests;
  append_request({.filter = "a", .qos = 1, .no_local = true, .retain_handling = 1}, requests);
  append_request({.filter = "b/#", .retain_as_published = true}, requests);
  SubscribeView subscribe{.packet_id = 3};
  subscribe.requests = RequestsView(requests);
  bytes.clear();
  encode(PacketView(subscribe), v5, bytes);
  EXPECT_EQ(to_hex(bytes), to_hex(hex("82 0d 0003 00 0001 'a' 15 0003 'b/#' 08")));

  Bytes filters;
  append_filter("a", filters);
  append_filter("", filters);
  UnsubscribeView unsubscribe{.packet_id = 3};
  unsubscribe.filters = FiltersView(filters);
  bytes.clear();
  encode(PacketView(unsubscribe), v311, bytes);
  EXPECT_EQ(to_hex(bytes), to_hex(hex("a2 07 0003 0001 'a' 0000")));
}

TEST(Encode, BlocksWrittenIntoOnesOwnMemoryAreTheSame) {
  std::array<std::uint8_t, 200> room{};
  BlockWriter writer(room);
  Bytes block;
  writer.property(PropertyId::payload_format_indicator, 1);
  append_property(PropertyId::payload_format_indicator, 1, block);
  writer.property(PropertyId::message_expiry_interval, 0x12345678);
  append_property(PropertyId::message_expiry_interval, 0x12345678, block);
  writer.property(PropertyId::topic_alias, 0xABCD);
  append_property(PropertyId::topic_alias, 0xABCD, block);
  writer.property(PropertyId::subscription_identifier, 300);
  append_property(PropertyId::subscription_identifier, 300, block);
  writer.property(PropertyId::content_type, "text");
  append_property(PropertyId::content_type, "text", block);
  writer.user_property("name", "value");
  append_user_property("name", "value", block);
  EXPECT_EQ(Bytes(writer.block().begin(), writer.block().end()), block);
  EXPECT_TRUE(writer.properties().has(PropertyId::topic_alias));
  EXPECT_FALSE(writer.properties().has(PropertyId::response_topic));

  BlockWriter list(room);
  Bytes requests;
  const SubscriptionRequestView request{
      .filter = "a/#", .qos = 2, .no_local = true, .retain_as_published = true, .retain_handling = 2};
  list.request(request);
  append_request(request, requests);
  EXPECT_EQ(Bytes(list.block().begin(), list.block().end()), requests);
}

}  // namespace
}  // namespace holdfast::mqtt
