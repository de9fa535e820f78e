#include "tests/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "sim/time/sanitizers.h"

namespace holdfast::test {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t output_bytes_max = 16u << 20;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  int read_end = -1;
  int write_end = -1;
};

// In the child, between fork and exec: nothing but system calls.
[[noreturn]] void become(char* const* words, int out, int err, const ProgramLimits& limits) {
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  if (!is_sanitized) {
    const rlimit address_space{limits.address_space_bytes, limits.address_space_bytes};
    setrlimit(RLIMIT_AS, &address_space);
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  execv(words[0], words);
  _exit(127);
}

// Takes what has come. False at the end.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t size = read(descriptor, buffer.data(), buffer.size());
  if (size <= 0) return size < 0 && errno == EINTR;
  const std::size_t room = output_bytes_max - text.size();
  text.append(buffer.data(), std::min(room, static_cast<std::size_t>(size)));
  return true;
}

// Until both pipes end. False at the deadline.
bool collect(const Pipe& out, const Pipe& err, Clock::time_point deadline, ProgramOutcome& outcome) {
  std::array<pollfd, 2> open_pipes{pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
  while (open_pipes[0].fd >= 0 || open_pipes[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    if (poll(open_pipes.data(), open_pipes.size(), static_cast<int>(left.count())) <= 0) continue;
    if (open_pipes[0].revents != 0 && !drain(out.read_end, outcome.out)) open_pipes[0].fd = -1;
    if (open_pipes[1].revents != 0 && !drain(err.read_end, outcome.err)) open_pipes[1].fd = -1;
  }
  return true;
}

}  // namespace

ProgramOutcome run_program(const std::vector<std::string>& words, const ProgramLimits& limits) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  const Pipe out;
  const Pipe err;
  const Clock::time_point start = Clock::now();
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) become(arguments.data(), out.write_end, err.write_end, limits);
  close(out.write_end);
  close(err.write_end);

  ProgramOutcome outcome;
  outcome.timed_out = !collect(out, err, start + limits.deadline, outcome);
  if (outcome.timed_out) kill(child, SIGKILL);
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  close(out.read_end);
  close(err.read_end);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  outcome.resident_bytes_max = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  return outcome;
}

}  // namespace holdfast::test
