#include "sim/time/frame_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "sim/time/task.h"

namespace holdfast {
namespace {

using detail::FramePool;

TEST(FramePool, GivesAFreedFrameToTheNextOfItsClass) {
  void* const first = FramePool::allocate(100);
  FramePool::release(first, 100);
  void* const second = FramePool::allocate(120);
  EXPECT_EQ(second, first);
  void* const of_another_class = FramePool::allocate(200);
  EXPECT_NE(of_another_class, first);
  FramePool::release(second, 120);
  FramePool::release(of_another_class, 200);
}

TEST(FramePool, EverySizeIsUsableToItsLastByteAndAligned) {
  std::vector<std::pair<void*, std::size_t>> frames;
  for (std::size_t size = 1; size <= 4'096; size += 13) {
    void* const frame = FramePool::allocate(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame) % alignof(std::max_align_t), 0u);
    std::memset(frame, static_cast<int>(size % 251), size);
    frames.emplace_back(frame, size);
  }
  for (const auto& [frame, size] : frames) {
    const unsigned char* const bytes = static_cast<unsigned char*>(frame);
    EXPECT_EQ(bytes[0], size % 251);
    EXPECT_EQ(bytes[size - 1], size % 251);
  }
  for (const auto& [frame, size] : frames) FramePool::release(frame, size);
}

Task<int> answer_at_once(int value) { co_return value; }
Task<> add_up(long& sum) {
  for (int i = 0; i < 10'000; ++i) sum += co_await answer_at_once(i);
}

// Run under ThreadSanitizer and LeakSanitizer this also shows that threads share and leak nothing.
TEST(FramePool, EachThreadHasItsOwn) {
  std::vector<long> sums(4);
  std::vector<std::thread> threads;
  for (long& sum : sums) {
    threads.emplace_back([&sum] {
      Loop loop;
      Scope scope(loop);
      scope.spawn(add_up(sum));
      loop.run_ready();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const long sum : sums) EXPECT_EQ(sum, 49'995'000);
}

TEST(FramePool, AFrameMayBeFreedOnAnotherThread) {
  void* frame = nullptr;
  std::thread([&] { frame = FramePool::allocate(100); }).join();
  std::memset(frame, 1, 100);  // outlives its thread
  FramePool::release(frame, 100);
  EXPECT_EQ(FramePool::allocate(100), frame);
  FramePool::release(frame, 100);
}

}  // namespace
}  // namespace holdfast
