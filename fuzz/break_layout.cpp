#include <algorithm>

#include "fuzz/breaker.h"

namespace holdfast::fuzz {

using mqtt::Fault;
using mqtt::PacketType;
using enum mqtt::PacketType;

ByteView Made::joined(ByteView front, ByteView middle, ByteView rear) {
  std::uint8_t* const begin = storage_.data() + used_;
  std::uint8_t* at = std::ranges::copy(front, begin).out;
  at = std::ranges::copy(middle, at).out;
  at = std::ranges::copy(rear, at).out;
  used_ += static_cast<std::size_t>(at - begin);
  return ByteView(begin, static_cast<std::size_t>(at - begin));
}

ByteView Made::bytes(std::initializer_list<std::uint8_t> values) {
  return joined(ByteView(values.begin(), values.size()), {}, {});
}

std::uint8_t Breaker::pick(std::initializer_list<std::uint8_t> values) {
  return values.begin()[draws_.below(values.size())];
}

std::string_view Breaker::pick(std::initializer_list<std::string_view> values) {
  return values.begin()[draws_.below(values.size())];
}

void Breaker::set_text(std::size_t field, std::string_view text) { fields_[field].bytes = view_of(text); }

// --- fixed header ---

Breaker::Result Breaker::reserved_type() {
  const std::uint8_t flags = fields_.first_byte & 0x0F;
  fields_.first_byte = static_cast<std::uint8_t>(flags | (v5() ? 0 : pick({0x00, 0xF0})));
  return at_first_byte();
}

Breaker::Result Breaker::type_of_other_sender() {
  std::array<PacketType, 16> others{};
  std::size_t count = 0;
  for (const mqtt::PacketRule& rule : mqtt::rule_table::packets) {
    const auto other = is_client() ? mqtt::Sender::server : mqtt::Sender::client;
    if (may_send(rule, other, options_.version) && !may_send(rule, options_.sender, options_.version)) {
      others[count++] = rule.type;
    }
  }
  const PacketType chosen = others[draws_.below(count)];
  fields_.first_byte = static_cast<std::uint8_t>(static_cast<unsigned>(chosen) << 4 | rule_of(chosen).flags);
  return at_first_byte();
}

Breaker::Result Breaker::flags() {
  fields_.first_byte ^= static_cast<std::uint8_t>(draws_.between(1, 15));
  return at_first_byte();
}

Breaker::Result Breaker::publish_qos_3() {
  fields_.first_byte |= 0x06;
  return at_first_byte();
}

Breaker::Result Breaker::length_over_four_bytes() {
  const std::size_t block = fields_.find(Role::property_length);
  if (block == fields_.count() || draws_.below(2) == 0) {
    fields_.length_endless = true;
    return at_length();
  }
  fields_[block].padding = 4;
  return at_field(block);
}

Breaker::Result Breaker::length_not_minimal() {
  const std::size_t block = fields_.find(Role::property_length);
  if (block == fields_.count() || draws_.below(2) == 0) {
    fields_.length_padding = 1;
    return at_length();
  }
  fields_[block].padding = 1;
  return at_field(block);
}

Breaker::Result Breaker::fixed_length() {
  const mqtt::PacketRule& rule = rule_of(type());
  const std::uint32_t shortest = v5() ? rule.shortest_v5 : rule.shortest_v311;
  const std::uint32_t longest = v5() ? rule.longest_v5 : rule.longest_v311;
  const bool is_bounded = longest < 0xFFFFFFFF;
  if (is_bounded && (shortest == 0 || draws_.below(2) == 0)) {
    fields_.append(Field{.bytes = made_.bytes({0, 0, 0}).first(draws_.between(1, 3))});
    return at_length();
  }
  if (shortest == 0) return std::nullopt;
  fields_.truncate(0);
  fields_.append(Field{.bytes = made_.bytes({1}).first(draws_.below(shortest))});
  return at_length();
}

Breaker::Result Breaker::too_large() {
  is_too_large_ = true;
  return at_length();
}

// --- layout ---

Spot Breaker::cut_at(std::size_t field) {
  const Field cut = fields_[field];
  const std::uint64_t way = draws_.below(3);
  fields_.truncate(field);
  if (way == 0 || (cut.bytes.size() < 2 && !cut.has_length)) return at_end();
  if (way == 1 || !cut.has_length) {
    fields_.append(Field{.bytes = made_.bytes({0})});
    return at_field(field);
  }
  Field longer = cut;
  longer.lie = static_cast<int>(draws_.between(1, 300));
  fields_.append(longer);
  return at_field(field);
}

Spot Breaker::surplus() {
  fields_.append(Field{.bytes = made_.bytes({0, 1, 2}).first(draws_.between(1, 3))});
  return at_field(fields_.count() - 1);
}

Breaker::Result Breaker::layout() {
  switch (type()) {
    case publish: {
      const std::size_t id = fields_.find(Role::packet_id);
      const bool has_id = id < fields_.count();
      return cut_at(has_id && draws_.below(2) == 0 ? id : fields_.find(Role::topic));
    }
    case subscribe:
    case unsubscribe: {
      if (draws_.below(3) == 0) return cut_at(0);
      const std::size_t first = fields_.find(Role::filter);
      // The first filter may not be missing altogether: that is another fault.
      const std::size_t last = fields_.count() - 1;
      if (fields_[last].role == Role::subscription_options) return cut_at(last);
      if (last != first && fields_[last].role == Role::filter) {
        Field& filter = fields_[last];
        filter.lie = static_cast<int>(draws_.between(1, 300));
        return at_field(last);
      }
      return cut_at(0);
    }
    case suback:
      return cut_at(0);
    case unsuback:
      if (!v5()) return std::nullopt;  // its length is fixed
      return cut_at(0);
    case connack:
      if (!v5()) return std::nullopt;
      if (draws_.below(2) == 0) return surplus();
      return cut_at(draws_.below(2));
    default:
      // What may be left out at the rear cannot be missing, but there may be too much.
      if (!v5() || !property_block()) return std::nullopt;
      return surplus();
  }
}

Breaker::Result Breaker::layout_connect() {
  if (draws_.below(2) == 0) {
    ensure_user_name();
    ensure_password();
    return surplus();
  }
  return cut_at(draws_.below(fields_.find(Role::keep_alive) + 1));
}

Breaker::Result Breaker::property_length_missing() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  const bool may_be_left_out =
      (type() >= puback && type() <= pubcomp) || type() == disconnect || type() == auth;
  fields_.truncate(*block);
  if (!may_be_left_out && draws_.below(2) == 0) return at_end();
  fields_.append(Field{.bytes = made_.bytes({0x80, 0x80, 0x80}).first(draws_.between(1, 3))});
  return at_field(*block);
}

// The last property of a block, which is cut off; nullopt if it cannot be.
Breaker::Result Breaker::last_property(Place place) {
  std::size_t last = fields_.count();
  for (std::size_t i = 0; i < fields_.count(); ++i) {
    if (fields_[i].role == Role::property && fields_[i].place == place) last = i;
  }
  if (last == fields_.count()) return std::nullopt;
  Field& property = fields_[last];
  if (property.has_second) return std::nullopt;
  if (property.has_length) {
    property.lie = static_cast<int>(draws_.between(1, 3));
  } else if (rule_of(property.id).type == mqtt::PropertyType::variable) {
    property.bytes = made_.bytes({0x80});
  } else {
    property.bytes = property.bytes.first(property.bytes.size() - 1);
  }
  return at_field(last, 1);
}

Breaker::Result Breaker::property_length() {
  const std::optional<std::size_t> block = property_block();
  if (!block) return std::nullopt;
  if (draws_.below(2) == 0) {
    const Result cut = last_property(fields_[*block].place);
    if (cut) return cut;
  }
  fields_[*block].lie = 100'000;
  return at_field(*block);
}

}  // namespace holdfast::fuzz
