#include "sim/time/task.h"

#include <iterator>

namespace holdfast {

// Runs in the ready ring twice: to start the task, and when the task has ended to bury it.
class Scope::Root final : public ReadyNode {
 public:
  Root(Scope& scope, Task<void> task, std::function<void(std::exception_ptr)> on_done)
      : scope_(scope), task_(std::move(task)), on_done_(std::move(on_done)) {
    assert(task_.handle_ && !task_.handle_.done());
    detail::PromiseBase& promise = task_.handle_.promise();
    promise.on_root_done_ = [](void* root) {
      static_cast<Root*>(root)->scope_.loop_.post(*static_cast<Root*>(root));
    };
    promise.root_context_ = this;
    scope_.loop_.post(*this);
  }
  ~Root() = default;

  std::list<Root>::iterator position;

 private:
  void on_ready() override {
    if (task_.handle_.done()) {
      bury();
    } else {
      task_.handle_.resume();
    }
  }

  // Destroys itself.
  void bury() {
    const std::exception_ptr error = task_.handle_.promise().error_;
    const std::function<void(std::exception_ptr)> on_done = std::move(on_done_);
    scope_.roots_.erase(position);
    if (on_done) {
      on_done(error);
    } else if (error) {
      std::rethrow_exception(error);
    }
  }

  Scope& scope_;
  Task<void> task_;
  std::function<void(std::exception_ptr)> on_done_;
};

Scope::Scope(Loop& loop) : loop_(loop) {}

Scope::~Scope() { cancel_all(); }

void Scope::spawn(Task<void> task, std::function<void(std::exception_ptr)> on_done) {
  Root& root = roots_.emplace_back(*this, std::move(task), std::move(on_done));
  root.position = std::prev(roots_.end());
}

void Scope::cancel_all() {
  while (!roots_.empty()) roots_.pop_back();
}

}  // namespace holdfast
