#include "fuzz/simulated_world.h"

#include <cstdlib>
#include <string>

#include "conformance/checkers/checker.h"
#include "fuzz/fuzz_target.h"
#include "sim/time/virtual_driver.h"

namespace holdfast::fuzz {

namespace {

BrokerSettings read_settings() {
  BrokerSettings settings;
  const char* const name = std::getenv("HOLDFAST_FUZZ_DEFECT");
  if (name == nullptr) return settings;
  const std::optional<Defect> defect = defect_named(name);
  require(defect.has_value(), "HOLDFAST_FUZZ_DEFECT names a defect of the catalogue");
  settings.defects.set(*defect);
  return settings;
}

}  // namespace

BrokerSettings broker_settings() {
  static const BrokerSettings settings = read_settings();
  return settings;
}

void pass(Loop& loop, Duration duration) {
  const Time end = loop.now() + duration;
  const VirtualRunResult result =
      run_virtual(loop, [&] { return loop.next_deadline().value_or(Time::max()) > end; },
                  {.steps_per_moment_max = 100'000, .end = end});
  if (result.outcome == VirtualRunResult::Outcome::livelock) broken("time moves on", result.explanation);
  loop.advance_to(end);
}

void require_conforming(const Trace& trace) {
  const std::vector<Breach> breaches = check_trace(trace);
  if (breaches.empty()) return;
  const Breach& first = breaches.front();
  std::string details = first.checker + " " + first.requirement + "\nexpected: " + first.expected +
                        "\nobserved: " + first.observed + "\n";
  for (const Event& event : trace.events()) details += to_text(trace, event) + "\n";
  broken("the checkers find nothing against the sound broker", details);
}

}  // namespace holdfast::fuzz
