#include "sim/time/time.h"

#include <fmt/format.h>

namespace holdfast {

std::string format_time(Time time) {
  const std::int64_t nanoseconds = time.time_since_epoch().count();
  std::string text = fmt::format("{}.{:09}", nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

}  // namespace holdfast
