// The last step before the stream: when and in which form a packet is written. A plain broker writes each
// packet at once, in the shortest form and in one piece; everything else here is a variant or a defect.
#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "sim/broker/connection.h"
#include "sim/broker/server.h"
#include "sim/broker/session.h"

namespace holdfast::broker {
namespace {

template <typename Type>
constexpr bool is_acknowledgement =
    std::is_same_v<Type, mqtt::Puback> || std::is_same_v<Type, mqtt::Pubrec> ||
    std::is_same_v<Type, mqtt::Pubrel> || std::is_same_v<Type, mqtt::Pubcomp>;
template <typename Type>
constexpr bool is_answer = std::is_same_v<Type, mqtt::Suback> || std::is_same_v<Type, mqtt::Unsuback> ||
                           std::is_same_v<Type, mqtt::Pingresp>;

// Calls a function with the packet's own type and returns its result.
template <typename Function>
auto for_type(const mqtt::Packet& packet, Function function) {
  return std::visit([&](const auto& of_type) { return function(of_type); }, packet);
}

// What an acknowledgement says; nullopt for any other packet.
struct Acknowledged {
  std::uint16_t packet_id = 0;
  std::uint8_t reason = 0;
};
std::optional<Acknowledged> acknowledged(const mqtt::Packet& packet) {
  return for_type(packet, []<typename Type>(const Type& of_type) -> std::optional<Acknowledged> {
    if constexpr (is_acknowledgement<Type>) {
      return Acknowledged{of_type.packet_id, static_cast<std::uint8_t>(of_type.reason)};
    } else {
      return std::nullopt;
    }
  });
}

}  // namespace

Duration Connection::delay_of(const mqtt::Packet& packet) const {
  if (const auto* pubrel = std::get_if<mqtt::Pubrel>(&packet)) {
    const bool is_late = pubrel->packet_id % 2 == 1 && settings().has(Defect::pubrels_out_of_order);
    if (is_late) return 20ms;
  }
  if (!settings().variants.any()) return Duration::zero();
  const std::optional<Acknowledged> acknowledgement = acknowledged(packet);
  const bool answers = for_type(packet, []<typename Type>(const Type&) { return is_answer<Type>; });
  if (acknowledgement && settings().has(Variant::ack_slow)) return 300ms;
  // PUBRELs have an order to keep (MQTT-4.6.0-4).
  const bool has_order = std::holds_alternative<mqtt::Pubrel>(packet);
  if (acknowledgement && !has_order && settings().has(Variant::acks_out_of_order)) {
    return acknowledgement->packet_id % 2 == 1 ? Duration{20ms} : Duration::zero();
  }
  if (answers && settings().has(Variant::answers_slow)) return 500ms;
  return Duration::zero();
}

void Connection::write_if_open(const mqtt::Packet& packet) {
  if (is_open() && fits(packet)) write(packet);
}

// Reason String and User Properties of a CONNACK give way to the client's Maximum Packet Size (MQTT-3.2.2-19,
// MQTT-3.2.2-20); of other packets they are added only where there is room.
mqtt::Packet Connection::without_diagnostics(mqtt::Packet packet) {
  if (auto* connack = std::get_if<mqtt::Connack>(&packet)) {
    connack->properties.reason_string.reset();
    connack->properties.user_properties.clear();
  }
  return packet;
}

bool Connection::adds_diagnostics() const {
  if (settings().has(Defect::diagnostics_ignore_packet_size)) return true;
  return asked_for_problem_information_ ? settings().has(Variant::ack_diagnostics)
                                        : settings().has(Defect::problem_information_ignored);
}

void Connection::encode(const mqtt::Packet& packet, Bytes& bytes) const {
  if (is_v5() && adds_diagnostics()) {
    mqtt::Packet adorned = packet;
    std::visit(
        []<typename Type>(Type& of_type) {
          constexpr bool may_carry_it = is_acknowledgement<Type> || std::is_same_v<Type, mqtt::Suback> ||
                                        std::is_same_v<Type, mqtt::Unsuback> ||
                                        std::is_same_v<Type, mqtt::Disconnect>;
          if constexpr (may_carry_it) {
            of_type.properties.reason_string = "noted";
            of_type.properties.user_properties.emplace_back("answered-by", "holdfast");
          }
        },
        adorned);
    const bool may_be_large = settings().has(Defect::diagnostics_ignore_packet_size);
    if (may_be_large || fits(adorned)) return mqtt::encode(adorned, version_, bytes);
  }
  mqtt::encode(packet, version_, bytes);
  const bool is_long = settings().has(Variant::ack_long_form);
  if (!is_v5() || !(is_long || settings().has(Variant::ack_with_code_only))) return;
  // The shortest form has two bytes behind the fixed header, or three with a reason.
  if (const std::optional<Acknowledged> acknowledgement = acknowledged(packet)) {
    bytes.resize(4);
    bytes.push_back(acknowledgement->reason);
    if (is_long) bytes.push_back(0);
    bytes[1] = static_cast<std::uint8_t>(bytes.size() - 2);
  }
}

void Connection::write_bytes(ByteView bytes) {
  if (session_ != nullptr && settings().has(Defect::keep_alive_fed_by_output)) restart_keep_alive();
  if (settings().has(Variant::writes_coalesced)) {
    if (coalesced_.empty()) {
      server_.after(Duration::zero(), number_, [](Connection& later) { later.flush(); });
    }
    coalesced_.insert(coalesced_.end(), bytes.begin(), bytes.end());
    return;
  }
  if (settings().has(Variant::writes_split)) {
    for (std::size_t piece = 1; !bytes.empty(); piece = piece % 3 + 1) {
      const std::size_t size = std::min(piece, bytes.size());
      stream_->send(bytes.first(size));
      bytes = bytes.subspan(size);
    }
    return;
  }
  stream_->send(bytes);
}

void Connection::flush() {
  const Bytes bytes = std::exchange(coalesced_, {});
  if (stream_ != nullptr && !bytes.empty()) stream_->send(bytes);
}

bool Connection::tells(mqtt::ReasonCode reason) const {
  if (settings().has(Variant::close_bare)) return false;
  const bool leaves_takeover_untold =
      settings().has(Defect::takeover_without_0x8e) || settings().has(Variant::takeover_bare_close);
  return !(reason == mqtt::ReasonCode::session_taken_over && leaves_takeover_untold);
}

void Connection::linger() {
  is_lingering_ = true;
  alarm_.stop();
  end_session();
  server_.after(2s, number_, [](Connection& later) { later.end(); });
}

}  // namespace holdfast::broker
