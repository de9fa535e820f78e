// The fifteen Control Packets of MQTT 3.1.1 and 5.0 as values: they copy, compare and print.
//
// One set of types serves both versions. What a version does not have stays at its default: a 3.1.1 packet
// has empty properties, a 3.1.1 PUBACK has reason code 0x00. Values may break every rule of the standard,
// since the tester has to send wrong packets too; only the decoder and the checkers judge.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace holdfast {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

}  // namespace holdfast

namespace holdfast::mqtt {

// The Protocol Level (3.1.1) or Protocol Version (5.0) byte of CONNECT, section 3.1.2.2.
enum class Version : std::uint8_t { v3_1_1 = 4, v5 = 5 };

// Who sent a packet. Several rules depend on it.
enum class Sender : std::uint8_t { client, server };

// Section 2.1.2, table 2-1.
enum class PacketType : std::uint8_t {
  reserved = 0,
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};

// Reason Codes of 5.0 (section 2.4). In a 3.1.1 CONNACK the same byte is the Connect Return Code (0 to 5),
// in a 3.1.1 SUBACK the return code (0, 1, 2 or 0x80). Any byte can be held.
enum class ReasonCode : std::uint8_t {
  success = 0x00,
  granted_qos_1 = 0x01,
  granted_qos_2 = 0x02,
  disconnect_with_will = 0x04,
  no_matching_subscribers = 0x10,
  no_subscription_existed = 0x11,
  continue_authentication = 0x18,
  reauthenticate = 0x19,
  unspecified_error = 0x80,
  malformed_packet = 0x81,
  protocol_error = 0x82,
  implementation_specific_error = 0x83,
  unsupported_protocol_version = 0x84,
  client_identifier_not_valid = 0x85,
  bad_user_name_or_password = 0x86,
  not_authorized = 0x87,
  server_unavailable = 0x88,
  server_busy = 0x89,
  banned = 0x8A,
  server_shutting_down = 0x8B,
  bad_authentication_method = 0x8C,
  keep_alive_timeout = 0x8D,
  session_taken_over = 0x8E,
  topic_filter_invalid = 0x8F,
  topic_name_invalid = 0x90,
  packet_identifier_in_use = 0x91,
  packet_identifier_not_found = 0x92,
  receive_maximum_exceeded = 0x93,
  topic_alias_invalid = 0x94,
  packet_too_large = 0x95,
  message_rate_too_high = 0x96,
  quota_exceeded = 0x97,
  administrative_action = 0x98,
  payload_format_invalid = 0x99,
  retain_not_supported = 0x9A,
  qos_not_supported = 0x9B,
  use_another_server = 0x9C,
  server_moved = 0x9D,
  shared_subscriptions_not_supported = 0x9E,
  connection_rate_exceeded = 0x9F,
  maximum_connect_time = 0xA0,
  subscription_identifiers_not_supported = 0xA1,
  wildcard_subscriptions_not_supported = 0xA2,
};

// 0x80 and above tell of a failure (section 2.4).
constexpr bool is_error(ReasonCode code) { return static_cast<std::uint8_t>(code) >= 0x80; }

using UserProperty = std::pair<std::string, std::string>;

// All properties of section 2.2.2.2; a packet uses those that its table allows. Absent is not the same as
// the default value: both can be expressed.
struct Properties {
  std::optional<std::uint8_t> payload_format_indicator{};
  std::optional<std::uint32_t> message_expiry_interval{};  // seconds
  std::optional<std::string> content_type{};
  std::optional<std::string> response_topic{};
  std::optional<std::string> correlation_data{};
  std::vector<std::uint32_t> subscription_identifiers{};   // at most one in SUBSCRIBE
  std::optional<std::uint32_t> session_expiry_interval{};  // seconds; 0xFFFFFFFF: does not expire
  std::optional<std::string> assigned_client_identifier{};
  std::optional<std::uint16_t> server_keep_alive{};  // seconds
  std::optional<std::string> authentication_method{};
  std::optional<std::string> authentication_data{};
  std::optional<std::uint8_t> request_problem_information{};
  std::optional<std::uint32_t> will_delay_interval{};  // seconds
  std::optional<std::uint8_t> request_response_information{};
  std::optional<std::string> response_information{};
  std::optional<std::string> server_reference{};
  std::optional<std::string> reason_string{};
  std::optional<std::uint16_t> receive_maximum{};
  std::optional<std::uint16_t> topic_alias_maximum{};
  std::optional<std::uint16_t> topic_alias{};
  std::optional<std::uint8_t> maximum_qos{};
  std::optional<std::uint8_t> retain_available{};
  std::vector<UserProperty> user_properties{};
  std::optional<std::uint32_t> maximum_packet_size{};  // bytes
  std::optional<std::uint8_t> wildcard_subscription_available{};
  std::optional<std::uint8_t> subscription_identifiers_available{};
  std::optional<std::uint8_t> shared_subscription_available{};

  bool operator==(const Properties&) const = default;
};

inline constexpr std::uint32_t session_never_expires = 0xFFFFFFFF;

// The Will Message of section 3.1.2.5 with what belongs to it in the CONNECT payload.
struct Will {
  std::string topic{};
  std::string payload{};
  std::uint8_t qos = 0;
  bool retain = false;
  Properties properties{};

  bool operator==(const Will&) const = default;
};

struct Connect {
  std::string client_id{};
  bool clean_start = true;        // Clean Session in 3.1.1
  std::uint16_t keep_alive = 60;  // seconds; 0 turns the mechanism off
  std::optional<Will> will{};
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
  Properties properties{};
  std::uint8_t protocol_level = 5;  // 4 for 3.1.1; the encoder's layout follows its own version argument
  std::string protocol_name = "MQTT";

  bool operator==(const Connect&) const = default;
};

struct Connack {
  bool session_present = false;
  ReasonCode reason = ReasonCode::success;  // Connect Return Code in 3.1.1
  Properties properties{};

  bool operator==(const Connack&) const = default;
};

struct Publish {
  std::string topic{};
  std::string payload{};
  std::uint8_t qos = 0;
  bool retain = false;
  bool dup = false;
  std::uint16_t packet_id = 0;  // on the wire only at QoS 1 and 2
  Properties properties{};

  bool operator==(const Publish&) const = default;
};

// PUBACK, PUBREC, PUBREL and PUBCOMP have one layout (sections 3.4 to 3.7).
template <PacketType type_value>
struct PublishReply {
  std::uint16_t packet_id = 0;
  ReasonCode reason = ReasonCode::success;
  Properties properties{};

  bool operator==(const PublishReply&) const = default;
};
using Puback = PublishReply<PacketType::puback>;
using Pubrec = PublishReply<PacketType::pubrec>;
using Pubrel = PublishReply<PacketType::pubrel>;
using Pubcomp = PublishReply<PacketType::pubcomp>;

// One Topic Filter of a SUBSCRIBE with its Subscription Options (5.0 section 3.8.3.1); in 3.1.1 only `qos`.
struct SubscriptionRequest {
  std::string filter{};
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint8_t retain_handling = 0;

  bool operator==(const SubscriptionRequest&) const = default;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<SubscriptionRequest> requests{};
  Properties properties{};

  bool operator==(const Subscribe&) const = default;
};

struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<ReasonCode> reasons{};
  Properties properties{};

  bool operator==(const Suback&) const = default;
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string> filters{};
  Properties properties{};

  bool operator==(const Unsubscribe&) const = default;
};

struct Unsuback {
  std::uint16_t packet_id = 0;
  std::vector<ReasonCode> reasons{};  // always empty in 3.1.1
  Properties properties{};

  bool operator==(const Unsuback&) const = default;
};

struct Pingreq {
  bool operator==(const Pingreq&) const = default;
};

struct Pingresp {
  bool operator==(const Pingresp&) const = default;
};

struct Disconnect {
  ReasonCode reason = ReasonCode::success;
  Properties properties{};

  bool operator==(const Disconnect&) const = default;
};

// 5.0 only (section 3.15).
struct Auth {
  ReasonCode reason = ReasonCode::success;
  Properties properties{};

  bool operator==(const Auth&) const = default;
};

using Packet = std::variant<Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe, Suback,
                            Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

// The alternatives of Packet stand in the order of their type codes.
inline PacketType type_of(const Packet& packet) { return static_cast<PacketType>(packet.index() + 1); }

// "PUBLISH", "PUBREL", ... as the standard writes them; "RESERVED" for 0.
std::string_view name_of(PacketType type);
// The packet type of such a name, whatever its case; nullopt for any other word.
std::optional<PacketType> packet_type_named(std::string_view name);
// "Session taken over" and the like for 5.0; the names of the Connect Return Codes and of the 3.1.1 SUBACK
// codes for 3.1.1. Never empty: an unknown code is "unknown reason code".
std::string_view name_of(ReasonCode code, PacketType packet, Version version);

// One line for people: "PUBLISH id 7 qos 1 dup \"a/b\" 5 bytes \"hello\"". Control characters and bytes that
// are not UTF-8 are escaped, long payloads are cut.
std::string to_text(const Packet& packet, Version version);

}  // namespace holdfast::mqtt
