#include "sim/time/loop.h"

#include <algorithm>

namespace holdfast {

Loop::~Loop() {
  assert(ready_.empty() && "a ready node outlives its loop");
  assert(waits_.empty() && "a wait outlives its loop");
}

std::size_t Loop::run_ready(std::size_t steps_max) {
  std::size_t ran = 0;
  while (ran < steps_max && has_ready()) {
    ReadyNode& node = static_cast<ReadyNode&>(ready_.first());
    withdraw(node);
    ++ran;
    ++steps_;
    node.on_ready();  // may destroy the node
  }
  return ran;
}

std::size_t Loop::advance_to(Time target, std::size_t steps_max) {
  assert(target >= now_ && "time never goes back");
  std::size_t ran = 0;
  while (ran < steps_max) {
    // While something is ready, time stands, and only what is due now may fire.
    if (TimerNode* const timer = wheel_.take_due(has_ready() ? now_ : target)) {
      now_ = timer->deadline_;
      ++ran;
      ++steps_;
      timer->on_deadline();  // may destroy the timer
    } else if (has_ready() && now_ < target) {
      ran += run_ready(steps_max - ran);
    } else {
      now_ = target;
      break;
    }
  }
  return ran;
}

std::vector<std::string> Loop::waiting() const {
  std::vector<const WaitRecord*> records(waits_.begin(), waits_.end());
  std::sort(records.begin(), records.end(),
            [](const WaitRecord* a, const WaitRecord* b) { return a->order_ < b->order_; });
  std::vector<std::string> descriptions;
  for (const WaitRecord* record : records) descriptions.push_back(record->describe_wait());
  return descriptions;
}

}  // namespace holdfast
