// Legal variants: choices that the standards leave to a server. No suite may fail a broker for any of them.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast {

enum class Variant : std::uint16_t {
  // What the broker announces: these change the settings.
  receive_max_small,
  max_packet_size_announced,
  maximum_qos_1,
  retain_unavailable,
  wildcard_unavailable,
  shared_unavailable,
  subscription_id_unavailable,
  topic_alias_none,
  server_uses_alias,
  server_keep_alive_override,
  session_expiry_capped,
  session_timeout_by_setting_311,
  offline_qos0_queued,
  queue_bounded_drop_new,
  queue_bounded_drop_old,
  inflight_window_small,
  empty_id_refused,

  // Connecting.
  connect_refused_by_bare_close,
  unsupported_level_v5_layout,
  unknown_level_bare_close,
  wrong_name_silence,
  malformed_connect_connack_311,
  connack_slow,
  connack_defaults_spelled_out,
  connack_diagnostics,
  session_expiry_raised,
  session_expiry_granted_for_none,
  assigned_id_forms,
  pre_connect_idle_close,

  // Messages from clients.
  ack_slow,
  acks_out_of_order,
  qos2_deliver_on_pubrel,
  no_subscribers_0x10,
  ack_with_code_only,
  ack_long_form,
  ack_diagnostics,
  pubcomp_0x00_for_unknown,
  dollar_publish_refused,

  // Subscribing and delivering.
  suback_lower_qos,
  subscribe_effective_late,
  publish_before_suback,
  retained_after_suback,
  overlap_copy_each,
  no_local_retained_delivered,
  share_in_311,
  share_strategy_free,
  share_to_offline_member,
  share_redistributes_at_cut,
  share_never_redistributes,
  bad_filter_close,
  missing_feature_refused_in_suback,

  // Sessions and re-delivery.
  offline_by_published_qos,
  session_expiry_late,
  resume_batches,
  resume_after_settling,
  qos1_repeat_on_live_311,
  packet_ids_any,
  message_expiry_lazy,
  will_slightly_late,

  // Closing and the transport.
  close_bare,
  close_by_reset,
  close_lingering,
  takeover_bare_close,
  keep_alive_late,
  answers_slow,
  writes_coalesced,
  writes_split,

  // Strictness.
  stray_ack_closes,
  error_code_neighbour,
  overlong_length_accepted,
  control_characters_refused,
  payload_format_checked,
  count,
};

class Variants {
 public:
  Variants() = default;
  Variants(std::initializer_list<Variant> list) {
    for (const Variant variant : list) set(variant);
  }
  void set(Variant variant) { bits_.set(static_cast<std::size_t>(variant)); }
  bool has(Variant variant) const { return bits_.test(static_cast<std::size_t>(variant)); }
  bool any() const { return bits_.any(); }

 private:
  std::bitset<static_cast<std::size_t>(Variant::count)> bits_;
};

struct VariantInfo {
  Variant variant;
  std::string_view name;      // "qos2-deliver-on-pubrel"
  std::string_view sentence;  // what the broker does
  std::string_view citation;  // why it may
};

std::span<const VariantInfo> variant_catalogue();
std::optional<Variant> variant_named(std::string_view name);

}  // namespace holdfast
