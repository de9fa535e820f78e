// What `holdfast run` makes of servers that are no brokers, of users who mistype, and of machines that
// refuse: an exit code that tells which, one clear line, and all that within bounds of time and memory.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/hostile_server.h"
#include "tests/program.h"

namespace holdfast::test {
namespace {

constexpr std::size_t resident_bytes_max = 512u << 20;

ProgramOutcome holdfast(std::vector<std::string> words) {
  words.insert(words.begin(), HOLDFAST_PROGRAM);
  return run_program(words);
}

std::string url_of(std::uint16_t port) { return "mqtt://127.0.0.1:" + std::to_string(port); }

void expect_orderly(const ProgramOutcome& outcome) {
  EXPECT_FALSE(outcome.timed_out) << "still running after " << outcome.took.count() << " ms";
  EXPECT_EQ(outcome.signal, 0) << "killed by a signal";
  EXPECT_LT(outcome.resident_bytes_max, resident_bytes_max);
}

// One line for people, with the program's name in front, in characters that a terminal shows.
void expect_one_clear_line(const std::string& text) {
  ASSERT_FALSE(text.empty()) << "nothing on standard error";
  std::istringstream lines(text);
  std::string first;
  std::getline(lines, first);
  EXPECT_EQ(first.rfind("holdfast: ", 0), 0) << text;
  EXPECT_GT(first.size(), std::string("holdfast: ").size() + 10) << text;
  for (const char character : text) {
    EXPECT_TRUE(character == '\n' || std::isprint(static_cast<unsigned char>(character)) != 0)
        << "byte " << static_cast<int>(static_cast<unsigned char>(character)) << " in: " << text;
  }
}

// --- servers ---

struct HostileServerTest : testing::TestWithParam<std::string> {};

// It answers CONNECT as a broker does, so that the run begins; what follows may be judged (1) or count as a
// lost system under test (3).
bool looks_like_a_broker(const std::string& mode) {
  static const std::set<std::string> modes = {"flood-after-connack", "flood-garbage-after-connack",
                                              "connack-then-silent", "connack-then-reset",
                                              "huge-length",         "second-connack"};
  return modes.contains(mode);
}

TEST_P(HostileServerTest, EndsInTimeWithAnExitCodeThatTells) {
  const HostileServer server(*find_hostility(GetParam()));
  const ProgramOutcome outcome = holdfast({"run", url_of(server.port())});
  expect_orderly(outcome);
  if (outcome.exit_code == 1 && looks_like_a_broker(GetParam())) {
    EXPECT_FALSE(outcome.out.empty());
    return;
  }
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out << outcome.err;
  expect_one_clear_line(outcome.err);
}

std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (const Hostility& hostility : all_hostilities()) names.push_back(hostility.name);
  return names;
}

std::string as_test_name(const testing::TestParamInfo<std::string>& mode) {
  std::string name = mode.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Servers, HostileServerTest, testing::ValuesIn(names_of_all()), as_test_name);

// --- addresses ---

TEST(Address, NobodyListens) {
  // A port that was free a moment ago.
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(probe);

  const ProgramOutcome outcome = holdfast({"run", url_of(ntohs(address.sin_port))});
  expect_orderly(outcome);
  EXPECT_EQ(outcome.exit_code, 3);
  expect_one_clear_line(outcome.err);
}

TEST(Address, ANameThatDoesNotResolve) {
  const ProgramOutcome outcome = holdfast({"run", "mqtt://no..name:1883"});
  expect_orderly(outcome);
  EXPECT_TRUE(outcome.exit_code == 2 || outcome.exit_code == 3) << outcome.exit_code;
  expect_one_clear_line(outcome.err);
}

TEST(Address, NoMqttUrl) {
  for (const char* url :
       {"http://127.0.0.1:1883", "mqtt://127.0.0.1:99999", "mqtt://127.0.0.1:port", "mqtt://"}) {
    const ProgramOutcome outcome = holdfast({"run", url});
    expect_orderly(outcome);
    EXPECT_EQ(outcome.exit_code, 2) << url << '\n' << outcome.err;
    expect_one_clear_line(outcome.err);
  }
}

// --- usage ---

TEST(Usage, UnknownSelector) {
  const ProgramOutcome outcome = holdfast({"run", "mqtt5/99.99"});
  expect_orderly(outcome);
  EXPECT_EQ(outcome.exit_code, 2);
  expect_one_clear_line(outcome.err);
}

TEST(Usage, SelectorsThatLeaveNothing) {
  const ProgramOutcome outcome = holdfast({"run", "mqtt5", "!mqtt5"});
  expect_orderly(outcome);
  EXPECT_EQ(outcome.exit_code, 2);
  expect_one_clear_line(outcome.err);
}

TEST(Usage, BadOptions) {
  const std::vector<std::vector<std::string>> mistakes = {
      {"run", "--no-such-option"},
      {"run", "--seed"},
      {"run", "--seed", "seven"},
      {"run", "--net", "latency=yesterday"},
      {"run", "--fault", "explode"},
      {"run", "--defect", "no-such-defect"},
      {"run", "--baseline", "/no/such/file.toml"},
      {"no-such-command"},
  };
  for (const auto& words : mistakes) {
    const ProgramOutcome outcome = holdfast(words);
    expect_orderly(outcome);
    EXPECT_EQ(outcome.exit_code, 2) << words.back() << '\n' << outcome.err;
    expect_one_clear_line(outcome.err);
  }
}

TEST(Usage, HelpIsNoMistake) {
  const ProgramOutcome outcome = holdfast({"--help"});
  expect_orderly(outcome);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.out.find("run"), std::string::npos);
}

// --- the machine ---

TEST(Machine, AReportFolderThatCannotBeMade) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("holdfast-file-" + std::to_string(getpid()));
  std::fclose(std::fopen(file.c_str(), "w"));
  const ProgramOutcome outcome = holdfast({"run", "--out", (file / "report").string()});
  std::filesystem::remove(file);
  expect_orderly(outcome);
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  expect_one_clear_line(outcome.err);
}

// A limit on the size of files stands for the full disk: the large ones cannot be written.
TEST(Machine, ADiskThatIsFullBeforeTheReportIsWhole) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("holdfast-full-" + std::to_string(getpid()));
  const std::string command =
      std::string("trap '' XFSZ; ulimit -f 100; exec " HOLDFAST_PROGRAM " run mqtt5/4.4 --quiet --out ") +
      folder.string();
  const ProgramOutcome outcome = run_program({"/bin/sh", "-c", command});
  std::vector<std::string> broken;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".part-") != std::string::npos || name == "results.json") broken.push_back(name);
  }
  std::filesystem::remove_all(folder);
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
  expect_one_clear_line(outcome.err);
  EXPECT_NE(outcome.err.find("File too large"), std::string::npos) << outcome.err;
  EXPECT_EQ(broken, std::vector<std::string>());
}

}  // namespace
}  // namespace holdfast::test
