// Each PUBACK, PUBREC, PUBCOMP, SUBACK and UNSUBACK answers a packet of the client that waits for it, by
// identifier and type, and not more often than it was asked; SUBACK and UNSUBACK (5.0) have a code for each
// filter. Each PUBREL answers a PUBREC that accepts.
//
// The order of answers is free (D-14), a repeated PUBLISH may be answered once or each time, and what was
// left open on an earlier connection of the Session may be answered on a later one.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_acknowledgements = "acknowledgements";

constexpr Rule publish_identifier{"MQTT-2.3.1-6", "MQTT-2.2.1-5"};
constexpr Rule request_identifier{"MQTT-2.3.1-7", "MQTT-2.2.1-6"};
constexpr Rule type_by_qos{"MQTT-3.3.4-1", "MQTT-3.3.4-1"};
constexpr Rule pubcomp_for_pubrel{"MQTT-4.3.3-2", "MQTT-2.2.1-5"};
constexpr Rule suback_codes{"MQTT-3.8.4-5", "MQTT-3.8.4-6"};
constexpr Rule unsuback_codes{"", "MQTT-3.11.3-1"};
constexpr Rule pubrel_after_pubrec{"MQTT-4.3.3-1", "MQTT-4.3.3-4"};
constexpr Rule no_pubrel_after_refusal{"", "HF-5.0-S37"};

constexpr auto acknowledgements_requirements_v3_1_1 = std::to_array<std::string_view>(
    {publish_identifier.v3_1_1, request_identifier.v3_1_1, type_by_qos.v3_1_1, pubcomp_for_pubrel.v3_1_1,
     suback_codes.v3_1_1, pubrel_after_pubrec.v3_1_1});
constexpr auto acknowledgements_requirements_v5 = std::to_array<std::string_view>(
    {publish_identifier.v5, request_identifier.v5, type_by_qos.v5, suback_codes.v5, unsuback_codes.v5,
     pubrel_after_pubrec.v5, no_pubrel_after_refusal.v5});

// What waits for an answer under one identifier of the client.
struct Waiting {
  std::uint32_t qos1 = 0;
  std::uint32_t qos2 = 0;
  bool qos2_is_open = false;  // published at QoS 2, and no PUBCOMP or failing PUBREC was sent since
  std::uint32_t pubrels = 0;
  std::vector<std::size_t> subscribes;  // number of filters of each
  std::vector<std::size_t> unsubscribes;
};

class AcknowledgementsJudge {
 public:
  AcknowledgementsJudge(const SessionView& view, std::vector<Breach>& breaches)
      : view_(view), breaches_(breaches), sessions_(view.steps.sessions.size()) {}

  void on_step(const Step& step) {
    if (step.session == no_session) return;
    if (step.from_server) {
      on_answer(step);
    } else {
      on_request(step);
    }
  }

  void on_release(const Release& release) {
    if (!view_.is_known(release.session)) return;
    if (release.kind == ReleaseKind::unasked) {
      breaches_.push_back(breach_of(view_, name_of_acknowledgements, release.connection, release.at,
                                    pubrel_after_pubrec, "PUBREL only after PUBREC"));
    } else if (release.kind == ReleaseKind::after_refusal &&
               view_.connection(release.connection).version == mqtt::Version::v5) {
      breaches_.push_back(breach_of(view_, name_of_acknowledgements, release.connection, release.at,
                                    no_pubrel_after_refusal,
                                    "no PUBREL: the client's PUBREC has ended the exchange"));
    }
  }

 private:
  void on_request(const Step& step) {
    auto& session = sessions_[step.session];
    if (const auto* publish = step.as<mqtt::Publish>()) {
      if (publish->qos == 1) ++session[publish->packet_id].qos1;
      if (publish->qos == 2) {
        Waiting& waiting = session[publish->packet_id];
        ++waiting.qos2;
        waiting.qos2_is_open = true;
      }
    } else if (const auto* pubrel = step.as<mqtt::Pubrel>()) {
      ++session[pubrel->packet_id].pubrels;
    } else if (const auto* subscribe = step.as<mqtt::Subscribe>()) {
      session[subscribe->packet_id].subscribes.push_back(subscribe->requests.size());
    } else if (const auto* unsubscribe = step.as<mqtt::Unsubscribe>()) {
      session[unsubscribe->packet_id].unsubscribes.push_back(unsubscribe->filters.size());
    }
  }

  void on_answer(const Step& step) {
    auto& session = sessions_[step.session];
    if (const auto* puback = step.as<mqtt::Puback>()) {
      on_puback(step, session[puback->packet_id]);
    } else if (const auto* pubrec = step.as<mqtt::Pubrec>()) {
      on_pubrec(step, session[pubrec->packet_id], mqtt::is_error(pubrec->reason));
    } else if (const auto* complete = step.as<mqtt::Pubcomp>()) {
      on_pubcomp(step, session[complete->packet_id]);
    } else if (const auto* suback = step.as<mqtt::Suback>()) {
      Waiting& waiting = session[suback->packet_id];
      on_answer_to_filters(step, waiting.subscribes, suback->reasons.size(), suback_codes);
    } else if (const auto* unsuback = step.as<mqtt::Unsuback>()) {
      Waiting& waiting = session[unsuback->packet_id];
      on_answer_to_filters(step, waiting.unsubscribes, unsuback->reasons.size(), unsuback_codes);
    }
  }

  void on_puback(const Step& step, Waiting& waiting) {
    if (waiting.qos1 > 0) {
      --waiting.qos1;
    } else if (waiting.qos2_is_open) {
      add(step, type_by_qos, "PUBREC for a PUBLISH at QoS 2");
    } else {
      add(step, publish_identifier, "PUBACK only for a PUBLISH at QoS 1 that waits for one");
    }
  }

  void on_pubrec(const Step& step, Waiting& waiting, bool ends_exchange) {
    if (waiting.qos2 > 0) {
      --waiting.qos2;
    } else if (waiting.qos2_is_open) {
      // One more than there were PUBLISH packets. No rule of its own forbids it while the exchange is open.
      add(step, publish_identifier, "one PUBREC for each PUBLISH at QoS 2", false);
    } else if (waiting.qos1 > 0) {
      add(step, type_by_qos, "PUBACK for a PUBLISH at QoS 1");
    } else {
      add(step, publish_identifier, "PUBREC only for a PUBLISH at QoS 2 that waits for one");
    }
    if (ends_exchange) waiting.qos2_is_open = false;
  }

  void on_pubcomp(const Step& step, Waiting& waiting) {
    waiting.qos2_is_open = false;
    if (waiting.pubrels > 0) {
      --waiting.pubrels;
    } else {
      add(step, pubcomp_for_pubrel, "PUBCOMP only for a PUBREL that waits for one");
    }
  }

  void on_answer_to_filters(const Step& step, std::vector<std::size_t>& waiting, std::size_t codes,
                            Rule code_for_each) {
    if (waiting.empty()) {
      add(step, request_identifier, "an answer only to a request that waits for it");
      return;
    }
    auto answered = std::find(waiting.begin(), waiting.end(), codes);
    const bool is_counted = !code_for_each.of(view_.connection(step.connection).version).empty();
    if (answered == waiting.end()) {
      answered = waiting.begin();
      if (is_counted) add(step, code_for_each, std::to_string(*answered) + " codes, one for each filter");
    }
    waiting.erase(answered);
  }

  void add(const Step& step, Rule rule, std::string expected, bool must = true) {
    if (!step.sure || !view_.is_known(step.session)) return;
    Breach breach =
        breach_of(view_, name_of_acknowledgements, step.connection, step.at(), rule, std::move(expected));
    breach.must = must;
    breaches_.push_back(std::move(breach));
  }

  const SessionView& view_;
  std::vector<Breach>& breaches_;
  std::vector<std::unordered_map<std::uint16_t, Waiting>> sessions_;
};

void judge_acknowledgements(const SessionView& view, std::vector<Breach>& breaches) {
  AcknowledgementsJudge judge_of_answers(view, breaches);
  for (const Step& step : view.steps.steps) judge_of_answers.on_step(step);
  for (const Release& release : view.exchanges.releases) judge_of_answers.on_release(release);
}

}  // namespace

Checker acknowledgements_checker() {
  return {name_of_acknowledgements,
          "Each answer of the server belongs to a packet of the client that waits for it.",
          acknowledgements_requirements_v3_1_1,
          acknowledgements_requirements_v5,
          check_alone<judge_acknowledgements>,
          judge_acknowledgements};
}

}  // namespace holdfast
