#include "conformance/cli/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "reports/outcome.h"

namespace holdfast {
namespace {

volatile std::sig_atomic_t clears_line = 0;

// Only calls that are allowed in a signal handler.
void end_now(int) {
  constexpr std::string_view clear = "\r\x1b[2K";
  constexpr std::string_view message = "holdfast: interrupted, no report is written\n";
  ssize_t ignored = 0;
  if (clears_line != 0) ignored = ::write(STDERR_FILENO, clear.data(), clear.size());
  ignored += ::write(STDERR_FILENO, message.data(), message.size());
  static_cast<void>(ignored);
  ::_exit(exit_code::interrupted);
}

}  // namespace

void end_on_interrupt(bool progress_line) {
  clears_line = progress_line ? 1 : 0;
  std::signal(SIGINT, end_now);
  std::signal(SIGTERM, end_now);
}

}  // namespace holdfast
