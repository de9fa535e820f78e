#include "sim/time/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/time/wait.h"

namespace holdfast {
namespace {

Task<int> finish_at_once(int value) { co_return value; }

Task<int> finish_after(Loop& loop, Duration delay, int value) {
  co_await sleep_for(loop, delay);
  co_return value;
}

Task<int> throw_at_once() {
  throw std::runtime_error("at once");
  co_return 0;
}

Task<> throw_after(Loop& loop, Duration delay) {
  co_await sleep_for(loop, delay);
  throw std::runtime_error("later");
}

Task<> log_around(Loop& loop, std::string& log, char name, Duration delay) {
  log += name;
  co_await sleep_for(loop, delay);
  log += static_cast<char>(name - 'a' + 'A');
}

TEST(Task, IsLazy) {
  std::string log;
  Loop loop;
  {
    const Task<> never_awaited = log_around(loop, log, 'a', 1ms);
    loop.advance_to(Time{10ms});
  }
  EXPECT_EQ(log, "");
}

Task<> await_two_values(Loop& loop, std::vector<int>& values) {
  values.push_back(co_await finish_at_once(1));
  values.push_back(co_await finish_after(loop, 5ms, 2));
}

TEST(Task, AnAwaitedChildStartsAtOnceAndGivesItsValue) {
  Loop loop;
  Scope scope(loop);
  std::vector<int> values;
  scope.spawn(await_two_values(loop, values));
  EXPECT_TRUE(values.empty());
  loop.run_ready();
  EXPECT_EQ(values, std::vector<int>{1});
  loop.advance_to(Time{5ms});
  loop.run_ready();
  EXPECT_EQ(values, (std::vector<int>{1, 2}));
}

Task<> log_inline_start(Loop& loop, std::string& log) {
  log += '(';
  co_await log_around(loop, log, 'a', 1ms);
  log += ')';
}

TEST(Task, AWaitingChildSuspendsItsParent) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(log_inline_start(loop, log));
  scope.spawn(log_inline_start(loop, log));
  loop.run_ready();
  EXPECT_EQ(log, "(a(a");
  loop.advance_to(Time{1ms});
  loop.run_ready();
  EXPECT_EQ(log, "(a(aA)A)");
}

Task<int> depth(Loop& loop, int levels) {
  if (levels == 0) {
    co_await sleep_for(loop, 1ms);
    co_return 0;
  }
  const int below = co_await depth(loop, levels - 1);
  co_return below + 1;
}

Task<> store_depth(Loop& loop, int levels, int& result) { result = co_await depth(loop, levels); }

TEST(Task, TasksNest) {
  Loop loop;
  Scope scope(loop);
  int result = 0;
  scope.spawn(store_depth(loop, 500, result));
  loop.run_ready();
  loop.advance_to(Time{1ms});
  loop.run_ready();
  EXPECT_EQ(result, 500);
  EXPECT_EQ(scope.active(), 0u);
}

Task<> catch_both(Loop& loop, std::vector<std::string>& caught) {
  try {
    co_await throw_at_once();
  } catch (const std::runtime_error& error) {
    caught.push_back(error.what());
  }
  try {
    co_await throw_after(loop, 1ms);
  } catch (const std::runtime_error& error) {
    caught.push_back(error.what());
  }
}

TEST(Task, ExceptionsPassToTheParent) {
  Loop loop;
  Scope scope(loop);
  std::vector<std::string> caught;
  scope.spawn(catch_both(loop, caught));
  loop.run_ready();
  loop.advance_to(Time{1ms});
  loop.run_ready();
  EXPECT_EQ(caught, (std::vector<std::string>{"at once", "later"}));
}

Task<std::unique_ptr<int>> make_pointer(int value) { co_return std::make_unique<int>(value); }
Task<std::pair<int, std::string>> make_pair_of_braces() { co_return {3, "three"}; }

Task<> await_move_only(int& result, std::string& word) {
  const std::unique_ptr<int> pointer = co_await make_pointer(7);
  result = *pointer;
  const auto pair = co_await make_pair_of_braces();
  word = pair.second;
}

TEST(Task, ResultsMayBeMoveOnlyOrMadeOfBraces) {
  Loop loop;
  Scope scope(loop);
  int result = 0;
  std::string word;
  scope.spawn(await_move_only(result, word));
  loop.run_ready();
  EXPECT_EQ(result, 7);
  EXPECT_EQ(word, "three");
}

Task<> await_many(Loop& loop, int count, int& sum) {
  for (int i = 0; i < count; ++i) sum += co_await finish_after(loop, 0ns, 1);
}

// Each child resumes its parent from its own end: that the stack unwinds in between is what is tested.
TEST(Task, ManyWaitingChildrenInARowKeepTheStackFlat) {
  Loop loop;
  Scope scope(loop);
  int sum = 0;
  scope.spawn(await_many(loop, 300'000, sum));
  while (scope.active() > 0) {
    loop.run_ready();
    loop.advance_to(loop.now());
  }
  EXPECT_EQ(sum, 300'000);
}

// Says in a log when it is destroyed.
class Tracer {
 public:
  Tracer(std::string& log, char name) : log_(log), name_(name) {}
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;
  ~Tracer() { log_ += name_; }

 private:
  std::string& log_;
  char name_;
};

Task<> hold_and_wait(Loop& loop, std::string& log, char name) {
  const Tracer tracer(log, name);
  co_await sleep_for(loop, 1h);
}

Task<> hold_and_await(Loop& loop, std::string& log, char name, char child_name) {
  const Tracer tracer(log, name);
  co_await hold_and_wait(loop, log, child_name);
}

TEST(Task, DestroyingAWaitingTaskDestroysItsChildrenFirstAndUnlinksThem) {
  Loop loop;
  std::string log;
  {
    Scope scope(loop);
    scope.spawn(hold_and_await(loop, log, 'p', 'c'));
    loop.run_ready();
    EXPECT_TRUE(loop.next_deadline());
    EXPECT_EQ(loop.waiting().size(), 1u);
  }
  EXPECT_EQ(log, "cp");
  EXPECT_FALSE(loop.next_deadline());
  EXPECT_TRUE(loop.waiting().empty());
}

TEST(Task, MovingATaskKeepsItAndAssigningDestroysTheOldOne) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  Task<> task = log_around(loop, log, 'a', 1ms);
  task = log_around(loop, log, 'b', 1ms);
  Task<> moved = std::move(task);
  scope.spawn(std::move(moved));
  loop.run_ready();
  EXPECT_EQ(log, "b");
}

Task<> await_nothing() {
  const Task<> empty;
  co_await empty;
}

TEST(TaskDeathTest, AnEmptyTaskCannotBeAwaited) {
  EXPECT_DEATH(
      {
        Loop loop;
        Scope scope(loop);
        scope.spawn(await_nothing());
        loop.run_ready();
      },
      "handle_");
}

TEST(Scope, StartsTasksFromTheReadyRingInTheOrderOfSpawning) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(log_around(loop, log, 'a', 2ms));
  scope.spawn(log_around(loop, log, 'b', 1ms));
  EXPECT_EQ(log, "");
  EXPECT_EQ(scope.active(), 2u);
  loop.run_ready();
  EXPECT_EQ(log, "ab");
  loop.advance_to(Time{3ms});
  loop.run_ready();
  EXPECT_EQ(log, "abBA");
  EXPECT_EQ(scope.active(), 0u);
}

TEST(Scope, TellsTheEndOnceAfterTheFrameIsGone) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(hold_and_wait(loop, log, 'f'), [&](std::exception_ptr error) {
    EXPECT_EQ(error, nullptr);
    EXPECT_EQ(scope.active(), 0u);
    log += "done";
  });
  loop.run_ready();
  loop.advance_to(Time{1h});
  loop.run_ready();
  loop.advance_to(Time{2h});
  loop.run_ready();
  EXPECT_EQ(log, "fdone");
}

TEST(Scope, TellsTheExceptionThatEndedATask) {
  Loop loop;
  Scope scope(loop);
  std::string told;
  scope.spawn(throw_after(loop, 1ms), [&](std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::runtime_error& caught) {
      told = caught.what();
    }
  });
  loop.run_ready();
  loop.advance_to(Time{1ms});
  loop.run_ready();
  EXPECT_EQ(told, "later");
}

TEST(Scope, AnExceptionThatNobodyAsksForLeavesThroughTheLoop) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(throw_after(loop, 0ms));
  scope.spawn(log_around(loop, log, 'a', 0ms));
  loop.run_ready();
  loop.advance_to(Time{});
  EXPECT_THROW(loop.run_ready(), std::runtime_error);
  EXPECT_EQ(scope.active(), 1u);
  loop.run_ready();  // the loop goes on
  EXPECT_EQ(log, "aA");
}

TEST(Scope, DestroysItsTasksLastSpawnedFirst) {
  Loop loop;
  std::string log;
  bool told = false;
  {
    Scope scope(loop);
    for (const char name : {'a', 'b', 'c'}) {
      scope.spawn(hold_and_wait(loop, log, name), [&](std::exception_ptr) { told = true; });
    }
    loop.run_ready();
  }
  EXPECT_EQ(log, "cba");
  loop.run_ready();
  EXPECT_FALSE(told);
}

TEST(Scope, CanBeUsedAgainAfterCancelAll) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(hold_and_wait(loop, log, 'x'));
  loop.run_ready();
  scope.spawn(hold_and_wait(loop, log, 'y'));  // not started yet: its body has nothing to destroy
  scope.cancel_all();
  EXPECT_EQ(log, "x");
  EXPECT_EQ(scope.active(), 0u);
  scope.spawn(log_around(loop, log, 'a', 1ms));
  loop.run_ready();
  EXPECT_EQ(log, "xa");
}

TEST(Scope, OnDoneMaySpawnAndCancel) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(log_around(loop, log, 'a', 0ns), [&](std::exception_ptr) {
    scope.cancel_all();
    scope.spawn(log_around(loop, log, 'c', 0ns));
  });
  scope.spawn(hold_and_wait(loop, log, 'b'));
  loop.run_ready();
  loop.advance_to(Time{});
  loop.run_ready();
  EXPECT_EQ(log, "aAbc");
}

Task<> spawn_another(Scope& scope, Loop& loop, std::string& log) {
  scope.spawn(log_around(loop, log, 'n', 1ms));
  log += 's';
  co_return;
}

TEST(Scope, ATaskMaySpawnIntoItsOwnScope) {
  Loop loop;
  Scope scope(loop);
  std::string log;
  scope.spawn(spawn_another(scope, loop, log));
  loop.run_ready();
  EXPECT_EQ(log, "sn");
  EXPECT_EQ(scope.active(), 1u);
}

}  // namespace
}  // namespace holdfast
