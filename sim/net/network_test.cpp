// A simulated run is a function of its seed: the same events at the same times, on every machine.
#include "sim/net/network.h"

#include <gtest/gtest.h>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using test::ClientEnd;
using test::World;

// Two clients talk to a server that acknowledges, in bad weather, with faults. Returns the trace's lines.
struct Outcome {
  std::uint64_t hash = 0;
  std::vector<std::string> lines{};
};

Outcome run(std::uint64_t seed) {
  World world(seed);
  world.set_weather("up:latency=5ms..40ms down:latency=0s..90ms bandwidth=64kbit chunk=1..9");
  world.arm("a#1: byte 3 of server:PUBACK#2 reset");
  world.arm("b: after client:PUBLISH#3 stall server 200ms");
  world.arm("a#2: at 250ms cut");
  world.server.do_on_connect = [](test::Server::Peer& peer) {
    peer.stream->accept();
    peer.do_on_bytes =
        [&peer, decoder = mqtt::StreamDecoder({.sender = mqtt::Sender::client})](ByteView bytes) mutable {
          decoder.feed(bytes);
          for (auto result = decoder.next(); !std::holds_alternative<mqtt::NeedMore>(result);
               result = decoder.next()) {
            const mqtt::Packet& packet = std::get<mqtt::Decoded>(result).packet;
            if (std::holds_alternative<mqtt::Connect>(packet))
              peer.stream->send(encode(mqtt::Connack{}, mqtt::Version::v5));
            if (const auto* publish = std::get_if<mqtt::Publish>(&packet)) {
              peer.stream->send(encode(mqtt::Puback{.packet_id = publish->packet_id}, mqtt::Version::v5));
            }
          }
        };
  };
  for (int round = 0; round < 2; ++round) {
    for (const char* name : {"a", "b"}) {
      ClientEnd& client = world.open(name);
      client.do_on_open = [&world, &client, name] {
        world.send(*client.stream, mqtt::Connect{.client_id = name});
        for (std::uint16_t id = 1; id <= 4; ++id) {
          world.send(*client.stream,
                     mqtt::Publish{.topic = "t", .payload = "payload", .qos = 1, .packet_id = id});
        }
      };
    }
    world.run_for(400ms);
  }
  for (const auto& client : world.clients) client->stream->close();
  world.run();
  EXPECT_EQ(world.faults_struck().size(), 3u);

  Outcome result{.hash = world.trace.hash()};
  for (const Event& event : world.trace.events()) result.lines.push_back(to_text(world.trace, event));
  return result;
}

TEST(NetworkDeterminism, SameSeedSameTrace) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome first = run(seed);
    const Outcome second = run(seed);
    EXPECT_EQ(first.lines, second.lines);
    EXPECT_EQ(first.hash, second.hash);
  }
}

TEST(NetworkDeterminism, OtherSeedOtherTrace) { EXPECT_NE(run(1).hash, run(2).hash); }

TEST(NetworkDeterminism, PinnedForEveryCompilerAndMachine) {
  EXPECT_EQ(run(7).hash, 18049737017087742815ULL);
  EXPECT_EQ(run(8).hash, 14836717929340276679ULL);
}

// Draws are split by connection and direction, so that what one client does leaves the others' weather alone.
TEST(NetworkDeterminism, AnotherClientDoesNotShiftTheDraws) {
  const auto arrivals = [](bool with_another) {
    World world;
    world.set_weather("latency=1ms..100ms chunk=1..5");
    ClientEnd& client = world.open("a");
    if (with_another) {
      ClientEnd& another = world.open("b");
      another.stream->send(Bytes(500, 'y'));
    }
    client.stream->send(Bytes(100, 'x'));
    world.run();
    return world.peer(0).all[0] == 'x' ? world.peer(0).arrivals : world.peer(1).arrivals;
  };
  EXPECT_EQ(arrivals(false), arrivals(true));
}

TEST(NetworkDeterminism, StepsOfTheDriverDoNotMatter) {
  const auto hash = [](Duration step) {
    World world;
    world.set_weather("latency=1ms..100ms chunk=1..5");
    ClientEnd& a = world.open("a");
    ClientEnd& b = world.open("b");
    a.stream->send(Bytes(100, 'x'));
    b.stream->send(Bytes(100, 'y'));
    a.stream->close();
    for (Duration done{}; done < 10s; done += step) world.run_for(step);
    return world.trace.hash();
  };
  EXPECT_EQ(hash(1ms), hash(10s));
  EXPECT_EQ(hash(1ms), hash(7777us));
}

TEST(Network, NumbersConnectionsInTheTrace) {
  World world;
  EXPECT_EQ(world.open("a").connection, 1u);
  EXPECT_EQ(world.open("b").connection, 2u);
  EXPECT_EQ(world.open("a").connection, 3u);
  EXPECT_EQ(world.trace.connection(3).client, "a");
  EXPECT_EQ(world.trace.connection(3).ordinal, 2u);
}

TEST(Network, RecordsBothEdgesInTheirOwnOrder) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.send(*client.stream, mqtt::Pingreq{});
  world.peer().do_on_bytes = [&](ByteView) { world.send(*world.peer().stream, mqtt::Pingresp{}); };
  world.run();
  EXPECT_EQ(world.lines(EventKind::packet),
            (std::vector<std::string>{"+20.000 ms  a#1  -> PINGREQ", "+30.000 ms  a#1  ->| PINGREQ",
                                      "+30.000 ms  a#1  |<- PINGRESP", "+40.000 ms  a#1  <- PINGRESP"}));
}

TEST(Network, PendingListsWhatHasNotStruckInTheOrderOfArming) {
  World world;
  world.arm("at 1s cut");
  world.arm("a#9: refuse");
  world.arm("after server:AUTH#1 reset");
  EXPECT_EQ(to_text(world.network->pending()), "at 1s cut; a#9: refuse; after server:AUTH#1 reset");
  world.open("a");
  world.run();
  EXPECT_EQ(to_text(world.network->pending()), "a#9: refuse; after server:AUTH#1 reset");
}

TEST(CloseKindName, IsWhatTheTraceSays) {
  EXPECT_EQ(name_of(CloseKind::fin), "fin");
  EXPECT_EQ(name_of(CloseKind::reset), "reset");
  EXPECT_EQ(name_of(CloseKind::refused), "refused");
}

}  // namespace
}  // namespace holdfast
