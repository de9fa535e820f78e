// How defects and variants change what an Outbox does. Nothing of this happens to a plain broker.
#include <algorithm>
#include <iterator>

#include "sim/broker/connection.h"
#include "sim/broker/outbox.h"

namespace holdfast::broker {

void Outbox::spoil_before_resume() {
  const auto has = [&](Defect defect) { return settings_.has(defect); };
  const auto is_qos_2 = [](const Outgoing& outgoing) { return outgoing.qos == 2; };
  const auto is_dead = [&](const Outgoing& outgoing) { return is_expired(*outgoing.message, loop_.now()); };

  if (has(Defect::queue_lost_on_resume)) queue_.clear();
  if (has(Defect::queue_keeps_four) && queue_.size() > 4) queue_.resize(4);
  if (has(Defect::queue_order_reversed)) queue_.reverse();

  if (has(Defect::inflight_lost_on_resume)) forget_inflight();
  if (has(Defect::inflight_qos_2_lost_on_resume)) {
    publishes_.remove_if(is_qos_2);
    pubrels_.clear();
  }
  if (has(Defect::inflight_qos_2_dropped_by_expiry)) {
    publishes_.remove_if([&](const Outgoing& outgoing) { return is_qos_2(outgoing) && is_dead(outgoing); });
  }
  if (has(Defect::pubrel_dropped_by_expiry)) pubrels_.remove_if(is_dead);
  if (has(Defect::publish_resent_after_pubrel)) publishes_.splice(publishes_.begin(), pubrels_);
  if (has(Defect::resend_order_reversed)) publishes_.reverse();
  if (has(Defect::resend_new_packet_ids)) {
    for (Outgoing& outgoing : publishes_) outgoing.packet_id = packet_ids_.take();
  }
  if (has(Defect::packet_ids_restart_on_resume)) packet_ids_ = unused_packet_ids();
}

std::vector<Outgoing> Outbox::take_queue() {
  std::vector<Outgoing> queue(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  return queue;
}

void Outbox::repeat_on_live_connection(Duration interval) {
  repeat_alarm_ = std::make_unique<Alarm>(loop_, [this, interval] {
    for (const Outgoing& outgoing : publishes_) {
      if (outgoing.sent_on_this_connection && can_send()) connection_->send_publish(outgoing, true);
    }
    repeat_alarm_->start_in(interval);
  });
  repeat_alarm_->start_in(interval);
}

// Until the queue has run empty once, it is sent in batches of four with pauses of half a second.
void Outbox::begin_batch() {
  batch_sent_ = 0;
  batch_alarm_ = std::make_unique<Alarm>(loop_, [this] {
    batch_sent_ = 0;
    batch_alarm_->start_in(500ms);
    send_what_the_window_allows();
    if (queue_.empty()) batch_alarm_->stop();
  });
  batch_alarm_->start_in(500ms);
}

bool Outbox::batch_is_full() const {
  return batch_alarm_ != nullptr && batch_alarm_->is_armed() && batch_sent_ >= 4;
}

}  // namespace holdfast::broker
