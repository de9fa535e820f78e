// Every property in every packet: where it belongs with its least and its greatest value, twice, out of
// range, cut off and ill-formed; where it does not belong, as a fault.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;
using T = PropertyType;

// "payload-format-indicator"
std::string slug_of(const PropertyRule& rule) {
  std::string slug;
  for (const char letter : rule.name) {
    if (letter == ' ') {
      slug += '-';
    } else {
      slug += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    }
  }
  return slug;
}

int size_of(T type) { return type == T::byte ? 1 : type == T::two_bytes ? 2 : 4; }
bool is_number(T type) { return type <= T::variable && type != T::none; }

std::uint32_t greatest_of(T type) {
  if (type == T::byte) return 0xFF;
  if (type == T::two_bytes) return 0xFFFF;
  return type == T::variable ? 268'435'455 : 0xFFFF'FFFF;
}

Field property_field(const PropertyRule& rule, const Bytes& value, std::string comment) {
  Bytes bytes{static_cast<std::uint8_t>(rule.id)};
  bytes.insert(bytes.end(), value.begin(), value.end());
  return {FieldKind::property, std::move(bytes), std::string(rule.name) + comment, {}, {}};
}

Bytes number_value(const PropertyRule& rule, std::uint32_t number) {
  return rule.type == T::variable ? variable_bytes(number) : number_bytes(number, size_of(rule.type));
}

Field number_field(const PropertyRule& rule, std::uint32_t number) {
  return property_field(rule, number_value(rule, number), fmt::format(" {}", number));
}

Field text_field(const PropertyRule& rule, std::string_view text) {
  return property_field(rule, text_bytes(text), fmt::format(", {} bytes", text.size()));
}

Field pair_field(const PropertyRule& rule, std::string_view name, std::string_view value) {
  Bytes both = text_bytes(name);
  const Bytes second = text_bytes(value);
  both.insert(both.end(), second.begin(), second.end());
  return property_field(rule, both,
                        fmt::format(", name of {} bytes, value of {}", name.size(), value.size()));
}

// A value that is right.
Field good_field(const PropertyRule& rule) {
  if (is_number(rule.type)) return number_field(rule, std::max<std::uint32_t>(rule.min, 1));
  if (rule.type == T::text_pair) return pair_field(rule, "k", "v");
  return text_field(rule, rule.type == T::binary ? std::string_view("\x00\xFF", 2) : "text");
}

// A packet, or the will in a CONNECT, that takes properties.
class Place {
 public:
  Place(VectorList& list, PacketType place) : list_(list), place_(place) {
    const bool will = place == will_properties;
    type_ = will ? PacketType::connect : place;
    base_ = will ? full_connect(Version::v5) : plain_draft(Version::v5, list.sender(), type_);
    at_ = base_.find(FieldKind::property_length) + 1;
    if (will) at_ = base_.find(FieldKind::property_length, at_) + 1;
    control_ = list.accept(name("no-property-but-those-needed"), base_);
  }

  bool allows(const PropertyRule& rule) const { return (packets_of(rule, list_.sender()) & in(place_)) != 0; }
  bool allows_to_other(const PropertyRule& rule) const {
    return ((rule.from_client | rule.from_server) & in(place_)) != 0;
  }
  bool may_repeat(const PropertyRule& rule) const { return (rule.may_repeat & in(place_)) != 0; }
  bool repeat_is_open(const PropertyRule& rule) const { return (rule.repeat_left_open & in(place_)) != 0; }
  // AUTH has it already.
  bool has(const PropertyRule& rule) const {
    return type_ == PacketType::auth && rule.id == PropertyId::authentication_method;
  }
  bool needs_method(const PropertyRule& rule) const {
    return place_ == PacketType::connect && rule.id == PropertyId::authentication_data;
  }

  // The packet with these properties in front of those that it has.
  Draft with(const std::vector<Field>& fields) const {
    Draft draft = base_;
    draft.fields.insert(draft.fields.begin() + static_cast<std::ptrdiff_t>(at_), fields.begin(),
                        fields.end());
    return draft;
  }
  // Offset of the n-th of the properties given to with().
  std::size_t offset(const std::vector<Field>& fields, std::size_t n = 0) const {
    return with(fields).offset_of(at_ + n);
  }

  std::size_t accept(const std::string& slug, const std::vector<Field>& fields) {
    return list_.accept(name(slug), with(fields));
  }
  // `within`: bytes from the n-th property to what is wrong.
  void fault(std::size_t control, const std::string& slug, const std::vector<Field>& fields, F fault,
             std::size_t n, std::size_t within, std::string_view also = {}) {
    list_.fault(control, name(slug), with(fields), fault, offset(fields, n) + within, also);
  }
  void fault(const std::string& slug, const std::vector<Field>& fields, F fault_found,
             std::size_t within = 0) {
    fault(control_, slug, fields, fault_found, 0, within);
  }

  // The block itself.
  void add_lengths();

 private:
  std::string name(const std::string& slug) const {
    return (place_ == will_properties ? "will-property/" : "property/") + slug;
  }

  VectorList& list_;
  PacketType place_;
  PacketType type_ = PacketType::reserved;
  Draft base_;
  std::size_t at_ = 0;  // index of the first property field
  std::size_t control_ = 0;
};

void Place::add_lengths() {
  Draft draft = with({pair_field(rule_of(PropertyId::user_property), "k", "v")});
  Field& length = draft.fields[at_ - 1];
  const std::size_t offset = draft.offset_of(at_ - 1);
  const auto right = static_cast<std::uint8_t>(draft.written()[at_ + 1].bytes.front());
  const auto wrong = [&](std::string_view slug, Bytes bytes, F fault, std::size_t at) {
    length.bytes = std::move(bytes);
    list_.fault(control_, name(std::string(slug)), draft, fault, at);
  };
  wrong("length-beyond-the-packet", {0x7F}, F::property_length, offset);
  wrong("length-of-two-bytes", {static_cast<std::uint8_t>(right | 0x80), 0x00}, F::length_not_minimal,
        offset);
  wrong("length-of-five-bytes", {0x80, 0x80, 0x80, 0x80, 0x00}, F::length_over_four_bytes, offset);
  // The User Property stands first; the block ends in its name, in the length of its value, before its value.
  wrong("length-ends-in-a-property", {3}, F::property_length, offset + 2);
  wrong("length-ends-between-two-strings", {4}, F::property_length, offset + 5);
  wrong("length-ends-behind-an-identifier", {1}, F::property_length, offset + 2);
  length.bytes.clear();
  draft.fields.resize(at_);
  draft.fields[at_ - 1].bytes = {0x80};
  list_.fault(control_, name("length-cut-off"), draft, F::property_length_missing, offset);
}

void add_numbers(Place& place, const PropertyRule& rule, std::size_t control) {
  const std::string slug = slug_of(rule);
  const std::uint32_t greatest = std::min(rule.max, greatest_of(rule.type));
  place.accept(slug + "/least", {number_field(rule, rule.min)});
  place.accept(slug + "/greatest", {number_field(rule, greatest)});
  if (rule.min > 0) place.fault(control, slug + "/zero", {number_field(rule, 0)}, rule.out_of_range, 0, 1);
  if (greatest < greatest_of(rule.type)) {
    place.fault(control, slug + "/above", {number_field(rule, greatest + 1)}, rule.out_of_range, 0, 1);
    place.fault(control, slug + "/far-above", {number_field(rule, greatest_of(rule.type))}, rule.out_of_range,
                0, 1);
  }
  if (rule.type == T::variable) {
    place.fault(control, slug + "/not-minimal", {property_field(rule, {0x81, 0x00}, " 1 in two bytes")},
                F::length_not_minimal, 0, 1);
    place.fault(control, slug + "/five-bytes",
                {property_field(rule, {0x81, 0x80, 0x80, 0x80, 0x00}, " 1 in five bytes")},
                F::length_over_four_bytes, 0, 1);
  }
}

std::string_view requirement_on(const PropertyRule& rule) {
  if (rule.id == PropertyId::response_topic) return "MQTT-3.3.2-13";
  if (rule.id == PropertyId::content_type) return "MQTT-3.3.2-19";
  return {};
}

void add_texts(Place& place, const PropertyRule& rule, std::size_t control) {
  const std::string slug = slug_of(rule);
  const std::string_view also = requirement_on(rule);
  place.accept(slug + "/four-byte-character", {text_field(rule, "\xF0\x9F\x90\xA2")});
  if (rule.id != PropertyId::response_topic) place.accept(slug + "/empty", {text_field(rule, "")});
  place.fault(control, slug + "/overlong", {text_field(rule, "a\xC0\xAF")}, F::ill_formed, 0, 4, also);
  place.fault(control, slug + "/surrogate", {text_field(rule, "\xED\xA0\x80")}, F::ill_formed, 0, 3, also);
  place.fault(control, slug + "/cut-character", {text_field(rule, "ab\xE2\x82")}, F::ill_formed, 0, 5, also);
  place.fault(control, slug + "/null", {text_field(rule, std::string_view("a\0b", 3))}, F::null_character, 0,
              4);
  place.fault(control, slug + "/control-character", {text_field(rule, "\x01")}, F::discouraged_character, 0,
              3);
  if (rule.id != PropertyId::response_topic) return;
  for (const std::string_view topic : {"#", "a/+/b", "a/#"}) {
    place.fault(control, slug + "/wildcard-" + std::to_string(topic.size()), {text_field(rule, topic)},
                F::response_topic_wildcard, 0, 1);
  }
}

void add_pairs(Place& place, const PropertyRule& rule, std::size_t control) {
  const std::string slug = slug_of(rule);
  place.accept(slug + "/empty-name-and-value", {pair_field(rule, "", "")});
  place.accept(slug + "/same-name",
               {pair_field(rule, "k", "1"), pair_field(rule, "k", "2"), pair_field(rule, "k", "1")});
  place.fault(control, slug + "/ill-formed-name", {pair_field(rule, "\xFF", "v")},
              F::ill_formed_user_property, 0, 3);
  place.fault(control, slug + "/ill-formed-value", {pair_field(rule, "k", "\xED\xBF\xBF")},
              F::ill_formed_user_property, 0, 6);
  place.fault(control, slug + "/null-in-name", {pair_field(rule, std::string_view("\0", 1), "v")},
              F::null_character_user_property, 0, 3);
  place.fault(control, slug + "/null-in-value", {pair_field(rule, "k", std::string_view("v\0", 2))},
              F::null_character_user_property, 0, 7);
}

void add_cut_off(Place& place, const PropertyRule& rule, std::size_t control) {
  const std::string slug = slug_of(rule);
  // The block is the packet's last but for its payload, so that its length alone says where it ends.
  Field field = good_field(rule);
  field.comment += ", without its last byte";
  field.bytes.pop_back();
  std::size_t within = 1;
  if (rule.type == T::text_pair) within = 4;
  const std::vector<Field> last = place.has(rule) ? std::vector<Field>{} : std::vector<Field>{field};
  if (last.empty()) return;
  // What stands behind it would be read as its end.
  Draft draft = place.with(last);
  for (std::size_t i = draft.find(FieldKind::property); i < draft.fields.size(); ++i) {
    if (draft.fields[i].kind == FieldKind::property && draft.fields[i].bytes != field.bytes) return;
  }
  place.fault(control, slug + "/cut-off", last, F::property_length, 0, within);
}

void add_allowed(Place& place, const PropertyRule& rule) {
  const std::string slug = slug_of(rule);
  std::vector<Field> fields{good_field(rule)};
  if (place.needs_method(rule)) {
    place.fault(slug + "/without-method", fields, F::authentication_data_alone,
                static_cast<std::size_t>(-1));  // at the Property Length, one byte before
    fields.insert(fields.begin(), text_field(rule_of(PropertyId::authentication_method), "m"));
    const std::size_t control = place.accept(slug + "/once", fields);
    fields.push_back(good_field(rule));
    place.fault(control, slug + "/twice", fields, rule.twice, 2, 0);
    return;
  }
  if (place.has(rule)) {
    // The one given stands in front of the one that the packet has.
    Draft draft = place.with(fields);
    place.fault(slug + "/twice", fields, rule.twice, fields.front().bytes.size());
    return;
  }
  const std::size_t control = place.accept(slug + "/once", fields);
  fields.push_back(good_field(rule));
  if (place.may_repeat(rule)) {
    place.accept(slug + "/twice", fields);
  } else {
    const F fault = place.repeat_is_open(rule) ? F::property_twice_left_open : rule.twice;
    place.fault(control, slug + "/twice", fields, fault, 1, 0);
  }
  if (is_number(rule.type)) add_numbers(place, rule, control);
  if (rule.type == T::text) add_texts(place, rule, control);
  if (rule.type == T::binary) place.accept(slug + "/empty", {text_field(rule, "")});
  if (rule.type == T::text_pair) add_pairs(place, rule, control);
  add_cut_off(place, rule, control);
}

void add_place(VectorList& list, PacketType type) {
  Place place(list, type);
  std::vector<Field> all;
  for (const PropertyRule& rule : rule_table::properties) {
    if (place.allows(rule)) {
      add_allowed(place, rule);
      if (!place.has(rule)) all.push_back(good_field(rule));
    } else {
      const F fault = place.allows_to_other(rule) ? rule.wrong_sender : F::property_unknown;
      place.fault("not-here/" + slug_of(rule), {good_field(rule)}, fault);
    }
  }
  place.accept("all", all);
  std::reverse(all.begin(), all.end());
  place.accept("all-in-reverse", all);
  for (const std::uint8_t id : std::initializer_list<std::uint8_t>{0x00, 0x04, 0x07, 0x0A, 0x10, 0x14, 0x1B,
                                                                   0x1D, 0x1E, 0x20, 0x2B, 0x7F}) {
    place.fault(fmt::format("unknown-{:02x}", id),
                {{FieldKind::property,
                  {id, 0x00},
                  fmt::format("property 0x{:02X}, which does not exist", id),
                  {},
                  {}}},
                F::property_unknown);
  }
  place.fault("unknown-0080",
              {{FieldKind::property, {0x80, 0x01, 0x00}, "property 128, which does not exist", {}, {}}},
              F::property_unknown);
  place.fault("identifier-not-minimal",
              {{FieldKind::property,
                {0xA6, 0x00, 0x00, 0x01, 'k', 0x00, 0x01, 'v'},
                "User Property, its identifier in two bytes",
                {},
                {}}},
              F::length_not_minimal);
  place.add_lengths();
}

}  // namespace

void add_property_vectors(VectorList& list) {
  for (unsigned code = 1; code < 16; ++code) {
    const auto type = static_cast<PacketType>(code);
    const bool has_none = type == PacketType::pingreq || type == PacketType::pingresp;
    if (list.may_send(type) && !has_none) add_place(list, type);
  }
  if (list.may_send(PacketType::connect)) add_place(list, will_properties);
}

}  // namespace holdfast::mqtt
