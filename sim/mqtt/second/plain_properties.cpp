#include "sim/mqtt/second/plain_properties.h"

#include <bitset>

namespace holdfast::mqtt::second {

namespace {

bool known(std::uint32_t id) {
  return one_of(id, {1,  2,  3,  8,  9,  11, 17, 18, 19, 21, 22, 23, 24, 25,
                     26, 28, 31, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42});
}

// The lists of sections 3.1.2.11, 3.1.3.2, 3.2.2.3, 3.3.2.3, ... whoever sends.
bool belongs(std::uint32_t id, PacketType type, Place place) {
  if (place == Place::will) return one_of(id, {1, 2, 3, 8, 9, 24, 38});
  switch (type) {
    case PacketType::connect:
      return one_of(id, {17, 21, 22, 23, 25, 33, 34, 38, 39});
    case PacketType::connack:
      return one_of(id, {17, 18, 19, 21, 22, 26, 28, 31, 33, 34, 36, 37, 38, 39, 40, 41, 42});
    case PacketType::publish:
      return one_of(id, {1, 2, 3, 8, 9, 11, 35, 38});
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
    case PacketType::suback:
    case PacketType::unsuback:
      return one_of(id, {31, 38});
    case PacketType::subscribe:
      return one_of(id, {11, 38});
    case PacketType::unsubscribe:
      return id == 38;
    case PacketType::disconnect:
      return one_of(id, {17, 28, 31, 38});
    case PacketType::auth:
      return one_of(id, {21, 22, 31, 38});
    default:
      return false;
  }
}

// Three properties are for one side only in a packet that both sides send.
bool from_wrong_side(std::uint32_t id, PacketType type, Sender sender) {
  if (id == 11) return type == PacketType::publish && sender == Sender::client;
  if (id == 17) return type == PacketType::disconnect && sender == Sender::server;
  if (id == 28) return type == PacketType::disconnect && sender == Sender::client;
  return false;
}

bool may_be_there_twice(std::uint32_t id, PacketType type, Place place) {
  if (id == 38) return true;
  // Nothing is said of the first two in PUBLISH.
  if (type == PacketType::publish && place == Place::packet) return one_of(id, {1, 2, 11});
  return false;
}

// A byte that means no or yes.
std::uint8_t take_flag(Rest& rest) {
  const std::uint8_t value = rest.take_byte();
  rest.complain_if(value > 1, protocol_error);
  return value;
}

std::uint32_t take_positive(Rest& rest, std::size_t size, std::uint8_t reason) {
  const std::uint32_t value = rest.take_number(size);
  rest.complain_if(value == 0, reason);
  return value;
}

// Of a property that is there twice, where that is not forbidden, the first counts.
template <typename Value>
void keep_first(std::optional<Value>& kept, Value value) {
  if (!kept) kept = std::move(value);
}

void take_value(Rest& rest, std::uint32_t id, Properties& into) {
  switch (id) {
    case 1:
      return keep_first(into.payload_format_indicator, rest.take_byte());
    case 2:
      return keep_first(into.message_expiry_interval, rest.take_number(4));
    case 3:
      into.content_type = rest.take_text();
      return;
    case 8:
      into.response_topic = rest.take_text();
      rest.complain_if(has_wildcards(*into.response_topic), protocol_error);
      return;
    case 9:
      into.correlation_data = rest.take_binary();
      return;
    case 11: {
      const std::uint32_t identifier = rest.take_variable();
      rest.complain_if(identifier == 0, protocol_error);
      into.subscription_identifiers.push_back(identifier);
      return;
    }
    case 17:
      into.session_expiry_interval = rest.take_number(4);
      return;
    case 18:
      into.assigned_client_identifier = rest.take_text();
      return;
    case 19:
      into.server_keep_alive = rest.take_two_bytes();
      return;
    case 21:
      into.authentication_method = rest.take_text();
      return;
    case 22:
      into.authentication_data = rest.take_binary();
      return;
    case 23:
      into.request_problem_information = take_flag(rest);
      return;
    case 24:
      into.will_delay_interval = rest.take_number(4);
      return;
    case 25:
      into.request_response_information = take_flag(rest);
      return;
    case 26:
      into.response_information = rest.take_text();
      return;
    case 28:
      into.server_reference = rest.take_text();
      return;
    case 31:
      into.reason_string = rest.take_text();
      return;
    case 33:
      into.receive_maximum = static_cast<std::uint16_t>(take_positive(rest, 2, protocol_error));
      return;
    case 34:
      into.topic_alias_maximum = rest.take_two_bytes();
      return;
    case 35:
      into.topic_alias = static_cast<std::uint16_t>(take_positive(rest, 2, 0x94));
      return;
    case 36:
      into.maximum_qos = take_flag(rest);
      return;
    case 37:
      into.retain_available = take_flag(rest);
      return;
    case 38: {
      std::string name = rest.take_text();
      std::string value = rest.take_text();
      into.user_properties.emplace_back(std::move(name), std::move(value));
      return;
    }
    case 39:
      into.maximum_packet_size = take_positive(rest, 4, protocol_error);
      return;
    case 40:
      into.wildcard_subscription_available = take_flag(rest);
      return;
    case 41:
      into.subscription_identifiers_available = take_flag(rest);
      return;
    case 42:
      into.shared_subscription_available = take_flag(rest);
      return;
    default:
      return;
  }
}

}  // namespace

// Section 2.2.2. The block is cut out first and read by itself.
Properties take_properties(Rest& rest, PacketType type, Place place) {
  Properties properties;
  if (!rest.v5()) return properties;
  const std::uint32_t length = rest.take_variable();
  Rest block(rest.take(length), rest.version(), rest.sender());
  std::bitset<256> seen;
  while (!block.empty()) {
    const std::uint32_t id = block.take_variable();
    block.complain_if(!known(id) || !belongs(id, type, place), malformed);
    block.complain_if(from_wrong_side(id, type, rest.sender()), protocol_error);
    if (block.complaint()) break;
    block.complain_if(seen[id] && !may_be_there_twice(id, type, place), protocol_error);
    seen[id] = true;
    if (!block.complaint()) take_value(block, id, properties);
  }
  if (block.complaint()) rest.complain(*block.complaint());
  return properties;
}

}  // namespace holdfast::mqtt::second
