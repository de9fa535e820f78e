// A trace records what passes the edges, finds the packets in it, and has a hash that pins a run.
#include "sim/trace/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "sim/time/draws.h"

namespace holdfast {
namespace {

using mqtt::Packet;
using mqtt::Sender;
using mqtt::Version;

struct TraceTest : testing::Test {
  std::vector<const Event*> events(EventKind kind, Edge edge) const {
    std::vector<const Event*> found;
    for (const Event& event : trace.events()) {
      if (event.kind == kind && event.edge == edge) found.push_back(&event);
    }
    return found;
  }

  std::vector<Packet> packets(Edge edge) const {
    std::vector<Packet> found;
    for (const Event* event : events(EventKind::packet, edge)) found.push_back(*event->packet);
    return found;
  }

  void client_sends(const Packet& packet, Version version = Version::v5) {
    const Bytes bytes = encode(packet, version);
    trace.chunk(connection, Edge::client, Sender::client, bytes);
    trace.chunk(connection, Edge::sut, Sender::client, bytes);
  }

  Loop loop;
  Trace trace{loop};
  ConnectionId connection = trace.begin_connection("a");
};

const mqtt::Connect connect_5{.client_id = "x"};
const mqtt::Connect connect_3{.client_id = "x", .protocol_level = 4};

TEST_F(TraceTest, ChunkComesBeforeThePacketsThatItCompletes) {
  Bytes bytes = encode(Packet(connect_5), Version::v5);
  encode(mqtt::Pingreq{}, Version::v5, bytes);
  trace.chunk(connection, Edge::client, Sender::client, bytes);

  ASSERT_EQ(trace.events().size(), 4u);
  EXPECT_EQ(trace.events()[0].kind, EventKind::connection);
  EXPECT_EQ(trace.events()[1].kind, EventKind::chunk);
  EXPECT_TRUE(std::ranges::equal(trace.events()[1].bytes, bytes));
  EXPECT_EQ(*trace.events()[2].packet, Packet(connect_5));
  EXPECT_TRUE(std::ranges::equal(trace.events()[2].bytes, encode(Packet(connect_5), Version::v5)));
  EXPECT_EQ(*trace.events()[3].packet, Packet(mqtt::Pingreq{}));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(trace.events()[i].sequence, i);
}

TEST_F(TraceTest, ConnectTellsTheVersionOfBothDirections) {
  client_sends(connect_3, Version::v3_1_1);
  EXPECT_EQ(trace.connection(connection).version, Version::v3_1_1);
  const mqtt::Suback suback{.packet_id = 1, .reasons = {mqtt::ReasonCode::success}};
  trace.chunk(connection, Edge::sut, Sender::server, encode(suback, Version::v3_1_1));
  EXPECT_EQ(packets(Edge::sut).back(), Packet(suback));
}

TEST_F(TraceTest, ServerIsReadInTheVersionThatItWasGiven) {
  // The CONNECT at the client's edge never arrives; what is given to the server is another one.
  trace.chunk(connection, Edge::sut, Sender::client, encode(connect_3, Version::v3_1_1));
  const mqtt::Suback suback{.packet_id = 1, .reasons = {mqtt::ReasonCode::success}};
  trace.chunk(connection, Edge::sut, Sender::server, encode(suback, Version::v3_1_1));
  EXPECT_EQ(packets(Edge::sut).back(), Packet(suback));
}

TEST_F(TraceTest, EachConnectionHasItsOwnVersionAndOrdinal) {
  const ConnectionId second = trace.begin_connection("b");
  const ConnectionId third = trace.begin_connection("a");
  trace.chunk(second, Edge::client, Sender::client, encode(connect_3, Version::v3_1_1));
  EXPECT_EQ(trace.connection(connection).version, Version::v5);
  EXPECT_EQ(trace.connection(second).version, Version::v3_1_1);
  EXPECT_EQ(trace.connection(second).ordinal, 1u);
  EXPECT_EQ(trace.connection(third).ordinal, 2u);
  EXPECT_EQ(trace.connections(), 3u);
}

TEST_F(TraceTest, PacketIsSharedByBothEdges) {
  client_sends(connect_5);
  const auto sent = events(EventKind::packet, Edge::client);
  const auto arrived = events(EventKind::packet, Edge::sut);
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_EQ(sent[0]->packet, arrived[0]->packet);
  EXPECT_TRUE(std::ranges::equal(sent[0]->bytes, arrived[0]->bytes));
}

TEST_F(TraceTest, PacketIsSeenWhereItsLastByteHasPassed) {
  const Bytes bytes = encode(Packet(connect_5), Version::v5);
  trace.chunk(connection, Edge::client, Sender::client, bytes);
  trace.chunk(connection, Edge::sut, Sender::client, ByteView(bytes).first(bytes.size() - 1));
  EXPECT_EQ(packets(Edge::client).size(), 1u);
  EXPECT_TRUE(packets(Edge::sut).empty());
  trace.chunk(connection, Edge::sut, Sender::client, ByteView(bytes).last(1));
  EXPECT_EQ(packets(Edge::sut).size(), 1u);
}

TEST_F(TraceTest, UnreadableStreamIsToldOnceAtEachEdge) {
  const Bytes broken{0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01};  // a length of five bytes
  trace.chunk(connection, Edge::client, Sender::client, broken);
  trace.chunk(connection, Edge::client, Sender::client, broken);
  ASSERT_EQ(events(EventKind::undecodable, Edge::client).size(), 1u);
  EXPECT_FALSE(events(EventKind::undecodable, Edge::client)[0]->errors.empty());

  trace.chunk(connection, Edge::sut, Sender::client, ByteView(broken).first(2));
  EXPECT_TRUE(events(EventKind::undecodable, Edge::sut).empty()) << "two bytes are not wrong yet";
  trace.chunk(connection, Edge::sut, Sender::client, ByteView(broken).subspan(2));
  trace.chunk(connection, Edge::sut, Sender::client, broken);
  EXPECT_EQ(events(EventKind::undecodable, Edge::sut).size(), 1u);
}

TEST_F(TraceTest, ArrivalIsReadByItselfIfSendingWasNotRecorded) {
  const Bytes bytes = encode(mqtt::Publish{.topic = "t", .payload = "hello"}, Version::v5);
  for (const std::uint8_t byte : bytes)
    trace.chunk(connection, Edge::sut, Sender::client, ByteView(&byte, 1));
  EXPECT_EQ(packets(Edge::sut).size(), 1u);
}

// Whatever pieces the bytes come in, and wherever the stream is cut, an edge shows the packets that decoding
// the whole would show.
TEST_F(TraceTest, PacketsDoNotDependOnChunks) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomDraws draws(seed, "chunks");
    Trace one(loop);
    const ConnectionId id = one.begin_connection("a");
    Bytes stream = encode(Packet(connect_5), Version::v5);
    std::vector<std::size_t> ends{stream.size()};
    for (std::uint64_t count = draws.between(0, 12); count > 0; --count) {
      encode(mqtt::Publish{.topic = "t", .payload = std::string(draws.between(0, 200), 'x')}, Version::v5,
             stream);
      ends.push_back(stream.size());
    }
    const bool is_broken = draws.chance(1, 2);
    if (is_broken) stream.insert(stream.end(), {0x30, 0x80, 0x80, 0x80, 0x80, 0x00});
    const std::size_t cut = draws.below(stream.size() + 1);

    std::size_t sent = 0;
    std::size_t arrived = 0;
    while (arrived < cut) {
      if (sent < stream.size()) {
        const std::size_t size = std::min<std::size_t>(draws.between(1, 60), stream.size() - sent);
        one.chunk(id, Edge::client, Sender::client, ByteView(stream).subspan(sent, size));
        sent += size;
      }
      const std::size_t size = std::min<std::size_t>(draws.between(0, 60), std::min(sent, cut) - arrived);
      if (size > 0) one.chunk(id, Edge::sut, Sender::client, ByteView(stream).subspan(arrived, size));
      arrived += size;
    }

    std::size_t packets = 0;
    std::size_t errors = 0;
    Bytes wire;
    for (const Event& event : one.events()) {
      if (event.edge != Edge::sut) continue;
      if (event.kind == EventKind::packet) {
        packets += 1;
        wire.insert(wire.end(), event.bytes.begin(), event.bytes.end());
      }
      if (event.kind == EventKind::undecodable) errors += 1;
    }
    const auto whole = std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= cut; });
    ASSERT_EQ(packets, static_cast<std::size_t>(whole)) << "seed " << seed;
    ASSERT_TRUE(std::equal(wire.begin(), wire.end(), stream.begin())) << "seed " << seed;
    const bool error_is_due = is_broken && cut >= ends.back() + 5;
    ASSERT_EQ(errors, error_is_due ? 1u : 0u) << "seed " << seed;
  }
}

// --- the hash ---

std::uint64_t hash_of(const std::function<void(Trace&, Loop&)>& happen) {
  Loop loop;
  Trace trace(loop);
  happen(trace, loop);
  return trace.hash();
}

TEST(TraceHash, IsTheSameForTheSameEvents) {
  const auto happen = [](Trace& trace, Loop& loop) {
    const ConnectionId id = trace.begin_connection("a");
    loop.advance_to(Time(5ms));
    trace.established(id);
    trace.chunk(id, Edge::client, Sender::client, encode(connect_5, Version::v5));
    trace.draw("choices", 3);
    trace.fault(id, "at opening cut");
    trace.end(id, Edge::sut, Sender::client, "fin");
  };
  EXPECT_EQ(hash_of(happen), hash_of(happen));
  // Pinned: another compiler, another machine and another day give the same.
  EXPECT_EQ(hash_of(happen), 0xE5BF1D3CCA4CF917ULL);
}

TEST(TraceHash, OfNothingIsTheStartOfFnv1a) {
  EXPECT_EQ(hash_of([](Trace&, Loop&) {}), 0xCBF29CE484222325ULL);
}

TEST(TraceHash, FollowsTheDescriptionInTheReadme) {
  // Kind 8 (note), edge 0, sender 0, connection, time, number, then the text behind its length.
  const Bytes serialised{8, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0,   0,  0,
                         0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'h', 'i'};
  std::uint64_t expected = 0xCBF29CE484222325ULL;
  for (const std::uint8_t byte : serialised) expected = (expected ^ byte) * 0x100000001B3ULL;
  EXPECT_EQ(hash_of([](Trace& trace, Loop& loop) {
              loop.advance_to(Time(513ns));
              trace.note("hi");
            }),
            expected);
}

TEST(TraceHash, DiffersWhateverDiffers) {
  using Happen = std::function<void(Trace&, Loop&)>;
  const Bytes ping{0xC0, 0x00};
  const Bytes pong{0xD0, 0x00};
  const auto with = [](const std::function<void(Trace&, ConnectionId)>& happen) -> Happen {
    return [happen](Trace& trace, Loop&) { happen(trace, trace.begin_connection("a")); };
  };
  const std::vector<Happen> runs{
      [](Trace&, Loop&) {},
      [](Trace& trace, Loop&) { trace.begin_connection("a"); },
      [](Trace& trace, Loop&) { trace.begin_connection("b"); },
      [](Trace& trace, Loop& loop) {
        loop.advance_to(Time(1ns));
        trace.begin_connection("a");
      },
      [](Trace& trace, Loop&) { trace.note("a"); },
      [](Trace& trace, Loop&) { trace.verdict("a"); },
      [](Trace& trace, Loop&) { trace.draw("a", 0); },
      [](Trace& trace, Loop&) { trace.draw("a", 1); },
      [](Trace& trace, Loop&) { trace.draw("a", 1ULL << 63); },
      with([](Trace& trace, ConnectionId id) { trace.established(id); }),
      with([](Trace& trace, ConnectionId id) { trace.fault(id, "cut"); }),
      with([](Trace& trace, ConnectionId id) { trace.end(id, Edge::sut, Sender::client, "fin"); }),
      with([](Trace& trace, ConnectionId id) { trace.end(id, Edge::sut, Sender::client, "reset"); }),
      with([](Trace& trace, ConnectionId id) { trace.end(id, Edge::sut, Sender::server, "fin"); }),
      with([](Trace& trace, ConnectionId id) { trace.end(id, Edge::client, Sender::client, "fin"); }),
      with([&](Trace& trace, ConnectionId id) { trace.chunk(id, Edge::client, Sender::client, ping); }),
      with([&](Trace& trace, ConnectionId id) { trace.chunk(id, Edge::client, Sender::client, pong); }),
      with([&](Trace& trace, ConnectionId id) {
        trace.chunk(id, Edge::client, Sender::client, ByteView(ping).first(1));
        trace.chunk(id, Edge::client, Sender::client, ByteView(ping).last(1));
      }),
  };
  std::vector<std::uint64_t> hashes;
  for (const Happen& run : runs) hashes.push_back(hash_of(run));
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
}

// --- text ---

TEST_F(TraceTest, LinesForPeople) {
  loop.advance_to(Time(12'345'678ns));
  trace.established(connection);
  client_sends(connect_5);
  trace.chunk(connection, Edge::sut, Sender::server, encode(mqtt::Pubrec{.packet_id = 1}, Version::v5));
  trace.end(connection, Edge::client, Sender::server, "reset");
  trace.end(connection, Edge::sut, Sender::client, "fin");
  trace.fault(connection, "at opening cut");
  trace.draw("explore/steps", 42);
  trace.note("two\nlines");

  std::vector<std::string> lines;
  for (const Event& event : trace.events()) {
    if (event.kind != EventKind::packet) lines.push_back(to_text(trace, event));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "+0.000 ms  a#1  opens",
                       "+12.345 ms  a#1  established",
                       "+12.345 ms  a#1  -> 16 bytes: 10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 78",
                       "+12.345 ms  a#1  ->| 16 bytes: 10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 78",
                       "+12.345 ms  a#1  |<- 4 bytes: 50 02 00 01",
                       "+12.345 ms  a#1  <- RST",
                       "+12.345 ms  a#1  ->| FIN",
                       "+12.345 ms  a#1  fault: at opening cut",
                       "+12.345 ms  draw explore/steps = 42",
                       "+12.345 ms  note: two\\x0alines",
                   }));
  const auto server_packets = events(EventKind::packet, Edge::sut);
  EXPECT_EQ(to_text(trace, *server_packets.back()), "+12.345 ms  a#1  |<- PUBREC id 1");
}

TEST_F(TraceTest, TimeOfALineCountsFromTheFirstEvent) {
  Trace late(loop);
  loop.advance_to(Time(1s));
  late.note("first");
  loop.advance_to(Time(1s + 1500us));
  late.note("second");
  EXPECT_EQ(to_text(late, late.events()[0]), "+0.000 ms  note: first");
  EXPECT_EQ(to_text(late, late.events()[1]), "+1.500 ms  note: second");
}

TEST_F(TraceTest, UnreadableStreamNamesTheRule) {
  trace.chunk(connection, Edge::client, Sender::client, Bytes{0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01});
  const std::string line = to_text(trace, trace.events().back());
  const mqtt::DecodeError& error = trace.events().back().errors.at(0);
  EXPECT_TRUE(line.starts_with("+0.000 ms  a#1  -> undecodable (")) << line;
  EXPECT_NE(line.find(error.requirement), std::string::npos) << line;
  EXPECT_NE(line.find(", at byte 1: "), std::string::npos) << line;
}

}  // namespace
}  // namespace holdfast
