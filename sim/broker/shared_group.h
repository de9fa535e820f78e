// The members of one shared subscription (5.0 section 4.8.2).
#pragma once

#include <cstddef>
#include <vector>

#include "sim/broker/settings.h"

namespace holdfast::broker {

class Session;
struct Subscription;

// A Session together with that one of its subscriptions that is meant.
struct Subscriber {
  Session* session = nullptr;
  const Subscription* subscription = nullptr;
};

// Members take turns. A member whose client is connected and has room in its window goes before one that
// would have to queue the message, and that one before a member that is not connected.
class SharedGroup {
 public:
  // Which member begins: any number, it counts modulo the number of members.
  explicit SharedGroup(std::size_t first_turn) : turn_(first_turn) {}

  void add(Subscriber member);  // replaces an earlier subscription of the same session
  void remove(const Session& session);
  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }

  // Picks the member for one message and passes the turn on. The group is not empty.
  Subscriber choose(const BrokerSettings& settings);

 private:
  std::vector<Subscriber> members_;  // in the order of joining
  std::size_t turn_;
};

}  // namespace holdfast::broker
