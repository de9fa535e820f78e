#include "conformance/probe/observations.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/engine/words.h"

namespace holdfast {

namespace {

constexpr Duration unremarkable_delay = 250ms;
constexpr int unremarkable_round_trips = 4;

bool is_remarkable(const Context& t, Duration delay) {
  return delay > std::max<Duration>(unremarkable_delay, unremarkable_round_trips * t.sut().round_trip);
}

// Tenths of a second are what two runs agree on.
std::string in_tenths(Duration delay) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(delay).count());
}

}  // namespace

void register_observations(Registry& registry) {
  register_connect_observations(registry);
  register_session_observations(registry);
  register_message_observations(registry);
  register_subscription_observations(registry);
  register_close_observations(registry);
}

std::string delay_in_words(const Context& t, Duration delay) {
  return is_remarkable(t, delay) ? " after " + in_tenths(delay) : std::string();
}

std::string moment_in_words(const Context& t, Duration delay) {
  return is_remarkable(t, delay) ? "after " + in_tenths(delay) : "at once";
}

std::string close_in_words(const Context& t, const std::optional<Closed>& closed, Time start) {
  if (!closed) return "no close";
  std::string text;
  if (closed->disconnect) text = fmt::format("DISCONNECT {}, ", hex_code(closed->disconnect->reason));
  return text + (closed->kind == CloseKind::reset ? "RST" : "FIN") + delay_in_words(t, closed->at - start);
}

std::string hex_code(mqtt::ReasonCode code) { return fmt::format("0x{:02X}", static_cast<unsigned>(code)); }

}  // namespace holdfast
