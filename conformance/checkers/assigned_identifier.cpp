// A 5.0 client that is accepted without a client identifier is told the one that it was given, and no other
// client that is still connected has the same.
#include <array>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_assigned_identifier = "assigned-identifier";

constexpr Rule assigned{"", "MQTT-3.2.2-16"};

constexpr auto assigned_identifier_requirements_v5 = std::to_array<std::string_view>({assigned.v5});

bool is_open_at(const ConnectionView& connection, Position at) {
  return connection.client_end > at && connection.server_end > at && connection.displaced_at > at;
}

void judge_assigned_identifier(const SessionView& view, std::vector<Breach>& breaches) {
  std::unordered_map<std::string_view, ConnectionId> owners;
  for (const Step& step : view.steps.steps) {
    const auto* connack = step.as<mqtt::Connack>();
    if (connack == nullptr || step.session == no_session) continue;
    const ConnectionView& connection = view.connection(step.connection);
    if (connection.connack != connack || connection.version != mqtt::Version::v5) continue;
    if (!connection.connect->client_id.empty()) continue;
    const auto& identifier = connack->properties.assigned_client_identifier;
    if (!identifier || identifier->empty()) {
      breaches.push_back(breach_of(view, name_of_assigned_identifier, step.connection, step.at(), assigned,
                                   "an Assigned Client Identifier: CONNECT had none"));
      continue;
    }
    const auto [owner, is_new] = owners.try_emplace(*identifier, step.connection);
    if (!is_new && is_open_at(view.connection(owner->second), step.at())) {
      Breach breach = breach_of(view, name_of_assigned_identifier, step.connection, step.at(), assigned,
                                "an Assigned Client Identifier that no other client has");
      add_evidence(view, breach, "given before", view.connection(owner->second).connack_at);
      breaches.push_back(std::move(breach));
    }
    owner->second = step.connection;
  }
}

}  // namespace

Checker assigned_identifier_checker() {
  return {name_of_assigned_identifier,
          "A client without an identifier is told the one it was given, its own alone.",
          {},
          assigned_identifier_requirements_v5,
          check_alone<judge_assigned_identifier>,
          judge_assigned_identifier};
}

}  // namespace holdfast
