#include "sim/broker/connect.h"

#include <algorithm>
#include <string_view>

#include "sim/mqtt/topic.h"

namespace holdfast::broker {

using mqtt::ReasonCode;
using mqtt::Version;

Protocol protocol_of(ByteView first_bytes, const BrokerSettings& settings) {
  constexpr std::uint8_t connect_byte = 0x10;
  const std::uint8_t looked_at = settings.has(Defect::connect_unchecked) ? 0xF0 : 0xFF;
  if (first_bytes.empty() || (first_bytes[0] & looked_at) != connect_byte) return Protocol::unclear;
  // The Remaining Length ends with the first byte below 0x80, and has four bytes at most.
  std::size_t at = 1;
  while (at < first_bytes.size() && at < 4 && first_bytes[at] >= 0x80) ++at;
  ++at;
  if (first_bytes.size() < at + 2) return Protocol::unclear;
  const std::size_t name_size = static_cast<std::size_t>(first_bytes[at] << 8 | first_bytes[at + 1]);
  at += 2;
  if (first_bytes.size() < at + name_size + 1) return Protocol::unclear;
  const std::string_view name(reinterpret_cast<const char*>(first_bytes.data()) + at, name_size);
  const std::uint8_t level = first_bytes[at + name_size];
  if (settings.has(Defect::connect_unchecked)) return level == 5 ? Protocol::v5 : Protocol::v3_1_1;
  if (name != "MQTT") return Protocol::unknown;
  if (level == 4 && settings.accepts_v3_1_1) return Protocol::v3_1_1;
  if (level == 5 && settings.accepts_v5) return Protocol::v5;
  return Protocol::unsupported_level;
}

std::optional<ReasonCode> refusal_of(const mqtt::Connect& connect, Version version,
                                     const BrokerSettings& settings) {
  if (connect.properties.authentication_method && !settings.has(Defect::authentication_method_ignored)) {
    return ReasonCode::bad_authentication_method;
  }
  if (connect.client_id.size() > 20 && settings.has(Defect::client_ids_of_23_refused)) {
    return ReasonCode::client_identifier_not_valid;
  }
  if (connect.client_id.empty()) {
    // 3.1.1: MQTT-3.1.3-8.
    const bool needs_own_id = version == Version::v3_1_1 && !connect.clean_start &&
                              !settings.has(Defect::empty_id_accepted_for_kept_session);
    if (needs_own_id || !settings.accepts_empty_client_id) return ReasonCode::client_identifier_not_valid;
  }
  if (settings.user_name && connect.user_name != settings.user_name) {
    return ReasonCode::bad_user_name_or_password;
  }
  if (settings.password && connect.password != settings.password) {
    return ReasonCode::bad_user_name_or_password;
  }
  if (connect.will) {
    const bool is_checked =
        !settings.has(Defect::connect_unchecked) && !settings.has(Defect::will_wildcard_accepted);
    if (is_checked && !mqtt::is_topic_name(connect.will->topic)) return ReasonCode::topic_name_invalid;
    if (version == Version::v5 && !settings.has(Defect::will_beyond_limits_accepted)) {
      if (connect.will->qos > settings.maximum_qos) return ReasonCode::qos_not_supported;
      if (connect.will->retain && !settings.retain_available) return ReasonCode::retain_not_supported;
    }
  }
  return std::nullopt;
}

std::optional<ReasonCode> return_code_of(ReasonCode reason) {
  switch (reason) {
    case ReasonCode::unsupported_protocol_version:
      return static_cast<ReasonCode>(0x01);
    case ReasonCode::client_identifier_not_valid:
      return static_cast<ReasonCode>(0x02);
    case ReasonCode::server_unavailable:
      return static_cast<ReasonCode>(0x03);
    case ReasonCode::bad_user_name_or_password:
      return static_cast<ReasonCode>(0x04);
    case ReasonCode::not_authorized:
      return static_cast<ReasonCode>(0x05);
    default:
      return std::nullopt;
  }
}

std::uint32_t expiry_asked(const mqtt::Connect& connect) {
  return connect.properties.session_expiry_interval.value_or(0);
}

std::uint32_t expiry_granted(std::uint32_t asked, const BrokerSettings& settings) {
  return std::min(asked, settings.session_expiry_max);
}

std::uint32_t expiry_granted(const mqtt::Connect& connect, const BrokerSettings& settings) {
  std::uint32_t expiry = expiry_asked(connect);
  const bool is_absent = !connect.properties.session_expiry_interval;
  if (is_absent && settings.has(Variant::session_expiry_granted_for_none)) expiry = 60;
  if (expiry > 0 && settings.has(Variant::session_expiry_raised)) expiry = std::max(expiry, 600u);
  return expiry_granted(expiry, settings);
}

std::uint16_t keep_alive_granted(const mqtt::Connect& connect, Version version,
                                 const BrokerSettings& settings) {
  if (version == Version::v5 && settings.server_keep_alive) return *settings.server_keep_alive;
  return connect.keep_alive;
}

namespace {

// What holds anyway.
mqtt::Properties defaults_spelled_out(const mqtt::Connect& connect) {
  return {.session_expiry_interval = expiry_asked(connect),
          .server_keep_alive = connect.keep_alive,
          .receive_maximum = 65'535,
          .topic_alias_maximum = 0,
          .retain_available = 1,
          .wildcard_subscription_available = 1,
          .subscription_identifiers_available = 1,
          .shared_subscription_available = 1};
}

}  // namespace

mqtt::Connack make_connack(const mqtt::Connect& connect, Version version, bool session_present,
                           const std::string& assigned_client_id, const BrokerSettings& settings) {
  mqtt::Connack connack{.session_present = session_present};
  if (version == Version::v3_1_1) return connack;

  mqtt::Properties& properties = connack.properties;
  const BrokerSettings generous;
  if (settings.has(Variant::connack_defaults_spelled_out)) properties = defaults_spelled_out(connect);
  const bool has_diagnostics = settings.has(Variant::connack_diagnostics) ||
                               settings.has(Defect::connack_diagnostics_ignore_packet_size);
  if (has_diagnostics) {
    properties.reason_string = "welcome";
    properties.user_properties = {{"broker", "holdfast"}, {"broker", "reference"}};
  }
  if (expiry_granted(connect, settings) != expiry_asked(connect)) {
    properties.session_expiry_interval = expiry_granted(connect, settings);
  }
  if (!assigned_client_id.empty() && !settings.has(Defect::assigned_client_id_untold))
    properties.assigned_client_identifier = assigned_client_id;
  if (settings.server_keep_alive) properties.server_keep_alive = settings.server_keep_alive;
  if (settings.receive_maximum != 65'535) properties.receive_maximum = settings.receive_maximum;
  if (settings.maximum_packet_size != generous.maximum_packet_size) {
    properties.maximum_packet_size = settings.maximum_packet_size;
  }
  if (settings.topic_alias_maximum > 0) properties.topic_alias_maximum = settings.topic_alias_maximum;
  if (settings.maximum_qos < 2) properties.maximum_qos = settings.maximum_qos;
  if (!settings.retain_available) properties.retain_available = 0;
  if (!settings.wildcard_subscription_available) properties.wildcard_subscription_available = 0;
  if (!settings.subscription_identifiers_available) properties.subscription_identifiers_available = 0;
  if (!settings.shared_subscription_available) properties.shared_subscription_available = 0;
  if (connect.properties.request_response_information == 1 && !settings.response_information.empty()) {
    properties.response_information = settings.response_information;
  }
  return connack;
}

}  // namespace holdfast::broker
