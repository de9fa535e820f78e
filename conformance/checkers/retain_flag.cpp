// A message that was published with RETAIN 0 is no retained message of anybody: it is never delivered with
// RETAIN 1. (Which copies of a retained message carry the flag depends on when the subscription took force:
// cases judge that.)
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_retain_flag = "retain-flag";

constexpr Rule not_retained{"MQTT-3.3.1-9", "MQTT-3.3.1-12"};

constexpr auto retain_flag_requirements_v3_1_1 = std::to_array<std::string_view>({not_retained.v3_1_1});
constexpr auto retain_flag_requirements_v5 = std::to_array<std::string_view>({not_retained.v5});

void judge_retain_flag(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Delivery& delivery : view.exchanges.deliveries) {
    const Publication* publication = delivery.publication;
    if (!delivery.publish->retain || publication == nullptr || publication->publish->retain) continue;
    Breach breach = breach_of(view, name_of_retain_flag, delivery.connection, delivery.at, not_retained,
                              "RETAIN 0: the message was published with RETAIN 0");
    add_evidence(view, breach, "published", publication->at);
    breaches.push_back(std::move(breach));
  }
}

}  // namespace

Checker retain_flag_checker() {
  return {name_of_retain_flag,
          "A message published with RETAIN 0 is not delivered with RETAIN 1.",
          retain_flag_requirements_v3_1_1,
          retain_flag_requirements_v5,
          check_alone<judge_retain_flag>,
          judge_retain_flag};
}

}  // namespace holdfast
