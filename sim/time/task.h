// Coroutines: Task<T> is a lazy, owned coroutine; a Scope owns root tasks.
//
// co_await of a Task starts it at once on the caller's stack ("inline start") and suspends the caller only
// if the child did not finish. Symmetric transfer is not used: g++ 12 overflows the stack with it. Destroying
// a Task destroys its frame and everything that it awaits; that is the only cancellation there is.
//
// Exceptions pass from child to parent. Parameters of coroutines are taken by value; references only to what
// the Scope outlives.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <utility>

#include "sim/time/frame_pool.h"
#include "sim/time/loop.h"

namespace holdfast {

namespace detail {

class PromiseBase {
 public:
#if !HOLDFAST_ADDRESS_SANITIZER
  static void* operator new(std::size_t size) { return FramePool::allocate(size); }
  static void operator delete(void* frame, std::size_t size) { FramePool::release(frame, size); }
#endif

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      PromiseBase& promise = self.promise();
      // A child that finished before its parent suspended is picked up by the parent's await_suspend.
      if (promise.parent_suspended_ && promise.parent_)
        promise.parent_.resume();
      else if (promise.on_root_done_)
        promise.on_root_done_(promise.root_context_);
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() { error_ = std::current_exception(); }

  std::coroutine_handle<> parent_;
  bool parent_suspended_ = false;
  std::exception_ptr error_;
  void (*on_root_done_)(void*) = nullptr;
  void* root_context_ = nullptr;
};

template <class T>
class Promise;

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) {
      detail::PromiseBase& promise = handle_.promise();
      promise.parent_ = parent;
      handle_.resume();
      if (handle_.done()) return false;
      promise.parent_suspended_ = true;
      return true;
    }
    T await_resume() { return handle_.promise().take(); }

   private:
    Handle handle_;
  };
  Awaiter operator co_await() const& {
    assert(handle_ && !handle_.done());
    return Awaiter(handle_);
  }
  Awaiter operator co_await() && {
    assert(handle_ && !handle_.done());
    return Awaiter(handle_);
  }

 private:
  friend class Scope;
  Handle handle_;
};

namespace detail {

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() { return Task<T>(std::coroutine_handle<Promise>::from_promise(*this)); }
  template <class U = T>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    if (error_) std::rethrow_exception(error_);
    assert(value_);
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() { return Task<void>(std::coroutine_handle<Promise>::from_promise(*this)); }
  void return_void() {}
  void take() {
    if (error_) std::rethrow_exception(error_);
  }
};

}  // namespace detail

// Owns root tasks. spawn() posts the start to the ready ring. A task that ends is destroyed from the ready
// ring, never while it runs. Destroying the Scope destroys all its tasks, last spawned first; only a driver
// may do that, not a task of the Scope.
class Scope {
 public:
  explicit Scope(Loop& loop);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // `on_done` gets the exception that ended the task, or nullptr. It is called from the ready ring after the
  // task's frame is gone, once; not at all if the Scope dies first.
  // Without `on_done` the exception leaves through Loop::run_ready to the driver, so that none gets lost.
  void spawn(Task<void> task, std::function<void(std::exception_ptr)> on_done = {});

  std::size_t active() const { return roots_.size(); }  // tasks whose frames are alive
  void cancel_all();                                    // destroys the frames; from a driver only

 private:
  class Root;
  Loop& loop_;
  std::list<Root> roots_;  // in the order of spawning
};

}  // namespace holdfast
