#include "sim/net/words.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <charconv>
#include <iterator>
#include <utility>

namespace holdfast {

namespace {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t maximum) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value > maximum) return std::nullopt;
  return value;
}

std::optional<Duration> parse_duration(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    const auto number = parse_number(text.substr(0, digits),
                                     static_cast<std::uint64_t>(duration_max.count() / unit.nanoseconds));
    if (!number) return std::nullopt;
    return Duration(static_cast<std::int64_t>(*number) * unit.nanoseconds);
  }
  return std::nullopt;
}

std::string duration_text(Duration duration) {
  assert(duration >= Duration::zero());
  if (duration == Duration::zero()) return "0s";
  for (const Unit& unit : units) {
    if (duration.count() % unit.nanoseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.nanoseconds, unit.name);
    }
  }
  return {};  // not reached: every duration is a whole number of nanoseconds
}

std::string_view Words::peek() const {
  std::size_t begin = 0;
  while (begin < rest_.size() && is_space(rest_[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest_.size() && !is_space(rest_[end])) ++end;
  return rest_.substr(begin, end - begin);
}

std::string_view Words::take() {
  const std::string_view word = peek();
  rest_.remove_prefix(static_cast<std::size_t>(word.data() + word.size() - rest_.data()));
  return word;
}

std::string unexpected_word(std::string_view word, std::string_view expected) {
  constexpr std::size_t shown_max = 40;
  if (word.empty()) return fmt::format("end of text: expected {}", expected);
  std::string shown;
  for (const char c : word.substr(0, shown_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  if (word.size() > shown_max) shown += "...";
  return fmt::format("\"{}\": expected {}", shown, expected);
}

}  // namespace holdfast
