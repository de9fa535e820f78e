// hostile_server MODE [SECONDS]: a hostile server for trying things by hand. Prints its port, and ends when
// standard input closes or after so many seconds (60).
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/hostile_server.h"

namespace {

using holdfast::test::Hostility;

int explain() {
  std::fputs("usage: hostile_server MODE [SECONDS]\n", stderr);
  for (const Hostility& hostility : holdfast::test::all_hostilities()) {
    std::fprintf(stderr, "  %-28s %s\n", hostility.name.c_str(), hostility.what.c_str());
  }
  return 2;
}

void wait_for_end_of_input(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, static_cast<int>(left.count())) <= 0) continue;
    char ignored[256];
    if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return;
  }
}

}  // namespace

int main(int count, char** words) {
  const Hostility* hostility = count >= 2 ? holdfast::test::find_hostility(words[1]) : nullptr;
  const int seconds = count >= 3 ? std::atoi(words[2]) : 60;
  if (hostility == nullptr || count > 3 || seconds <= 0) return explain();
  try {
    const holdfast::test::HostileServer server(*hostility);
    std::printf("%u\n", static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    wait_for_end_of_input(std::chrono::seconds(seconds));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hostile_server: %s\n", error.what());
    return 1;
  }
}
