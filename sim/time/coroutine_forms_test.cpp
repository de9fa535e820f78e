// Goal: the coroutine forms that Holdfast uses are compiled rightly. g++ 12 compiles others wrongly,
// silently: the body never runs, or a temporary is destroyed twice. README.md has the table of what is
// forbidden, and lint_coroutines keeps it out of the sources.
//
// Method: every object counts its construction and destruction by address. Each form is run with children
// that finish at once, with children that wait, and is destroyed while it waits. Every form ends by setting
// `result` to 1, so that a body which is skipped shows.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/time/task.h"
#include "sim/time/virtual_driver.h"
#include "sim/time/wait.h"

namespace holdfast {
namespace {

// The objects that live, by address, and the errors seen.
struct Census {
  std::set<const void*> living;
  int destroyed_twice = 0;
  int made_twice = 0;
};
Census census;

class Counted {
 public:
  explicit Counted(int number = 0) : number_(number) { enter(); }
  Counted(const Counted& other) : number_(other.number_) { enter(); }
  Counted(Counted&& other) noexcept : number_(other.number_) { enter(); }
  Counted& operator=(const Counted&) = default;
  ~Counted() { census.destroyed_twice += census.living.erase(this) == 0; }
  int number() const { return number_; }

 private:
  void enter() { census.made_twice += !census.living.insert(this).second; }
  int number_;
};

// As packets and options are: members that need destruction, no constructors.
struct Options {
  Counted counted;
  int number = 0;
};

// As a packet builder is: constructors and chained setters.
class Builder {
 public:
  explicit Builder(int number) : counted_(number) {}
  Builder& plus(int more) {
    more_ += more;
    return *this;
  }
  int number() const { return counted_.number() + more_; }

 private:
  Counted counted_;
  int more_ = 0;
};

struct Stage {
  Loop& loop;
  bool waits;  // whether children wait, or finish at once
  int& result;
};

Task<int> number(Stage stage, int value) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return value;
}
Task<Counted> counted(Stage stage, int value) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return Counted(value);
}
Task<std::optional<Counted>> maybe_counted(Stage stage, int value) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  if (value == 0) co_return std::nullopt;
  co_return Counted(value);
}
Task<std::pair<Counted, int>> counted_pair(Stage stage) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return {Counted(2), 3};
}
Task<int> take_builder(Stage stage, Builder builder) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return builder.number();
}
Task<int> take_options(Stage stage, Options options) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return options.counted.number() + options.number;
}
Task<int> look_at_options(Stage stage, const Options& options) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return options.counted.number() + options.number;
}
Task<Options> give_options(Stage stage) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return {.counted = Counted(2), .number = 4};
}
Task<std::size_t> take_string(Stage stage, std::string text, std::unique_ptr<Counted> pointer) {
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  co_return text.size() + static_cast<std::size_t>(pointer->number());
}
Task<int> throw_counted(Stage stage) {
  const Counted local(1);
  if (stage.waits) co_await sleep_for(stage.loop, 1ms);
  throw Counted(7);
}
int plain_call(const Options& options) { return options.counted.number() + options.number; }

Task<> named_result(Stage stage) {
  const Counted local(1);
  const auto value = co_await counted(stage, 4);
  stage.result = value.number() - 3 * local.number();
}

Task<> if_with_initialiser(Stage stage) {
  if (auto value = co_await maybe_counted(stage, 4); !value) {
    co_return;
  }
  if (auto value = co_await number(stage, 3); value != 3) {
    co_return;
  } else {
    stage.result = value - 2;
  }
}

Task<> named_then_if_and_switch(Stage stage) {
  const auto value = co_await number(stage, 3);
  if (value != 3) co_return;
  switch (value) {
    case 3:
      stage.result = 1;
      break;
    default:
      stage.result = -1;
  }
}

Task<> loop_with_break(Stage stage) {
  int rounds = 0;
  while (true) {
    const auto value = co_await maybe_counted(stage, 3 - rounds);
    if (!value) break;
    ++rounds;
  }
  stage.result = rounds - 2;
}

Task<> range_for(Stage stage) {
  const std::vector<Counted> all(3, Counted(2));
  int sum = 0;
  for (const Counted& each : all) sum += each.number() * co_await number(stage, 1);
  stage.result = sum - 5;
}

Task<> builder_temporary(Stage stage) { stage.result = co_await take_builder(stage, Builder(4).plus(2)) - 5; }

Task<> named_options(Stage stage) {
  const Options options{.counted = Counted(2), .number = 4};
  stage.result = co_await take_options(stage, options) - 5;
}

Task<> moved_options(Stage stage) {
  Options options{.counted = Counted(2), .number = 4};
  stage.result = co_await take_options(stage, std::move(options)) - 5;
}

Options make_options() { return {.counted = Counted(2), .number = 4}; }

// An aggregate temporary is well if a call returns it; only one made of braces on the spot is not.
Task<> options_returned_by_a_call(Stage stage) {
  const int by_value = co_await take_options(stage, make_options());
  const int by_reference = co_await look_at_options(stage, make_options());
  stage.result = by_value + by_reference - 11;
}

Task<> options_as_a_result(Stage stage) {
  const Options named = co_await give_options(stage);
  stage.result = named.number - 3;
  co_await give_options(stage);  // and dropped
}

Task<> string_and_pointer_temporaries(Stage stage) {
  const auto size = co_await take_string(stage, std::string(100, 'x'), std::make_unique<Counted>(3));
  stage.result = static_cast<int>(size) - 102;
}

Task<> braces_in_a_plain_call(Stage stage) {
  const int first = plain_call({.counted = Counted(1), .number = 2});
  const int second = co_await number(stage, 3);
  stage.result = first + second + plain_call(Options{Counted(1), 1}) - 7;
}

Task<> expectations_about_a_call(Stage stage) {
  EXPECT_EQ((co_await counted(stage, 3)).number(), 3) << "a message";
  EXPECT_TRUE((co_await maybe_counted(stage, 3)).has_value());
  stage.result = 1;
}

Task<> sum_of_temporaries(Stage stage) {
  const std::string text = std::string(50, 'a') + std::string((co_await counted(stage, 4)).number(), 'b');
  stage.result = static_cast<int>(text.size()) - 53;
}

Task<> named_then_bound(Stage stage) {
  const auto pair = co_await counted_pair(stage);
  const auto& [first, second] = pair;
  stage.result = second - first.number();
}

Task<> try_around(Stage stage) {
  try {
    co_await throw_counted(stage);
  } catch (const Counted& caught) {
    stage.result = caught.number() - 6;
  }
  stage.result = co_await number(stage, stage.result);
}

Task<int> return_of_a_call(Stage stage) { co_return co_await number(stage, 1); }
Task<> nested_return(Stage stage) { stage.result = co_await return_of_a_call(stage); }

Task<> early_return(Stage stage) {
  const Counted local(1);
  const auto value = co_await counted(stage, 1);
  stage.result = value.number();
  if (value.number() == local.number()) co_return;
  stage.result = -1;
}

Task<> lambda_with_arguments(Stage stage) {
  const auto add = [](Stage inner, Counted value) -> Task<int> {
    const int one = co_await number(inner, 1);
    co_return value.number() + one;
  };
  const int sum = co_await add(stage, Counted(2));
  stage.result = sum - 2;
}

Task<> reference_capture_in_an_argument(Stage stage) {
  const Counted local(3);
  const auto apply = [](Stage inner, auto function) -> Task<int> {
    if (inner.waits) co_await sleep_for(inner.loop, 1ms);
    co_return function();
  };
  const int value = co_await apply(stage, [&local] { return local.number(); });
  stage.result = value - 2;
}

struct Form {
  const char* name;
  Task<> (*run)(Stage);
};
void PrintTo(const Form& form, std::ostream* out) { *out << form.name; }

class CoroutineForm : public ::testing::TestWithParam<Form> {
 protected:
  void SetUp() override { census = Census(); }
  void TearDown() override {
    EXPECT_EQ(census.destroyed_twice, 0);
    EXPECT_EQ(census.made_twice, 0);
    EXPECT_EQ(census.living.size(), 0u);
  }
  int run(bool waits, int sleeps_max) {
    int result = 0;
    Loop loop;
    Scope scope(loop);
    scope.spawn(GetParam().run(Stage{loop, waits, result}));
    int sleeps = 0;
    run_virtual(loop, [&] { return scope.active() == 0 || sleeps++ == sleeps_max; });
    return result;
  }
};

TEST_P(CoroutineForm, RunsWithChildrenThatFinishAtOnce) { EXPECT_EQ(run(false, 1'000), 1); }
TEST_P(CoroutineForm, RunsWithChildrenThatWait) { EXPECT_EQ(run(true, 1'000), 1); }
TEST_P(CoroutineForm, IsDestroyedAtAnyWait) {
  for (int sleeps = 0; sleeps < 5; ++sleeps) {
    run(true, sleeps);
    EXPECT_EQ(census.living.size(), 0u);
  }
}

#define FORM(name) \
  Form { #name, name }
INSTANTIATE_TEST_SUITE_P(
    Used, CoroutineForm,
    ::testing::Values(FORM(named_result), FORM(if_with_initialiser), FORM(named_then_if_and_switch),
                      FORM(loop_with_break), FORM(range_for), FORM(builder_temporary), FORM(named_options),
                      FORM(moved_options), FORM(options_returned_by_a_call), FORM(options_as_a_result),
                      FORM(string_and_pointer_temporaries), FORM(braces_in_a_plain_call),
                      FORM(expectations_about_a_call), FORM(sum_of_temporaries), FORM(named_then_bound),
                      FORM(try_around), FORM(nested_return), FORM(early_return), FORM(lambda_with_arguments),
                      FORM(reference_capture_in_an_argument)),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace holdfast
