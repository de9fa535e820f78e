// Never more PUBLISH packets at QoS 1 and 2 are under way to a 5.0 client than its Receive Maximum (section
// 4.9). The quota begins anew with each connection; a PUBREL that is sent again takes nothing from it, and
// its PUBCOMP may give something back. Acknowledgements count from when they were written, which is the
// earliest moment at which the server can have had them.
#include <algorithm>
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_receive_maximum = "receive-maximum";

constexpr Rule maximum{"", "MQTT-3.3.4-9"};

constexpr auto receive_maximum_requirements_v5 =
    std::to_array<std::string_view>({maximum.v5, "MQTT-4.9.0-2"});

struct Quota {
  std::uint32_t start = 0;  // 0: not judged
  std::uint32_t left = 0;
};

bool gives_back(const Step& step) {
  const auto* pubrec = step.as<mqtt::Pubrec>();
  return step.as<mqtt::Puback>() != nullptr || step.as<mqtt::Pubcomp>() != nullptr ||
         (pubrec != nullptr && mqtt::is_error(pubrec->reason));
}

void judge_publish(const SessionView& view, const Delivery& delivery, Quota& quota,
                   std::vector<Breach>& breaches) {
  if (quota.start == 0 || delivery.publish->qos == 0) return;
  // A repeat on the same connection is a breach of its own; whether it takes from the quota is not said.
  // Where that cannot be told apart, nothing can be counted.
  if (delivery.transmission == Transmission::repeated) return;
  if (delivery.transmission == Transmission::unsure) {
    quota.start = 0;
    return;
  }
  if (quota.left > 0) {
    --quota.left;
    return;
  }
  breaches.push_back(
      breach_of(view, name_of_receive_maximum, delivery.connection, delivery.at, maximum,
                "at most " + std::to_string(quota.start) + " PUBLISH at QoS 1 and 2 under way"));
  quota.start = 0;
}

void judge_receive_maximum(const SessionView& view, std::vector<Breach>& breaches) {
  std::vector<Quota> quotas(view.steps.connections.size());
  std::size_t next_delivery = 0;
  for (const Step& step : view.steps.steps) {
    Quota& quota = quotas[step.connection];
    if (step.from_server && step.as<mqtt::Publish>() != nullptr) {
      judge_publish(view, view.exchanges.deliveries[next_delivery++], quota, breaches);
    } else if (const auto* connect = step.as<mqtt::Connect>(); connect != nullptr && quota.start == 0) {
      const ConnectionView& connection = view.connection(step.connection);
      if (connection.connect != connect || connection.version != mqtt::Version::v5) continue;
      quota.start = quota.left = connect->properties.receive_maximum.value_or(65'535);
    } else if (!step.from_server && gives_back(step)) {
      quota.left = std::min(quota.start, quota.left + 1);
    }
  }
}

}  // namespace

Checker receive_maximum_checker() {
  return {name_of_receive_maximum,
          "No more messages are under way than the client's Receive Maximum.",
          {},
          receive_maximum_requirements_v5,
          check_alone<judge_receive_maximum>,
          judge_receive_maximum};
}

}  // namespace holdfast
