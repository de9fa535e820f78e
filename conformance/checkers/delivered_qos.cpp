// A message is delivered at no higher QoS than it was published at, and at no higher QoS than the highest
// that the Session was ever granted for a subscription that matches it.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_delivered_qos = "delivered-qos";

constexpr Rule minimum{"MQTT-3.8.4-6", "MQTT-3.8.4-8"};

constexpr auto delivered_qos_requirements_v3_1_1 = std::to_array<std::string_view>({minimum.v3_1_1});
constexpr auto delivered_qos_requirements_v5 = std::to_array<std::string_view>({minimum.v5});

void judge_delivered_qos(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Delivery& delivery : view.exchanges.deliveries) {
    const int qos = delivery.publish->qos;
    if (qos == 0 || !delivery.sure || !view.is_known(delivery.session)) continue;
    const Publication* publication = delivery.publication;
    if (publication != nullptr && qos > publication->publish->qos) {
      Breach breach =
          breach_of(view, name_of_delivered_qos, delivery.connection, delivery.at, minimum,
                    "at most the QoS of its publication, " + std::to_string(publication->publish->qos));
      add_evidence(view, breach, "published", publication->at);
      breaches.push_back(std::move(breach));
    } else if (!view.may_be_of_older_session(delivery) && delivery.matching.qos_max >= 0 &&
               qos > delivery.matching.qos_max) {
      breaches.push_back(
          breach_of(view, name_of_delivered_qos, delivery.connection, delivery.at, minimum,
                    "at most the QoS that was granted, " + std::to_string(delivery.matching.qos_max)));
    }
  }
}

}  // namespace

Checker delivered_qos_checker() {
  return {name_of_delivered_qos,
          "No message is delivered above its published or granted QoS.",
          delivered_qos_requirements_v3_1_1,
          delivered_qos_requirements_v5,
          check_alone<judge_delivered_qos>,
          judge_delivered_qos};
}

}  // namespace holdfast
