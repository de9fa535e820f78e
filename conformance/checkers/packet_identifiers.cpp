// The identifier of an unfinished exchange is given to no other message, for as long as the Session lives;
// and an unacknowledged QoS 1 message that is sent again on a later connection keeps its identifier.
// (Identifier 0 is a matter of format: well-formed. QoS 2 under another identifier: exactly-once.)
#include <array>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_packet_identifiers = "packet-identifiers";

constexpr Rule unused{"MQTT-2.3.1-4", "MQTT-2.2.1-4"};
constexpr Rule kept_identifier{"MQTT-4.4.0-1", "MQTT-4.4.0-1"};

constexpr auto packet_identifiers_requirements_v3_1_1 =
    std::to_array<std::string_view>({unused.v3_1_1, kept_identifier.v3_1_1});
constexpr auto packet_identifiers_requirements_v5 =
    std::to_array<std::string_view>({unused.v5, kept_identifier.v5});

// The unacknowledged QoS 1 messages of one Session, both ways round.
struct Unacknowledged {
  std::unordered_map<std::uint16_t, const Publication*> by_identifier;
  std::unordered_map<const Publication*, const Delivery*> by_message;

  void forget(std::uint16_t packet_id) {
    const auto found = by_identifier.find(packet_id);
    if (found == by_identifier.end()) return;
    by_message.erase(found->second);
    by_identifier.erase(found);
  }
};

// Each copy of the message that this Session gets is the same copy.
bool is_only_copy(const SessionView& view, const Delivery& delivery) {
  return delivery.sure && view.is_known(delivery.session) && delivery.publication != nullptr &&
         delivery.publication->copies == 1 && !delivery.publication->publish->retain &&
         !delivery.publish->retain && !delivery.shared && delivery.matching.subscriptions == 1;
}

void judge_new_identifier(const SessionView& view, const Delivery& delivery, Unacknowledged& unacknowledged,
                          std::vector<Breach>& breaches) {
  if (delivery.transmission != Transmission::first && delivery.transmission != Transmission::reused) {
    if (delivery.transmission == Transmission::unsure) unacknowledged.forget(delivery.publish->packet_id);
    return;
  }
  unacknowledged.forget(delivery.publish->packet_id);
  if (delivery.publish->qos != 1 || !is_only_copy(view, delivery)) return;
  const auto [earlier, is_new] = unacknowledged.by_message.try_emplace(delivery.publication, &delivery);
  if (!is_new && earlier->second->connection != delivery.connection) {
    Breach breach = breach_of(
        view, name_of_packet_identifiers, delivery.connection, delivery.at, kept_identifier,
        "the message again under its own identifier " + std::to_string(earlier->second->publish->packet_id));
    add_evidence(view, breach, "first sent", earlier->second->at);
    breaches.push_back(std::move(breach));
  }
  if (!is_new) return;
  unacknowledged.by_identifier[delivery.publish->packet_id] = delivery.publication;
}

void judge_packet_identifiers(const SessionView& view, std::vector<Breach>& breaches) {
  std::vector<Unacknowledged> sessions(view.steps.sessions.size());
  std::size_t next_delivery = 0;
  for (const Step& step : view.steps.steps) {
    if (step.from_server) {
      if (step.as<mqtt::Publish>() == nullptr) continue;
      const Delivery& delivery = view.exchanges.deliveries[next_delivery++];
      if (delivery.session == no_session || delivery.publish->qos == 0) continue;
      if (delivery.transmission == Transmission::reused) {
        Breach breach = breach_of(view, name_of_packet_identifiers, delivery.connection, delivery.at, unused,
                                  "an identifier that is not in use");
        add_evidence(view, breach, "in use since", delivery.exchange_began_at);
        breaches.push_back(std::move(breach));
      }
      judge_new_identifier(view, delivery, sessions[delivery.session], breaches);
    } else if (step.session != no_session) {
      if (const auto* puback = step.as<mqtt::Puback>()) sessions[step.session].forget(puback->packet_id);
      if (const auto* pubrec = step.as<mqtt::Pubrec>()) sessions[step.session].forget(pubrec->packet_id);
      if (const auto* pubcomp = step.as<mqtt::Pubcomp>()) sessions[step.session].forget(pubcomp->packet_id);
    }
  }
}

}  // namespace

Checker packet_identifiers_checker() {
  return {name_of_packet_identifiers,
          "The identifier of an unfinished exchange stands for one message.",
          packet_identifiers_requirements_v3_1_1,
          packet_identifiers_requirements_v5,
          check_alone<judge_packet_identifiers>,
          judge_packet_identifiers};
}

}  // namespace holdfast
