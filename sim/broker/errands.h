// Things to do a while later, for variants and defects that are slow on purpose.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "sim/time/loop.h"

namespace holdfast::broker {

class Errands {
 public:
  explicit Errands(Loop& loop) : loop_(loop) {}

  // The errand must find its things by itself when its time has come: they may have gone in the meantime.
  void after(Duration delay, std::function<void()> errand);

 private:
  Loop& loop_;
  std::uint64_t numbers_given_ = 0;
  bool is_running_ = false;
  std::map<std::uint64_t, std::unique_ptr<Alarm>> waiting_;
  std::vector<std::unique_ptr<Alarm>>
      done_;  // destroyed when the next errand is given: an alarm cannot end itself
};

}  // namespace holdfast::broker
