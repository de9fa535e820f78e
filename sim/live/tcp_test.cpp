// Simulated clients behind a simulated network, in front of real sockets.
#include "sim/live/tcp.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <asio/write.hpp>
#include <string>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/live/test_support.h"

namespace holdfast {
namespace {

using test::bytes_of;
using test::ClientEnd;
using test::LiveWorld;
using test::RawServer;
using test::Server;
using test::view_of;

// Sends back what it gets.
void make_echo(Server& server) {
  server.do_on_connect = [](Server::Peer& peer) {
    peer.do_on_bytes = [&peer](ByteView bytes) { peer.stream->send(bytes); };
    peer.stream->accept();
  };
}

// Different everywhere, so that a byte lost or doubled shows.
Bytes numbered_bytes(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i ^ (i >> 8) ^ (i >> 16));
  return bytes;
}

using TcpTest = LiveWorld;

TEST_F(TcpTest, BytesGoThereAndBack) {
  make_echo(acceptor);
  serve();
  ClientEnd& client = open_and_wait();
  client.stream->send(view_of("hello"));
  EXPECT_TRUE(until([&] { return client.text() == "hello"; }));
  EXPECT_EQ(system->open_connections(), 1);
  EXPECT_EQ(server->open_connections(), 1);
  EXPECT_EQ(system->last_error(), "");
}

TEST_F(TcpTest, WhatIsSentBeforeTheConnectionStandsWaitsForIt) {
  serve();
  ClientEnd& client = open();
  client.stream->send(view_of("early"));
  client.stream->close();
  EXPECT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(peer().text(), "early");
  EXPECT_EQ(peer().closed, CloseKind::fin);
}

TEST_F(TcpTest, AMegabyteInBothDirectionsArrivesWhole) {
  serve();
  const Bytes up = numbered_bytes(1 << 20);
  const Bytes down = numbered_bytes((1 << 20) + 7);
  ClientEnd& client = open_and_wait();
  client.stream->send(up);
  peer().stream->send(down);
  EXPECT_TRUE(until([&] { return client.all.size() >= down.size() && peer().all.size() >= up.size(); }));
  EXPECT_TRUE(client.all == down);
  EXPECT_TRUE(peer().all == up);
  EXPECT_TRUE(until([&] { return peer().writable > 0; }));
  EXPECT_EQ(peer().stream->queued_bytes(), 0);
}

TEST_F(TcpTest, EveryEventHasTheTimeAtWhichItHappened) {
  make_echo(acceptor);
  serve();
  ClientEnd& client = open_and_wait();
  run_for(20ms);
  const Time sent_at = loop.now();
  client.stream->send(view_of("x"));
  ASSERT_TRUE(until([&] { return !client.all.empty(); }));
  EXPECT_GT(client.arrivals.front().at, sent_at);
  EXPECT_LT(client.arrivals.front().at, sent_at + 1s);
}

// --- ends ---

TEST_F(TcpTest, TheClientHearsOfTheCloseOnlyWhenTheServerKnows) {
  acceptor.do_on_connect = [](Server::Peer& peer) {
    peer.do_on_half_close = [] { return true; };
    peer.stream->accept();
  };
  serve();
  ClientEnd& client = open_and_wait();
  client.stream->send(view_of("bye"));
  client.stream->close();
  ASSERT_TRUE(until([&] { return peer().half_closed.has_value(); }));
  EXPECT_EQ(peer().text(), "bye");
  run_for(20ms);
  EXPECT_FALSE(client.closed.has_value());

  peer().stream->send(view_of("last words"));
  peer().stream->close();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.text(), "last words");
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_TRUE(until([&] { return system->open_connections() + server->open_connections() == 0; }));
}

TEST_F(TcpTest, FinOfTheServerComesBehindItsBytes) {
  serve();
  ClientEnd& client = open_and_wait();
  peer().stream->send(view_of("so long"));
  peer().stream->close();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.text(), "so long");
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_TRUE(until([&] { return peer().closed.has_value(); }));
  EXPECT_EQ(peer().closed, CloseKind::fin);
  EXPECT_TRUE(until([&] { return system->open_connections() + server->open_connections() == 0; }));
  EXPECT_EQ(system->last_error(), "");
}

TEST_F(TcpTest, ResetOfTheClientReachesTheServer) {
  serve();
  ClientEnd& client = open_and_wait();
  peer();
  client.stream->reset();
  ASSERT_TRUE(until([&] { return peer().closed.has_value(); }));
  EXPECT_EQ(peer().closed, CloseKind::reset);
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_EQ(system->open_connections(), 0);
}

TEST_F(TcpTest, ResetOfTheServerReachesTheClientBehindWhatItSent) {
  RawServer raw(driver.io());
  aim_at(raw.port());
  ClientEnd& client = open_and_wait();
  raw.accept();
  asio::write(raw.socket, asio::buffer("data", 4));
  raw.reset();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_EQ(client.text(), "data");
  EXPECT_EQ(system->open_connections(), 0);
  EXPECT_NE(system->last_error().find("reset"), std::string::npos) << system->last_error();
}

TEST_F(TcpTest, ResetIsToldAsResetThoughWritingHeardOfItFirst) {
  RawServer raw(driver.io());
  aim_at(raw.port());
  ClientEnd& client = open_and_wait();
  raw.accept();
  raw.reset();
  client.stream->send(view_of("into the void"));
  client.stream->send(view_of("and again"));
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::reset);
}

TEST_F(TcpTest, AClientThatLetsGoClosesTheSocket) {
  serve();
  ClientEnd& client = open_and_wait();
  peer();
  client.stream->set_events(nullptr);
  ASSERT_TRUE(until([&] { return peer().closed.has_value(); }));
  EXPECT_EQ(peer().closed, CloseKind::fin);
  EXPECT_TRUE(until([&] { return system->open_connections() == 0; }));
}

TEST_F(TcpTest, AServerThatLetsGoClosesTheSocket) {
  serve();
  ClientEnd& client = open_and_wait();
  peer().stream->set_events(nullptr);
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::fin);
  EXPECT_TRUE(until([&] { return server->open_connections() == 0; }));
}

TEST_F(TcpTest, APeerThatNeverClosesIsResetAfterTenSeconds) {
  serve();
  RawServer raw(driver.io());
  asio::ip::tcp::socket socket(driver.io());
  socket.connect({asio::ip::address_v4::loopback(), server->port()});
  peer().stream->close();
  run_for(20ms);
  EXPECT_EQ(server->open_connections(), 1);
  loop.advance_to(loop.now() + 10s);
  EXPECT_EQ(server->open_connections(), 0);
  EXPECT_EQ(peer().closed, CloseKind::reset);
}

// --- connections that do not come to be ---

TEST_F(TcpTest, NobodyListensIsARefusalWithTheReason) {
  std::uint16_t port = 0;
  {
    RawServer gone(driver.io());
    port = gone.port();
  }
  aim_at(port);
  ClientEnd& client = open();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::refused);
  EXPECT_FALSE(client.opened.has_value());
  EXPECT_EQ(system->last_error(), fmt::format("connect to 127.0.0.1:{}: Connection refused", port));
}

TEST_F(TcpTest, AnAcceptorThatRefusesResets) {
  acceptor.do_on_connect = [](Server::Peer& peer) { peer.stream->refuse("full"); };
  serve();
  ClientEnd& client = open();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  // TCP was established before the server could say no; whether the client saw that is a matter of luck.
  EXPECT_NE(client.closed, CloseKind::fin);
  EXPECT_EQ(server->open_connections(), 0);
}

// A listener whose queue is full does not answer, on Linux.
struct DeafServer : RawServer {
  explicit DeafServer(asio::io_context& io) : RawServer(io, 0) {
    for (int i = 0; i < 4; ++i) {
      auto& filler = fillers.emplace_back(io);
      filler.async_connect(listener.local_endpoint(), [](const asio::error_code&) {});
    }
  }
  std::vector<asio::ip::tcp::socket> fillers;
};

TEST_F(TcpTest, NoAnswerInTimeIsARefusal) {
  DeafServer deaf(driver.io());
  aim_at(deaf.port(), 100ms);
  run_for(10ms);
  ClientEnd& client = open();
  const Time asked_at = loop.now();
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::refused);
  EXPECT_GE(client.closed_at - asked_at, 100ms);
  EXPECT_LT(client.closed_at - asked_at, 1s);
  EXPECT_NE(system->last_error().find("no answer in time"), std::string::npos);
  EXPECT_EQ(system->open_connections(), 0);
}

TEST_F(TcpTest, AClientMayGiveUpWhileConnecting) {
  DeafServer deaf(driver.io());
  aim_at(deaf.port(), 50ms);
  run_for(10ms);
  open("resets").stream->reset();
  open("closes").stream->close();
  ClientEnd& late = open("late");
  run_for(10ms);
  late.stream->reset();
  run_for(100ms);
  EXPECT_FALSE(late.closed.has_value());
  EXPECT_EQ(system->open_connections(), 0);
}

TEST_F(TcpTest, ANameThatDoesNotResolveIsOneLine) {
  const auto resolved = TcpSystem::resolve(driver, {"no..name", 1883});
  ASSERT_FALSE(resolved.has_value());
  EXPECT_EQ(resolved.error().rfind("resolve no..name: ", 0), 0) << resolved.error();
  EXPECT_EQ(resolved.error().find('\n'), std::string::npos);
}

TEST_F(TcpTest, APortInUseIsOneLine) {
  serve();
  const auto second = TcpServer::listen(driver, acceptor, server->port());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().find('\n'), std::string::npos);
}

// --- slow readers ---

TEST_F(TcpTest, ReadingPausesWhileTheLinkIsFull) {
  const Bytes flood = numbered_bytes(16u << 20);
  serve();
  network->set_weather(parse_weather("down:bandwidth=80mbit").value());
  ClientEnd& client = open_and_wait();
  peer().stream->send(flood);
  run_for(100ms);
  EXPECT_GT(client.all.size(), 100'000);
  EXPECT_LT(client.all.size(), 4u << 20);
  // The rest waits in the operating system and at the server.
  EXPECT_GT(peer().stream->queued_bytes(), 1u << 20);
  EXPECT_LT(peer().stream->queued_bytes() + client.all.size(), flood.size());
}

TEST_F(TcpTest, ReadingGoesOnWhenTheLinkIsEmptyAgain) {
  const Bytes flood = numbered_bytes(4u << 20);
  serve();
  network->set_weather(parse_weather("down:bandwidth=160mbit").value());
  ClientEnd& client = open_and_wait();
  peer().stream->send(flood);
  EXPECT_TRUE(until([&] { return client.all.size() >= flood.size(); }));
  EXPECT_TRUE(client.all == flood);
}

TEST_F(TcpTest, APeerThatNeverReadsIsGivenUpAt64Megabytes) {
  RawServer raw(driver.io());
  aim_at(raw.port());
  ClientEnd& client = open_and_wait();
  raw.accept();
  const Bytes part(8u << 20);
  for (int i = 0; i < 7; ++i) client.stream->send(part);
  run_for(20ms);
  EXPECT_FALSE(client.closed.has_value());
  for (int i = 0; i < 4; ++i) client.stream->send(part);
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::reset);
  EXPECT_NE(system->last_error().find("does not read"), std::string::npos) << system->last_error();
}

// --- half-open ---

TEST_F(TcpTest, AHalfOpenConnectionStaysUntilTheNetworkGoes) {
  serve();
  ClientEnd& client = open_and_wait();
  peer();
  network->make_half_open(client.connection);
  peer().stream->send(numbered_bytes(4u << 20));
  ASSERT_TRUE(until([&] { return peer().stream->queued_bytes() == 0; }));
  run_for(20ms);
  EXPECT_FALSE(peer().closed.has_value());
  EXPECT_EQ(system->open_connections(), 1);
  EXPECT_TRUE(client.all.empty());

  network.reset();
  ASSERT_TRUE(until([&] { return peer().closed.has_value(); }));
  EXPECT_EQ(peer().closed, CloseKind::reset);
  EXPECT_EQ(system->open_connections(), 0);
}

// --- many ---

TEST_F(TcpTest, TwoHundredConnectionsAtOnce) {
  make_echo(acceptor);
  serve();
  constexpr std::size_t count = 200;
  for (std::size_t i = 0; i < count; ++i) {
    ClientEnd& client = open(fmt::format("c{}", i));
    client.do_on_open = [&client, i] { client.stream->send(view_of(fmt::format("number {}", i))); };
  }
  EXPECT_TRUE(until([&] {
    for (std::size_t i = 0; i < count; ++i) {
      if (clients[i]->text() != fmt::format("number {}", i)) return false;
    }
    return true;
  }));
  EXPECT_EQ(system->open_connections(), count);
  for (auto& client : clients) client->stream->close();
  EXPECT_TRUE(until([&] { return system->open_connections() + server->open_connections() == 0; }));
}

// --- who goes first ---

TEST_F(TcpTest, TheNetworkMayGoWhileBytesAreOnTheirWay) {
  make_echo(acceptor);
  serve();
  ClientEnd& client = open_and_wait();
  client.stream->send(numbered_bytes(1 << 20));
  open("connecting");
  loop.run_ready();
  network.reset();
  run_for(20ms);
  EXPECT_EQ(system->open_connections(), 0);
}

TEST_F(TcpTest, TheSystemMayGoWhileOperationsArePending) {
  make_echo(acceptor);
  serve();
  open_and_wait().stream->send(numbered_bytes(1 << 20));
  open("connecting");
  loop.run_ready();
  network.reset();
  system.reset();
  run_for(20ms);
  EXPECT_EQ(server->open_connections(), 0);
}

TEST_F(TcpTest, TheServerTellsItsAcceptorWhenItGoes) {
  serve();
  ClientEnd& client = open_and_wait();
  peer();
  server.reset();
  EXPECT_EQ(peer().closed, CloseKind::reset);
  ASSERT_TRUE(until([&] { return client.closed.has_value(); }));
  EXPECT_EQ(client.closed, CloseKind::reset);
}

TEST_F(TcpTest, EverythingMayGoWithoutTheDriverRunningAgain) {
  serve();
  open_and_wait().stream->send(numbered_bytes(1 << 20));
  open("connecting");
  loop.run_ready();
}

// --- the reference broker behind a port ---

TEST_F(TcpTest, TheReferenceBrokerAnswersOnASocket) {
  Broker broker(loop, BrokerSettings{}, 1);
  serve(broker);
  ClientEnd& client = open_and_wait();
  mqtt::Connect connect;
  connect.client_id = "a";
  client.stream->send(mqtt::encode(connect, mqtt::Version::v5));
  ASSERT_TRUE(until([&] { return !client.all.empty(); }));
  EXPECT_EQ(client.all[0], 0x20);
  EXPECT_EQ(broker.sessions().size(), 1);
  client.stream->send(mqtt::encode(mqtt::Pingreq{}, mqtt::Version::v5));
  EXPECT_TRUE(until([&] { return client.all.size() >= 2 && client.all[client.all.size() - 2] == 0xD0; }));
  network.reset();
  system.reset();
  server.reset();
}

}  // namespace
}  // namespace holdfast
