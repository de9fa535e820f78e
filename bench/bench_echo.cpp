// A simulated echo: each client sends 64 bytes over a wire of 1 ms, waits for them to come back with a
// timeout of 1 s armed, and begins again. Ours are coroutines that wait at a WaitPoint; the peer is callbacks
// on a plain loop, which cannot take its timeouts back.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <deque>

#include "bench/plain_loop.h"
#include "bench/ratios.h"
#include "sim/time/task.h"
#include "sim/time/wait.h"

namespace holdfast::bench {
namespace {

constexpr Duration latency = 1ms;
constexpr Duration timeout = 1s;
using Message = std::array<std::uint8_t, 64>;

std::uint64_t echoes = 0;

// One direction of a wire with at most one message on it.
class Wire final : public TimerNode {
 public:
  Wire(Loop& loop, void (*arrived)(void*), void* owner) : loop_(loop), arrived_(arrived), owner_(owner) {}
  void send(const Message& message) {
    message_ = message;
    loop_.arm(*this, loop_.now() + latency);
  }
  const Message& message() const { return message_; }

 private:
  void on_deadline() override { arrived_(owner_); }
  Loop& loop_;
  void (*arrived_)(void*);
  void* owner_;
  Message message_{};
};

struct Pair {
  explicit Pair(Loop& the_loop)
      : loop(the_loop),
        inbox(the_loop, "echo"),
        up(
            the_loop, [](void* self) { static_cast<Pair*>(self)->answer(); }, this),
        down(
            the_loop, [](void* self) { static_cast<Pair*>(self)->inbox.notify(); }, this) {}
  void answer() { down.send(up.message()); }

  Loop& loop;
  WaitPoint inbox;
  Wire up;
  Wire down;
};

Task<void> client(Pair& pair) {
  Message message{};
  while (true) {
    ++message[0];
    pair.up.send(message);
    const bool came = co_await pair.inbox.wait_for(timeout, "the echo");
    if (!came || pair.down.message() != message) co_return;
    ++echoes;
  }
}

void echo_ours(benchmark::State& state) {
  Loop loop;
  std::deque<Pair> pairs;
  Scope scope(loop);
  for (int i = 0; i < state.range(0); ++i) scope.spawn(client(pairs.emplace_back(loop)));
  loop.advance_to(Time{10ms});
  while (state.KeepRunningBatch(state.range(0))) {
    const std::uint64_t before = echoes;
    loop.advance_to(loop.now() + 2 * latency);
    if (echoes - before != static_cast<std::uint64_t>(state.range(0)))
      state.SkipWithError("an echo is missing");
  }
}

struct PlainPair {
  PlainLoop& loop;
  Message up{};
  Message down{};
  Message sent{};
  std::uint64_t waits = 0;

  void send() {
    ++sent[0];
    up = sent;
    const std::uint64_t wait = ++waits;
    loop.schedule(loop.now() + latency, [this] { answer(); });
    loop.schedule(loop.now() + timeout, [this, wait] {
      if (wait == waits) benchmark::DoNotOptimize(waits);
    });
  }
  void answer() {
    down = up;
    loop.schedule(loop.now() + latency, [this] { arrive(); });
  }
  void arrive() {
    if (down != sent) return;
    ++echoes;
    send();
  }
};

void echo_plain(benchmark::State& state) {
  PlainLoop loop;
  std::deque<PlainPair> pairs;
  for (int i = 0; i < state.range(0); ++i) pairs.emplace_back(loop).send();
  // Past the first timeouts, so that the queue has its usual length.
  for (int i = 0; i < 600; ++i) loop.advance_to(loop.now() + 2 * latency);
  while (state.KeepRunningBatch(state.range(0))) loop.advance_to(loop.now() + 2 * latency);
}

BENCHMARK(echo_ours)->Arg(1'000);
BENCHMARK(echo_plain)->Arg(1'000);

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) {
  using holdfast::bench::Ratio;
  return holdfast::bench::run_benchmarks(
      argc, argv,
      {Ratio{"echo of 64 B with a timeout armed, 1 k clients", "echo_ours/1000", "echo_plain/1000", 0}});
}
