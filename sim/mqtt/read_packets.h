// The parts of the decoder. Each reads one packet behind its fixed header, up to where the packet's fields
// end; decode_view() checks that nothing is left over. All return false if the reader has failed.
#pragma once

#include "sim/mqtt/reader.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {

// The Property Length and the properties behind it. `place` is the packet, or will_properties.
[[nodiscard]] bool read_properties(Reader& reader, PacketType place, PropertiesView& properties);

// Notes a payload that breaks its own Payload Format Indicator.
void inspect_payload(Reader& reader, std::string_view payload, const PropertiesView& properties);

[[nodiscard]] bool read_connect(Reader& reader, ConnectView& connect);
[[nodiscard]] bool read_publish(Reader& reader, std::uint8_t flags, PublishView& publish);
[[nodiscard]] bool read_subscribe(Reader& reader, SubscribeView& subscribe);
[[nodiscard]] bool read_unsubscribe(Reader& reader, UnsubscribeView& unsubscribe);
[[nodiscard]] bool read_connack(Reader& reader, ConnackView& connack);
[[nodiscard]] bool read_suback(Reader& reader, SubackView& suback);
[[nodiscard]] bool read_unsuback(Reader& reader, UnsubackView& unsuback);
[[nodiscard]] bool read_disconnect(Reader& reader, DisconnectView& disconnect);
[[nodiscard]] bool read_auth(Reader& reader, AuthView& auth);
// PUBACK, PUBREC, PUBREL and PUBCOMP.
[[nodiscard]] bool read_publish_reply(Reader& reader, PacketType type, std::uint16_t& packet_id,
                                      ReasonCode& reason, PropertiesView& properties);

}  // namespace holdfast::mqtt
