// Weather: what a link does all the time. Grammar in sim/net/README.md, for example
//
//   latency=20ms..40ms bandwidth=64kbit chunk=1..16        down:latency=600ms up:latency=300ms
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/time/time.h"

namespace holdfast {

// One direction. The default is a perfect wire: no delay, no limit, writes arrive as they were made.
struct DirectionWeather {
  Duration latency_min{};
  Duration latency_max{};                       // uniform between the two; order is kept all the same
  std::uint64_t bandwidth_bits_per_second = 0;  // 0: unlimited
  std::uint32_t chunk_bytes_min = 0;            // 0: as written
  std::uint32_t chunk_bytes_max = 0;

  bool operator==(const DirectionWeather&) const = default;
};

inline constexpr std::uint64_t bandwidth_bits_per_second_max = 1'000'000'000'000;

// Whether the parts fit together: minima not above maxima, nothing beyond the limits of the grammar.
bool is_valid(const DirectionWeather& weather);

struct Weather {
  DirectionWeather up{};    // client to server
  DirectionWeather down{};  // server to client

  bool operator==(const Weather&) const = default;
};

// The empty text is the default. Of two words that say different things the later one counts. The error is
// one line that names the word that was not understood and what was expected.
tl::expected<Weather, std::string> parse_weather(std::string_view text);
// The canonical text, which parses to the same weather.
std::string to_text(const Weather& weather);

}  // namespace holdfast
