// The codec against a copy of the same bytes, and against a reader that only skips from length to length.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "bench/codec_packets.h"
#include "bench/ratios.h"
#include "sim/mqtt/view.h"
#include "sim/mqtt/wire.h"

namespace {
std::size_t allocations = 0;
}

// Counts what the measured calls take from the heap. Not inlined: see sim/mqtt/allocation_test.cpp.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace holdfast::bench {
namespace {

// Fails the benchmark if anything was allocated since its construction.
class NoAllocation {
 public:
  explicit NoAllocation(benchmark::State& state) : state_(state), before_(allocations) {}
  void check() {
    if (allocations != before_) state_.SkipWithError("the heap was used");
  }

 private:
  benchmark::State& state_;
  std::size_t before_;
};

void copy(benchmark::State& state, const SamplePacket& packet) {
  Bytes to(packet.bytes.size());
  for (auto _ : state) {
    const std::uint8_t* from = packet.bytes.data();
    benchmark::DoNotOptimize(from);
    std::memcpy(to.data(), from, packet.bytes.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
}

void skip(benchmark::State& state, const SamplePacket& packet) {
  for (auto _ : state) {
    ByteView bytes = packet.bytes;
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(mqtt::frame_size(bytes));
  }
}

void decode(benchmark::State& state, const SamplePacket& packet) {
  const mqtt::DecodeOptions options{.version = packet.version, .sender = mqtt::Sender::client};
  mqtt::DecodedView decoded;
  NoAllocation guard(state);
  for (auto _ : state) {
    ByteView bytes = packet.bytes;
    benchmark::DoNotOptimize(bytes);
    const mqtt::ViewResult result = mqtt::decode_view(bytes, options, decoded);
    if (!std::holds_alternative<mqtt::Whole>(result)) return state.SkipWithError("the packet is refused");
    benchmark::DoNotOptimize(decoded.packet);
  }
  guard.check();
}

void encode(benchmark::State& state, const SamplePacket& packet) {
  EncodeBuffers buffers;
  packet.encode(buffers);  // makes the buffers large enough
  NoAllocation guard(state);
  for (auto _ : state) {
    buffers.out.clear();
    packet.encode(buffers);
    benchmark::DoNotOptimize(buffers.out.data());
    benchmark::ClobberMemory();
  }
  guard.check();
  if (buffers.out != packet.bytes) state.SkipWithError("other bytes than at first");
}

// 1 MiB of the packets above, one after the other.
Bytes mixed_packets() {
  Bytes all;
  while (all.size() < 1u << 20) {
    for (const SamplePacket& packet : sample_packets()) {
      if (packet.version == mqtt::Version::v5)
        all.insert(all.end(), packet.bytes.begin(), packet.bytes.end());
    }
  }
  return all;
}

// The whole packets of a buffer, with nothing in between.
void whole_packets(benchmark::State& state) {
  const Bytes all = mixed_packets();
  const mqtt::DecodeOptions options{.version = mqtt::Version::v5, .sender = mqtt::Sender::client};
  for (auto _ : state) {
    ByteView rest = all;
    while (!rest.empty()) {
      mqtt::DecodeResult result = mqtt::decode(rest, options);
      const auto* decoded = std::get_if<mqtt::Decoded>(&result);
      if (decoded == nullptr) return state.SkipWithError("a packet is refused");
      rest = rest.subspan(decoded->size);
      benchmark::DoNotOptimize(decoded);
    }
  }
}

// The same in pieces of 1 to 2,920 bytes, through the stream decoder.
void cut_packets(benchmark::State& state) {
  const Bytes all = mixed_packets();
  const mqtt::DecodeOptions options{.version = mqtt::Version::v5, .sender = mqtt::Sender::client};
  for (auto _ : state) {
    mqtt::StreamDecoder decoder(options);
    ByteView rest = all;
    std::uint64_t number = 1;
    while (!rest.empty()) {
      number = number * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
      const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + (number >> 33) % 2'920);
      decoder.feed(rest.first(piece));
      rest = rest.subspan(piece);
      for (;;) {
        mqtt::DecodeResult result = decoder.next();
        if (std::holds_alternative<mqtt::NeedMore>(result)) break;
        if (std::holds_alternative<mqtt::DecodeError>(result))
          return state.SkipWithError("a packet is refused");
        benchmark::DoNotOptimize(result);
      }
    }
    if (decoder.buffered() > 0) return state.SkipWithError("bytes are left over");
  }
}

int run(int argc, char** argv) {
  std::vector<Ratio> rows;
  for (const SamplePacket& packet : sample_packets()) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&, const SamplePacket&)) {
      const std::string full = std::string(name) + "_" + packet.name;
      benchmark::RegisterBenchmark(full.c_str(), body, packet);
      return full;
    };
    const std::string copied = add("copy", copy);
    const std::string skipped = add("skip", skip);
    const std::string decoded = add("decode", decode);
    rows.push_back(
        {.what = "decode " + packet.what, .ours = decoded, .peer = copied, .at_most = packet.decode_at_most});
    rows.push_back({.what = "the same, against a skip", .ours = decoded, .peer = skipped, .is_slower = true});
    const std::string encoded = add("encode", encode);
    rows.push_back({.what = "encode " + packet.what,
                    .ours = encoded,
                    .peer = copied,
                    .at_most = packet.encode_at_most,
                    .is_slower = true});
  }
  benchmark::RegisterBenchmark("whole_packets", whole_packets)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("cut_packets", cut_packets)->Unit(benchmark::kMicrosecond);
  rows.push_back({.what = "1 MiB of mixed packets cut at random, against whole ones",
                  .ours = "cut_packets",
                  .peer = "whole_packets",
                  .at_least = 0.8});
  return run_benchmarks(argc, argv, rows);
}

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) { return holdfast::bench::run(argc, argv); }
