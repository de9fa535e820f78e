// For the tests of this folder: simulated clients, a network, and behind it real sockets on 127.0.0.1.
#pragma once

#include <gtest/gtest.h>

#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/tcp.h"
#include "sim/net/test_support.h"

namespace holdfast::test {

inline ByteView view_of(std::string_view text) {
  return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// From the top, as destruction goes from the bottom: the network ends first, the loop last.
struct LiveWorld : testing::Test {
  static constexpr Duration patience = 5s;

  // A server of our own behind the address.
  void serve() { serve(acceptor); }
  void serve(Acceptor& served) {
    auto listening = TcpServer::listen(driver, served, 0);
    ASSERT_TRUE(listening.has_value()) << listening.error();
    server = std::move(*listening);
    aim_at(server->port());
  }
  void aim_at(std::uint16_t port, Duration connect_patience = 5s) {
    auto resolved = TcpSystem::resolve(driver, {"127.0.0.1", port}, connect_patience);
    ASSERT_TRUE(resolved.has_value()) << resolved.error();
    system = std::move(*resolved);
    network.emplace(loop, *system, trace, 7);
  }

  ClientEnd& open(const std::string& name = "a") {
    clients.push_back(std::make_unique<ClientEnd>(loop));
    ClientEnd& client = *clients.back();
    const OpenedLink opened = network->open(name, client);
    client.stream = opened.stream;
    client.connection = opened.connection;
    return client;
  }
  ClientEnd& open_and_wait(const std::string& name = "a") {
    ClientEnd& client = open(name);
    EXPECT_TRUE(until([&] { return client.opened.has_value(); })) << system->last_error();
    return client;
  }
  // The peer of the only connection, seen by `acceptor`.
  Server::Peer& peer() {
    EXPECT_TRUE(until([&] { return acceptor.peers.size() == 1; }));
    return *acceptor.peers.front();
  }

  bool until(const std::function<bool()>& is_done) { return driver.run(is_done, patience); }
  void run_for(Duration duration) {
    driver.run([] { return false; }, duration);
  }

  Loop loop;
  LiveDriver driver{loop};
  Server acceptor{loop};
  Trace trace{loop};
  std::unique_ptr<TcpServer> server;
  std::unique_ptr<TcpSystem> system;
  std::vector<std::unique_ptr<ClientEnd>> clients;
  std::optional<Network> network;
};

// A server that is nothing but a socket, for what a well-behaved one does not do.
struct RawServer {
  explicit RawServer(asio::io_context& io, int backlog = 100) : listener(io), socket(io) {
    const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), 0);
    listener.open(address.protocol());
    listener.bind(address);
    listener.listen(backlog);
  }
  std::uint16_t port() const { return listener.local_endpoint().port(); }
  // Waits for one connection in the operating system.
  void accept() { listener.accept(socket); }
  void reset() {
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  }

  asio::ip::tcp::acceptor listener;
  asio::ip::tcp::socket socket;
};

}  // namespace holdfast::test
