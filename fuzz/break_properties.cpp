#include "fuzz/breaker.h"
#include "sim/mqtt/utf8.h"

namespace holdfast::fuzz {

using mqtt::Fault;
using mqtt::PropertyId;
using mqtt::PropertyRule;
using mqtt::PropertyType;
using namespace std::string_view_literals;
using enum mqtt::PacketType;

namespace {

constexpr std::initializer_list<std::string_view> ill_formed_sequences{"\xC0\x80"sv,
                                                                       "\xC1\xBF"sv,
                                                                       "\xE0\x80\xAF"sv,
                                                                       "\xED\xA0\x80"sv,
                                                                       "\xED\xBF\xBF"sv,
                                                                       "\xF0\x80\x80\x80"sv,
                                                                       "\x80"sv,
                                                                       "\xF4\x90\x80\x80"sv,
                                                                       "\xF8\x88\x80\x80"sv,
                                                                       "\xFE"sv,
                                                                       "\xFF"sv,
                                                                       "\xE2\x82"sv};
constexpr std::initializer_list<std::string_view> discouraged_characters{
    "\x01"sv,     "\x1F"sv,         "\x7F"sv,         "\xC2\x80"sv,
    "\xC2\x9F"sv, "\xEF\xBF\xBE"sv, "\xEF\xB7\x90"sv, "\xF0\x9F\xBF\xBE"sv};

std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_text(const Field& field) {
  switch (field.role) {
    case Role::client_id:
    case Role::will_topic:
    case Role::user_name:
    case Role::topic:
    case Role::filter:
      return true;
    case Role::property:
      return rule_of(field.id).type == PropertyType::text;
    default:
      return false;
  }
}

// The start of one of the first characters of a text, or its end.
std::size_t character_boundary(ByteView bytes, std::uint64_t characters) {
  std::string_view text = text_of(bytes);
  std::size_t at = 0;
  while (at < text.size() && characters-- > 0) {
    const std::size_t size = mqtt::sequence_length(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

ByteView value_that_is_right(PropertyId id, PropertyType type) {
  static constexpr std::array<std::uint8_t, 4> one{0, 0, 0, 1};
  const ByteView number(one);
  switch (type) {
    case PropertyType::byte:
      return number.first(1);
    case PropertyType::two_bytes:
      return number.last(2);
    case PropertyType::four_bytes:
      return number;
    case PropertyType::variable:
      return number.last(1);
    default:
      return id == PropertyId::user_property ? view_of("name") : view_of("text");
  }
}

}  // namespace

// --- where properties stand ---

std::optional<std::size_t> Breaker::property_block(Place place) {
  for (std::size_t i = 0; i < fields_.count(); ++i) {
    if (fields_[i].role == Role::property_length && fields_[i].place == place) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> Breaker::property_block() {
  if (!v5()) return std::nullopt;
  const bool may_lack = (type() >= puback && type() <= pubcomp) || type() == disconnect;
  if (may_lack && !property_block(Place::properties)) {
    if (fields_.find(Role::reason_code) == fields_.count()) {
      fields_.append(Field{.role = Role::reason_code, .bytes = made_.bytes({0})});
    }
    fields_.append(Field{.role = Role::property_length, .place = Place::properties});
  }
  const auto of_will = property_block(Place::will_properties);
  if (of_will && draws_.below(2) == 1) return of_will;
  return property_block(Place::properties);
}

bool Breaker::is_allowed(const PropertyRule& rule, Place place) const {
  return (packets_of(rule, options_.sender) & in(table_of(place))) != 0;
}

std::size_t Breaker::somewhere_in(std::size_t block) {
  std::size_t end = block + 1;
  while (end < fields_.count() && fields_[end].role == Role::property &&
         fields_[end].place == fields_[block].place) {
    ++end;
  }
  return draws_.between(block + 1, end);
}

std::size_t Breaker::insert_property(std::size_t block, const PropertyRule& rule) {
  const std::size_t at = somewhere_in(block);
  Field field{.role = Role::property, .place = fields_[block].place, .id = rule.id};
  field.has_length = rule.type >= PropertyType::text;
  field.has_second = rule.type == PropertyType::text_pair;
  field.bytes = value_that_is_right(rule.id, rule.type);
  if (field.has_second) field.second = view_of("value");
  fields_.insert(at, field);
  return at;
}

// --- strings ---

Breaker::Result Breaker::text_fault() {
  std::size_t texts = 0;
  for (std::size_t i = 0; i < fields_.count(); ++i) texts += is_text(fields_[i]) ? 1 : 0;
  std::size_t chosen = fields_.count();
  if (texts > 0) {
    std::uint64_t left = draws_.below(texts);
    for (std::size_t i = 0; i < fields_.count() && chosen == fields_.count(); ++i) {
      if (is_text(fields_[i]) && left-- == 0) chosen = i;
    }
  } else {
    const std::optional<std::size_t> block = property_block();
    const Place place = block ? fields_[*block].place : Place::properties;
    const PropertyRule* rule = choose_property(
        [&](const PropertyRule& one) { return one.type == PropertyType::text && is_allowed(one, place); });
    if (!block || rule == nullptr) return std::nullopt;
    chosen = insert_property(*block, *rule);
  }
  Field& field = fields_[chosen];
  // A character beside a wildcard would break the rules of filters too.
  const bool is_plain = !mqtt::has_wildcard(text_of(field.bytes)) && !text_of(field.bytes).starts_with('$');
  if (field.role == Role::filter && !is_plain) set_text(chosen, "a/b");
  if (field.bytes.size() + 8 > made_.room()) return std::nullopt;
  std::string_view sequence = "\0"sv;
  if (fault_ == Fault::ill_formed) sequence = pick(ill_formed_sequences);
  if (fault_ == Fault::discouraged_character) sequence = pick(discouraged_characters);
  const std::size_t at = character_boundary(field.bytes, draws_.below(40));
  field.bytes = made_.joined(field.bytes.first(at), view_of(sequence), field.bytes.subspan(at));
  return at_field(chosen, (field.role == Role::property ? 3 : 2) + at);
}

Breaker::Result Breaker::user_property_fault() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const std::size_t chosen = insert_property(*block, rule_of(PropertyId::user_property));
  const bool is_null = fault_ == Fault::null_character_user_property;
  const std::string_view sequence = is_null ? "\0"sv : pick(ill_formed_sequences);
  Field& field = fields_[chosen];
  const bool in_value = draws_.below(2) == 1;
  ByteView& text = in_value ? field.second : field.bytes;
  const std::size_t at = character_boundary(text, draws_.below(5));
  const std::size_t before = in_value ? 3 + field.bytes.size() + 2 : 3;
  text = made_.joined(text.first(at), view_of(sequence), text.subspan(at));
  return at_field(chosen, before + at);
}

// --- properties ---

Breaker::Result Breaker::property_unknown() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const Place place = fields_[*block].place;
  const auto is_unknown = [&](std::uint64_t id) {
    const PropertyRule& rule = rule_of(static_cast<PropertyId>(id));
    return rule.type == PropertyType::none ||
           ((rule.from_client | rule.from_server) & in(table_of(place))) == 0;
  };
  std::uint64_t id = draws_.below(0x80);
  while (!is_unknown(id)) id = (id + 1) % 0x80;
  const std::size_t at = somewhere_in(*block);
  fields_.insert(at, Field{.role = Role::property,
                           .place = place,
                           .id = static_cast<PropertyId>(id),
                           .bytes = made_.bytes({0})});
  return at_field(at);
}

Breaker::Result Breaker::property_of_other_sender() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const Place place = fields_[*block].place;
  const PropertyRule* rule = choose_property([&](const PropertyRule& one) {
    const bool is_other = ((one.from_client | one.from_server) & in(table_of(place))) != 0;
    return one.wrong_sender == fault_ && is_other && !is_allowed(one, place);
  });
  if (rule == nullptr) return std::nullopt;
  return at_field(insert_property(*block, *rule));
}

Breaker::Result Breaker::property_twice() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const Place place = fields_[*block].place;
  const auto table = in(table_of(place));
  const PropertyRule* rule = choose_property([&](const PropertyRule& one) {
    if (!is_allowed(one, place) || (one.may_repeat & table) != 0) return false;
    const bool left_open = (one.repeat_left_open & table) != 0;
    return fault_ == (left_open ? Fault::property_twice_left_open : one.twice);
  });
  if (rule == nullptr) return std::nullopt;
  std::size_t first = fields_.find_property(rule->id, place);
  if (first == fields_.count()) first = insert_property(*block, *rule);
  if (fields_.count() == PacketFields::count_max) return std::nullopt;
  fields_.insert(first + 1, Field(fields_[first]));
  return at_field(first + 1);
}

Breaker::Result Breaker::property_range() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const Place place = fields_[*block].place;
  const PropertyRule* rule = choose_property(
      [&](const PropertyRule& one) { return one.out_of_range == fault_ && is_allowed(one, place); });
  if (rule == nullptr) return std::nullopt;
  std::size_t chosen = fields_.find_property(rule->id, place);
  if (chosen == fields_.count()) chosen = insert_property(*block, *rule);
  Field& field = fields_[chosen];
  const auto value =
      rule->min > 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(draws_.between(rule->max + 1, 255));
  if (rule->type == PropertyType::two_bytes)
    field.bytes = made_.bytes({0, value});
  else if (rule->type == PropertyType::four_bytes)
    field.bytes = made_.bytes({0, 0, 0, value});
  else
    field.bytes = made_.bytes({value});
  return at_field(chosen, 1);
}

Breaker::Result Breaker::payload_not_utf8() {
  if (!v5()) return std::nullopt;
  const bool is_will = type() == connect;
  if (is_will) ensure_will();
  const Place place = is_will ? Place::will_properties : Place::properties;
  const PropertyRule& rule = rule_of(PropertyId::payload_format_indicator);
  const std::optional<std::size_t> block = property_block(place);
  if (!block) return std::nullopt;
  std::size_t indicator = fields_.find_property(rule.id, place);
  if (indicator == fields_.count()) indicator = insert_property(*block, rule);
  set_byte(indicator, 1);
  const std::size_t payload = fields_.find(is_will ? Role::will_payload : Role::payload);
  const std::size_t at = draws_.below(20);
  fields_[payload].bytes =
      made_.joined(view_of("a \xC3\xA9 text that is well").first(at >= 3 && at < 4 ? 4 : at),
                   view_of(pick(ill_formed_sequences)), {});
  return at_field(payload, (is_will ? 2 : 0) + (at >= 3 && at < 4 ? 4 : at));
}

Breaker::Result Breaker::response_topic_wildcard() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const Place place = fields_[*block].place;
  const PropertyRule& rule = rule_of(PropertyId::response_topic);
  if (!is_allowed(rule, place)) return std::nullopt;
  std::size_t chosen = fields_.find_property(rule.id, place);
  if (chosen == fields_.count()) chosen = insert_property(*block, rule);
  set_text(chosen, pick({"#", "+", "a/+/b", "a/#", "a+", "#a"}));
  return at_field(chosen, 1);
}

Breaker::Result Breaker::authentication_data_alone() {
  const std::optional<std::size_t> block = property_block(Place::properties);
  if (!block) return std::nullopt;
  const std::size_t method = fields_.find_property(PropertyId::authentication_method, Place::properties);
  if (method < fields_.count()) fields_.remove(method);
  const std::size_t data = fields_.find_property(PropertyId::authentication_data, Place::properties);
  if (data == fields_.count()) insert_property(*block, rule_of(PropertyId::authentication_data));
  return at_field(*block);
}

Breaker::Result Breaker::authentication_method_missing() {
  if (draws_.below(2) == 0) {
    fields_.truncate(0);  // with the reason code alone it would be the Property Length that is missing
    return at_end();
  }
  const std::size_t method = fields_.find_property(PropertyId::authentication_method, Place::properties);
  if (method == fields_.count()) return std::nullopt;
  fields_.remove(method);
  return at_end();
}

}  // namespace holdfast::fuzz
