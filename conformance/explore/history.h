// A session history: what two to four clients of one version do, step by step, and what befalls their links.
//
// Steps are text, so that a find can be read and pasted back. Each step is done to its end before the next
// one begins, and one that makes no sense where it stands (to publish without a connection) is passed over:
// every part of a history is a history.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/net/fault.h"

namespace holdfast {

// What becomes of the Session.
enum class Keeping : std::uint8_t {
  keep,   // Clean Session / Clean Start 0, and kept for long
  renew,  // 5.0: Clean Start 1, and kept for long; 3.1.1 cannot ask for that: as `brief`
  brief,  // Clean Session / Clean Start 1, and over with its connection
};

enum class Action : std::uint8_t {
  connect,
  subscribe,
  unsubscribe,
  publish,
  hold,    // from now on the client neither acknowledges nor releases
  answer,  // from now on it does both again
  disconnect,
  cut,
  reset,
  vanish,  // half-open: the broker never learns
  fault,   // arms one on the client's link
};

struct Step {
  Action action = Action::connect;
  std::uint8_t client = 0;          // 0 to clients_max - 1: "a" to "d"
  Keeping keeping = Keeping::keep;  // connect
  bool has_will = false;            // connect: at QoS 1, to the topic "x"
  std::uint8_t window = 0;          // connect: Receive Maximum, 5.0 only; 0: none is sent
  std::uint8_t qos = 0;             // subscribe, publish
  std::string topic{};              // publish: "x" or "y"; subscribe, unsubscribe: these or "+"
  Fault fault{};                    // without a client of its own

  bool operator==(const Step&) const = default;
};

using History = std::vector<Step>;

inline constexpr std::size_t history_clients_max = 4;
inline constexpr std::size_t history_steps_max = 200;
// No more, since brokers limit what they queue (interpretation S-09).
inline constexpr std::size_t history_messages_max = 20;

std::string client_name(std::uint8_t client);

// "a connect keep will; b subscribe 1 x; a fault after server:PUBACK#1 reset; a publish 1 x; a cut"
std::string to_text(const History& history);
std::string to_text(const Step& step);
// Parses what to_text gives. The error is one line that names the step. At most history_steps_max steps.
tl::expected<History, std::string> parse_history(std::string_view text);

}  // namespace holdfast
