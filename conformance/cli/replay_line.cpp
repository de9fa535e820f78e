#include "conformance/cli/replay_line.h"

#include <fmt/format.h>

#include <charconv>

#include "reports/text.h"

namespace holdfast {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes the text before the next '|' from the front of `rest`.
std::string_view take_part(std::string_view& rest) {
  const std::size_t bar = rest.find('|');
  const std::string_view part = trimmed(rest.substr(0, bar));
  rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  return part;
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

tl::unexpected<std::string> wrong(std::string_view part, std::string_view expected) {
  return tl::make_unexpected(fmt::format("replay line: '{}' is not {}", printable(part), expected));
}

}  // namespace

tl::expected<ReplayLine, std::string> parse_replay_line(std::string_view text) {
  ReplayLine line;
  const std::string_view head = take_part(text);
  const std::size_t colon = head.find(':');
  if (colon == std::string_view::npos || !parse_number(head.substr(0, colon), line.seed) ||
      colon + 1 == head.size())
    return wrong(head, "SEED:ADDRESS, such as 7:mqtt5/4.4/pubrel-owed-after-cut");
  line.address = head.substr(colon + 1);

  while (!text.empty()) {
    const std::string_view part = take_part(text);
    const std::size_t blank = part.find(' ');
    const std::string_view word = part.substr(0, blank);
    const std::string_view value = blank == std::string_view::npos ? "" : trimmed(part.substr(blank));
    if (value.empty())
      return wrong(part, "'net', 'fault', 'scale', 'defect', 'variant' or 'steps' with a value");
    if (word == "net") {
      line.weather = value;
    } else if (word == "fault") {
      line.faults = value;
    } else if (word == "scale") {
      const bool is_number = parse_number(value, line.timeout_scale);
      if (!is_number || !(line.timeout_scale >= 0.1 && line.timeout_scale <= 100))
        return wrong(part, "a scale of 0.1 to 100");
    } else if (word == "defect") {
      line.defects.emplace_back(value);
    } else if (word == "variant") {
      line.variants.emplace_back(value);
    } else if (word == "steps") {
      line.steps = value;
    } else {
      return wrong(word, "'net', 'fault', 'scale', 'defect', 'variant' or 'steps'");
    }
  }
  return line;
}

std::string to_text(const ReplayLine& line) {
  std::string text = fmt::format("{}:{}", line.seed, line.address);
  if (!line.weather.empty()) text += " | net " + line.weather;
  if (!line.faults.empty()) text += " | fault " + line.faults;
  if (line.timeout_scale != 1) text += fmt::format(" | scale {}", line.timeout_scale);
  for (const std::string& defect : line.defects) text += " | defect " + defect;
  for (const std::string& variant : line.variants) text += " | variant " + variant;
  if (!line.steps.empty()) text += " | steps " + line.steps;
  return text;
}

}  // namespace holdfast
