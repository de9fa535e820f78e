// In 5.0 nothing is sent again on a connection that lives: neither a PUBLISH nor a PUBREL. 3.1.1
// leaves it open.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_no_repeat = "no-repeat-on-live-connection";

constexpr Rule only_on_resume{"", "MQTT-4.4.0-1"};

constexpr auto no_repeat_requirements_v5 = std::to_array<std::string_view>({only_on_resume.v5});
constexpr auto no_repeat_rows = std::to_array<std::string_view>({"Q-04"});

void judge_no_repeat(const SessionView& view, std::vector<Breach>& breaches) {
  const auto add = [&](ConnectionId connection, Position at, Position began_at) {
    if (view.connection(connection).version != mqtt::Version::v5) return;
    Breach breach =
        breach_of(view, name_of_no_repeat, connection, at, only_on_resume, "no repeat on a live connection");
    breach.interpretation = "Q-04";
    add_evidence(view, breach, "first sent", began_at);
    breaches.push_back(std::move(breach));
  };
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (delivery.transmission == Transmission::repeated && !delivery.pubrel_sent) {
      add(delivery.connection, delivery.at, delivery.exchange_began_at);
    }
  }
  for (const Release& release : view.exchanges.releases) {
    if (release.kind == ReleaseKind::repeated) add(release.connection, release.at, never);
  }
}

}  // namespace

Checker no_repeat_checker() {
  return {name_of_no_repeat,
          "In 5.0 nothing is sent again while the connection lives.",
          {},
          no_repeat_requirements_v5,
          check_alone<judge_no_repeat>,
          judge_no_repeat,
          no_repeat_rows};
}

}  // namespace holdfast
