// The bytes of a packet, taken off one field after the other. Part of the second decoder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "sim/mqtt/packet.h"
#include "sim/mqtt/second/plain_text.h"

namespace holdfast::mqtt::second {

inline constexpr std::uint8_t malformed = 0x81;
inline constexpr std::uint8_t protocol_error = 0x82;

inline bool one_of(std::uint32_t value, std::initializer_list<std::uint32_t> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The bytes of a packet that have not been read yet. The first complaint counts; after it every field reads
// as empty or 0, so that the readers below need not stop.
class Rest {
 public:
  Rest(std::string bytes, Version version, Sender sender)
      : version_(version), sender_(sender), bytes_(std::move(bytes)) {}

  Version version() const { return version_; }
  Sender sender() const { return sender_; }
  bool v5() const { return version_ == Version::v5; }

  std::optional<std::uint8_t> complaint() const { return complaint_; }
  void complain(std::uint8_t reason) {
    if (!complaint_) complaint_ = reason;
  }
  void complain_if(bool wrong, std::uint8_t reason) {
    if (wrong) complain(reason);
  }

  std::size_t size() const { return complaint_ ? 0 : bytes_.size() - taken_; }
  bool empty() const { return size() == 0; }

  std::string take(std::size_t count) {
    if (count > size()) complain(malformed);
    if (complaint_) return {};
    taken_ += count;
    return bytes_.substr(taken_ - count, count);
  }

  // Big-endian.
  std::uint32_t take_number(std::size_t count) {
    std::uint32_t number = 0;
    for (const char byte : take(count)) number = number * 256 + static_cast<std::uint8_t>(byte);
    return number;
  }
  std::uint8_t take_byte() { return static_cast<std::uint8_t>(take_number(1)); }
  std::uint16_t take_two_bytes() { return static_cast<std::uint16_t>(take_number(2)); }

  // Section 1.5.5, for properties: four bytes at most and none of them in vain.
  std::uint32_t take_variable() {
    std::uint32_t number = 0;
    std::uint32_t weight = 1;
    for (int taken = 1; taken <= 4; ++taken) {
      const std::uint8_t byte = take_byte();
      number += (byte % 128) * weight;
      weight *= 128;
      if (byte < 128) {
        complain_if(byte == 0 && taken > 1, malformed);
        return number;
      }
    }
    complain(malformed);
    return 0;
  }

  std::string take_binary() { return take(take_two_bytes()); }

  std::string take_text() {
    std::string text = take_binary();
    complain_if(!is_plain_text(text), malformed);
    return text;
  }

 private:
  Version version_;
  Sender sender_;
  std::string bytes_;
  std::size_t taken_ = 0;
  std::optional<std::uint8_t> complaint_;
};

}  // namespace holdfast::mqtt::second
