#include "conformance/cli/hex_line.h"

namespace holdfast {

namespace {

// 0 to 15; 16 for any other letter.
std::uint8_t digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return static_cast<std::uint8_t>(letter - '0');
  if (letter >= 'a' && letter <= 'f') return static_cast<std::uint8_t>(letter - 'a' + 10);
  if (letter >= 'A' && letter <= 'F') return static_cast<std::uint8_t>(letter - 'A' + 10);
  return 16;
}

bool is_separator(char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == ':'; }

}  // namespace

void HexLine::put(char letter) {
  ++letters_;
  if (wrong_column_ > 0) return;
  const std::uint8_t digit = digit_of(letter);
  if (digit > 15) {
    if (half_ || !is_separator(letter)) wrong_column_ = letters_;
    return;
  }
  half_ = !half_;
  if (half_) {
    high_ = digit;
    return;
  }
  if (size_ < bytes_kept_max) bytes_.push_back(static_cast<std::uint8_t>(high_ << 4 | digit));
  ++size_;
}

}  // namespace holdfast
