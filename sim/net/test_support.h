// For the tests of this folder: a network with a server that records what it is told and can be scripted.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/net/network.h"
#include "sim/time/virtual_driver.h"

namespace holdfast::test {

inline const mqtt::Publish one_publish{.topic = "t", .payload = "payload", .qos = 1, .packet_id = 1};
inline const mqtt::Puback one_puback{.packet_id = 1};

inline Bytes wire(const mqtt::Packet& packet) { return encode(packet, mqtt::Version::v5); }

constexpr Time at(Duration since_beginning) { return Time(since_beginning); }

inline Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

// An end that writes down everything with its time, and does what a test tells it to in between.
struct Recorder : StreamEvents {
  explicit Recorder(Loop& used_loop) : loop(used_loop) {}

  struct Arrival {
    Time at;
    Bytes bytes;
    bool operator==(const Arrival&) const = default;
  };

  void on_open() override {
    opened = loop.now();
    if (do_on_open) do_on_open();
  }
  void on_bytes(ByteView bytes) override {
    EXPECT_FALSE(bytes.empty());
    EXPECT_FALSE(closed.has_value()) << "bytes after the close";
    EXPECT_FALSE(half_closed.has_value()) << "bytes after FIN";
    arrivals.push_back({loop.now(), Bytes(bytes.begin(), bytes.end())});
    all.insert(all.end(), bytes.begin(), bytes.end());
    if (do_on_bytes) do_on_bytes(bytes);
  }
  void on_close(CloseKind kind) override {
    EXPECT_FALSE(closed.has_value()) << "closed twice";
    closed = kind;
    closed_at = loop.now();
    if (do_on_close) do_on_close(kind);
  }
  void on_writable() override { writable += 1; }
  bool on_half_close() override {
    half_closed = loop.now();
    if (do_on_half_close) return do_on_half_close();
    half_closed.reset();
    return false;
  }

  std::string text() const { return std::string(all.begin(), all.end()); }

  Loop& loop;
  std::optional<Time> opened{};
  std::vector<Arrival> arrivals{};
  Bytes all{};
  std::optional<CloseKind> closed{};
  Time closed_at{};
  std::optional<Time> half_closed{};
  int writable = 0;
  std::function<void()> do_on_open{};
  std::function<void(ByteView)> do_on_bytes{};
  std::function<void(CloseKind)> do_on_close{};
  std::function<bool()> do_on_half_close{};
};

struct Server : Acceptor {
  explicit Server(Loop& used_loop) : loop(used_loop) {}

  struct Peer : Recorder {
    using Recorder::Recorder;
    ServerStream* stream = nullptr;
    Time asked_at{};
  };

  void connect(ServerStream& stream) override {
    peers.push_back(std::make_unique<Peer>(loop));
    Peer& peer = *peers.back();
    peer.stream = &stream;
    peer.asked_at = loop.now();
    stream.set_events(&peer);
    if (do_on_connect) {
      do_on_connect(peer);
    } else {
      stream.accept();
    }
  }

  Loop& loop;
  std::vector<std::unique_ptr<Peer>> peers{};
  std::function<void(Peer&)> do_on_connect{};
};

// A client's end with its stream.
struct ClientEnd : Recorder {
  using Recorder::Recorder;
  Stream* stream = nullptr;
  ConnectionId connection = 0;
};

struct World {
  explicit World(std::uint64_t seed = 7) : network(std::in_place, loop, server, trace, seed) {}

  void set_weather(std::string_view text) { network->set_weather(parse_weather(text).value()); }
  void arm(std::string_view text) { network->arm(parse_fault(text).value()); }

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
    run();
    EXPECT_TRUE(client.opened.has_value());
    return client;
  }

  // Until nothing is left to happen.
  void run() {
    const VirtualRunResult result = run_virtual(loop, [] { return false; });
    EXPECT_EQ(result.outcome, VirtualRunResult::Outcome::stalled) << result.explanation;
  }
  void run_for(Duration duration) { loop.advance_to(loop.now() + duration); }
  void send(Stream& stream, const mqtt::Packet& packet) { stream.send(encode(packet, mqtt::Version::v5)); }

  Server::Peer& peer(std::size_t index = 0) { return *server.peers.at(index); }

  std::vector<std::string> lines(EventKind kind) const {
    std::vector<std::string> texts;
    for (const Event& event : trace.events()) {
      if (event.kind == kind) texts.push_back(to_text(trace, event));
    }
    return texts;
  }
  std::vector<std::string> faults_struck() const {
    std::vector<std::string> texts;
    for (const Event& event : trace.events()) {
      if (event.kind == EventKind::fault) texts.push_back(event.text);
    }
    return texts;
  }

  Loop loop;
  Trace trace{loop};
  Server server{loop};
  std::vector<std::unique_ptr<ClientEnd>> clients;
  std::optional<Network> network;  // dies first, or when a test says so
};

}  // namespace holdfast::test
