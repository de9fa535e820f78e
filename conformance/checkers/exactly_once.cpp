// A message that was published once at QoS 2 is delivered at QoS 2 in one exchange to each Session. Judged by
// payload, and only where every other reason for a second copy can be ruled out: overlapping or shared
// subscriptions, retained copies, the same payload published twice, a Session that began before the trace.
#include <array>
#include <unordered_map>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_exactly_once = "exactly-once";

constexpr Rule once{"MQTT-4.3.3-2", "MQTT-4.3.3-10"};

constexpr auto exactly_once_requirements_v3_1_1 = std::to_array<std::string_view>({once.v3_1_1});
constexpr auto exactly_once_requirements_v5 = std::to_array<std::string_view>({once.v5});

// Some servers forget a received identifier after minutes; no case lets an exchange rest for so long.
constexpr Duration exchange_rests_max = std::chrono::seconds(60);

bool can_come_only_once(const SessionView& view, const Delivery& delivery) {
  const Publication* publication = delivery.publication;
  return delivery.sure && view.is_known(delivery.session) && delivery.publish->qos == 2 &&
         !delivery.publish->retain && publication != nullptr && publication->publish->qos == 2 &&
         !publication->publish->retain &&
         publication->last_copy_at - publication->first_copy_at <= exchange_rests_max && !delivery.shared &&
         delivery.matching.subscriptions == 1;
}

// The packet begins another exchange, whatever the server has processed of what was written to it.
bool begins_exchange(const Delivery& delivery) {
  return delivery.transmission == Transmission::first || delivery.transmission == Transmission::reused ||
         (delivery.transmission == Transmission::again && delivery.completed);
}

void judge_exactly_once(const SessionView& view, std::vector<Breach>& breaches) {
  std::vector<std::unordered_map<const Publication*, Position>> delivered(view.steps.sessions.size());
  for (const Delivery& delivery : view.exchanges.deliveries) {
    if (!begins_exchange(delivery) || !can_come_only_once(view, delivery)) continue;
    const auto [earlier, is_new] = delivered[delivery.session].try_emplace(delivery.publication, delivery.at);
    if (is_new) continue;
    Breach breach = breach_of(view, name_of_exactly_once, delivery.connection, delivery.at, once,
                              "one exchange for a message that was published once at QoS 2");
    add_evidence(view, breach, "delivered before", earlier->second);
    breaches.push_back(std::move(breach));
  }
}

}  // namespace

Checker exactly_once_checker() {
  return {name_of_exactly_once,
          "A QoS 2 message is delivered once to each Session.",
          exactly_once_requirements_v3_1_1,
          exactly_once_requirements_v5,
          check_alone<judge_exactly_once>,
          judge_exactly_once};
}

}  // namespace holdfast
