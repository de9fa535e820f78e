// Goal: what the encoder writes the decoder reads, for values of every kind, and the two forms of a packet,
// value and view, are one. Method: generated packets; the generator knows the rules only through the table.
#include <gtest/gtest.h>

#include <set>

#include "sim/mqtt/packet_generator.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {
namespace {

struct Side {
  Version version;
  Sender sender;
};

class RoundTrip : public testing::TestWithParam<Side> {};

TEST_P(RoundTrip, DecodingGivesTheEncodedValueAndTheSizeThatWasTold) {
  const auto [version, sender] = GetParam();
  PacketGenerator generator(1, version, sender);
  std::set<PacketType> seen;
  for (int i = 0; i < 4'000; ++i) {
    const Packet packet = generator.packet();
    seen.insert(type_of(packet));
    const Bytes bytes = encode(packet, version);
    ASSERT_EQ(bytes.size(), encoded_size(packet, version)) << to_text(packet, version);
    ASSERT_EQ(bytes.size(), frame_size(bytes));
    const DecodeResult result = decode(bytes, {version, sender});
    const auto* error = std::get_if<DecodeError>(&result);
    ASSERT_EQ(error, nullptr) << error->what << " at " << error->offset << " in " << to_text(packet, version);
    const auto& decoded = std::get<Decoded>(result);
    ASSERT_EQ(decoded.packet, packet) << to_text(packet, version) << "\n" << to_text(decoded.packet, version);
    ASSERT_EQ(decoded.size, bytes.size());
    for (const DecodeError& note : decoded.notes) ASSERT_EQ(note.severity, Severity::policy) << note.what;
  }
  for (int type = 1; type <= 15; ++type) {
    const auto packet_type = static_cast<PacketType>(type);
    EXPECT_EQ(seen.contains(packet_type), may_send(rule_of(packet_type), sender, version))
        << name_of(packet_type);
  }
}

TEST_P(RoundTrip, EncodingTheViewGivesTheSameBytes) {
  const auto [version, sender] = GetParam();
  PacketGenerator generator(2, version, sender);
  DecodedView decoded;
  for (int i = 0; i < 2'000; ++i) {
    const Packet packet = generator.packet();
    const Bytes bytes = encode(packet, version);
    ASSERT_EQ(decode_view(bytes, {version, sender}, decoded), ViewResult(Whole{bytes.size()}));
    Bytes again;
    encode(decoded.packet, version, again);
    ASSERT_EQ(to_hex(again), to_hex(bytes)) << to_text(packet, version);
    ASSERT_EQ(type_of(decoded.packet), type_of(packet));
  }
}

TEST_P(RoundTrip, EncodingAppends) {
  const auto [version, sender] = GetParam();
  PacketGenerator generator(3, version, sender);
  Bytes all;
  Bytes expected;
  for (int i = 0; i < 50; ++i) {
    const Packet packet = generator.packet();
    encode(packet, version, all);
    const Bytes one = encode(packet, version);
    expected.insert(expected.end(), one.begin(), one.end());
  }
  EXPECT_EQ(all, expected);
}

// Whatever the bytes are, the decoder ends, stays inside them and answers the same twice; what it accepts
// without a note, and what has no optional field left out, is encoded to the same bytes.
TEST_P(RoundTrip, DamagedPacketsAreReadOrRefusedButNeverMisread) {
  const auto [version, sender] = GetParam();
  PacketGenerator generator(4, version, sender);
  TestNumbers numbers(5);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = encode(generator.packet(), version);
    if (bytes.size() > 400) continue;
    const std::uint32_t damages = 1 + numbers.below(3);
    for (std::uint32_t k = 0; k < damages; ++k) {
      bytes[numbers.below(static_cast<std::uint32_t>(bytes.size()))] ^=
          static_cast<std::uint8_t>(1u << numbers.below(8));
    }
    const DecodeResult result = decode(bytes, {version, sender});
    ASSERT_EQ(result, decode(bytes, {version, sender}));
    if (const auto* error = std::get_if<DecodeError>(&result)) {
      ++refused;
      ASSERT_LE(error->offset, bytes.size());
      ASSERT_FALSE(error->requirement.empty()) << error->what;
    }
    const auto* decoded = std::get_if<Decoded>(&result);
    if (decoded == nullptr) continue;
    const Version effective = std::holds_alternative<Connect>(decoded->packet)
                                  ? static_cast<Version>(std::get<Connect>(decoded->packet).protocol_level)
                                  : version;
    const Bytes again = encode(decoded->packet, effective);
    const DecodeResult second = decode(again, {version, sender});
    ASSERT_TRUE(std::holds_alternative<Decoded>(second)) << to_hex(bytes);
    ASSERT_EQ(std::get<Decoded>(second).packet, decoded->packet) << to_hex(bytes);
  }
  EXPECT_GT(refused, 1'000);
}

INSTANTIATE_TEST_SUITE_P(Sides, RoundTrip,
                         testing::Values(Side{Version::v3_1_1, Sender::client},
                                         Side{Version::v3_1_1, Sender::server},
                                         Side{Version::v5, Sender::client},
                                         Side{Version::v5, Sender::server}),
                         [](const auto& side) {
                           return std::string(side.param.version == Version::v5 ? "V5" : "V311") +
                                  (side.param.sender == Sender::client ? "Client" : "Server");
                         });

}  // namespace
}  // namespace holdfast::mqtt
