#include "sim/mqtt/read_packets.h"

#include "sim/mqtt/topic.h"

namespace holdfast::mqtt {
namespace {

bool read_packet_id(Reader& reader, std::uint16_t& packet_id, Fault when_zero) {
  const std::size_t offset = reader.offset();
  if (!reader.two_bytes(packet_id)) return false;
  return packet_id != 0 || reader.fail(when_zero, offset);
}

Fault zero_fault(const Reader& reader) {
  return reader.sender() == Sender::client ? Fault::identifier_zero_client : Fault::identifier_zero_server;
}

// A reason code of 5.0.
bool read_reason(Reader& reader, PacketType type, ReasonCode& reason) {
  const std::size_t offset = reader.offset();
  std::uint8_t code = 0;
  if (!reader.byte(code)) return false;
  if (!may_carry(type, reader.sender(), code)) return reader.fail(rule_of(type).wrong_code, offset);
  reason = static_cast<ReasonCode>(code);
  if (reason == ReasonCode::no_matching_subscribers && reader.sender() == Sender::client) {
    reader.note(Fault::code_0x10_from_client, offset);
  }
  return true;
}

// The end of the acknowledgements and DISCONNECT, of which the rear may be left out.
bool read_reason_and_properties(Reader& reader, PacketType type, ReasonCode& reason,
                                PropertiesView& properties) {
  if (!reader.v5() || reader.left() == 0) return true;
  if (!read_reason(reader, type, reason)) return false;
  return reader.left() == 0 || read_properties(reader, type, properties);
}

// 0 to 5: section 3.2.2.3 of 3.1.1.
bool read_return_code(Reader& reader, ReasonCode& code) {
  const std::size_t offset = reader.offset();
  std::uint8_t byte = 0;
  if (!reader.byte(byte)) return false;
  code = static_cast<ReasonCode>(byte);
  return byte <= 5 || reader.fail(Fault::code_connack, offset);
}

bool is_suback_code_v311(std::uint8_t code) { return code <= 2 || code == 0x80; }

// One code for each filter, up to the packet's end.
bool read_codes(Reader& reader, PacketType type, ByteView& codes) {
  codes = ByteView(reader.at(), reader.left());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const bool allowed =
        reader.v5() ? may_carry(type, Sender::server, codes[i]) : is_suback_code_v311(codes[i]);
    if (!allowed) return reader.fail(rule_of(type).wrong_code, reader.offset() + i);
  }
  reader.skip(codes.size());
  return true;
}

[[gnu::always_inline]] inline bool check_options(Reader& reader, std::uint8_t options,
                                                 std::string_view filter) {
  const std::size_t offset = reader.offset() - 1;
  const std::uint8_t reserved = reader.v5() ? 0xC0 : 0xFC;
  if ((options & reserved) != 0) return reader.fail(Fault::option_bits_reserved, offset);
  if ((options & 0x03) == 3) return reader.fail(Fault::requested_qos_3, offset);
  if ((options & 0x30) == 0x30) return reader.fail(Fault::retain_handling_3, offset);
  if ((options & 0x04) != 0 && is_shared(filter)) return reader.fail(Fault::no_local_shared, offset);
  return true;
}

// `at` is the offset of the filter's first byte.
[[gnu::always_inline]] inline bool check_share(Reader& reader, std::string_view filter, std::size_t at) {
  const std::size_t name = shared_prefix.size();
  const std::size_t end = filter.find('/', name);
  if (end == name || filter.size() == name) return reader.fail(Fault::share_name_missing, at + name);
  if (end == std::string_view::npos || end + 1 == filter.size()) {
    return reader.fail(Fault::share_name_not_followed, at + filter.size());
  }
  const std::size_t wildcard = filter.substr(0, end).find_first_of("+#");
  if (wildcard != std::string_view::npos) return reader.fail(Fault::share_name_not_followed, at + wildcard);
  return true;
}

[[gnu::always_inline]] inline bool check_wildcards(Reader& reader, std::string_view filter, std::size_t at) {
  const std::size_t wildcard = misplaced_wildcard(filter);
  if (wildcard == filter.size()) return true;
  const bool multi_level = filter[wildcard] == '#';
  return reader.fail(multi_level ? Fault::filter_multi_level_wildcard : Fault::filter_single_level_wildcard,
                     at + wildcard);
}

// A forgiving reader leaves to the server whether wildcards and share name are well placed: it may answer
// with SUBACK 0x8F.
[[gnu::always_inline]] inline bool read_filter_field(Reader& reader, std::string_view& filter) {
  const std::size_t offset = reader.offset();
  if (!reader.text(filter)) return false;
  if (filter.empty()) return reader.fail(Fault::filter_empty, offset);
  if (reader.forgiving()) return true;
  const std::size_t at = reader.offset() - filter.size();
  if (reader.v5() && is_shared(filter) && !check_share(reader, filter, at)) return false;
  return check_wildcards(reader, filter, at);
}

bool read_topic(Reader& reader, PublishView& publish) {
  const std::size_t offset = reader.offset();
  if (!reader.text(publish.topic)) return false;
  // In 5.0 a Topic Alias may stand for it.
  if (publish.topic.empty() && !reader.v5()) return reader.fail(Fault::topic_empty, offset);
  return !has_wildcard(publish.topic) || reader.fail(Fault::topic_wildcard, offset);
}

}  // namespace

bool read_publish(Reader& reader, std::uint8_t flags, PublishView& publish) {
  publish.dup = (flags & 0x08) != 0;
  publish.qos = flags >> 1 & 3;
  publish.retain = (flags & 0x01) != 0;
  if (publish.dup && publish.qos == 0 && !reader.judge(Fault::dup_at_qos_0, 0)) return false;
  const std::size_t topic_offset = reader.offset();
  if (!read_topic(reader, publish)) return false;
  if (publish.qos > 0 && !read_packet_id(reader, publish.packet_id, zero_fault(reader))) return false;
  if (reader.v5() && !read_properties(reader, PacketType::publish, publish.properties)) return false;
  if (publish.topic.empty() && !publish.properties.has(PropertyId::topic_alias)) {
    return reader.fail(Fault::topic_empty, topic_offset);
  }
  publish.payload = as_text(reader.at(), reader.left());
  reader.skip(reader.left());
  inspect_payload(reader, publish.payload, publish.properties);
  return true;
}

bool read_publish_reply(Reader& reader, PacketType type, std::uint16_t& packet_id, ReasonCode& reason,
                        PropertiesView& properties) {
  return read_packet_id(reader, packet_id, Fault::identifier_zero_reply) &&
         read_reason_and_properties(reader, type, reason, properties);
}

bool read_subscribe(Reader& reader, SubscribeView& subscribe) {
  if (!read_packet_id(reader, subscribe.packet_id, zero_fault(reader))) return false;
  if (reader.v5() && !read_properties(reader, PacketType::subscribe, subscribe.properties)) return false;
  if (reader.left() == 0) return reader.fail(Fault::no_subscription, reader.offset());
  const ByteView payload(reader.at(), reader.left());
  Reader copy = reader;
  bool good = true;
  while (good && copy.left() > 0) {
    std::string_view filter;
    std::uint8_t options = 0;
    good = read_filter_field(copy, filter) && copy.byte(options) && check_options(copy, options, filter);
  }
  reader.go_on_from(copy);
  if (!good) return false;
  subscribe.requests = RequestsView(payload);
  return true;
}

bool read_unsubscribe(Reader& reader, UnsubscribeView& unsubscribe) {
  if (!read_packet_id(reader, unsubscribe.packet_id, zero_fault(reader))) return false;
  if (reader.v5() && !read_properties(reader, PacketType::unsubscribe, unsubscribe.properties)) return false;
  if (reader.left() == 0) return reader.fail(Fault::no_unsubscription, reader.offset());
  const ByteView payload(reader.at(), reader.left());
  while (reader.left() > 0) {
    std::string_view filter;
    if (!read_filter_field(reader, filter)) return false;
  }
  unsubscribe.filters = FiltersView(payload);
  return true;
}

bool read_connack(Reader& reader, ConnackView& connack) {
  const std::size_t flags_offset = reader.offset();
  std::uint8_t flags = 0;
  if (!reader.byte(flags)) return false;
  if ((flags & 0xFE) != 0) return reader.fail(Fault::connack_flags, flags_offset);
  connack.session_present = flags == 1;
  const bool code_read = reader.v5() ? read_reason(reader, PacketType::connack, connack.reason)
                                     : read_return_code(reader, connack.reason);
  if (!code_read) return false;
  if (connack.session_present && connack.reason != ReasonCode::success) {
    return reader.fail(Fault::session_present_with_error, flags_offset);
  }
  return !reader.v5() || read_properties(reader, PacketType::connack, connack.properties);
}

bool read_suback(Reader& reader, SubackView& suback) {
  if (!read_packet_id(reader, suback.packet_id, Fault::identifier_zero_answer)) return false;
  if (reader.v5() && !read_properties(reader, PacketType::suback, suback.properties)) return false;
  if (reader.left() == 0) return reader.fail(Fault::no_code_suback, reader.offset());
  return read_codes(reader, PacketType::suback, suback.reasons);
}

bool read_unsuback(Reader& reader, UnsubackView& unsuback) {
  if (!read_packet_id(reader, unsuback.packet_id, Fault::identifier_zero_answer)) return false;
  if (!reader.v5()) return true;
  if (!read_properties(reader, PacketType::unsuback, unsuback.properties)) return false;
  if (reader.left() == 0) return reader.fail(Fault::no_code_unsuback, reader.offset());
  return read_codes(reader, PacketType::unsuback, unsuback.reasons);
}

bool read_disconnect(Reader& reader, DisconnectView& disconnect) {
  return read_reason_and_properties(reader, PacketType::disconnect, disconnect.reason, disconnect.properties);
}

// Without reason code and properties it means Success and no method, and so is never right.
bool read_auth(Reader& reader, AuthView& auth) {
  if (reader.left() > 0) {
    if (!read_reason(reader, PacketType::auth, auth.reason)) return false;
    if (!read_properties(reader, PacketType::auth, auth.properties)) return false;
  }
  if (!auth.properties.has(PropertyId::authentication_method)) {
    return reader.fail(Fault::authentication_method_missing, reader.offset());
  }
  return true;
}

}  // namespace holdfast::mqtt
