// A packet taken apart into its fields, so that a field can be changed and the lengths repaired around it.
//
// take_apart() reads leniently and never fails: what does not fit stands as one last raw field.
// put_together() writes the fields back and counts every length, except where a field says that it lies.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/mqtt/rules.h"

namespace holdfast::fuzz {

enum class Role : std::uint8_t {
  raw,
  protocol_name,
  protocol_level,
  connect_flags,
  keep_alive,
  property_length,
  property,
  client_id,
  will_topic,
  will_payload,
  user_name,
  password,
  topic,
  packet_id,
  payload,
  connack_flags,
  reason_code,
  filter,
  subscription_options,
};

inline ByteView view_of(std::string_view text) {
  return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// Which Property Length counts a field.
enum class Place : std::uint8_t { body, properties, will_properties };

struct Field {
  Role role = Role::raw;
  Place place = Place::body;
  bool has_length = false;  // two bytes of length stand before `bytes` (and before `second`)
  bool has_second = false;  // User Property: the value
  mqtt::PropertyId id{};    // property
  ByteView bytes{};
  ByteView second{};
  int lie = 0;      // added to the length that is told
  int padding = 0;  // property_length: bytes more than the shortest form has
};

class PacketFields {
 public:
  static constexpr std::size_t count_max = 96;

  std::uint8_t first_byte = 0;
  int length_lie = 0;      // added to the Remaining Length
  int length_padding = 0;  // bytes more than its shortest form has
  bool length_endless = false;

  mqtt::PacketType type() const { return static_cast<mqtt::PacketType>(first_byte >> 4); }
  std::size_t count() const { return count_; }
  Field& operator[](std::size_t index) { return fields_[index]; }
  const Field& operator[](std::size_t index) const { return fields_[index]; }

  // No effect when there are count_max fields already.
  void insert(std::size_t index, const Field& field);
  void append(const Field& field) { insert(count_, field); }
  void remove(std::size_t index);
  void truncate(std::size_t count) { count_ = count < count_ ? count : count_; }
  void clear() {
    count_ = 0;
    first_byte = 0;
    length_lie = length_padding = 0;
    length_endless = false;
  }

  // The index of the first field of that role at or behind `from`; count() if there is none.
  std::size_t find(Role role, std::size_t from = 0) const;
  std::size_t find_property(mqtt::PropertyId id, Place place) const;

 private:
  std::size_t count_ = 0;
  std::array<Field, count_max> fields_;
};

// REQUIRES: `packet` is not empty, and its Remaining Length tells its size. The fields point into `packet`.
void take_apart(ByteView packet, mqtt::Version version, PacketFields& fields);

// Where each field begins in what put_together() has written, and where the last one ends.
struct FieldOffsets {
  std::array<std::uint32_t, PacketFields::count_max + 1> at{};
  std::uint32_t end = 0;
};

// Appends to `out`.
void put_together(const PacketFields& fields, Bytes& out, FieldOffsets* offsets = nullptr);

}  // namespace holdfast::fuzz
