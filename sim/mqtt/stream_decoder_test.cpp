// Goal: how a stream is cut into pieces makes no difference. Method: the same streams, good and broken,
// whole, byte by byte and in random pieces.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/mqtt/packet_generator.h"
#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {
namespace {

struct Outcome {
  std::vector<Decoded> packets;
  std::vector<DecodeError> error;  // empty or one
  std::size_t buffered = 0;        // at the end

  bool operator==(const Outcome&) const = default;
};

// Feeds pieces whose sizes next_size() tells, and takes all packets after each.
template <typename NextSize>
Outcome run(const Bytes& stream, const DecodeOptions& options, NextSize next_size) {
  StreamDecoder decoder(options);
  Outcome outcome;
  std::size_t fed = 0;
  while (fed < stream.size() && outcome.error.empty()) {
    const std::size_t size = std::min<std::size_t>(next_size(), stream.size() - fed);
    decoder.feed(ByteView(stream).subspan(fed, size));
    fed += size;
    for (;;) {
      const DecodeResult result = decoder.next();
      if (const auto* decoded = std::get_if<Decoded>(&result)) {
        outcome.packets.push_back(*decoded);
        continue;
      }
      if (const auto* error = std::get_if<DecodeError>(&result)) outcome.error.push_back(*error);
      if (const auto* need_more = std::get_if<NeedMore>(&result)) {
        EXPECT_GT(need_more->minimum, 0u);
        const std::size_t whole = frame_size(decoder.buffered_bytes());
        if (whole > 0) {
          EXPECT_EQ(decoder.buffered() + need_more->minimum, whole);
        }
      }
      break;
    }
  }
  outcome.buffered = outcome.error.empty() ? decoder.buffered() : 0;
  return outcome;
}

void expect_the_same_in_any_split(const Bytes& stream, const DecodeOptions& options, std::uint64_t seed) {
  const Outcome whole = run(stream, options, [&] { return stream.size(); });
  EXPECT_EQ(run(stream, options, [] { return 1; }), whole) << to_hex(stream);
  TestNumbers numbers(seed);
  for (const std::uint32_t largest : {3u, 17u, 200u}) {
    EXPECT_EQ(run(stream, options, [&] { return 1 + numbers.below(largest); }), whole) << to_hex(stream);
  }
}

TEST(StreamDecoder, AnySplitGivesTheSamePackets) {
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      PacketGenerator generator(7, version, sender);
      for (int round = 0; round < 10; ++round) {
        Bytes stream;
        for (int i = 0; i < 30; ++i) encode(generator.packet(), version, stream);
        const Outcome whole = run(stream, {version, sender}, [&] { return stream.size(); });
        ASSERT_EQ(whole.packets.size(), 30u);
        ASSERT_EQ(whole.buffered, 0u);
        expect_the_same_in_any_split(stream, {version, sender}, 8);
      }
    }
  }
}

TEST(StreamDecoder, AnySplitOfABrokenStreamGivesTheSameErrorAtTheSameByte) {
  TestNumbers numbers(9);
  int broken = 0;
  for (int round = 0; round < 400; ++round) {
    const Version version = numbers.one_in(2) ? Version::v5 : Version::v3_1_1;
    const Sender sender = numbers.one_in(2) ? Sender::client : Sender::server;
    PacketGenerator generator(numbers.next(), version, sender);
    Bytes stream;
    for (int i = 0; i < 4; ++i) encode(generator.packet(), version, stream);
    if (stream.size() > 2'000) continue;
    stream[numbers.below(static_cast<std::uint32_t>(stream.size()))] =
        static_cast<std::uint8_t>(numbers.below(256));
    const DecodeOptions options{version, sender, 5'000};
    broken += run(stream, options, [&] { return stream.size(); }).error.empty() ? 0 : 1;
    expect_the_same_in_any_split(stream, options, numbers.next());
  }
  EXPECT_GT(broken, 50);
}

// What can be told from the first bytes is told before the rest has come.
TEST(StreamDecoder, ErrorsOfTheFixedHeaderDoNotWaitForThePacket) {
  const auto error_after = [](std::string_view bytes) {
    StreamDecoder decoder({Version::v5, Sender::client, 1'000});
    decoder.feed(hex(bytes));
    return std::holds_alternative<DecodeError>(decoder.next());
  };
  EXPECT_TRUE(error_after("00"));
  EXPECT_TRUE(error_after("36"));
  EXPECT_TRUE(error_after("c0 01"));
  EXPECT_TRUE(error_after("30 ff ff ff ff"));
  EXPECT_FALSE(error_after("30 ff ff ff"));
  EXPECT_TRUE(error_after("30 ff ff ff 7f"));
  EXPECT_FALSE(error_after("30 e5 07"));  // 1,000 bytes with its header
}

TEST(StreamDecoder, IsDeadAfterAnErrorAndKeepsNothingMore) {
  StreamDecoder decoder({Version::v5, Sender::client});
  decoder.feed(hex("c0 00 c1 00 c0 00"));
  EXPECT_TRUE(std::holds_alternative<Decoded>(decoder.next()));
  const DecodeResult error = decoder.next();
  EXPECT_EQ(std::get<DecodeError>(error).offset, 0u);  // counted from the broken packet
  const std::size_t buffered = decoder.buffered();
  for (int i = 0; i < 100; ++i) decoder.feed(hex("c0 00"));
  EXPECT_EQ(decoder.next(), error);
  EXPECT_EQ(decoder.buffered(), buffered);
  EXPECT_EQ(to_hex(decoder.buffered_bytes()), "c100c000");  // the evidence
}

TEST(StreamDecoder, VersionAndLimitHoldFromTheNextPacketOn) {
  StreamDecoder decoder({Version::v5, Sender::client});
  decoder.feed(frame(0x10, "0004 'MQTT' 04 02 003c 0000"));
  decoder.feed(frame(0x30, "0001 'a' 'payload'"));
  decoder.feed(frame(0x30, "0001 'a' 'payload'"));
  EXPECT_TRUE(std::holds_alternative<Decoded>(decoder.next()));
  decoder.set_version(Version::v3_1_1);
  const DecodeResult publish = decoder.next();
  EXPECT_EQ(std::get<Publish>(std::get<Decoded>(publish).packet).payload, "payload");
  decoder.set_maximum_packet_size(10);
  EXPECT_EQ(std::get<DecodeError>(decoder.next()).reason, ReasonCode::packet_too_large);
}

// Quadratic copying would take hours here.
TEST(StreamDecoder, ManySmallPacketsInOneFeedAndManySmallFeedsAreCheap) {
  const Bytes one = frame(0x30, "0001 'a' 00 'x'");
  constexpr std::size_t count = 300'000;
  Bytes stream;
  for (std::size_t i = 0; i < count; ++i) stream.insert(stream.end(), one.begin(), one.end());
  StreamDecoder decoder({Version::v5, Sender::client});
  decoder.feed(stream);
  std::size_t packets = 0;
  while (std::holds_alternative<Decoded>(decoder.next())) {
    ++packets;
    decoder.feed(one);
    if (packets == count) break;
  }
  EXPECT_EQ(packets, count);
  EXPECT_EQ(decoder.buffered(), count * one.size());
}

TEST(StreamDecoder, BuffersNoMoreThanOnePacketAndOneFeed) {
  PacketGenerator generator(10, Version::v5, Sender::server);
  StreamDecoder decoder({Version::v5, Sender::server, 30'000});
  for (int i = 0; i < 500; ++i) {
    const Bytes bytes = encode(generator.packet(PacketType::publish), Version::v5);
    if (bytes.size() > 30'000) continue;
    for (std::size_t at = 0; at < bytes.size(); at += 100) {
      decoder.feed(ByteView(bytes).subspan(at, std::min<std::size_t>(100, bytes.size() - at)));
      while (std::holds_alternative<Decoded>(decoder.next())) {
      }
      ASSERT_LT(decoder.buffered(), 30'000u);
    }
    ASSERT_EQ(decoder.buffered(), 0u);
  }
}

}  // namespace
}  // namespace holdfast::mqtt
