#include "sim/broker/outbox.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "sim/broker/connection.h"

namespace holdfast::broker {

Outbox::Outbox(Loop& loop, const BrokerSettings& settings)
    : loop_(loop), settings_(settings), packet_ids_(unused_packet_ids()) {}

void Outbox::attach(Connection& connection, std::uint16_t client_receive_maximum) {
  assert(connection_ == nullptr);
  assert(client_receive_maximum > 0);
  connection_ = &connection;
  spoil_before_resume();
  send_quota_ = first_quota(client_receive_maximum);
  was_attached_ = true;
  for (Outgoing& outgoing : publishes_) outgoing.sent_on_this_connection = false;
  for (Outgoing& outgoing : pubrels_) outgoing.sent_on_this_connection = false;
  resends_pending_ = publishes_.size();
}

void Outbox::detach() {
  connection_ = nullptr;
  repeat_alarm_.reset();
  batch_alarm_.reset();
  leaked_slots_ += static_cast<std::uint32_t>(inflight());
}

void Outbox::resume() {
  is_resuming_ = true;
  if (settings_.has(Variant::resume_batches)) begin_batch();
  if (settings_.has(Defect::resend_behind_queue)) send_waiting();
  resend_pubrels();
  send_what_the_window_allows();
  is_resuming_ = false;
  if (settings_.has(Defect::resend_on_live_connection)) repeat_on_live_connection(5s);
  if (settings_.has(Variant::qos1_repeat_on_live_311) && connection_->version() == mqtt::Version::v3_1_1) {
    repeat_on_live_connection(20s);
  }
}

std::uint32_t Outbox::first_quota(std::uint16_t client_receive_maximum) const {
  const std::uint32_t quota = std::min(client_receive_maximum, settings_.inflight_max);
  if (settings_.has(Defect::receive_maximum_ignored)) return settings_.inflight_max;
  if (settings_.has(Defect::send_quota_carried_over) && was_attached_) return std::min(quota, send_quota_);
  if (settings_.has(Defect::inflight_slots_leak)) return quota - std::min(quota, leaked_slots_);
  return quota;
}

void Outbox::add(Outgoing outgoing) {
  if (outgoing.qos == 0 && !may_wait_at_qos_0(*outgoing.message)) {
    if (can_send() && !is_over(outgoing)) connection_->send_publish(outgoing, false);
    return;
  }
  const bool goes_first = settings_.has(Defect::held_back_order_broken) && can_send();
  queue_.insert(goes_first ? queue_.begin() : queue_.end(), std::move(outgoing));
  send_what_the_window_allows();
  bound_queue();
}

bool Outbox::may_wait_at_qos_0(const Message& message) const {
  const bool waits_by_its_own_qos = settings_.has(Variant::offline_by_published_qos) && !can_send();
  return settings_.queues_qos_0 || (waits_by_its_own_qos && message.qos > 0);
}

bool Outbox::on_puback(std::uint16_t packet_id) {
  Messages::iterator found = find(publishes_, packet_id);
  if (found == publishes_.end() && settings_.has(Defect::any_puback_completes)) found = publishes_.begin();
  if (found == publishes_.end() || found->qos != 1) return false;
  finish(publishes_, found);
  return true;
}

bool Outbox::on_pubrec(std::uint16_t packet_id, mqtt::ReasonCode reason) {
  const Messages::iterator found = find(publishes_, packet_id);
  if (found == publishes_.end()) {
    // A client that repeats its PUBREC has not seen our PUBREL.
    const Messages::iterator owed = find(pubrels_, packet_id);
    if (owed != pubrels_.end()) send_pubrel(*owed);
    return owed != pubrels_.end();
  }
  if (found->qos != 2) return false;
  if (mqtt::is_error(reason) && !settings_.has(Defect::failing_pubrec_answered_with_pubrel)) {
    const bool gives_back = !settings_.has(Defect::failing_pubrec_keeps_quota);
    finish(publishes_, found, gives_back);
    return true;
  }
  if (!found->sent_on_this_connection) --resends_pending_;
  pubrels_.splice(pubrels_.end(), publishes_, found);
  send_pubrel(pubrels_.back());
  return true;
}

bool Outbox::on_pubcomp(std::uint16_t packet_id) {
  const Messages::iterator found = find(pubrels_, packet_id);
  if (found == pubrels_.end()) return false;
  finish(pubrels_, found);
  return true;
}

Readiness Outbox::readiness() const {
  if (!can_send()) return Readiness::away;
  return send_quota_ > 0 && queue_.empty() ? Readiness::ready : Readiness::window_full;
}

std::vector<Outgoing> Outbox::take_what_can_be_handed_on() {
  std::vector<Outgoing> handed_on =
      take_shared_inflight(settings_.has(Defect::shared_qos_2_handed_on) ? 2 : 1);
  for (Outgoing& outgoing : queue_) {
    if (!outgoing.shared_filter.empty()) handed_on.push_back(std::move(outgoing));
  }
  forget();
  return handed_on;
}

std::vector<Outgoing> Outbox::take_shared_inflight(std::uint8_t qos_max) {
  std::vector<Outgoing> taken;
  for (auto at = publishes_.begin(); at != publishes_.end();) {
    const auto outgoing = at++;
    if (outgoing->shared_filter.empty() || outgoing->qos > qos_max) continue;
    taken.push_back(*outgoing);
    remove(publishes_, outgoing);
  }
  return taken;
}

void Outbox::forget() {
  queue_.clear();
  forget_inflight();
}

void Outbox::forget_inflight() {
  publishes_.clear();
  pubrels_.clear();
  resends_pending_ = 0;
  packet_ids_ = unused_packet_ids();
}

PacketIds Outbox::unused_packet_ids() const {
  return PacketIds(settings_.has(Variant::packet_ids_any) ? PacketIds::Order::falling
                                                          : PacketIds::Order::rising);
}

bool Outbox::is_over(const Outgoing& outgoing) const {
  if (settings_.has(Defect::message_expiry_ignored)) return false;
  if (outgoing.retain && settings_.has(Defect::retained_expiry_ignored)) return false;
  const Duration lateness = settings_.has(Variant::message_expiry_lazy) ? Duration{1s} : Duration::zero();
  const Duration waited = loop_.now() - outgoing.message->accepted_at;
  const Duration earliness = settings_.has(Defect::message_expires_early) ? waited : Duration::zero();
  return is_expired(*outgoing.message, loop_.now() - lateness + earliness);
}

bool Outbox::can_send() const { return connection_ != nullptr && connection_->is_open(); }

void Outbox::send_what_the_window_allows() {
  if (can_send() && resend_publishes()) send_waiting();
}

bool Outbox::resend_publishes() {
  // An expired message is sent again all the same: its delivery has begun (MQTT-3.3.2-5, MQTT-4.3.3-7).
  for (auto at = publishes_.begin(); resends_pending_ > 0;) {
    assert(at != publishes_.end());
    const auto outgoing = at++;
    if (outgoing->sent_on_this_connection) continue;
    if (send_quota_ == 0) return false;
    if (!connection_->send_publish(*outgoing, !settings_.has(Defect::resend_dup_0))) {
      remove(publishes_, outgoing);  // too large for this connection: done with (MQTT-3.1.2-25)
      continue;
    }
    outgoing->sent_on_this_connection = true;
    --resends_pending_;
    --send_quota_;
  }
  return true;
}

void Outbox::send_waiting() {
  while (!queue_.empty() && can_send() && !batch_is_full()) {
    const auto next = queue_.begin();
    if (is_over(*next)) {
      queue_.pop_front();
      continue;
    }
    if (is_resuming_ && settings_.has(Defect::queued_sent_at_qos_0)) next->qos = 0;
    if (next->qos == 0) {
      connection_->send_publish(*next, false);
      queue_.pop_front();
      continue;
    }
    if (send_quota_ == 0) return;
    next->packet_id = take_packet_id();
    if (next->packet_id == 0) return;
    const bool dup = is_resuming_ && settings_.has(Defect::queued_dup_1);
    if (!connection_->send_publish(*next, dup)) {
      packet_ids_.release(next->packet_id);
      if (settings_.has(Defect::oversized_message_stalls_queue)) return;
      queue_.pop_front();  // too large for this client: done with (MQTT-3.1.2-25)
      continue;
    }
    next->sent_on_this_connection = true;
    --send_quota_;
    publishes_.splice(publishes_.end(), queue_, next);
    ++batch_sent_;
  }
}

std::uint16_t Outbox::take_packet_id() {
  const std::uint16_t packet_id = packet_ids_.take();
  if (!settings_.has(Defect::packet_ids_reused_in_burst)) return packet_id;
  packet_ids_.release(packet_id);
  return static_cast<std::uint16_t>(packet_id % 4 + 1);
}

void Outbox::resend_pubrels() {
  if (settings_.has(Defect::pubrel_not_resent)) return;
  for (const Outgoing& outgoing : pubrels_) {
    if (!outgoing.sent_on_this_connection) send_pubrel(outgoing);
  }
}

void Outbox::send_pubrel(const Outgoing& outgoing) {
  if (can_send()) connection_->send(mqtt::Pubrel{.packet_id = outgoing.packet_id});
}

void Outbox::bound_queue() {
  if (queue_.size() <= settings_.queued_messages_max) return;
  queue_.remove_if([&](const Outgoing& waiting) { return is_over(waiting); });
  while (queue_.size() > settings_.queued_messages_max) {
    if (settings_.when_queue_full == WhenQueueFull::drop_new) {
      queue_.pop_back();
      continue;
    }
    // The oldest go, QoS 0 first.
    const auto qos_0 =
        std::find_if(queue_.begin(), queue_.end(), [](const Outgoing& o) { return o.qos == 0; });
    queue_.erase(qos_0 != queue_.end() ? qos_0 : queue_.begin());
  }
}

void Outbox::finish(Messages& list, Messages::iterator finished, bool gives_back_quota) {
  remove(list, finished, gives_back_quota);
  send_what_the_window_allows();
}

void Outbox::remove(Messages& list, Messages::iterator finished, bool gives_back_quota) {
  if (finished->sent_on_this_connection) {
    if (gives_back_quota) ++send_quota_;  // never above its first value: only what was taken comes back
  } else if (&list == &publishes_) {
    --resends_pending_;
  }
  packet_ids_.release(finished->packet_id);
  list.erase(finished);
}

Outbox::Messages::iterator Outbox::find(Messages& list, std::uint16_t packet_id) {
  return std::find_if(list.begin(), list.end(),
                      [&](const Outgoing& outgoing) { return outgoing.packet_id == packet_id; });
}

}  // namespace holdfast::broker
