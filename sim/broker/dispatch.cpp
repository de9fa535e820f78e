// What a Connection does with each packet of its client.
#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

#include "sim/broker/connect.h"
#include "sim/broker/connection.h"
#include "sim/broker/server.h"
#include "sim/broker/session.h"
#include "sim/mqtt/topic.h"

namespace holdfast::broker {

using mqtt::ReasonCode;
using mqtt::Version;

void Connection::dispatch(mqtt::Packet&& packet) {
  std::visit([this](auto& of_type) { on(std::move(of_type)); }, packet);
}

// --- CONNECT, DISCONNECT, PINGREQ ------------------------------------------------------------------------

void Connection::on(mqtt::Connect&& connect) {
  if (session_ != nullptr) {
    if (settings().has(Defect::second_connect_accepted)) {
      send(mqtt::Connack{});
    } else {
      disconnect_faulty(ReasonCode::protocol_error);
    }
    return;
  }
  if (settings().has(Variant::connack_slow)) {
    is_answering_slowly_ = true;
    alarm_.stop();
    server_.after(1s, number_, [connect](Connection& later) {
      later.is_answering_slowly_ = false;
      later.answer(mqtt::Connect(connect));
      later.process_input();
    });
    return;
  }
  answer(std::move(connect));
}

void Connection::answer(mqtt::Connect&& connect) {
  const bool is_binary = connect.password && !mqtt::is_utf8(*connect.password);
  if (is_binary && settings().has(Defect::binary_password_malformed)) {
    end();
    return;
  }
  const std::optional<ReasonCode> refusal = refusal_of(connect, version_, settings());
  if (!refusal) {
    server_.admit(*this, std::move(connect));
    return;
  }
  const bool tells_session = minds_refused(connect);
  if (settings().has(Defect::acts_behind_refused_connect)) publish_the_rest();
  refuse(*refusal, tells_session);
}

void Connection::resume_session() {
  if (session_ != nullptr) session_->outbox.resume();
}

void Connection::on(const mqtt::Disconnect& packet) {
  const std::optional<std::uint32_t> interval = packet.properties.session_expiry_interval;
  // Section 3.14.2.2.2. Such a packet is no valid DISCONNECT, so the will stays.
  const bool raises_from_0 = interval && *interval > 0 && session_expiry_was_zero_;
  if (raises_from_0 && !settings().has(Defect::session_expiry_raise_from_0_honoured)) {
    disconnect_faulty(ReasonCode::protocol_error);
    return;
  }
  if (interval && !settings().has(Defect::disconnect_expiry_ignored)) {
    session_->set_expiry_seconds(expiry_granted(*interval, settings()));
  }
  if (drops_will(packet.reason)) session_->will.reset();
  if (settings().has(Defect::acts_after_disconnect)) act_on_the_rest();
  if (session_ == nullptr) return;
  if (settings().has(Defect::open_after_disconnect)) {
    leave_open();
  } else {
    end();
  }
}

bool Connection::drops_will(ReasonCode reason) const {
  if (settings().has(Defect::will_published_despite_disconnect)) return false;
  if (settings().has(Defect::will_dropped_by_disconnect_0x04)) return true;
  return reason == ReasonCode::success;
}

void Connection::on(const mqtt::Pingreq&) { send(mqtt::Pingresp{}); }

template <typename Other>
void Connection::on(const Other&) {
  disconnect_faulty(ReasonCode::protocol_error);
}

// --- Messages from the client ----------------------------------------------------------------------------

std::optional<ReasonCode> Connection::resolve_topic_alias(mqtt::Publish& publish) {
  const std::optional<std::uint16_t> alias = publish.properties.topic_alias;
  if (!alias) return std::nullopt;
  if (*alias == 0 || *alias > topic_alias_max()) return ReasonCode::topic_alias_invalid;
  if (!publish.topic.empty()) {
    topic_aliases_in_[*alias] = publish.topic;
    return std::nullopt;
  }
  const auto known = topic_aliases_in_.find(*alias);
  if (known == topic_aliases_in_.end()) return ReasonCode::protocol_error;
  publish.topic = known->second;
  return std::nullopt;
}

std::optional<ReasonCode> Connection::fault_of(const mqtt::Publish& publish) const {
  if (!mqtt::is_topic_name(publish.topic) && !settings().has(Defect::wildcard_topic_routed)) {
    return ReasonCode::topic_name_invalid;
  }
  // 3.1.1 has no way to announce such limits; there they only lower what is granted and kept.
  if (!is_v5()) return std::nullopt;
  const bool is_qos_limited = !settings().has(Defect::maximum_qos_unenforced);
  if (is_qos_limited && publish.qos > settings().maximum_qos) return ReasonCode::qos_not_supported;
  const bool is_retain_limited = !settings().has(Defect::missing_features_granted_in_vain);
  if (is_retain_limited && publish.retain && !settings().retain_available) {
    return ReasonCode::retain_not_supported;
  }
  const bool is_too_many =
      publish.qos > 0 && session_->inbox.would_exceed(publish.packet_id, settings().receive_maximum);
  if (is_too_many) return ReasonCode::receive_maximum_exceeded;
  return std::nullopt;
}

void Connection::on(mqtt::Publish&& publish) {
  std::optional<ReasonCode> fault = resolve_topic_alias(publish);
  if (!fault) fault = fault_of(publish);
  if (fault == ReasonCode::receive_maximum_exceeded && publish.qos == 2 &&
      settings().has(Defect::overrun_refused_with_pubrec_0x93)) {
    send(mqtt::Pubrec{.packet_id = publish.packet_id, .reason = *fault});
    return;
  }
  if (fault) {
    disconnect_faulty(*fault);
    return;
  }
  if (publish.dup && settings().has(Defect::repeats_unanswered)) return;
  if (publish.qos == 2) {
    receive_qos_2(std::move(publish));
  } else if (publish.qos == 1) {
    receive_qos_1(std::move(publish));
  } else {
    deliver(std::move(publish));
  }
}

void Connection::receive_qos_1(mqtt::Publish&& publish) {
  const std::uint16_t packet_id = publish.packet_id;
  const bool is_swallowed =
      publish.dup && packet_id == session_->last_qos_1_id && settings().has(Defect::qos_1_dup_1_swallowed);
  session_->last_qos_1_id = packet_id;
  const ReasonCode reason = is_swallowed ? ReasonCode::success : deliver(std::move(publish));
  if (settings().has(Defect::puback_not_sent)) return;
  if (packet_id > 32'767 && settings().has(Defect::high_packet_ids_unanswered)) return;
  mqtt::Puback puback{.packet_id = packet_id, .reason = reason};
  if (settings().has(Defect::puback_wrong_id)) ++puback.packet_id;
  send(puback);
}

void Connection::receive_qos_2(mqtt::Publish&& publish) {
  const std::uint16_t packet_id = publish.packet_id;
  const bool has_dup = publish.dup;
  const bool waits_for_pubrel = settings().has(Variant::qos2_deliver_on_pubrel);
  const bool is_new = session_->inbox.receive(packet_id);
  if (settings().has(Defect::received_qos_2_forgotten_at_expiry)) forget_at_expiry(publish);
  mqtt::Pubrec pubrec{.packet_id = packet_id};
  if (!is_new && settings().has(Defect::qos_2_repeat_refused)) {
    pubrec.reason = ReasonCode::packet_identifier_in_use;
  }
  if (settings().has(Defect::qos_2_third_copy_disconnected) && session_->inbox.copies(packet_id) >= 3) {
    disconnect_faulty(ReasonCode::protocol_error);
    return;
  }
  const bool is_delivered = (is_new && !(has_dup && settings().has(Defect::qos_2_dup_1_never_delivered))) ||
                            settings().has(Defect::qos_2_repeat_delivered);
  if (is_delivered && waits_for_pubrel) {
    session_->inbox.keep(packet_id, message_of(std::move(publish)));
  } else if (is_delivered) {
    if (settings().has(Defect::qos_2_passed_on_twice))
      session_->inbox.keep(packet_id, message_of(mqtt::Publish(publish)));
    pubrec.reason = deliver(std::move(publish));
    const bool is_refused = mqtt::is_error(pubrec.reason);  // MQTT-4.3.3-9
    if (is_refused && !settings().has(Defect::qos_2_id_kept_after_failing_pubrec)) {
      session_->inbox.release(packet_id);
    }
  }
  send(pubrec);
}

void Connection::on(const mqtt::Pubrel& pubrel) {
  const std::uint16_t packet_id = pubrel.packet_id;
  const bool is_known = session_->inbox.holds(packet_id);
  const bool is_owed = is_known && !session_->inbox.is_of_this_connection(packet_id);
  if (is_known) {
    if (const MessagePointer kept = session_->inbox.kept(packet_id)) server_.publish(kept);
    if (!settings().has(Defect::qos_2_id_kept_after_pubcomp)) session_->inbox.release(packet_id);
  }
  if (settings().has(Defect::pubcomp_not_sent)) return;
  if (!is_known && settings().has(Defect::unknown_pubrel_unanswered)) return;
  const bool is_told_unknown = is_v5() && !settings().has(Variant::pubcomp_0x00_for_unknown) &&
                               (!is_known || (is_owed && settings().has(Defect::pubrel_answered_with_0x92)));
  send(mqtt::Pubcomp{
      .packet_id = packet_id,
      .reason = is_told_unknown ? ReasonCode::packet_identifier_not_found : ReasonCode::success});
  if (settings().has(Defect::pubrec_again_after_pubcomp)) send(mqtt::Pubrec{.packet_id = packet_id});
}

MessagePointer Connection::message_of(mqtt::Publish&& publish) const {
  spoil_incoming(publish);
  return make_message(std::move(publish), session_->client_id(), server_.loop().now());
}

// Returns the reason code for the acknowledgement.
ReasonCode Connection::deliver(mqtt::Publish&& publish) {
  if (publish.topic.starts_with('$') && settings().has(Variant::dollar_publish_refused)) {
    return is_v5() ? ReasonCode::not_authorized : ReasonCode::success;
  }
  const bool is_dropped =
      publish.payload.empty() && !publish.retain && settings().has(Defect::empty_payload_dropped);
  if (is_dropped) return ReasonCode::success;
  const std::size_t subscribers = server_.publish(message_of(std::move(publish)));
  const bool tells_nobody =
      settings().has(Variant::no_subscribers_0x10) || settings().has(Defect::absent_subscribers_told_as_none);
  const bool says_nobody = subscribers == 0 && is_v5() && tells_nobody;
  return says_nobody ? ReasonCode::no_matching_subscribers : ReasonCode::success;
}

// --- Acknowledgements of messages to the client ----------------------------------------------------------

void Connection::on(const mqtt::Puback& puback) {
  hand_on_refused(puback.reason);
  if (!session_->outbox.on_puback(puback.packet_id)) on_stray_acknowledgement();
}

void Connection::on(const mqtt::Pubrec& pubrec) {
  hand_on_refused(pubrec.reason);
  if (!session_->outbox.on_pubrec(pubrec.packet_id, pubrec.reason)) on_stray_acknowledgement();
}

void Connection::on(const mqtt::Pubcomp& pubcomp) {
  if (!session_->outbox.on_pubcomp(pubcomp.packet_id)) on_stray_acknowledgement();
}

// It tells of differing Session states; the standards leave the answer open (HF-5.0-E23).
void Connection::on_stray_acknowledgement() {
  if (settings().has(Variant::stray_ack_closes)) disconnect_faulty(ReasonCode::protocol_error);
}

// --- Subscriptions ---------------------------------------------------------------------------------------

namespace {

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

}  // namespace

// Faults for which the whole packet and the connection fall.
std::optional<ReasonCode> Connection::fault_of(const mqtt::Subscribe& subscribe) const {
  if (!is_v5()) return std::nullopt;
  if (!subscribe.properties.subscription_identifiers.empty() &&
      !settings().subscription_identifiers_available) {
    return ReasonCode::subscription_identifiers_not_supported;
  }
  for (const mqtt::SubscriptionRequest& request : subscribe.requests) {
    const bool is_shared = mqtt::is_shared(request.filter);
    if (is_shared && request.no_local) return ReasonCode::protocol_error;  // MQTT-3.8.3-4
    if (settings().has(Variant::missing_feature_refused_in_suback)) continue;
    if (is_shared && !settings().shared_subscription_available) {
      return ReasonCode::shared_subscriptions_not_supported;
    }
    if (has_wildcard(request.filter) && !settings().wildcard_subscription_available) {
      return ReasonCode::wildcard_subscriptions_not_supported;
    }
  }
  return std::nullopt;
}

void Connection::on(const mqtt::Subscribe& subscribe) {
  if (const std::optional<ReasonCode> fault = fault_of(subscribe)) {
    if (!grant_in_vain(subscribe, *fault)) disconnect_faulty(*fault);
    return;
  }
  std::optional<std::uint32_t> identifier;
  if (!subscribe.properties.subscription_identifiers.empty()) {
    identifier = subscribe.properties.subscription_identifiers.front();
  }
  mqtt::Suback suback{.packet_id = subscribe.packet_id};
  std::vector<Outgoing> retained;
  for (const mqtt::SubscriptionRequest& request : subscribe.requests) {
    ReasonCode reason = server_.subscribe(*session_, request, identifier, retained);
    if (reason == ReasonCode::topic_filter_invalid && settings().has(Variant::bad_filter_close)) {
      disconnect_faulty(reason);
      return;
    }
    // 3.1.1 has one code for all failures (3.1.1: MQTT-3.9.3-2).
    if (!is_v5() && mqtt::is_error(reason) && !settings().has(Defect::v5_codes_in_v3_suback)) {
      reason = ReasonCode::unspecified_error;
    }
    suback.reasons.push_back(reason);
  }
  if (settings().has(Defect::suback_codes_reversed)) std::ranges::reverse(suback.reasons);
  if (settings().has(Defect::suback_wrong_id)) ++suback.packet_id;
  const bool comes_last = settings().has(Variant::publish_before_suback);
  if (!comes_last) send(suback);
  send_retained(std::move(retained));
  if (comes_last) send(suback);
}

void Connection::send_retained(std::vector<Outgoing> retained) {
  if (settings().has(Variant::retained_after_suback)) {
    server_.after(500ms, number_, [retained = std::move(retained)](Connection& later) {
      if (later.session_ == nullptr) return;
      for (const Outgoing& outgoing : retained) later.session_->outbox.add(outgoing);
    });
    return;
  }
  for (Outgoing& outgoing : retained) session_->outbox.add(std::move(outgoing));
}

void Connection::on(const mqtt::Unsubscribe& unsubscribe) {
  mqtt::Unsuback unsuback{.packet_id = unsubscribe.packet_id};
  bool is_any_removed = false;
  for (const std::string& filter : unsubscribe.filters) {
    const bool existed = server_.unsubscribe(*session_, filter);
    is_any_removed = is_any_removed || existed;
    if (is_v5()) {
      unsuback.reasons.push_back(existed ? ReasonCode::success : ReasonCode::no_subscription_existed);
    }
  }
  if (!is_any_removed && settings().has(Defect::unsuback_only_if_removed)) return;
  if (settings().has(Defect::suback_wrong_id)) ++unsuback.packet_id;
  send(unsuback);
}

}  // namespace holdfast::broker
