// Application Messages inside the broker, and one Session's copy of a message on its way to the client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/mqtt/packet.h"
#include "sim/time/time.h"

namespace holdfast::broker {

// A message that the broker has taken ownership of. Shared by all who still have to get it, hence immutable.
struct Message {
  std::string topic{};
  std::string payload{};
  std::uint8_t qos = 0;
  bool retain = false;
  bool dup = false;               // as published; says nothing about the copies to subscribers
  mqtt::Properties properties{};  // those that travel with the message, as the publisher gave them
  std::string publisher{};        // client identifier, for No Local
  Time accepted_at{};             // Message Expiry Interval counts from here
};

using MessagePointer = std::shared_ptr<const Message>;

// A message from a PUBLISH whose topic alias is resolved already, and from a will.
MessagePointer make_message(mqtt::Publish&& publish, std::string publisher, Time now);
MessagePointer make_message(mqtt::Will&& will, std::string publisher, Time now);

// Its Message Expiry Interval has run out.
bool is_expired(const Message& message, Time now);
// What is left of it in seconds, 0 if nothing; nullopt if the message does not expire (MQTT-3.3.2-6).
std::optional<std::uint32_t> remaining_expiry(const Message& message, Time now);

// One copy for one Session: waiting in its queue or in flight to its client.
struct Outgoing {
  MessagePointer message{};
  std::uint8_t qos = 0;  // the lower of published and granted
  bool retain = false;
  std::vector<std::uint32_t> subscription_identifiers{};
  std::string shared_filter{};  // "$share/..." if it came by a shared subscription, else empty

  // In flight only.
  std::uint16_t packet_id = 0;
  bool sent_on_this_connection = false;  // the PUBLISH, which thus took one from the send quota
};

}  // namespace holdfast::broker
