// The small change of the wire format: integers, strings and the variable byte integer of section 1.5.5.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "sim/mqtt/packet.h"

namespace holdfast::mqtt {

inline constexpr std::uint32_t variable_integer_max = 268'435'455;
inline constexpr std::size_t longest_string = 65'535;

inline std::string_view as_text(const std::uint8_t* at, std::size_t size) {
  return {reinterpret_cast<const char*>(at), size};
}

struct VariableInteger {
  enum class State : std::uint8_t { whole, cut_off, too_long };
  State state = State::cut_off;
  std::uint8_t size = 0;  // bytes that it takes, if whole
  std::uint32_t value = 0;

  bool is_minimal() const { return size == 1 || value >> (7 * (size - 1)) != 0; }
};

// The variable byte integer at `at`. `too_long` as soon as the fourth byte announces a fifth.
inline VariableInteger read_variable(const std::uint8_t* at, const std::uint8_t* end) {
  VariableInteger integer;
  for (std::uint8_t i = 0; i < 4; ++i) {
    if (at + i == end) return integer;
    integer.value |= static_cast<std::uint32_t>(at[i] & 0x7F) << (7 * i);
    if (at[i] < 0x80) {
      integer.state = VariableInteger::State::whole;
      integer.size = static_cast<std::uint8_t>(i + 1);
      return integer;
    }
  }
  integer.state = VariableInteger::State::too_long;
  return integer;
}

// Where an encoder's bytes go. Sizer only counts them; both have the same members, so that one template
// writes a packet and tells its size.
class Sizer {
 public:
  void byte(std::uint8_t) { size_ += 1; }
  void two_bytes(std::uint16_t) { size_ += 2; }
  void four_bytes(std::uint32_t) { size_ += 4; }
  // Values above 268,435,455 take a fifth byte, which no receiver accepts.
  void variable(std::uint32_t value) {
    do {
      ++size_;
      value >>= 7;
    } while (value > 0);
  }
  void text(std::string_view text) { size_ += 2 + std::min(text.size(), longest_string); }
  void raw(const void*, std::size_t size) { size_ += size; }

  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

// REQUIRES: room for everything that is written, as told by Sizer.
class Writer {
 public:
  explicit Writer(std::uint8_t* at) : at_(at) {}

  void byte(std::uint8_t value) { *at_++ = value; }
  void two_bytes(std::uint16_t value) {
    byte(static_cast<std::uint8_t>(value >> 8));
    byte(static_cast<std::uint8_t>(value));
  }
  void four_bytes(std::uint32_t value) {
    two_bytes(static_cast<std::uint16_t>(value >> 16));
    two_bytes(static_cast<std::uint16_t>(value));
  }
  void variable(std::uint32_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view text) {
    const std::size_t size = std::min(text.size(), longest_string);
    two_bytes(static_cast<std::uint16_t>(size));
    raw(text.data(), size);
  }
  void raw(const void* data, std::size_t size) {
    if (size > 0) std::memcpy(at_, data, size);
    at_ += size;
  }

  const std::uint8_t* at() const { return at_; }

 private:
  std::uint8_t* at_;
};

}  // namespace holdfast::mqtt
