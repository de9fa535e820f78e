#include "sim/time/wait.h"

#include <fmt/format.h>

#include <cassert>

namespace holdfast {

WaitPoint::~WaitPoint() { assert(waiter_ == nullptr && "a coroutine still waits here"); }

void WaitPoint::notify() {
  if (waiter_ != nullptr) waiter_->announce();
}

void WaitPoint::Awaiter::await_suspend(std::coroutine_handle<> waiter) {
  assert(point_.waiter_ == nullptr && "one waiter at a time");
  point_.waiter_ = this;
  waiter_ = waiter;
  point_.loop_.register_wait(*this);
  if (deadline_ != Time::max()) point_.loop_.arm(*this, deadline_);
}

void WaitPoint::Awaiter::announce() {
  announced_ = true;
  point_.loop_.disarm(*this);
  point_.loop_.post(*this);
}

void WaitPoint::Awaiter::on_deadline() { point_.loop_.post(*this); }

void WaitPoint::Awaiter::on_ready() {
  assert(point_.waiter_ == this);
  point_.waiter_ = nullptr;
  point_.loop_.unregister_wait(*this);
  waiter_.resume();
}

std::string WaitPoint::Awaiter::describe_wait() const { return fmt::format("{}: {}", point_.owner_, what_); }

void Sleep::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  loop_.register_wait(*this);
  if (deadline_ != Time::max()) loop_.arm(*this, deadline_);
}

void Sleep::on_deadline() { loop_.post(*this); }

void Sleep::on_ready() {
  loop_.unregister_wait(*this);
  waiter_.resume();
}

std::string Sleep::describe_wait() const {
  if (deadline_ == Time::max()) return "sleeps for ever";
  return fmt::format("sleeps until {}", format_time(deadline_));
}

}  // namespace holdfast
