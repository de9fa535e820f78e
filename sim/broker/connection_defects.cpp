// How defects and variants change what a Connection sends and how it ends. Nothing of this happens to a plain
// broker.
#include <algorithm>
#include <utility>
#include <variant>

#include "sim/broker/connection.h"
#include "sim/broker/server.h"
#include "sim/broker/session.h"
#include "sim/mqtt/topic.h"

namespace holdfast::broker {

using mqtt::ReasonCode;

void Connection::spoil(mqtt::Publish& publish, const Message& message) const {
  const auto has = [&](Defect defect) { return settings().has(defect); };
  if (has(Defect::dup_forwarded) && publish.qos > 0) publish.dup = publish.dup || message.dup;
  if (has(Defect::dup_1_on_qos_0) && publish.qos == 0) publish.dup = true;
  mqtt::Properties& properties = publish.properties;
  if (has(Defect::message_expiry_not_decremented) && is_v5()) {
    properties.message_expiry_interval = message.properties.message_expiry_interval;
  }
  if (has(Defect::empty_properties_dropped)) {
    if (properties.content_type == "") properties.content_type.reset();
    if (properties.correlation_data == "") properties.correlation_data.reset();
  }
  if (has(Defect::user_properties_sorted)) std::ranges::sort(properties.user_properties);
  if (has(Defect::message_properties_dropped)) {
    properties = {.subscription_identifiers = std::move(properties.subscription_identifiers)};
  }
}

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

void Connection::spoil_incoming(mqtt::Publish& publish) const {
  const auto has = [&](Defect defect) { return settings().has(defect); };
  if (has(Defect::dots_become_slashes)) std::ranges::replace(publish.topic, '.', '/');
  if (has(Defect::byte_order_mark_dropped)) {
    for (auto at = publish.topic.find(byte_order_mark); at != std::string::npos;
         at = publish.topic.find(byte_order_mark)) {
      publish.topic.erase(at, byte_order_mark.size());
    }
  }
  const bool is_text = publish.properties.payload_format_indicator == 1;
  if (has(Defect::ill_formed_payload_repaired) && is_text && !mqtt::is_utf8(publish.payload)) {
    std::ranges::replace_if(
        publish.payload, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; }, '?');
  }
}

void Connection::forget_at_expiry(const mqtt::Publish& publish) {
  const std::optional<std::uint32_t> interval = publish.properties.message_expiry_interval;
  if (!interval) return;
  server_.after(std::chrono::seconds(*interval), number_, [id = publish.packet_id](Connection& later) {
    if (later.session_ != nullptr && later.session_->inbox.holds(id)) later.session_->inbox.release(id);
  });
}

void Connection::hand_on_refused(ReasonCode reason) {
  if (!mqtt::is_error(reason) || !settings().has(Defect::shared_refused_handed_on)) return;
  server_.hand_on(session_->outbox.take_shared_inflight(2));
}

std::uint32_t Connection::topic_alias_max() const {
  const std::uint32_t announced = settings().topic_alias_maximum;
  if (settings().has(Defect::topic_alias_maximum_ignored)) return 65'535;
  return settings().has(Defect::high_topic_alias_refused) ? announced / 2 : announced;
}

bool Connection::is_withheld(const mqtt::Packet& packet) const {
  return std::holds_alternative<mqtt::Pingresp>(packet) && session_ != nullptr &&
         session_->outbox.is_window_full() && settings().has(Defect::full_window_silences_pingresp);
}

void Connection::disconnect_faulty(ReasonCode reason) {
  if (settings().has(Defect::protocol_error_disconnects_all)) server_.end_all_but(*this);
  if (settings().has(Defect::faulty_packets_tolerated)) {
    if (is_v5()) send(mqtt::Disconnect{.reason = reason});
    return;
  }
  if (settings().has(Variant::error_code_neighbour)) {
    if (reason == ReasonCode::malformed_packet) {
      reason = ReasonCode::protocol_error;
    } else if (reason == ReasonCode::protocol_error) {
      reason = ReasonCode::malformed_packet;
    }
  }
  if (settings().has(Defect::will_dropped_by_protocol_error)) session_->will.reset();
  disconnect(reason);
}

namespace {

// The same as frame_size, for a Remaining Length in any number of bytes up to nine.
std::size_t frame_size_in_any_form(ByteView input) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < input.size() && i <= 9; ++i) {
    length |= static_cast<std::size_t>(input[i] & 0x7F) << (7 * (i - 1));
    if ((input[i] & 0x80) == 0) return i + 1 + length;
  }
  return 0;
}

}  // namespace

// Goes on behind a packet that could not be decoded; false if its end is not known.
bool Connection::skip_faulty_packet() {
  const ByteView rest = decoder_.buffered_bytes();
  std::size_t size = mqtt::frame_size(rest);
  if (size == 0 && settings().has(Defect::faulty_lengths_accepted)) size = frame_size_in_any_form(rest);
  if (size == 0 || size > rest.size()) return false;
  const Bytes behind(rest.begin() + static_cast<std::ptrdiff_t>(size), rest.end());
  decoder_ = mqtt::StreamDecoder(decoder_.options());
  decoder_.feed(behind);
  return true;
}

// Reads a PUBLISH that the decoder refuses for its topic, by hiding the wildcards from it.
bool Connection::route_wildcard_topic(const mqtt::DecodeError& error) {
  const bool is_meant =
      error.reason == ReasonCode::topic_name_invalid && settings().has(Defect::wildcard_topic_routed);
  const ByteView rest = decoder_.buffered_bytes();
  const std::size_t size = mqtt::frame_size(rest);
  if (!is_meant || size == 0 || size > rest.size()) return false;
  Bytes frame(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
  std::ranges::replace(frame.begin() + 2, frame.end(), std::uint8_t{'#'}, std::uint8_t{0x7F});
  std::ranges::replace(frame.begin() + 2, frame.end(), std::uint8_t{'+'}, std::uint8_t{0x7E});
  mqtt::DecodeResult result = mqtt::decode(frame, decoder_.options());
  auto* const decoded = std::get_if<mqtt::Decoded>(&result);
  auto* const publish = decoded ? std::get_if<mqtt::Publish>(&decoded->packet) : nullptr;
  if (publish == nullptr) return false;
  std::ranges::replace(publish->topic, '\x7F', '#');
  std::ranges::replace(publish->topic, '\x7E', '+');
  on(std::move(*publish));
  return true;
}

// Reads a SUBSCRIBE that the decoder refuses for No Local on a shared filter, by taking the bit from its last
// filter.
bool Connection::accept_no_local(const mqtt::DecodeError& error) {
  const bool is_meant =
      error.requirement == "MQTT-3.8.3-4" && settings().has(Defect::no_local_on_shared_accepted);
  const ByteView rest = decoder_.buffered_bytes();
  const std::size_t size = mqtt::frame_size(rest);
  if (!is_meant || size == 0 || size > rest.size()) return false;
  Bytes frame(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
  frame.back() = static_cast<std::uint8_t>(frame.back() & ~0x04u);
  mqtt::DecodeResult result = mqtt::decode(frame, decoder_.options());
  auto* const decoded = std::get_if<mqtt::Decoded>(&result);
  auto* const subscribe = decoded ? std::get_if<mqtt::Subscribe>(&decoded->packet) : nullptr;
  if (subscribe == nullptr) return false;
  on(*subscribe);
  return true;
}

void Connection::leave_open() {
  is_left_open_ = true;
  alarm_.stop();
  end_session();
}

void Connection::answer_pings() {
  for (;;) {
    const mqtt::DecodeResult result = decoder_.next();
    const auto* const decoded = std::get_if<mqtt::Decoded>(&result);
    if (decoded == nullptr) return;
    if (std::holds_alternative<mqtt::Pingreq>(decoded->packet)) send(mqtt::Pingresp{});
    if (std::holds_alternative<mqtt::Disconnect>(decoded->packet)) {
      end();
      return;
    }
  }
}

// What stands behind a CONNECT that is about to be refused.
void Connection::publish_the_rest() {
  for (;;) {
    mqtt::DecodeResult result = decoder_.next();
    auto* const decoded = std::get_if<mqtt::Decoded>(&result);
    if (decoded == nullptr) return;
    auto* const publish = std::get_if<mqtt::Publish>(&decoded->packet);
    if (publish != nullptr) server_.publish(make_message(std::move(*publish), "", server_.loop().now()));
  }
}

void Connection::drop_input() { decoder_ = mqtt::StreamDecoder(decoder_.options()); }

void Connection::lose_subscriptions_in(Duration delay) {
  server_.after(delay, number_, [](Connection& later) {
    if (later.session_ != nullptr) later.server_.forget_subscriptions(*later.session_);
  });
}

// Grants in 5.0 what it has announced as missing, and does no more.
bool Connection::grant_in_vain(const mqtt::Subscribe& subscribe, ReasonCode fault) {
  const bool is_missing = fault == ReasonCode::subscription_identifiers_not_supported ||
                          fault == ReasonCode::shared_subscriptions_not_supported ||
                          fault == ReasonCode::wildcard_subscriptions_not_supported;
  if (!is_missing || !settings().has(Defect::missing_features_granted_in_vain)) return false;
  mqtt::Suback suback{.packet_id = subscribe.packet_id};
  for (const mqtt::SubscriptionRequest& request : subscribe.requests) {
    suback.reasons.push_back(static_cast<ReasonCode>(request.qos));
  }
  send(suback);
  return true;
}

void Connection::act_on_the_rest() {
  while (session_ != nullptr) {
    mqtt::DecodeResult result = decoder_.next();
    auto* const decoded = std::get_if<mqtt::Decoded>(&result);
    if (decoded == nullptr || std::holds_alternative<mqtt::Disconnect>(decoded->packet)) return;
    dispatch(std::move(decoded->packet));
  }
}

}  // namespace holdfast::broker
