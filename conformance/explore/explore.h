// Random session histories against a broker, judged by the model and by every checker; what breaks a rule is
// made short.
#pragma once

#include <cstddef>
#include <functional>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/run.h"
#include "conformance/explore/history.h"

namespace holdfast {

struct ExploreOptions {
  std::size_t histories = 1'000;  // of each version
  std::size_t threads = 1;        // embedded only; the result does not depend on it
  // Called after each batch of histories, and while a find is made short.
  std::function<void(std::size_t done, std::size_t all)> progress{};
};

struct Exploration {
  // Its cases are the finds: for each way in which a rule was broken one history, made short.
  RunResults results{};
  std::vector<History> finds{};  // in the order of the cases
};

// A pure function of its arguments. Of `run`, progress and baseline are passed over.
Exploration explore_embedded(const BrokerSettings& settings, const RunOptions& run,
                             const ExploreOptions& options);
// Ends at the first batch that the system under test does not live through.
tl::expected<Exploration, RunFailure> explore_live(const LiveTarget& target, const RunOptions& run,
                                                   const ExploreOptions& options);

}  // namespace holdfast
