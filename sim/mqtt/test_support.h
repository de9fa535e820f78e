// What several tests of this folder need.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/mqtt/codec.h"

namespace holdfast::mqtt {

inline constexpr Version v5 = Version::v5;
inline constexpr Version v311 = Version::v3_1_1;

inline int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  assert(letter >= 'A' && letter <= 'F');
  return letter - 'A' + 10;
}

// Bytes from pairs of hexadecimal digits and 'text' in single quotes; spaces are for the reader:
// hex("30 05 0003 'a/b'").
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') {
      quoted = !quoted;
    } else if (quoted) {
      bytes.push_back(static_cast<std::uint8_t>(text[i]));
    } else if (text[i] != ' ') {
      assert(i + 1 < text.size());
      bytes.push_back(static_cast<std::uint8_t>(hex_digit(text[i]) << 4 | hex_digit(text[i + 1])));
      ++i;
    }
  }
  assert(!quoted);
  return bytes;
}

// A fixed header in front of a body that is written as for hex(): the length is counted.
inline Bytes frame(std::uint8_t first_byte, std::string_view body_text) {
  const Bytes body = hex(body_text);
  Bytes bytes{first_byte};
  std::size_t length = body.size();
  do {
    const auto low = static_cast<std::uint8_t>(length & 0x7F);
    length >>= 7;
    bytes.push_back(length > 0 ? static_cast<std::uint8_t>(low | 0x80) : low);
  } while (length > 0);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

inline std::string to_hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

// Small numbers that look random and are the same everywhere: SplitMix64.
class TestNumbers {
 public:
  explicit TestNumbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  }
  // 0 to bound - 1.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace holdfast::mqtt
