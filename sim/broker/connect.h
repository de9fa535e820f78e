// What the broker decides about a CONNECT before any Session is touched, and the CONNACK that it answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/broker/settings.h"
#include "sim/mqtt/packet.h"

namespace holdfast::broker {

// What the first bytes of a connection say about the protocol (section 3.1.2.1 and 3.1.2.2). Looked at before
// the packet is decoded, because nothing else of a CONNECT of an unknown level can be read.
enum class Protocol : std::uint8_t {
  unclear,  // not enough bytes yet, or no CONNECT at all: for the decoder to judge
  v3_1_1,
  v5,
  unsupported_level,  // "MQTT" with another level, or with one that the settings turn off
  unknown,            // another protocol name
};

Protocol protocol_of(ByteView first_bytes, const BrokerSettings& settings);

// Why a well-formed CONNECT is refused, as a 5.0 reason code; nullopt if it is accepted.
std::optional<mqtt::ReasonCode> refusal_of(const mqtt::Connect& connect, mqtt::Version version,
                                           const BrokerSettings& settings);

// The 3.1.1 Connect Return Code with that meaning; nullopt if there is none, which means a close without
// CONNACK (3.1.1: MQTT-3.2.2-6).
std::optional<mqtt::ReasonCode> return_code_of(mqtt::ReasonCode reason);

// Session Expiry Interval in seconds as asked by a 5.0 CONNECT, what it gets, and what the settings make of
// an interval in DISCONNECT.
std::uint32_t expiry_asked(const mqtt::Connect& connect);
std::uint32_t expiry_granted(const mqtt::Connect& connect, const BrokerSettings& settings);
std::uint32_t expiry_granted(std::uint32_t asked, const BrokerSettings& settings);

// Seconds of Keep Alive in force; 0 is off.
std::uint16_t keep_alive_granted(const mqtt::Connect& connect, mqtt::Version version,
                                 const BrokerSettings& settings);

// The CONNACK of an accepted CONNECT. In 5.0 it tells every limit that differs from the standard's default.
// `assigned_client_id` is empty if the client brought its own.
mqtt::Connack make_connack(const mqtt::Connect& connect, mqtt::Version version, bool session_present,
                           const std::string& assigned_client_id, const BrokerSettings& settings);

}  // namespace holdfast::broker
