#include "sim/broker/shared_group.h"

#include <algorithm>
#include <cassert>

#include "sim/broker/session.h"

namespace holdfast::broker {

void SharedGroup::add(Subscriber member) {
  for (Subscriber& present : members_) {
    if (present.session == member.session) {
      present = member;
      return;
    }
  }
  members_.push_back(member);
}

void SharedGroup::remove(const Session& session) {
  std::erase_if(members_, [&](const Subscriber& member) { return member.session == &session; });
}

Subscriber SharedGroup::choose(const BrokerSettings& settings) {
  assert(!members_.empty());
  if (settings.has(Variant::share_strategy_free)) return members_.front();
  std::size_t chosen = turn_ % members_.size();
  const std::size_t candidates = settings.has(Variant::share_to_offline_member) ? 1 : members_.size();
  for (std::size_t step = 1; step < candidates; ++step) {
    const std::size_t candidate = (turn_ + step) % members_.size();
    if (members_[candidate].session->readiness() > members_[chosen].session->readiness()) chosen = candidate;
  }
  turn_ = (chosen + 1) % members_.size();
  return members_[chosen];
}

}  // namespace holdfast::broker
