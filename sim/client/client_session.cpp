#include "sim/client/client_session.h"

#include <algorithm>
#include <cassert>

namespace holdfast {

namespace {

constexpr std::uint32_t packet_ids = 65'535;

}  // namespace

std::uint16_t ClientSession::next_packet_id() {
  for (std::uint32_t tries = 0; tries < packet_ids; ++tries) {
    last_packet_id_ = last_packet_id_ == packet_ids ? 1 : static_cast<std::uint16_t>(last_packet_id_ + 1);
    if (!is_in_use(last_packet_id_)) return last_packet_id_;
  }
  return 0;
}

void ClientSession::sent(const mqtt::Publish& publish) {
  assert(publish.qos > 0);
  if (find(publish.packet_id) != nullptr) return;
  outgoing_.push_back(Outgoing{.publish = publish});
}

void ClientSession::on_puback(const mqtt::Puback& packet) {
  const Outgoing* outgoing = find(packet.packet_id);
  if (outgoing != nullptr && outgoing->publish.qos == 1) forget(packet.packet_id);
}

bool ClientSession::on_pubrec(const mqtt::Pubrec& packet) {
  const Outgoing* outgoing = find(packet.packet_id);
  if (outgoing == nullptr || outgoing->publish.qos != 2) return false;
  if (mqtt::is_error(packet.reason)) {
    forget(packet.packet_id);
    return false;
  }
  sent_pubrel(packet.packet_id);
  return true;
}

void ClientSession::sent_pubrel(std::uint16_t packet_id) {
  Outgoing* outgoing = find(packet_id);
  if (outgoing == nullptr || outgoing->released) return;
  outgoing->released = true;
  outgoing->release_order = ++releases_;
}

void ClientSession::on_pubcomp(const mqtt::Pubcomp& packet) {
  const Outgoing* outgoing = find(packet.packet_id);
  if (outgoing != nullptr && outgoing->released) forget(packet.packet_id);
}

std::vector<mqtt::Packet> ClientSession::owed() const {
  std::vector<const Outgoing*> releases;
  std::vector<const Outgoing*> messages;
  for (const Outgoing& outgoing : outgoing_) {
    if (outgoing.carried) (outgoing.released ? releases : messages).push_back(&outgoing);
  }
  std::ranges::sort(releases, {}, &Outgoing::release_order);

  std::vector<mqtt::Packet> packets;
  for (const Outgoing* outgoing : releases) {
    packets.push_back(mqtt::Pubrel{.packet_id = outgoing->publish.packet_id});
  }
  for (const Outgoing* outgoing : messages) {
    mqtt::Publish again = outgoing->publish;
    again.dup = true;
    packets.push_back(std::move(again));
  }
  return packets;
}

void ClientSession::begin_connection() {
  held_.clear();
  for (Outgoing& outgoing : outgoing_) outgoing.carried = true;
}

void ClientSession::discard_carried() {
  std::erase_if(outgoing_, [](const Outgoing& outgoing) { return outgoing.carried; });
  received_.clear();
}

void ClientSession::discard() {
  outgoing_.clear();
  received_.clear();
  held_.clear();
}

ClientSession::Outgoing* ClientSession::find(std::uint16_t packet_id) {
  const auto found = std::ranges::find(outgoing_, packet_id,
                                       [](const Outgoing& outgoing) { return outgoing.publish.packet_id; });
  return found == outgoing_.end() ? nullptr : &*found;
}

void ClientSession::forget(std::uint16_t packet_id) {
  std::erase_if(outgoing_,
                [packet_id](const Outgoing& outgoing) { return outgoing.publish.packet_id == packet_id; });
}

bool ClientSession::is_in_use(std::uint16_t packet_id) const {
  return held_.contains(packet_id) || std::ranges::any_of(outgoing_, [packet_id](const Outgoing& outgoing) {
           return outgoing.publish.packet_id == packet_id;
         });
}

}  // namespace holdfast
