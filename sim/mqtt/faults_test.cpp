// Goal: every fault that the decoder knows is found, at its byte, under its requirement. Method: one packet
// for each, broken in that one place; the last test asks whether any fault was left out, in either version.
#include "sim/mqtt/faults.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {
namespace {

constexpr Sender client = Sender::client;
constexpr Sender server = Sender::server;
using F = Fault;

struct Row {
  Fault fault;
  Version version;
  Sender sender;
  Bytes packet;
  std::size_t offset;
};

// clang-format off
std::vector<Row> fixed_header_rows() {
  return {
    {F::reserved_type, v5, client, hex("00 00"), 0},
    {F::reserved_type, v5, server, hex("0f"), 0},
    {F::reserved_type, v311, client, hex("00 00"), 0},
    {F::reserved_type, v311, server, hex("f0 00"), 0},
    {F::client_may_not_send, v5, client, hex("20 03 00 00 00"), 0},
    {F::client_may_not_send, v5, client, hex("90 04 0001 00 00"), 0},
    {F::client_may_not_send, v5, client, hex("b0 04 0001 00 00"), 0},
    {F::client_may_not_send, v311, client, hex("d0 00"), 0},
    {F::server_may_not_send, v5, server, frame(0x10, "0004 'MQTT' 05 02 003c 00 0000"), 0},
    {F::server_may_not_send, v5, server, hex("82"), 0},
    {F::server_may_not_send, v5, server, hex("a2"), 0},
    {F::server_may_not_send, v311, server, hex("c0 00"), 0},
    {F::server_may_not_send, v311, server, hex("e0 00"), 0},
    {F::flags, v5, client, hex("c1 00"), 0},
    {F::flags, v5, client, hex("11"), 0},
    {F::flags, v5, server, hex("21"), 0},
    {F::flags, v311, server, hex("42 02 0001"), 0},
    {F::flags, v311, client, hex("58 02 0001"), 0},
    {F::flags_pubrel, v5, client, hex("60 02 0001"), 0},
    {F::flags_pubrel, v311, server, hex("66 02 0001"), 0},
    {F::flags_subscribe, v5, client, hex("80"), 0},
    {F::flags_subscribe, v311, client, hex("8a"), 0},
    {F::flags_unsubscribe, v5, client, hex("a0"), 0},
    {F::flags_unsubscribe, v311, client, hex("a3"), 0},
    {F::flags_disconnect, v5, server, hex("e1 00"), 0},
    {F::flags_disconnect, v311, client, hex("e8 00"), 0},
    {F::flags_auth, v5, client, hex("f1 00"), 0},
    {F::publish_qos_3, v5, server, hex("36"), 0},
    {F::publish_qos_3, v311, client, hex("3f"), 0},
    {F::length_over_four_bytes, v5, client, hex("c0 80 80 80 80"), 1},
    {F::length_over_four_bytes, v311, client, hex("30 ff ff ff ff"), 1},
    {F::length_over_four_bytes, v5, client, frame(0x30, "0001 'a' 80 80 80 80 01"), 5},
    {F::length_over_four_bytes, v5, client, frame(0x82, "0001 05 0b 80 80 80 80 0001 'a' 00"), 6},
    {F::length_not_minimal, v5, client, hex("c0 80 00"), 1},
    {F::length_not_minimal, v311, client, hex("c0 80 80 00"), 1},
    {F::length_not_minimal, v311, client, hex("10 8c 00 0004 'MQTT' 04 02 003c 0000"), 1},
    {F::length_not_minimal, v5, server, frame(0x30, "0001 'a' 80 00"), 5},
    {F::length_not_minimal, v5, server, frame(0x30, "0001 'a' 03 0b 81 00"), 7},
    {F::length_not_minimal, v5, server, frame(0x30, "0001 'a' 03 81 00 01"), 6},
    {F::fixed_length, v5, client, hex("c0 01"), 1},
    {F::fixed_length, v5, server, hex("d0 01 00"), 1},
    {F::fixed_length, v5, server, hex("40 01"), 1},
    {F::fixed_length, v5, client, hex("62 00"), 1},
    {F::fixed_length, v311, client, hex("40 03 0001 00"), 1},
    {F::fixed_length, v311, server, hex("50 01"), 1},
    {F::fixed_length, v311, server, hex("20 03 0000 00"), 1},
    {F::fixed_length, v311, server, hex("b0 03 0001 00"), 1},
    {F::fixed_length, v311, client, hex("e0 01 00"), 1},
    {F::client_packet_too_large, v5, client, hex("30 e9 07"), 1},
    {F::client_packet_too_large, v311, client, hex("30 e9 07"), 1},
    {F::server_packet_too_large, v5, server, hex("30 e9 07"), 1},
    {F::server_packet_too_large, v311, server, hex("30 e9 07"), 1},
  };
}

std::vector<Row> layout_rows() {
  return {
    {F::layout_client, v5, client, hex("30 00"), 2},
    {F::layout_client, v5, client, hex("30 03 0004 'a'"), 2},
    {F::layout_client, v5, client, hex("32 04 0001 'a' 00"), 5},
    {F::layout_client, v5, client, hex("40 05 0001 00 00 00"), 6},
    {F::layout_client, v5, client, hex("82 01 00"), 2},
    {F::layout_client, v5, client, frame(0x82, "0001 00 0001 'a'"), 8},
    {F::layout_client, v5, client, frame(0x82, "0001 00 0001 'a' 00 00"), 9},
    {F::layout_client, v5, client, frame(0xa2, "0001 00 0002 'a'"), 5},
    {F::layout_client, v5, client, frame(0xe0, "00 00 00"), 4},
    {F::layout_client, v311, client, hex("30 01 00"), 2},
    {F::layout_client, v311, client, frame(0x82, "0001 0001 'a'"), 7},
    {F::layout_client, v311, client, frame(0xa2, "0001 0001"), 4},
    {F::layout_server, v5, server, frame(0x20, "00 00 00 00"), 5},
    {F::layout_server, v5, server, hex("20 01 00"), 3},
    {F::layout_server, v5, server, hex("90 01 00"), 2},
    {F::layout_server, v311, server, frame(0x30, "0002 'a'"), 2},
    {F::layout_server, v311, server, hex("90 00"), 2},
    {F::layout_connect, v5, client, hex("10 00"), 2},
    {F::layout_connect, v5, client, hex("10 06 0004 'MQTT'"), 8},
    {F::layout_connect, v5, client, hex("10 07 0004 'MQTT' 05"), 9},
    {F::layout_connect, v5, client, hex("10 09 0004 'MQTT' 05 02 00"), 10},
    {F::layout_connect, v5, client, frame(0x10, "0004 'MQTT' 05 c2 003c 00 0000 0000 0000 00"), 19},
    {F::layout_connect, v311, client, hex("10 03 0004 'M'"), 2},
    {F::layout_connect, v311, client, frame(0x10, "0004 'MQTT' 04 c2 003c 0000 0000 0000 00"), 18},
    {F::property_length_missing, v5, client, hex("30 03 0001 'a'"), 5},
    {F::property_length_missing, v5, client, hex("30 04 0001 'a' 80"), 5},
    {F::property_length_missing, v5, server, hex("20 02 00 00"), 4},
    {F::property_length_missing, v5, server, hex("b0 02 0001"), 4},
    {F::property_length_missing, v5, client, hex("82 02 0001"), 4},
    {F::property_length_missing, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c"), 12},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 03 01 00"), 5},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 01 01 00"), 7},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 04 02 000000 00"), 7},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 04 03 0002 'a'"), 7},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 02 23 00 01"), 7},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 06 26 0001 'n' 0001 'v'"), 10},
    {F::property_length, v5, client, frame(0x30, "0001 'a' 01 80"), 6},
    {F::property_length, v5, server, frame(0x90, "0001 06 1f 0001 'r' 00"), 4},
  };
}

std::vector<Row> string_rows() {
  return {
    {F::ill_formed, v5, client, frame(0x30, "0003 'a' c080 00"), 5},
    {F::ill_formed, v5, server, frame(0x30, "0003 eda080 00"), 4},
    {F::ill_formed, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 00 0002 'a' ff"), 16},
    {F::ill_formed, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 00 0001 80 0000"), 18},
    {F::ill_formed, v5, client, frame(0x10, "0004 'MQTT' 05 82 003c 00 0000 0001 80"), 17},
    {F::ill_formed, v5, client, frame(0x82, "0001 00 0003 f49080 00"), 7},
    {F::ill_formed, v5, client, frame(0xa2, "0001 00 0001 80"), 7},
    {F::ill_formed, v5, server, frame(0x90, "0001 04 1f 0001 c3 00"), 8},
    {F::ill_formed, v5, client, frame(0x30, "0001 'a' 04 08 0001 ff"), 9},
    {F::ill_formed, v311, client, frame(0x30, "0001 80"), 4},
    {F::ill_formed, v311, client, frame(0x10, "0004 'MQTT' 04 02 003c 0001 80"), 14},
    {F::ill_formed_user_property, v5, client, frame(0x30, "0001 'a' 06 26 0001 ff 0000"), 9},
    {F::ill_formed_user_property, v5, client, frame(0x30, "0001 'a' 06 26 0000 0001 ff"), 11},
    {F::null_character, v5, client, frame(0x30, "0003 'a' 00 'b' 00"), 5},
    {F::null_character, v5, client, frame(0x82, "0001 00 0001 00 00"), 7},
    {F::null_character, v311, client, frame(0xa2, "0001 0002 'a' 00"), 7},
    {F::null_character_user_property, v5, server, frame(0x30, "0001 'a' 06 26 0000 0001 00"), 11},
    {F::discouraged_character, v5, client, frame(0x30, "0003 'a' 01 'b' 00"), 5},
    {F::discouraged_character, v5, client, frame(0x30, "0001 'a' 0a 26 0001 'n' 0004 f09fbfbe"), 12},
    {F::discouraged_character, v311, client, frame(0x82, "0001 0002 c285 00"), 6},
  };
}

std::vector<Row> property_rows() {
  return {
    {F::property_unknown, v5, client, frame(0x30, "0001 'a' 02 00 00"), 6},
    {F::property_unknown, v5, client, frame(0x30, "0001 'a' 02 7f 00"), 6},
    {F::property_unknown, v5, client, frame(0x30, "0001 'a' 04 0100 ff7f"), 8},
    {F::property_unknown, v5, client, frame(0x30, "0001 'a' 05 11 00000001"), 6},
    {F::property_unknown, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 03 23 0001 0000"), 13},
    {F::property_unknown, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 05 18 00000000 0000"), 13},
    {F::property_unknown, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 05 11 00000000 0001 'a' 0000"), 16},
    {F::property_unknown, v5, client, frame(0xa2, "0001 04 1f 0001 'r' 0001 'a'"), 5},
    {F::property_of_other_sender, v5, client, frame(0xe0, "00 04 1c 0001 'r'"), 4},
    {F::property_twice, v5, client, frame(0x30, "0001 'a' 06 23 0001 23 0001"), 9},
    {F::property_twice, v5, client, frame(0x30, "0001 'a' 06 03 0000 03 0000"), 9},
    {F::property_twice, v5, server, frame(0x40, "0001 00 06 1f 0000 1f 0000"), 9},
    {F::property_twice, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 04 01 00 01 00 0001 'a' 0000"), 18},
    {F::property_twice_left_open, v5, client, frame(0x30, "0001 'a' 04 01 00 01 00"), 8},
    {F::property_twice_left_open, v5, client, frame(0x30, "0001 'a' 0a 02 00000001 02 00000002"), 11},
    {F::subscription_identifier_twice, v5, client, frame(0x82, "0001 04 0b 01 0b 02 0001 'a' 00"), 7},
    {F::subscription_identifier_zero, v5, client, frame(0x82, "0001 02 0b 00 0001 'a' 00"), 6},
    {F::subscription_identifier_zero, v5, server, frame(0x30, "0001 'a' 02 0b 00"), 7},
    {F::subscription_identifier_from_client, v5, client, frame(0x30, "0001 'a' 02 0b 01"), 6},
    {F::session_expiry_from_server, v5, server, frame(0xe0, "00 05 11 00000001"), 4},
    {F::payload_format_above_1, v5, client, frame(0x30, "0001 'a' 02 01 02"), 7},
    {F::payload_not_utf8, v5, client, frame(0x30, "0001 'a' 02 01 01 'x' ff"), 9},
    {F::payload_not_utf8, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 02 01 01 0001 'a' 0002 'x' c3"), 24},
    {F::receive_maximum_zero, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 03 21 0000 0000"), 14},
    {F::receive_maximum_zero, v5, server, frame(0x20, "00 00 03 21 0000"), 6},
    {F::maximum_packet_size_zero, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 05 27 00000000 0000"), 14},
    {F::request_information_above_1, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 02 17 02 0000"), 14},
    {F::request_information_above_1, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 02 19 ff 0000"), 14},
    {F::maximum_qos_above_1, v5, server, frame(0x20, "00 00 02 24 02"), 6},
    {F::retain_available_above_1, v5, server, frame(0x20, "00 00 02 25 02"), 6},
    {F::wildcard_available_above_1, v5, server, frame(0x20, "00 00 02 28 02"), 6},
    {F::subscription_identifiers_available_above_1, v5, server, frame(0x20, "00 00 02 29 02"), 6},
    {F::shared_available_above_1, v5, server, frame(0x20, "00 00 02 2a 02"), 6},
    {F::topic_alias_zero, v5, client, frame(0x30, "0001 'a' 03 23 0000"), 7},
    {F::response_topic_wildcard, v5, client, frame(0x30, "0001 'a' 06 08 0003 'a/+'"), 7},
    {F::authentication_data_alone, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 03 16 0000 0000"), 12},
    {F::authentication_method_missing, v5, client, hex("f0 00"), 2},
    {F::authentication_method_missing, v5, server, frame(0xf0, "18 03 16 0000"), 7},
  };
}

std::vector<Row> connect_rows() {
  return {
    {F::protocol_name, v5, client, frame(0x10, "0004 'mqtt' 05 02 003c 00 0000"), 2},
    {F::protocol_name, v5, client, frame(0x10, "0006 'MQIsdp' 03 02 003c 0000"), 2},
    {F::protocol_name, v5, client, frame(0x10, "0000 05 02 003c 00 0000"), 2},
    {F::protocol_name, v311, client, frame(0x10, "0004 'MQTX' 04 02 003c 0000"), 2},
    {F::protocol_level, v5, client, frame(0x10, "0004 'MQTT' 06 02 003c 00 0000"), 8},
    {F::protocol_level, v5, client, frame(0x10, "0004 'MQTT' 03 02 003c 0000"), 8},
    {F::protocol_level, v311, client, frame(0x10, "0004 'MQTT' 05 02 003c 00 0000"), 8},
    {F::connect_flag_reserved, v5, client, frame(0x10, "0004 'MQTT' 05 03 003c 00 0000"), 9},
    {F::connect_flag_reserved, v311, client, frame(0x10, "0004 'MQTT' 04 03 003c 0000"), 9},
    {F::will_qos_without_will, v5, client, frame(0x10, "0004 'MQTT' 05 0a 003c 00 0000"), 9},
    {F::will_qos_without_will, v311, client, frame(0x10, "0004 'MQTT' 04 12 003c 0000"), 9},
    {F::will_qos_without_will, v311, client, frame(0x10, "0004 'MQTT' 04 1a 003c 0000"), 9},
    {F::will_retain_without_will, v5, client, frame(0x10, "0004 'MQTT' 05 22 003c 00 0000"), 9},
    {F::will_retain_without_will, v311, client, frame(0x10, "0004 'MQTT' 04 22 003c 0000"), 9},
    {F::will_qos_3, v5, client, frame(0x10, "0004 'MQTT' 05 1e 003c 00 0000 00 0001 'a' 0000"), 9},
    {F::will_qos_3, v311, client, frame(0x10, "0004 'MQTT' 04 1e 003c 0000 0001 'a' 0000"), 9},
    {F::password_without_user_name, v311, client, frame(0x10, "0004 'MQTT' 04 42 003c 0000 0000"), 9},
    {F::client_identifier_empty, v311, client, frame(0x10, "0004 'MQTT' 04 00 003c 0000"), 12},
    {F::client_identifier_missing, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 00"), 13},
    {F::client_identifier_missing, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 00 0001"), 13},
    {F::client_identifier_missing, v311, client, frame(0x10, "0004 'MQTT' 04 02 003c 00"), 12},
    {F::will_missing, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 00 0001 'a'"), 19},
    {F::will_missing, v311, client, frame(0x10, "0004 'MQTT' 04 06 003c 0000"), 14},
    {F::user_name_missing, v5, client, frame(0x10, "0004 'MQTT' 05 82 003c 00 0000"), 15},
    {F::user_name_missing, v311, client, frame(0x10, "0004 'MQTT' 04 82 003c 0000 0002 'a'"), 14},
    {F::password_missing, v5, client, frame(0x10, "0004 'MQTT' 05 42 003c 00 0000 00"), 15},
    {F::password_missing, v311, client, frame(0x10, "0004 'MQTT' 04 c2 003c 0000 0000"), 16},
    {F::user_name_not_announced, v5, client, frame(0x10, "0004 'MQTT' 05 02 003c 00 0000 0001 'u'"), 15},
    {F::user_name_not_announced, v311, client, frame(0x10, "0004 'MQTT' 04 02 003c 0000 00"), 14},
    {F::password_not_announced, v5, client, frame(0x10, "0004 'MQTT' 05 82 003c 00 0000 0000 0000"), 17},
    {F::password_not_announced, v311, client, frame(0x10, "0004 'MQTT' 04 82 003c 0000 0000 0000"), 16},
    {F::will_topic_empty, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 00 0000 0000"), 16},
    {F::will_topic_empty, v311, client, frame(0x10, "0004 'MQTT' 04 06 003c 0000 0000 0000"), 14},
    {F::will_topic_wildcard, v5, client, frame(0x10, "0004 'MQTT' 05 06 003c 00 0000 00 0001 '#' 0000"), 16},
    {F::will_topic_wildcard, v311, client, frame(0x10, "0004 'MQTT' 04 06 003c 0000 0003 'a/+' 0000"), 14},
  };
}

std::vector<Row> other_packet_rows() {
  return {
    {F::connack_flags, v5, server, frame(0x20, "02 00 00"), 2},
    {F::connack_flags, v311, server, frame(0x20, "81 00"), 2},
    {F::session_present_with_error, v5, server, frame(0x20, "01 87 00"), 2},
    {F::session_present_with_error, v311, server, frame(0x20, "01 05"), 2},
    {F::topic_empty, v5, client, frame(0x30, "0000 00"), 2},
    {F::topic_empty, v311, client, frame(0x30, "0000"), 2},
    {F::topic_empty, v311, server, frame(0x32, "0000"), 2},
    {F::topic_wildcard, v5, client, frame(0x30, "0003 'a/#' 00"), 2},
    {F::topic_wildcard, v311, server, frame(0x30, "0001 '+'"), 2},
    {F::dup_at_qos_0, v5, server, frame(0x38, "0001 'a' 00"), 0},
    {F::dup_at_qos_0, v311, client, frame(0x39, "0001 'a'"), 0},
    {F::identifier_zero_client, v5, client, frame(0x32, "0001 'a' 0000 00"), 5},
    {F::identifier_zero_client, v5, client, frame(0x82, "0000 00 0001 'a' 00"), 2},
    {F::identifier_zero_client, v311, client, frame(0xa2, "0000 0001 'a'"), 2},
    {F::identifier_zero_server, v5, server, frame(0x34, "0001 'a' 0000 00"), 5},
    {F::identifier_zero_server, v311, server, frame(0x34, "0001 'a' 0000"), 5},
    {F::identifier_zero_reply, v5, client, hex("40 02 0000"), 2},
    {F::identifier_zero_reply, v5, server, hex("70 02 0000"), 2},
    {F::identifier_zero_reply, v311, client, hex("62 02 0000"), 2},
    {F::identifier_zero_answer, v5, server, frame(0x90, "0000 00 00"), 2},
    {F::identifier_zero_answer, v311, server, hex("b0 02 0000"), 2},
    {F::no_subscription, v5, client, frame(0x82, "0001 00"), 5},
    {F::no_subscription, v311, client, frame(0x82, "0001"), 4},
    {F::no_unsubscription, v5, client, frame(0xa2, "0001 00"), 5},
    {F::no_unsubscription, v311, client, frame(0xa2, "0001"), 4},
    {F::filter_empty, v5, client, frame(0x82, "0001 00 0001 'a' 00 0000 00"), 9},
    {F::filter_empty, v5, client, frame(0xa2, "0001 00 0000"), 5},
    {F::filter_empty, v311, client, frame(0x82, "0001 0000 00"), 4},
    {F::filter_multi_level_wildcard, v5, client, frame(0x82, "0001 00 0005 'a/#/b' 00"), 9},
    {F::filter_multi_level_wildcard, v5, client, frame(0xa2, "0001 00 0002 'a#'"), 8},
    {F::filter_multi_level_wildcard, v5, client, frame(0x82, "0001 00 000b '$share/g/b#' 00"), 17},
    {F::filter_multi_level_wildcard, v311, client, frame(0x82, "0001 0002 '##' 00"), 6},
    {F::filter_single_level_wildcard, v5, client, frame(0x82, "0001 00 0004 'a+/b' 00"), 8},
    {F::filter_single_level_wildcard, v311, client, frame(0xa2, "0001 0002 '+a'"), 6},
    {F::filter_single_level_wildcard, v311, client, frame(0xa2, "0001 0002 '+#'"), 6},
    {F::share_name_missing, v5, client, frame(0x82, "0001 00 0007 '$share/' 00"), 14},
    {F::share_name_missing, v5, client, frame(0x82, "0001 00 0009 '$share//a' 00"), 14},
    {F::share_name_not_followed, v5, client, frame(0xa2, "0001 00 0008 '$share/g'"), 15},
    {F::share_name_not_followed, v5, client, frame(0xa2, "0001 00 0009 '$share/g/'"), 16},
    {F::share_name_not_followed, v5, client, frame(0x82, "0001 00 000b '$share/g+/a' 00"), 15},
    {F::option_bits_reserved, v5, client, frame(0x82, "0001 00 0001 'a' 40"), 8},
    {F::option_bits_reserved, v5, client, frame(0x82, "0001 00 0001 'a' 80"), 8},
    {F::option_bits_reserved, v311, client, frame(0x82, "0001 0001 'a' 04"), 7},
    {F::requested_qos_3, v5, client, frame(0x82, "0001 00 0001 'a' 03"), 8},
    {F::requested_qos_3, v311, client, frame(0x82, "0001 0001 'a' 03"), 7},
    {F::retain_handling_3, v5, client, frame(0x82, "0001 00 0001 'a' 30"), 8},
    {F::no_local_shared, v5, client, frame(0x82, "0001 00 000a '$share/g/a' 05"), 17},
  };
}

std::vector<Row> reason_code_rows() {
  return {
    {F::code_connack, v5, server, frame(0x20, "00 01 00"), 3},
    {F::code_connack, v5, server, frame(0x20, "00 92 00"), 3},
    {F::code_connack, v311, server, frame(0x20, "00 06"), 3},
    {F::code_puback, v5, client, frame(0x40, "0001 01"), 4},
    {F::code_puback, v5, server, frame(0x40, "0001 93"), 4},
    {F::code_pubrec, v5, server, frame(0x50, "0001 92"), 4},
    {F::code_pubrel, v5, server, frame(0x62, "0001 80"), 4},
    {F::code_pubcomp, v5, client, frame(0x70, "0001 10"), 4},
    {F::code_suback, v5, server, frame(0x90, "0001 00 02 03"), 6},
    {F::code_suback, v5, server, frame(0x90, "0001 00 8e"), 5},
    {F::code_suback, v311, server, frame(0x90, "0001 00 87"), 5},
    {F::code_unsuback, v5, server, frame(0xb0, "0001 00 01"), 5},
    {F::code_disconnect, v5, client, frame(0xe0, "8e"), 2},
    {F::code_disconnect, v5, server, frame(0xe0, "04"), 2},
    {F::code_disconnect, v5, server, frame(0xe0, "01"), 2},
    {F::code_auth, v5, client, frame(0xf0, "00 04 15 0001 'm'"), 2},
    {F::code_auth, v5, server, frame(0xf0, "19 04 15 0001 'm'"), 2},
    {F::code_0x10_from_client, v5, client, frame(0x40, "0001 10"), 4},
    {F::no_code_suback, v5, server, frame(0x90, "0001 00"), 5},
    {F::no_code_suback, v311, server, frame(0x90, "0001"), 4},
    {F::no_code_unsuback, v5, server, frame(0xb0, "0001 00"), 5},
  };
}
// clang-format on

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (const std::vector<Row>& some : {fixed_header_rows(), layout_rows(), string_rows(), property_rows(),
                                       connect_rows(), other_packet_rows(), reason_code_rows()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

bool ends_the_connection(const DecodeError& error) {
  return error.severity == Severity::malformed || error.severity == Severity::protocol_error;
}

std::string describe(const Row& row) {
  return std::string(rule_of(row.fault).what) + " " + to_hex(row.packet) +
         (row.version == v5 ? " 5.0" : " 3.1.1") + (row.sender == client ? " client" : " server");
}

TEST(Decoder, FindsEachFaultAtItsByteAndUnderItsRequirement) {
  for (const Row& row : all_rows()) {
    const DecodeResult result = decode(row.packet, {row.version, row.sender, 1'000});
    const DecodeError expected = make_error(row.fault, row.version, row.offset);
    const auto* error = std::get_if<DecodeError>(&result);
    const auto* decoded = std::get_if<Decoded>(&result);
    if (error != nullptr) {
      EXPECT_EQ(error->offset, expected.offset) << describe(row);
      EXPECT_EQ(*error, expected) << describe(row) << "\nfound: " << error->what;
    } else if (decoded != nullptr) {
      EXPECT_FALSE(ends_the_connection(expected)) << describe(row);
      EXPECT_EQ(decoded->notes, std::vector{expected}) << describe(row);
    } else {
      ADD_FAILURE() << "wants more bytes: " << describe(row);
    }
  }
}

// The limit on packets is the one `policy` fault that ends the reading, and what a receiver may forgive is
// `should_not`; all other errors are as grave as the standard says.
TEST(Decoder, ErrorsAreMalformedOrProtocolErrors) {
  for (const Row& row : all_rows()) {
    const DecodeResult result = decode(row.packet, {row.version, row.sender, 1'000});
    const auto* error = std::get_if<DecodeError>(&result);
    if (error == nullptr || error->reason == ReasonCode::packet_too_large) continue;
    if (is_forgivable_breach(row.fault, row.version)) continue;
    EXPECT_TRUE(ends_the_connection(*error)) << describe(row);
    const bool malformed = error->severity == Severity::malformed;
    EXPECT_EQ(malformed, error->reason == ReasonCode::malformed_packet) << describe(row);
  }
}

TEST(Decoder, ForgivesIfAskedTo) {
  const std::set<Fault> not_judged{F::filter_multi_level_wildcard, F::filter_single_level_wildcard,
                                   F::share_name_missing, F::share_name_not_followed,
                                   F::client_identifier_empty};
  for (const Row& row : all_rows()) {
    const DecodeResult result = decode(
        row.packet,
        {.version = row.version, .sender = row.sender, .maximum_packet_size = 1'000, .forgiving = true});
    const DecodeError expected = make_error(row.fault, row.version, row.offset);
    const auto* decoded = std::get_if<Decoded>(&result);
    if (not_judged.contains(row.fault)) {
      EXPECT_TRUE(decoded != nullptr && decoded->notes.empty()) << describe(row);
    } else if (is_forgivable_breach(row.fault, row.version)) {
      EXPECT_TRUE(decoded != nullptr && decoded->notes == std::vector{expected}) << describe(row);
    } else {
      EXPECT_EQ(decoded != nullptr, !ends_the_connection(expected) && row.packet.size() <= 1'000 &&
                                        expected.reason != ReasonCode::packet_too_large)
          << describe(row);
    }
  }
}

TEST(Decoder, NoFaultIsLeftOutOfTheseTests) {
  std::set<std::pair<Fault, Version>> tested;
  for (const Row& row : all_rows()) tested.emplace(row.fault, row.version);
  for (const FaultRule& rule : fault_table::rows) {
    EXPECT_EQ(tested.contains({rule.fault, v5}), !rule.requirement_v5.empty()) << "5.0: " << rule.what;
    EXPECT_EQ(tested.contains({rule.fault, v311}), !rule.requirement_v311.empty()) << "3.1.1: " << rule.what;
  }
}

}  // namespace
}  // namespace holdfast::mqtt
