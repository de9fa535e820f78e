// On a resumed connection unacknowledged PUBLISH packets come again in the order in which they were sent at
// first, and (3.1.1) PUBREL packets go out in the order of their PUBRECs. Binding within one publisher, topic
// and QoS; beyond that disputed, and left open by 5.0 (D-15). How the two kinds interleave is free.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_repeat_order = "repeat-order";

constexpr Rule publish_order{"MQTT-4.6.0-1", "MQTT-4.6.0-5"};
constexpr Rule pubrel_order{"MQTT-4.6.0-4", ""};  // in 5.0 it binds the client alone

constexpr auto repeat_order_requirements_v3_1_1 =
    std::to_array<std::string_view>({publish_order.v3_1_1, pubrel_order.v3_1_1});
constexpr auto repeat_order_requirements_v5 = std::to_array<std::string_view>({publish_order.v5});
constexpr auto repeat_order_rows = std::to_array<std::string_view>({"D-15"});

// The latest in the original order so far, of one kind on one connection.
struct Latest {
  Position original = 0;
  Position seen_at = never;
  const Publication* message = nullptr;  // of a PUBLISH, if it is known

  // Whether `now` comes after something that it had to precede. Copies of one message, for overlapping
  // subscriptions, are the same to whoever gets them.
  bool is_overtaken(Position now, const Publication* its_message = nullptr) const {
    const bool is_copy = message != nullptr && message == its_message;
    return seen_at != never && now < original && !is_copy;
  }
  void take(Position now, Position at, const Publication* its_message = nullptr) {
    if (seen_at == never || now > original) *this = {now, at, its_message};
  }
};

Breach disorder(const SessionView& view, ConnectionId connection, Position at, const Latest& latest,
                Rule rule, std::string expected, bool must) {
  Breach breach = breach_of(view, name_of_repeat_order, connection, at, rule, std::move(expected));
  breach.must = must;
  breach.interpretation = "D-15";
  add_evidence(view, breach, "overtaken by", latest.seen_at);
  return breach;
}

void judge_publishes(const SessionView& view, std::vector<Breach>& breaches) {
  using Stream = std::tuple<ConnectionId, SessionIndex, int, std::string_view>;
  std::map<Stream, Latest> streams;  // connection, publisher, QoS, topic
  std::map<ConnectionId, Latest> connections;
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (delivery.transmission != Transmission::resent || delivery.pubrel_sent) continue;
    const Position original = delivery.exchange_began_at;
    Latest& of_all = connections[delivery.connection];
    bool reported = false;
    if (delivery.publication != nullptr && !delivery.topic.empty()) {
      Latest& of_stream = streams[{delivery.connection, delivery.publication->publisher,
                                   delivery.publish->qos, delivery.topic}];
      if (of_stream.is_overtaken(original, delivery.publication)) {
        breaches.push_back(disorder(view, delivery.connection, delivery.at, of_stream, publish_order,
                                    "repeats in the order in which they were sent at first", true));
        reported = true;
      }
      of_stream.take(original, delivery.at, delivery.publication);
    }
    const bool is_v5 = view.connection(delivery.connection).version == mqtt::Version::v5;
    if (!reported && !is_v5 && of_all.is_overtaken(original, delivery.publication)) {
      breaches.push_back(disorder(view, delivery.connection, delivery.at, of_all, publish_order,
                                  "repeats in the order in which they were sent at first", false));
    }
    of_all.take(original, delivery.at, delivery.publication);
  }
}

// An exchange that is released more than once on a connection is left out: 3.1.1 leaves repeats free, and
// nothing tells which of its PUBRELs is one.
void judge_pubrels(const SessionView& view, std::vector<Breach>& breaches) {
  std::map<std::pair<ConnectionId, Position>, std::size_t> times;  // by connection and PUBREC
  for (const Release& release : view.exchanges.releases) ++times[{release.connection, release.pubrec_at}];
  std::map<std::pair<ConnectionId, ReleaseKind>, Latest> latest;
  for (const Release& release : view.exchanges.releases) {
    if (view.connection(release.connection).version == mqtt::Version::v5) continue;
    const bool is_judged = release.kind == ReleaseKind::answer || release.kind == ReleaseKind::resent;
    if (!is_judged || release.pubrec_at == never) continue;
    if (times[{release.connection, release.pubrec_at}] > 1) continue;
    Latest& of_kind = latest[{release.connection, release.kind}];
    if (of_kind.is_overtaken(release.pubrec_at)) {
      breaches.push_back(disorder(view, release.connection, release.at, of_kind, pubrel_order,
                                  "PUBREL packets in the order of their PUBREC packets", false));
    }
    of_kind.take(release.pubrec_at, release.at);
  }
}

void judge_repeat_order(const SessionView& view, std::vector<Breach>& breaches) {
  judge_publishes(view, breaches);
  judge_pubrels(view, breaches);
}

}  // namespace

Checker repeat_order_checker() {
  return {name_of_repeat_order,
          "What is sent again comes in its original order.",
          repeat_order_requirements_v3_1_1,
          repeat_order_requirements_v5,
          check_alone<judge_repeat_order>,
          judge_repeat_order,
          repeat_order_rows};
}

}  // namespace holdfast
