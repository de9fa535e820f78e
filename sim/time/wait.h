// The leaf waits: everything that a coroutine can wait for is one of the two below.
//
// The deadline Time::max() means "for ever": no timer is armed, so that a run in which nothing else is left
// to happen counts as stalled, rather than jumping to the end of time.
#pragma once

#include <coroutine>
#include <string>
#include <utility>

#include "sim/time/loop.h"

namespace holdfast {

// Where at most one coroutine waits for an announcement, with a deadline. The awaiter is waiter and timer at
// once: whichever comes first unlinks the other. Resumption goes through the ready ring.
//
//   while (inbox.empty()) {
//     const bool announced = co_await point.wait_until(deadline, "PUBACK");
//     if (!announced) co_return std::nullopt;
//   }
//
// An announcement in the same moment as the deadline, before the coroutine is resumed, still counts.
class WaitPoint {
 public:
  // `owner` is told by guards, as in "client a waits for PUBACK".
  WaitPoint(Loop& loop, std::string owner) : loop_(loop), owner_(std::move(owner)) {}
  // Nobody waits any more.
  ~WaitPoint();
  WaitPoint(const WaitPoint&) = delete;
  WaitPoint& operator=(const WaitPoint&) = delete;

  class Awaiter;

  // co_await gives true after notify(), false at the deadline. `what` outlives the wait.
  inline Awaiter wait_until(Time deadline, const char* what);
  inline Awaiter wait_for(Duration patience, const char* what);

  // Wakes the waiter, if there is one; is not remembered if there is none.
  void notify();

 private:
  Loop& loop_;
  std::string owner_;
  Awaiter* waiter_ = nullptr;
};

class WaitPoint::Awaiter final : private TimerNode, private ReadyNode, private WaitRecord {
 public:
  Awaiter(WaitPoint& point, Time deadline, const char* what)
      : point_(point), deadline_(deadline), what_(what) {}
  // Destroying the coroutine while it waits ends the wait; the bases unlink themselves.
  ~Awaiter() {
    if (point_.waiter_ == this) point_.waiter_ = nullptr;
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  bool await_resume() const noexcept { return announced_; }

 private:
  friend class WaitPoint;
  void announce();
  void on_deadline() override;
  void on_ready() override;
  std::string describe_wait() const override;

  WaitPoint& point_;
  const Time deadline_;
  const char* what_;
  std::coroutine_handle<> waiter_;
  bool announced_ = false;
};

WaitPoint::Awaiter WaitPoint::wait_until(Time deadline, const char* what) {
  return Awaiter(*this, deadline, what);
}
WaitPoint::Awaiter WaitPoint::wait_for(Duration patience, const char* what) {
  return Awaiter(*this, later(loop_.now(), patience), what);
}

// co_await sleep_until(loop, t): resumes when now() is t or later, through the ready ring.
class Sleep final : private TimerNode, private ReadyNode, private WaitRecord {
 public:
  Sleep(Loop& loop, Time deadline) : loop_(loop), deadline_(deadline) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() const noexcept {}

 private:
  void on_deadline() override;
  void on_ready() override;
  std::string describe_wait() const override;

  Loop& loop_;
  const Time deadline_;
  std::coroutine_handle<> waiter_;
};

inline Sleep sleep_until(Loop& loop, Time deadline) { return Sleep(loop, deadline); }
inline Sleep sleep_for(Loop& loop, Duration delay) { return Sleep(loop, later(loop.now(), delay)); }

}  // namespace holdfast
