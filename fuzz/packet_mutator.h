// The mutator of all targets that read packets: it takes one packet of the input apart, changes a field,
// repairs the lengths around it and puts it back; now and then it lies about a length, makes a new packet, or
// leaves the work to the engine.
#pragma once

#include "fuzz/fuzz_target.h"

namespace holdfast::fuzz {

struct PacketStream {
  std::size_t prefix = 1;  // bytes before the first packet; the first of them is for options_of()
  bool several = true;     // more than one packet may stand in the input
};

// See mutate_input.
std::size_t mutate_packets(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed,
                           const PacketStream& shape);

}  // namespace holdfast::fuzz
