// One line of hexadecimal digits, taken in letter by letter, so that a line of any length needs no more
// memory than the largest packet.
#pragma once

#include <cstddef>

#include "sim/mqtt/packet.h"

namespace holdfast {

class HexLine {
 public:
  // Bytes beyond the largest packet are counted and not kept.
  static constexpr std::size_t bytes_kept_max = 268'435'460;

  // Two digits make a byte. Between bytes there may be blanks, tabs, colons and carriage returns.
  void put(char letter);

  const Bytes& bytes() const { return bytes_; }
  // Bytes that the line tells of.
  std::size_t size() const { return size_; }
  // 1 for the first letter: where the line stops being hexadecimal; 0 if it never does. A digit without its
  // second is wrong behind itself.
  std::size_t wrong_column() const { return wrong_column_ > 0 || !half_ ? wrong_column_ : letters_ + 1; }

 private:
  Bytes bytes_;
  std::size_t size_ = 0;
  std::size_t letters_ = 0;
  std::size_t wrong_column_ = 0;
  bool half_ = false;
  std::uint8_t high_ = 0;
};

}  // namespace holdfast
