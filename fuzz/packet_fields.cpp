#include "fuzz/packet_fields.h"

#include <algorithm>

#include "sim/mqtt/wire.h"

namespace holdfast::fuzz {

using mqtt::PacketType;
using mqtt::PropertyType;
using mqtt::Version;

void PacketFields::insert(std::size_t index, const Field& field) {
  if (count_ == count_max) return;
  std::move_backward(fields_.begin() + static_cast<std::ptrdiff_t>(index),
                     fields_.begin() + static_cast<std::ptrdiff_t>(count_),
                     fields_.begin() + static_cast<std::ptrdiff_t>(count_) + 1);
  fields_[index] = field;
  ++count_;
}

void PacketFields::remove(std::size_t index) {
  std::move(fields_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
            fields_.begin() + static_cast<std::ptrdiff_t>(count_),
            fields_.begin() + static_cast<std::ptrdiff_t>(index));
  --count_;
}

std::size_t PacketFields::find(Role role, std::size_t from) const {
  while (from < count_ && fields_[from].role != role) ++from;
  return std::min(from, count_);
}

std::size_t PacketFields::find_property(mqtt::PropertyId id, Place place) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (fields_[i].role == Role::property && fields_[i].place == place && fields_[i].id == id) return i;
  }
  return count_;
}

namespace {

// Walks through the packet. Every step tells whether it succeeded; the rest becomes raw when one did not.
class Apart {
 public:
  Apart(ByteView body, Version version, PacketFields& fields)
      : rest_(body), v5_(version == Version::v5), fields_(fields) {}

  void packet() {
    if (!body())
      append(Field{.bytes = rest_});
    else if (!rest_.empty())
      append(Field{.bytes = rest_});
  }

 private:
  bool full() const { return fields_.count() + 1 >= PacketFields::count_max; }
  void append(const Field& field) { fields_.append(field); }

  bool fixed(Role role, std::size_t size) {
    if (rest_.size() < size || full()) return false;
    append(Field{.role = role, .bytes = rest_.first(size)});
    rest_ = rest_.subspan(size);
    return true;
  }

  static bool sized(ByteView& rest, ByteView& bytes) {
    if (rest.size() < 2) return false;
    const std::size_t size = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    if (rest.size() < 2 + size) return false;
    bytes = rest.subspan(2, size);
    rest = rest.subspan(2 + size);
    return true;
  }

  bool text(Role role) {
    Field field{.role = role, .has_length = true};
    if (full() || !sized(rest_, field.bytes)) return false;
    append(field);
    return true;
  }

  static std::size_t size_of(PropertyType type, ByteView at) {
    switch (type) {
      case PropertyType::byte:
        return 1;
      case PropertyType::two_bytes:
        return 2;
      case PropertyType::four_bytes:
        return 4;
      case PropertyType::variable: {
        const mqtt::VariableInteger integer = mqtt::read_variable(at.data(), at.data() + at.size());
        return integer.state == mqtt::VariableInteger::State::whole ? integer.size : 0;
      }
      default:
        return 0;
    }
  }

  bool property(ByteView& block, Place place) {
    Field field{.role = Role::property, .place = place};
    field.id = static_cast<mqtt::PropertyId>(block[0]);
    const mqtt::PropertyRule& rule = rule_of(field.id);
    if (rule.type == PropertyType::none || full()) return false;
    ByteView rest = block.subspan(1);
    field.has_length = rule.type >= PropertyType::text;
    field.has_second = rule.type == PropertyType::text_pair;
    if (field.has_length) {
      if (!sized(rest, field.bytes)) return false;
      if (field.has_second && !sized(rest, field.second)) return false;
    } else {
      const std::size_t size = size_of(rule.type, rest);
      if (size == 0 || rest.size() < size) return false;
      field.bytes = rest.first(size);
      rest = rest.subspan(size);
    }
    append(field);
    block = rest;
    return true;
  }

  bool properties(Place place) {
    if (!v5_) return true;
    const mqtt::VariableInteger length = mqtt::read_variable(rest_.data(), rest_.data() + rest_.size());
    if (length.state != mqtt::VariableInteger::State::whole || full()) return false;
    if (rest_.size() < length.size + length.value) return false;
    append(Field{.role = Role::property_length, .place = place});
    ByteView block = rest_.subspan(length.size, length.value);
    rest_ = rest_.subspan(length.size + length.value);
    while (!block.empty()) {
      if (property(block, place)) continue;
      append(Field{.place = place, .bytes = block});
      break;
    }
    return true;
  }

  bool connect() {
    if (!text(Role::protocol_name) || !fixed(Role::protocol_level, 1)) return false;
    // A CONNECT of level 4 is one of 3.1.1 whoever reads it.
    if (fields_[fields_.count() - 1].bytes[0] == 4) v5_ = false;
    if (!fixed(Role::connect_flags, 1)) return false;
    const std::uint8_t flags = fields_[fields_.count() - 1].bytes[0];
    if (!fixed(Role::keep_alive, 2) || !properties(Place::properties) || !text(Role::client_id)) return false;
    if ((flags & 0x04) != 0) {
      if (!properties(Place::will_properties) || !text(Role::will_topic) || !text(Role::will_payload)) {
        return false;
      }
    }
    if ((flags & 0x80) != 0 && !text(Role::user_name)) return false;
    return (flags & 0x40) == 0 || text(Role::password);
  }

  bool publish() {
    if (!text(Role::topic)) return false;
    if ((fields_.first_byte & 0x06) != 0 && !fixed(Role::packet_id, 2)) return false;
    return properties(Place::properties) && fixed(Role::payload, rest_.size());
  }

  bool codes() {
    while (!rest_.empty()) {
      if (!fixed(Role::reason_code, 1)) return false;
    }
    return true;
  }

  bool reason_and_properties() {
    if (!v5_ || rest_.empty()) return true;
    return fixed(Role::reason_code, 1) && (rest_.empty() || properties(Place::properties));
  }

  bool filters(bool with_options) {
    while (!rest_.empty()) {
      if (!text(Role::filter)) return false;
      if (with_options && !fixed(Role::subscription_options, 1)) return false;
    }
    return true;
  }

  bool body() {
    using enum PacketType;
    switch (fields_.type()) {
      case connect:
        return this->connect();
      case connack:
        return fixed(Role::connack_flags, 1) && fixed(Role::reason_code, 1) && properties(Place::properties);
      case publish:
        return this->publish();
      case puback:
      case pubrec:
      case pubrel:
      case pubcomp:
        return fixed(Role::packet_id, 2) && reason_and_properties();
      case subscribe:
        return fixed(Role::packet_id, 2) && properties(Place::properties) && filters(true);
      case unsubscribe:
        return fixed(Role::packet_id, 2) && properties(Place::properties) && filters(false);
      case suback:
      case unsuback:
        return fixed(Role::packet_id, 2) && properties(Place::properties) && codes();
      case disconnect:
      case auth:
        return reason_and_properties();
      case pingreq:
      case pingresp:
      case reserved:
        break;
    }
    return true;
  }

  ByteView rest_;
  bool v5_;
  PacketFields& fields_;
};

std::size_t variable_size(std::uint32_t value) {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20'0000 ? 3 : 4;
}

void put_variable(std::uint32_t value, int padding, Bytes& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  if (padding == 0) return out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value | 0x80));
  for (int i = 1; i < padding; ++i) out.push_back(0x80);
  out.push_back(0);
}

std::uint32_t told(std::size_t size, int lie) {
  const auto number = static_cast<std::int64_t>(size) + lie;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, mqtt::variable_integer_max));
}

std::size_t content_size(const Field& field) {
  return (field.role == Role::property ? 1 : 0) + (field.has_length ? 2 : 0) + field.bytes.size() +
         (field.has_second ? 2 + field.second.size() : 0);
}

struct Sizes {
  std::array<std::size_t, 3> by_place{};  // of the contents that a Property Length counts
  std::size_t body = 0;

  explicit Sizes(const PacketFields& fields) {
    for (std::size_t i = 0; i < fields.count(); ++i) {
      if (fields[i].role == Role::property_length) continue;
      by_place[static_cast<std::size_t>(fields[i].place)] += content_size(fields[i]);
    }
    for (const std::size_t size : by_place) body += size;
    for (std::size_t i = 0; i < fields.count(); ++i) {
      if (fields[i].role == Role::property_length) body += length_size(fields[i]);
    }
  }
  std::uint32_t told_by(const Field& length) const {
    return told(by_place[static_cast<std::size_t>(length.place)], length.lie);
  }
  std::size_t length_size(const Field& length) const {
    return variable_size(told_by(length)) + static_cast<std::size_t>(length.padding);
  }
};

void put_sized(ByteView bytes, int lie, Bytes& out) {
  const std::uint32_t size = std::min<std::uint32_t>(told(bytes.size(), lie), 0xFFFF);
  out.push_back(static_cast<std::uint8_t>(size >> 8));
  out.push_back(static_cast<std::uint8_t>(size));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_field(const Field& field, const Sizes& sizes, Bytes& out) {
  if (field.role == Role::property_length) return put_variable(sizes.told_by(field), field.padding, out);
  if (field.role == Role::property) out.push_back(static_cast<std::uint8_t>(field.id));
  if (!field.has_length) {
    out.insert(out.end(), field.bytes.begin(), field.bytes.end());
    return;
  }
  put_sized(field.bytes, field.lie, out);
  if (field.has_second) put_sized(field.second, 0, out);
}

}  // namespace

void take_apart(ByteView packet, Version version, PacketFields& fields) {
  fields.clear();
  fields.first_byte = packet[0];
  const mqtt::VariableInteger length = mqtt::read_variable(packet.data() + 1, packet.data() + packet.size());
  Apart(packet.subspan(1 + std::size_t{length.size}), version, fields).packet();
}

void put_together(const PacketFields& fields, Bytes& out, FieldOffsets* offsets) {
  const std::size_t start = out.size();
  const Sizes sizes(fields);
  out.push_back(fields.first_byte);
  if (fields.length_endless)
    out.insert(out.end(), {0xFF, 0xFF, 0xFF, 0xFF, 0x7F});
  else
    put_variable(told(sizes.body, fields.length_lie), fields.length_padding, out);
  for (std::size_t i = 0; i < fields.count(); ++i) {
    if (offsets != nullptr) offsets->at[i] = static_cast<std::uint32_t>(out.size() - start);
    put_field(fields[i], sizes, out);
  }
  if (offsets == nullptr) return;
  offsets->end = static_cast<std::uint32_t>(out.size() - start);
  offsets->at[fields.count()] = offsets->end;
}

}  // namespace holdfast::fuzz
