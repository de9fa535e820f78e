#include "conformance/checkers/subscriptions.h"

#include <algorithm>
#include <utility>

#include "sim/mqtt/topic.h"

namespace holdfast {

void SubscriptionBook::asked(const mqtt::Subscribe& subscribe) {
  std::vector<Asked>& asked = unanswered_[subscribe.packet_id];
  for (const mqtt::SubscriptionRequest& request : subscribe.requests) {
    const auto [found, is_new] = by_filter_.try_emplace(request.filter, subscriptions_.size());
    if (is_new) {
      subscriptions_.push_back(Subscription{.filter = request.filter});
      by_topic_.clear();
    }
    Subscription& subscription = subscriptions_[found->second];
    subscription.asked_max = std::max<int>(subscription.asked_max, request.qos);
    ++subscription.unanswered;
    asked.push_back(Asked{found->second, request.qos});
    if (mqtt::is_shared(request.filter)) has_shared_ = true;
  }
  for (const std::uint32_t identifier : subscribe.properties.subscription_identifiers) {
    identifiers_.insert(identifier);
  }
}

void SubscriptionBook::answered(const mqtt::Suback& suback) {
  const auto found = unanswered_.find(suback.packet_id);
  // Codes that cannot be told apart leave the subscriptions unanswered, which bounds less.
  if (found == unanswered_.end() || found->second.size() != suback.reasons.size()) return;
  const std::vector<Asked> asked = std::exchange(found->second, {});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Subscription& subscription = subscriptions_[asked[i].subscription];
    --subscription.unanswered;
    if (!mqtt::is_error(suback.reasons[i])) {
      subscription.granted_max = std::max(subscription.granted_max, static_cast<int>(suback.reasons[i]));
    }
  }
}

const std::vector<std::size_t>& SubscriptionBook::matches_of(std::string_view topic) {
  const auto [found, is_new] = by_topic_.try_emplace(topic);
  if (!is_new) return found->second;
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    const std::string_view filter = subscriptions_[i].filter;
    const auto shared = mqtt::split_shared(filter);
    // In 3.1.1 a server may take `$share/g/t` as shared or as it stands.
    if (mqtt::matches(filter, topic) || (shared && mqtt::matches(shared->filter, topic))) {
      found->second.push_back(i);
    }
  }
  return found->second;
}

Matching SubscriptionBook::matching(std::string_view topic) {
  Matching matching;
  if (topic.empty() || subscriptions_.size() > subscriptions_max) return matching;
  for (const std::size_t i : matches_of(topic)) {
    const Subscription& subscription = subscriptions_[i];
    ++matching.subscriptions;
    const int qos_max = subscription.unanswered > 0
                            ? std::max(subscription.granted_max, subscription.asked_max)
                            : subscription.granted_max;
    matching.qos_max = std::max(matching.qos_max, qos_max);
  }
  return matching;
}

}  // namespace holdfast
