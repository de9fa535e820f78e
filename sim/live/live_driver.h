// Moves a loop through real time: run what is ready, then sleep in Asio until the next deadline or bytes.
//
// The loop's time is the machine's steady clock, counted from the construction of the driver. This is the
// only place in Holdfast that reads a clock.
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>

#include "sim/time/loop.h"

namespace holdfast {

class LiveDriver {
 public:
  // The loop outlives the driver.
  explicit LiveDriver(Loop& loop);

  asio::io_context& io() { return io_; }
  Loop& loop() { return loop_; }

  // Runs until `is_done()` or until `patience` of real time has passed. True if done. `is_done` is asked
  // whenever the ready ring has run dry, once at least.
  bool run(const std::function<bool()>& is_done, Duration patience);

  // Moves the loop's time to the present without waiting, firing what is due. Socket handlers call it before
  // they tell the loop of bytes, so that every event has the time at which it happened.
  void catch_up();

 private:
  void wake_at(Time deadline);

  Loop& loop_;
  asio::io_context io_;
  asio::steady_timer timer_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;  // a driver without sockets still sleeps
  std::chrono::steady_clock::time_point start_;
  std::optional<Time> wake_at_;  // what the timer is armed for
};

}  // namespace holdfast
