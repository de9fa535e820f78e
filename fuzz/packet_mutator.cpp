#include "fuzz/packet_mutator.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "fuzz/packet_fields.h"
#include "fuzz/small_numbers.h"
#include "sim/mqtt/packet_generator.h"

namespace holdfast::fuzz {
namespace {

using mqtt::PropertyType;

// What a string may hold that is worth a try.
constexpr auto texts = std::to_array<std::string_view>({
    "",
    "a",
    "a/b",
    "#",
    "+",
    "+/b",
    "a/#",
    "/",
    "$SYS/a",
    "$share/g/t",
    "$share//t",
    "$share/g/",
    "$share/+/t",
    "MQTT",
    "MQIsdp",
    std::string_view("\0", 1),
    "\xC3\xA9",
    "\xE2\x82\xAC",
    "\xF0\x9F\x90\xA2",
    "\xC0\x80",
    "\xED\xA0\x80",
    "\xF4\x90\x80\x80",
    "\xEF\xBF\xBF",
    "\xE2\x82",
    "\x80",
    "\x01",
    "\x7F",
    "\xC2\x80",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "012345678901234567890123456789",
});
constexpr auto numbers_of_interest =
    std::to_array<std::uint32_t>({0, 1, 2, 3, 127, 128, 255, 256, 16'383, 16'384, 32'768, 65'535, 2'097'151,
                                  2'097'152, 268'435'455, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF});

// Bytes of the fields that a mutation makes. What they point to lives until the next mutation.
class Invented {
 public:
  explicit Invented(SmallNumbers& numbers) : numbers_(numbers) {}

  ByteView text() { return view_of(texts[numbers_.below(texts.size())]); }

  ByteView number(std::size_t size) {
    std::uint32_t value = numbers_of_interest[numbers_.below(numbers_of_interest.size())];
    if (numbers_.one_in(3)) value = static_cast<std::uint32_t>(numbers_.next());
    std::uint8_t* at = next_number();
    for (std::size_t i = 0; i < size; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
    return ByteView(at, size);
  }

  ByteView variable() {
    std::uint32_t value = numbers_of_interest[numbers_.below(15)];
    std::uint8_t* at = next_number();
    std::size_t size = 0;
    do {
      at[size++] = static_cast<std::uint8_t>((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
      value >>= 7;
    } while (value > 0);
    return ByteView(at, size);
  }

 private:
  std::uint8_t* next_number() {
    used_ = (used_ + 1) % storage_.size();
    return storage_[used_].data();
  }

  SmallNumbers& numbers_;
  std::array<std::array<std::uint8_t, 4>, 16> storage_{};
  std::size_t used_ = 0;
};

class FieldMutator {
 public:
  FieldMutator(SmallNumbers& numbers, PacketFields& fields)
      : numbers_(numbers), made_(numbers), fields_(fields) {}

  void mutate() {
    switch (numbers_.below(12)) {
      case 0:
        fields_.first_byte ^= static_cast<std::uint8_t>(1u << numbers_.below(4));
        return;
      case 1:
        if (!numbers_.one_in(4)) return insert_property();
        fields_.length_lie = lie();
        return;
      case 2:
        if (!numbers_.one_in(4)) return change();
        fields_.length_padding = static_cast<int>(numbers_.below(3));
        return;
      case 3:
      case 4:
      case 5:
        return insert_property();
      case 6:
        if (fields_.count() > 0) fields_.remove(numbers_.below(fields_.count()));
        return;
      case 7:
        return repeat();
      case 8:
        return swap();
      default:
        return change();
    }
  }

 private:
  int lie() { return static_cast<int>(numbers_.below(5)) - 2; }

  void insert_property() {
    const bool in_will = numbers_.one_in(3);
    const Place place = in_will ? Place::will_properties : Place::properties;
    std::size_t at = fields_.count();
    for (std::size_t i = 0; i < fields_.count(); ++i) {
      if (fields_[i].role == Role::property_length && fields_[i].place == place) at = i + 1;
    }
    if (at == fields_.count() && (at == 0 || fields_[at - 1].role != Role::property_length)) return change();
    const auto& rules = mqtt::rule_table::properties;
    const mqtt::PropertyRule& rule = rules[numbers_.below(rules.size())];
    Field field{.role = Role::property, .place = place, .id = rule.id};
    give_value(field, rule.type);
    fields_.insert(at, field);
  }

  void give_value(Field& field, PropertyType type) {
    field.has_length = type >= PropertyType::text;
    field.has_second = type == PropertyType::text_pair;
    if (type == PropertyType::byte) field.bytes = made_.number(1);
    if (type == PropertyType::two_bytes) field.bytes = made_.number(2);
    if (type == PropertyType::four_bytes) field.bytes = made_.number(4);
    if (type == PropertyType::variable) field.bytes = made_.variable();
    if (field.has_length) field.bytes = made_.text();
    if (field.has_second) field.second = made_.text();
  }

  void repeat() {
    if (fields_.count() == 0) return;
    const std::size_t index = numbers_.below(fields_.count());
    fields_.insert(index, Field(fields_[index]));
  }

  void swap() {
    if (fields_.count() < 2) return;
    Field& one = fields_[numbers_.below(fields_.count())];
    Field& other = fields_[numbers_.below(fields_.count())];
    if (one.place == other.place && one.role == other.role) std::swap(one, other);
  }

  void change() {
    if (fields_.count() == 0) return;
    Field& field = fields_[numbers_.below(fields_.count())];
    if (field.role == Role::property_length) {
      (numbers_.one_in(2) ? field.lie : field.padding) = static_cast<int>(numbers_.below(3));
    } else if (field.has_length) {
      if (numbers_.one_in(8))
        field.lie = lie();
      else
        (field.has_second && numbers_.one_in(2) ? field.second : field.bytes) = made_.text();
    } else if (field.role == Role::property && rule_of(field.id).type == PropertyType::variable) {
      field.bytes = made_.variable();
    } else if (field.role == Role::payload) {
      field.bytes = made_.text();
    } else if (field.bytes.size() <= 4 && !field.bytes.empty()) {
      field.bytes = made_.number(field.bytes.size());
    }
  }

  SmallNumbers& numbers_;
  Invented made_;
  PacketFields& fields_;
};

// Where the packets of an input begin; the bytes behind the last whole one belong to it.
class Frames {
 public:
  Frames(ByteView stream, bool several) : stream_(stream) {
    std::size_t at = 0;
    while (at < stream.size() && count_ < begins_.size()) {
      begins_[count_++] = at;
      const std::size_t size = mqtt::frame_size(stream.subspan(at));
      if (!several || size == 0 || size >= stream.size() - at) break;
      at += size;
    }
  }
  std::size_t count() const { return count_; }
  std::size_t begin(std::size_t index) const { return begins_[index]; }
  ByteView operator[](std::size_t index) const {
    const std::size_t end = index + 1 < count_ ? begins_[index + 1] : stream_.size();
    return stream_.subspan(begins_[index], end - begins_[index]);
  }

 private:
  ByteView stream_;
  std::size_t count_ = 0;
  std::array<std::size_t, 32> begins_{};
};

class StreamMutator {
 public:
  StreamMutator(SmallNumbers& numbers, const mqtt::DecodeOptions& options)
      : numbers_(numbers), options_(options) {}

  // False if nothing came of it.
  bool mutate(ByteView stream, bool several, Bytes& out) {
    const Frames frames(stream, several);
    if (frames.count() == 0 || numbers_.one_in(16)) {
      if (several && frames.count() > 0 && numbers_.one_in(2)) out.assign(stream.begin(), stream.end());
      generate(out);
      return true;
    }
    const std::size_t index = numbers_.below(frames.count());
    const ByteView frame = frames[index];
    const ByteView before = stream.first(frames.begin(index));
    const ByteView behind = stream.subspan(frames.begin(index) + frame.size());
    out.assign(before.begin(), before.end());
    if (several && numbers_.one_in(8)) {
      rearrange(frame, out);
    } else if (!change(frame, out)) {
      return false;
    }
    out.insert(out.end(), behind.begin(), behind.end());
    return true;
  }

 private:
  void generate(Bytes& out) {
    mqtt::PacketGenerator generator(numbers_.next(), options_.version, options_.sender);
    mqtt::encode(generator.packet(), options_.version, out);
  }

  // The packet twice, or not at all, or with a new one before it.
  void rearrange(ByteView frame, Bytes& out) {
    const std::uint64_t way = numbers_.below(3);
    if (way == 0) return;
    if (way == 1) out.insert(out.end(), frame.begin(), frame.end());
    if (way == 2) generate(out);
    out.insert(out.end(), frame.begin(), frame.end());
  }

  bool change(ByteView frame, Bytes& out) {
    if (mqtt::frame_size(frame) != frame.size()) return false;
    static PacketFields fields;  // large, and written anew each time
    take_apart(frame, options_.version, fields);
    FieldMutator mutator(numbers_, fields);
    do {
      mutator.mutate();
    } while (numbers_.one_in(3));
    put_together(fields, out);
    return true;
  }

  SmallNumbers& numbers_;
  const mqtt::DecodeOptions& options_;
};

}  // namespace

std::size_t mutate_packets(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed,
                           const PacketStream& shape) {
  SmallNumbers numbers(seed);
  if (size < shape.prefix || numbers.one_in(7)) return mutate_blindly(data, size, capacity, numbers.next());
  if (numbers.one_in(12)) {
    data[numbers.below(shape.prefix)] ^= static_cast<std::uint8_t>(1u << numbers.below(8));
    return size;
  }
  const mqtt::DecodeOptions options = options_of(data[0]);
  static Bytes out;  // kept for its memory
  out.clear();
  const ByteView stream(data + shape.prefix, size - shape.prefix);
  if (!StreamMutator(numbers, options).mutate(stream, shape.several, out) ||
      out.size() + shape.prefix > capacity) {
    return mutate_blindly(data, size, capacity, numbers.next());
  }
  if (!out.empty()) std::memcpy(data + shape.prefix, out.data(), out.size());
  return shape.prefix + out.size();
}

}  // namespace holdfast::fuzz
