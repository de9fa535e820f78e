// Moves a loop through virtual time: run what is ready, jump to the next deadline, repeat.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "sim/time/loop.h"

namespace holdfast {

struct VirtualRunLimits {
  // Ready nodes and timers run at one moment; beyond it the run is a livelock.
  std::size_t steps_per_moment_max = 1'000'000;
  // The last moment of virtual time; a run that is not done after it is `late`.
  Time end = Time::max();
};

struct VirtualRunResult {
  enum class Outcome {
    done,      // `is_done` said so
    stalled,   // nothing is left to happen, and somebody waits
    livelock,  // too many steps without time moving
    late,      // the end of virtual time was reached
  };
  Outcome outcome = Outcome::done;
  std::string explanation;  // empty when done; else who waits for what, one a line
};

// Runs until `is_done()`, which is asked after each moment's ready ring has run dry.
VirtualRunResult run_virtual(Loop& loop, const std::function<bool()>& is_done, VirtualRunLimits limits = {});

}  // namespace holdfast
