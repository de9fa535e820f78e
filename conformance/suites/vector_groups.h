// Which packet vectors make one case: those that break one rule in one packet type.
#pragma once

#include <cstddef>
#include <vector>

#include "conformance/suites/reject_rules.h"
#include "sim/mqtt/vectors/packet_vector.h"

namespace holdfast {

struct VectorGroup {
  const RejectRule* rule = nullptr;
  mqtt::PacketType type = mqtt::PacketType::reserved;
  std::vector<const mqtt::PacketVector*> vectors{};  // those that are sent
  std::size_t found = 0;                             // how many there are
  const mqtt::PacketVector* twin = nullptr;  // of the same type, to be accepted; nullptr: there is none
};

// The groups of a rule, in the order of the packet types. What a type itself forbids (AUTH without an
// Authentication Method) would hide other faults, and whatever an UNSUBSCRIBE names UNSUBACK is owed, so some
// pairs of rule and type have none.
std::vector<VectorGroup> groups_of(const RejectRule& rule);

}  // namespace holdfast
