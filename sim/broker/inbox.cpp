#include "sim/broker/inbox.h"

#include <cassert>

namespace holdfast::broker {

void Inbox::begin_connection() {
  for (auto& [packet_id, received] : received_) received.on_this_connection = false;
  on_this_connection_ = 0;
}

bool Inbox::receive(std::uint16_t packet_id) {
  const auto [at, is_new] = received_.try_emplace(packet_id);
  Received& received = at->second;
  ++received.copies;
  if (!received.on_this_connection) ++on_this_connection_;
  received.on_this_connection = true;
  return is_new;
}

void Inbox::release(std::uint16_t packet_id) {
  const auto found = received_.find(packet_id);
  assert(found != received_.end());
  if (found->second.on_this_connection) --on_this_connection_;
  received_.erase(found);
}

bool Inbox::is_of_this_connection(std::uint16_t packet_id) const {
  const auto found = received_.find(packet_id);
  return found != received_.end() && found->second.on_this_connection;
}

bool Inbox::would_exceed(std::uint16_t packet_id, std::uint16_t receive_maximum) const {
  return !is_of_this_connection(packet_id) && on_this_connection_ >= receive_maximum;
}

}  // namespace holdfast::broker
