#include "sim/mqtt/read_packets.h"

namespace holdfast::mqtt {
namespace {

bool check_number(Reader& reader, const PropertyRule& rule, std::uint32_t number, std::size_t offset) {
  if (number >= rule.min && number <= rule.max) return true;
  return reader.judge(rule.out_of_range, offset);
}

bool read_text(Reader& reader, const PropertyRule& rule) {
  const std::size_t field = reader.offset();
  std::string_view text;
  if (!reader.text(text)) return false;
  if (rule.id == PropertyId::response_topic && has_wildcard(text)) {
    return reader.fail(Fault::response_topic_wildcard, field);
  }
  return true;
}

bool read_user_property(Reader& reader) {
  std::string_view text;
  return reader.text(text, Fault::ill_formed_user_property, Fault::null_character_user_property) &&
         reader.text(text, Fault::ill_formed_user_property, Fault::null_character_user_property);
}

bool read_value(Reader& reader, const PropertyRule& rule) {
  const std::size_t field = reader.offset();
  switch (rule.type) {
    case PropertyType::none:
      break;
    case PropertyType::byte: {
      std::uint8_t number = 0;
      return reader.byte(number) && check_number(reader, rule, number, field);
    }
    case PropertyType::two_bytes: {
      std::uint16_t number = 0;
      return reader.two_bytes(number) && check_number(reader, rule, number, field);
    }
    case PropertyType::four_bytes: {
      std::uint32_t number = 0;
      return reader.four_bytes(number) && check_number(reader, rule, number, field);
    }
    case PropertyType::variable: {
      std::uint32_t number = 0;
      return reader.variable(number) && check_number(reader, rule, number, field);
    }
    case PropertyType::text:
      return read_text(reader, rule);
    case PropertyType::binary: {
      std::string_view bytes;
      return reader.binary(bytes);
    }
    case PropertyType::text_pair:
      return read_user_property(reader);
  }
  return reader.fail(Fault::property_unknown, field);
}

// Whether the property may be in this packet: known, allowed here, from this sender.
bool check_place(Reader& reader, const PropertyRule& rule, PacketType place, std::size_t offset) {
  if ((packets_of(rule, reader.sender()) & in(place)) != 0) return true;
  const bool of_other_sender = ((rule.from_client | rule.from_server) & in(place)) != 0;
  return reader.fail(of_other_sender ? rule.wrong_sender : Fault::property_unknown, offset);
}

bool check_repetition(Reader& reader, const PropertyRule& rule, PacketType place, std::size_t offset) {
  if ((rule.may_repeat & in(place)) != 0) return true;
  const bool left_open = (rule.repeat_left_open & in(place)) != 0;
  return reader.judge(left_open ? Fault::property_twice_left_open : rule.twice, offset);
}

}  // namespace

bool read_properties(Reader& reader, PacketType place, PropertiesView& properties) {
  const std::size_t length_offset = reader.offset();
  const Fault cut_off_before = reader.set_cut_off(Fault::property_length_missing);
  std::uint32_t length = 0;
  if (!reader.variable(length)) return false;
  if (length > reader.left()) return reader.fail(Fault::property_length, length_offset);
  properties.block_ = ByteView(reader.at(), length);
  reader.set_cut_off(Fault::property_length);
  const std::uint8_t* packet_end = reader.set_end_after(length);
  while (reader.left() > 0) {
    const std::size_t offset = reader.offset();
    std::uint32_t number = 0;
    if (!reader.variable(number)) return false;
    if (number >= property_id_end) return reader.fail(Fault::property_unknown, offset);
    const auto id = static_cast<PropertyId>(number);
    const PropertyRule& rule = rule_of(id);
    if (!check_place(reader, rule, place, offset)) return false;
    if (properties.has(id) && !check_repetition(reader, rule, place, offset)) return false;
    properties.set_present(id);
    if (!read_value(reader, rule)) return false;
  }
  reader.restore_end(packet_end);
  reader.set_cut_off(cut_off_before);
  return true;
}

void inspect_payload(Reader& reader, std::string_view payload, const PropertiesView& properties) {
  using enum PropertyId;
  if (!properties.has(payload_format_indicator)) return;
  if (properties.get(payload_format_indicator).number != 1) return;
  const std::size_t well_formed = well_formed_prefix(payload);
  if (well_formed == payload.size()) return;
  reader.note(Fault::payload_not_utf8, reader.offset() - payload.size() + well_formed);
}

}  // namespace holdfast::mqtt
