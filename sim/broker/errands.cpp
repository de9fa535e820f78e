#include "sim/broker/errands.h"

#include <utility>

namespace holdfast::broker {

void Errands::after(Duration delay, std::function<void()> errand) {
  if (!is_running_) done_.clear();
  const std::uint64_t number = ++numbers_given_;
  auto alarm = std::make_unique<Alarm>(loop_, [this, number, errand = std::move(errand)] {
    is_running_ = true;
    errand();
    is_running_ = false;
    const auto found = waiting_.find(number);
    done_.push_back(std::move(found->second));
    waiting_.erase(found);
  });
  alarm->start_in(delay);
  waiting_.emplace(number, std::move(alarm));
}

}  // namespace holdfast::broker
