// What a person reads of a run: a line that says what is run, five lines for each case that a person should
// look at, a line that sums up, and a line that says what it comes to.
#pragma once

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "conformance/cli/terminal.h"
#include "conformance/engine/results.h"
#include "reports/outcome.h"
#include "reports/run_description.h"

namespace holdfast {

enum class Detail {
  quiet,    // the summary only
  normal,   // what fails, is inconclusive, non-strict, an error, or not as the baseline expects; if that is
            // much, the first case of each kind
  verbose,  // all of these, and a line for each case
};

// What is known before the first case.
struct RunHeading {
  std::string system{};  // "reference broker in virtual time", or the address without credentials
  std::uint64_t seed = 0;
  std::string work{};        // "412 cases"
  std::string conditions{};  // "net latency=20ms, defect x"; may be empty
};

// "Mosquitto 2.0.11 (told by $SYS) · MQTT 3.1.1 and 5.0 · answers in 0.9 ms"
std::string system_in_words(const TerminalStyle& style, const SystemIdentity& system,
                            const std::optional<Capabilities>& v3_1_1, const std::optional<Capabilities>& v5);

class RunPrinter {
 public:
  RunPrinter(std::ostream& out, const TerminalStyle& style, Detail detail)
      : out_(out), style_(style), detail_(detail) {}

  void heading(const RunHeading& heading);
  // Everything after the last case. `elapsed` is real time.
  void results(const RunResults& results, const RunDescription& run, const Outcome& outcome,
               Duration elapsed);
  // The five lines of one case.
  void account(const CaseResult& result, const RunDescription& run);

 private:
  void system(const RunResults& results);
  void every_case(const RunResults& results);
  void accounts(const RunResults& results, const RunDescription& run);
  void others(const std::vector<const CaseResult*>& alike);
  void summary(const RunResults& results, const RunDescription& run, Duration elapsed);

  std::ostream& out_;
  const TerminalStyle style_;
  const Detail detail_;
};

}  // namespace holdfast
