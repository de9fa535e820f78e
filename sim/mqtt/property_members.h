// Which member of Properties holds which property: the only place that knows.
#pragma once

#include "sim/mqtt/packet.h"
#include "sim/mqtt/rules.h"

namespace holdfast::mqtt {

// Calls visit(PropertyId, member) for every member of `properties` in the order of the identifiers. A member
// is an optional number, an optional string, or one of the two vectors.
template <typename SomeProperties, typename Visit>
constexpr void for_each_property(SomeProperties& properties, Visit&& visit) {
  using enum PropertyId;
  visit(payload_format_indicator, properties.payload_format_indicator);
  visit(message_expiry_interval, properties.message_expiry_interval);
  visit(content_type, properties.content_type);
  visit(response_topic, properties.response_topic);
  visit(correlation_data, properties.correlation_data);
  visit(subscription_identifier, properties.subscription_identifiers);
  visit(session_expiry_interval, properties.session_expiry_interval);
  visit(assigned_client_identifier, properties.assigned_client_identifier);
  visit(server_keep_alive, properties.server_keep_alive);
  visit(authentication_method, properties.authentication_method);
  visit(authentication_data, properties.authentication_data);
  visit(request_problem_information, properties.request_problem_information);
  visit(will_delay_interval, properties.will_delay_interval);
  visit(request_response_information, properties.request_response_information);
  visit(response_information, properties.response_information);
  visit(server_reference, properties.server_reference);
  visit(reason_string, properties.reason_string);
  visit(receive_maximum, properties.receive_maximum);
  visit(topic_alias_maximum, properties.topic_alias_maximum);
  visit(topic_alias, properties.topic_alias);
  visit(maximum_qos, properties.maximum_qos);
  visit(retain_available, properties.retain_available);
  visit(user_property, properties.user_properties);
  visit(maximum_packet_size, properties.maximum_packet_size);
  visit(wildcard_subscription_available, properties.wildcard_subscription_available);
  visit(subscription_identifiers_available, properties.subscription_identifiers_available);
  visit(shared_subscription_available, properties.shared_subscription_available);
}

}  // namespace holdfast::mqtt
