#include "conformance/cli/packet_json.h"

#include <string>

#include "sim/mqtt/property_members.h"

namespace holdfast {

// A namespace with a name, so that the names of mqtt can be used in it.
namespace packet_json {

using Json = nlohmann::ordered_json;
using namespace mqtt;

namespace {

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char letter : bytes) {
    const auto byte = static_cast<std::uint8_t>(letter);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

// "Payload Format Indicator" as "payload_format_indicator".
std::string key_of(const PropertyRule& rule) {
  std::string key;
  for (const char letter : rule.name) {
    if (letter == ' ') {
      key += '_';
    } else {
      key += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  return key;
}

template <typename Number>
void add(Json& json, const PropertyRule& rule, const std::optional<Number>& member) {
  if (member) json[key_of(rule)] = *member;
}
void add(Json& json, const PropertyRule& rule, const std::optional<std::string>& member) {
  if (!member) return;
  const bool binary = rule.type == PropertyType::binary;
  json[key_of(rule) + (binary ? "_hex" : "")] = binary ? hex_of(*member) : *member;
}
void add(Json& json, const PropertyRule&, const std::vector<std::uint32_t>& member) {
  if (!member.empty()) json["subscription_identifiers"] = member;
}
void add(Json& json, const PropertyRule&, const std::vector<UserProperty>& member) {
  for (const auto& [name, value] : member) json["user_properties"].push_back({name, value});
}

void add_properties(Json& json, const Properties& properties) {
  Json object = Json::object();
  for_each_property(properties, [&](PropertyId id, const auto& member) { add(object, rule_of(id), member); });
  if (!object.empty()) json["properties"] = std::move(object);
}

void add_codes(Json& json, const std::vector<ReasonCode>& codes) {
  Json list = Json::array();
  for (const ReasonCode code : codes) list.push_back(static_cast<int>(code));
  json["reason_codes"] = std::move(list);
}

void add_code(Json& json, ReasonCode code) { json["reason_code"] = static_cast<int>(code); }

void fill(Json& json, const Connect& connect, Version) {
  json["protocol_name"] = connect.protocol_name;
  json["protocol_level"] = connect.protocol_level;
  json["clean_start"] = connect.clean_start;
  json["keep_alive"] = connect.keep_alive;
  json["client_identifier"] = connect.client_id;
  if (connect.will) {
    Json will{{"topic", connect.will->topic},
              {"payload_hex", hex_of(connect.will->payload)},
              {"qos", connect.will->qos},
              {"retain", connect.will->retain}};
    add_properties(will, connect.will->properties);
    json["will"] = std::move(will);
  }
  if (connect.user_name) json["user_name"] = *connect.user_name;
  if (connect.password) json["password_hex"] = hex_of(*connect.password);
  add_properties(json, connect.properties);
}

void fill(Json& json, const Connack& connack, Version) {
  json["session_present"] = connack.session_present;
  add_code(json, connack.reason);
  add_properties(json, connack.properties);
}

void fill(Json& json, const Publish& publish, Version) {
  json["topic"] = publish.topic;
  json["payload_hex"] = hex_of(publish.payload);
  json["qos"] = publish.qos;
  json["retain"] = publish.retain;
  json["dup"] = publish.dup;
  if (publish.qos > 0) json["packet_identifier"] = publish.packet_id;
  add_properties(json, publish.properties);
}

template <PacketType type>
void fill(Json& json, const PublishReply<type>& reply, Version version) {
  json["packet_identifier"] = reply.packet_id;
  if (version == Version::v5) add_code(json, reply.reason);
  add_properties(json, reply.properties);
}

void fill(Json& json, const Subscribe& subscribe, Version version) {
  json["packet_identifier"] = subscribe.packet_id;
  Json list = Json::array();
  for (const SubscriptionRequest& request : subscribe.requests) {
    Json one{{"topic_filter", request.filter}, {"qos", request.qos}};
    if (version == Version::v5) {
      one["no_local"] = request.no_local;
      one["retain_as_published"] = request.retain_as_published;
      one["retain_handling"] = request.retain_handling;
    }
    list.push_back(std::move(one));
  }
  json["subscriptions"] = std::move(list);
  add_properties(json, subscribe.properties);
}

void fill(Json& json, const Suback& suback, Version) {
  json["packet_identifier"] = suback.packet_id;
  add_codes(json, suback.reasons);
  add_properties(json, suback.properties);
}

void fill(Json& json, const Unsubscribe& unsubscribe, Version) {
  json["packet_identifier"] = unsubscribe.packet_id;
  json["topic_filters"] = unsubscribe.filters;
  add_properties(json, unsubscribe.properties);
}

void fill(Json& json, const Unsuback& unsuback, Version version) {
  json["packet_identifier"] = unsuback.packet_id;
  if (version == Version::v5) add_codes(json, unsuback.reasons);
  add_properties(json, unsuback.properties);
}

void fill(Json&, const Pingreq&, Version) {}
void fill(Json&, const Pingresp&, Version) {}

void fill(Json& json, const Disconnect& disconnect, Version version) {
  if (version == Version::v5) add_code(json, disconnect.reason);
  add_properties(json, disconnect.properties);
}

void fill(Json& json, const Auth& auth, Version) {
  add_code(json, auth.reason);
  add_properties(json, auth.properties);
}

}  // namespace

}  // namespace packet_json

nlohmann::ordered_json json_of(const mqtt::Packet& packet, mqtt::Version version) {
  nlohmann::ordered_json json{{"type", name_of(type_of(packet))}};
  std::visit([&](const auto& one) { packet_json::fill(json, one, version); }, packet);
  return json;
}

}  // namespace holdfast
