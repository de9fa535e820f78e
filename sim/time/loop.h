// The loop knows time and order, nothing of sockets and nothing of MQTT.
//
// Two things happen in it: nodes in the ready ring run in the order in which they were posted, and timers
// fire when a driver moves time to their deadline, in the order (deadline, order of arming). now() stands
// still in between. A driver is whoever calls advance_to(): the virtual driver jumps to the next deadline,
// the live driver sleeps until then.
//
// Nothing here owns what is linked into it: nodes and timers are members of their owners, unlink themselves
// when they are destroyed, and must not outlive the loop.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/time/linked_list.h"
#include "sim/time/time.h"
#include "sim/time/timer_wheel.h"

namespace holdfast {

class Loop;

// Something to run as soon as possible. Neither copied nor moved: the ring points at it.
class ReadyNode : private ListLink {
 public:
  ReadyNode() = default;
  ReadyNode(const ReadyNode&) = delete;
  ReadyNode& operator=(const ReadyNode&) = delete;
  bool is_posted() const { return loop_ != nullptr; }

 protected:
  inline ~ReadyNode();
  // Called from Loop::run_ready; the node is no longer posted and may be posted again or destroyed.
  virtual void on_ready() = 0;

 private:
  friend class Loop;
  Loop* loop_ = nullptr;  // set while posted
};

// One coroutine that waits, in a form that can be told to a person.
class WaitRecord {
 public:
  WaitRecord() = default;
  WaitRecord(const WaitRecord&) = delete;
  WaitRecord& operator=(const WaitRecord&) = delete;

 protected:
  inline ~WaitRecord();
  // "client a: PUBACK". Asked only when a guard has to explain itself.
  virtual std::string describe_wait() const = 0;

 private:
  friend class Loop;
  Loop* loop_ = nullptr;  // set while it waits
  std::size_t index_ = 0;
  std::uint64_t order_ = 0;  // of beginning to wait
};

class Loop {
 public:
  Loop() = default;
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The present. Constant between two calls of advance_to.
  Time now() const { return now_; }

  // Appends to the ready ring. A node that is posted already keeps its place.
  void post(ReadyNode& node) {
    if (node.is_posted()) return;
    node.loop_ = this;
    ready_.append(node);
  }
  // No effect unless posted.
  void withdraw(ReadyNode& node) {
    if (!node.is_posted()) return;
    assert(node.loop_ == this);
    node.loop_ = nullptr;
    LinkedList::unlink(node);
  }

  // Fires at `deadline`; a deadline in the past counts as now, and fires at the next advance_to, never
  // from inside this call. Arming an armed timer moves it. O(1), as is disarm.
  void arm(TimerNode& timer, Time deadline) {
    disarm(timer);
    wheel_.arm(timer, deadline < now_ ? now_ : deadline);
  }
  // No effect unless armed.
  void disarm(TimerNode& timer) {
    if (timer.is_armed()) wheel_.disarm(timer);
  }

  // Runs ready nodes until none is left or `steps_max` have run. Returns how many ran.
  std::size_t run_ready(std::size_t steps_max = SIZE_MAX);
  bool has_ready() const { return !ready_.empty(); }

  // The earliest deadline, exactly; nullopt if no timer is armed.
  std::optional<Time> next_deadline() const { return wheel_.next_deadline(); }

  // Moves time forward, never back, and fires every timer due, each at its own deadline: now() is that
  // deadline while it fires. Between two different deadlines the ready ring runs dry, so the order of all
  // events is the same however large the steps of the driver are. What becomes ready at `target` itself is
  // left for run_ready. `steps_max` bounds the ready nodes and timers run; returns how many ran. If the bound
  // is reached, time may stand before `target`.
  std::size_t advance_to(Time target, std::size_t steps_max = SIZE_MAX);

  // Who waits, in the order in which they began to wait. For guards and error messages.
  std::vector<std::string> waiting() const;
  void register_wait(WaitRecord& record) {
    assert(record.loop_ == nullptr);
    record.loop_ = this;
    record.order_ = waits_begun_++;
    record.index_ = waits_.size();
    waits_.push_back(&record);
  }
  void unregister_wait(WaitRecord& record) {
    assert(record.loop_ == this);
    record.loop_ = nullptr;
    waits_.back()->index_ = record.index_;
    waits_[record.index_] = waits_.back();
    waits_.pop_back();
  }

  // Ready nodes and timers run since the beginning; a number for each resume.
  std::uint64_t steps() const { return steps_; }

 private:
  Time now_{};
  std::uint64_t steps_ = 0;
  LinkedList ready_;
  // In no order, so that a wait can end without touching its neighbours, which are cold in a large run.
  std::vector<WaitRecord*> waits_;
  std::uint64_t waits_begun_ = 0;
  TimerWheel wheel_;
};

ReadyNode::~ReadyNode() {
  if (loop_ != nullptr) loop_->withdraw(*this);
}

WaitRecord::~WaitRecord() {
  if (loop_ != nullptr) loop_->unregister_wait(*this);
}

// A timer with a function, for code that is no coroutine. Calling start() again moves the deadline.
class Alarm final : public TimerNode {
 public:
  Alarm(Loop& loop, std::function<void()> action) : loop_(loop), action_(std::move(action)) {}
  void start(Time deadline) { loop_.arm(*this, deadline); }
  void start_in(Duration delay) { loop_.arm(*this, loop_.now() + delay); }
  void stop() { loop_.disarm(*this); }

 private:
  void on_deadline() override { action_(); }
  Loop& loop_;
  std::function<void()> action_;
};

}  // namespace holdfast
