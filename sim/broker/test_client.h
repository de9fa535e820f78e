// For the broker's unit tests: a connection without a network and a client without a mind. What the broker
// sends is decoded at once and waits in order; time moves only when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/mqtt/codec.h"
#include "sim/mqtt/packet.h"
#include "sim/net/stream.h"
#include "sim/time/loop.h"

namespace holdfast::broker {

class TestStream final : public ServerStream {
 public:
  void set_events(StreamEvents* to) override { events = to; }
  void send(ByteView bytes) override {
    if (closed) return;
    sent.insert(sent.end(), bytes.begin(), bytes.end());
    ++writes;
  }
  void close() override { closed = true; }
  void reset() override { closed = was_reset = true; }
  std::size_t queued_bytes() const override { return queued; }
  void accept() override { accepted = true; }
  void refuse(std::string_view) override { closed = true; }

  StreamEvents* events = nullptr;
  Bytes sent;              // by the broker, not yet read by the client
  std::size_t writes = 0;  // calls of send()
  std::size_t queued = 0;  // what queued_bytes() pretends
  bool accepted = false;
  bool closed = false;
  bool was_reset = false;
};

class World;

class TestClient {
 public:
  TestClient(World& world, mqtt::Version version) : world_(world), version_(version) {}

  void open();
  void send(const mqtt::Packet& packet) { send_raw(mqtt::encode(packet, version_)); }
  void send_raw(const Bytes& bytes);
  // The client's end goes away without a DISCONNECT.
  void cut(CloseKind kind = CloseKind::fin);
  bool is_closed() const { return stream_->closed; }
  TestStream& stream() { return *stream_; }

  // Opens a new connection, connects, and returns the CONNACK.
  mqtt::Connack connect(mqtt::Connect connect);

  // The next packet, which has to be a T.
  template <typename T>
  T expect() {
    std::optional<mqtt::Packet> packet = next();
    if (!packet) {
      ADD_FAILURE() << "nothing came";
      return T{};
    }
    if (T* const wanted = std::get_if<T>(&*packet)) return std::move(*wanted);
    ADD_FAILURE() << "came instead: " << mqtt::to_text(*packet, version_);
    return T{};
  }
  std::optional<mqtt::Packet> next();
  bool has_more() { return !received().empty(); }
  // All that has come and is not yet read, as one line for each packet.
  std::vector<std::string> rest();
  // Payloads of the PUBLISH packets that have come; nothing else may have come. QoS 1 is acknowledged.
  std::vector<std::string> payloads();
  Bytes raw() { return std::exchange(stream_->sent, {}); }

  // The usual requests, with their answers checked.
  mqtt::ReasonCode subscribe(mqtt::SubscriptionRequest request, std::optional<std::uint32_t> identifier = {});
  void publish(std::string topic, std::string payload, std::uint8_t qos = 0, std::uint16_t packet_id = 0,
               bool retain = false);
  void disconnect(mqtt::Disconnect packet = {}) { send(packet); }

 private:
  std::deque<mqtt::Packet>& received();

  World& world_;
  mqtt::Version version_;
  std::shared_ptr<TestStream> stream_;
  std::unique_ptr<mqtt::StreamDecoder> decoder_;
  std::deque<mqtt::Packet> received_;
};

// A broker in a loop of its own.
class World {
 public:
  explicit World(BrokerSettings settings = {}) : broker_(loop_, std::move(settings), 1) {}

  Broker& broker() { return broker_; }
  Loop& loop() { return loop_; }
  TestClient client(mqtt::Version version = mqtt::Version::v5) { return TestClient(*this, version); }
  TestClient client_v3() { return client(mqtt::Version::v3_1_1); }
  void pass(Duration duration) { loop_.advance_to(loop_.now() + duration); }
  void settle() { loop_.run_ready(); }
  std::shared_ptr<TestStream> open();

 private:
  Loop loop_;
  std::vector<std::shared_ptr<TestStream>> streams_;  // outlive the broker's connections
  Broker broker_;
};

// A CONNECT of 5.0 with a Session Expiry Interval, and one of 3.1.1.
mqtt::Connect v5_connect(std::string client_id, std::uint32_t expiry = 0, bool clean_start = false);
mqtt::Connect v3_connect(std::string client_id, bool clean_session = false);
mqtt::Will will_message(std::string topic, std::string payload, std::uint32_t delay = 0);

}  // namespace holdfast::broker
