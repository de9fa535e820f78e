#include "sim/mqtt/second/plain_text.h"

#include <cstdint>
#include <vector>

namespace holdfast::mqtt::second {

namespace {

// How many bytes a character has that begins with this byte; 0 if none does.
int bytes_of_character(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first < 0xC0) return 0;  // a continuation
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  if (first < 0xF8) return 4;
  return 0;
}

// The smallest character that needs so many bytes.
std::uint32_t smallest(int bytes) {
  if (bytes == 2) return 0x80;
  if (bytes == 3) return 0x800;
  if (bytes == 4) return 0x10000;
  return 0;
}

std::vector<std::string> levels_of(const std::string& filter) {
  std::vector<std::string> levels{""};
  for (const char letter : filter) {
    if (letter == '/') {
      levels.emplace_back();
    } else {
      levels.back() += letter;
    }
  }
  return levels;
}

}  // namespace

bool is_plain_text(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto first = static_cast<std::uint8_t>(text[at]);
    const int bytes = bytes_of_character(first);
    if (bytes == 0 || at + bytes > text.size()) return false;
    std::uint32_t character = bytes == 1 ? first : first % (1u << (7 - bytes));
    for (int i = 1; i < bytes; ++i) {
      const auto next = static_cast<std::uint8_t>(text[at + i]);
      if (next / 64 != 2) return false;
      character = character * 64 + next % 64;
    }
    if (character < smallest(bytes)) return false;                 // overlong
    if (character >= 0xD800 && character <= 0xDFFF) return false;  // a surrogate
    if (character == 0 || character > 0x10FFFF) return false;
    at += bytes;
  }
  return true;
}

bool has_wildcards(const std::string& text) {
  return text.find('+') != std::string::npos || text.find('#') != std::string::npos;
}

bool is_filter(const std::string& filter, bool shared_subscriptions) {
  if (filter.empty()) return false;
  if (shared_subscriptions && filter.substr(0, 7) == "$share/") {
    const std::string rest = filter.substr(7);
    const std::size_t slash = rest.find('/');
    if (slash == std::string::npos || slash == 0) return false;
    if (has_wildcards(rest.substr(0, slash))) return false;
    return is_filter(rest.substr(slash + 1), false);
  }
  const std::vector<std::string> levels = levels_of(filter);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == "+") continue;
    if (levels[i] == "#" && i + 1 == levels.size()) continue;
    if (has_wildcards(levels[i])) return false;
  }
  return true;
}

}  // namespace holdfast::mqtt::second
