// The grammar of weather.
#include "sim/net/weather.h"

#include <gtest/gtest.h>

#include "sim/net/words.h"
#include "sim/time/draws.h"

namespace holdfast {
namespace {

Weather parsed(std::string_view text) {
  const auto weather = parse_weather(text);
  EXPECT_TRUE(weather.has_value()) << text << ": " << (weather ? "" : weather.error());
  return weather.value_or(Weather{});
}

std::string error_of(std::string_view text) {
  const auto weather = parse_weather(text);
  return weather ? "no error: " + to_text(*weather) : weather.error();
}

TEST(WeatherGrammar, EveryWord) {
  const DirectionWeather both{.latency_min = 20ms,
                              .latency_max = 40ms,
                              .bandwidth_bits_per_second = 64'000,
                              .chunk_bytes_min = 1,
                              .chunk_bytes_max = 16};
  EXPECT_EQ(parsed("latency=20ms..40ms bandwidth=64kbit chunk=1..16"), (Weather{both, both}));
  EXPECT_EQ(parsed("latency=5us chunk=8"), (Weather{{5us, 5us, 0, 8, 8}, {5us, 5us, 0, 8, 8}}));
  EXPECT_EQ(
      parsed("down:latency=600ms up:latency=300ms"),
      (Weather{{.latency_min = 300ms, .latency_max = 300ms}, {.latency_min = 600ms, .latency_max = 600ms}}));
  EXPECT_EQ(parsed(""), Weather{});
  EXPECT_EQ(parsed("bandwidth=1bit").up.bandwidth_bits_per_second, 1u);
  EXPECT_EQ(parsed("bandwidth=10mbit").up.bandwidth_bits_per_second, 10'000'000u);
  EXPECT_EQ(parsed("bandwidth=1000gbit").up.bandwidth_bits_per_second, bandwidth_bits_per_second_max);
}

TEST(WeatherGrammar, LaterWordCounts) {
  EXPECT_EQ(to_text(parsed("latency=1s down:latency=2s")), "up:latency=1s down:latency=2s");
  EXPECT_EQ(to_text(parsed("down:latency=2s latency=1s")), "latency=1s");
  EXPECT_EQ(to_text(parsed("latency=1s latency=0s")), "");
}

TEST(WeatherGrammar, CanonicalText) {
  EXPECT_EQ(to_text(parsed(" chunk=3..3  latency=1000ms..2000ms ")), "latency=1s..2s chunk=3");
  EXPECT_EQ(to_text(parsed("bandwidth=64000bit")), "bandwidth=64kbit");
  EXPECT_EQ(to_text(parsed("up:chunk=1 down:bandwidth=1500bit")), "down:bandwidth=1500bit up:chunk=1");
}

TEST(WeatherGrammar, ErrorsNameTheWordAndWhatWasExpected) {
  constexpr const char* latency = "expected a latency such as 20ms or 20ms..40ms";
  constexpr const char* bandwidth = "expected a bandwidth such as 64kbit or 10mbit";
  constexpr const char* chunk = "expected a number of bytes from 1, such as 1 or 1..16";
  for (const char* word : {"latency=", "latency=20", "latency=40ms..20ms", "latency=..",
                           "latency=1ms..2ms..3ms", "up:latency=x", "latency=-1s"}) {
    EXPECT_EQ(error_of(word), std::string("\"") + word + "\": " + latency);
  }
  for (const char* word : {"bandwidth=", "bandwidth=0bit", "bandwidth=64", "bandwidth=64kb",
                           "bandwidth=1001gbit", "down:bandwidth=99999999999999999999bit"}) {
    EXPECT_EQ(error_of(word), std::string("\"") + word + "\": " + bandwidth);
  }
  for (const char* word :
       {"chunk=", "chunk=0", "chunk=2..1", "chunk=0..1", "chunk=4294967296", "chunk=1.."}) {
    EXPECT_EQ(error_of(word), std::string("\"") + word + "\": " + chunk);
  }
  for (const char* word : {"lte", "Latency=1s", "up:", "down:up:latency=1s", "=", "latency"}) {
    EXPECT_EQ(error_of(word), std::string("\"") + word +
                                  "\": expected latency=, bandwidth= or chunk=, perhaps behind up: or down:");
  }
}

TEST(WeatherGrammar, HostileTextGivesOneLine) {
  for (const std::string& text :
       {std::string("latency=1\0s", 11), std::string(1 << 20, 'x'), "chunk=" + std::string(1 << 20, '9'),
        std::string("latency=\xFF"), "bandwidth=" + std::string(1 << 20, '9') + "gbit"}) {
    const std::string error = error_of(text);
    EXPECT_LT(error.size(), 300u);
    for (const char c : error) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << error;
  }
  EXPECT_EQ(parsed(std::string(1 << 20, ' ')), Weather{});
}

TEST(WeatherGrammar, EveryWeatherParsesBackFromItsText) {
  RandomDraws draws(3, "weathers");
  const auto direction = [&] {
    DirectionWeather weather;
    if (draws.chance(1, 2)) {
      const std::uint64_t unit = draws.chance(1, 2) ? 1 : 1'000'000;
      weather.latency_min = Duration(static_cast<std::int64_t>(draws.below(100) * unit));
      weather.latency_max =
          weather.latency_min + Duration(static_cast<std::int64_t>(draws.below(100) * unit));
    }
    if (draws.chance(1, 2))
      weather.bandwidth_bits_per_second = draws.between(1, 5000) * (draws.chance(1, 2) ? 1 : 1000);
    if (draws.chance(1, 2)) {
      weather.chunk_bytes_min = static_cast<std::uint32_t>(draws.between(1, 20));
      weather.chunk_bytes_max = weather.chunk_bytes_min + static_cast<std::uint32_t>(draws.below(20));
    }
    return weather;
  };
  for (int run = 0; run < 20'000; ++run) {
    Weather weather{direction(), direction()};
    if (draws.chance(1, 3)) weather.down = weather.up;
    ASSERT_TRUE(is_valid(weather.up));
    const std::string text = to_text(weather);
    const auto again = parse_weather(text);
    ASSERT_TRUE(again.has_value()) << text;
    ASSERT_EQ(*again, weather) << text;
    ASSERT_EQ(to_text(*again), text);
  }
}

}  // namespace
}  // namespace holdfast
