// The wheel is compared with a std::multimap, which keeps equal deadlines in the order of insertion: what it
// says is what the wheel must do.
#include "sim/time/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "sim/time/draws.h"
#include "sim/time/loop.h"
#include "sim/time/test_support.h"

namespace holdfast {
namespace {

class Timer final : public TimerNode {
 public:
  std::function<void(Timer&)> action = [](Timer&) {};

 private:
  void on_deadline() override { action(*this); }
};

// A loop and its oracle side by side; every change and every firing goes to both.
class Pair {
 public:
  Pair(std::size_t timer_count, Draws& draws) : draws_(draws), timers_(timer_count) {
    for (Timer& timer : timers_) {
      timer.action = [this](Timer& self) { on_fired(self); };
    }
  }

  void step() {
    switch (draws_.below(8)) {
      case 0:
        advance();
        break;
      case 1:
        disarm(any_timer());
        break;
      default:
        arm(any_timer());
    }
    expect_same_next();
  }

  void advance() {
    const Time target = later(loop_.now(), any_delay());
    loop_.advance_to(target);
    EXPECT_EQ(loop_.now(), target);
    EXPECT_TRUE(expected_.empty() || expected_.begin()->first > target);
  }

  void finish() {
    loop_.advance_to(Time::max());
    EXPECT_TRUE(expected_.empty());
    EXPECT_FALSE(loop_.next_deadline());
  }

  std::size_t fired_count() const { return fired_count_; }

 private:
  Timer& any_timer() { return timers_[draws_.below(timers_.size())]; }
  // Of any magnitude, and often one that another timer has: collisions are what is tested.
  Duration any_delay() {
    const std::uint64_t magnitude = draws_.below(4) == 0 ? draws_.below(62) : draws_.below(14);
    return Duration{static_cast<std::int64_t>(draws_.below(std::uint64_t{1} << magnitude))};
  }

  void arm(Timer& timer) {
    forget(timer);
    Time deadline = later(loop_.now(), any_delay());
    if (draws_.below(64) == 0) deadline = Time::max();
    if (draws_.below(64) == 0) deadline = loop_.now() - Duration{1};
    loop_.arm(timer, deadline);
    expected_.emplace(std::max(deadline, loop_.now()), &timer);
    EXPECT_TRUE(timer.is_armed());
  }
  void disarm(Timer& timer) {
    forget(timer);
    loop_.disarm(timer);
    EXPECT_FALSE(timer.is_armed());
  }
  void forget(const Timer& timer) {
    std::erase_if(expected_, [&](const auto& entry) { return entry.second == &timer; });
  }

  void on_fired(Timer& timer) {
    ++fired_count_;
    ASSERT_FALSE(expected_.empty());
    EXPECT_EQ(&timer, expected_.begin()->second);
    EXPECT_EQ(loop_.now(), expected_.begin()->first);
    EXPECT_FALSE(timer.is_armed());
    expected_.erase(expected_.begin());
    // A timer may do anything to itself and to others while it fires, as long as it comes to an end.
    if (loop_.now() == Time::max()) return;
    if (draws_.below(3) == 0) arm(any_timer());
    if (draws_.below(3) == 0) disarm(any_timer());
    if (draws_.below(3) == 0) arm(timer);
    expect_same_next();
  }

  // Not each time: the wheel remembers what it was asked, and has to do as well without.
  void expect_same_next() {
    if (draws_.chance(1, 2)) return;
    const std::optional<Time> next = loop_.next_deadline();
    ASSERT_EQ(next.has_value(), !expected_.empty());
    if (next) {
      EXPECT_EQ(*next, expected_.begin()->first);
    }
  }

  Draws& draws_;
  Loop loop_;
  std::vector<Timer> timers_;
  std::multimap<Time, Timer*> expected_;
  std::size_t fired_count_ = 0;
};

TEST(TimerWheel, DoesWhatAnOrderedMapDoes) {
  std::size_t fired_count = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomDraws draws(seed, "timer wheel");
    Pair pair(draws.between(1, 60), draws);
    for (int i = 0; i < 2'000 && !::testing::Test::HasFailure(); ++i) pair.step();
    pair.finish();
    fired_count += pair.fired_count();
  }
  EXPECT_GT(fired_count, 10'000u);
}

// Where a digit of the deadline turns over, timers change their level.
TEST(TimerWheel, FiresInOrderAroundEveryPowerOfTheRadix) {
  Loop loop;
  std::vector<Time> deadlines;
  for (unsigned bits = 0; bits < 63; ++bits) {
    const std::int64_t power = std::int64_t{1} << bits;
    for (const std::int64_t nanoseconds : {power - 1, power, power + 1}) deadlines.push_back(at(nanoseconds));
  }
  deadlines.push_back(Time::max() - Duration{1});
  deadlines.push_back(Time::max());

  std::vector<Time> fired;
  std::vector<Timer> timers(deadlines.size());
  for (std::size_t i = timers.size(); i-- > 0;) {
    timers[i].action = [&](Timer&) { fired.push_back(loop.now()); };
    loop.arm(timers[i], deadlines[i]);
  }
  loop.advance_to(Time::max());

  std::sort(deadlines.begin(), deadlines.end());
  EXPECT_EQ(fired, deadlines);
}

TEST(TimerWheel, EqualDeadlinesFireInTheOrderOfArmingWhateverLevelTheyWereArmedAt) {
  Loop loop;
  const Time deadline = at(1'000'000'007);
  std::vector<int> fired;
  std::vector<Timer> timers(12);
  for (int i = 0; i < 12; ++i) {
    timers[i].action = [&fired, i](Timer&) { fired.push_back(i); };
    loop.arm(timers[i], deadline);
    // The nearer the present, the lower the level at which the next one is armed.
    loop.advance_to(loop.now() + (deadline - loop.now()) / 7);
  }
  loop.arm(timers[3], deadline);  // arming again counts as arming last
  loop.advance_to(deadline);
  EXPECT_EQ(fired, (std::vector<int>{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 3}));
}

TEST(TimerWheel, NextDeadlineIsExactAfterTheEarliestIsDisarmed) {
  Loop loop;
  Timer early;
  Timer twin;
  Timer late;
  loop.arm(late, at(5'000'001));
  loop.arm(early, at(5'000'000));
  loop.arm(twin, at(5'000'000));
  EXPECT_EQ(loop.next_deadline(), at(5'000'000));
  loop.disarm(early);
  EXPECT_EQ(loop.next_deadline(), at(5'000'000));
  loop.disarm(twin);
  EXPECT_EQ(loop.next_deadline(), at(5'000'001));
  loop.disarm(late);
  EXPECT_EQ(loop.next_deadline(), std::nullopt);
}

TEST(TimerWheel, ADestroyedTimerDoesNotFire) {
  Loop loop;
  bool has_fired = false;
  {
    Timer timer;
    timer.action = [&](Timer&) { has_fired = true; };
    loop.arm(timer, at(10));
  }
  EXPECT_EQ(loop.next_deadline(), std::nullopt);
  loop.advance_to(at(20));
  EXPECT_FALSE(has_fired);
}

TEST(TimerWheelDeathTest, ATimerMustNotOutliveItsLoop) {
  EXPECT_DEATH(
      {
        Timer timer;
        Loop loop;
        loop.arm(timer, at(1));
      },
      "outlives its loop");
}

}  // namespace
}  // namespace holdfast
