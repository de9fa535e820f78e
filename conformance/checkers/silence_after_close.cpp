// Behind its own DISCONNECT (5.0) and behind a CONNACK that refuses, the server sends nothing but the end of
// the connection.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_silence_after_close = "silence-after-close";

constexpr Rule after_disconnect{"HF-3.1.1-G38", "MQTT-3.14.4-1"};
constexpr Rule after_refusal{"MQTT-3.2.2-5", "MQTT-3.2.2-7"};

constexpr auto silence_after_close_requirements_v3_1_1 =
    std::to_array<std::string_view>({after_refusal.v3_1_1});
constexpr auto silence_after_close_requirements_v5 =
    std::to_array<std::string_view>({after_disconnect.v5, after_refusal.v5});

struct LastWord {
  Position at = never;
  bool is_refusal = false;
  bool reported = false;
};

bool is_refusal(const mqtt::Connack& connack, mqtt::Version version) {
  return version == mqtt::Version::v5 ? mqtt::is_error(connack.reason)
                                      : connack.reason != mqtt::ReasonCode::success;
}

void judge_silence_after_close(const SessionView& view, std::vector<Breach>& breaches) {
  std::vector<LastWord> last_words(view.steps.connections.size());
  for (const Step& step : view.steps.steps) {
    if (!step.from_server) continue;
    LastWord& last_word = last_words[step.connection];
    if (last_word.at == never) {
      const auto* connack = step.as<mqtt::Connack>();
      const bool refuses =
          connack != nullptr && is_refusal(*connack, view.connection(step.connection).version);
      if (refuses || step.as<mqtt::Disconnect>() != nullptr) last_word = {step.at(), refuses, false};
    } else if (!last_word.reported) {
      last_word.reported = true;
      Breach breach = breach_of(
          view, name_of_silence_after_close, step.connection, step.at(),
          last_word.is_refusal ? after_refusal : after_disconnect,
          last_word.is_refusal ? "nothing behind the CONNACK that refuses" : "nothing behind DISCONNECT");
      add_evidence(view, breach, "the last word was", last_word.at);
      breaches.push_back(std::move(breach));
    }
  }
}

}  // namespace

Checker silence_after_close_checker() {
  return {name_of_silence_after_close,
          "Nothing follows the server's DISCONNECT or a CONNACK that refuses.",
          silence_after_close_requirements_v3_1_1,
          silence_after_close_requirements_v5,
          check_alone<judge_silence_after_close>,
          judge_silence_after_close};
}

}  // namespace holdfast
