#include "sim/broker/packet_ids.h"

#include <limits>

namespace holdfast::broker {
namespace {

constexpr std::uint16_t largest = std::numeric_limits<std::uint16_t>::max();

}  // namespace

std::uint16_t PacketIds::take() {
  if (count_ == largest) return 0;
  do {
    last_ = next_to(last_);
  } while (in_use(last_));
  if (used_.size() <= last_) used_.resize(last_ + std::size_t{1});
  used_[last_] = true;
  ++count_;
  return last_;
}

std::uint16_t PacketIds::next_to(std::uint16_t packet_id) const {
  if (order_ == Order::falling) {
    return packet_id <= 1 ? largest : static_cast<std::uint16_t>(packet_id - 1);
  }
  return packet_id == largest ? std::uint16_t{1} : static_cast<std::uint16_t>(packet_id + 1);
}

void PacketIds::release(std::uint16_t packet_id) {
  if (!in_use(packet_id)) return;
  used_[packet_id] = false;
  --count_;
}

bool PacketIds::in_use(std::uint16_t packet_id) const { return packet_id < used_.size() && used_[packet_id]; }

}  // namespace holdfast::broker
