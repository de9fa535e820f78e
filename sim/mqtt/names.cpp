#include <algorithm>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/rules.h"

namespace holdfast::mqtt {
namespace {

inline constexpr std::string_view unknown_code = "unknown reason code";

char to_upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// Tables 3.1 and 3.9.3 of 3.1.1.
std::string_view name_of_v311(ReasonCode code, PacketType packet) {
  const auto value = static_cast<std::uint8_t>(code);
  if (packet == PacketType::connack) {
    constexpr std::string_view names[] = {"Connection accepted",       "Unacceptable protocol version",
                                          "Identifier rejected",       "Server unavailable",
                                          "Bad user name or password", "Not authorized"};
    return value < std::size(names) ? names[value] : unknown_code;
  }
  if (packet == PacketType::suback) {
    constexpr std::string_view names[] = {"Granted QoS 0", "Granted QoS 1", "Granted QoS 2"};
    if (value < std::size(names)) return names[value];
    return value == 0x80 ? "Failure" : unknown_code;
  }
  return value == 0 ? "Success" : unknown_code;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::malformed:
      return "malformed";
    case Severity::protocol_error:
      return "protocol error";
    case Severity::should_not:
      return "should not";
    case Severity::policy:
      return "policy";
  }
  return "unknown severity";
}

std::string_view name_of(PacketType type) {
  const auto index = static_cast<std::size_t>(type);
  return index < rule_table::packets.size() ? rule_table::packets[index].name : "RESERVED";
}

std::optional<PacketType> packet_type_named(std::string_view name) {
  for (const PacketRule& rule : rule_table::packets) {
    if (rule.type == PacketType::reserved) continue;
    if (std::ranges::equal(name, rule.name, {}, to_upper)) return rule.type;
  }
  return std::nullopt;
}

std::string_view name_of(ReasonCode code, PacketType packet, Version version) {
  if (version == Version::v3_1_1) return name_of_v311(code, packet);
  for (const ReasonRule& rule : rule_table::reasons) {
    if (rule.code == code && ((rule.from_client | rule.from_server) & in(packet)) != 0) return rule.name;
  }
  // A failure in a packet that may not carry it still means what it says; a success does not.
  if (!is_error(code)) return code == ReasonCode::success ? "Success" : unknown_code;
  const auto rule = std::ranges::find(rule_table::reasons, code, &ReasonRule::code);
  return rule != rule_table::reasons.end() ? rule->name : unknown_code;
}

}  // namespace holdfast::mqtt
