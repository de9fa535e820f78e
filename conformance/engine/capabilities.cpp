#include "conformance/engine/capabilities.h"

namespace holdfast {

std::string_view name_of(Need need) {
  switch (need) {
    case Need::qos_1:
      return "QoS 1";
    case Need::qos_2:
      return "QoS 2";
    case Need::retain:
      return "retained messages";
    case Need::wildcard:
      return "wildcard subscriptions";
    case Need::subscription_identifiers:
      return "subscription identifiers";
    case Need::shared_subscription:
      return "shared subscriptions";
    case Need::topic_alias:
      return "topic aliases from clients";
    case Need::empty_client_id:
      return "empty client identifiers";
    case Need::session_expiry:
      return "short session expiry intervals";
    case Need::takes_keep_alive:
      return "the client's own keep alive";
  }
  return "";
}

bool Capabilities::has(Need need) const {
  switch (need) {
    case Need::qos_1:
      return maximum_qos >= 1;
    case Need::qos_2:
      return maximum_qos >= 2;
    case Need::retain:
      return retain;
    case Need::wildcard:
      return wildcard;
    case Need::subscription_identifiers:
      return subscription_identifiers;
    case Need::shared_subscription:
      return shared_subscription;
    case Need::topic_alias:
      return topic_alias_maximum > 0;
    case Need::empty_client_id:
      return empty_client_id;
    case Need::session_expiry:
      return takes_short_session_expiry;
    case Need::takes_keep_alive:
      return !server_keep_alive;
  }
  return false;
}

}  // namespace holdfast
