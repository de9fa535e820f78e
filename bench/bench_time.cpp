// The loop against the plain way to write one. Both sides do the same work in the same order, with the same
// delays.
#include <benchmark/benchmark.h>

#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "bench/plain_loop.h"
#include "bench/ratios.h"
#include "sim/time/draws.h"
#include "sim/time/task.h"
#include "sim/time/wait.h"

namespace holdfast::bench {
namespace {

// Drawn before, so that drawing is not measured.
class Delays {
 public:
  Delays() {
    RandomDraws draws(1, "delays");
    for (Duration& delay : delays_) delay = Duration{static_cast<std::int64_t>(draws.between(1, 2'000'000))};
  }
  Duration next() { return delays_[position_++ % delays_.size()]; }

 private:
  std::vector<Duration> delays_ = std::vector<Duration>(1 << 16);
  std::size_t position_ = 0;
};

constexpr int batch = 1'024;

// Schedule and dispatch: so many events are pending; each one that fires schedules itself again.

class Again final : public TimerNode {
 public:
  Again(Loop& loop, Delays& delays) : loop_(loop), delays_(delays) { start(); }

 private:
  void start() { loop_.arm(*this, loop_.now() + delays_.next()); }
  void on_deadline() override { start(); }
  Loop& loop_;
  Delays& delays_;
};

void dispatch_ours(benchmark::State& state) {
  Loop loop;
  Delays delays;
  std::deque<Again> events;
  for (int i = 0; i < state.range(0); ++i) events.emplace_back(loop, delays);
  loop.advance_to(Time{10ms});
  while (state.KeepRunningBatch(batch)) loop.advance_to(Time::max(), batch);
}

struct PlainAgain {
  PlainLoop& loop;
  Delays& delays;
  void start() {
    loop.schedule(loop.now() + delays.next(), [this] { start(); });
  }
};

void dispatch_plain(benchmark::State& state) {
  PlainLoop loop;
  Delays delays;
  std::deque<PlainAgain> events;
  for (int i = 0; i < state.range(0); ++i) events.emplace_back(loop, delays).start();
  loop.advance_to(Time{10ms});
  while (state.KeepRunningBatch(batch)) loop.run(batch);
}

// Timeouts: each of so many clients waits with a timeout of a second; every 10 us the next of them gets what
// it waits for, and waits anew. A priority queue cannot give an entry back, so the peer leaves it in and lets
// it do nothing when its time comes.

constexpr Duration timeout = 1s;
constexpr Duration pace = 5us;

class Timeout final : public TimerNode {
  void on_deadline() override {}
};

void timeout_ours(benchmark::State& state) {
  Loop loop;
  std::vector<Timeout> clients(state.range(0));
  std::size_t next = 0;
  const auto step = [&] {
    Timeout& client = clients[next++ % clients.size()];
    loop.disarm(client);
    loop.arm(client, loop.now() + timeout);
    loop.advance_to(loop.now() + pace);
  };
  for (int i = 0; i < timeout / pace; ++i) step();
  for (auto _ : state) step();
}

struct PlainClient {
  std::uint64_t waits = 0;
  void on_deadline(std::uint64_t wait) {
    if (wait == waits) benchmark::DoNotOptimize(waits);
  }
};

void timeout_plain(benchmark::State& state) {
  PlainLoop loop;
  std::vector<PlainClient> clients(state.range(0));
  std::size_t next = 0;
  const auto step = [&] {
    PlainClient& client = clients[next++ % clients.size()];
    const std::uint64_t wait = ++client.waits;
    // Client and wait as one pointer-sized capture each: 16 bytes, no allocation.
    loop.schedule(loop.now() + timeout, [&client, wait] { client.on_deadline(wait); });
    loop.advance_to(loop.now() + pace);
  };
  for (int i = 0; i < timeout / pace; ++i) step();
  for (auto _ : state) step();
}

// Switch: so many coroutines take turns in the ready ring; the peer is a queue of functions.

class Turn final : private ReadyNode {
 public:
  explicit Turn(Loop& loop) : loop_(loop) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    loop_.post(*this);
  }
  void await_resume() const noexcept {}

 private:
  void on_ready() override { coroutine_.resume(); }
  Loop& loop_;
  std::coroutine_handle<> coroutine_;
};

Task<> take_turns(Loop& loop) {
  while (true) co_await Turn(loop);
}

void switch_ours(benchmark::State& state) {
  Loop loop;
  Scope scope(loop);
  for (int i = 0; i < state.range(0); ++i) scope.spawn(take_turns(loop));
  loop.run_ready(state.range(0));
  while (state.KeepRunningBatch(batch)) loop.run_ready(batch);
}

struct PlainTurns {
  std::deque<std::function<void()>>& queue;
  void post() {
    queue.push_back([this] { post(); });
  }
};

void switch_plain(benchmark::State& state) {
  std::deque<std::function<void()>> queue;
  std::deque<PlainTurns> all;
  for (int i = 0; i < state.range(0); ++i) all.emplace_back(queue).post();
  while (state.KeepRunningBatch(batch)) {
    for (int i = 0; i < batch; ++i) {
      const std::function<void()> action = std::move(queue.front());
      queue.pop_front();
      action();
    }
  }
}

// Awaited call: a child that finishes at once; the peer keeps its state in an object on the heap.

Task<std::uint64_t> add_one(std::uint64_t value) { co_return value + 1; }

Task<> call_for_ever(Loop& loop, std::uint64_t& sum) {
  while (true) {
    for (int i = 0; i < batch; ++i) sum = co_await add_one(sum);
    co_await Turn(loop);
  }
}

void call_ours(benchmark::State& state) {
  Loop loop;
  Scope scope(loop);
  std::uint64_t sum = 0;
  scope.spawn(call_for_ever(loop, sum));
  loop.run_ready(1);
  while (state.KeepRunningBatch(batch)) loop.run_ready(1);
  benchmark::DoNotOptimize(sum);
}

class PlainCall {
 public:
  explicit PlainCall(std::uint64_t value) : value_(value) {}
  virtual ~PlainCall() = default;
  virtual std::uint64_t run() { return value_ + 1; }

 private:
  std::uint64_t value_;
  std::byte state_[64] = {};  // about as much as a frame
};

void call_plain(benchmark::State& state) {
  std::uint64_t sum = 0;
  for (auto _ : state) {
    std::unique_ptr<PlainCall> call = std::make_unique<PlainCall>(sum);
    benchmark::DoNotOptimize(call);
    sum = call->run();
  }
  benchmark::DoNotOptimize(sum);
}

// Sleep: so many coroutines sleep for a random time, again and again; the peer are functions in the plain
// loop.

Task<> sleep_for_ever(Loop& loop, Delays& delays) {
  while (true) co_await sleep_for(loop, delays.next());
}

void sleep_ours(benchmark::State& state) {
  Loop loop;
  Delays delays;
  Scope scope(loop);
  for (int i = 0; i < state.range(0); ++i) scope.spawn(sleep_for_ever(loop, delays));
  loop.advance_to(Time{10ms});
  // A sleep is two steps: the timer and the coroutine.
  while (state.KeepRunningBatch(batch)) loop.advance_to(Time::max(), 2 * batch);
}

BENCHMARK(dispatch_ours)->Arg(1'000)->Arg(100'000);
BENCHMARK(dispatch_plain)->Arg(1'000)->Arg(100'000);
BENCHMARK(timeout_ours)->Arg(1'000)->Arg(100'000);
BENCHMARK(timeout_plain)->Arg(1'000)->Arg(100'000);
BENCHMARK(sleep_ours)->Arg(1'000)->Arg(100'000);
BENCHMARK(switch_ours)->Arg(100)->Arg(100'000);
BENCHMARK(switch_plain)->Arg(100)->Arg(100'000);
BENCHMARK(call_ours);
BENCHMARK(call_plain);

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) {
  return holdfast::bench::run_benchmarks(
      argc, argv,
      {
          {"schedule and dispatch, 1 k pending", "dispatch_ours/1000", "dispatch_plain/1000", 1.5},
          {"schedule and dispatch, 100 k pending", "dispatch_ours/100000", "dispatch_plain/100000", 1.5},
          {"timeout armed and cancelled, 1 k clients", "timeout_ours/1000", "timeout_plain/1000", 5},
          {"timeout armed and cancelled, 100 k clients", "timeout_ours/100000", "timeout_plain/100000", 5},
          {"sleep of a coroutine, 1 k sleepers", "sleep_ours/1000", "dispatch_plain/1000"},
          {"sleep of a coroutine, 100 k sleepers", "sleep_ours/100000", "dispatch_plain/100000"},
          {"switch through the ready ring, 100 coroutines", "switch_ours/100", "switch_plain/100"},
          {"switch through the ready ring, 100 k coroutines", "switch_ours/100000", "switch_plain/100000"},
          {"awaited call that finishes at once", "call_ours", "call_plain"},
      });
}
