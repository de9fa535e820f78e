// The program itself, run as a person or a script runs it, with the real suites.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

extern char** environ;

namespace holdfast {
namespace {

struct Ended {
  int code = -1;  // 128 + n: by signal n
  std::string output{};
};

// A running program whose standard output (and error, if asked for) is a pipe.
class Program {
 public:
  Program(std::vector<std::string> words, std::string output_file = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    if (output_file.empty()) {
      posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    } else {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_file.c_str(), O_WRONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    words.insert(words.begin(), HOLDFAST_PROGRAM);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&process_, HOLDFAST_PROGRAM, &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(output_);
  }

  std::string line() {
    std::string text;
    char byte = 0;
    while (::read(output_, &byte, 1) == 1 && byte != '\n') text += byte;
    return text;
  }
  void signal(int number) const { ::kill(process_, number); }
  Ended wait() {
    Ended ended;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(output_, buffer.data(), buffer.size())) > 0;)
      ended.output.append(buffer.data(), static_cast<std::size_t>(size));
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
  }

 private:
  pid_t process_ = -1;
  int output_ = -1;
};

Ended run(std::vector<std::string> words) { return Program(std::move(words)).wait(); }

TEST(Program, ListsItsCases) {
  const Ended ended = run({"list"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_GT(std::count(ended.output.begin(), ended.output.end(), '\n'), 0);
}

TEST(Program, FindsTheReferenceBrokerConforming) {
  const Ended ended = run({"run", "--seed", "7"});
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_NE(ended.output.find("conforms\n"), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find('\x1b'), std::string::npos) << "colours in a pipe";
}

TEST(Program, FindsADefectiveBrokerNotConforming) {
  const Ended ended = run({"run", "--seed", "7", "--defect", "session-present-always-0"});
  EXPECT_EQ(ended.code, 1) << ended.output;
  EXPECT_NE(ended.output.find("FAIL  mqtt"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("defect session-present-always-0"), std::string::npos) << ended.output;
}

TEST(Program, ExitCodesOfUsageAndOfAnAbsentBroker) {
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({"run", "no-such-selector"}).code, 2);
  EXPECT_EQ(run({"run", "mqtt://127.0.0.1:1"}).code, 3);
}

TEST(Program, AFullDiskBehindStandardOutputIsOurError) {
  Program program({"list"}, "/dev/full");
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.output, "holdfast: cannot write to standard output\n");
}

TEST(Program, ServesItsBrokerUntilInterruptedAndTestsItLive) {
  Program broker({"broker", "--port", "0", "--seed", "1"});
  const std::string line = broker.line();
  const std::size_t url = line.find("mqtt://");
  ASSERT_NE(url, std::string::npos) << line;
  const std::string address = line.substr(url, line.find(' ', url) - url);

  const Ended tested = run({"run", address, "--seed", "7", "mqtt5/3.1"});
  EXPECT_EQ(tested.code, 0) << tested.output;
  EXPECT_NE(tested.output.find(address), std::string::npos) << tested.output;

  const Ended taken = run({"broker", "--port", address.substr(address.rfind(':') + 1)});
  EXPECT_EQ(taken.code, 2) << taken.output;

  broker.signal(SIGINT);
  EXPECT_EQ(broker.wait().code, 0);
}

TEST(Program, EndsWithOneLineWhenInterrupted) {
  Program broker({"broker", "--port", "0", "--seed", "1"});
  const std::string line = broker.line();
  const std::size_t url = line.find("mqtt://");
  ASSERT_NE(url, std::string::npos) << line;
  // A whole live run takes long enough to be interrupted.
  Program tester({"run", line.substr(url, line.find(' ', url) - url), "--seed", "7"});
  tester.line();
  tester.signal(SIGINT);
  const Ended ended = tester.wait();
  EXPECT_EQ(ended.code, 130) << ended.output;
  EXPECT_EQ(ended.output, "holdfast: interrupted, no report is written\n");
}

}  // namespace
}  // namespace holdfast
