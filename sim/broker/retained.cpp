#include "sim/broker/retained.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/mqtt/topic.h"

namespace holdfast::broker {

void RetainedMessages::store(MessagePointer message) {
  assert(message->retain);
  if (message->payload.empty()) {
    if (!settings_.has(Defect::retained_not_deleted)) by_topic_.erase(message->topic);
    return;
  }
  const bool is_ignored = settings_.has(Defect::retained_not_replaced) ||
                          (message->qos == 0 && settings_.has(Defect::retained_qos_0_ignored));
  if (is_ignored && by_topic_.contains(message->topic)) return;
  std::string topic = message->topic;
  by_topic_.insert_or_assign(std::move(topic), std::move(message));
}

std::vector<MessagePointer> RetainedMessages::matching(std::string_view topic_filter, Time now) {
  std::vector<MessagePointer> matches;
  // All topics that can match begin with the part of the filter that stands before its first wildcard;
  // `a/#` matches `a` too, hence without the separator.
  std::string_view prefix = topic_filter.substr(0, topic_filter.find_first_of("+#"));
  if (prefix.size() < topic_filter.size() && prefix.ends_with('/')) prefix.remove_suffix(1);
  for (auto at = by_topic_.lower_bound(prefix); at != by_topic_.end() && at->first.starts_with(prefix);) {
    if (is_over(*at->second, now)) {
      at = by_topic_.erase(at);
      continue;
    }
    if (mqtt::matches(topic_filter, at->first)) matches.push_back(at->second);
    ++at;
  }
  return matches;
}

std::size_t RetainedMessages::count(Time now) const {
  return static_cast<std::size_t>(std::count_if(
      by_topic_.begin(), by_topic_.end(), [&](const auto& entry) { return !is_over(*entry.second, now); }));
}

bool RetainedMessages::is_over(const Message& message, Time now) const {
  return is_expired(message, now) && !settings_.has(Defect::retained_expiry_ignored);
}

void RetainedMessages::remove_of(std::string_view publisher) {
  std::erase_if(by_topic_, [&](const auto& entry) { return entry.second->publisher == publisher; });
}

void RetainedMessages::replace(const MessagePointer& message) {
  const auto found = by_topic_.find(message->topic);
  if (found != by_topic_.end()) found->second = message;
}

}  // namespace holdfast::broker
