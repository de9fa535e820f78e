#include "conformance/explore/explored_case.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "conformance/engine/names.h"
#include "conformance/explore/draw_history.h"
#include "conformance/explore/play_history.h"
#include "sim/time/draws.h"

namespace holdfast {

namespace {

constexpr std::string_view explored_part = "/explore/";

}  // namespace

std::string to_text(const ExploredAddress& address) {
  return fmt::format("{}{}{}", address_prefix(address.version), explored_part, address.number);
}

std::optional<ExploredAddress> parse_explored_address(std::string_view text) {
  for (const mqtt::Version version : {mqtt::Version::v3_1_1, mqtt::Version::v5}) {
    const std::string start = fmt::format("{}{}", address_prefix(version), explored_part);
    if (!text.starts_with(start)) continue;
    const std::string_view digits = text.substr(start.size());
    ExploredAddress address{.version = version};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.number);
    // One way to write each number, so that an address names one history.
    if (error == std::errc() && end == digits.data() + digits.size() && to_text(address) == text)
      return address;
  }
  return std::nullopt;
}

History explored_history(std::uint64_t seed, const ExploredAddress& address) {
  RandomDraws draws(case_seed(seed, to_text(address)), "history");
  return draw_history(draws, address.version);
}

ExploredCase::ExploredCase(const ExploredAddress& address, History the_history)
    : history(std::move(the_history)),
      description{
          .title = "Whatever befalls its connections, a Session keeps what it owes",
          .procedure = to_text(history),
          .control = "A message that goes through a subscription before the first step.",
          .tags = {"explore"},
          .run = [this](Context& t) { return play_history(t, history); },
      },
      the_case{.address = to_text(address),
               .version = address.version,
               .section = "4.1",
               .requirements = {"MQTT-4.5.0-1", "MQTT-4.4.0-1"},
               .description = &description} {}

}  // namespace holdfast
