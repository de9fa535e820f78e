// The one table of what each packet and each property may be: the decoder judges by it, the encoder writes by
// it, and names, generators and mutators read it. Facts of chapter 2 and of the sections 3.x.2.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "sim/mqtt/faults.h"
#include "sim/mqtt/packet.h"

namespace holdfast::mqtt {

// Section 2.2.2.2, table 2-4.
enum class PropertyId : std::uint8_t {
  payload_format_indicator = 0x01,
  message_expiry_interval = 0x02,
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_identifier = 0x0B,
  session_expiry_interval = 0x11,
  assigned_client_identifier = 0x12,
  server_keep_alive = 0x13,
  authentication_method = 0x15,
  authentication_data = 0x16,
  request_problem_information = 0x17,
  will_delay_interval = 0x18,
  request_response_information = 0x19,
  response_information = 0x1A,
  server_reference = 0x1C,
  reason_string = 0x1F,
  receive_maximum = 0x21,
  topic_alias_maximum = 0x22,
  topic_alias = 0x23,
  maximum_qos = 0x24,
  retain_available = 0x25,
  user_property = 0x26,
  maximum_packet_size = 0x27,
  wildcard_subscription_available = 0x28,
  subscription_identifiers_available = 0x29,
  shared_subscription_available = 0x2A,
};
inline constexpr std::uint8_t property_id_end = 0x2B;

enum class PropertyType : std::uint8_t {
  none,
  byte,
  two_bytes,
  four_bytes,
  variable,
  text,
  binary,
  text_pair
};

// A set of packet types, one bit each. The bit of the reserved type 0 stands for the will properties inside
// CONNECT, which have a table of their own.
using PacketSet = std::uint16_t;
constexpr PacketSet in(PacketType type) { return static_cast<PacketSet>(1u << static_cast<unsigned>(type)); }
inline constexpr PacketType will_properties = PacketType::reserved;

struct PropertyRule {
  PropertyId id{};
  PropertyType type = PropertyType::none;  // none: no property has this identifier
  std::string_view name{};
  PacketSet from_client = 0;
  PacketSet from_server = 0;
  PacketSet may_repeat = 0;
  PacketSet repeat_left_open = 0;  // the standard forgets to forbid it
  std::uint32_t min = 0;           // of a number
  std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
  Fault out_of_range = Fault::property_unknown;
  Fault twice = Fault::property_twice;
  Fault wrong_sender = Fault::property_of_other_sender;  // in a packet that both sides send
};

struct PacketRule {
  PacketType type{};
  std::string_view name{};
  std::uint8_t flags = 0;  // of the fixed header; PUBLISH has its own rules
  bool client_v311 = false;
  bool server_v311 = false;
  bool client_v5 = false;
  bool server_v5 = false;
  // Bounds of the Remaining Length that hold whatever the fields say.
  std::uint32_t shortest_v311 = 0;
  std::uint32_t longest_v311 = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t shortest_v5 = 0;
  std::uint32_t longest_v5 = std::numeric_limits<std::uint32_t>::max();
  Fault wrong_flags = Fault::flags;
  Fault wrong_code = Fault::reserved_type;  // a reason code that this packet may not carry
};

// One meaning of a reason code: a code may have another name in another packet.
struct ReasonRule {
  ReasonCode code{};
  std::string_view name{};
  PacketSet from_client = 0;
  PacketSet from_server = 0;
};

namespace rule_table {

using enum PacketType;
using P = PropertyId;
using T = PropertyType;
using F = Fault;

inline constexpr PacketSet will = in(will_properties);
inline constexpr PacketSet pub = in(publish);
inline constexpr PacketSet replies = in(puback) | in(pubrec) | in(pubrel) | in(pubcomp);
inline constexpr PacketSet both_ways = pub | replies | in(disconnect) | in(auth);
inline constexpr PacketSet by_client =
    both_ways | will | in(connect) | in(subscribe) | in(unsubscribe) | in(pingreq);
inline constexpr PacketSet by_server = both_ways | in(connack) | in(suback) | in(unsuback) | in(pingresp);

inline constexpr PacketSet user_property_in = (by_client | by_server) & ~(in(pingreq) | in(pingresp));
inline constexpr PacketSet reason_string_in =
    in(connack) | replies | in(suback) | in(unsuback) | in(disconnect) | in(auth);
inline constexpr PacketSet authentication_in = in(connect) | in(connack) | in(auth);

// A property that each sender may put into the packets of the set that it sends.
constexpr PropertyRule property(P id, T type, std::string_view name, PacketSet packets) {
  PropertyRule rule;
  rule.id = id;
  rule.type = type;
  rule.name = name;
  rule.from_client = packets & by_client;
  rule.from_server = packets & by_server;
  return rule;
}

constexpr PropertyRule number(P id, T type, std::string_view name, PacketSet packets, std::uint32_t min,
                              std::uint32_t max, F out_of_range) {
  PropertyRule rule = property(id, type, name, packets);
  rule.min = min;
  rule.max = max;
  rule.out_of_range = out_of_range;
  return rule;
}

constexpr PropertyRule flag(P id, std::string_view name, PacketSet packets, F out_of_range) {
  return number(id, T::byte, name, packets, 0, 1, out_of_range);
}

constexpr PropertyRule open_when_twice(PropertyRule rule) {
  rule.repeat_left_open = pub;
  return rule;
}

constexpr PropertyRule only_from_client(PropertyRule rule, PacketSet packets, F wrong_sender) {
  rule.from_server &= static_cast<PacketSet>(~packets);
  rule.wrong_sender = wrong_sender;
  return rule;
}

constexpr PropertyRule only_from_server(PropertyRule rule, PacketSet packets, F wrong_sender) {
  rule.from_client &= static_cast<PacketSet>(~packets);
  rule.wrong_sender = wrong_sender;
  return rule;
}

constexpr PropertyRule repeatable(PropertyRule rule, PacketSet packets, F twice) {
  rule.may_repeat = packets;
  rule.twice = twice;
  return rule;
}

inline constexpr std::uint32_t u16_max = 65'535;
inline constexpr std::uint32_t u32_max = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t variable_max = 268'435'455;

// clang-format off
inline constexpr auto properties = std::to_array<PropertyRule>({
  open_when_twice(flag(P::payload_format_indicator, "Payload Format Indicator", pub | will, F::payload_format_above_1)),
  open_when_twice(property(P::message_expiry_interval, T::four_bytes, "Message Expiry Interval", pub | will)),
  property(P::content_type, T::text, "Content Type", pub | will),
  property(P::response_topic, T::text, "Response Topic", pub | will),
  property(P::correlation_data, T::binary, "Correlation Data", pub | will),
  repeatable(only_from_server(number(P::subscription_identifier, T::variable, "Subscription Identifier", pub | in(subscribe), 1, variable_max, F::subscription_identifier_zero),
             pub, F::subscription_identifier_from_client), pub, F::subscription_identifier_twice),
  only_from_client(property(P::session_expiry_interval, T::four_bytes, "Session Expiry Interval", in(connect) | in(connack) | in(disconnect)),
                   in(disconnect), F::session_expiry_from_server),
  property(P::assigned_client_identifier, T::text, "Assigned Client Identifier", in(connack)),
  property(P::server_keep_alive, T::two_bytes, "Server Keep Alive", in(connack)),
  property(P::authentication_method, T::text, "Authentication Method", authentication_in),
  property(P::authentication_data, T::binary, "Authentication Data", authentication_in),
  flag(P::request_problem_information, "Request Problem Information", in(connect), F::request_information_above_1),
  property(P::will_delay_interval, T::four_bytes, "Will Delay Interval", will),
  flag(P::request_response_information, "Request Response Information", in(connect), F::request_information_above_1),
  property(P::response_information, T::text, "Response Information", in(connack)),
  only_from_server(property(P::server_reference, T::text, "Server Reference", in(connack) | in(disconnect)),
                   in(disconnect), F::property_of_other_sender),
  property(P::reason_string, T::text, "Reason String", reason_string_in),
  number(P::receive_maximum, T::two_bytes, "Receive Maximum", in(connect) | in(connack), 1, u16_max, F::receive_maximum_zero),
  property(P::topic_alias_maximum, T::two_bytes, "Topic Alias Maximum", in(connect) | in(connack)),
  number(P::topic_alias, T::two_bytes, "Topic Alias", pub, 1, u16_max, F::topic_alias_zero),
  flag(P::maximum_qos, "Maximum QoS", in(connack), F::maximum_qos_above_1),
  flag(P::retain_available, "Retain Available", in(connack), F::retain_available_above_1),
  repeatable(property(P::user_property, T::text_pair, "User Property", user_property_in), user_property_in, F::property_twice),
  number(P::maximum_packet_size, T::four_bytes, "Maximum Packet Size", in(connect) | in(connack), 1, u32_max, F::maximum_packet_size_zero),
  flag(P::wildcard_subscription_available, "Wildcard Subscription Available", in(connack), F::wildcard_available_above_1),
  flag(P::subscription_identifiers_available, "Subscription Identifiers Available", in(connack), F::subscription_identifiers_available_above_1),
  flag(P::shared_subscription_available, "Shared Subscription Available", in(connack), F::shared_available_above_1),
});

// {type, name, flags, 3.1.1 client, server, 5.0 client, server, lengths of 3.1.1, lengths of 5.0, faults}
inline constexpr auto packets = std::to_array<PacketRule>({
  {reserved, "RESERVED"},
  {connect, "CONNECT", 0, true, false, true, false},
  {connack, "CONNACK", 0, false, true, false, true, 2, 2, 0, u32_max, F::flags, F::code_connack},
  {publish, "PUBLISH", 0, true, true, true, true},
  {puback, "PUBACK", 0, true, true, true, true, 2, 2, 2, u32_max, F::flags, F::code_puback},
  {pubrec, "PUBREC", 0, true, true, true, true, 2, 2, 2, u32_max, F::flags, F::code_pubrec},
  {pubrel, "PUBREL", 2, true, true, true, true, 2, 2, 2, u32_max, F::flags_pubrel, F::code_pubrel},
  {pubcomp, "PUBCOMP", 0, true, true, true, true, 2, 2, 2, u32_max, F::flags, F::code_pubcomp},
  {subscribe, "SUBSCRIBE", 2, true, false, true, false, 0, u32_max, 0, u32_max, F::flags_subscribe},
  {suback, "SUBACK", 0, false, true, false, true, 0, u32_max, 0, u32_max, F::flags, F::code_suback},
  {unsubscribe, "UNSUBSCRIBE", 2, true, false, true, false, 0, u32_max, 0, u32_max, F::flags_unsubscribe},
  {unsuback, "UNSUBACK", 0, false, true, false, true, 2, 2, 0, u32_max, F::flags, F::code_unsuback},
  {pingreq, "PINGREQ", 0, true, false, true, false, 0, 0, 0, 0},
  {pingresp, "PINGRESP", 0, false, true, false, true, 0, 0, 0, 0},
  {disconnect, "DISCONNECT", 0, true, false, true, true, 0, 0, 0, u32_max, F::flags_disconnect, F::code_disconnect},
  {auth, "AUTH", 0, false, false, true, true, 0, 0, 0, u32_max, F::flags_auth, F::code_auth},
});

inline constexpr PacketSet no_packet = 0;
inline constexpr PacketSet publish_acks = in(puback) | in(pubrec);
inline constexpr PacketSet sub_acks = in(suback) | in(unsuback);

using R = ReasonCode;

// Section 2.4 and the tables 3-1 and following. {code, name, from a client in, from a server in}
inline constexpr auto reasons = std::to_array<ReasonRule>({
  {R::success, "Success", replies, replies | in(connack) | in(unsuback) | in(auth)},
  {R::success, "Normal disconnection", in(disconnect), in(disconnect)},
  {R::success, "Granted QoS 0", no_packet, in(suback)},
  {R::granted_qos_1, "Granted QoS 1", no_packet, in(suback)},
  {R::granted_qos_2, "Granted QoS 2", no_packet, in(suback)},
  {R::disconnect_with_will, "Disconnect with Will Message", in(disconnect), no_packet},
  {R::no_matching_subscribers, "No matching subscribers", publish_acks, publish_acks},
  {R::no_subscription_existed, "No subscription existed", no_packet, in(unsuback)},
  {R::continue_authentication, "Continue authentication", in(auth), in(auth)},
  {R::reauthenticate, "Re-authenticate", in(auth), no_packet},
  {R::unspecified_error, "Unspecified error", publish_acks | in(disconnect), publish_acks | in(connack) | sub_acks | in(disconnect)},
  {R::malformed_packet, "Malformed Packet", in(disconnect), in(connack) | in(disconnect)},
  {R::protocol_error, "Protocol Error", in(disconnect), in(connack) | in(disconnect)},
  {R::implementation_specific_error, "Implementation specific error", publish_acks | in(disconnect), publish_acks | in(connack) | sub_acks | in(disconnect)},
  {R::unsupported_protocol_version, "Unsupported Protocol Version", no_packet, in(connack)},
  {R::client_identifier_not_valid, "Client Identifier not valid", no_packet, in(connack)},
  {R::bad_user_name_or_password, "Bad User Name or Password", no_packet, in(connack)},
  {R::not_authorized, "Not authorized", publish_acks, publish_acks | in(connack) | sub_acks | in(disconnect)},
  {R::server_unavailable, "Server unavailable", no_packet, in(connack)},
  {R::server_busy, "Server busy", no_packet, in(connack) | in(disconnect)},
  {R::banned, "Banned", no_packet, in(connack)},
  {R::server_shutting_down, "Server shutting down", no_packet, in(disconnect)},
  {R::bad_authentication_method, "Bad authentication method", no_packet, in(connack) | in(disconnect)},
  {R::keep_alive_timeout, "Keep Alive timeout", no_packet, in(disconnect)},
  {R::session_taken_over, "Session taken over", no_packet, in(disconnect)},
  {R::topic_filter_invalid, "Topic Filter invalid", no_packet, sub_acks | in(disconnect)},
  {R::topic_name_invalid, "Topic Name invalid", publish_acks | in(disconnect), publish_acks | in(connack) | in(disconnect)},
  {R::packet_identifier_in_use, "Packet Identifier in use", publish_acks, publish_acks | sub_acks},
  {R::packet_identifier_not_found, "Packet Identifier not found", in(pubrel) | in(pubcomp), in(pubrel) | in(pubcomp)},
  {R::receive_maximum_exceeded, "Receive Maximum exceeded", in(disconnect), in(disconnect)},
  {R::topic_alias_invalid, "Topic Alias invalid", in(disconnect), in(disconnect)},
  {R::packet_too_large, "Packet too large", in(disconnect), in(connack) | in(disconnect)},
  {R::message_rate_too_high, "Message rate too high", in(disconnect), in(disconnect)},
  {R::quota_exceeded, "Quota exceeded", publish_acks | in(disconnect), publish_acks | in(connack) | in(suback) | in(disconnect)},
  {R::administrative_action, "Administrative action", in(disconnect), in(disconnect)},
  {R::payload_format_invalid, "Payload format invalid", publish_acks | in(disconnect), publish_acks | in(connack) | in(disconnect)},
  {R::retain_not_supported, "Retain not supported", no_packet, in(connack) | in(disconnect)},
  // A client may use it for a message above the QoS that it subscribed with (section 3.3.4).
  {R::qos_not_supported, "QoS not supported", in(disconnect), in(connack) | in(disconnect)},
  {R::use_another_server, "Use another server", no_packet, in(connack) | in(disconnect)},
  {R::server_moved, "Server moved", no_packet, in(connack) | in(disconnect)},
  {R::shared_subscriptions_not_supported, "Shared Subscriptions not supported", no_packet, in(suback) | in(disconnect)},
  {R::connection_rate_exceeded, "Connection rate exceeded", no_packet, in(connack) | in(disconnect)},
  {R::maximum_connect_time, "Maximum connect time", no_packet, in(disconnect)},
  {R::subscription_identifiers_not_supported, "Subscription Identifiers not supported", no_packet, in(suback) | in(disconnect)},
  {R::wildcard_subscriptions_not_supported, "Wildcard Subscriptions not supported", no_packet, in(suback) | in(disconnect)},
});
// clang-format on

consteval auto properties_by_id() {
  std::array<PropertyRule, property_id_end> by_id{};
  for (const PropertyRule& rule : properties) by_id[static_cast<std::size_t>(rule.id)] = rule;
  return by_id;
}
inline constexpr auto property_by_id = properties_by_id();

consteval auto codes_of(Sender sender) {
  std::array<PacketSet, 256> packets_by_code{};
  for (const ReasonRule& rule : reasons) {
    packets_by_code[static_cast<std::size_t>(rule.code)] |=
        sender == Sender::client ? rule.from_client : rule.from_server;
  }
  return packets_by_code;
}
inline constexpr auto codes_from_client = codes_of(Sender::client);
inline constexpr auto codes_from_server = codes_of(Sender::server);

}  // namespace rule_table

// The rule of a property identifier; type `none` if no property has it.
constexpr const PropertyRule& rule_of(PropertyId id) {
  const auto index = static_cast<std::size_t>(id);
  return rule_table::property_by_id[index < property_id_end ? index : 0];
}

constexpr const PacketRule& rule_of(PacketType type) {
  return rule_table::packets[static_cast<std::size_t>(type)];
}

constexpr bool may_send(const PacketRule& rule, Sender sender, Version version) {
  if (version == Version::v5) return sender == Sender::client ? rule.client_v5 : rule.server_v5;
  return sender == Sender::client ? rule.client_v311 : rule.server_v311;
}

// The packets in which `sender` may put the property.
constexpr PacketSet packets_of(const PropertyRule& rule, Sender sender) {
  return sender == Sender::client ? rule.from_client : rule.from_server;
}

// Whether a 5.0 packet of that type from `sender` may carry the code.
constexpr bool may_carry(PacketType type, Sender sender, std::uint8_t code) {
  const auto& codes =
      sender == Sender::client ? rule_table::codes_from_client : rule_table::codes_from_server;
  return (codes[code] & in(type)) != 0;
}

}  // namespace holdfast::mqtt
