#include "sim/time/virtual_driver.h"

#include <gtest/gtest.h>

#include "sim/time/task.h"
#include "sim/time/wait.h"

namespace holdfast {
namespace {

using Outcome = VirtualRunResult::Outcome;

Task<> sleep_often(Loop& loop, int count, Duration each) {
  for (int i = 0; i < count; ++i) co_await sleep_for(loop, each);
}

Task<> wait_for_ever(WaitPoint& point, const char* what) { co_await point.wait_until(Time::max(), what); }

TEST(VirtualDriver, JumpsFromDeadlineToDeadlineUntilDone) {
  Loop loop;
  Scope scope(loop);
  scope.spawn(sleep_often(loop, 1'000, 24h));
  const VirtualRunResult result = run_virtual(loop, [&] { return scope.active() == 0; });
  EXPECT_EQ(result.outcome, Outcome::done);
  EXPECT_EQ(result.explanation, "");
  EXPECT_EQ(loop.now(), Time{24'000h});
}

TEST(VirtualDriver, EndsAtTheMomentInWhichItIsDone) {
  Loop loop;
  Scope scope(loop);
  int fired = 0;
  Alarm first(loop, [&] { ++fired; });
  Alarm second(loop, [&] { ++fired; });
  first.start(Time{1s});
  second.start(Time{2s});
  EXPECT_EQ(run_virtual(loop, [&] { return fired == 1; }).outcome, Outcome::done);
  EXPECT_EQ(loop.now(), Time{1s});
}

TEST(VirtualDriver, DoesNothingMoreWhenItIsDoneFromTheBeginning) {
  Loop loop;
  Alarm alarm(loop, [] { ADD_FAILURE(); });
  alarm.start(Time{1s});
  EXPECT_EQ(run_virtual(loop, [] { return true; }).outcome, Outcome::done);
  EXPECT_EQ(loop.now(), Time{});
}

TEST(VirtualDriver, StalledTellsWhoWaitsForWhat) {
  Loop loop;
  WaitPoint a(loop, "client a");
  WaitPoint b(loop, "client b");
  Scope scope(loop);
  scope.spawn(sleep_often(loop, 3, 500ms));
  scope.spawn(wait_for_ever(b, "PUBACK"));
  scope.spawn(wait_for_ever(a, "PUBREL"));
  const VirtualRunResult result = run_virtual(loop, [&] { return scope.active() == 0; });
  EXPECT_EQ(result.outcome, Outcome::stalled);
  EXPECT_EQ(result.explanation,
            "at 1.5 s nothing is left to happen, and these wait:\n"
            "  client b: PUBACK\n"
            "  client a: PUBREL");
}

TEST(VirtualDriver, StalledTellsThatNobodyWaits) {
  Loop loop;
  const VirtualRunResult result = run_virtual(loop, [] { return false; });
  EXPECT_EQ(result.outcome, Outcome::stalled);
  EXPECT_EQ(result.explanation, "at 0 s nothing is left to happen, and nobody waits");
}

TEST(VirtualDriver, LivelockInTheReadyRingIsStopped) {
  Loop loop;
  WaitPoint point(loop, "client a");
  Scope scope(loop);
  scope.spawn(wait_for_ever(point, "CONNACK"));
  class Restless final : public ReadyNode {
   public:
    explicit Restless(Loop& loop) : loop_(loop) { loop_.post(*this); }

   private:
    void on_ready() override { loop_.post(*this); }
    Loop& loop_;
  } restless(loop);
  const VirtualRunResult result = run_virtual(loop, [] { return false; }, {.steps_per_moment_max = 1'000});
  EXPECT_EQ(result.outcome, Outcome::livelock);
  EXPECT_EQ(result.explanation,
            "at 0 s 1000 steps were run without time moving, and these wait:\n"
            "  client a: CONNACK");
  EXPECT_EQ(loop.steps(), 1'000u);
}

TEST(VirtualDriver, LivelockOfSleepsWithoutDelayIsStopped) {
  Loop loop;
  Scope scope(loop);
  loop.advance_to(Time{1s});
  scope.spawn(sleep_often(loop, 1'000'000, 0ns));
  const VirtualRunResult result = run_virtual(loop, [] { return false; }, {.steps_per_moment_max = 1'000});
  EXPECT_EQ(result.outcome, Outcome::livelock);
  EXPECT_EQ(loop.now(), Time{1s});
  EXPECT_EQ(loop.steps(), 1'000u);
}

TEST(VirtualDriver, LivelockOfATimerThatArmsItselfForNowIsStopped) {
  Loop loop;
  Alarm* self = nullptr;
  Alarm alarm(loop, [&] { self->start(loop.now()); });
  self = &alarm;
  alarm.start(Time{1s});
  const VirtualRunResult result = run_virtual(loop, [] { return false; }, {.steps_per_moment_max = 1'000});
  EXPECT_EQ(result.outcome, Outcome::livelock);
  EXPECT_EQ(loop.now(), Time{1s});
}

TEST(VirtualDriver, TheBoundCountsEachMomentByItself) {
  Loop loop;
  Scope scope(loop);
  scope.spawn(sleep_often(loop, 1'000, 1ns));
  const VirtualRunLimits limits{.steps_per_moment_max = 4};
  EXPECT_EQ(run_virtual(
                loop, [&] { return scope.active() == 0; }, limits)
                .outcome,
            Outcome::done);
}

TEST(VirtualDriver, LateAtTheEndOfVirtualTime) {
  Loop loop;
  Scope scope(loop);
  int fired = 0;
  Alarm at_the_end(loop, [&] { ++fired; });
  Alarm beyond(loop, [&] { ++fired; });
  at_the_end.start(Time{10s});
  beyond.start(Time{10s} + 1ns);
  scope.spawn(sleep_often(loop, 1, 1min));
  const VirtualRunResult result = run_virtual(loop, [&] { return fired == 2; }, {.end = Time{10s}});
  EXPECT_EQ(result.outcome, Outcome::late);
  EXPECT_EQ(result.explanation,
            "at 10 s virtual time is over, and these wait:\n"
            "  sleeps until 60 s");
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(loop.now(), Time{10s});
}

TEST(VirtualDriver, TheEndOfVirtualTimeStillBelongsToIt) {
  Loop loop;
  Scope scope(loop);
  scope.spawn(sleep_often(loop, 1, 10s));
  const VirtualRunResult result = run_virtual(loop, [&] { return scope.active() == 0; }, {.end = Time{10s}});
  EXPECT_EQ(result.outcome, Outcome::done);
}

TEST(VirtualDriver, GoesOnWhereTheLastRunEnded) {
  Loop loop;
  Scope scope(loop);
  scope.spawn(sleep_often(loop, 1, 1min));
  const auto is_done = [&] { return scope.active() == 0; };
  EXPECT_EQ(run_virtual(loop, is_done, {.end = Time{10s}}).outcome, Outcome::late);
  EXPECT_EQ(run_virtual(loop, is_done, {.end = Time{5s}}).outcome, Outcome::late);  // is over already
  EXPECT_EQ(loop.now(), Time{10s});
  EXPECT_EQ(run_virtual(loop, is_done).outcome, Outcome::done);
  EXPECT_EQ(loop.now(), Time{1min});
}

}  // namespace
}  // namespace holdfast
