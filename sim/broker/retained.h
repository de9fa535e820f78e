// Retained messages (section 3.3.1.3). They belong to their topics and to no Session.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/broker/message.h"
#include "sim/broker/settings.h"

namespace holdfast::broker {

class RetainedMessages {
 public:
  explicit RetainedMessages(const BrokerSettings& settings) : settings_(settings) {}

  // Takes the place of the topic's earlier message; an empty payload only removes that one.
  void store(MessagePointer message);
  // What a subscription to `topic_filter` (no `$share` prefix) matches, in the order of topics. Expired
  // messages are forgotten on the way.
  std::vector<MessagePointer> matching(std::string_view topic_filter, Time now);
  std::size_t count(Time now) const;

  // Only defects do these: forget what one client has published, and put any message in place of a retained
  // one.
  void remove_of(std::string_view publisher);
  void replace(const MessagePointer& message);

 private:
  bool is_over(const Message& message, Time now) const;

  const BrokerSettings& settings_;
  std::map<std::string, MessagePointer, std::less<>> by_topic_;
};

}  // namespace holdfast::broker
