#include "conformance/engine/names.h"

#include <fmt/format.h>

#include "conformance/engine/words.h"
#include "sim/time/draws.h"

namespace holdfast {

namespace {

constexpr std::size_t prefix_characters = 11;
constexpr std::string_view base36 = "0123456789abcdefghijklmnopqrstuvwxyz";

std::string prefix_of(std::uint64_t number) {
  std::string prefix;
  for (std::size_t i = 0; i < prefix_characters; ++i) {
    prefix += base36[number % base36.size()];
    number /= base36.size();
  }
  return prefix;
}

}  // namespace

std::uint64_t case_seed(std::uint64_t run_seed, std::string_view address) {
  return split_seed(run_seed, address);
}

std::string case_prefix(std::uint64_t run_seed, std::string_view address, std::set<std::string>& taken) {
  std::uint64_t number = split_seed(case_seed(run_seed, address), "prefix");
  std::string prefix = prefix_of(number);
  while (!taken.insert(prefix).second) {
    number = split_seed(number, "taken");
    prefix = prefix_of(number);
  }
  return prefix;
}

std::string replay_line(std::string_view address, const RunOptions& options) {
  std::string line = fmt::format("{}:{}", options.seed, address);
  const std::string weather = weather_text(options);
  const std::string faults = faults_text(options);
  if (!weather.empty()) line += " --net " + shell_quoted(weather);
  if (!faults.empty()) line += " --fault " + shell_quoted(faults);
  return line;
}

std::string weather_text(const RunOptions& options) {
  return options.weather == Weather{} ? std::string() : to_text(options.weather);
}

std::string faults_text(const RunOptions& options) {
  std::string text;
  for (const Fault& fault : options.faults) {
    if (!text.empty()) text += "; ";
    text += to_text(fault);
  }
  return text;
}

}  // namespace holdfast
