// A packet field by field, each with a word of what it is, so that one field can be made wrong and a reader
// still sees the packet. The lengths are counted when it is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/faults.h"

namespace holdfast::mqtt {

enum class FieldKind : std::uint8_t {
  plain,
  property_length,  // counts the `property` fields behind it
  property,
  text,          // a length and a string
  topic_name,    // a text that must be a topic name
  topic_filter,  // a text that must be a filter
  packet_identifier,
  reason_code,
};

struct Field {
  FieldKind kind = FieldKind::plain;
  Bytes bytes{};  // as on the wire; of a property_length what it should be instead of the right length
  std::string comment{};
  std::optional<Fault> when_missing{};  // what it means that the packet ends before or in this field
  std::string_view also{};  // a requirement that speaks of this field, beside the one that its fault breaks
};

struct Draft {
  std::uint8_t first_byte = 0;
  std::vector<Field> fields{};
  std::optional<Bytes> remaining_length{};  // instead of the right one

  // Wire form of the fields, with every length filled in.
  std::vector<Field> written() const;
  Bytes bytes() const;
  // Bytes from the packet's start to the first byte of a field.
  std::size_t offset_of(std::size_t field) const;
  // Index of the first field of that kind; fields.size() if there is none.
  std::size_t find(FieldKind kind, std::size_t from = 0) const;
};

void append_number(Bytes& bytes, std::uint32_t number, int size);
Bytes number_bytes(std::uint32_t number, int size);
Bytes variable_bytes(std::uint32_t number);
// A length of two bytes and the text.
Bytes text_bytes(std::string_view text);

}  // namespace holdfast::mqtt
