#include "sim/net/packet_scanner.h"

#include <algorithm>
#include <cassert>

namespace holdfast {

std::size_t PacketScanner::stride(std::size_t available) const {
  switch (state_) {
    case State::boundary:
    case State::length:
      return std::min<std::size_t>(available, 1);
    case State::body:
      return std::min<std::size_t>(available, remaining_);
    case State::lost:
      return available;
  }
  return available;
}

void PacketScanner::advance(std::uint8_t first, std::size_t count) {
  assert(count >= 1);
  assert(count <= stride(count));
  switch (state_) {
    case State::boundary:
      state_ = State::length;
      packet_bytes_ = 1;
      remaining_ = 0;
      length_bytes_ = 0;
      break;
    case State::length: {
      constexpr std::uint32_t length_bytes_max = 4;
      packet_bytes_ += 1;
      remaining_ |= static_cast<std::uint32_t>(first & 0x7Fu) << (7 * length_bytes_);
      length_bytes_ += 1;
      const bool continues = (first & 0x80u) != 0;
      if (continues) {
        if (length_bytes_ == length_bytes_max) state_ = State::lost;
      } else {
        state_ = remaining_ == 0 ? State::boundary : State::body;
      }
      break;
    }
    case State::body:
      packet_bytes_ += count;
      remaining_ -= static_cast<std::uint32_t>(count);
      if (remaining_ == 0) state_ = State::boundary;
      break;
    case State::lost:
      break;
  }
}

}  // namespace holdfast
