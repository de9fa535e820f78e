#include "sim/net/weather.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <optional>

#include "sim/net/words.h"

namespace holdfast {

namespace {

using Error = tl::unexpected<std::string>;

constexpr std::string_view expected_key = "latency=, bandwidth= or chunk=, perhaps behind up: or down:";

struct BandwidthUnit {
  std::string_view name;
  std::uint64_t bits_per_second;
};

constexpr std::array<BandwidthUnit, 4> bandwidth_units{
    {{"gbit", 1'000'000'000}, {"mbit", 1'000'000}, {"kbit", 1'000}, {"bit", 1}}};

// "1..16" gives the two halves, "8" gives it twice.
std::pair<std::string_view, std::string_view> range_parts(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return {text, text};
  return {text.substr(0, dots), text.substr(dots + 2)};
}

bool parse_latency(std::string_view text, DirectionWeather& weather) {
  const auto [low_text, high_text] = range_parts(text);
  const auto low = parse_duration(low_text);
  const auto high = parse_duration(high_text);
  if (!low || !high || *low > *high) return false;
  weather.latency_min = *low;
  weather.latency_max = *high;
  return true;
}

bool parse_bandwidth(std::string_view text, DirectionWeather& weather) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  for (const BandwidthUnit& unit : bandwidth_units) {
    if (text.substr(digits) != unit.name) continue;
    const auto number =
        parse_number(text.substr(0, digits), bandwidth_bits_per_second_max / unit.bits_per_second);
    if (!number || *number == 0) return false;
    weather.bandwidth_bits_per_second = *number * unit.bits_per_second;
    return true;
  }
  return false;
}

bool parse_chunk(std::string_view text, DirectionWeather& weather) {
  const auto [low_text, high_text] = range_parts(text);
  const auto low = parse_number(low_text, UINT32_MAX);
  const auto high = parse_number(high_text, UINT32_MAX);
  if (!low || !high || *low == 0 || *low > *high) return false;
  weather.chunk_bytes_min = static_cast<std::uint32_t>(*low);
  weather.chunk_bytes_max = static_cast<std::uint32_t>(*high);
  return true;
}

// One word of the grammar.
struct Key {
  std::string_view name;
  bool (*parse)(std::string_view text, DirectionWeather& weather);
  std::string_view expected;
};

constexpr std::array<Key, 3> keys{{{"latency=", parse_latency, "a latency such as 20ms or 20ms..40ms"},
                                   {"bandwidth=", parse_bandwidth, "a bandwidth such as 64kbit or 10mbit"},
                                   {"chunk=", parse_chunk, "a number of bytes from 1, such as 1 or 1..16"}}};

std::optional<std::string> parse_word(std::string_view word, Weather& weather) {
  std::string_view setting = word;
  bool sets_up = true;
  bool sets_down = true;
  if (setting.starts_with("up:")) {
    sets_down = false;
    setting.remove_prefix(3);
  } else if (setting.starts_with("down:")) {
    sets_up = false;
    setting.remove_prefix(5);
  }
  for (const Key& key : keys) {
    if (!setting.starts_with(key.name)) continue;
    const std::string_view value = setting.substr(key.name.size());
    DirectionWeather scratch;
    const bool understood = key.parse(value, scratch) && (!sets_up || key.parse(value, weather.up)) &&
                            (!sets_down || key.parse(value, weather.down));
    if (!understood) return unexpected_word(word, key.expected);
    return std::nullopt;
  }
  return unexpected_word(word, expected_key);
}

std::string latency_text(const DirectionWeather& weather) {
  if (weather.latency_max == Duration::zero()) return {};
  if (weather.latency_min == weather.latency_max) return "latency=" + duration_text(weather.latency_min);
  return fmt::format("latency={}..{}", duration_text(weather.latency_min),
                     duration_text(weather.latency_max));
}

std::string bandwidth_text(const DirectionWeather& weather) {
  if (weather.bandwidth_bits_per_second == 0) return {};
  for (const BandwidthUnit& unit : bandwidth_units) {
    if (weather.bandwidth_bits_per_second % unit.bits_per_second == 0) {
      return fmt::format("bandwidth={}{}", weather.bandwidth_bits_per_second / unit.bits_per_second,
                         unit.name);
    }
  }
  return {};  // not reached: every bandwidth is a whole number of bits
}

std::string chunk_text(const DirectionWeather& weather) {
  if (weather.chunk_bytes_max == 0) return {};
  if (weather.chunk_bytes_min == weather.chunk_bytes_max)
    return fmt::format("chunk={}", weather.chunk_bytes_min);
  return fmt::format("chunk={}..{}", weather.chunk_bytes_min, weather.chunk_bytes_max);
}

void append_word(std::string& text, std::string_view prefix, const std::string& word) {
  if (word.empty()) return;
  if (!text.empty()) text += ' ';
  text += prefix;
  text += word;
}

}  // namespace

bool is_valid(const DirectionWeather& weather) {
  return weather.latency_min >= Duration::zero() && weather.latency_min <= weather.latency_max &&
         weather.latency_max <= duration_max &&
         weather.bandwidth_bits_per_second <= bandwidth_bits_per_second_max &&
         weather.chunk_bytes_min <= weather.chunk_bytes_max &&
         (weather.chunk_bytes_min == 0) == (weather.chunk_bytes_max == 0);
}

tl::expected<Weather, std::string> parse_weather(std::string_view text) {
  Weather weather;
  Words words(text);
  while (!words.at_end()) {
    if (auto error = parse_word(words.take(), weather)) return Error(*error);
  }
  return weather;
}

std::string to_text(const Weather& weather) {
  assert(is_valid(weather.up) && is_valid(weather.down));
  std::string text;
  for (const auto print : {latency_text, bandwidth_text, chunk_text}) {
    const std::string up = print(weather.up);
    const std::string down = print(weather.down);
    if (up == down) {
      append_word(text, "", up);
    } else {
      append_word(text, "up:", up);
      append_word(text, "down:", down);
    }
  }
  return text;
}

}  // namespace holdfast
