// Faults do exactly what they say, whatever comes together.
#include <gtest/gtest.h>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using test::bytes_of;
using test::ClientEnd;
using test::one_puback;
using test::one_publish;
using test::wire;
using test::World;

TEST(FaultRefuse, ServerNeverHearsOfIt) {
  World world;
  world.set_weather("latency=10ms");
  world.arm("a#2: refuse");
  ClientEnd& first = world.open_and_wait("a");
  EXPECT_FALSE(first.closed.has_value());
  ClientEnd& second = world.open("a");
  second.stream->send(bytes_of("never"));
  world.run();
  EXPECT_EQ(second.closed, CloseKind::refused);
  EXPECT_EQ(second.closed_at, Time(40ms));
  EXPECT_EQ(world.server.peers.size(), 1u);
  EXPECT_FALSE(world.open_and_wait("a").closed.has_value()) << "it strikes once";
}

TEST(FaultRefuse, ClientMayHaveLetGo) {
  World world;
  world.arm("refuse");
  ClientEnd& client = world.open("a");
  client.stream->set_events(nullptr);
  world.run();
  EXPECT_TRUE(world.server.peers.empty());
  EXPECT_EQ(world.faults_struck(), std::vector<std::string>{"refuse"});
}

TEST(FaultRefuse, DoesNotStrikeTheLiving) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.arm("refuse");
  world.send(*client.stream, one_publish);
  world.run();
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_EQ(world.network->pending().size(), 1u);
}

TEST(FaultCut, OtherDirectionBringsWhatWasSentBefore) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.arm("after client:PUBLISH#1 cut");
  world.peer().stream->send(bytes_of("before"));
  world.run_for(5ms);
  world.send(*client.stream, one_publish);
  world.peer().stream->send(bytes_of("behind"));
  world.run();
  EXPECT_EQ(client.text(), "before");
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_EQ(client.closed_at, Time(20ms + 5ms + 10ms));
  EXPECT_EQ(world.peer().all, wire(one_publish));
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
}

TEST(FaultReset, OtherDirectionLosesWhatIsOnItsWay) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.arm("after client:PUBLISH#1 reset");
  world.peer().stream->send(bytes_of("on its way"));
  world.run_for(5ms);
  world.send(*client.stream, one_publish);
  world.run();
  EXPECT_TRUE(client.all.empty());
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_EQ(client.closed_at, Time(20ms + 5ms + 10ms));
  EXPECT_EQ(world.peer().all, wire(one_publish)) << "what passed the trigger arrives";
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
}

TEST(FaultReset, AtATimeLosesWhatIsOnItsWayInBothDirections) {
  World world;
  world.set_weather("latency=10ms");
  world.arm("at 5ms reset");
  ClientEnd& client = world.open();
  client.do_on_open = [&] {
    client.stream->send(bytes_of("up"));
    world.peer().stream->send(bytes_of("down"));
  };
  world.run();
  EXPECT_TRUE(client.all.empty());
  EXPECT_TRUE(world.peer().all.empty());
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
}

TEST(FaultHalfOpen, ServerNeverLearnsAndWhatItSendsVanishes) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.arm("after client:PUBLISH#1 half-open");
  world.peer().stream->send(bytes_of("on its way"));
  world.send(*client.stream, one_publish);
  EXPECT_FALSE(client.closed.has_value()) << "told from inside send()";
  world.loop.run_ready();
  EXPECT_EQ(client.closed, CloseKind::reset);
  world.run();
  EXPECT_EQ(world.peer().all, wire(one_publish));
  for (int i = 0; i < 3; ++i) {
    world.peer().stream->send(bytes_of("to nobody"));
    world.run_for(1h);
  }
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_TRUE(client.all.empty());
  EXPECT_EQ(world.peer().stream->queued_bytes(), 0u);
  world.peer().stream->close();
  world.run();
  EXPECT_FALSE(world.peer().closed.has_value()) << "there is nobody who would close as well";
  world.peer().stream->set_events(nullptr);
  world.run();
}

TEST(FaultHalfOpen, OnDemand) {
  World world;
  ClientEnd& client = world.open_and_wait();
  ClientEnd& other = world.open_and_wait("b");
  client.stream->send(bytes_of("arrives"));
  world.network->make_half_open(client.connection);
  world.network->make_half_open(client.connection);  // once is enough
  client.stream->send(bytes_of("vanishes"));
  world.run();
  world.network->make_half_open(client.connection);
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_EQ(world.peer().text(), "arrives");
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_FALSE(other.closed.has_value());
  EXPECT_EQ(world.faults_struck(), std::vector<std::string>{"half-open"});
}

TEST(FaultHalfOpen, ClientThatIsGoneSendsNothingMore) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.network->make_half_open(client.connection);
  client.stream->send(bytes_of("vanishes"));
  client.stream->close();
  client.stream->set_events(nullptr);
  world.run();
  EXPECT_TRUE(world.lines(EventKind::chunk).empty());
  EXPECT_TRUE(world.lines(EventKind::end).empty()) << "nobody closed anything";
  EXPECT_FALSE(world.peer().closed.has_value());
}

TEST(FaultHalfOpen, BeforeTheConnectionStands) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open();
  client.stream->send(bytes_of("never"));
  world.run_for(5ms);
  world.network->make_half_open(client.connection);
  world.run();
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_FALSE(client.opened.has_value());
  EXPECT_EQ(world.server.peers.size(), 1u) << "the request was on its way";
  EXPECT_TRUE(world.peer().all.empty());
  EXPECT_FALSE(world.peer().closed.has_value());
}

TEST(FaultHalfOpen, AfterTheServerHasClosed) {
  World world;
  world.set_weather("latency=10ms");
  ClientEnd& client = world.open_and_wait();
  world.peer().stream->close();
  world.network->make_half_open(client.connection);
  world.run();
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_FALSE(world.peer().closed.has_value());
  world.peer().stream->set_events(nullptr);
}

TEST(FaultStall, HoldsBothDirectionsForItsLengthAndThenLetsEverythingThrough) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.arm("after client:PUBLISH#1 stall 3s");
  world.send(*client.stream, one_publish);
  world.send(*client.stream, one_puback);
  world.run_for(1s);
  world.send(*client.stream, one_puback);
  world.peer().stream->send(bytes_of("answer"));
  client.stream->close();
  world.run();
  ASSERT_EQ(world.peer().arrivals.size(), 3u);
  EXPECT_EQ(world.peer().arrivals[0].at, Time(0s));
  EXPECT_EQ(world.peer().arrivals[1].at, Time(3s));
  EXPECT_EQ(world.peer().arrivals[2].at, Time(3s));
  EXPECT_EQ(client.arrivals.at(0).at, Time(3s));
  EXPECT_EQ(world.peer().closed_at, Time(3s));
}

TEST(FaultStall, HoldsOneDirection) {
  for (const bool stops_server : {true, false}) {
    World world;
    world.arm(stops_server ? "at opening stall server 3s" : "at opening stall client 3s");
    ClientEnd& client = world.open_and_wait();
    client.stream->send(bytes_of("up"));
    world.peer().stream->send(bytes_of("down"));
    world.run();
    EXPECT_EQ(client.arrivals.at(0).at, Time(stops_server ? 3s : 0s));
    EXPECT_EQ(world.peer().arrivals.at(0).at, Time(stops_server ? 0s : 3s));
  }
}

TEST(FaultStall, DoesNotHoldWhatIsOnItsWayNorAddToTheLatency) {
  World world;
  world.set_weather("latency=1s");
  world.arm("at 500ms stall 2s");
  ClientEnd& client = world.open();
  client.do_on_open = [&] { client.stream->send(bytes_of("on its way")); };
  world.run_for(2s + 600ms);
  client.stream->send(bytes_of("held"));
  world.run_for(1500ms);
  client.stream->send(bytes_of("late anyway"));
  world.run();
  ASSERT_EQ(world.peer().arrivals.size(), 3u);
  EXPECT_EQ(world.peer().arrivals[0].at, Time(3s));
  EXPECT_EQ(world.peer().arrivals[1].at, Time(2500ms + 2s));
  EXPECT_EQ(world.peer().arrivals[2].at, Time(4100ms + 1s));
}

TEST(FaultBlackhole, SwallowsOneDirectionWithItsFinAndRst) {
  World world;
  world.arm("after client:PUBLISH#1 blackhole client");
  ClientEnd& client = world.open_and_wait();
  world.send(*client.stream, one_publish);
  world.send(*client.stream, one_publish);
  world.peer().stream->send(bytes_of("down"));
  client.stream->close();
  world.run();
  EXPECT_EQ(world.peer().all, wire(one_publish));
  EXPECT_EQ(client.text(), "down");
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_FALSE(client.closed.has_value());
  world.peer().stream->close();
  world.run();
  EXPECT_EQ(client.closed, CloseKind::fin) << "the other direction works";
}

TEST(FaultBlackhole, SwallowsARst) {
  World world;
  world.arm("at opening blackhole");
  ClientEnd& client = world.open_and_wait();
  client.stream->reset();
  world.peer().stream->send(bytes_of("x"));
  world.run();
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_TRUE(client.all.empty());
}

TEST(FaultBlackhole, LaterFaultsCannotReachThroughIt) {
  World world;
  world.arm("at opening blackhole");
  world.arm("at 1s cut");
  world.arm("at 2s reset");
  ClientEnd& client = world.open_and_wait();
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_EQ(world.faults_struck().size(), 3u);
}

// --- faults and closing ends, in every combination ---

TEST(FaultCombinations, NothingDanglesWhateverComesTogether) {
  const char* const actions[] = {"cut", "reset", "half-open", "stall 1s", "blackhole", "blackhole server"};
  const char* const points[] = {"at 1ms ", "after client:PINGREQ#1 ", "after server:PINGRESP#1 ",
                                "at opening "};
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    RandomDraws draws(seed, "combinations");
    World world(seed);
    world.set_weather(draws.chance(1, 2) ? "" : "latency=0s..3ms chunk=1..2");
    for (std::uint64_t count = draws.between(1, 3); count > 0; --count) {
      world.arm(std::string(points[draws.below(4)]) + actions[draws.below(6)]);
    }
    ClientEnd& client = world.open();
    for (int step = 0; step < 12; ++step) {
      const bool asked = !world.server.peers.empty();
      Stream& stream =
          asked && draws.chance(1, 2) ? static_cast<Stream&>(*world.peer().stream) : *client.stream;
      switch (draws.below(8)) {
        case 0:
          stream.close();
          break;
        case 1:
          stream.reset();
          break;
        case 2:
          stream.set_events(nullptr);
          break;
        case 3:
          world.network->make_half_open(client.connection);
          break;
        case 4:
          world.send(*client.stream, mqtt::Pingreq{});
          break;
        case 5:
          if (asked) world.send(*world.peer().stream, mqtt::Pingresp{});
          break;
        default:
          world.run_for(Duration(draws.below(2'000'000)));
      }
    }
    if (draws.chance(1, 2)) world.run();
    world.network.reset();
    EXPECT_FALSE(world.loop.has_ready());
    EXPECT_FALSE(world.loop.next_deadline().has_value());
  }
}

}  // namespace
}  // namespace holdfast
