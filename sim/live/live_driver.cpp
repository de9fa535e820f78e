#include "sim/live/live_driver.h"

#include <algorithm>
#include <optional>

namespace holdfast {

namespace {

// Socket handlers that run before the loop has its turn: a peer that floods cannot keep it from running.
constexpr int handlers_per_turn_max = 256;

}  // namespace

LiveDriver::LiveDriver(Loop& loop)
    : loop_(loop),
      timer_(io_),
      work_(io_.get_executor()),
      start_(std::chrono::steady_clock::now() - loop.now().time_since_epoch()) {}

void LiveDriver::catch_up() {
  const Time present(std::chrono::steady_clock::now() - start_);
  if (present > loop_.now()) loop_.advance_to(present);
}

bool LiveDriver::run(const std::function<bool()>& is_done, Duration patience) {
  catch_up();
  const Time end = later(loop_.now(), patience);
  for (;;) {
    loop_.run_ready();
    if (is_done()) return true;
    if (loop_.now() >= end) return false;

    wake_at(std::min(end, loop_.next_deadline().value_or(end)));
    io_.run_one();
    for (int handlers = 1; handlers < handlers_per_turn_max && io_.poll_one() != 0; ++handlers) {
    }
    catch_up();
  }
}

void LiveDriver::wake_at(Time deadline) {
  if (wake_at_ == deadline) return;  // most turns are woken by bytes and leave the deadline as it was
  wake_at_ = deadline;
  // A deadline at the end of time has no counterpart on the machine's clock.
  const Duration delay = std::min<Duration>(deadline - loop_.now(), std::chrono::hours(24));
  timer_.expires_at(start_ + loop_.now().time_since_epoch() + delay);
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) wake_at_.reset();
  });
}

}  // namespace holdfast
