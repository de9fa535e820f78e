// Everything that the decoder can find wrong with a packet, each with the requirement that it breaks in
// either version, the reason code that 5.0 would answer, and how grave it is.
//
// Which statement is named when several apply: the one that tells the receiver to close where there is one
// (MQTT-1.5.4-1 for any ill-formed string, rather than the statement about that string's field), else the one
// that speaks of this packet, else the catch-all of the version (MQTT-4.13.1-1, MQTT-4.8.0-1).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/mqtt/codec.h"

namespace holdfast::mqtt {

enum class Fault : std::uint8_t {
  // Fixed header.
  reserved_type,
  client_may_not_send,
  server_may_not_send,
  flags,
  flags_pubrel,
  flags_subscribe,
  flags_unsubscribe,
  flags_disconnect,
  flags_auth,
  publish_qos_3,
  length_over_four_bytes,
  length_not_minimal,
  fixed_length,
  client_packet_too_large,
  server_packet_too_large,
  // Layout.
  layout_client,
  layout_server,
  layout_connect,
  property_length_missing,
  property_length,
  // Strings.
  ill_formed,
  ill_formed_user_property,
  null_character,
  null_character_user_property,
  discouraged_character,
  // Properties.
  property_unknown,
  property_of_other_sender,
  property_twice,
  property_twice_left_open,
  subscription_identifier_twice,
  subscription_identifier_zero,
  subscription_identifier_from_client,
  session_expiry_from_server,
  payload_format_above_1,
  payload_not_utf8,
  receive_maximum_zero,
  maximum_packet_size_zero,
  request_information_above_1,
  maximum_qos_above_1,
  retain_available_above_1,
  wildcard_available_above_1,
  subscription_identifiers_available_above_1,
  shared_available_above_1,
  topic_alias_zero,
  response_topic_wildcard,
  authentication_data_alone,
  authentication_method_missing,
  // CONNECT.
  protocol_name,
  protocol_level,
  connect_flag_reserved,
  will_qos_without_will,
  will_retain_without_will,
  will_qos_3,
  password_without_user_name,
  client_identifier_missing,
  client_identifier_empty,
  will_missing,
  user_name_missing,
  password_missing,
  user_name_not_announced,
  password_not_announced,
  will_topic_empty,
  will_topic_wildcard,
  // CONNACK.
  connack_flags,
  session_present_with_error,
  // PUBLISH.
  topic_empty,
  topic_wildcard,
  dup_at_qos_0,
  // Packet identifiers.
  identifier_zero_client,
  identifier_zero_server,
  identifier_zero_reply,
  identifier_zero_answer,
  // SUBSCRIBE, UNSUBSCRIBE.
  no_subscription,
  no_unsubscription,
  filter_empty,
  filter_multi_level_wildcard,
  filter_single_level_wildcard,
  share_name_missing,
  share_name_not_followed,
  option_bits_reserved,
  requested_qos_3,
  retain_handling_3,
  no_local_shared,
  // Reason codes.
  code_connack,
  code_puback,
  code_pubrec,
  code_pubrel,
  code_pubcomp,
  code_suback,
  code_unsuback,
  code_disconnect,
  code_auth,
  code_0x10_from_client,
  no_code_suback,
  no_code_unsuback,
};

struct FaultRule {
  Fault fault;
  std::string_view requirement_v5;    // empty: cannot occur in 5.0
  std::string_view requirement_v311;  // empty: cannot occur in 3.1.1
  ReasonCode reason;
  Severity severity;
  std::string_view what;
};

namespace fault_table {

using enum Severity;
inline constexpr ReasonCode r81 = ReasonCode::malformed_packet;
inline constexpr ReasonCode r82 = ReasonCode::protocol_error;
inline constexpr ReasonCode r84 = ReasonCode::unsupported_protocol_version;
inline constexpr ReasonCode r85 = ReasonCode::client_identifier_not_valid;
inline constexpr ReasonCode r8F = ReasonCode::topic_filter_invalid;
inline constexpr ReasonCode r90 = ReasonCode::topic_name_invalid;
inline constexpr ReasonCode r94 = ReasonCode::topic_alias_invalid;
inline constexpr ReasonCode r95 = ReasonCode::packet_too_large;
inline constexpr ReasonCode r99 = ReasonCode::payload_format_invalid;

using F = Fault;

// clang-format off
inline constexpr auto rows = std::to_array<FaultRule>({
  {F::reserved_type, "HF-5.0-E20", "HF-3.1.1-G03", r81, malformed, "The packet type is reserved."},
  {F::client_may_not_send, "HF-5.0-E20", "HF-3.1.1-G03", r82, protocol_error, "A client never sends this packet type."},
  {F::server_may_not_send, "HF-5.0-E20", "HF-3.1.1-G38", r82, protocol_error, "A server never sends this packet type."},
  {F::flags, "MQTT-2.1.3-1", "MQTT-2.2.2-2", r81, malformed, "The flags of the fixed header are not those of the packet type."},
  {F::flags_pubrel, "MQTT-3.6.1-1", "MQTT-3.6.1-1", r81, malformed, "The flags of PUBREL are not 0010."},
  {F::flags_subscribe, "MQTT-3.8.1-1", "MQTT-3.8.1-1", r81, malformed, "The flags of SUBSCRIBE are not 0010."},
  {F::flags_unsubscribe, "MQTT-3.10.1-1", "MQTT-3.10.1-1", r81, malformed, "The flags of UNSUBSCRIBE are not 0010."},
  {F::flags_disconnect, "MQTT-3.14.1-1", "MQTT-3.14.1-1", r81, malformed, "The flags of DISCONNECT are not 0000."},
  {F::flags_auth, "MQTT-3.15.1-1", "", r81, malformed, "The flags of AUTH are not 0000."},
  {F::publish_qos_3, "MQTT-3.3.1-4", "MQTT-3.3.1-4", r81, malformed, "Both QoS bits are set."},
  {F::length_over_four_bytes, "HF-5.0-E21", "HF-3.1.1-G01", r81, malformed, "A variable byte integer has more than four bytes."},
  {F::length_not_minimal, "MQTT-1.5.5-1", "HF-3.1.1-G01", r81, should_not, "A variable byte integer has more bytes than it needs."},
  {F::fixed_length, "MQTT-4.13.1-1", "HF-3.1.1-G02", r81, malformed, "The Remaining Length cannot be that of this packet type."},
  {F::client_packet_too_large, "MQTT-3.2.2-15", "MQTT-4.8.0-2", r95, policy, "The packet is larger than the receiver allows."},
  {F::server_packet_too_large, "MQTT-3.1.2-24", "MQTT-4.8.0-2", r95, policy, "The packet is larger than the receiver allows."},

  {F::layout_client, "MQTT-4.13.1-1", "MQTT-4.8.0-1", r81, malformed, "The packet is shorter or longer than its fields."},
  {F::layout_server, "MQTT-4.13.1-1", "HF-3.1.1-G38", r81, malformed, "The packet is shorter or longer than its fields."},
  {F::layout_connect, "MQTT-3.1.4-1", "MQTT-3.1.4-1", r81, malformed, "CONNECT is shorter or longer than its fields."},
  {F::property_length_missing, "MQTT-2.2.2-1", "", r81, malformed, "The Property Length is missing or cut off."},
  {F::property_length, "HF-5.0-E03", "", r81, malformed, "The Property Length does not agree with the properties."},

  {F::ill_formed, "MQTT-1.5.4-1", "MQTT-1.5.3-1", r81, malformed, "A string is not well-formed UTF-8."},
  {F::ill_formed_user_property, "MQTT-1.5.7-1", "", r81, malformed, "A string of a User Property is not well-formed UTF-8."},
  {F::null_character, "MQTT-1.5.4-2", "MQTT-1.5.3-2", r81, malformed, "A string holds U+0000."},
  {F::null_character_user_property, "MQTT-1.5.7-1", "", r81, malformed, "A string of a User Property holds U+0000."},
  {F::discouraged_character, "MQTT-1.5.4-1", "HF-3.1.1-G04", r81, should_not, "A string holds a control character or a non-character."},

  {F::property_unknown, "HF-5.0-E02", "", r81, malformed, "The property is unknown or not defined for this packet."},
  {F::property_of_other_sender, "HF-5.0-E02", "", r82, protocol_error, "Only the other side may send this property in this packet."},
  {F::property_twice, "HF-5.0-E01", "", r82, protocol_error, "A property that may occur only once is there twice."},
  {F::property_twice_left_open, "HF-5.0-E01", "", r82, policy, "A property is there twice, of which the standard says nothing here."},
  {F::subscription_identifier_twice, "HF-5.0-E15", "", r82, protocol_error, "SUBSCRIBE has more than one Subscription Identifier."},
  {F::subscription_identifier_zero, "HF-5.0-E15", "", r82, protocol_error, "The Subscription Identifier is 0."},
  {F::subscription_identifier_from_client, "MQTT-3.3.4-6", "", r82, protocol_error, "A PUBLISH from a client has a Subscription Identifier."},
  {F::session_expiry_from_server, "MQTT-3.14.2-2", "", r82, protocol_error, "A DISCONNECT from a server has a Session Expiry Interval."},
  {F::payload_format_above_1, "HF-5.0-E27", "", r82, policy, "The Payload Format Indicator is neither 0 nor 1."},
  {F::payload_not_utf8, "HF-5.0-E27", "", r99, policy, "The payload is not the UTF-8 that its Payload Format Indicator tells."},
  {F::receive_maximum_zero, "HF-5.0-E04", "", r82, protocol_error, "The Receive Maximum is 0."},
  {F::maximum_packet_size_zero, "HF-5.0-E05", "", r82, protocol_error, "The Maximum Packet Size is 0."},
  {F::request_information_above_1, "HF-5.0-E06", "", r82, protocol_error, "A request for information is neither 0 nor 1."},
  {F::maximum_qos_above_1, "MQTT-3.2.2-9", "", r82, protocol_error, "The Maximum QoS is neither 0 nor 1."},
  {F::retain_available_above_1, "HF-5.0-E10", "", r82, protocol_error, "Retain Available is neither 0 nor 1."},
  {F::wildcard_available_above_1, "HF-5.0-E12", "", r82, protocol_error, "Wildcard Subscription Available is neither 0 nor 1."},
  {F::subscription_identifiers_available_above_1, "HF-5.0-E13", "", r82, protocol_error, "Subscription Identifiers Available is neither 0 nor 1."},
  {F::shared_available_above_1, "HF-5.0-E14", "", r82, protocol_error, "Shared Subscription Available is neither 0 nor 1."},
  {F::topic_alias_zero, "MQTT-3.3.2-8", "", r94, protocol_error, "The Topic Alias is 0."},
  {F::response_topic_wildcard, "MQTT-3.3.2-14", "", r82, protocol_error, "The Response Topic has a wildcard."},
  {F::authentication_data_alone, "HF-5.0-E07", "", r82, protocol_error, "CONNECT has Authentication Data and no Authentication Method."},
  {F::authentication_method_missing, "HF-5.0-E37", "", r82, protocol_error, "AUTH has no Authentication Method."},

  {F::protocol_name, "MQTT-3.1.2-1", "MQTT-3.1.2-1", r84, protocol_error, "The protocol name is not MQTT."},
  {F::protocol_level, "MQTT-3.1.2-2", "MQTT-3.1.2-2", r84, protocol_error, "The protocol level is not one that is decoded here."},
  {F::connect_flag_reserved, "MQTT-3.1.2-3", "MQTT-3.1.2-3", r81, malformed, "Bit 0 of the Connect Flags is set."},
  {F::will_qos_without_will, "MQTT-3.1.2-11", "MQTT-3.1.2-13", r81, malformed, "There is a Will QoS and no will."},
  {F::will_retain_without_will, "MQTT-3.1.2-13", "MQTT-3.1.2-15", r81, malformed, "Will Retain is set and there is no will."},
  {F::will_qos_3, "MQTT-3.1.2-12", "MQTT-3.1.2-14", r81, malformed, "The Will QoS is 3."},
  {F::password_without_user_name, "", "MQTT-3.1.2-22", r81, malformed, "There is a password and no user name."},
  {F::client_identifier_missing, "MQTT-3.1.3-3", "MQTT-3.1.3-3", r81, malformed, "The client identifier is missing or cut off."},
  {F::client_identifier_empty, "", "MQTT-3.1.3-7", r85, protocol_error, "The client identifier is empty and Clean Session is 0."},
  {F::will_missing, "MQTT-3.1.2-9", "MQTT-3.1.2-9", r81, malformed, "A field of the will is missing or cut off."},
  {F::user_name_missing, "MQTT-3.1.2-17", "MQTT-3.1.2-19", r81, malformed, "The user name is missing or cut off."},
  {F::password_missing, "MQTT-3.1.2-19", "MQTT-3.1.2-21", r81, malformed, "The password is missing or cut off."},
  {F::user_name_not_announced, "MQTT-3.1.2-16", "MQTT-3.1.2-18", r81, malformed, "Bytes are left over in a CONNECT without User Name Flag."},
  {F::password_not_announced, "MQTT-3.1.2-18", "MQTT-3.1.2-20", r81, malformed, "Bytes are left over in a CONNECT without Password Flag."},
  {F::will_topic_empty, "MQTT-4.7.3-1", "MQTT-4.7.3-1", r90, protocol_error, "The Will Topic is empty."},
  {F::will_topic_wildcard, "MQTT-4.7.0-1", "HF-3.1.1-G16", r90, should_not, "The Will Topic has a wildcard."},

  {F::connack_flags, "MQTT-3.2.2-1", "HF-3.1.1-G05", r81, malformed, "A reserved bit of the Connect Acknowledge Flags is set."},
  {F::session_present_with_error, "MQTT-3.2.2-6", "MQTT-3.2.2-4", r82, protocol_error, "Session Present is 1 in a refusal."},

  {F::topic_empty, "HF-5.0-E17", "MQTT-4.7.3-1", r82, protocol_error, "The topic is empty and there is no Topic Alias."},
  {F::topic_wildcard, "MQTT-3.3.2-2", "MQTT-3.3.2-2", r90, protocol_error, "The topic has a wildcard."},
  {F::dup_at_qos_0, "MQTT-3.3.1-2", "MQTT-3.3.1-2", r81, should_not, "DUP is 1 at QoS 0."},

  {F::identifier_zero_client, "MQTT-2.2.1-3", "MQTT-2.3.1-1", r82, protocol_error, "The packet identifier is 0."},
  {F::identifier_zero_server, "MQTT-2.2.1-4", "MQTT-2.3.1-1", r82, protocol_error, "The packet identifier is 0."},
  {F::identifier_zero_reply, "HF-5.0-E18", "MQTT-2.3.1-6", r82, protocol_error, "The packet identifier is 0."},
  {F::identifier_zero_answer, "HF-5.0-E18", "MQTT-2.3.1-7", r82, protocol_error, "The packet identifier is 0."},

  {F::no_subscription, "MQTT-3.8.3-2", "MQTT-3.8.3-3", r82, protocol_error, "SUBSCRIBE has no filter."},
  {F::no_unsubscription, "MQTT-3.10.3-2", "MQTT-3.10.3-2", r82, protocol_error, "UNSUBSCRIBE has no filter."},
  {F::filter_empty, "MQTT-4.7.3-1", "MQTT-4.7.3-1", r8F, protocol_error, "A topic filter is empty."},
  {F::filter_multi_level_wildcard, "MQTT-4.7.1-1", "MQTT-4.7.1-2", r8F, protocol_error, "A # in a topic filter is not the last whole level."},
  {F::filter_single_level_wildcard, "MQTT-4.7.1-2", "MQTT-4.7.1-3", r8F, protocol_error, "A + in a topic filter is not a whole level."},
  {F::share_name_missing, "MQTT-4.8.2-1", "", r8F, protocol_error, "A shared subscription has no share name."},
  {F::share_name_not_followed, "MQTT-4.8.2-2", "", r8F, protocol_error, "A share name has a wildcard, or no topic filter behind it."},
  {F::option_bits_reserved, "MQTT-3.8.3-5", "MQTT-3.8.3-4", r81, malformed, "A reserved bit of the Subscription Options is set."},
  {F::requested_qos_3, "HF-5.0-E19", "MQTT-3.8.3-4", r82, protocol_error, "The requested QoS is 3."},
  {F::retain_handling_3, "HF-5.0-E19", "", r82, protocol_error, "Retain Handling is 3."},
  {F::no_local_shared, "MQTT-3.8.3-4", "", r82, protocol_error, "No Local is set on a shared subscription."},

  {F::code_connack, "MQTT-3.2.2-8", "MQTT-3.2.2-6", r82, protocol_error, "The code is not one of CONNACK."},
  {F::code_puback, "MQTT-3.4.2-1", "", r82, protocol_error, "The reason code is not one of PUBACK."},
  {F::code_pubrec, "MQTT-3.5.2-1", "", r82, protocol_error, "The reason code is not one of PUBREC."},
  {F::code_pubrel, "MQTT-3.6.2-1", "", r82, protocol_error, "The reason code is not one of PUBREL."},
  {F::code_pubcomp, "MQTT-3.7.2-1", "", r82, protocol_error, "The reason code is not one of PUBCOMP."},
  {F::code_suback, "MQTT-3.9.3-2", "MQTT-3.9.3-2", r82, protocol_error, "The code is not one of SUBACK."},
  {F::code_unsuback, "MQTT-3.11.3-2", "", r82, protocol_error, "The reason code is not one of UNSUBACK."},
  {F::code_disconnect, "MQTT-3.14.2-1", "", r82, protocol_error, "The reason code is not one of DISCONNECT from this sender."},
  {F::code_auth, "MQTT-3.15.2-1", "", r82, protocol_error, "The reason code is not one of AUTH from this sender."},
  {F::code_0x10_from_client, "HF-5.0-E28", "", r82, policy, "Only a server can know that there are no matching subscribers."},
  {F::no_code_suback, "MQTT-3.8.4-6", "MQTT-3.8.4-5", r82, protocol_error, "SUBACK has no code."},
  {F::no_code_unsuback, "MQTT-3.11.3-1", "", r82, protocol_error, "UNSUBACK has no reason code."},
});
// clang-format on

consteval bool rows_stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].fault) != i) return false;
  }
  return true;
}
static_assert(rows_stand_in_order());

}  // namespace fault_table

constexpr const FaultRule& rule_of(Fault fault) { return fault_table::rows[static_cast<std::size_t>(fault)]; }

// A breach of the sender's MUST that a receiver may forgive: an error unless DecodeOptions::forgiving says
// so.
constexpr bool is_forgivable_breach(Fault fault, Version version) {
  if (fault == Fault::length_not_minimal) return version == Version::v5;
  return fault == Fault::dup_at_qos_0 || fault == Fault::will_topic_wildcard;
}

// The error that a fault at `offset` bytes from the packet's start makes in a packet of that version. 3.1.1
// does not ask for the shortest form of a length, so that fault is only `policy` there.
constexpr DecodeError make_error(Fault fault, Version version, std::size_t offset) {
  const FaultRule& rule = rule_of(fault);
  const bool v5 = version == Version::v5;
  const Severity severity = fault == Fault::length_not_minimal && !v5 ? Severity::policy : rule.severity;
  return {offset, v5 ? rule.requirement_v5 : rule.requirement_v311, rule.reason, severity, rule.what};
}

}  // namespace holdfast::mqtt
