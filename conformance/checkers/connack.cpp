// CONNACK is the first packet from the server (5.0: AUTH may come before it), comes once, and answers a
// CONNECT.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_connack = "connack";

constexpr Rule connack_first{"MQTT-3.2.0-1", "MQTT-3.2.0-1"};
constexpr Rule connect_first{"MQTT-3.1.0-1", "MQTT-3.1.0-1"};
constexpr Rule second_connect{"MQTT-3.1.0-2", "MQTT-3.2.0-2"};
constexpr Rule connack_once{"MQTT-3.2.0-1", "MQTT-3.2.0-2"};
constexpr Rule no_disconnect_before{"HF-3.1.1-G38", "MQTT-3.14.0-1"};

constexpr auto connack_requirements_v3_1_1 =
    std::to_array<std::string_view>({connack_first.v3_1_1, connect_first.v3_1_1, second_connect.v3_1_1});
constexpr auto connack_requirements_v5 = std::to_array<std::string_view>(
    {connack_first.v5, connack_once.v5, connect_first.v5, no_disconnect_before.v5});

enum class Stage : std::uint8_t { nothing, connack, reported };

void judge_first(const SessionView& view, const Step& step, std::vector<Breach>& breaches) {
  const ConnectionView& connection = view.connection(step.connection);
  if (step.as<mqtt::Disconnect>() != nullptr) {
    Breach breach = breach_of(view, name_of_connack, step.connection, step.at(), no_disconnect_before,
                              "no DISCONNECT from the server before a CONNACK 0x00");
    // Without a readable CONNECT it is not known which version the server answers in.
    breach.must = connection.connect != nullptr;
    breaches.push_back(std::move(breach));
    return;
  }
  breaches.push_back(breach_of(view, name_of_connack, step.connection, step.at(), connack_first,
                               "CONNACK as the first packet from the server"));
}

void judge_answer(const SessionView& view, const Step& step, const mqtt::Connack& connack,
                  std::vector<Breach>& breaches) {
  const ConnectionView& connection = view.connection(step.connection);
  if (connection.connack != &connack) {
    const bool answers_second = connection.client_unreadable_at < step.at();
    breaches.push_back(breach_of(view, name_of_connack, step.connection, step.at(),
                                 answers_second ? second_connect : connack_once,
                                 "one CONNACK on a connection"));
    return;
  }
  const bool unasked = connection.connect == nullptr && connection.client_unreadable_at == never;
  if (unasked && connack.reason == mqtt::ReasonCode::success) {
    breaches.push_back(breach_of(view, name_of_connack, step.connection, step.at(), connect_first,
                                 "no CONNACK 0x00 without a whole CONNECT"));
  }
}

void judge_connack(const SessionView& view, std::vector<Breach>& breaches) {
  std::vector<Stage> stages(view.steps.connections.size(), Stage::nothing);
  for (const Step& step : view.steps.steps) {
    if (!step.from_server) continue;
    Stage& stage = stages[step.connection];
    if (const auto* connack = step.as<mqtt::Connack>()) {
      judge_answer(view, step, *connack, breaches);
      stage = Stage::connack;
    } else if (stage == Stage::nothing && step.as<mqtt::Auth>() == nullptr) {
      judge_first(view, step, breaches);
      stage = Stage::reported;
    }
  }
}

}  // namespace

Checker connack_checker() {
  return {name_of_connack,
          "CONNACK comes first, once, and answers a CONNECT.",
          connack_requirements_v3_1_1,
          connack_requirements_v5,
          check_alone<judge_connack>,
          judge_connack};
}

}  // namespace holdfast
