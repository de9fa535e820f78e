// The input plays the broker against our client and our checkers: whatever it sends, at whatever moment it
// closes, nothing crashes, hangs or grows without bound, and what the client sends stays valid.
//
// Input: a byte for the version, then pieces: a byte of how (its two highest bits: bytes, a close, a reset, a
// CONNACK and bytes) and of how many bytes (the others), and those bytes. A piece is sent each time that the
// client has sent something, or time has gone by.
#include <algorithm>
#include <optional>

#include "conformance/checkers/checker.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/simulated_world.h"
#include "sim/client/client.h"

namespace holdfast::fuzz {
namespace {

constexpr int turns = 24;

class HostileServer final : public Acceptor, private StreamEvents {
 public:
  HostileServer(ByteView pieces, mqtt::Version version) : pieces_(pieces), version_(version) {}

  void connect(ServerStream& stream) override {
    stream_ = &stream;
    decoder_.emplace(mqtt::DecodeOptions{.version = version_, .sender = mqtt::Sender::client});
    stream.set_events(this);
    stream.accept();
  }

  void send_piece() {
    if (stream_ == nullptr || pieces_.empty()) return;
    const std::uint8_t how = pieces_[0];
    const std::size_t size = std::min<std::size_t>(how & 0x3F, pieces_.size() - 1);
    const ByteView bytes = pieces_.subspan(1, size);
    pieces_ = pieces_.subspan(1 + size);
    switch (how >> 6) {
      case 0:
        stream_->send(bytes);
        break;
      case 1:
        stream_->send(bytes);
        stream_->close();
        break;
      case 2:
        stream_->send(bytes);
        stream_->reset();
        let_go();
        break;
      default:
        stream_->send(mqtt::encode(mqtt::Connack{.session_present = size % 2 == 1}, version_));
        stream_->send(bytes);
    }
  }

 private:
  void on_bytes(ByteView bytes) override {
    decoder_->feed(bytes);
    for (;;) {
      const mqtt::DecodeResult result = decoder_->next();
      if (const auto* error = std::get_if<mqtt::DecodeError>(&result))
        broken("a client sends valid packets", error->what);
      if (!std::holds_alternative<mqtt::Decoded>(result)) break;
    }
    send_piece();
  }
  void on_close(CloseKind) override { stream_ = nullptr; }
  void let_go() {
    stream_->set_events(nullptr);
    stream_ = nullptr;
  }

  ByteView pieces_;
  mqtt::Version version_;
  ServerStream* stream_ = nullptr;
  std::optional<mqtt::StreamDecoder> decoder_;
};

// A well-behaved client that goes on with its work whatever comes.
void take_a_turn(Client& client, int number) {
  if (!client.is_open()) {
    if (client.connection() != 0 && !client.closed()) return;
    mqtt::Connect connect;
    connect.client_id = client.id();
    connect.clean_start = number % 7 == 0;
    connect.keep_alive = 1;
    if (client.version() == mqtt::Version::v5) {
      connect.properties.session_expiry_interval = 1'000;
      connect.properties.topic_alias_maximum = 3;
    }
    client.connect(std::move(connect));
    return;
  }
  if (number % 3 == 0) client.subscribe({{.filter = "a/#", .qos = 2}});
  client.publish({.topic = "a/b", .payload = "m", .qos = static_cast<std::uint8_t>(number % 3)});
}

}  // namespace

bool run_input(ByteView input) {
  if (input.size() < 2) return false;
  const mqtt::Version version = options_of(input[0] & 3).version;
  Loop loop;
  Trace trace(loop);
  HostileServer server(input.subspan(1), version);
  Network network(loop, server, trace, 1);
  Client client(loop, network, "victim", "victim", version);
  for (int number = 0; number < turns; ++number) {
    take_a_turn(client, number);
    pass(loop, 200ms);
    server.send_piece();
  }
  client.abandon();
  pass(loop, 1s);
  require(client.messages().size() <= Client::inbox_packets_max, "a client's memory is bounded");
  const std::vector<Breach> breaches = check_trace(trace);
  require(breaches.size() <= all_checkers().size() * breaches_per_checker_max, "breaches are bounded");
  return true;
}

}  // namespace holdfast::fuzz
