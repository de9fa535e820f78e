// A CONNECT byte by byte, for what no packet value can express, and the judgement of its refusal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/context.h"

namespace holdfast {

// Every part as it goes over the wire; nothing is checked, and the lengths are computed.
struct RawConnect {
  std::uint8_t first_byte = 0x10;
  std::string protocol_name = "MQTT";
  std::uint8_t level = 5;
  std::uint8_t flags = 0x02;  // Clean Session or Clean Start
  std::uint16_t keep_alive = 60;
  std::optional<std::string> properties{};        // 5.0: their bytes without the length; nullopt in 3.1.1
  std::optional<std::uint8_t> property_length{};  // if it is not to be the true one
  std::vector<std::string> fields{};              // of the payload, each with its length in front
};

// A text or binary field: two bytes of length, then the bytes.
std::string raw_field(std::string_view content);
// A valid CONNECT of this client in the version of the case, with the credentials of the run.
RawConnect raw_connect(const Context& t, const Client& client);
Bytes bytes_of(const RawConnect& connect);

// Opens a connection of `client` and sends these bytes in one write.
Task<void> opened_with(Context& t, Client& client, Bytes bytes);

// Flags and code of the CONNACK with which the latest connection began, in whatever version's layout, whether
// it can be read or not; nullopt if it began otherwise.
struct RawConnack {
  std::uint8_t flags = 0;
  std::uint8_t code = 0;
};
std::optional<RawConnack> raw_connack_of(const Client& client);

// What came of a CONNECT that should not be accepted.
struct Refusal {
  std::optional<Received<mqtt::Connack>> connack{};
  std::optional<Closed> closed{};
  bool is_accepted() const { return connack && connack->reason == mqtt::ReasonCode::success; }
};
Task<Refusal> refusal_of(Context& t, Client& client);
std::string seen_refusal(const Context& t, const Refusal& refusal);

}  // namespace holdfast
