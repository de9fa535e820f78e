// What the grammars of faults and of weather share: words, numbers and durations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/time/time.h"

namespace holdfast {

// The longest duration that the grammars accept: ten years of 365 days.
inline constexpr Duration duration_max = std::chrono::hours(24 * 3650);

// Digits only, at most `maximum`; nullopt for anything else.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t maximum = UINT64_MAX);

// A whole number and a unit: ns, us, ms, s, m, h. nullopt for anything else and beyond duration_max.
std::optional<Duration> parse_duration(std::string_view text);
// In the largest unit that holds it in whole numbers: "1500ms", "2s", "0s". REQUIRES: not negative.
std::string duration_text(Duration duration);

// Takes words, which are separated by white space, from the front of a text.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  // The next word without taking it; empty at the end.
  std::string_view peek() const;
  std::string_view take();
  bool at_end() const { return peek().empty(); }

 private:
  std::string_view rest_;
};

// `"servr": expected client or server`. Long words are cut and unprintable bytes escaped, so that the error
// stays one line. An empty word is the end of the text.
std::string unexpected_word(std::string_view word, std::string_view expected);

}  // namespace holdfast
