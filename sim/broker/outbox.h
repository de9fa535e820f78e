// The broker's half of everything that a Session sends to its client: messages waiting, messages in flight,
// the PUBRELs owed, and the window through which they go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "sim/broker/message.h"
#include "sim/broker/packet_ids.h"
#include "sim/broker/settings.h"
#include "sim/mqtt/packet.h"
#include "sim/time/loop.h"

namespace holdfast::broker {

class Connection;

// How soon a Session can pass a message on; a later value is better.
enum class Readiness : std::uint8_t { away, window_full, ready };

// A message above QoS 0 moves through three lists and keeps its place in them:
//
//   queue ──PUBLISH sent──▶ publishes ──good PUBREC (QoS 2)──▶ pubrels ──PUBCOMP──▶ gone
//                               └──PUBACK, or PUBREC of 0x80 and above──▶ gone
//
// The lists survive the connection, the send quota does not. On resume all of `pubrels` and `publishes` is
// sent again before anything of `queue`, and at no other time (MQTT-4.4.0-1).
class Outbox {
 public:
  Outbox(Loop& loop, const BrokerSettings& settings);

  // A new connection, with a send quota of its own (section 4.9). Nothing is sent yet.
  void attach(Connection& connection, std::uint16_t client_receive_maximum);
  void detach();
  // Sends what is owed from earlier connections, and what waits.
  void resume();

  // Sends a message now, or keeps it until the window and the client allow it, or drops it: QoS 0 for an
  // absent client unless the settings keep it, and whatever the queue has no room for.
  void add(Outgoing outgoing);

  // Acknowledgements from the client. False, and no effect, if they belong to nothing in flight.
  bool on_puback(std::uint16_t packet_id);
  bool on_pubrec(std::uint16_t packet_id, mqtt::ReasonCode reason);
  bool on_pubcomp(std::uint16_t packet_id);

  Readiness readiness() const;
  bool is_window_full() const { return send_quota_ == 0; }
  std::size_t queued() const { return queue_.size(); }
  std::size_t inflight() const { return publishes_.size() + pubrels_.size(); }

  // At the end of the Session: what came by shared subscriptions and may go to another member. QoS 2 whose
  // delivery has begun may not (MQTT-4.8.2-5). The outbox is empty afterwards.
  std::vector<Outgoing> take_what_can_be_handed_on();
  // Those of them that are in flight, up to a QoS; the rest stays.
  std::vector<Outgoing> take_shared_inflight(std::uint8_t qos_max);

  // Only defects do these: take what waits away from a Session that ends; forget all messages, or those in
  // flight.
  std::vector<Outgoing> take_queue();
  void forget();
  void forget_inflight();

 private:
  using Messages = std::list<Outgoing>;

  bool can_send() const;
  bool is_over(const Outgoing& outgoing) const;  // too old to be sent for the first time
  bool may_wait_at_qos_0(const Message& message) const;
  PacketIds unused_packet_ids() const;
  void send_what_the_window_allows();
  bool resend_publishes();  // false if the window closed before the last one
  void send_waiting();
  void resend_pubrels();
  void send_pubrel(const Outgoing& outgoing);
  std::uint16_t take_packet_id();
  std::uint32_t first_quota(std::uint16_t client_receive_maximum) const;
  void bound_queue();
  // The end of an exchange: gives back identifier and quota; finish() then sends what waits.
  void finish(Messages& list, Messages::iterator finished, bool gives_back_quota = true);
  void remove(Messages& list, Messages::iterator finished, bool gives_back_quota = true);
  static Messages::iterator find(Messages& list, std::uint16_t packet_id);

  // Defects and variants (outbox_defects.cpp).
  void spoil_before_resume();
  void repeat_on_live_connection(Duration interval);
  void begin_batch();
  bool batch_is_full() const;

  Loop& loop_;
  const BrokerSettings& settings_;
  Connection* connection_ = nullptr;
  std::uint32_t send_quota_ = 0;     // of the present connection
  std::size_t resends_pending_ = 0;  // of `publishes_`: those not sent on the present connection
  Messages queue_;                   // in the order of arrival
  Messages publishes_;               // in the order of the first PUBLISH
  Messages pubrels_;                 // in the order of the PUBRECs (3.1.1: MQTT-4.6.0-4)
  PacketIds packet_ids_;

  // For defects and variants only.
  bool was_attached_ = false;
  bool is_resuming_ = false;
  std::uint32_t leaked_slots_ = 0;
  std::size_t batch_sent_ = 0;
  std::unique_ptr<Alarm> repeat_alarm_{};
  std::unique_ptr<Alarm> batch_alarm_{};  // set while messages go out in batches
};

}  // namespace holdfast::broker
