// A server that says what a test tells it to say, at the other end of a simulated network.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/net/network.h"
#include "sim/net/stream.h"
#include "sim/time/virtual_driver.h"

namespace holdfast {

class TestServer final : public Acceptor, private StreamEvents {
 public:
  explicit TestServer(mqtt::Version version) : version_(version), decoder_(options()) {}

  bool accepts = true;
  // CONNACK for every CONNECT, with this flag; nullopt: the test answers.
  std::optional<bool> session_present = false;

  void connect(ServerStream& stream) override {
    if (!accepts) return stream.refuse("closed today");
    stream_ = &stream;
    decoder_ = mqtt::StreamDecoder(options());
    closed.reset();
    stream.set_events(this);
    stream.accept();
  }

  void send(const mqtt::Packet& packet) { stream_->send(mqtt::encode(packet, version_)); }
  void send_bytes(const Bytes& bytes) { stream_->send(bytes); }
  void close() { stream_->close(); }
  void reset() { stream_->reset(); }

  // Every packet of that kind that has come, on any connection.
  template <class PacketKind>
  std::vector<PacketKind> received() const {
    std::vector<PacketKind> found;
    for (const mqtt::Packet& packet : packets) {
      if (const auto* wanted = std::get_if<PacketKind>(&packet)) found.push_back(*wanted);
    }
    return found;
  }

  std::vector<mqtt::Packet> packets;
  std::optional<CloseKind> closed;
  // Whether it keeps its end open when the client closes.
  bool keeps_open = false;

 private:
  mqtt::DecodeOptions options() const {
    return {.version = version_, .sender = mqtt::Sender::client, .forgiving = true};
  }

  void on_bytes(ByteView bytes) override {
    decoder_.feed(bytes);
    for (;;) {
      mqtt::DecodeResult result = decoder_.next();
      auto* decoded = std::get_if<mqtt::Decoded>(&result);
      if (decoded == nullptr) return;
      packets.push_back(decoded->packet);
      const bool is_connect = std::holds_alternative<mqtt::Connect>(packets.back());
      if (is_connect && session_present) send(mqtt::Connack{.session_present = *session_present});
    }
  }
  void on_close(CloseKind kind) override { closed = kind; }
  bool on_half_close() override { return keeps_open; }

  const mqtt::Version version_;
  mqtt::StreamDecoder decoder_;
  ServerStream* stream_ = nullptr;
};

}  // namespace holdfast
