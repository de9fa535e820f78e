// What is derived from a seed and an address, so that a case is the same case whichever others run with it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/run.h"

namespace holdfast {

std::uint64_t case_seed(std::uint64_t run_seed, std::string_view address);

// The name that keeps a case apart from all others at the same broker: 11 characters of [0-9a-z]. Unique
// among those in `taken`, to which it is added.
std::string case_prefix(std::uint64_t run_seed, std::string_view address, std::set<std::string>& taken);

// What `holdfast replay` takes: SEED:ADDRESS, and the weather and faults of the run if there are any.
std::string replay_line(std::string_view address, const RunOptions& options);

std::string weather_text(const RunOptions& options);  // empty: none
std::string faults_text(const RunOptions& options);   // separated by "; "

}  // namespace holdfast
