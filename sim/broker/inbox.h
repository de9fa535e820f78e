// The QoS 2 messages that a Session has received from its client and whose exchange is not complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "sim/broker/message.h"

namespace holdfast::broker {

class Inbox {
 public:
  // A new connection: the client's send quota starts anew, and only its own PUBLISH packets count.
  void begin_connection();

  // A PUBLISH that is not too many. True if it is a new message, false for a repeat (MQTT-4.3.3-10).
  bool receive(std::uint16_t packet_id);
  // A message that is delivered at its PUBREL only, and that message; nullptr if there is none.
  void keep(std::uint16_t packet_id, MessagePointer message) {
    received_.at(packet_id).kept = std::move(message);
  }
  MessagePointer kept(std::uint16_t packet_id) const { return received_.at(packet_id).kept; }
  // A PUBREL for an identifier that it holds: the identifier is free.
  void release(std::uint16_t packet_id);

  bool holds(std::uint16_t packet_id) const { return received_.contains(packet_id); }
  // Copies of its PUBLISH received, over all connections.
  std::uint32_t copies(std::uint16_t packet_id) const { return received_.at(packet_id).copies; }
  bool is_of_this_connection(std::uint16_t packet_id) const;
  // Whether one more PUBLISH with this identifier would exceed `receive_maximum` on this connection.
  bool would_exceed(std::uint16_t packet_id, std::uint16_t receive_maximum) const;
  std::size_t size() const { return received_.size(); }

 private:
  struct Received {
    MessagePointer kept{};
    std::uint32_t copies = 0;
    bool on_this_connection = false;
  };

  std::map<std::uint16_t, Received> received_;
  std::size_t on_this_connection_ = 0;
};

}  // namespace holdfast::broker
