// The peer of the benchmarks: the plain way to write a loop, a std::priority_queue of std::function. Nothing
// of it is made slow on purpose: functions that fit into the small buffer of std::function need no
// allocation, and they are moved out of the queue.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "sim/time/time.h"

namespace holdfast::bench {

class PlainLoop {
 public:
  Time now() const { return now_; }
  void schedule(Time deadline, std::function<void()> action) {
    queue_.push(Event{deadline, order_++, std::move(action)});
  }
  void run(int count) {
    while (count-- > 0) run_first();
  }
  void advance_to(Time target) {
    while (!queue_.empty() && queue_.top().deadline <= target) run_first();
    now_ = target;
  }

 private:
  struct Event {
    Time deadline;
    std::uint64_t order;
    std::function<void()> action;
  };
  struct IsLater {
    bool operator()(const Event& a, const Event& b) const {
      return a.deadline != b.deadline ? a.deadline > b.deadline : a.order > b.order;
    }
  };

  void run_first() {
    now_ = queue_.top().deadline;
    const std::function<void()> action = std::move(const_cast<Event&>(queue_.top()).action);
    queue_.pop();
    action();
  }

  Time now_{};
  std::uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, IsLater> queue_;
};

}  // namespace holdfast::bench
