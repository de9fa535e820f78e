// Boundaries are found where the length says, and not beyond a length that cannot be.
#include "sim/net/packet_scanner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/mqtt/codec.h"
#include "sim/time/draws.h"

namespace holdfast {
namespace {

// Offsets behind which a packet has ended.
std::vector<std::size_t> boundaries(PacketScanner& scanner, ByteView bytes, Draws* draws) {
  std::vector<std::size_t> ends;
  for (std::size_t position = 0; position < bytes.size();) {
    std::size_t available = bytes.size() - position;
    if (draws != nullptr) available = draws->between(1, available);
    const std::size_t stride = scanner.stride(available);
    EXPECT_GE(stride, 1u);
    EXPECT_LE(stride, available);
    scanner.advance(bytes[position], stride);
    position += stride;
    if (scanner.at_boundary()) ends.push_back(position);
  }
  return ends;
}

TEST(PacketScanner, EveryLengthOfTheLengthField) {
  for (const std::size_t body : {0, 1, 127, 128, 16'383, 16'384, 2'097'151, 2'097'152, 3'000'000}) {
    Bytes bytes{0x30};
    std::size_t rest = body;
    do {
      bytes.push_back(static_cast<std::uint8_t>((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
      rest >>= 7;
    } while (rest > 0);
    bytes.resize(bytes.size() + body);
    const std::size_t end = bytes.size();
    bytes.insert(bytes.end(), {0xC0, 0x00});
    PacketScanner scanner;
    EXPECT_EQ(boundaries(scanner, bytes, nullptr), (std::vector<std::size_t>{end, end + 2})) << body;
    EXPECT_EQ(scanner.packet_bytes(), 2u);
  }
}

TEST(PacketScanner, AgreesWithFrameSizeInPiecesOfAnySize) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    RandomDraws draws(seed, "scanner");
    Bytes bytes;
    std::vector<std::size_t> expected;
    for (std::uint64_t count = draws.between(1, 20); count > 0; --count) {
      const mqtt::Publish publish{.topic = "t", .payload = std::string(draws.below(300), 'x')};
      const Bytes packet = encode(publish, mqtt::Version::v5);
      EXPECT_EQ(mqtt::frame_size(packet), packet.size());
      bytes.insert(bytes.end(), packet.begin(), packet.end());
      expected.push_back(bytes.size());
    }
    PacketScanner scanner;
    ASSERT_EQ(boundaries(scanner, bytes, &draws), expected) << seed;
  }
}

TEST(PacketScanner, IsLostBehindALengthOfFiveBytes) {
  PacketScanner scanner;
  const Bytes bytes{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0xC0, 0x00};
  EXPECT_TRUE(boundaries(scanner, bytes, nullptr).empty());
  EXPECT_TRUE(scanner.is_lost());
  EXPECT_EQ(scanner.stride(1000), 1000u);
}

}  // namespace
}  // namespace holdfast
