// Topic Aliases stay within the client's Topic Alias Maximum, and an alias without a topic was set on the
// same connection before. (Alias 0 is a matter of format: well-formed.)
#include <array>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_topic_alias = "topic-alias";

constexpr Rule within_maximum{"", "MQTT-3.1.2-26"};
constexpr Rule none_offered{"", "MQTT-3.1.2-27"};
constexpr Rule ends_with_connection{"", "MQTT-3.3.2-7"};
constexpr Rule known{"", "HF-5.0-E16"};

constexpr auto topic_alias_requirements_v5 =
    std::to_array<std::string_view>({within_maximum.v5, none_offered.v5, ends_with_connection.v5, known.v5});

void judge_topic_alias(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Delivery& delivery : view.exchanges.deliveries) {
    const auto alias = delivery.publish->properties.topic_alias;
    const ConnectionView& connection = view.connection(delivery.connection);
    if (!alias || connection.version != mqtt::Version::v5 || connection.connect == nullptr) continue;
    if (connection.client_unreadable_at < delivery.at) continue;
    const std::uint16_t maximum = connection.connect->properties.topic_alias_maximum.value_or(0);
    if (maximum == 0) {
      breaches.push_back(breach_of(view, name_of_topic_alias, delivery.connection, delivery.at, none_offered,
                                   "no Topic Alias: the client offered none"));
    } else if (*alias > maximum) {
      breaches.push_back(breach_of(view, name_of_topic_alias, delivery.connection, delivery.at,
                                   within_maximum, "a Topic Alias of at most " + std::to_string(maximum)));
    } else if (delivery.alias_unknown) {
      breaches.push_back(breach_of(view, name_of_topic_alias, delivery.connection, delivery.at,
                                   delivery.alias_of_earlier_connection ? ends_with_connection : known,
                                   "a topic: this alias was not set on this connection"));
    }
  }
}

}  // namespace

Checker topic_alias_checker() {
  return {name_of_topic_alias,
          "Topic Aliases are within the client's maximum and set before use.",
          {},
          topic_alias_requirements_v5,
          check_alone<judge_topic_alias>,
          judge_topic_alias};
}

}  // namespace holdfast
