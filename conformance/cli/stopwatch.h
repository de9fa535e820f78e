// Real time as a person at the terminal sees it pass. Nothing that is judged or reported depends on it.
#pragma once

#include <chrono>

#include "sim/time/time.h"

namespace holdfast {

class Stopwatch {
 public:
  Duration elapsed() const {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace holdfast
