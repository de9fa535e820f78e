#include "sim/mqtt/vectors/draft.h"

namespace holdfast::mqtt {

void append_number(Bytes& bytes, std::uint32_t number, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

Bytes number_bytes(std::uint32_t number, int size) {
  Bytes bytes;
  append_number(bytes, number, size);
  return bytes;
}

Bytes variable_bytes(std::uint32_t number) {
  Bytes bytes;
  do {
    const auto low = static_cast<std::uint8_t>(number % 128);
    number /= 128;
    bytes.push_back(number > 0 ? static_cast<std::uint8_t>(low | 0x80) : low);
  } while (number > 0);
  return bytes;
}

Bytes text_bytes(std::string_view text) {
  Bytes bytes = number_bytes(static_cast<std::uint32_t>(text.size()), 2);
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

std::vector<Field> Draft::written() const {
  std::vector<Field> all = fields;
  std::size_t body = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == FieldKind::property_length && all[i].bytes.empty()) {
      std::size_t length = 0;
      for (std::size_t j = i + 1; j < all.size() && all[j].kind == FieldKind::property; ++j) {
        length += all[j].bytes.size();
      }
      all[i].bytes = variable_bytes(static_cast<std::uint32_t>(length));
    }
    body += all[i].bytes.size();
  }
  Field length{.bytes = remaining_length.value_or(variable_bytes(static_cast<std::uint32_t>(body))),
               .comment = "Remaining Length"};
  all.insert(all.begin(),
             {Field{.bytes = {first_byte}, .comment = "packet type and flags"}, std::move(length)});
  return all;
}

Bytes Draft::bytes() const {
  Bytes all;
  for (const Field& field : written()) all.insert(all.end(), field.bytes.begin(), field.bytes.end());
  return all;
}

std::size_t Draft::offset_of(std::size_t field) const {
  const std::vector<Field> all = written();
  std::size_t offset = 0;
  for (std::size_t i = 0; i < field + 2 && i < all.size(); ++i) offset += all[i].bytes.size();
  return offset;
}

std::size_t Draft::find(FieldKind kind, std::size_t from) const {
  std::size_t at = from;
  while (at < fields.size() && fields[at].kind != kind) ++at;
  return at;
}

}  // namespace holdfast::mqtt
