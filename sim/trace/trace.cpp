#include "sim/trace/trace.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/trace/flow.h"

namespace holdfast {

using mqtt::Sender;
using mqtt::Version;

struct Trace::Connection {
  explicit Connection(ByteStore& store) : up(Sender::client, store), down(Sender::server, store) {}

  ConnectionInfo info{};
  Flow up;
  Flow down;
  // Told by the first CONNECT that passed the edge.
  std::optional<Version> version_at_client{};
  std::optional<Version> version_at_sut{};

  // The server speaks the version of the CONNECT that it was given, whatever has been sent since.
  Version version(Edge edge, Sender sender) const {
    if (sender == Sender::client)
      return (edge == Edge::sut ? version_at_sut : version_at_client).value_or(Version::v5);
    if (version_at_sut) return *version_at_sut;
    return version_at_client.value_or(Version::v5);
  }

  void learn_version(Edge edge, const mqtt::Packet& packet) {
    const auto* connect = std::get_if<mqtt::Connect>(&packet);
    std::optional<Version>& version = edge == Edge::sut ? version_at_sut : version_at_client;
    if (connect == nullptr || version.has_value()) return;
    version = connect->protocol_level == 4 ? Version::v3_1_1 : Version::v5;
    info.version = *version;
  }
};

// Records the packets of one chunk.
class Trace::Recording final : public PacketSink {
 public:
  Recording(Trace& trace, Connection& known, ConnectionId connection, Edge edge, Sender sender)
      : trace_(trace), known_(known), connection_(connection), edge_(edge), sender_(sender) {}

  Version version() override { return known_.version(edge_, sender_); }

  void seen(Seen seen) override {
    if (seen.packet != nullptr) known_.learn_version(edge_, *seen.packet);
    const EventKind kind = seen.packet != nullptr ? EventKind::packet : EventKind::undecodable;
    Event& event = trace_.append(kind, connection_);
    event.edge = edge_;
    event.sender = sender_;
    event.bytes = seen.wire;
    event.packet = std::move(seen.packet);
    event.errors = std::move(seen.errors);
  }

 private:
  Trace& trace_;
  Connection& known_;
  const ConnectionId connection_;
  const Edge edge_;
  const Sender sender_;
};

Trace::Trace(const Loop& loop) : loop_(loop) { events_.reserve(64); }

Trace::~Trace() = default;

Event& Trace::append(EventKind kind, ConnectionId connection) {
  Event& event = events_.emplace_back();
  event.sequence = events_.size() - 1;
  event.at = loop_.now();
  event.kind = kind;
  event.connection = connection;
  return event;
}

ConnectionId Trace::begin_connection(std::string client) {
  auto connection = std::make_unique<Connection>(bytes_);
  connection->info.ordinal = ++connections_of_client_[client];
  connection->info.client = std::move(client);
  connections_.push_back(std::move(connection));
  const auto id = static_cast<ConnectionId>(connections_.size());
  append(EventKind::connection, id).text = connections_.back()->info.client;
  return id;
}

void Trace::established(ConnectionId connection) { append(EventKind::established, connection); }

ByteView Trace::chunk(ConnectionId connection, Edge edge, Sender sender, ByteView bytes) {
  assert(connection >= 1 && connection <= connections_.size());
  const ByteView kept = bytes_.keep(bytes);
  Event& chunk = append(EventKind::chunk, connection);
  chunk.edge = edge;
  chunk.sender = sender;
  chunk.bytes = kept;

  Connection& known = *connections_[connection - 1];
  Recording recording(*this, known, connection, edge, sender);
  Flow& flow = sender == Sender::client ? known.up : known.down;
  const bool is_senders_edge = (sender == Sender::client) == (edge == Edge::client);
  if (is_senders_edge) {
    flow.sent(kept, recording);
  } else {
    flow.arrived(kept, recording);
  }
  return kept;
}

void Trace::end(ConnectionId connection, Edge edge, Sender sender, std::string_view how) {
  Event& event = append(EventKind::end, connection);
  event.edge = edge;
  event.sender = sender;
  event.text = how;
}

void Trace::fault(ConnectionId connection, std::string text) {
  append(EventKind::fault, connection).text = std::move(text);
}

void Trace::draw(std::string_view stream, std::uint64_t value) {
  Event& event = append(EventKind::draw, 0);
  event.text = stream;
  event.number = value;
}

void Trace::note(std::string text) { append(EventKind::note, 0).text = std::move(text); }

void Trace::verdict(std::string text) { append(EventKind::verdict, 0).text = std::move(text); }

const ConnectionInfo& Trace::connection(ConnectionId id) const {
  assert(id >= 1 && id <= connections_.size());
  return connections_[id - 1]->info;
}

}  // namespace holdfast
