// What a whole run comes to, as a sentence and as the exit code of the program. The table is in README.md.
#pragma once

#include <string>

#include "conformance/engine/results.h"

namespace holdfast {

namespace exit_code {
inline constexpr int conforms = 0;   // or only what the baseline expects
inline constexpr int does_not = 1;   // a MUST is broken, a verdict is not the expected one, nothing was shown
inline constexpr int usage = 2;      // usage or configuration
inline constexpr int no_system = 3;  // the system under test cannot be reached, or was lost
inline constexpr int own_error = 4;  // an error of Holdfast or of the machine it runs on
inline constexpr int interrupted = 130;  // SIGINT
}  // namespace exit_code

struct Outcome {
  int code = exit_code::own_error;
  std::string sentence{};  // "does not conform: 3 cases fail"
};

// Rules, the first that applies decides:
//   nothing ran                                                          usage
//   a case ended in error                                                own_error
//   a fail, or (strict) a non-strict, that the baseline does not expect  does_not
//   a verdict other than the one that the baseline expects               does_not
//   an inconclusive case in a simulated run: our broker must do it all   does_not
//   no case that could be judged: all are unsupported or inconclusive    does_not
//   else                                                                 conforms
Outcome outcome_of(const RunResults& results, bool strict);

// Whether `result` alone makes a run not conform (or erroneous) by these rules.
bool speaks_against(const CaseResult& result, bool simulated, bool strict);

}  // namespace holdfast
