#include "conformance/checkers/deliveries.h"

#include <unordered_map>
#include <utility>

namespace holdfast {

namespace {

// What the server has under way, or had last, under one Packet Identifier of a Session.
struct Exchange {
  const mqtt::Publish* publish = nullptr;  // nullptr: only a stray PUBREC of the client
  std::string_view topic;
  std::size_t size = 0;  // bytes of the packet
  Position began_at = never;
  ConnectionId connection = 0;  // of the latest PUBLISH

  std::uint32_t pubrecs_unanswered = 0;
  Position pubrec_at = never;
  ConnectionId pubrec_connection = 0;
  bool pubrec_order_unsure = false;
  Position pubrel_at = never;
  ConnectionId pubrel_connection = 0;

  bool refused = false;   // PUBREC of 0x80 or above, and none below
  bool done = false;      // the client has acknowledged it, as far as was written to the server
  bool doubtful = false;  // the client acknowledged in a way that a server may read in more than one
};

struct SessionState {
  std::unordered_map<std::uint16_t, Exchange> exchanges;
  SubscriptionBook subscriptions;
  std::unordered_map<std::uint16_t, std::string_view> aliases;  // of all connections
};

class DeliveriesReplay {
 public:
  DeliveriesReplay(const Steps& steps, Deliveries& out)
      : steps_(steps), out_(out), sessions_(steps.sessions.size()), aliases_(steps.connections.size()) {}

  void on_step(const Step& step) {
    if (step.from_server) {
      if (const auto* publish = step.as<mqtt::Publish>()) return on_publish(step, *publish);
      if (const auto* pubrel = step.as<mqtt::Pubrel>()) return on_pubrel(step, *pubrel);
      if (const auto* suback = step.as<mqtt::Suback>(); suback != nullptr && step.session != no_session) {
        sessions_[step.session].subscriptions.answered(*suback);
      }
      return;
    }
    if (step.session == no_session) return;
    if (const auto* puback = step.as<mqtt::Puback>()) {
      acknowledged(step, puback->packet_id, 1);
    } else if (const auto* pubrec = step.as<mqtt::Pubrec>()) {
      received(step, *pubrec);
    } else if (const auto* pubcomp = step.as<mqtt::Pubcomp>()) {
      acknowledged(step, pubcomp->packet_id, 2);
    } else if (const auto* subscribe = step.as<mqtt::Subscribe>()) {
      sessions_[step.session].subscriptions.asked(*subscribe);
    }
  }

 private:
  // --- what the client says ---

  void acknowledged(const Step& step, std::uint16_t packet_id, int qos) {
    auto& exchanges = sessions_[step.session].exchanges;
    const auto found = exchanges.find(packet_id);
    if (found == exchanges.end() || found->second.publish == nullptr) return;
    Exchange& exchange = found->second;
    exchange.done = true;
    if (!step.sure || exchange.publish->qos != qos) exchange.doubtful = true;
    if (qos == 2 && exchange.pubrel_at == never) exchange.doubtful = true;
  }

  void received(const Step& step, const mqtt::Pubrec& pubrec) {
    Exchange& exchange = sessions_[step.session].exchanges[pubrec.packet_id];
    if (exchange.publish != nullptr && (!step.sure || exchange.publish->qos != 2)) exchange.doubtful = true;
    if (mqtt::is_error(pubrec.reason)) {
      if (exchange.pubrec_at != never || exchange.pubrel_at != never) exchange.doubtful = true;
      exchange.refused = exchange.pubrec_at == never;
      exchange.done = true;
      return;
    }
    // A PUBREC after one that has ended the exchange may be read as either.
    if (exchange.refused) exchange.doubtful = true;
    ++exchange.pubrecs_unanswered;
    exchange.pubrec_connection = step.connection;
    if (exchange.pubrec_at == never) exchange.pubrec_at = step.at();
  }

  // --- what the server sends ---

  void on_publish(const Step& step, const mqtt::Publish& publish) {
    Delivery& delivery = out_.deliveries.emplace_back();
    delivery.at = step.at();
    delivery.connection = step.connection;
    delivery.session = step.session;
    delivery.publish = &publish;
    delivery.sure = step.sure;
    resolve_topic(delivery);
    if (step.session == no_session) return;
    SessionState& session = sessions_[step.session];
    for (const std::uint32_t identifier : publish.properties.subscription_identifiers) {
      if (!session.subscriptions.knows_identifier(identifier)) delivery.unknown_identifier = identifier;
    }
    delivery.shared = session.subscriptions.has_shared();
    delivery.matching = session.subscriptions.matching(delivery.topic);
    if (publish.qos > 0) {
      classify(step, delivery, session.exchanges[publish.packet_id]);
    } else if (step.sure) {
      delivery.transmission = Transmission::qos0;
    }
  }

  void resolve_topic(Delivery& delivery) {
    delivery.topic = delivery.publish->topic;
    const auto alias = delivery.publish->properties.topic_alias;
    if (!alias) return;
    auto& here = aliases_[delivery.connection];
    if (!delivery.topic.empty()) {
      here[*alias] = delivery.topic;
      if (delivery.session != no_session) sessions_[delivery.session].aliases[*alias] = delivery.topic;
    } else if (const auto known = here.find(*alias); known != here.end()) {
      delivery.topic = known->second;
    } else {
      delivery.alias_unknown = true;
      delivery.alias_of_earlier_connection =
          delivery.session != no_session && sessions_[delivery.session].aliases.contains(*alias);
    }
  }

  void classify(const Step& step, Delivery& delivery, Exchange& exchange) {
    const bool had_one = exchange.publish != nullptr;
    const bool same = had_one && is_same_message(exchange, delivery);
    if (had_one) {
      delivery.exchange_began_at = exchange.began_at;
      delivery.pubrel_sent = exchange.pubrel_at != never;
      delivery.completed = exchange.done && delivery.pubrel_sent && !exchange.doubtful && !exchange.refused;
    }
    if (!step.sure) {
      // It was sent, but nobody knows when: the exchange under this identifier can no longer be judged.
      if (!had_one || exchange.done) begin(step, delivery, exchange);
      exchange.doubtful = true;
      return;
    }
    delivery.transmission = kind_of(step, exchange, same);
    const bool goes_on = delivery.transmission == Transmission::resent ||
                         delivery.transmission == Transmission::repeated ||
                         (delivery.transmission == Transmission::unsure && same);
    if (!goes_on) return begin(step, delivery, exchange);
    exchange.connection = step.connection;
    if (exchange.pubrel_at == never && exchange.pubrec_at != never) {
      // The PUBREC crossed this packet; the next one may be counted from either.
      exchange.pubrec_at = never;
      exchange.pubrec_order_unsure = true;
    }
  }

  Transmission kind_of(const Step& step, const Exchange& exchange, bool same) const {
    if (exchange.publish == nullptr) return Transmission::first;
    if (exchange.done) return same ? Transmission::again : Transmission::first;
    if (exchange.doubtful) return Transmission::unsure;
    if (same) {
      return exchange.connection == step.connection ? Transmission::repeated : Transmission::resent;
    }
    return may_have_been_dropped(step, exchange) ? Transmission::first : Transmission::reused;
  }

  static bool is_same_message(const Exchange& exchange, const Delivery& delivery) {
    if (exchange.publish->payload != delivery.publish->payload) return false;
    return exchange.topic == delivery.topic || exchange.topic.empty() || delivery.topic.empty();
  }

  // A message that expired in flight is dropped by some servers (F-02 grades that); one that is too large for
  // the new connection has to be (MQTT-3.1.2-25). Either way its identifier is free.
  bool may_have_been_dropped(const Step& step, const Exchange& exchange) const {
    if (exchange.publish->properties.message_expiry_interval) return true;
    const auto maximum = steps_.connection(step.connection).connect->properties.maximum_packet_size;
    return maximum.has_value() && exchange.size > *maximum;
  }

  static void begin(const Step& step, const Delivery& delivery, Exchange& exchange) {
    // A PUBREC that was written before belongs to no exchange, yet a server may answer it.
    const std::uint32_t pubrecs_unanswered = exchange.pubrecs_unanswered;
    exchange = Exchange{};
    exchange.pubrecs_unanswered = pubrecs_unanswered;
    exchange.pubrec_order_unsure = pubrecs_unanswered > 0;
    exchange.publish = delivery.publish;
    exchange.topic = delivery.topic;
    exchange.size = step.event->bytes.size();
    exchange.began_at = step.at();
    exchange.connection = step.connection;
  }

  void on_pubrel(const Step& step, const mqtt::Pubrel& pubrel) {
    Release& release = out_.releases.emplace_back();
    release.at = step.at();
    release.connection = step.connection;
    release.session = step.session;
    release.pubrel = &pubrel;
    if (step.session == no_session) return;
    Exchange& exchange = sessions_[step.session].exchanges[pubrel.packet_id];
    release.kind = kind_of(step, exchange, pubrel);
    // It may belong to the old Session that the server said it did not have (session-present).
    const bool has_older = steps_.sessions[step.session].predecessor != no_session;
    if (exchange.publish == nullptr && has_older) release.kind = ReleaseKind::unsure;
    if (!exchange.pubrec_order_unsure) release.pubrec_at = exchange.pubrec_at;
    if (!step.sure || mqtt::is_error(pubrel.reason)) exchange.doubtful = true;
    if (exchange.pubrecs_unanswered > 0) --exchange.pubrecs_unanswered;
    if (exchange.pubrel_at == never) exchange.pubrel_at = step.at();
    exchange.pubrel_connection = step.connection;
  }

  static ReleaseKind kind_of(const Step& step, const Exchange& exchange, const mqtt::Pubrel& pubrel) {
    if (!step.sure || exchange.doubtful || mqtt::is_error(pubrel.reason)) return ReleaseKind::unsure;
    if (exchange.pubrecs_unanswered > 0) {
      return exchange.pubrec_connection == step.connection ? ReleaseKind::answer : ReleaseKind::resent;
    }
    if (exchange.refused) {
      return exchange.publish != nullptr ? ReleaseKind::after_refusal : ReleaseKind::unsure;
    }
    if (exchange.pubrel_at == never) return exchange.done ? ReleaseKind::unsure : ReleaseKind::unasked;
    if (exchange.done || exchange.publish == nullptr) return ReleaseKind::unsure;
    return exchange.pubrel_connection == step.connection ? ReleaseKind::repeated : ReleaseKind::resent;
  }

  const Steps& steps_;
  Deliveries& out_;
  std::vector<SessionState> sessions_;
  std::vector<std::unordered_map<std::uint16_t, std::string_view>> aliases_;  // by connection
};

}  // namespace

Deliveries::Deliveries(const Steps& steps, const Publications& publications) {
  DeliveriesReplay replay(steps, *this);
  for (const Step& step : steps.steps) replay.on_step(step);
  for (Delivery& delivery : deliveries) delivery.publication = publications.only(delivery.publish->payload);
}

}  // namespace holdfast
