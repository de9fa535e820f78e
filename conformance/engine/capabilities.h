// What the system under test can do, learnt from its first CONNACKs and a few trials before any case runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/packet.h"
#include "sim/time/time.h"

namespace holdfast {

// What a case may need before it can be judged.
enum class Need {
  qos_1,
  qos_2,
  retain,
  wildcard,
  subscription_identifiers,
  shared_subscription,
  topic_alias,  // from client to server
  empty_client_id,
  session_expiry,    // 5.0: short intervals are taken as asked
  takes_keep_alive,  // 5.0: Server Keep Alive does not override a short one
};

std::string_view name_of(Need need);

struct Capabilities {
  bool v3_1_1 = true;
  bool v5 = true;

  // Of the version at hand; the probe fills one for each version.
  std::uint8_t maximum_qos = 2;            // by CONNACK, and by what a SUBACK grants
  std::uint8_t announced_maximum_qos = 2;  // by CONNACK alone
  bool retain = true;
  bool wildcard = true;
  bool subscription_identifiers = true;
  bool shared_subscription = true;
  bool empty_client_id = true;
  std::uint16_t topic_alias_maximum = 0;
  std::uint16_t receive_maximum = 65'535;
  std::uint32_t maximum_packet_size = 268'435'460;
  std::optional<std::uint16_t> server_keep_alive{};
  // What CONNACK makes of an asked Session Expiry Interval of 600 s; equal if it is left alone.
  std::uint32_t session_expiry_for_600 = 600;
  bool takes_short_session_expiry = true;  // 1 s is left alone
  Duration round_trip{};                   // CONNECT to CONNACK, the slowest of the trials

  bool has(Need need) const;
};

struct SystemIdentity {
  std::string name{};     // "Mosquitto 2.0.11"; empty if it does not tell
  std::string told_by{};  // "$SYS", "descriptor", "embedded"
  std::string address{};  // as given on the command line, credentials removed; "embedded"
};

}  // namespace holdfast
