// Messages of one publisher on one topic at one QoS reach each Session in the order in which the server was
// given them. Judged on first transmissions of messages that were published once, delivered at the QoS of
// their publication, live or from a queue. A QoS 2 message may be passed on at its PUBLISH or at its PUBREL
// so two of them are compared only if both came in the same order.
#include <array>
#include <string_view>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_message_order = "message-order";

constexpr Rule in_order{"MQTT-4.6.0-6", "MQTT-4.6.0-5"};

constexpr auto message_order_requirements_v3_1_1 = std::to_array<std::string_view>({in_order.v3_1_1});
constexpr auto message_order_requirements_v5 = std::to_array<std::string_view>({in_order.v5});

// One publisher's connection, one topic, one QoS, one Session that gets the messages.
struct Stream {
  SessionIndex session;
  ConnectionId publisher;
  int qos;
  std::string_view topic;

  bool operator==(const Stream&) const = default;
};

struct HashStream {
  std::size_t operator()(const Stream& stream) const {
    std::size_t hash = std::hash<std::string_view>()(stream.topic);
    for (const std::size_t part :
         {std::size_t{stream.session}, std::size_t{stream.publisher}, static_cast<std::size_t>(stream.qos)}) {
      hash = hash * 1'099'511'628'211u + part;
    }
    return hash;
  }
};

bool is_judged(const SessionView& view, const Delivery& delivery) {
  const Publication* publication = delivery.publication;
  const bool is_first =
      delivery.transmission == Transmission::first || delivery.transmission == Transmission::qos0;
  return is_first && delivery.sure && view.is_known(delivery.session) && !delivery.publish->dup &&
         !delivery.publish->retain && publication != nullptr && publication->copies == 1 &&
         publication->releases <= 1 && !publication->publish->retain &&
         publication->publish->qos == delivery.publish->qos && !delivery.shared &&
         delivery.matching.subscriptions == 1;
}

// `earlier` has been delivered; had `now` to be delivered before it?
bool had_to_precede(const Publication& now, const Publication& earlier) {
  if (now.at >= earlier.at) return false;
  return now.publish->qos < 2 || now.released_at < earlier.released_at;
}

void judge_message_order(const SessionView& view, std::vector<Breach>& breaches) {
  struct Latest {
    const Publication* publication;
    Position delivered_at;
  };
  std::unordered_map<Stream, Latest, HashStream> streams;
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (!is_judged(view, delivery)) continue;
    const Publication& now = *delivery.publication;
    const Stream stream{delivery.session, now.connection, now.publish->qos, delivery.topic};
    const auto [found, is_new] = streams.try_emplace(stream, Latest{&now, delivery.at});
    if (is_new) continue;
    Latest& latest = found->second;
    if (had_to_precede(now, *latest.publication)) {
      Breach breach = breach_of(view, name_of_message_order, delivery.connection, delivery.at, in_order,
                                "messages of one publisher, topic and QoS in the order of their publication");
      add_evidence(view, breach, "overtaken by", latest.delivered_at);
      add_evidence(view, breach, "published", now.at);
      add_evidence(view, breach, "which was published", latest.publication->at);
      breaches.push_back(std::move(breach));
    } else if (now.at > latest.publication->at) {
      latest = Latest{&now, delivery.at};
    }
  }
}

}  // namespace

Checker message_order_checker() {
  return {name_of_message_order,
          "Messages of one publisher, topic and QoS arrive in order.",
          message_order_requirements_v3_1_1,
          message_order_requirements_v5,
          check_alone<judge_message_order>,
          judge_message_order};
}

}  // namespace holdfast
