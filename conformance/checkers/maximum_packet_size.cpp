// No packet is larger than the Maximum Packet Size of the client's CONNECT.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name = "maximum-packet-size";

constexpr Rule size{"", "MQTT-3.1.2-24"};

constexpr auto requirements_v5 = std::to_array<std::string_view>({size.v5});

void judge(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Step& step : view.steps.steps) {
    if (!step.from_server) continue;
    const ConnectionView& connection = view.connection(step.connection);
    if (connection.version != mqtt::Version::v5 || connection.connect == nullptr) continue;
    const auto maximum = connection.connect->properties.maximum_packet_size;
    if (!maximum || step.event->bytes.size() <= *maximum) continue;
    Breach breach = breach_of(view, name, step.connection, step.at(), size,
                              "packets of at most " + std::to_string(*maximum) + " bytes");
    breach.observed += " of " + std::to_string(step.event->bytes.size()) + " bytes";
    breaches.push_back(std::move(breach));
  }
}

}  // namespace

Checker maximum_packet_size_checker() {
  return {name,
          "No packet is larger than the client's Maximum Packet Size.",
          {},
          requirements_v5,
          check_alone<judge>,
          judge};
}

}  // namespace holdfast
