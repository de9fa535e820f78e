#include "sim/broker/message.h"

#include <algorithm>
#include <utility>

namespace holdfast::broker {
namespace {

// The properties of section 3.3.2.3 that belong to the message. Topic Alias belongs to the connection,
// Subscription Identifiers to the subscriber, and the Will Delay Interval is not sent at all.
mqtt::Properties travelling(mqtt::Properties&& properties) {
  mqtt::Properties kept;
  kept.payload_format_indicator = properties.payload_format_indicator;
  kept.message_expiry_interval = properties.message_expiry_interval;
  kept.content_type = std::move(properties.content_type);
  kept.response_topic = std::move(properties.response_topic);
  kept.correlation_data = std::move(properties.correlation_data);
  kept.user_properties = std::move(properties.user_properties);
  return kept;
}

}  // namespace

MessagePointer make_message(mqtt::Publish&& publish, std::string publisher, Time now) {
  return std::make_shared<const Message>(Message{
      .topic = std::move(publish.topic),
      .payload = std::move(publish.payload),
      .qos = publish.qos,
      .retain = publish.retain,
      .dup = publish.dup,
      .properties = travelling(std::move(publish.properties)),
      .publisher = std::move(publisher),
      .accepted_at = now,
  });
}

MessagePointer make_message(mqtt::Will&& will, std::string publisher, Time now) {
  return std::make_shared<const Message>(Message{
      .topic = std::move(will.topic),
      .payload = std::move(will.payload),
      .qos = will.qos,
      .retain = will.retain,
      .properties = travelling(std::move(will.properties)),
      .publisher = std::move(publisher),
      .accepted_at = now,
  });
}

bool is_expired(const Message& message, Time now) {
  const std::optional<std::uint32_t>& interval = message.properties.message_expiry_interval;
  if (!interval) return false;
  // An interval of 0 lets the message through only in the very moment of its arrival.
  const Duration waited = now - message.accepted_at;
  return waited > Duration::zero() && waited >= std::chrono::seconds(*interval);
}

std::optional<std::uint32_t> remaining_expiry(const Message& message, Time now) {
  const std::optional<std::uint32_t>& interval = message.properties.message_expiry_interval;
  if (!interval) return std::nullopt;
  const auto waited = std::chrono::floor<std::chrono::seconds>(now - message.accepted_at).count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(0, std::int64_t{*interval} - waited));
}

}  // namespace holdfast::broker
