#include "reports/capture.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "reports/sample_trace.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

struct Block {
  std::uint32_t type = 0;
  std::string body{};
};

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int byte = 3; byte >= 0; --byte)
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(byte)]);
  return value;
}

// Every block tells its length twice; both have to be right.
std::vector<Block> blocks_of(std::string_view file) {
  std::vector<Block> blocks;
  while (!file.empty()) {
    if (file.size() < 12) break;
    const std::uint32_t length = number_at(file, 4);
    EXPECT_EQ(length % 4, 0u);
    EXPECT_GE(length, 12u);
    if (length > file.size() || length < 12) break;
    EXPECT_EQ(number_at(file, length - 4), length);
    blocks.push_back({number_at(file, 0), std::string(file.substr(8, length - 12))});
    file.remove_prefix(length);
  }
  EXPECT_TRUE(file.empty()) << "bytes behind the last block";
  return blocks;
}

// The IPv4 packets of a file.
std::vector<std::string> packets_of(const std::string& file) {
  std::vector<std::string> packets;
  for (const Block& block : blocks_of(file))
    if (block.type == 6) packets.push_back(block.body.substr(20, number_at(block.body, 12)));
  return packets;
}

std::uint32_t ones_sum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at)
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at])) << (at % 2 == 0 ? 8 : 0);
  return sum;
}

std::uint32_t folded(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

std::uint8_t flags_of(const std::string& packet) { return static_cast<std::uint8_t>(packet[33]); }
std::string payload_of(const std::string& packet) { return packet.substr(40); }
std::uint32_t sequence_of(const std::string& packet) {
  std::uint32_t value = 0;
  for (std::size_t at = 24; at < 28; ++at) value = value << 8 | static_cast<std::uint8_t>(packet[at]);
  return value;
}

std::string capture_of_sample() {
  CaseResult result = sample_case("mqtt5/4.6/fails", Verdict::fail);
  result.trace = sample_trace();
  return capture_of(result, sample_results(), {});
}

TEST(Capture, IsASectionWithAnInterfaceForEachClientAndNames) {
  const std::vector<Block> blocks = blocks_of(capture_of_sample());
  ASSERT_GE(blocks.size(), 4u);
  EXPECT_EQ(blocks[0].type, 0x0A0D0D0Au);
  EXPECT_NE(blocks[0].body.find("seed 18446744073709551615"), std::string::npos);
  EXPECT_EQ(blocks[1].type, 1u);
  EXPECT_EQ(blocks[2].type, 4u);
  EXPECT_EQ(blocks[3].type, 6u);
}

TEST(Capture, HasChecksumsThatAreRight) {
  for (const std::string& packet : packets_of(capture_of_sample())) {
    ASSERT_GE(packet.size(), 40u);
    EXPECT_EQ(folded(ones_sum(packet.substr(0, 20))), 0xFFFFu);
    const std::string tcp = packet.substr(20);
    const std::uint32_t pseudo = ones_sum(packet.substr(12, 8)) + 6 + static_cast<std::uint32_t>(tcp.size());
    EXPECT_EQ(folded(folded(ones_sum(tcp)) + folded(pseudo)), 0xFFFFu);
  }
}

TEST(Capture, ShowsWhatTheBrokerWasGivenAndHowItEnded) {
  const std::vector<std::string> packets = packets_of(capture_of_sample());
  ASSERT_GE(packets.size(), 7u);
  EXPECT_EQ(flags_of(packets[0]), 0x02);  // SYN
  EXPECT_EQ(flags_of(packets[1]), 0x12);
  EXPECT_EQ(flags_of(packets[2]), 0x10);
  EXPECT_EQ(payload_of(packets[3]).substr(0, 1), "\x10");  // CONNECT
  EXPECT_EQ(payload_of(packets[4]).substr(0, 1), "\x20");  // CONNACK
  EXPECT_EQ(payload_of(packets[5]).size(), 9u) << "the PUBLISH was cut after 9 bytes";
  EXPECT_EQ(sequence_of(packets[5]), sequence_of(packets[3]) + payload_of(packets[3]).size());
  const auto is_reset = [](const std::string& packet) { return (flags_of(packet) & 0x04) != 0; };
  EXPECT_EQ(std::count_if(packets.begin(), packets.end(), is_reset), 1);
}

TEST(Capture, TellsStepsFaultsAndTheVerdict) {
  const std::string file = capture_of_sample();
  EXPECT_NE(file.find("fault: byte 9 client:PUBLISH#1 reset"), std::string::npos);
  EXPECT_NE(file.find("step: </script> \\x1b[2J \\xff"), std::string::npos);
  EXPECT_NE(file.find("FAIL MQTT-4.4.0-1: expected PUBREL id 7"), std::string::npos);
}

TEST(Capture, IsAPureFunctionOfTheCase) { EXPECT_EQ(capture_of_sample(), capture_of_sample()); }

TEST(Capture, OfACaseWithoutConnectionsIsStillAFile) {
  CaseResult result = sample_case("mqtt5/4.6/fails", Verdict::error);
  result.trace = std::make_shared<const TraceRecord>();
  EXPECT_EQ(blocks_of(capture_of(result, sample_results(), {})).size(), 2u);
}

}  // namespace
}  // namespace holdfast
