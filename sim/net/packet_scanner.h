// Finds packet boundaries in a byte stream without decoding: the type in the first byte, then Remaining
// Length.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/mqtt/packet.h"

namespace holdfast {

class PacketScanner {
 public:
  // The next byte is the first of a packet.
  bool at_boundary() const { return state_ == State::boundary; }
  // A length was malformed; nothing is known of what follows.
  bool is_lost() const { return state_ == State::lost; }
  // Bytes that have passed of the packet under way; at a boundary, of the packet that has just ended.
  std::uint64_t packet_bytes() const { return packet_bytes_; }

  // How many of the next `available` bytes belong together: no boundary and no header field lies inside.
  std::size_t stride(std::size_t available) const;
  // Moves over bytes, not more than stride() says. `first` is the first of them.
  void advance(std::uint8_t first, std::size_t count);

 private:
  enum class State : std::uint8_t { boundary, length, body, lost };

  State state_ = State::boundary;
  std::uint64_t packet_bytes_ = 0;
  std::uint32_t remaining_ = 0;  // bytes of the body that have not passed; while in `length`, what is known
  std::uint32_t length_bytes_ = 0;
};

}  // namespace holdfast
