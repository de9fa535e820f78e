#include <cassert>
#include <type_traits>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/property_members.h"
#include "sim/mqtt/view.h"
#include "sim/mqtt/wire.h"

// Every packet has one template that writes its body to a Sizer or to a Writer, from its value form or from
// its view: the four have the same members.
namespace holdfast::mqtt {
namespace {

// The Properties of a packet.

template <typename Sink>
void put_number(Sink& sink, PropertyId id, std::uint32_t number) {
  sink.byte(static_cast<std::uint8_t>(id));
  switch (rule_of(id).type) {
    case PropertyType::byte:
      return sink.byte(static_cast<std::uint8_t>(number));
    case PropertyType::two_bytes:
      return sink.two_bytes(static_cast<std::uint16_t>(number));
    case PropertyType::four_bytes:
      return sink.four_bytes(number);
    case PropertyType::variable:
      return sink.variable(number);
    default:
      assert(false && "the property is not a number");
  }
}

template <typename Sink>
void put_text(Sink& sink, PropertyId id, std::string_view text) {
  assert(rule_of(id).type == PropertyType::text || rule_of(id).type == PropertyType::binary);
  sink.byte(static_cast<std::uint8_t>(id));
  sink.text(text);
}

template <typename Sink>
void put_user_property(Sink& sink, std::string_view name, std::string_view value) {
  sink.byte(static_cast<std::uint8_t>(PropertyId::user_property));
  sink.text(name);
  sink.text(value);
}

template <typename Sink, typename Number>
void put_member(Sink& sink, PropertyId id, const std::optional<Number>& number) {
  if (number) put_number(sink, id, *number);
}
template <typename Sink>
void put_member(Sink& sink, PropertyId id, const std::optional<std::string>& text) {
  if (text) put_text(sink, id, *text);
}
template <typename Sink>
void put_member(Sink& sink, PropertyId id, const std::vector<std::uint32_t>& numbers) {
  for (const std::uint32_t number : numbers) put_number(sink, id, number);
}
template <typename Sink>
void put_member(Sink& sink, PropertyId, const std::vector<UserProperty>& pairs) {
  for (const UserProperty& pair : pairs) put_user_property(sink, pair.first, pair.second);
}

template <typename Sink>
void put_block(Sink& sink, const Properties& properties) {
  for_each_property(properties, [&](PropertyId id, const auto& member) { put_member(sink, id, member); });
}
template <typename Sink>
void put_block(Sink& sink, const PropertiesView& properties) {
  sink.raw(properties.block().data(), properties.block().size());
}

template <typename SomeProperties>
std::uint32_t block_size(const SomeProperties& properties) {
  Sizer sizer;
  put_block(sizer, properties);
  assert(sizer.size() <= variable_integer_max);
  return static_cast<std::uint32_t>(sizer.size());
}

template <typename Sink, typename SomeProperties>
void put_properties(Sink& sink, const SomeProperties& properties) {
  sink.variable(block_size(properties));
  put_block(sink, properties);
}

// The packets.

template <typename T>
concept SomeConnect = std::is_same_v<T, Connect> || std::is_same_v<T, ConnectView>;
template <typename T>
concept SomeConnack = std::is_same_v<T, Connack> || std::is_same_v<T, ConnackView>;
template <typename T>
concept SomePublish = std::is_same_v<T, Publish> || std::is_same_v<T, PublishView>;
template <typename T>
concept SomeSubscribe = std::is_same_v<T, Subscribe> || std::is_same_v<T, SubscribeView>;
template <typename T>
concept SomeSuback = std::is_same_v<T, Suback> || std::is_same_v<T, SubackView>;
template <typename T>
concept SomeUnsubscribe = std::is_same_v<T, Unsubscribe> || std::is_same_v<T, UnsubscribeView>;
template <typename T>
concept SomeUnsuback = std::is_same_v<T, Unsuback> || std::is_same_v<T, UnsubackView>;
template <typename T>
concept SomeDisconnect = std::is_same_v<T, Disconnect> || std::is_same_v<T, DisconnectView>;
template <typename T>
concept SomeAuth = std::is_same_v<T, Auth> || std::is_same_v<T, AuthView>;
template <typename T>
concept SomePing = std::is_same_v<T, Pingreq> || std::is_same_v<T, Pingresp>;

std::uint8_t connect_flags(const SomeConnect auto& connect) {
  unsigned flags = connect.clean_start ? 0x02 : 0;
  if (connect.will) {
    flags |= 0x04u | (connect.will->qos & 3u) << 3 | (connect.will->retain ? 0x20u : 0);
  }
  if (connect.password) flags |= 0x40;
  if (connect.user_name) flags |= 0x80;
  return static_cast<std::uint8_t>(flags);
}

// Reason code and properties at the end of a 5.0 packet, left out from the rear where the values allow it.
template <typename Sink, typename SomePacket>
void put_reason_and_properties(Sink& sink, const SomePacket& packet) {
  const std::uint32_t properties_size = block_size(packet.properties);
  if (properties_size == 0 && packet.reason == ReasonCode::success) return;
  sink.byte(static_cast<std::uint8_t>(packet.reason));
  if (properties_size > 0) put_properties(sink, packet.properties);
}

template <typename Sink, typename Reasons>
void put_reasons(Sink& sink, const Reasons& reasons) {
  for (const auto reason : reasons) sink.byte(static_cast<std::uint8_t>(reason));
}

template <typename Sink, typename SomeRequest>
void put_request(Sink& sink, const SomeRequest& request, Version version) {
  sink.text(request.filter);
  unsigned options = request.qos & 3u;
  if (version == Version::v5) {
    options |= (request.no_local ? 0x04u : 0) | (request.retain_as_published ? 0x08u : 0) |
               (request.retain_handling & 3u) << 4;
  }
  sink.byte(static_cast<std::uint8_t>(options));
}

template <typename Sink>
void put(Sink& sink, const SomeConnect auto& connect, Version version) {
  const bool v5 = version == Version::v5;
  sink.text(connect.protocol_name);
  sink.byte(connect.protocol_level);
  sink.byte(connect_flags(connect));
  sink.two_bytes(connect.keep_alive);
  if (v5) put_properties(sink, connect.properties);
  sink.text(connect.client_id);
  if (connect.will) {
    if (v5) put_properties(sink, connect.will->properties);
    sink.text(connect.will->topic);
    sink.text(connect.will->payload);
  }
  if (connect.user_name) sink.text(*connect.user_name);
  if (connect.password) sink.text(*connect.password);
}

template <typename Sink>
void put(Sink& sink, const SomeConnack auto& connack, Version version) {
  sink.byte(connack.session_present ? 1 : 0);
  sink.byte(static_cast<std::uint8_t>(connack.reason));
  if (version == Version::v5) put_properties(sink, connack.properties);
}

template <typename Sink>
void put(Sink& sink, const SomePublish auto& publish, Version version) {
  sink.text(publish.topic);
  if (publish.qos > 0) sink.two_bytes(publish.packet_id);
  if (version == Version::v5) put_properties(sink, publish.properties);
  sink.raw(publish.payload.data(), publish.payload.size());
}

template <typename Sink, PacketType type>
void put(Sink& sink, const PublishReply<type>& reply, Version version) {
  sink.two_bytes(reply.packet_id);
  if (version == Version::v5) put_reason_and_properties(sink, reply);
}
template <typename Sink, PacketType type>
void put(Sink& sink, const PublishReplyView<type>& reply, Version version) {
  sink.two_bytes(reply.packet_id);
  if (version == Version::v5) put_reason_and_properties(sink, reply);
}

template <typename Sink>
void put_requests(Sink& sink, const std::vector<SubscriptionRequest>& requests, Version version) {
  for (const SubscriptionRequest& request : requests) put_request(sink, request, version);
}
template <typename Sink>
void put_requests(Sink& sink, const RequestsView& requests, Version) {
  sink.raw(requests.bytes().data(), requests.bytes().size());
}

template <typename Sink>
void put(Sink& sink, const SomeSubscribe auto& subscribe, Version version) {
  sink.two_bytes(subscribe.packet_id);
  if (version == Version::v5) put_properties(sink, subscribe.properties);
  put_requests(sink, subscribe.requests, version);
}

template <typename Sink>
void put(Sink& sink, const SomeSuback auto& suback, Version version) {
  sink.two_bytes(suback.packet_id);
  if (version == Version::v5) put_properties(sink, suback.properties);
  put_reasons(sink, suback.reasons);
}

template <typename Sink>
void put_filters(Sink& sink, const std::vector<std::string>& filters) {
  for (const std::string& filter : filters) sink.text(filter);
}
template <typename Sink>
void put_filters(Sink& sink, const FiltersView& filters) {
  sink.raw(filters.bytes().data(), filters.bytes().size());
}

template <typename Sink>
void put(Sink& sink, const SomeUnsubscribe auto& unsubscribe, Version version) {
  sink.two_bytes(unsubscribe.packet_id);
  if (version == Version::v5) put_properties(sink, unsubscribe.properties);
  put_filters(sink, unsubscribe.filters);
}

template <typename Sink>
void put(Sink& sink, const SomeUnsuback auto& unsuback, Version version) {
  sink.two_bytes(unsuback.packet_id);
  if (version != Version::v5) return;
  put_properties(sink, unsuback.properties);
  put_reasons(sink, unsuback.reasons);
}

template <typename Sink>
void put(Sink&, const SomePing auto&, Version) {}

template <typename Sink>
void put(Sink& sink, const SomeDisconnect auto& disconnect, Version version) {
  if (version == Version::v5) put_reason_and_properties(sink, disconnect);
}

// 3.1.1 has no AUTH; whoever sends one all the same sends the only form that there is.
template <typename Sink>
void put(Sink& sink, const SomeAuth auto& auth, Version) {
  put_reason_and_properties(sink, auth);
}

template <typename SomePacket>
std::uint8_t first_byte(const SomePacket& packet, PacketType type) {
  unsigned flags = rule_of(type).flags;
  if constexpr (SomePublish<SomePacket>) {
    flags = (packet.dup ? 8u : 0) | (packet.qos & 3u) << 1 | (packet.retain ? 1u : 0);
  }
  return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags);
}

template <typename SomePacket>
std::size_t body_size(const SomePacket& packet, Version version) {
  Sizer sizer;
  put(sizer, packet, version);
  return sizer.size();
}

std::size_t whole_size(std::size_t body) {
  Sizer sizer;
  sizer.byte(0);
  sizer.variable(static_cast<std::uint32_t>(body));
  return sizer.size() + body;
}

template <typename SomePacket>
void append(const SomePacket& packet, PacketType type, Version version, Bytes& out) {
  const std::size_t body = body_size(packet, version);
  assert(body <= variable_integer_max && "no packet can be that long");
  const std::size_t before = out.size();
  out.resize(before + whole_size(body));
  Writer writer(out.data() + before);
  writer.byte(first_byte(packet, type));
  writer.variable(static_cast<std::uint32_t>(body));
  put(writer, packet, version);
  assert(writer.at() == out.data() + out.size());
}

}  // namespace

void encode(const Packet& packet, Version version, Bytes& out) {
  std::visit([&](const auto& value) { append(value, type_of(packet), version, out); }, packet);
}

void encode(const PacketView& packet, Version version, Bytes& out) {
  std::visit([&](const auto& view) { append(view, type_of(packet), version, out); }, packet);
}

Bytes encode(const Packet& packet, Version version) {
  Bytes bytes;
  encode(packet, version, bytes);
  return bytes;
}

std::size_t encoded_size(const Packet& packet, Version version) {
  return std::visit([&](const auto& value) { return whole_size(body_size(value, version)); }, packet);
}

namespace {

template <typename PutElement>
void append_element(Bytes& block, PutElement put_element) {
  Sizer sizer;
  put_element(sizer);
  const std::size_t before = block.size();
  block.resize(before + sizer.size());
  Writer writer(block.data() + before);
  put_element(writer);
}

}  // namespace

void append_property(PropertyId id, std::uint32_t number, Bytes& block) {
  append_element(block, [&](auto& sink) { put_number(sink, id, number); });
}

void append_property(PropertyId id, std::string_view text, Bytes& block) {
  append_element(block, [&](auto& sink) { put_text(sink, id, text); });
}

void append_user_property(std::string_view name, std::string_view value, Bytes& block) {
  append_element(block, [&](auto& sink) { put_user_property(sink, name, value); });
}

void append_request(const SubscriptionRequestView& request, Bytes& block) {
  append_element(block, [&](auto& sink) { put_request(sink, request, Version::v5); });
}

void append_filter(std::string_view filter, Bytes& block) {
  append_element(block, [&](auto& sink) { sink.text(filter); });
}

}  // namespace holdfast::mqtt
