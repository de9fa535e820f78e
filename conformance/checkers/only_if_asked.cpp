// What a 5.0 server may send only to a client that asked for it: Response Information, Reason String and User
// Properties on other packets than PUBLISH, CONNACK and DISCONNECT, authentication, Subscription Identifiers.
#include <array>
#include <variant>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_only_if_asked = "only-if-asked";

constexpr Rule response_information{"", "MQTT-3.1.2-28"};
constexpr Rule problem_information{"", "MQTT-3.1.2-29"};
constexpr Rule authentication{"", "MQTT-4.12.0-6"};
constexpr Rule subscription_identifier{"", "MQTT-3.3.4-4"};

constexpr auto only_if_asked_requirements_v5 = std::to_array<std::string_view>(
    {response_information.v5, problem_information.v5, authentication.v5, subscription_identifier.v5});

const mqtt::Properties* properties_of(const mqtt::Packet& packet) {
  return std::visit(
      [](const auto& value) -> const mqtt::Properties* {
        if constexpr (requires { value.properties; }) {
          return &value.properties;
        } else {
          return nullptr;
        }
      },
      packet);
}

bool may_have_diagnostics(mqtt::PacketType type) {
  return type == mqtt::PacketType::publish || type == mqtt::PacketType::connack ||
         type == mqtt::PacketType::disconnect;
}

void judge_packet(const SessionView& view, const Step& step, const mqtt::Properties& properties,
                  std::vector<Breach>& breaches) {
  const mqtt::Properties& asked = view.connection(step.connection).connect->properties;
  const auto add = [&](Rule rule, std::string expected) {
    breaches.push_back(
        breach_of(view, name_of_only_if_asked, step.connection, step.at(), rule, std::move(expected)));
  };
  const mqtt::PacketType type = step.type;
  if (type == mqtt::PacketType::connack && properties.response_information &&
      asked.request_response_information.value_or(0) == 0) {
    add(response_information, "no Response Information: CONNECT did not ask for it");
  }
  if (!may_have_diagnostics(type) && asked.request_problem_information.value_or(1) == 0 &&
      (properties.reason_string || !properties.user_properties.empty())) {
    add(problem_information, "no Reason String and no User Property: Request Problem Information is 0");
  }
  const bool authenticates = type == mqtt::PacketType::auth || (type == mqtt::PacketType::connack &&
                                                                properties.authentication_method.has_value());
  if (authenticates && !asked.authentication_method) {
    add(authentication, "no authentication: CONNECT had no Authentication Method");
  }
}

void judge_only_if_asked(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Step& step : view.steps.steps) {
    const ConnectionView& connection = view.connection(step.connection);
    if (!step.from_server || connection.version != mqtt::Version::v5) continue;
    if (connection.connect == nullptr || connection.client_unreadable_at < step.at()) continue;
    if (const auto* properties = properties_of(*step.event->packet)) {
      judge_packet(view, step, *properties, breaches);
    }
  }
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (delivery.unknown_identifier == 0 || !delivery.sure || !view.is_known(delivery.session)) continue;
    if (view.may_be_of_older_session(delivery)) continue;
    if (view.connection(delivery.connection).version != mqtt::Version::v5) continue;
    breaches.push_back(breach_of(view, name_of_only_if_asked, delivery.connection, delivery.at,
                                 subscription_identifier,
                                 "Subscription Identifiers of this Session's own subscriptions only"));
  }
}

}  // namespace

Checker only_if_asked_checker() {
  return {name_of_only_if_asked,
          "What depends on a request of the client comes only with that request.",
          {},
          only_if_asked_requirements_v5,
          check_alone<judge_only_if_asked>,
          judge_only_if_asked};
}

}  // namespace holdfast
