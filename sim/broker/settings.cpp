#include "sim/broker/settings.h"

#include <algorithm>
#include <type_traits>

namespace holdfast {

BrokerSettings with_switches(BrokerSettings settings) {
  const auto has = [&](Variant variant) { return settings.has(variant); };
  const auto lower = []<typename Value>(Value& value, std::type_identity_t<Value> bound) {
    value = std::min(value, bound);
  };
  if (has(Variant::receive_max_small)) lower(settings.receive_maximum, 5);
  if (has(Variant::max_packet_size_announced)) lower(settings.maximum_packet_size, 1'500);
  if (has(Variant::maximum_qos_1)) lower(settings.maximum_qos, 1);
  if (has(Variant::retain_unavailable)) settings.retain_available = false;
  if (has(Variant::wildcard_unavailable)) settings.wildcard_subscription_available = false;
  if (has(Variant::shared_unavailable)) settings.shared_subscription_available = false;
  if (has(Variant::subscription_id_unavailable)) settings.subscription_identifiers_available = false;
  if (has(Variant::topic_alias_none)) settings.topic_alias_maximum = 0;
  if (has(Variant::server_uses_alias)) settings.outgoing_topic_aliases = 10;
  if (has(Variant::server_keep_alive_override)) settings.server_keep_alive = 30;
  if (has(Variant::session_expiry_capped)) lower(settings.session_expiry_max, 300);
  if (has(Variant::session_timeout_by_setting_311)) settings.session_expiry_v3_1_1 = 120s;
  if (has(Variant::offline_qos0_queued)) settings.queues_qos_0 = true;
  if (has(Variant::queue_bounded_drop_new)) lower(settings.queued_messages_max, 25);
  if (has(Variant::queue_bounded_drop_old)) {
    lower(settings.queued_messages_max, 25);
    settings.when_queue_full = WhenQueueFull::drop_old;
  }
  if (has(Variant::inflight_window_small)) settings.inflight_max = 1;
  if (has(Variant::empty_id_refused)) settings.accepts_empty_client_id = false;
  if (has(Variant::pre_connect_idle_close))
    settings.connect_timeout = std::min<Duration>(settings.connect_timeout, 5s);
  // A defect that shows only where there is a limit brings one.
  if (settings.has(Defect::overrun_refused_with_pubrec_0x93)) lower(settings.receive_maximum, 10);
  if (settings.has(Defect::full_window_silences_pingresp)) lower(settings.inflight_max, 2);
  if (settings.has(Defect::server_keep_alive_not_applied)) settings.server_keep_alive = 3;
  if (settings.has(Defect::maximum_packet_size_ignored)) settings.variants.set(Variant::connack_diagnostics);
  if (settings.has(Defect::will_beyond_limits_accepted)) {
    lower(settings.maximum_qos, 1);
    settings.retain_available = false;
  }
  if (settings.has(Defect::maximum_packet_size_unenforced)) lower(settings.maximum_packet_size, 1'500);
  if (settings.has(Defect::maximum_qos_unenforced)) lower(settings.maximum_qos, 1);
  if (settings.has(Defect::outgoing_aliases_survive)) settings.outgoing_topic_aliases = 10;
  if (settings.has(Defect::overlap_identifiers_on_every_copy))
    settings.variants.set(Variant::overlap_copy_each);
  if (settings.has(Defect::qos_2_id_kept_after_failing_pubrec)) {
    settings.variants.set(Variant::dollar_publish_refused);
  }
  if (settings.has(Defect::refused_identifier_left_open)) settings.accepts_empty_client_id = false;
  if (settings.has(Defect::missing_features_granted_in_vain)) {
    settings.retain_available = false;
    settings.wildcard_subscription_available = false;
    settings.subscription_identifiers_available = false;
    settings.shared_subscription_available = false;
  }
  return settings;
}

}  // namespace holdfast
