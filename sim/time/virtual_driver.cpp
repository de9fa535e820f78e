#include "sim/time/virtual_driver.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast {

namespace {

using Outcome = VirtualRunResult::Outcome;

VirtualRunResult give_up(const Loop& loop, Outcome outcome, const std::string& reason) {
  const std::vector<std::string> waiting = loop.waiting();
  std::string explanation = fmt::format("at {} {}, and ", format_time(loop.now()), reason);
  explanation += waiting.empty() ? "nobody waits" : "these wait:";
  for (const std::string& wait : waiting) explanation += "\n  " + wait;
  return {outcome, std::move(explanation)};
}

}  // namespace

VirtualRunResult run_virtual(Loop& loop, const std::function<bool()>& is_done, VirtualRunLimits limits) {
  std::size_t steps_left = limits.steps_per_moment_max;
  for (;;) {
    steps_left -= loop.run_ready(steps_left);
    if (loop.has_ready()) break;
    if (is_done()) return {};

    const std::optional<Time> deadline = loop.next_deadline();
    if (!deadline) return give_up(loop, Outcome::stalled, "nothing is left to happen");
    if (*deadline > limits.end) {
      loop.advance_to(std::max(loop.now(), limits.end));
      return give_up(loop, Outcome::late, "virtual time is over");
    }
    if (*deadline > loop.now()) steps_left = limits.steps_per_moment_max;
    if (steps_left == 0) break;
    steps_left -= loop.advance_to(*deadline, steps_left);
  }
  return give_up(loop, Outcome::livelock,
                 fmt::format("{} steps were run without time moving", limits.steps_per_moment_max));
}

}  // namespace holdfast
