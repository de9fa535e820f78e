// DUP is 1 on each repeat, 0 at QoS 0, and 0 on the first transmission of a message of which the server
// cannot have made an earlier attempt.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_dup_flag = "dup-flag";

constexpr Rule repeat_has_it{"MQTT-3.3.1-1", "MQTT-3.3.1-1"};
constexpr Rule qos0_has_not{"MQTT-3.3.1-2", "MQTT-3.3.1-2"};
constexpr Rule first_has_not{"MQTT-3.3.1-3", "MQTT-3.3.1-3"};

constexpr auto dup_flag_requirements_v3_1_1 =
    std::to_array<std::string_view>({repeat_has_it.v3_1_1, qos0_has_not.v3_1_1, first_has_not.v3_1_1});
constexpr auto dup_flag_requirements_v5 =
    std::to_array<std::string_view>({repeat_has_it.v5, qos0_has_not.v5, first_has_not.v5});
constexpr auto dup_flag_rows = std::to_array<std::string_view>({"Q-05", "Q-06"});

// How long a server has known of the end of a connection before a message may not have been on its way to it:
// in RabbitMQ the queue hears of it after the connection, and hands messages to it until then.
constexpr Duration word_gets_round = 1s;

// Whether the server knew for long, when the message was written to it, that none of the Session's
// connections before this one was alive: it had closed them itself, or the client had, and a newer one had
// its CONNACK.
bool knew_of_every_cut(const SessionView& view, const Delivery& delivery) {
  const auto& events = view.trace.events();
  const Position published_at = delivery.publication->at;
  const auto was_over = [&](Position end) {
    return end < published_at && events[end].at + word_gets_round <= events[published_at].at;
  };
  bool newer_was_accepted = false;
  const auto& connections = view.session(delivery.session).connections;
  for (auto id = connections.rbegin(); id != connections.rend(); ++id) {
    const ConnectionView& connection = view.connection(*id);
    if (connection.connack_at > delivery.at) continue;
    if (*id != delivery.connection) {
      const bool closed = was_over(connection.server_end);
      const bool left = was_over(connection.client_end) && newer_was_accepted;
      if (!closed && !left) return false;
    }
    if (connection.connack_at < published_at) newer_was_accepted = true;
  }
  return true;
}

bool is_certainly_first(const SessionView& view, const Delivery& delivery) {
  return delivery.transmission == Transmission::first && delivery.publication != nullptr &&
         !delivery.shared && view.is_known(delivery.session) && !view.may_be_of_older_session(delivery) &&
         knew_of_every_cut(view, delivery);
}

bool is_repeat(const Delivery& delivery) {
  // After PUBREL it is not the flag that is wrong: no-publish-after-pubrel.
  return !delivery.pubrel_sent &&
         (delivery.transmission == Transmission::resent || delivery.transmission == Transmission::repeated);
}

void judge_dup_flag(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Delivery& delivery : view.exchanges.deliveries) {
    const bool dup = delivery.publish->dup;
    const auto add = [&](Rule rule, std::string expected, std::string_view interpretation) {
      Breach breach =
          breach_of(view, name_of_dup_flag, delivery.connection, delivery.at, rule, std::move(expected));
      breach.interpretation = interpretation;
      add_evidence(view, breach, "first sent", delivery.exchange_began_at);
      breaches.push_back(std::move(breach));
    };
    if (delivery.publish->qos == 0) {
      if (dup) add(qos0_has_not, "DUP 0 at QoS 0", "");
    } else if (!dup && is_repeat(delivery)) {
      add(repeat_has_it, "DUP 1: this message was sent before", "Q-06");
    } else if (dup && is_certainly_first(view, delivery)) {
      Breach breach = breach_of(view, name_of_dup_flag, delivery.connection, delivery.at, first_has_not,
                                "DUP 0: the server cannot have sent this message before");
      breach.interpretation = "Q-05";
      add_evidence(view, breach, "published", delivery.publication->at);
      breaches.push_back(std::move(breach));
    }
  }
}

}  // namespace

Checker dup_flag_checker() {
  return {name_of_dup_flag,
          "DUP is 1 on repeats, and 0 on first transmissions and at QoS 0.",
          dup_flag_requirements_v3_1_1,
          dup_flag_requirements_v5,
          check_alone<judge_dup_flag>,
          judge_dup_flag,
          dup_flag_rows};
}

}  // namespace holdfast
