// Runs cases: each in a world of its own in virtual time, or side by side against a live broker.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/baseline.h"
#include "conformance/engine/results.h"
#include "sim/broker/settings.h"
#include "sim/net/fault.h"
#include "sim/net/weather.h"

namespace holdfast {

struct RunOptions {
  std::uint64_t seed = 0;
  Weather weather{};
  std::vector<Fault> faults{};         // armed in every case, beside its own
  double timeout_scale = 1;            // 0.1 to 100
  std::size_t side_by_side = 150;      // live: cases at the same time
  bool second_tries = true;            // live: as live_cases.h says
  Duration case_patience = 90s;        // live: no case takes longer; virtual: 10,000 s
  bool keep_all_traces = false;        // of passes too
  bool redact_payloads = false;        // in whatever a result says; credentials never appear anyway
  const Baseline* baseline = nullptr;  // outlives the run
  // Called after each case. Not from several threads.
  std::function<void(const CaseResult& result, std::size_t done, std::size_t all)> progress{};
};

// Why there are no results. `exit_code` as in the CLI: 2 usage, 3 unreachable or lost, 4 our own error.
struct RunFailure {
  int exit_code = 3;
  std::string message{};  // one line
};

// Every case against a reference broker of its own. A pure function of its arguments.
RunResults run_embedded(const std::vector<const Case*>& cases, const BrokerSettings& settings,
                        const RunOptions& options);

// Where a live system under test is and how to enter it.
struct LiveTarget {
  std::string url{};   // mqtt://[user[:password]@]host[:port]
  std::string name{};  // told by a descriptor; empty: ask $SYS
};

// First a preflight that learns who is there and what it can do, then the cases side by side.
tl::expected<RunResults, RunFailure> run_live(const std::vector<const Case*>& cases, const LiveTarget& target,
                                              const RunOptions& options);

}  // namespace holdfast
