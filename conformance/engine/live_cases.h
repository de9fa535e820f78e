// Runs cases side by side against one live system under test: the longest first, each with a deadline, and
// each cleaned up behind it.
//
// A broker may stand still for a moment: it collects garbage, or shares its machine. So a case that does not
// pass after it has waited for something in vain is tried once more, and what was not seen twice is not held
// against the broker.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/alive_check.h"
#include "conformance/engine/case_run.h"
#include "conformance/engine/results.h"
#include "conformance/engine/run.h"
#include "sim/live/live_driver.h"
#include "sim/net/stream.h"

namespace holdfast {

struct LiveSurroundings {
  Acceptor* system_under_test = nullptr;
  const std::optional<Capabilities>* v3_1_1 = nullptr;
  const std::optional<Capabilities>* v5 = nullptr;
  Duration patience{};
  Credentials credentials{};
};

class LiveCases {
 public:
  // All that is given by reference or pointer outlives it.
  LiveCases(LiveDriver& driver, const std::vector<const Case*>& cases, const RunOptions& options,
            LiveSurroundings surroundings);
  ~LiveCases();

  // The results in the order of `cases`. The error tells after how many of them the system was lost.
  tl::expected<std::vector<CaseResult>, std::string> run();

 private:
  struct Slot;

  bool step();
  bool advance_once();
  bool start_next();
  bool advance(Slot& slot);
  void conclude(Slot& slot);
  void try_again(std::size_t index, CaseResult first);
  void give_up(Slot& slot);
  bool check_alive();
  void add_result(std::size_t index, CaseResult result);
  std::string waits_of(const CaseRun& run) const;

  LiveDriver& driver_;
  Loop& loop_;
  const std::vector<const Case*>& cases_;
  const RunOptions& options_;
  const LiveSurroundings surroundings_;

  std::vector<std::string> prefixes_;  // in the order of the cases
  std::vector<std::size_t> waiting_;   // indices of cases to be started, the next one last
  std::list<Slot> running_;
  std::vector<std::optional<CaseResult>> results_;  // in the order of the cases
  std::map<std::size_t, CaseResult> first_tries_;   // by index, of cases that are tried once more
  std::size_t done_ = 0;
  Time next_start_{};
  Alarm wake_;
  AliveCheck alive_check_;
  bool has_doubts_ = false;  // a case has seen what a dead broker would show
  bool is_lost_ = false;
};

}  // namespace holdfast
