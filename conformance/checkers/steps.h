// The first replay of a trace: which Network Connections and Sessions there were, and which packet belongs to
// which of them. Everything else that checkers know is replayed from these steps.
//
// Certainty. A packet of the client stands in the trace when it was written to the system under test; a live
// broker may process it later. A packet of the server stands there when it was read; it may have been sent
// earlier. Hence on one connection "the server sent X before it had Y" is certain if X stands first, and the
// opposite never is. Between two connections nothing is certain but this: what was read before the newer
// connection's CONNECT was written had been sent before anything on the newer connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/trace/trace.h"

namespace holdfast {

// An event's sequence number in its trace.
using Position = std::uint64_t;
inline constexpr Position never = std::numeric_limits<Position>::max();

using SessionIndex = std::uint32_t;
inline constexpr SessionIndex no_session = std::numeric_limits<SessionIndex>::max();

struct ConnectionView {
  mqtt::Version version = mqtt::Version::v5;
  const mqtt::Connect* connect = nullptr;  // the first CONNECT, if it could be read
  Position connect_at = never;
  const mqtt::Connack* connack = nullptr;  // the first
  Position connack_at = never;
  SessionIndex session = no_session;  // from the CONNACK 0x00 on

  // From here on nobody knows what the client has said to the server: its bytes broke the format, or it sent
  // a second CONNECT. A lenient server may go on reading.
  Position client_unreadable_at = never;
  Position server_unreadable_at = never;
  // A CONNECT with this connection's client identifier was written on another connection. What is read from
  // here afterwards may have been sent before the server processed that CONNECT, or before it was there.
  Position displaced_at = never;
  // Two CONNECTs of one client identifier were under way at once: their order is not known.
  bool contested = false;

  Position client_end = never;  // the client's FIN or RST reached the server
  Position server_end = never;  // the server closed: it knows that the connection is over

  std::array<std::uint8_t, 5> first_bytes{};  // from the server
  std::size_t first_byte_count = 0;
};

// One life of a Session, from a CONNACK with Session Present 0 to the next for the same client.
struct SessionRecord {
  std::string key;  // the client identifier, given or assigned; empty for an unknown one
  mqtt::Version version = mqtt::Version::v5;
  std::vector<ConnectionId> connections;  // in the order of their CONNACKs
  // The Session that the same client had before this one; no_session if none stands in the trace.
  SessionIndex predecessor = no_session;
  Position began_at = never;  // its first connection's CONNECT
  // Session Present was 1, but what came before does not stand in the trace or cannot be attributed.
  bool unknown_past = false;
  // What the client or the server did can no longer be told.
  bool unsure = false;
};

// The type code of a packet's C++ type: the alternatives of Packet stand in the order of their codes.
template <class PacketKind, class... Kinds>
consteval mqtt::PacketType find_type_code(const std::variant<Kinds...>*) {
  int code = 0;
  bool found = false;
  (((found = found || std::is_same_v<PacketKind, Kinds>) ? 0 : ++code), ...);
  return static_cast<mqtt::PacketType>(code + 1);
}
template <class PacketKind>
inline constexpr mqtt::PacketType type_code_of =
    find_type_code<PacketKind>(static_cast<const mqtt::Packet*>(nullptr));
static_assert(type_code_of<mqtt::Connect> == mqtt::PacketType::connect);
static_assert(type_code_of<mqtt::Pubcomp> == mqtt::PacketType::pubcomp);
static_assert(type_code_of<mqtt::Auth> == mqtt::PacketType::auth);

// A packet at the SUT edge. Client packets that were sent before the CONNACK count from the CONNACK on; those
// of a CONNECT that is never accepted do not count.
struct Step {
  const Event* event = nullptr;
  SessionIndex session = no_session;
  ConnectionId connection = 0;
  mqtt::PacketType type = mqtt::PacketType::reserved;  // kept here because most steps are asked for it only
  bool from_server = false;
  // The packet belongs to its session beyond doubt, and the session's state is known.
  bool sure = false;

  Position at() const { return event->sequence; }
  template <class PacketKind>
  const PacketKind* as() const {
    return type == type_code_of<PacketKind> ? std::get_if<PacketKind>(event->packet.get()) : nullptr;
  }
};

struct Steps {
  explicit Steps(const Trace& trace);

  const ConnectionView& connection(ConnectionId id) const { return connections[id]; }

  std::vector<ConnectionView> connections;  // by ConnectionId; the first is unused
  std::vector<SessionRecord> sessions;
  std::vector<Step> steps;
  // What the server sent and the decoder found fault with: packets with notes, streams that broke off.
  std::vector<const Event*> flawed;
};

}  // namespace holdfast
