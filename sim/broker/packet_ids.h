// The Packet Identifiers that a Session uses for the PUBLISH packets to its client.
#pragma once

#include <cstdint>
#include <vector>

namespace holdfast::broker {

// Identifiers are given out in rising order and begin again at 1 after 65,535, skipping those in use: an
// identifier stays unused for as long as possible, which helps a person who reads a trace. Falling order is
// the same from the other end.
class PacketIds {
 public:
  enum class Order : std::uint8_t { rising, falling };

  explicit PacketIds(Order order = Order::rising) : order_(order) {}

  // An identifier that is not in use, from now on in use; 0 if all are.
  std::uint16_t take();
  // No effect if the identifier is not in use.
  void release(std::uint16_t packet_id);
  bool in_use(std::uint16_t packet_id) const;

 private:
  std::uint16_t next_to(std::uint16_t packet_id) const;

  Order order_;
  std::vector<bool> used_;  // by identifier; grows to the largest ever given out
  std::uint16_t last_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace holdfast::broker
