// Faults strike exactly where and when they say, and once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/net/test_support.h"

namespace holdfast {
namespace {

using mqtt::Sender;
using test::bytes_of;
using test::ClientEnd;
using test::one_puback;
using test::one_publish;
using test::Recorder;
using test::wire;
using test::World;

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// --- where: every trigger, from both ends, in every weather ---

// A stream with packets of three types, and where its n-th PUBLISH lies in it.
struct Conversation {
  Bytes bytes{};
  std::vector<std::pair<std::size_t, std::size_t>> publishes{};  // begin, end

  Conversation() {
    bytes = wire(mqtt::Pubrel{.packet_id = 9});
    for (int i = 0; i < 3; ++i) {
      const std::size_t begin = bytes.size();
      bytes = bytes + wire(mqtt::Publish{.topic = "topic", .payload = std::string(i == 1 ? 200 : 3, 'x')});
      publishes.emplace_back(begin, bytes.size());
      bytes = bytes + wire(mqtt::Puback{.packet_id = 1}) + wire(mqtt::Puback{.packet_id = 2});
    }
  }
};

struct Trigger {
  std::string text;
  std::size_t point;  // bytes of the stream that pass
};

std::vector<Trigger> triggers(const Conversation& conversation, std::string_view sender) {
  std::vector<Trigger> all;
  for (std::size_t n = 0; n < conversation.publishes.size(); ++n) {
    const auto [begin, end] = conversation.publishes[n];
    const std::string packet = fmt::format("{}:PUBLISH#{}", sender, n + 1);
    all.push_back({"before " + packet, begin});
    all.push_back({"after " + packet, end});
    for (std::size_t byte = 1; byte <= end - begin; byte += byte < 6 ? 1 : 37) {
      all.push_back({fmt::format("byte {} of {}", byte, packet), begin + byte});
    }
  }
  for (const std::size_t offset : {0, 1, 4, 20})
    all.push_back({fmt::format("at {}+{}", sender, offset), offset});
  return all;
}

struct FaultPoint : testing::TestWithParam<std::tuple<Sender, std::string_view, std::string_view>> {
  void run(const Trigger& trigger, std::uint64_t seed) {
    const auto [sender, action, weather] = GetParam();
    const std::string text = trigger.text + " " + std::string(action);
    SCOPED_TRACE(text + " in weather " + std::string(weather) + ", seed " + std::to_string(seed));
    World world(seed);
    world.set_weather(weather);
    const bool armed_after_opening = seed % 2 == 0;
    if (!armed_after_opening) world.arm(text);
    ClientEnd& client = world.open_and_wait();
    if (armed_after_opening) world.arm(text);
    Recorder& sink = sender == Sender::client ? static_cast<Recorder&>(world.peer()) : client;
    Recorder& source = sender == Sender::client ? client : static_cast<Recorder&>(world.peer());
    Stream& stream = sender == Sender::client ? *client.stream : static_cast<Stream&>(*world.peer().stream);

    RandomDraws draws(seed, "writes");
    for (std::size_t sent = 0; sent < conversation.bytes.size();) {
      const std::size_t size = std::min<std::size_t>(draws.between(1, 30), conversation.bytes.size() - sent);
      stream.send(ByteView(conversation.bytes).subspan(sent, size));
      sent += size;
      if (draws.chance(1, 2)) world.run_for(1ms);
    }
    world.run_for(2s);

    const Bytes passed(conversation.bytes.begin(),
                       conversation.bytes.begin() + static_cast<std::ptrdiff_t>(trigger.point));
    EXPECT_EQ(sink.all, passed);
    EXPECT_EQ(world.faults_struck(), std::vector<std::string>{text});
    EXPECT_TRUE(world.network->pending().empty());
    expect_ends(world, client, action);
    world.run();
    if (action.starts_with("stall")) {
      EXPECT_EQ(sink.all, conversation.bytes);
    } else {
      EXPECT_EQ(sink.all, passed);
    }
    EXPECT_TRUE(source.all.empty());
  }

  static void expect_ends(World& world, const ClientEnd& client, std::string_view action) {
    std::optional<CloseKind> at_client;
    std::optional<CloseKind> at_server;
    if (action == "cut") at_client = at_server = CloseKind::fin;
    if (action == "reset") at_client = at_server = CloseKind::reset;
    if (action == "half-open") at_client = CloseKind::reset;
    EXPECT_EQ(client.closed, at_client);
    EXPECT_EQ(world.peer().closed, at_server);
  }

  const Conversation conversation;
};

TEST_P(FaultPoint, ExactlyTheBytesBeforeItPass) {
  std::uint64_t seed = 1;
  const std::string_view sender = std::get<0>(GetParam()) == Sender::client ? "client" : "server";
  for (const Trigger& trigger : triggers(conversation, sender)) {
    for (int i = 0; i < 4; ++i) {
      // Armed after the opening, a fault at offset 0 strikes on the spot as well.
      run(trigger, seed++);
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Everywhere, FaultPoint,
    testing::Combine(testing::Values(Sender::client, Sender::server),
                     testing::Values("cut", "reset", "half-open", "blackhole", "stall 1h"),
                     testing::Values("", "chunk=1", "latency=3ms..9ms chunk=1..20", "bandwidth=80kbit")));

// --- which packet ---

TEST(FaultCounting, CountsPacketsAcrossWritesOfAnySize) {
  for (std::size_t size = 1; size <= 40; ++size) {
    World world;
    ClientEnd& client = world.open_and_wait();
    world.arm("after client:PUBLISH#3 cut");
    const Bytes stream =
        wire(one_publish) + wire(one_publish) + wire(mqtt::Pingreq{}) + wire(one_publish) + wire(one_publish);
    for (std::size_t sent = 0; sent < stream.size(); sent += size) {
      client.stream->send(ByteView(stream).subspan(sent, std::min(size, stream.size() - sent)));
    }
    world.run();
    EXPECT_EQ(world.peer().all.size(), 3 * wire(one_publish).size() + 2) << size;
  }
}

TEST(FaultCounting, BeginsWhenArmedAndSkipsThePacketUnderWay) {
  World world;
  ClientEnd& client = world.open_and_wait();
  const Bytes one = wire(one_publish);
  client.stream->send(one);
  client.stream->send(ByteView(one).first(3));
  world.arm("after client:PUBLISH#1 cut");
  client.stream->send(ByteView(one).subspan(3));
  world.run();
  EXPECT_TRUE(world.faults_struck().empty());
  client.stream->send(one + one);
  world.run();
  EXPECT_EQ(world.peer().all, one + one + one);
}

TEST(FaultCounting, IsPerConnection) {
  World world;
  world.arm("after client:PUBLISH#2 cut");
  ClientEnd& a = world.open_and_wait("a");
  ClientEnd& b = world.open_and_wait("b");
  world.send(*a.stream, one_publish);
  world.send(*b.stream, one_publish);
  world.run();
  EXPECT_EQ(world.network->pending().size(), 1u);
  world.send(*b.stream, one_publish);
  world.run();
  EXPECT_EQ(b.closed, CloseKind::fin);
  world.send(*a.stream, one_publish);
  world.send(*a.stream, one_publish);
  world.run();
  EXPECT_FALSE(a.closed.has_value()) << "a fault strikes once";
}

TEST(FaultCounting, TellsWhichConnectionWasStruck) {
  World world;
  world.arm("a#2: at opening cut");
  world.open_and_wait("a");
  EXPECT_FALSE(world.network->has_struck(1));
  world.open_and_wait("a");
  world.run();
  EXPECT_FALSE(world.network->has_struck(1));
  EXPECT_TRUE(world.network->has_struck(2));
}

TEST(FaultCounting, WhatIsDisarmedStrikesNoMore) {
  World world;
  world.arm("after client:PUBLISH#1 cut");
  world.arm("before client:PUBLISH#1 reset");
  ClientEnd& client = world.open_and_wait();
  world.network->disarm();
  EXPECT_TRUE(world.network->pending().empty());
  world.send(*client.stream, one_publish);
  world.run();
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_TRUE(world.faults_struck().empty());
}

TEST(FaultCounting, PacketTooShortForTheByteIsPassedOver) {
  World world;
  world.arm("byte 5 of client:PUBACK#1 cut");
  ClientEnd& client = world.open_and_wait();
  world.send(*client.stream, one_puback);  // four bytes
  world.send(*client.stream, one_publish);
  world.run();
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_EQ(world.network->pending().size(), 1u);
}

TEST(FaultCounting, LaterPacketDoesNotStandInForOneThatWasTooShort) {
  World world;
  world.arm("byte 50 of client:PUBLISH#2 cut");
  ClientEnd& client = world.open_and_wait();
  for (const std::size_t size : {100, 10, 100}) {
    world.send(*client.stream, mqtt::Publish{.topic = "t", .payload = std::string(size, 'x')});
  }
  world.run();
  EXPECT_FALSE(client.closed.has_value());
}

TEST(FaultCounting, ReachesIntoAMalformedLength) {
  World world;
  world.arm("byte 5 of client:PUBLISH#1 cut");
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
  world.run();
  EXPECT_EQ(world.peer().all.size(), 5u);
}

TEST(FaultCounting, StopsBehindAMalformedLength) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.arm("before client:PINGREQ#1 cut");
  world.arm("at client+9 reset");
  client.stream->send(Bytes{0x30, 0xFF, 0xFF, 0xFF, 0xFF});
  world.send(*client.stream, mqtt::Pingreq{});
  world.run();
  EXPECT_TRUE(world.faults_struck().empty()) << "there are no packets any more";
  world.send(*client.stream, mqtt::Pingreq{});
  world.run();
  EXPECT_EQ(world.faults_struck(), std::vector<std::string>{"at client+9 reset"}) << "but there are bytes";
}

TEST(FaultCounting, OffsetsCountFromTheOpeningAndAreNotMadeUpFor) {
  World world;
  ClientEnd& client = world.open_and_wait();
  client.stream->send(Bytes(10, 'x'));
  world.arm("at client+5 cut");
  world.arm("at client+10 stall 1s");
  EXPECT_EQ(world.faults_struck(), std::vector<std::string>{"at client+10 stall 1s"});
  client.stream->send(Bytes(10, 'x'));
  world.run();
  EXPECT_EQ(world.network->pending().size(), 1u);
  ClientEnd& next = world.open_and_wait();
  next.stream->send(Bytes(10, 'x'));
  world.run();
  EXPECT_EQ(next.closed, CloseKind::fin);
  EXPECT_EQ(world.peer(1).all.size(), 5u);
}

TEST(FaultCounting, NamedConnections) {
  World world;
  world.arm("b#2: at opening cut");
  world.open_and_wait("a");
  world.open_and_wait("a");
  ClientEnd& b1 = world.open_and_wait("b");
  EXPECT_FALSE(b1.closed.has_value());
  ClientEnd& b2 = world.open_and_wait("b");
  EXPECT_EQ(b2.closed, CloseKind::fin);

  world.arm("#2: at opening reset");  // the second connection of whoever has one
  EXPECT_FALSE(world.open_and_wait("c").closed.has_value());
  EXPECT_FALSE(world.open_and_wait("b").closed.has_value());
  EXPECT_EQ(world.open_and_wait("c").closed, CloseKind::reset);
}

TEST(FaultCounting, NamedConnectionThatLivesIsStruckAndOneThatIsGoneLeavesThePending) {
  World world;
  ClientEnd& gone = world.open_and_wait("a");
  gone.stream->close();
  world.run();
  world.open_and_wait("a");
  world.arm("a#1: at 0s cut");
  world.arm("a#2: at 0s reset");
  world.run();
  EXPECT_EQ(world.faults_struck(), std::vector<std::string>{"a#2: at 0s reset"});
  ASSERT_EQ(world.network->pending().size(), 1u);
  EXPECT_EQ(to_text(world.network->pending()[0]), "a#1: at 0s cut");
}

TEST(FaultCounting, TwoFaultsAtOnePointStrikeInTheOrderOfArming) {
  World world;
  world.arm("after client:PUBLISH#1 stall 2s");
  world.arm("after client:PUBLISH#1 cut");
  ClientEnd& client = world.open_and_wait();
  world.send(*client.stream, one_publish);
  world.run();
  EXPECT_EQ(world.faults_struck(),
            (std::vector<std::string>{"after client:PUBLISH#1 stall 2s", "after client:PUBLISH#1 cut"}));
  EXPECT_EQ(world.peer().closed_at, Time(2s)) << "the FIN waits for the end of the stall";
}

TEST(FaultCounting, ServerBytesBeforeTheClientKnowsOfTheOpeningCount) {
  World world;
  world.arm("after server:PUBLISH#1 cut");
  world.server.do_on_connect = [&](test::Server::Peer& peer) {
    peer.stream->accept();
    peer.stream->send(wire(one_publish) + wire(one_publish));
  };
  ClientEnd& client = world.open_and_wait();
  EXPECT_EQ(client.all, wire(one_publish));
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_EQ(world.peer().closed, CloseKind::fin);
}

TEST(FaultCounting, DoesNotStrikeAConnectionThatTheOtherEndHasReset) {
  World world;
  world.set_weather("latency=10ms");
  world.arm("after server:PUBLISH#1 cut");
  ClientEnd& client = world.open_and_wait();
  client.stream->reset();
  world.send(*world.peer().stream, one_publish);
  world.run();
  EXPECT_TRUE(world.faults_struck().empty());
  EXPECT_EQ(world.peer().closed, CloseKind::reset);
}

TEST(FaultCounting, FirstByteOfTheServerMayComeBeforeTheClientKnowsOfTheOpening) {
  World world;
  world.arm("at server+0 cut");
  world.server.do_on_connect = [&](test::Server::Peer& peer) {
    peer.stream->accept();
    peer.stream->send(wire(one_publish));
  };
  ClientEnd& client = world.open_and_wait();
  EXPECT_TRUE(client.all.empty());
  EXPECT_EQ(client.closed, CloseKind::fin);
}

// --- when ---

TEST(FaultAtTime, CountsFromTheEstablishedConnection) {
  World world;
  world.set_weather("latency=10ms");
  world.arm("at 1s cut");
  ClientEnd& client = world.open_and_wait();
  EXPECT_EQ(client.closed_at, Time(20ms + 1s + 10ms));
  EXPECT_EQ(world.peer().closed_at, Time(20ms + 1s + 10ms));
  EXPECT_EQ(world.lines(EventKind::fault), std::vector<std::string>{"+1020.000 ms  a#1  fault: at 1s cut"});
}

TEST(FaultAtTime, CountsFromArmingIfThatIsLater) {
  World world;
  ClientEnd& client = world.open_and_wait();
  world.run_for(5s);
  world.arm("at 1s cut");
  world.run();
  EXPECT_EQ(client.closed_at, Time(6s));
}

TEST(FaultAtTime, StrikesTheFirstOfSeveralConnections) {
  World world;
  world.arm("at 1s cut");
  ClientEnd& a = world.open("a");
  ClientEnd& b = world.open("b");
  world.run();
  EXPECT_EQ(a.closed, CloseKind::fin);
  EXPECT_FALSE(b.closed.has_value());
}

TEST(FaultAtTime, DoesNotStrikeAConnectionThatHasEnded) {
  World world;
  world.arm("at 1s cut");
  ClientEnd& client = world.open("a");
  world.run_for(500ms);
  client.stream->close();
  world.run();
  EXPECT_TRUE(world.faults_struck().empty());
  EXPECT_EQ(world.network->pending().size(), 1u);
}

TEST(FaultAtOpening, StrikesBeforeAByteFlows) {
  for (const char* action : {"cut", "reset", "half-open", "blackhole"}) {
    World world;
    world.arm(std::string("at opening ") + action);
    ClientEnd& client = world.open();
    client.stream->send(bytes_of("early"));
    world.run();
    client.stream->send(bytes_of("late"));
    world.run();
    EXPECT_TRUE(client.opened.has_value()) << action;
    EXPECT_TRUE(world.peer().all.empty()) << action;
  }
}

}  // namespace
}  // namespace holdfast
