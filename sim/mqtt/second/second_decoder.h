// A second decoder, to compare with the first: written from the standard without its tables and its code,
// plain and slow. Two readers that were made apart and agree are seldom wrong in the same place.
//
// For tests and fuzz targets only; nothing that is shipped links it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "sim/mqtt/packet.h"

namespace holdfast::mqtt::second {

// The packet's end has not come, and nothing is wrong so far.
struct Unfinished {
  bool operator==(const Unfinished&) const = default;
};

struct Accepted {
  Packet packet;
  std::size_t size = 0;  // bytes of the whole packet

  bool operator==(const Accepted&) const = default;
};

// `reason` is what 5.0 answers; 3.1.1 just closes, and gets the same byte for the same fault.
struct Refused {
  std::uint8_t reason = 0;

  bool operator==(const Refused&) const = default;
};

using Verdict = std::variant<Unfinished, Accepted, Refused>;

// Judges the packet at the front of `input` as rigorously as decode() with its default options: what breaks
// a MUST of its sender is refused, what the standard leaves open is accepted.
Verdict decode(ByteView input, Version version, Sender sender);

}  // namespace holdfast::mqtt::second
