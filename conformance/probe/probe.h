// The probe: what a broker announces and what it does where the standards leave it a choice.
//
// Its observations run as cases run, after the same preflight; so they need nothing of their own for virtual
// time, live brokers, deadlines and cleaning up.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/announced.h"
#include "conformance/engine/run.h"

namespace holdfast {

struct ProbeResults {
  SystemIdentity system{};
  std::optional<Capabilities> v3_1_1{};  // nullopt: the version is not spoken
  std::optional<Capabilities> v5{};
  // What the preflight has learnt, then the observations in the order of their registration, 3.1.1
  // before 5.0.
  std::vector<ProbeLine> lines{};
};

// A pure function of its arguments.
ProbeResults probe_embedded(const BrokerSettings& settings, const RunOptions& options);
// The errors are those of run_live.
tl::expected<ProbeResults, RunFailure> probe_live(const LiveTarget& target, const RunOptions& options);

}  // namespace holdfast
