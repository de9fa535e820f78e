// How a connection comes to be, or does not.
#include <gtest/gtest.h>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using test::at;
using test::bytes_of;
using test::ClientEnd;
using test::Server;
using test::World;

TEST(LinkOpening, TakesOneLatencyEachWay) {
  World world;
  world.set_weather("up:latency=20ms down:latency=30ms");
  ClientEnd& client = world.open();
  EXPECT_FALSE(client.opened.has_value());
  world.run();
  EXPECT_EQ(world.peer().asked_at, at(20ms));
  EXPECT_EQ(client.opened, at(50ms));
  EXPECT_FALSE(client.closed.has_value());
}

TEST(LinkOpening, IsToldFromTheLoopInPerfectWeather) {
  World world;
  ClientEnd& client = world.open();
  EXPECT_TRUE(world.server.peers.empty());
  world.run();
  EXPECT_EQ(world.server.peers.size(), 1u);
  EXPECT_EQ(client.opened, at(0s));
}

TEST(LinkOpening, ServerMayAcceptLater) {
  World world;
  world.server.do_on_connect = [](Server::Peer&) {};
  ClientEnd& client = world.open();
  world.run_for(3s);
  EXPECT_FALSE(client.opened.has_value());
  world.peer().stream->accept();
  EXPECT_FALSE(client.opened.has_value()) << "told from inside accept()";
  world.run();
  EXPECT_EQ(client.opened, at(3s));
}

TEST(LinkOpening, RefusalReachesTheClient) {
  World world;
  world.set_weather("latency=10ms");
  world.server.do_on_connect = [](Server::Peer& peer) { peer.stream->refuse("no room"); };
  ClientEnd& client = world.open();
  world.run();
  EXPECT_EQ(client.closed, CloseKind::refused);
  EXPECT_EQ(client.closed_at, at(20ms));
  EXPECT_FALSE(client.opened.has_value());
  EXPECT_FALSE(world.peer().closed.has_value());
  EXPECT_EQ(world.lines(EventKind::end),
            (std::vector<std::string>{"+10.000 ms  a#1  |<- refused", "+20.000 ms  a#1  <- refused"}));
  EXPECT_EQ(world.lines(EventKind::note),
            std::vector<std::string>{"+10.000 ms  note: a#1 is refused: no room"});
}

TEST(LinkOpening, ServerThatClosesOrLetsGoInsteadOfAnsweringRefuses) {
  for (const int way : {0, 1, 2}) {
    World world;
    world.server.do_on_connect = [way](Server::Peer& peer) {
      if (way == 0) peer.stream->close();
      if (way == 1) peer.stream->reset();
      if (way == 2) peer.stream->set_events(nullptr);
    };
    ClientEnd& client = world.open();
    world.run();
    EXPECT_EQ(client.closed, CloseKind::refused) << way;
    EXPECT_FALSE(world.peer().closed.has_value()) << way;
    world.peer().stream->accept();  // too late, and harmless
    world.run();
  }
}

TEST(LinkOpening, WhatIsSentBeforeWaitsForIt) {
  World world;
  world.set_weather("latency=5ms");
  ClientEnd& client = world.open();
  client.stream->send(bytes_of("early "));
  client.stream->send(bytes_of("bird"));
  EXPECT_EQ(client.stream->queued_bytes(), 10u);
  client.do_on_open = [&] { client.stream->send(bytes_of("!")); };
  world.run();
  EXPECT_EQ(world.peer().text(), "early bird!");
  EXPECT_EQ(world.peer().arrivals.front().at, at(15ms));
  EXPECT_EQ(client.stream->queued_bytes(), 0u);
}

TEST(LinkOpening, ClientThatClosesBeforeIsHeardOutFirst) {
  World world;
  world.set_weather("latency=5ms");
  ClientEnd& client = world.open();
  client.stream->send(bytes_of("last words"));
  client.stream->close();
  client.stream->send(bytes_of("too late"));
  world.run();
  EXPECT_EQ(world.peer().text(), "last words");
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_EQ(client.closed, CloseKind::fin);
}

TEST(LinkOpening, ClientThatLetsGoBeforeIsHeardOutFirst) {
  World world;
  ClientEnd& client = world.open();
  client.stream->send(bytes_of("last words"));
  client.stream->set_events(nullptr);
  world.run();
  EXPECT_EQ(world.peer().text(), "last words");
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
  EXPECT_FALSE(client.opened.has_value());
  EXPECT_FALSE(client.closed.has_value());
}

TEST(LinkOpening, ResetBeforeTheServerHeardIsNeverHeardOf) {
  for (const char* weather : {"", "latency=5ms"}) {
    World world;
    world.set_weather(weather);
    ClientEnd& client = world.open();
    client.stream->reset();
    world.run();
    EXPECT_TRUE(world.server.peers.empty()) << weather;
    EXPECT_FALSE(client.closed.has_value());
  }
}

TEST(LinkOpening, ResetBeforeTheServerAnsweredReachesIt) {
  World world;
  world.set_weather("latency=5ms");
  world.server.do_on_connect = [](Server::Peer&) {};
  ClientEnd& client = world.open();
  world.run_for(6ms);
  client.stream->reset();
  world.run_for(1s);
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
  EXPECT_EQ(world.peer().closed_at, at(11ms));
  world.peer().stream->accept();
  world.peer().stream->refuse("late");
  world.run();
  EXPECT_FALSE(client.opened.has_value());
  EXPECT_FALSE(client.closed.has_value());
}

}  // namespace
}  // namespace holdfast
