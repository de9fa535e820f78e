#include "sim/time/frame_pool.h"

namespace holdfast::detail {

// The lists themselves have no destructor, so that they can be used until the very end of the thread; this
// one empties them, and sends what is freed later to the heap.
struct FramePool::Cleaner {
  ~Cleaner() {
    thread_has_ended_ = true;
    for (Free*& first : free_) {
      while (first != nullptr) {
        Free* const frame = first;
        first = frame->next;
        ::operator delete(frame);
      }
    }
  }
  void be_made() {}
};

void* FramePool::allocate_new(std::size_t index) {
  static thread_local Cleaner cleaner;
  cleaner.be_made();
  return ::operator new((index + 1) * class_bytes);
}

}  // namespace holdfast::detail
