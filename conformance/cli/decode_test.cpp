// `holdfast decode`: one answer for each line, whatever the line is.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "conformance/cli/cli.h"
#include "conformance/cli/test_support.h"
#include "sim/time/sanitizers.h"

namespace holdfast {
namespace {

tiny::Answer decode(std::vector<std::string> words, std::istream& in) {
  Registry registry;
  std::ostringstream out;
  std::ostringstream err;
  Surroundings surroundings{.registry = registry, .out = out, .err = err, .in = in};
  words.insert(words.begin(), "decode");
  const int code = run_command_line(words, surroundings);
  return {code, out.str(), err.str()};
}

tiny::Answer decode(const std::vector<std::string>& words, const std::string& input = "") {
  std::istringstream in(input);
  return decode(words, in);
}

TEST(DecodeCommand, APacketIsAnsweredByItsText) {
  EXPECT_EQ(decode({"c000"}).out, "PINGREQ\n");
  EXPECT_EQ(decode({"30 05 00:01:61 00 ff"}).out, "PUBLISH \"a\" 1 bytes \"\\xff\"\n");
  EXPECT_EQ(decode({"c000", "D000"}).out, "PINGREQ\nPINGRESP\n");
  EXPECT_EQ(decode({"c000"}).code, 0);
}

TEST(DecodeCommand, AnErrorNamesRequirementOffsetReasonAndSeverity) {
  const tiny::Answer answer = decode({"--mqtt", "5", "--from", "client", "3600"});
  EXPECT_EQ(answer.out, "error MQTT-3.3.1-4 offset 0 reason 0x81 malformed: Both QoS bits are set.\n");
  EXPECT_EQ(answer.code, 1);
  EXPECT_EQ(decode({"380400016100"}).out,
            "error MQTT-3.3.1-2 offset 0 reason 0x81 should-not: DUP is 1 at QoS 0.\n");
}

TEST(DecodeCommand, WhatIsToleratedIsANote) {
  const tiny::Answer answer = decode({"300400010100"});
  EXPECT_EQ(answer.out,
            "PUBLISH \"\\x01\" 0 bytes | note MQTT-1.5.4-1 offset 4 reason 0x81 should-not: A string holds a "
            "control "
            "character or a non-character.\n");
  EXPECT_EQ(answer.code, 0);
}

TEST(DecodeCommand, EveryLineOfInputIsAnsweredOnce) {
  const tiny::Answer answer = decode({}, "c000\r\n\n  \nc0\nc0 0\nxyz\nc00000\nd0 00");
  EXPECT_EQ(answer.out,
            "PINGREQ\n"
            "need more: at least 2 bytes\n"
            "need more: at least 2 bytes\n"
            "need more: at least 1 byte\n"
            "not hex: column 5\n"
            "not hex: column 1\n"
            "error MQTT-4.13.1-1 offset 2 reason 0x81 malformed: Bytes are left over behind the packet; a "
            "line is one "
            "packet.\n"
            "PINGRESP\n");
  EXPECT_EQ(answer.code, 1);
  EXPECT_EQ(answer.err, "");
}

TEST(DecodeCommand, TheSenderIsToldByThePacketOrByTheOption) {
  EXPECT_EQ(decode({"--from", "server", "c000"}).code, 1);
  EXPECT_EQ(decode({"--from", "client", "d000"}).code, 1);
  // DISCONNECT 0x04 is of clients, 0x8E of servers.
  EXPECT_EQ(decode({"e00104", "e0018e"}).code, 0);
  EXPECT_EQ(decode({"--from", "server", "e00104"}).code, 1);
  EXPECT_EQ(decode({"--from", "client", "e0018e"}).code, 1);
  EXPECT_EQ(decode({"--mqtt", "3.1.1", "e000"}).code, 0);
  EXPECT_EQ(decode({"--mqtt", "3.1.1", "e00100"}).code, 1);
}

TEST(DecodeCommand, JsonHoldsTheFields) {
  using nlohmann::json;
  const json packet = json::parse(decode({"--json", "34 0x"}).out);
  EXPECT_EQ(packet["result"], "not hex");
  const json good = json::parse(decode({"--json", "34 0a 0001 61 0007 03 23 0005 ff"}).out);
  EXPECT_EQ(good["result"], "packet");
  EXPECT_EQ(good["size"], 12);
  EXPECT_EQ(good["packet"]["type"], "PUBLISH");
  EXPECT_EQ(good["packet"]["packet_identifier"], 7);
  EXPECT_EQ(good["packet"]["payload_hex"], "ff");
  EXPECT_EQ(good["packet"]["properties"]["topic_alias"], 5);
  const json error = json::parse(decode({"--json", "3600"}).out);
  EXPECT_EQ(error["result"], "error");
  EXPECT_EQ(error["requirement"], "MQTT-3.3.1-4");
  EXPECT_EQ(error["reason_code"], 0x81);
  EXPECT_EQ(json::parse(decode({"--json", "36"}).out)["result"], "error");
  EXPECT_EQ(json::parse(decode({"--json", "34"}).out)["bytes"], 1);
}

TEST(DecodeCommand, UsageIsOneLine) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--mqtt", "4"}, {"--from", "broker"}, {"--what"}}) {
    const tiny::Answer answer = decode(words);
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

// Gives the same line over and over without holding the lines, and takes the answers without keeping them.
class Repeated final : public std::streambuf {
 public:
  Repeated(std::string line, int times) : line_(std::move(line)), times_(times) {}

 protected:
  int_type underflow() override {
    if (times_-- <= 0) return traits_type::eof();
    setg(line_.data(), line_.data(), line_.data() + line_.size());
    return traits_type::to_int_type(line_.front());
  }

 private:
  std::string line_;
  int times_;
};

class Counted final : public std::streambuf {
 public:
  int lines = 0;

 protected:
  int_type overflow(int_type letter) override {
    lines += letter == '\n';
    return letter;
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    lines += static_cast<int>(std::count(text, text + size, '\n'));
    return size;
  }
};

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(DecodeCommand, AMillionLinesNeedNoMoreMemoryThanOne) {
  // A sanitizer keeps freed memory back, and is slow.
  constexpr int count = is_sanitized ? 10'000 : 1'000'000;
  Repeated lines("34 0a 0001 61 0007 03 23 0005 ff\n", count);
  Counted answers;
  std::istream in(&lines);
  std::ostream out(&answers);
  std::ostringstream err;
  Registry registry;
  Surroundings surroundings{.registry = registry, .out = out, .err = err, .in = in};
  const long before = peak_kib();
  EXPECT_EQ(run_command_line({"decode"}, surroundings), 0);
  EXPECT_EQ(answers.lines, count);
  if (!is_sanitized) {
    EXPECT_LT(peak_kib() - before, 4'096) << "KiB more";
  }
}

}  // namespace
}  // namespace holdfast
