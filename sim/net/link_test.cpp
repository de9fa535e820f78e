// A link behaves as TCP does for those who use it: time, order, back-pressure.
#include "sim/net/link.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using test::at;
using test::bytes_of;
using test::ClientEnd;
using test::Recorder;
using test::World;

// --- time ---

TEST(LinkTime, LatencyIsExact) {
  World world;
  world.set_weather("latency=20ms");
  ClientEnd& client = world.open_and_wait();
  ASSERT_EQ(world.loop.now(), at(40ms));
  client.stream->send(bytes_of("up"));
  world.peer().stream->send(bytes_of("down"));
  world.run_for(7ms);
  client.stream->send(bytes_of("again"));
  world.run();
  EXPECT_EQ(world.peer().arrivals,
            (std::vector<Recorder::Arrival>{{at(60ms), bytes_of("up")}, {at(67ms), bytes_of("again")}}));
  EXPECT_EQ(client.arrivals, (std::vector<Recorder::Arrival>{{at(60ms), bytes_of("down")}}));
}

TEST(LinkTime, BandwidthIsExact) {
  World world;
  world.set_weather("latency=100ms bandwidth=8kbit");  // a byte takes a millisecond
  ClientEnd& client = world.open_and_wait();
  const Time begin = world.loop.now();
  client.stream->send(Bytes(10, 'a'));
  client.stream->send(Bytes(5, 'b'));
  client.stream->close();
  world.run();
  ASSERT_EQ(world.peer().arrivals.size(), 2u);
  EXPECT_EQ(world.peer().arrivals[0].at, begin + 110ms);
  EXPECT_EQ(world.peer().arrivals[1].at, begin + 115ms);
  EXPECT_EQ(world.peer().closed_at, begin + 115ms) << "FIN is behind the bytes";
}

TEST(LinkTime, BandwidthDoesNotDependOnHowBytesAreCut) {
  for (const char* weather : {"bandwidth=3bit", "bandwidth=3bit chunk=1", "bandwidth=3bit chunk=1..5"}) {
    World world;
    world.set_weather(weather);
    ClientEnd& client = world.open_and_wait();
    client.stream->send(Bytes(12, 'a'));  // 96 bits at 3 bits a second
    world.run();
    EXPECT_EQ(world.peer().arrivals.back().at, at(32s)) << weather;
  }
}

TEST(LinkTime, IdleWireIsFreeAtOnce) {
  World world;
  world.set_weather("bandwidth=8kbit");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(1, 'a'));
  world.run_for(1s);
  client.stream->send(Bytes(1, 'b'));
  world.run();
  EXPECT_EQ(world.peer().arrivals[1].at, at(1s + 1ms));
}

TEST(LinkTime, DirectionsDoNotSlowEachOther) {
  World world;
  world.set_weather("up:bandwidth=8kbit");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(1000, 'a'));
  world.peer().stream->send(bytes_of("fast"));
  world.run();
  EXPECT_EQ(client.arrivals.at(0).at, at(0s));
  EXPECT_EQ(world.peer().arrivals.at(0).at, at(1s));
}

TEST(LinkTime, PerfectWeatherUsesNoTimer) {
  World world;
  ClientEnd& client = world.open_and_wait();
  client.stream->send(bytes_of("up"));
  world.peer().stream->send(bytes_of("down"));
  client.stream->close();
  EXPECT_FALSE(world.loop.next_deadline().has_value());
  world.loop.run_ready();
  EXPECT_EQ(world.peer().text(), "up");
  EXPECT_EQ(client.text(), "down");
  EXPECT_EQ(client.closed, CloseKind::fin);
}

TEST(LinkTime, WritesArriveAsTheyWereMadeInPerfectWeather) {
  World world;
  ClientEnd& client = world.open_and_wait();
  client.stream->send(bytes_of("one"));
  client.stream->send(bytes_of("two"));
  client.stream->send({});
  EXPECT_TRUE(world.peer().arrivals.empty()) << "delivered from inside send()";
  world.run();
  EXPECT_EQ(world.peer().arrivals,
            (std::vector<Recorder::Arrival>{{at(0s), bytes_of("one")}, {at(0s), bytes_of("two")}}));
}

TEST(LinkTime, WeatherIsThatOfTheOpening) {
  World world;
  ClientEnd& before = world.open_and_wait("a");
  world.set_weather("latency=1s");
  ClientEnd& after = world.open_and_wait("b");
  const Time begin = world.loop.now();
  before.stream->send(bytes_of("x"));
  after.stream->send(bytes_of("x"));
  world.run();
  EXPECT_EQ(world.peer(0).arrivals[0].at, begin);
  EXPECT_EQ(world.peer(1).arrivals[0].at, begin + 1s);
}

TEST(LinkTime, ChunksHaveTheSizesOfTheWeather) {
  World world;
  world.set_weather("chunk=3..5");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(1000, 'x'));
  world.run();
  std::set<std::size_t> sizes;
  for (std::size_t i = 0; i + 1 < world.peer().arrivals.size(); ++i)
    sizes.insert(world.peer().arrivals[i].bytes.size());
  EXPECT_EQ(sizes, (std::set<std::size_t>{3, 4, 5}));
}

// --- order and no loss ---

TEST(LinkOrder, NothingIsLostOrReorderedInAnyWeather) {
  const char* const weathers[] = {"",
                                  "latency=20ms",
                                  "latency=0s..80ms",
                                  "chunk=1",
                                  "chunk=1..7 latency=1us..1s",
                                  "bandwidth=64kbit",
                                  "bandwidth=9600bit chunk=1..64 latency=5ms..300ms",
                                  "up:latency=1ns..3ns down:bandwidth=1mbit chunk=2..3"};
  for (const char* weather : weathers) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      World world(seed);
      world.set_weather(weather);
      RandomDraws draws(seed, "writes");
      ClientEnd& client = world.open();
      Bytes sent_up;
      Bytes sent_down;
      const auto write = [&](Stream& stream, Bytes& sent) {
        Bytes bytes(draws.between(1, 40));
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draws.below(256));
        sent.insert(sent.end(), bytes.begin(), bytes.end());
        stream.send(bytes);
      };
      for (int step = 0; step < 40; ++step) {
        write(*client.stream, sent_up);
        const bool accepted = !world.server.peers.empty();
        if (accepted) write(*world.peer().stream, sent_down);
        if (draws.chance(1, 2)) world.run_for(Duration(draws.below(50'000'000)));
      }
      world.run();
      ASSERT_EQ(world.peer().all, sent_up) << weather << " seed " << seed;
      ASSERT_EQ(client.all, sent_down) << weather << " seed " << seed;
      ASSERT_EQ(client.stream->queued_bytes(), 0u);
      client.stream->close();
      world.run();
      ASSERT_EQ(world.peer().closed, CloseKind::fin);
      ASSERT_EQ(client.closed, CloseKind::fin);
    }
  }
}

// --- back-pressure ---

TEST(LinkBackPressure, QueuedBytesFallAsTheyArriveAndWritableIsToldOnceTheyAreGone) {
  World world;
  world.set_weather("bandwidth=8kbit");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(10, 'a'));
  client.stream->send(Bytes(20, 'b'));
  EXPECT_EQ(client.stream->queued_bytes(), 30u);
  world.run_for(10ms);
  EXPECT_EQ(client.stream->queued_bytes(), 20u);
  EXPECT_EQ(client.writable, 0);
  world.run_for(20ms);
  EXPECT_EQ(client.stream->queued_bytes(), 0u);
  EXPECT_EQ(client.writable, 1);
  EXPECT_EQ(world.peer().writable, 0);
}

TEST(LinkBackPressure, SlowReaderShowsInQueuedBytes) {
  World world;
  world.set_weather("latency=1s");
  ClientEnd& client = world.open_and_wait();
  for (int i = 0; i < 100; ++i) world.peer().stream->send(Bytes(1000, 'x'));
  EXPECT_EQ(world.peer().stream->queued_bytes(), 100'000u);
  world.run();
  EXPECT_EQ(world.peer().stream->queued_bytes(), 0u);
  EXPECT_EQ(client.all.size(), 100'000u);
}

}  // namespace
}  // namespace holdfast
