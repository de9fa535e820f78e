// Goal: the stack stays flat without the optimiser's help, where symmetric transfer overflows it under
// g++ 12. Method: this file alone is compiled with -O0 (see CMakeLists.txt). The type Nothing is local to it,
// and with it every template instance, so no optimised copy of another file can be linked in its place.
#include <gtest/gtest.h>

#include "sim/time/task.h"

#ifdef __OPTIMIZE__
#error "task_unoptimised_test.cpp is to be compiled with -O0"
#endif

namespace holdfast {
namespace {

struct Nothing {};

Task<Nothing> finish_at_once() { co_return Nothing(); }

Task<> await_many(int& count) {
  for (int i = 0; i < 1'000'000; ++i) {
    co_await finish_at_once();
    ++count;
  }
}

TEST(TaskUnoptimised, AMillionChildrenThatFinishAtOnceDoNotOverflowTheStack) {
  Loop loop;
  Scope scope(loop);
  int count = 0;
  scope.spawn(await_many(count));
  loop.run_ready();
  EXPECT_EQ(count, 1'000'000);
}

}  // namespace
}  // namespace holdfast
