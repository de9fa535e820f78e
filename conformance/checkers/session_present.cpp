// Session Present is 0 after Clean Start 1 (3.1.1: Clean Session 1) and for an identifier that the server has
// just made up; and where it is 0, nothing that the old Session had under way goes on. (That it is 0 in a
// refusal is a matter of format: well-formed.)
#include <array>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_session_present = "session-present";

constexpr Rule clean_start{"MQTT-3.2.2-1", "MQTT-3.2.2-2"};
constexpr Rule no_old_session{"HF-3.1.1-S24", "MQTT-3.2.2-3"};
constexpr Rule tells_the_truth{"HF-3.1.1-S42", "MQTT-3.2.2-3"};
constexpr Rule discards{"MQTT-3.1.2-6", "MQTT-3.1.2-4"};

constexpr auto session_present_requirements_v3_1_1 = std::to_array<std::string_view>(
    {clean_start.v3_1_1, no_old_session.v3_1_1, tells_the_truth.v3_1_1, discards.v3_1_1});
constexpr auto session_present_requirements_v5 =
    std::to_array<std::string_view>({clean_start.v5, tells_the_truth.v5, discards.v5});

void judge_connack(const SessionView& view, ConnectionId id, std::vector<Breach>& breaches) {
  const ConnectionView& connection = view.connection(id);
  if (connection.connect == nullptr || connection.connack == nullptr) return;
  if (connection.client_unreadable_at < connection.connack_at) return;
  if (!connection.connack->session_present || connection.connack->reason != mqtt::ReasonCode::success) return;
  if (connection.connect->clean_start) {
    breaches.push_back(breach_of(view, name_of_session_present, id, connection.connack_at, clean_start,
                                 "Session Present 0: the client asked for a clean start"));
  } else if (connection.connect->client_id.empty()) {
    breaches.push_back(breach_of(view, name_of_session_present, id, connection.connack_at, no_old_session,
                                 "Session Present 0: the client has no identifier of an old Session"));
  }
}

// The messages that each Session got, with the identifier and the moment of the first copy.
using Messages = std::vector<std::unordered_map<const Publication*, const Delivery*>>;

// A resend of the old Session: the same message under the same identifier, marked as sent before.
const Delivery* continued_from_old_session(const SessionView& view, const Delivery& delivery,
                                           const Messages& messages) {
  const SessionIndex old = view.session(delivery.session).predecessor;
  if (old == no_session || !delivery.publish->dup || delivery.publish->retain || delivery.shared)
    return nullptr;
  if (delivery.publication->publish->retain || !view.may_be_of_older_session(delivery)) return nullptr;
  const auto found = messages[old].find(delivery.publication);
  if (found == messages[old].end() || found->second->shared) return nullptr;
  return found->second->publish->packet_id == delivery.publish->packet_id ? found->second : nullptr;
}

void judge_deliveries(const SessionView& view, std::vector<Breach>& breaches) {
  Messages messages(view.steps.sessions.size());
  std::vector<bool> reported(view.steps.sessions.size());
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (delivery.transmission != Transmission::first || delivery.publication == nullptr) continue;
    messages[delivery.session].try_emplace(delivery.publication, &delivery);
    if (reported[delivery.session] || !view.is_known(delivery.session)) continue;
    const Delivery* old = continued_from_old_session(view, delivery, messages);
    if (old == nullptr) continue;
    reported[delivery.session] = true;
    const ConnectionView& first = view.connection(view.session(delivery.session).connections.front());
    const bool cleaned = first.connect->clean_start;
    Breach breach = breach_of(view, name_of_session_present, delivery.connection, delivery.at,
                              cleaned ? discards : tells_the_truth,
                              cleaned ? "nothing of the Session that the client asked to discard"
                                      : "nothing of an old Session: Session Present was 0");
    add_evidence(view, breach, "sent in the old Session", old->at);
    add_evidence(view, breach, "the new one began", first.connack_at);
    breaches.push_back(std::move(breach));
  }
}

void judge_session_present(const SessionView& view, std::vector<Breach>& breaches) {
  for (ConnectionId id = 1; id < view.steps.connections.size(); ++id) judge_connack(view, id, breaches);
  judge_deliveries(view, breaches);
}

}  // namespace

Checker session_present_checker() {
  return {name_of_session_present,
          "Session Present is 0 where there can be no old Session, and 0 means that none goes on.",
          session_present_requirements_v3_1_1,
          session_present_requirements_v5,
          check_alone<judge_session_present>,
          judge_session_present};
}

}  // namespace holdfast
