// Once PUBREL has been sent, the PUBLISH of that exchange is not sent again (Q-03: only if the PUBREL was
// seen).
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_no_publish_after_pubrel = "no-publish-after-pubrel";

constexpr Rule released{"MQTT-4.3.3-1", "MQTT-4.3.3-6"};

constexpr auto no_publish_after_pubrel_requirements_v3_1_1 =
    std::to_array<std::string_view>({released.v3_1_1});
constexpr auto no_publish_after_pubrel_requirements_v5 = std::to_array<std::string_view>({released.v5});
constexpr auto no_publish_after_pubrel_rows = std::to_array<std::string_view>({"Q-03"});

void judge_no_publish_after_pubrel(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Delivery& delivery : view.exchanges.deliveries) {
    const bool unfinished =
        delivery.transmission == Transmission::resent || delivery.transmission == Transmission::repeated;
    if (!unfinished || !delivery.pubrel_sent) continue;
    Breach breach = breach_of(view, name_of_no_publish_after_pubrel, delivery.connection, delivery.at,
                              released, "PUBREL and not PUBLISH: the exchange is past its PUBREL");
    breach.interpretation = "Q-03";
    add_evidence(view, breach, "first sent", delivery.exchange_began_at);
    breaches.push_back(std::move(breach));
  }
}

}  // namespace

Checker no_publish_after_pubrel_checker() {
  return {name_of_no_publish_after_pubrel,
          "After PUBREL the PUBLISH is not sent again.",
          no_publish_after_pubrel_requirements_v3_1_1,
          no_publish_after_pubrel_requirements_v5,
          check_alone<judge_no_publish_after_pubrel>,
          judge_no_publish_after_pubrel,
          no_publish_after_pubrel_rows};
}

}  // namespace holdfast
