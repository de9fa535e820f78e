// The brokers that the selftest runs all cases against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/engine/case.h"
#include "sim/broker/settings.h"
#include "sim/broker/variants.h"

namespace holdfast {

struct World {
  BrokerSettings settings{};
  std::vector<const VariantInfo*> variants{};
  const DefectInfo* defect = nullptr;  // nullptr: the broker is sound
};

// The sound broker, each variant, `combinations` sets of two to five variants drawn from the seed, each
// defect.
std::vector<World> all_worlds(std::uint64_t seed, std::size_t combinations);

// "sound", "ack-slow+will-slightly-late", or the name of the defect.
std::string name_of(const World& world);

// False where the standard of the case's version does not leave the choice that the world's broker makes.
bool is_legal_for(const World& world, const Case& the_case);

}  // namespace holdfast
