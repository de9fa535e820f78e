#include "sim/mqtt/codec.h"
#include "sim/mqtt/property_members.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {
namespace {

// Each fill() writes the value form of a part into an object that is new: packets are large, and so they are
// made where they stay and never moved.

void fill(std::string& text, std::string_view view) { text = view; }

void fill(std::optional<std::string>& text, const std::optional<std::string_view>& view) {
  if (view) text.emplace(*view);
}

void fill(std::vector<ReasonCode>& reasons, ByteView codes) {
  reasons.reserve(codes.size());
  for (const std::uint8_t code : codes) reasons.push_back(static_cast<ReasonCode>(code));
}

// The first value of a property that may occur only once counts.
template <typename Number>
void fill_member(std::optional<Number>& member, const PropertyView& property) {
  if (!member) member = static_cast<Number>(property.number);
}
void fill_member(std::optional<std::string>& member, const PropertyView& property) {
  if (!member) member.emplace(property.text);
}
void fill_member(std::vector<std::uint32_t>& member, const PropertyView& property) {
  member.push_back(property.number);
}
void fill_member(std::vector<UserProperty>& member, const PropertyView& property) {
  member.emplace_back(property.text, property.value);
}

void fill(Properties& properties, const PropertiesView& view) {
  PropertyCursor cursor = view.cursor();
  while (!cursor.done()) {
    const PropertyView property = cursor.next();
    for_each_property(properties, [&](PropertyId id, auto& member) {
      if (id == property.id) fill_member(member, property);
    });
  }
}

void fill(Will& will, const WillView& view) {
  fill(will.topic, view.topic);
  fill(will.payload, view.payload);
  will.qos = view.qos;
  will.retain = view.retain;
  fill(will.properties, view.properties);
}

void fill(Connect& connect, const ConnectView& view) {
  fill(connect.client_id, view.client_id);
  connect.clean_start = view.clean_start;
  connect.keep_alive = view.keep_alive;
  if (view.will) fill(connect.will.emplace(), *view.will);
  fill(connect.user_name, view.user_name);
  fill(connect.password, view.password);
  fill(connect.properties, view.properties);
  connect.protocol_level = view.protocol_level;
  fill(connect.protocol_name, view.protocol_name);
}

void fill(Connack& connack, const ConnackView& view) {
  connack.session_present = view.session_present;
  connack.reason = view.reason;
  fill(connack.properties, view.properties);
}

void fill(Publish& publish, const PublishView& view) {
  fill(publish.topic, view.topic);
  fill(publish.payload, view.payload);
  publish.qos = view.qos;
  publish.retain = view.retain;
  publish.dup = view.dup;
  publish.packet_id = view.packet_id;
  fill(publish.properties, view.properties);
}

template <PacketType type>
void fill(PublishReply<type>& reply, const PublishReplyView<type>& view) {
  reply.packet_id = view.packet_id;
  reply.reason = view.reason;
  fill(reply.properties, view.properties);
}

void fill(Subscribe& subscribe, const SubscribeView& view) {
  subscribe.packet_id = view.packet_id;
  for (const SubscriptionRequestView& request : view.requests) {
    subscribe.requests.push_back({std::string(request.filter), request.qos, request.no_local,
                                  request.retain_as_published, request.retain_handling});
  }
  fill(subscribe.properties, view.properties);
}

void fill(Suback& suback, const SubackView& view) {
  suback.packet_id = view.packet_id;
  fill(suback.reasons, view.reasons);
  fill(suback.properties, view.properties);
}

void fill(Unsubscribe& unsubscribe, const UnsubscribeView& view) {
  unsubscribe.packet_id = view.packet_id;
  for (const std::string_view filter : view.filters) unsubscribe.filters.emplace_back(filter);
  fill(unsubscribe.properties, view.properties);
}

void fill(Unsuback& unsuback, const UnsubackView& view) {
  unsuback.packet_id = view.packet_id;
  fill(unsuback.reasons, view.reasons);
  fill(unsuback.properties, view.properties);
}

void fill(Pingreq&, const Pingreq&) {}
void fill(Pingresp&, const Pingresp&) {}

void fill(Disconnect& disconnect, const DisconnectView& view) {
  disconnect.reason = view.reason;
  fill(disconnect.properties, view.properties);
}

void fill(Auth& auth, const AuthView& view) {
  auth.reason = view.reason;
  fill(auth.properties, view.properties);
}

// The alternatives of both variants stand in the same order.
template <std::size_t index = 0>
void fill(Packet& packet, const PacketView& view) {
  if (view.index() == index) {
    fill(packet.emplace<index>(), std::get<index>(view));
  } else if constexpr (index + 1 < std::variant_size_v<Packet>) {
    fill<index + 1>(packet, view);
  }
}

}  // namespace

DecodeResult own(const ViewResult& result, DecodedView& view) {
  if (const auto* need_more = std::get_if<NeedMore>(&result)) return *need_more;
  if (const auto* error = std::get_if<DecodeError>(&result)) return *error;
  DecodeResult owned(std::in_place_type<Decoded>);
  auto& decoded = std::get<Decoded>(owned);
  fill(decoded.packet, view.packet);
  decoded.size = std::get<Whole>(result).size;
  decoded.notes = std::move(view.notes);
  return owned;
}

Packet to_packet(const PacketView& packet) {
  Packet made = Pingreq{};
  fill(made, packet);
  return made;
}

void to_packet(const PacketView& packet, Packet& made) { fill(made, packet); }

DecodeResult decode(ByteView input, const DecodeOptions& options) {
  DecodedView view;
  return own(decode_view(input, options, view), view);
}

}  // namespace holdfast::mqtt
