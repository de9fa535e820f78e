// No packet is larger than the Maximum Packet Size of the client's CONNECT.
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_maximum_packet_size = "maximum-packet-size";

constexpr Rule size{"", "MQTT-3.1.2-24"};

constexpr auto maximum_packet_size_requirements_v5 = std::to_array<std::string_view>({size.v5});

void judge_maximum_packet_size(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Step& step : view.steps.steps) {
    if (!step.from_server) continue;
    const ConnectionView& connection = view.connection(step.connection);
    if (connection.version != mqtt::Version::v5 || connection.connect == nullptr) continue;
    const auto maximum = connection.connect->properties.maximum_packet_size;
    if (!maximum || step.event->bytes.size() <= *maximum) continue;
    Breach breach = breach_of(view, name_of_maximum_packet_size, step.connection, step.at(), size,
                              "packets of at most " + std::to_string(*maximum) + " bytes");
    breach.observed += " of " + std::to_string(step.event->bytes.size()) + " bytes";
    breaches.push_back(std::move(breach));
  }
}

}  // namespace

Checker maximum_packet_size_checker() {
  return {name_of_maximum_packet_size,
          "No packet is larger than the client's Maximum Packet Size.",
          {},
          maximum_packet_size_requirements_v5,
          check_alone<judge_maximum_packet_size>,
          judge_maximum_packet_size};
}

}  // namespace holdfast
