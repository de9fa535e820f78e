// What several tests of this folder need.
#pragma once

#include <cstdint>

#include "sim/time/time.h"

namespace holdfast {

inline Time at(std::int64_t nanoseconds) { return Time{Duration{nanoseconds}}; }

}  // namespace holdfast
