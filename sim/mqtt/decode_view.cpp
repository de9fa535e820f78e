#include <cassert>

#include "sim/mqtt/read_packets.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {
namespace {

// What can be said about a packet from its first byte.
std::optional<Fault> fault_of_first_byte(std::uint8_t byte, const DecodeOptions& options) {
  const auto type = static_cast<PacketType>(byte >> 4);
  const std::uint8_t flags = byte & 0x0F;
  const PacketRule& rule = rule_of(type);
  if (!may_send(rule, options.sender, options.version)) {
    if (options.sender == Sender::client) {
      return may_send(rule, Sender::server, options.version) ? Fault::client_may_not_send
                                                             : Fault::reserved_type;
    }
    return may_send(rule, Sender::client, options.version) ? Fault::server_may_not_send
                                                           : Fault::reserved_type;
  }
  if (type == PacketType::publish) {
    if ((flags & 0x06) == 0x06) return Fault::publish_qos_3;
    if (flags >> 1 == 0x04 && !options.forgiving) return Fault::dup_at_qos_0;
    return std::nullopt;
  }
  if (flags != rule.flags) return rule.wrong_flags;
  return std::nullopt;
}

// What can be said from the Remaining Length, before the rest has come. `size` is that of the whole packet.
std::optional<Fault> fault_of_length(PacketType type, std::uint32_t remaining, std::size_t size,
                                     const DecodeOptions& options) {
  const PacketRule& rule = rule_of(type);
  const bool v5 = options.version == Version::v5;
  const std::uint32_t shortest = v5 ? rule.shortest_v5 : rule.shortest_v311;
  const std::uint32_t longest = v5 ? rule.longest_v5 : rule.longest_v311;
  if (remaining < shortest || remaining > longest) return Fault::fixed_length;
  if (size <= options.maximum_packet_size) return std::nullopt;
  return options.sender == Sender::client ? Fault::client_packet_too_large : Fault::server_packet_too_large;
}

// A CONNECT of level 4 is read as 3.1.1 by whoever reads it.
Version version_of_connect(ByteView body, Version otherwise) {
  if (body.size() < 2) return otherwise;
  const std::size_t level = 2 + static_cast<std::size_t>(body[0] << 8 | body[1]);
  return body.size() > level && body[level] == 4 ? Version::v3_1_1 : otherwise;
}

template <PacketType type>
bool read_reply(Reader& reader, PacketView& packet) {
  auto& reply = packet.emplace<PublishReplyView<type>>();
  return read_publish_reply(reader, type, reply.packet_id, reply.reason, reply.properties);
}

bool read_packet(Reader& reader, std::uint8_t first_byte, PacketView& packet) {
  using enum PacketType;
  switch (static_cast<PacketType>(first_byte >> 4)) {
    case reserved:
      break;
    case connect:
      return read_connect(reader, packet.emplace<ConnectView>());
    case connack:
      return read_connack(reader, packet.emplace<ConnackView>());
    case publish:
      return read_publish(reader, first_byte & 0x0F, packet.emplace<PublishView>());
    case puback:
      return read_reply<puback>(reader, packet);
    case pubrec:
      return read_reply<pubrec>(reader, packet);
    case pubrel:
      return read_reply<pubrel>(reader, packet);
    case pubcomp:
      return read_reply<pubcomp>(reader, packet);
    case subscribe:
      return read_subscribe(reader, packet.emplace<SubscribeView>());
    case suback:
      return read_suback(reader, packet.emplace<SubackView>());
    case unsubscribe:
      return read_unsubscribe(reader, packet.emplace<UnsubscribeView>());
    case unsuback:
      return read_unsuback(reader, packet.emplace<UnsubackView>());
    case pingreq:
      packet.emplace<Pingreq>();
      return true;
    case pingresp:
      packet.emplace<Pingresp>();
      return true;
    case disconnect:
      return read_disconnect(reader, packet.emplace<DisconnectView>());
    case auth:
      return read_auth(reader, packet.emplace<AuthView>());
  }
  assert(false && "check_first_byte refuses type 0");
  return false;
}

}  // namespace

ViewResult decode_view(ByteView input, const DecodeOptions& options, DecodedView& decoded) {
  decoded.notes.clear();
  if (input.empty()) return NeedMore{2};
  if (const auto fault = fault_of_first_byte(input[0], options))
    return make_error(*fault, options.version, 0);
  const VariableInteger length = read_variable(input.data() + 1, input.data() + input.size());
  if (length.state == VariableInteger::State::cut_off) return NeedMore{1};
  if (length.state == VariableInteger::State::too_long) {
    return make_error(Fault::length_over_four_bytes, options.version, 1);
  }
  if (!length.is_minimal() && options.version == Version::v5 && !options.forgiving) {
    return make_error(Fault::length_not_minimal, options.version, 1);
  }
  const auto type = static_cast<PacketType>(input[0] >> 4);
  const std::size_t header_size = std::size_t{1} + length.size;
  const std::size_t size = header_size + length.value;
  if (const auto fault = fault_of_length(type, length.value, size, options)) {
    return make_error(*fault, options.version, 1);
  }
  if (input.size() < size) return NeedMore{size - input.size()};

  Version version = options.version;
  if (type == PacketType::connect) version = version_of_connect(input.subspan(header_size), version);
  Reader reader(input.first(size), version, options.sender, options.forgiving, decoded.notes);
  if (!length.is_minimal()) reader.note(Fault::length_not_minimal, 1);
  reader.skip(header_size);
  bool good = read_packet(reader, input[0], decoded.packet);
  if (good && reader.left() > 0) good = reader.fail(reader.layout_fault(), reader.offset());
  if (!good) return reader.error();
  return Whole{size};
}

std::size_t frame_size(ByteView input) {
  if (input.empty()) return 0;
  const VariableInteger length = read_variable(input.data() + 1, input.data() + input.size());
  if (length.state != VariableInteger::State::whole) return 0;
  return std::size_t{1} + length.size + length.value;
}

}  // namespace holdfast::mqtt
