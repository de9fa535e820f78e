// What a broker does where the standards leave it a choice, one coroutine for each choice, in the form of
// cases: so they run in virtual time and on live brokers, side by side, with deadlines and with checks of
// what the broker can do at all. An observation gives one answer, with inform(); it judges nothing. What it
// cannot find out ends as inconclusive or unsupported, with the reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/engine/case.h"
#include "conformance/engine/context.h"

namespace holdfast {

// Tag of observations that only read what the broker announces.
inline constexpr std::string_view tag_announced = "announced";

void register_observations(Registry& registry);
void register_session_observations(Registry& registry);
void register_message_observations(Registry& registry);
void register_subscription_observations(Registry& registry);
void register_connect_observations(Registry& registry);
void register_close_observations(Registry& registry);

// --- words that answers share ---

// "at once", or "after 0.5 s" if that is more than round trips and a busy machine explain.
std::string moment_in_words(const Context& t, Duration delay);
// " after 2 s" under the same rule; else empty.
std::string delay_in_words(const Context& t, Duration delay);
// "DISCONNECT 0x82, FIN", "RST after 2 s", "no close": how a connection ended that was provoked at `start`.
std::string close_in_words(const Context& t, const std::optional<Closed>& closed, Time start);
// "0x8E".
std::string hex_code(mqtt::ReasonCode code);

}  // namespace holdfast
