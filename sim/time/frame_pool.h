// Where coroutine frames come from: free lists by size class, one set a thread.
//
// A case makes and frees millions of frames of a dozen sizes, so they are kept for the next of the same class
// until their thread ends. A frame may be freed on another thread than it was made on: it then stays there.
// Under AddressSanitizer frames come from the heap, so that a use after free is seen.
#pragma once

#include <cstddef>
#include <new>

#include "sim/time/sanitizers.h"

namespace holdfast::detail {

class FramePool {
 public:
  static constexpr std::size_t class_bytes = 64;
  static constexpr std::size_t class_count = 32;  // frames beyond 2 KiB come from the heap

  static void* allocate(std::size_t size) {
    const std::size_t index = class_of(size);
    if (index >= class_count) return ::operator new(size);
    Free* const frame = free_[index];
    if (frame == nullptr) return allocate_new(index);
    free_[index] = frame->next;
    return frame;
  }

  // `size` as it was at allocate().
  static void release(void* frame, std::size_t size) {
    const std::size_t index = class_of(size);
    if (index >= class_count || thread_has_ended_) return ::operator delete(frame);
    free_[index] = new (frame) Free{free_[index]};
  }

 private:
  struct Free {
    Free* next;
  };
  struct Cleaner;

  static std::size_t class_of(std::size_t size) { return (size - 1) / class_bytes; }
  static void* allocate_new(std::size_t index);

  static constinit inline thread_local Free* free_[class_count] = {};
  static constinit inline thread_local bool thread_has_ended_ = false;
};

}  // namespace holdfast::detail
