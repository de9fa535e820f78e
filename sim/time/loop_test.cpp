#include "sim/time/loop.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "sim/time/draws.h"
#include "sim/time/test_support.h"

namespace holdfast {
namespace {

class Ready final : public ReadyNode {
 public:
  explicit Ready(std::function<void()> action) : action_(std::move(action)) {}

 private:
  void on_ready() override { action_(); }
  std::function<void()> action_;
};

TEST(Loop, ReadyNodesRunInTheOrderInWhichTheyWerePosted) {
  Loop loop;
  std::string log;
  Ready a([&] { log += 'a'; });
  Ready b([&] { log += 'b'; });
  Ready c([&] {
    log += 'c';
    loop.post(a);
  });
  loop.post(c);
  loop.post(a);
  loop.post(b);
  loop.post(c);  // is posted already, so keeps its place
  EXPECT_EQ(loop.run_ready(), 3u);
  EXPECT_EQ(log, "cab");
}

TEST(Loop, AReadyNodeMayBePostedAgainWhileItRuns) {
  Loop loop;
  int ran = 0;
  Ready* self = nullptr;
  Ready node([&] {
    EXPECT_FALSE(self->is_posted());
    if (++ran < 3) loop.post(*self);
  });
  self = &node;
  loop.post(node);
  EXPECT_EQ(loop.run_ready(), 3u);
  EXPECT_EQ(ran, 3);
}

TEST(Loop, RunReadyStopsAtItsBound) {
  Loop loop;
  Ready* self = nullptr;
  Ready node([&] { loop.post(*self); });
  self = &node;
  loop.post(node);
  EXPECT_EQ(loop.run_ready(5), 5u);
  EXPECT_TRUE(loop.has_ready());
  EXPECT_EQ(loop.steps(), 5u);
}

TEST(Loop, WithdrawnAndDestroyedReadyNodesDoNotRun) {
  Loop loop;
  std::string log;
  Ready a([&] { log += 'a'; });
  {
    Ready b([&] { log += 'b'; });
    loop.post(a);
    loop.post(b);
  }
  loop.withdraw(a);
  loop.withdraw(a);
  EXPECT_FALSE(a.is_posted());
  EXPECT_FALSE(loop.has_ready());
  EXPECT_EQ(loop.run_ready(), 0u);
  EXPECT_EQ(log, "");
}

TEST(Loop, AReadyNodeMayDestroyItselfAndTheNext) {
  Loop loop;
  std::unique_ptr<Ready> first;
  std::unique_ptr<Ready> second = std::make_unique<Ready>([] { ADD_FAILURE(); });
  first = std::make_unique<Ready>([&] {
    second.reset();
    first.reset();
  });
  loop.post(*first);
  loop.post(*second);
  EXPECT_EQ(loop.run_ready(), 1u);
}

TEST(Loop, NowIsTheDeadlineOfTheTimerThatFires) {
  Loop loop;
  std::vector<Time> moments;
  Alarm a(loop, [&] { moments.push_back(loop.now()); });
  Alarm b(loop, [&] { moments.push_back(loop.now()); });
  a.start_in(20ns);
  b.start(at(10));
  EXPECT_EQ(loop.advance_to(at(15)), 1u);
  EXPECT_EQ(loop.now(), at(15));
  EXPECT_EQ(loop.advance_to(at(30)), 1u);
  EXPECT_EQ(moments, (std::vector<Time>{at(10), at(20)}));
  EXPECT_EQ(loop.now(), at(30));
  EXPECT_EQ(loop.steps(), 2u);
}

TEST(Loop, StartingAnAlarmAgainMovesItAndStoppingItSilencesIt) {
  Loop loop;
  std::vector<Time> moments;
  Alarm alarm(loop, [&] { moments.push_back(loop.now()); });
  alarm.start(at(10));
  alarm.start(at(20));
  loop.advance_to(at(30));
  EXPECT_EQ(moments, (std::vector<Time>{at(20)}));
  alarm.start(at(40));
  alarm.stop();
  loop.advance_to(at(50));
  EXPECT_EQ(moments.size(), 1u);
}

TEST(Loop, ADeadlineInThePastFiresAtTheNextAdvanceEvenIfTimeStands) {
  Loop loop;
  loop.advance_to(at(100));
  int fired = 0;
  Alarm alarm(loop, [&] { ++fired; });
  alarm.start(at(5));
  EXPECT_EQ(fired, 0);
  EXPECT_EQ(loop.next_deadline(), at(100));
  loop.advance_to(at(100));
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(loop.now(), at(100));
}

TEST(Loop, TheRingRunsDryBetweenTwoDeadlinesButNotBetweenTimersOfOne) {
  Loop loop;
  std::string log;
  Ready ready([&] { log += 'r'; });
  Alarm first(loop, [&] {
    log += '1';
    loop.post(ready);
  });
  Alarm second(loop, [&] { log += '2'; });
  Alarm third(loop, [&] { log += '3'; });
  first.start(at(10));
  second.start(at(10));
  third.start(at(11));
  loop.advance_to(at(20));
  EXPECT_EQ(log, "12r3");
}

TEST(Loop, WhatIsReadyRunsBeforeTimeMoves) {
  Loop loop;
  Time ran_at = Time::max();
  Ready ready([&] { ran_at = loop.now(); });
  loop.post(ready);
  loop.advance_to(at(50));
  EXPECT_EQ(ran_at, at(0));
}

TEST(Loop, AReadyNodeCanCancelTheTimerThatWasNext) {
  Loop loop;
  Alarm cancelled(loop, [] { ADD_FAILURE(); });
  Ready ready([&] { cancelled.stop(); });
  cancelled.start(at(10));
  loop.post(ready);
  loop.advance_to(at(50));
  EXPECT_EQ(loop.now(), at(50));
}

TEST(Loop, AdvanceStopsAtItsBoundWithTimeWhereItWas) {
  Loop loop;
  int fired = 0;
  std::deque<Alarm> alarms;
  for (int i = 1; i <= 5; ++i) {
    alarms.emplace_back(loop, [&] { ++fired; });
    alarms.back().start(at(10 * i));
  }
  EXPECT_EQ(loop.advance_to(at(100), 2), 2u);
  EXPECT_EQ(fired, 2);
  EXPECT_EQ(loop.now(), at(20));
  EXPECT_EQ(loop.advance_to(at(100), 4), 3u);
  EXPECT_EQ(loop.now(), at(100));
}

TEST(Loop, ATimerThatArmsItselfForNowIsBounded) {
  Loop loop;
  Alarm* self = nullptr;
  Alarm alarm(loop, [&] { self->start(loop.now()); });
  self = &alarm;
  alarm.start(at(10));
  EXPECT_EQ(loop.advance_to(at(20), 1'000), 1'000u);
  EXPECT_EQ(loop.now(), at(10));
}

// Goal: the driver's steps do not show in the order of events. Method: one random program of alarms that post
// ready nodes that arm alarms, run in one step, in steps of random size, and from deadline to deadline.
class Program {
 public:
  explicit Program(std::uint64_t seed) : draws_(seed, "program") {
    for (int i = 0; i < 20; ++i) {
      ready_.emplace_back([this, i] { run(100 + i); });
      alarms_.emplace_back(loop, [this, i] { run(i); });
      alarms_.back().start_in(delay());
    }
  }

  Loop loop;
  std::vector<std::pair<Time, int>> log;

 private:
  Duration delay() { return Duration{static_cast<std::int64_t>(draws_.below(50))}; }
  void run(int who) {
    log.emplace_back(loop.now(), who);
    if (draws_.chance(1, 2)) loop.post(ready_[draws_.below(20)]);
    if (draws_.chance(2, 3)) alarms_[draws_.below(20)].start_in(delay());
    if (draws_.chance(1, 5)) alarms_[draws_.below(20)].stop();
  }
  RandomDraws draws_;
  std::deque<Ready> ready_;
  std::deque<Alarm> alarms_;
};

TEST(Loop, TheOrderOfEventsDoesNotDependOnTheStepsOfTheDriver) {
  const Time end = at(2'000);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Program at_once(seed);
    at_once.loop.advance_to(end);
    at_once.loop.run_ready();
    ASSERT_GT(at_once.log.size(), 20u);

    Program in_steps(seed);
    RandomDraws draws(seed, "steps");
    while (in_steps.loop.now() < end) {
      in_steps.loop.advance_to(std::min(end, in_steps.loop.now() + Duration{draws.below(30)}));
      if (draws.chance(1, 2)) in_steps.loop.run_ready();
    }
    in_steps.loop.run_ready();
    EXPECT_EQ(in_steps.log, at_once.log);

    Program by_deadline(seed);
    while (by_deadline.loop.next_deadline().value_or(Time::max()) <= end) {
      by_deadline.loop.advance_to(*by_deadline.loop.next_deadline());
      by_deadline.loop.run_ready();
    }
    EXPECT_EQ(by_deadline.log, at_once.log);
  }
}

TEST(LoopDeathTest, TimeNeverGoesBack) {
  Loop loop;
  loop.advance_to(at(10));
  EXPECT_DEATH(loop.advance_to(at(9)), "time never goes back");
}

TEST(Time, LaterStopsAtTheEndOfTime) {
  EXPECT_EQ(later(at(5), 7ns), at(12));
  EXPECT_EQ(later(at(5), Duration::max()), Time::max());
  EXPECT_EQ(later(Time::max(), 1ns), Time::max());
}

TEST(Time, IsToldInSecondsWithAsManyDecimalsAsNeeded) {
  EXPECT_EQ(format_time(at(0)), "0 s");
  EXPECT_EQ(format_time(at(1'500'000'000)), "1.5 s");
  EXPECT_EQ(format_time(at(10'000'000'001)), "10.000000001 s");
}

}  // namespace
}  // namespace holdfast
