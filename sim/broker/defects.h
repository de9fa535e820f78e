// Seeded defects: each breaks one rule on purpose, so that the suites can prove that they would notice.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast {

enum class Defect : std::uint16_t {
  // Session Present and the life of a Session.
  session_present_always_0,
  session_present_always_1,
  session_present_1_on_clean_start,
  session_present_1_when_refused,
  session_present_0_without_subscriptions,
  session_lost_at_close,
  session_of_interval_0_kept,
  clean_session_outlives_connection,
  clean_start_ignored,
  session_never_expires,
  session_expires_early,
  session_expiry_capped_silently,
  session_expiry_from_first_close,
  session_expiry_of_first_connect,
  session_expiry_runs_on,
  disconnect_expiry_ignored,
  session_expiry_raise_from_0_honoured,
  state_lost_while_connected,
  subscriptions_wear_out,
  subscriptions_lost_on_resume,
  subscription_options_lost_on_resume,
  assigned_client_id_untold,
  assigned_client_id_shared,
  client_ids_of_23_refused,
  client_ids_cut_to_23,
  empty_id_accepted_for_kept_session,
  refused_identifier_left_open,
  refused_connect_takes_over,

  // Takeover.
  takeover_leaves_old_connection_open,
  takeover_without_0x8e,
  takeover_loses_messages,
  takeover_clears_subscriptions,
  takeover_inherits_session_of_interval_0,
  takeover_keeps_subscriptions_of_ended_session,

  // Re-delivery.
  inflight_lost_on_resume,
  inflight_qos_2_lost_on_resume,
  resend_dup_0,
  resend_new_packet_ids,
  resend_order_reversed,
  resend_behind_queue,
  resend_on_live_connection,
  pubrel_not_resent,
  publish_resent_after_pubrel,
  queued_dup_1,
  queued_sent_at_qos_0,
  queue_lost_on_resume,
  queue_order_reversed,
  queue_keeps_four,
  queued_only_if_nobody_listens,
  queued_for_clean_start,
  held_back_order_broken,

  // Packet identifiers and flow control.
  packet_ids_restart_on_resume,
  packet_ids_reused_in_burst,
  receive_maximum_ignored,
  send_quota_carried_over,
  inflight_slots_leak,
  failing_pubrec_keeps_quota,
  failing_pubrec_answered_with_pubrel,
  full_window_silences_pingresp,
  maximum_packet_size_ignored,
  oversized_message_stalls_queue,

  // Messages from clients.
  puback_not_sent,
  puback_wrong_id,
  qos_1_dup_1_swallowed,
  repeats_unanswered,
  qos_2_repeat_delivered,
  qos_2_passed_on_twice,
  qos_2_ids_lost_on_reconnect,
  qos_2_dup_1_never_delivered,
  qos_2_repeat_refused,
  qos_2_third_copy_disconnected,
  qos_2_id_kept_after_pubcomp,
  qos_2_id_kept_after_failing_pubrec,
  pubrec_again_after_pubcomp,
  pubcomp_not_sent,
  unknown_pubrel_unanswered,
  pubrel_answered_with_0x92,
  overrun_refused_with_pubrec_0x93,
  topic_aliases_survive,
  wildcard_topic_routed,

  // Message Expiry.
  message_expiry_ignored,
  message_expiry_not_decremented,
  inflight_qos_2_dropped_by_expiry,
  pubrel_dropped_by_expiry,

  // Wills.
  will_never_published,
  will_lost_on_takeover,
  will_waits_whole_delay,
  will_delay_ignored,
  will_published_despite_disconnect,
  will_dropped_by_disconnect_0x04,
  will_dropped_by_protocol_error,
  will_lost_on_keep_alive_timeout,
  will_not_cancelled_by_return,
  will_of_last_connect_stays,
  will_published_twice,
  will_retain_ignored,
  will_properties_lost,
  will_payload_cut_at_zero,
  will_wildcard_accepted,
  will_beyond_limits_accepted,

  // Subscriptions and matching.
  resubscribe_doubles,
  unsubscribe_ignored,
  unsubscribe_drops_inflight,
  suback_codes_reversed,
  v5_codes_in_v3_suback,
  hash_matches_dollar,
  hash_misses_parent,
  overlap_lowest_qos,
  overlap_identifiers_lost,
  overlap_identifiers_on_every_copy,
  no_local_ignored,

  // Delivery.
  dup_forwarded,
  dup_1_on_qos_0,
  qos_raised_to_grant,
  qos_2_delivered_at_1,
  user_properties_sorted,
  message_properties_dropped,
  empty_properties_dropped,
  topic_alias_unasked,

  // Retained messages.
  retained_on_resume,
  retained_lost_with_session,
  retained_not_replaced,
  retained_not_deleted,
  retained_without_flag_stored,
  retained_sent_with_flag_0,
  retained_not_sent_again,
  retain_handling_ignored,
  retain_as_published_ignored,
  retain_flag_forwarded,
  retained_expiry_ignored,
  retained_without_identifier,

  // Shared subscriptions.
  shared_to_all_members,
  shared_qos_2_handed_on,
  shared_retained_sent,

  // Subscriptions and messages in detail.
  suback_wrong_id,
  qos_granted_above_request,
  subscription_effective_late,
  unsubscribe_by_matching,
  unsubscribe_takes_from_others,
  unsuback_only_if_removed,
  share_name_unchecked,
  no_local_on_shared_accepted,
  misplaced_wildcards_granted,
  wildcards_refused_in_311,
  plus_misses_empty_level,
  byte_order_mark_dropped,
  dots_become_slashes,
  shared_refused_handed_on,
  shared_qos_1_lost_with_member,
  shared_swallows_plain,
  empty_payload_dropped,
  high_packet_ids_unanswered,
  any_puback_completes,
  pubrels_out_of_order,
  absent_subscribers_told_as_none,
  v5_messages_withheld_from_v3,
  ill_formed_payload_repaired,
  topic_alias_maximum_ignored,
  high_topic_alias_refused,
  outgoing_aliases_survive,
  diagnostics_ignore_packet_size,
  connack_diagnostics_ignore_packet_size,
  maximum_packet_size_unenforced,
  maximum_qos_unenforced,
  missing_features_granted_in_vain,
  message_expires_early,
  received_qos_2_forgotten_at_expiry,
  retained_qos_0_ignored,
  retained_missed_by_wildcards,
  protocol_error_disconnects_all,

  // Connections.
  keep_alive_ignored,
  keep_alive_fed_by_output,
  keep_alive_not_fed_by_pings,
  keep_alive_0_closes,
  server_keep_alive_not_applied,
  second_connect_accepted,
  connect_unchecked,
  authentication_method_ignored,
  binary_password_malformed,
  packets_behind_connect_dropped,
  packets_in_one_piece_lost,
  acts_behind_refused_connect,
  waits_for_connect_for_ever,
  open_after_disconnect,
  faulty_packets_tolerated,
  problem_information_ignored,
  acts_after_disconnect,

  // Packets that should not be let pass.
  faulty_flags_accepted,
  forbidden_types_accepted,
  faulty_lengths_accepted,
  ill_formed_strings_accepted,
  faulty_properties_accepted,
  unknown_reason_codes_accepted,
  identifier_0_accepted,
  faulty_subscriptions_accepted,
  faulty_topics_accepted,
  count,
};

class Defects {
 public:
  Defects() = default;
  Defects(std::initializer_list<Defect> list) {
    for (const Defect defect : list) set(defect);
  }
  void set(Defect defect) { bits_.set(static_cast<std::size_t>(defect)); }
  bool has(Defect defect) const { return bits_.test(static_cast<std::size_t>(defect)); }
  bool any() const { return bits_.any(); }

 private:
  std::bitset<static_cast<std::size_t>(Defect::count)> bits_;
};

// What the catalogue says of a defect.
struct DefectInfo {
  Defect defect;
  std::string_view name;          // "session-present-always-0"
  std::string_view sentence;      // what the broker does wrong
  std::string_view requirements;  // ids, separated by blanks; 3.1.1 ids carry the prefix "3.1.1:"
  std::string_view seen;          // public issues in which such a defect was reported; may be empty
};

std::span<const DefectInfo> defect_catalogue();
std::optional<Defect> defect_named(std::string_view name);

}  // namespace holdfast
