// Runs another program as a user would, with bounds on time and memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace holdfast::test {

struct ProgramOutcome {
  int exit_code = -1;      // -1 if a signal ended it
  int signal = 0;          // 0 if it exited
  bool timed_out = false;  // it was killed at the deadline
  std::string out{};
  std::string err{};
  std::chrono::milliseconds took{};
  std::size_t resident_bytes_max = 0;
};

struct ProgramLimits {
  std::chrono::milliseconds deadline{15'000};
  // Address space; beyond it the program's allocations fail. Not set in builds with a sanitizer, which
  // reserve far more.
  std::size_t address_space_bytes = std::size_t{2} << 30;
};

// `words[0]` is the path of the program. Standard input is empty. Output beyond 16 MiB is thrown away.
ProgramOutcome run_program(const std::vector<std::string>& words, const ProgramLimits& limits = {});

}  // namespace holdfast::test
