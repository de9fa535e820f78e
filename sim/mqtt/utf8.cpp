#include "sim/mqtt/utf8.h"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace holdfast::mqtt {
namespace {

constexpr std::uint64_t every_byte(std::uint8_t value) { return 0x0101010101010101u * value; }

std::uint64_t load_8(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint64_t load_4(const char* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Whether any byte of the word is `value`. Exact as a question about the whole word.
bool has_byte(std::uint64_t word, std::uint8_t value) {
  const std::uint64_t difference = word ^ every_byte(value);
  return ((difference - every_byte(0x01)) & ~difference & every_byte(0x80)) != 0;
}

// All bytes from 0x20 to 0x7E.
bool is_plain(std::uint64_t word) {
  const std::uint64_t below_space = (word - every_byte(0x20)) & ~word;
  return ((below_space | word) & every_byte(0x80)) == 0 && !has_byte(word, 0x7F);
}

bool is_plain(char byte) { return byte >= 0x20 && byte < 0x7F; }

bool is_wildcard(std::uint64_t word) { return has_byte(word, '+') || has_byte(word, '#'); }
bool is_wildcard(char byte) { return byte == '+' || byte == '#'; }

// The bytes of a text of less than eight, in a word whose other bytes repeat some of them.
// REQUIRES: size is 4 to 7.
std::uint64_t load_short(const char* at, std::size_t size) {
  return load_4(at) | load_4(at + size - 4) << 32;
}

#if defined(__SSE2__)
__m128i load_16(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

bool is_plain(__m128i block) {
  const __m128i above_control = _mm_cmpgt_epi8(block, _mm_set1_epi8(0x1F));  // signed: 0x80 and up are not
  const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F));
  return _mm_movemask_epi8(_mm_andnot_si128(del, above_control)) == 0xFFFF;
}

bool is_wildcard(__m128i block) {
  const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
  const __m128i hash = _mm_cmpeq_epi8(block, _mm_set1_epi8('#'));
  return _mm_movemask_epi8(_mm_or_si128(plus, hash)) != 0;
}
#endif

// Asks `is_plain` or `is_wildcard` about all of the text in steps of 16, 8, 4 and 1 bytes; the last step of
// a size overlaps the one before it. True as soon as `stop` is.
template <typename Stop>
bool any_step(std::string_view text, Stop stop) {
  const char* at = text.data();
  std::size_t left = text.size();
#if defined(__SSE2__)
  if (left >= 16) {
    for (; left > 16; at += 16, left -= 16) {
      if (stop(load_16(at))) return true;
    }
    return stop(load_16(at + left - 16));
  }
#endif
  if (left >= 8) {
    for (; left > 8; at += 8, left -= 8) {
      if (stop(load_8(at))) return true;
    }
    return stop(load_8(at + left - 8));
  }
  if (left >= 4) return stop(load_short(at, left));
  for (; left > 0; ++at, --left) {
    if (stop(*at)) return true;
  }
  return false;
}

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

bool is_continuation(std::string_view text, std::size_t index, std::uint8_t low = 0x80,
                     std::uint8_t high = 0xBF) {
  return index < text.size() && byte_at(text, index) >= low && byte_at(text, index) <= high;
}

// The code point of a well-formed sequence of `length` bytes.
std::uint32_t code_point(std::string_view text, std::size_t length) {
  if (length == 1) return byte_at(text, 0);
  std::uint32_t value = byte_at(text, 0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte_at(text, i) & 0x3Fu);
  return value;
}

bool is_discouraged(std::uint32_t point) {
  if (point < 0x20 || (point >= 0x7F && point <= 0x9F)) return true;
  if (point >= 0xFDD0 && point <= 0xFDEF) return true;
  return (point & 0xFFFE) == 0xFFFE;
}

// The careful way, character by character.
TextFinding inspect_characters(std::string_view text) {
  using Kind = TextFinding::Kind;
  TextFinding found;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const std::size_t length = sequence_length(rest);
    if (length == 0) return {Kind::ill_formed, at};
    const std::uint32_t point = code_point(rest, length);
    if (point == 0) return {Kind::null_character, at};
    if (found.kind == Kind::none && is_discouraged(point)) found = {Kind::discouraged, at};
    at += length;
  }
  return found;
}

}  // namespace

// Table 3-7 of the Unicode Standard: the second byte's range excludes overlong forms, surrogates and what
// lies above U+10FFFF.
std::size_t sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) return is_continuation(text, 1) ? 2 : 0;
  if (first < 0xF0) {
    const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;
    return is_continuation(text, 1, low, high) && is_continuation(text, 2) ? 3 : 0;
  }
  const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
  return is_continuation(text, 1, low, high) && is_continuation(text, 2) && is_continuation(text, 3) ? 4 : 0;
}

TextFinding inspect_text(std::string_view text) {
  if (!any_step(text, [](auto step) { return !is_plain(step); })) return {};
  return inspect_characters(text);
}

std::size_t well_formed_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8 && (load_8(text.data() + at) & every_byte(0x80)) == 0) {
      at += 8;
      continue;
    }
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

bool has_wildcard(std::string_view text) {
  return any_step(text, [](auto step) { return is_wildcard(step); });
}

}  // namespace holdfast::mqtt
