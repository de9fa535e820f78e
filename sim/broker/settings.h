// What an operator can set on the reference broker. The defaults are those of a generous broker with every
// capability; the limits that the public EMQX broker uses are named where they differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/broker/defects.h"
#include "sim/broker/variants.h"
#include "sim/mqtt/packet.h"
#include "sim/time/time.h"

namespace holdfast {

enum class WhenQueueFull : std::uint8_t { drop_new, drop_old };

struct BrokerSettings {
  bool accepts_v3_1_1 = true;
  bool accepts_v5 = true;

  // Sessions.
  std::uint32_t session_expiry_max = mqtt::session_never_expires;  // seconds, told in CONNACK; 300 at EMQX
  std::optional<Duration> session_expiry_v3_1_1{};                 // Clean Session 0; nullopt: kept for ever
  std::size_t queued_messages_max = 1000;                          // per Session
  WhenQueueFull when_queue_full = WhenQueueFull::drop_new;
  bool queues_qos_0 = false;  // for absent clients

  // Limits told in CONNACK if they differ from the default of the standard.
  std::uint16_t receive_maximum = 65'535;
  std::uint16_t inflight_max = 65'535;  // to each client; never above the client's Receive Maximum
  std::uint32_t maximum_packet_size = 268'435'460;
  std::uint16_t topic_alias_maximum = 16;    // from clients
  std::uint16_t outgoing_topic_aliases = 0;  // to clients: at most so many, within what the client allows
  std::uint8_t maximum_qos = 2;
  bool retain_available = true;  // in 5.0; 3.1.1 has no way to tell of it and knows only servers that retain
  bool wildcard_subscription_available = true;
  bool subscription_identifiers_available = true;
  bool shared_subscription_available = true;
  std::optional<std::uint16_t> server_keep_alive{};  // seconds; overrides what clients ask for in 5.0
  std::string response_information{};                // for 5.0 clients that ask for it; empty: withheld
  bool accepts_empty_client_id = true;
  std::optional<std::string> user_name{};  // what a CONNECT has to bring; nullopt: anything or nothing
  std::optional<std::string> password{};
  Duration connect_timeout = 20s;             // for the CONNECT after the connection was opened
  std::size_t output_buffer_max = 16u << 20;  // bytes; a client that reads slower is disconnected

  Defects defects{};
  Variants variants{};

  bool has(Defect defect) const { return defects.has(defect); }
  bool has(Variant variant) const { return variants.has(variant); }
};

// What the variants that are no more than settings make of them, and the limits that defects need to show.
BrokerSettings with_switches(BrokerSettings settings);

}  // namespace holdfast
