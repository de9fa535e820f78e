// The two words for time. Both count nanoseconds; a Time counts from the start of its loop, so nothing
// here can be compared with a wall clock by accident.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace holdfast {

using namespace std::chrono_literals;

using Duration = std::chrono::nanoseconds;

// A clock without now(): the present is asked from a Loop, never from the machine.
struct LoopClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LoopClock, duration>;
  static constexpr bool is_steady = true;
};

using Time = LoopClock::time_point;

// `time` + `delay`, or Time::max() if that is beyond the end of time. `time` and `delay` are not negative.
constexpr Time later(Time time, Duration delay) {
  return delay > Time::max() - time ? Time::max() : time + delay;
}

// "1.5 s": seconds with as many decimals as are needed, up to nine.
std::string format_time(Time time);

}  // namespace holdfast
