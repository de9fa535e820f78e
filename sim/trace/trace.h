// The ordered record of everything that happened in one case: every chunk, packet, fault, draw and verdict,
// with its time. The hash of a simulated run's trace is the run's identity.
//
// A packet can be seen at two edges. At the SUT edge stands what the system under test was given and what it
// sent, in its own order: checkers judge there. At the client edge stands what the client sent and what
// reached it: a fault between the two is why they differ.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/packet.h"
#include "sim/time/loop.h"
#include "sim/trace/byte_store.h"

namespace holdfast {

// Numbers the Network Connections of a trace from 1 in the order in which they were opened. 0: none.
using ConnectionId = std::uint32_t;

enum class Edge : std::uint8_t { client, sut };

enum class EventKind : std::uint8_t {
  connection,   // a client begins to open a connection; text: the client's name
  established,  // the connection stands
  chunk,        // bytes passed an edge
  packet,       // the last byte of a packet passed an edge
  undecodable,  // the stream broke a rule at an edge; nothing later in that direction is decoded
  end,          // an end of the connection: who closed it (sender) and how (text: "fin", "reset", "refused")
  fault,        // a fault struck; text: the fault in its grammar
  draw,         // chance: text: the stream's name, number: the value
  note,         // for people; text
  verdict,      // text
};

struct Event {
  std::uint64_t sequence = 0;  // position in the trace, from 0
  Time at{};
  EventKind kind = EventKind::note;
  Edge edge = Edge::client;                    // chunk, packet, undecodable, end
  mqtt::Sender sender = mqtt::Sender::client;  // chunk, packet, undecodable, end: from whom
  ConnectionId connection = 0;
  std::uint64_t number = 0;  // draw
  std::string text{};
  ByteView bytes{};                              // chunk: the bytes; packet: its wire form; kept by the trace
  std::shared_ptr<const mqtt::Packet> packet{};  // packet
  std::vector<mqtt::DecodeError> errors{};       // packet: its notes; undecodable: the one error
};

// What a trace knows of one Network Connection.
struct ConnectionInfo {
  std::string client;                         // name of the client that opened it
  mqtt::Version version = mqtt::Version::v5;  // told by its CONNECT; v5 before
  std::uint32_t ordinal = 1;                  // it is that client's n-th connection, from 1
};

class Trace {
 public:
  explicit Trace(const Loop& loop);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  ConnectionId begin_connection(std::string client);
  void established(ConnectionId connection);
  // Records a chunk, then each packet that it completes. Returns the bytes as the trace keeps them: they live
  // as long as it does.
  ByteView chunk(ConnectionId connection, Edge edge, mqtt::Sender sender, ByteView bytes);
  void end(ConnectionId connection, Edge edge, mqtt::Sender sender, std::string_view how);
  void fault(ConnectionId connection, std::string text);
  void draw(std::string_view stream, std::uint64_t value);
  void note(std::string text);
  void verdict(std::string text);

  const std::vector<Event>& events() const { return events_; }
  const ConnectionInfo& connection(ConnectionId id) const;  // id from 1
  std::size_t connections() const { return connections_.size(); }

  // FNV-1a, 64 bits, over every event in a fixed serialisation (see trace/README.md).
  std::uint64_t hash() const;

 private:
  struct Connection;
  class Recording;
  Event& append(EventKind kind, ConnectionId connection);

  const Loop& loop_;
  ByteStore bytes_;
  std::vector<Event> events_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::map<std::string, std::uint32_t> connections_of_client_;
};

// One line for people, with the time since the first event of the trace: "+12.345 ms  a#1  <- PUBREC id 1".
// The client stands on the left; `|` marks the SUT edge: "a#1  |<- PUBREC id 1" left the system under test.
std::string to_text(const Trace& trace, const Event& event);

}  // namespace holdfast
