#include "sim/net/fault_watches.h"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

const AtPacket* at_packet_of(const ArmedFault& armed, mqtt::Sender sender) {
  const auto* at = std::get_if<AtPacket>(&armed.fault.trigger);
  return at != nullptr && at->sender == sender ? at : nullptr;
}

const AtByte* at_byte_of(const ArmedFault& armed, mqtt::Sender sender) {
  const auto* at = std::get_if<AtByte>(&armed.fault.trigger);
  return at != nullptr && at->sender == sender ? at : nullptr;
}

}  // namespace

void FaultWatches::add(std::shared_ptr<ArmedFault> armed) {
  const auto& trigger = armed->fault.trigger;
  if (std::holds_alternative<AtPacket>(trigger) || std::holds_alternative<AtByte>(trigger))
    byte_watches_ += 1;
  watches_.push_back(Watch{.armed = std::move(armed)});
}

void FaultWatches::clear() {
  watches_.clear();
  watches_.shrink_to_fit();
  byte_watches_ = 0;
}

void FaultWatches::start_clocks(const Strike& strike) {
  for (Watch& watch : watches_) {
    const auto* at = std::get_if<AtTime>(&watch.armed->fault.trigger);
    if (at == nullptr || watch.clock != nullptr) continue;
    ArmedFault* const armed = watch.armed.get();
    watch.clock = std::make_unique<Alarm>(loop_, [armed, strike] {
      if (!armed->has_struck) strike(*armed);
    });
    watch.clock->start(later(loop_.now(), at->delay));
  }
}

void FaultWatches::begin_packet(mqtt::Sender sender, mqtt::PacketType type) {
  for (Watch& watch : watches_) {
    const AtPacket* at = at_packet_of(*watch.armed, sender);
    if (at == nullptr) continue;
    const bool counts = at->type == type;
    if (counts) watch.packets += 1;
    watch.is_in_packet = counts && watch.packets == at->ordinal;
  }
}

template <class Matches>
ArmedFault* FaultWatches::find(const Matches& matches) const {
  for (const Watch& watch : watches_) {
    if (!watch.armed->has_struck && matches(watch)) return watch.armed.get();
  }
  return nullptr;
}

ArmedFault* FaultWatches::due_refusal() const {
  return find([](const Watch& watch) { return watch.armed->fault.action == FaultAction::refuse; });
}

ArmedFault* FaultWatches::due_at_opening() const {
  return find([](const Watch& watch) {
    const Fault& fault = watch.armed->fault;
    return std::holds_alternative<AtOpening>(fault.trigger) && fault.action != FaultAction::refuse;
  });
}

ArmedFault* FaultWatches::due_before(const StreamPoint& point) const {
  return find([&](const Watch& watch) {
    const AtPacket* at = at_packet_of(*watch.armed, point.sender);
    return at != nullptr && watch.is_in_packet && at->where == AtPacket::Where::before;
  });
}

ArmedFault* FaultWatches::due_behind(const StreamPoint& point) const {
  return find([&](const Watch& watch) {
    if (const AtByte* at = at_byte_of(*watch.armed, point.sender)) return at->offset == point.bytes;
    const AtPacket* at = at_packet_of(*watch.armed, point.sender);
    if (at == nullptr || !watch.is_in_packet) return false;
    if (at->where == AtPacket::Where::after) return point.scanner.at_boundary();
    return at->where == AtPacket::Where::byte && at->byte == point.scanner.packet_bytes();
  });
}

ArmedFault* FaultWatches::due_at_offset(const StreamPoint& point) const {
  return find([&](const Watch& watch) {
    const AtByte* at = at_byte_of(*watch.armed, point.sender);
    return at != nullptr && at->offset == point.bytes;
  });
}

std::uint64_t FaultWatches::bytes_until_due(const StreamPoint& point) const {
  std::uint64_t bytes = UINT64_MAX;
  for (const Watch& watch : watches_) {
    if (const AtByte* at = at_byte_of(*watch.armed, point.sender)) {
      if (at->offset > point.bytes) bytes = std::min(bytes, at->offset - point.bytes);
    } else if (const AtPacket* packet = at_packet_of(*watch.armed, point.sender)) {
      // At a boundary the packet that is_in_packet means has not begun: its byte 1 is the next.
      const std::uint64_t passed = point.scanner.at_boundary() ? 0 : point.scanner.packet_bytes();
      const bool is_ahead = packet->where == AtPacket::Where::byte && packet->byte > passed;
      if (watch.is_in_packet && is_ahead) bytes = std::min(bytes, packet->byte - passed);
    }
  }
  return bytes;
}

}  // namespace holdfast
