#include "sim/time/wait.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/time/task.h"

namespace holdfast {
namespace {

struct WaitOutcome {
  bool announced;
  Time at;
  bool operator==(const WaitOutcome&) const = default;
};

Task<> wait_once(Loop& loop, WaitPoint& point, Time deadline, std::optional<WaitOutcome>& outcome) {
  const bool announced = co_await point.wait_until(deadline, "PUBACK");
  outcome = WaitOutcome{announced, loop.now()};
}

class WaitPointTest : public ::testing::Test {
 protected:
  void spawn(Time deadline) {
    scope.spawn(wait_once(loop, point, deadline, outcome));
    loop.run_ready();
  }
  void advance(Time to) {
    loop.advance_to(to);
    loop.run_ready();
  }

  Loop loop;
  WaitPoint point{loop, "client a"};
  Scope scope{loop};
  std::optional<WaitOutcome> outcome;
};

TEST_F(WaitPointTest, AnAnnouncementResumesTheWaiterThroughTheRing) {
  spawn(Time{10ms});
  advance(Time{3ms});
  point.notify();
  EXPECT_EQ(outcome, std::nullopt);  // not from inside notify()
  EXPECT_FALSE(loop.next_deadline());
  loop.run_ready();
  EXPECT_EQ(outcome, (WaitOutcome{true, Time{3ms}}));
  EXPECT_TRUE(loop.waiting().empty());
}

TEST_F(WaitPointTest, TheDeadlineEndsTheWait) {
  spawn(Time{10ms});
  advance(Time{10ms} - 1ns);
  EXPECT_EQ(outcome, std::nullopt);
  advance(Time{10ms});
  EXPECT_EQ(outcome, (WaitOutcome{false, Time{10ms}}));
  EXPECT_TRUE(loop.waiting().empty());
  point.notify();
  EXPECT_FALSE(loop.has_ready());
}

TEST_F(WaitPointTest, AnAnnouncementInTheMomentOfTheDeadlineStillCounts) {
  spawn(Time{10ms});
  loop.advance_to(Time{10ms});
  point.notify();
  loop.run_ready();
  EXPECT_EQ(outcome, (WaitOutcome{true, Time{10ms}}));
}

TEST_F(WaitPointTest, ADeadlineInThePastEndsTheWaitWithoutTimeMoving) {
  advance(Time{20ms});
  spawn(Time{10ms});
  EXPECT_EQ(outcome, std::nullopt);
  advance(Time{20ms});
  EXPECT_EQ(outcome, (WaitOutcome{false, Time{20ms}}));
}

TEST_F(WaitPointTest, AnAnnouncementIsNotRemembered) {
  point.notify();
  spawn(Time{10ms});
  EXPECT_EQ(outcome, std::nullopt);
}

TEST_F(WaitPointTest, SeveralAnnouncementsResumeOnce) {
  spawn(Time{10ms});
  point.notify();
  point.notify();
  EXPECT_EQ(loop.run_ready(), 2u);  // the waiter, and the end of its task
  EXPECT_EQ(outcome, (WaitOutcome{true, Time{}}));
}

TEST_F(WaitPointTest, AWaitForEverArmsNoTimer) {
  spawn(Time::max());
  EXPECT_FALSE(loop.next_deadline());
  point.notify();
  loop.run_ready();
  EXPECT_EQ(outcome, (WaitOutcome{true, Time{}}));
}

TEST_F(WaitPointTest, DestroyingAWaitingTaskUnlinksItFromEverything) {
  spawn(Time{10ms});
  scope.cancel_all();
  EXPECT_FALSE(loop.next_deadline());
  EXPECT_TRUE(loop.waiting().empty());
  point.notify();
  EXPECT_FALSE(loop.has_ready());
  spawn(Time{10ms});  // the point can be waited at again
  point.notify();
  loop.run_ready();
  EXPECT_EQ(outcome, (WaitOutcome{true, Time{}}));
}

TEST_F(WaitPointTest, DestroyingATaskBetweenAnnouncementAndResumptionUnlinksItFromTheRing) {
  spawn(Time{10ms});
  point.notify();
  scope.cancel_all();
  EXPECT_FALSE(loop.has_ready());
  EXPECT_EQ(outcome, std::nullopt);
}

TEST_F(WaitPointTest, GuardsLearnWhoWaitsForWhatInTheOrderOfWaiting) {
  WaitPoint other(loop, "client b");
  std::optional<WaitOutcome> other_outcome;
  Scope other_scope(loop);
  other_scope.spawn(wait_once(loop, other, Time{5ms}, other_outcome));
  loop.run_ready();
  spawn(Time{10ms});
  EXPECT_EQ(loop.waiting(), (std::vector<std::string>{"client b: PUBACK", "client a: PUBACK"}));
}

Task<> wait_with_patience(WaitPoint& point, Duration patience, std::vector<bool>& results) {
  for (int i = 0; i < 2; ++i) results.push_back(co_await point.wait_for(patience, "bytes"));
}

TEST_F(WaitPointTest, PatienceCountsFromTheBeginningOfEachWait) {
  std::vector<bool> results;
  scope.spawn(wait_with_patience(point, 10ms, results));
  advance(Time{});
  advance(Time{4ms});
  point.notify();
  loop.run_ready();
  EXPECT_EQ(loop.next_deadline(), Time{14ms});
  advance(Time{14ms});
  EXPECT_EQ(results, (std::vector<bool>{true, false}));
}

TEST_F(WaitPointTest, PatienceBeyondTheEndOfTimeIsForEver) {
  advance(Time{1ms});
  std::vector<bool> results;
  scope.spawn(wait_with_patience(point, Duration::max(), results));
  loop.run_ready();
  EXPECT_FALSE(loop.next_deadline());
}

using WaitPointDeathTest = WaitPointTest;

TEST_F(WaitPointDeathTest, OnlyOneMayWait) {
  spawn(Time{10ms});
  EXPECT_DEATH(spawn(Time{10ms}), "one waiter at a time");
}

TEST_F(WaitPointDeathTest, APointMustNotDieWhileSomebodyWaits) {
  EXPECT_DEATH(
      {
        auto short_lived = std::make_unique<WaitPoint>(loop, "client b");
        scope.spawn(wait_once(loop, *short_lived, Time{1s}, outcome));
        loop.run_ready();
        short_lived.reset();
      },
      "still waits here");
}

Task<> sleep_and_log(Loop& loop, Time until, std::vector<Time>& log) {
  co_await sleep_until(loop, until);
  log.push_back(loop.now());
}

TEST(Sleep, ResumesAtItsDeadlineThroughTheRing) {
  Loop loop;
  Scope scope(loop);
  std::vector<Time> log;
  scope.spawn(sleep_and_log(loop, Time{5ms}, log));
  scope.spawn(sleep_and_log(loop, Time{2ms}, log));
  loop.run_ready();
  loop.advance_to(Time{5ms});
  EXPECT_EQ(log, (std::vector<Time>{Time{2ms}}));
  loop.run_ready();
  EXPECT_EQ(log, (std::vector<Time>{Time{2ms}, Time{5ms}}));
}

TEST(Sleep, UntilThePastTakesNoTimeButLetsOthersRun) {
  Loop loop;
  loop.advance_to(Time{5ms});
  Scope scope(loop);
  std::vector<Time> log;
  scope.spawn(sleep_and_log(loop, Time{1ms}, log));
  loop.run_ready();
  EXPECT_TRUE(log.empty());
  loop.advance_to(Time{5ms});
  loop.run_ready();
  EXPECT_EQ(log, (std::vector<Time>{Time{5ms}}));
}

TEST(Sleep, IsToldToGuardsAndArmsNoTimerForEver) {
  Loop loop;
  Scope scope(loop);
  std::vector<Time> log;
  scope.spawn(sleep_and_log(loop, Time{1500ms}, log));
  scope.spawn(sleep_and_log(loop, Time::max(), log));
  loop.run_ready();
  EXPECT_EQ(loop.waiting(), (std::vector<std::string>{"sleeps until 1.5 s", "sleeps for ever"}));
  EXPECT_EQ(loop.next_deadline(), Time{1500ms});
  loop.advance_to(Time{1500ms});
  loop.run_ready();
  EXPECT_FALSE(loop.next_deadline());
}

TEST(Sleep, GuardsLearnOnlyWhoStillWaitsInWhateverOrderWaitsEnd) {
  Loop loop;
  Scope scope(loop);
  std::vector<Time> log;
  for (const Duration delay : {1s, 5s, 4s, 2s, 3s}) scope.spawn(sleep_and_log(loop, Time{delay}, log));
  loop.run_ready();
  std::vector<std::string> expected{"sleeps until 1 s", "sleeps until 5 s", "sleeps until 4 s",
                                    "sleeps until 2 s", "sleeps until 3 s"};
  for (int second = 0; second <= 5; ++second) {
    loop.advance_to(Time{second * 1s});
    loop.run_ready();
    std::erase(expected, "sleeps until " + std::to_string(second) + " s");
    EXPECT_EQ(loop.waiting(), expected);
  }
  EXPECT_TRUE(expected.empty());
}

TEST(Sleep, DestroyingTheSleeperUnlinksIt) {
  Loop loop;
  std::vector<Time> log;
  {
    Scope scope(loop);
    scope.spawn(sleep_and_log(loop, Time{5ms}, log));
    scope.spawn(sleep_and_log(loop, Time{6ms}, log));
    loop.run_ready();
    loop.advance_to(Time{5ms});  // the first is in the ring now, the second in the wheel
  }
  EXPECT_FALSE(loop.has_ready());
  EXPECT_FALSE(loop.next_deadline());
  EXPECT_TRUE(loop.waiting().empty());
  EXPECT_TRUE(log.empty());
}

}  // namespace
}  // namespace holdfast
