// Faults: what happens once, at a chosen packet, byte or time. The text grammar is in sim/net/README.md:
//
//   after server:PUBREC#1 reset            a: before client:PUBACK#2 cut
//   byte 5 of server:PUBLISH#1 half-open   a#2: at 1500ms stall server 3s
//   at server+120 cut                      a#1: refuse
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "sim/mqtt/packet.h"
#include "sim/time/time.h"

namespace holdfast {

enum class FaultAction : std::uint8_t {
  refuse,     // the connection is refused before a byte flows
  cut,        // FIN to both ends
  reset,      // RST to both ends
  half_open,  // the client's end is gone; the other side never learns, and what it sends vanishes
  stall,      // a direction, or both, delivers nothing for `duration`, then everything
  blackhole,  // a direction delivers nothing any more; nobody is told
};

// Before the first byte, behind byte k, or behind the last byte of the n-th packet of a type from a sender.
// Counted on each connection, from the moment of arming or of opening, whichever is later: only packets whose
// first byte is sent after that.
struct AtPacket {
  enum class Where : std::uint8_t { before, byte, after };
  Where where = Where::after;
  std::uint32_t byte =
      0;  // for Where::byte: how many bytes of the packet still pass, 1 or more; a shorter one passes
  mqtt::Sender sender = mqtt::Sender::server;
  mqtt::PacketType type = mqtt::PacketType::publish;
  std::uint32_t ordinal = 1;

  bool operator==(const AtPacket&) const = default;
};

// After so many bytes in a direction, counted from the opening of the connection. Armed later than that, it
// does not strike on that connection.
struct AtByte {
  mqtt::Sender sender = mqtt::Sender::server;
  std::uint64_t offset = 0;

  bool operator==(const AtByte&) const = default;
};

// So long after the connection was established (or after arming, if that is later).
struct AtTime {
  Duration delay{};

  bool operator==(const AtTime&) const = default;
};

// When the connection is established, before a byte flows; for `refuse` instead of it.
struct AtOpening {
  bool operator==(const AtOpening&) const = default;
};

struct Fault {
  std::string client{};          // name of the client; empty: any
  std::uint32_t connection = 0;  // that client's n-th connection, from 1; 0: the first on which it strikes
  std::variant<AtPacket, AtByte, AtTime, AtOpening> trigger = AtOpening{};
  FaultAction action = FaultAction::cut;
  bool stops_client = true;  // stall, blackhole: the direction client to server
  bool stops_server = true;  // stall, blackhole: the direction server to client
  Duration duration{};       // stall

  bool operator==(const Fault&) const = default;
};

// The error is one line that names the word that was not understood and what was expected.
tl::expected<Fault, std::string> parse_fault(std::string_view text);
// Several, separated by ';'.
tl::expected<std::vector<Fault>, std::string> parse_faults(std::string_view text);
// The canonical text, which parses to the same fault.
std::string to_text(const Fault& fault);
// Several, joined by "; ".
std::string to_text(const std::vector<Fault>& faults);
// Whether the parts fit together: `refuse` only at opening, durations only where they mean something, names
// that the grammar can write. Only such faults can be armed.
bool is_valid(const Fault& fault);

}  // namespace holdfast
