// Breaks exactly one rule of a valid packet, and knows what the decoder has to say about it.
#pragma once

#include <span>

#include "fuzz/packet_fields.h"
#include "sim/mqtt/faults.h"
#include "sim/time/draws.h"

namespace holdfast::fuzz {

// The faults that can be made in a packet of this type from this sender; static storage.
std::span<const mqtt::Fault> faults_possible(mqtt::PacketType type, const mqtt::DecodeOptions& options);

// Takes a packet apart for break_rule(). False if it is not one whole valid packet of the options' version
// without notes, or has too many fields.
bool take_apart_valid(ByteView packet, const mqtt::DecodeOptions& options, PacketFields& fields);

struct BrokenPacket {
  Bytes wire;
  mqtt::DecodeOptions options;  // to decode it with
  mqtt::DecodeError expected;   // an error, or a note if its severity is should_not or policy
};

// False if this packet has not what it takes: a PUBLISH of QoS 0 has no Packet Identifier to be zero.
// `fields` is of take_apart_valid(), and is changed.
// REQUIRES: faults_possible() names the fault.
bool break_rule(mqtt::Fault fault, PacketFields& fields, const mqtt::DecodeOptions& options, Draws& draws,
                BrokenPacket& broken);

}  // namespace holdfast::fuzz
