#include <utility>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;
using Kind = FieldKind;

Field plain(Bytes bytes, std::string comment, F when_missing) {
  return {.bytes = std::move(bytes), .comment = std::move(comment), .when_missing = when_missing};
}

Field text(Kind kind, std::string_view text, std::string comment, F when_missing, std::string_view also) {
  return {kind, text_bytes(text), comment + " \"" + std::string(text) + "\"", when_missing, also};
}

Field identifier(F when_missing) {
  return {Kind::packet_identifier, {0x00, 0x0A}, "Packet Identifier 10", when_missing, {}};
}

Field property_length() {
  return {Kind::property_length, {}, "Property Length", F::property_length_missing, {}};
}

void add_authentication_method(Draft& draft) {
  Bytes bytes{0x15};
  const Bytes name = text_bytes("m");
  bytes.insert(bytes.end(), name.begin(), name.end());
  draft.fields.push_back({Kind::property, std::move(bytes), "Authentication Method \"m\"", {}, {}});
}

Draft connect_head(Version version, std::uint8_t flags) {
  const bool v5 = version == Version::v5;
  Draft draft{.first_byte = 0x10};
  draft.fields = {plain(text_bytes("MQTT"), "Protocol Name", F::layout_connect),
                  plain({static_cast<std::uint8_t>(version)}, "Protocol Level", F::layout_connect),
                  plain({flags}, "Connect Flags", F::layout_connect),
                  plain({0x00, 0x3C}, "Keep Alive 60", F::layout_connect)};
  if (v5) draft.fields.push_back(property_length());
  draft.fields.push_back(
      text(Kind::text, "c", "Client Identifier", F::client_identifier_missing, "MQTT-3.1.3-4"));
  return draft;
}

Draft publish(Version version, F layout) {
  const bool v5 = version == Version::v5;
  Draft draft{.first_byte = 0x32};
  draft.fields = {text(Kind::topic_name, "a/b", "Topic Name", layout, "MQTT-3.3.2-1"), identifier(layout)};
  if (v5) draft.fields.push_back(property_length());
  draft.fields.push_back({.bytes = {'h', 'i'}, .comment = "payload"});
  return draft;
}

Draft subscribe(Version version, F layout) {
  const bool v5 = version == Version::v5;
  Draft draft{.first_byte = 0x82};
  draft.fields = {identifier(layout)};
  if (v5) draft.fields.push_back(property_length());
  draft.fields.push_back(text(Kind::topic_filter, "a/b", "Topic Filter", F::no_subscription, "MQTT-3.8.3-1"));
  draft.fields.push_back(plain({0x01}, v5 ? "Subscription Options" : "Requested QoS 1", layout));
  return draft;
}

Draft unsubscribe(Version version, F layout) {
  Draft draft{.first_byte = 0xA2};
  draft.fields = {identifier(layout)};
  if (version == Version::v5) draft.fields.push_back(property_length());
  draft.fields.push_back(
      text(Kind::topic_filter, "a/b", "Topic Filter", F::no_unsubscription, "MQTT-3.10.3-1"));
  return draft;
}

Field code(std::uint8_t value, std::string comment, std::optional<F> when_missing) {
  return {Kind::reason_code, {value}, std::move(comment), when_missing, {}};
}

Draft with_codes(PacketType type, Version version, F layout) {
  const bool v5 = version == Version::v5;
  Draft draft{.first_byte = static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4)};
  draft.fields = {identifier(layout)};
  if (v5) draft.fields.push_back(property_length());
  const bool suback = type == PacketType::suback;
  if (v5 || suback) {
    draft.fields.push_back(
        code(0x00, suback ? "Granted QoS 0" : "Success", suback ? F::no_code_suback : F::no_code_unsuback));
  }
  return draft;
}

// What may be left out is not missing.
Draft with_one_code(PacketType type, Version version, Sender sender, F layout) {
  const bool v5 = version == Version::v5;
  const bool is_auth = type == PacketType::auth;
  Draft draft{.first_byte =
                  static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | rule_of(type).flags)};
  if (type != PacketType::disconnect && !is_auth) draft.fields.push_back(identifier(layout));
  if (!v5) return draft;
  const bool from_client = is_auth && sender == Sender::client;
  draft.fields.push_back(code(from_client ? 0x18 : 0x00, "Reason Code",
                              is_auth ? std::optional(F::authentication_method_missing) : std::nullopt));
  draft.fields.push_back(property_length());
  if (!is_auth) draft.fields.back().when_missing.reset();
  if (is_auth) add_authentication_method(draft);
  return draft;
}

Draft connack(Version version, F layout) {
  Draft draft{.first_byte = 0x20};
  draft.fields = {plain({0x00}, "Connect Acknowledge Flags", layout),
                  code(0x00, version == Version::v5 ? "Reason Code" : "Connect Return Code", layout)};
  if (version == Version::v5) draft.fields.push_back(property_length());
  return draft;
}

}  // namespace

Draft plain_draft(Version version, Sender sender, PacketType type) {
  const F layout = sender == Sender::client ? F::layout_client : F::layout_server;
  switch (type) {
    case PacketType::connect:
      return connect_head(version, 0x02);
    case PacketType::connack:
      return connack(version, layout);
    case PacketType::publish:
      return publish(version, layout);
    case PacketType::subscribe:
      return subscribe(version, layout);
    case PacketType::unsubscribe:
      return unsubscribe(version, layout);
    case PacketType::suback:
    case PacketType::unsuback:
      return with_codes(type, version, layout);
    case PacketType::pingreq:
    case PacketType::pingresp:
    case PacketType::reserved:
      return {.first_byte = static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4)};
    default:
      return with_one_code(type, version, sender, layout);
  }
}

Draft full_connect(Version version) {
  const bool v5 = version == Version::v5;
  Draft draft = connect_head(version, 0xF6);
  if (v5) draft.fields.push_back(property_length());
  draft.fields.push_back(
      text(Kind::topic_name, "w/t", "Will Topic", F::will_missing, v5 ? "MQTT-3.1.3-11" : "MQTT-3.1.3-10"));
  draft.fields.push_back(plain(text_bytes("bye"), v5 ? "Will Payload" : "Will Message", F::will_missing));
  draft.fields.push_back(
      text(Kind::text, "u", "User Name", F::user_name_missing, v5 ? "MQTT-3.1.3-12" : "MQTT-3.1.3-11"));
  draft.fields.push_back(plain({0x00, 0x02, 0x00, 0xFF}, "Password", F::password_missing));
  return draft;
}

}  // namespace holdfast::mqtt
