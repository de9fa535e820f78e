// How the broker closes, and for what.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/engine/words.h"
#include "conformance/probe/observations.h"
#include "conformance/suites/steps.h"

namespace holdfast {
namespace {

Task<void> second_connect(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  mqtt::Connect again = t.clean();
  again.client_id = client.id();
  const Time start = t.now();
  client.send(again);
  auto closed = co_await client.expect_close(t.patience());
  t.inform(close_in_words(t, closed, start));
}

Task<void> takeover(Context& t) {
  Client& first = t.client("first");
  Client& second = t.twin("second", first);
  co_await t.connected(first, t.clean());
  const Time start = t.now();
  co_await t.connected(second, t.clean());
  auto closed = co_await first.expect_close(t.patience());
  t.inform(close_in_words(t, closed, start));
}

Task<void> keep_alive_ends(Context& t) {
  Client& client = t.client("one");
  client.answers.pings = false;
  mqtt::Connect options = t.clean();
  options.keep_alive = 2;
  const Time start = t.now();
  auto connack = co_await t.connected(client, options);
  const Duration keep_alive = std::chrono::seconds(connack.properties.server_keep_alive.value_or(2));
  t.supported(keep_alive <= 2s, "CONNACK overrides a keep alive of 2 s");
  auto closed = co_await client.expect_close(12s);
  if (!closed) {
    t.inform("open after 12 s");
  } else {
    t.inform(close_in_words(t, closed, start));
  }
}

// The answer to something that a strict receiver closes for: "closes: FIN", or "accepted".
Task<void> closes_or_not(Context& t, Client& client, Time start) {
  const bool lives = co_await client.fence(t.patience());
  if (lives) {
    t.inform("accepted");
    co_return;
  }
  t.inform(close_in_words(t, client.closed(), start));
}

Task<void> stray_puback(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  mqtt::Puback puback;
  puback.packet_id = 77;
  client.send(puback);
  co_await closes_or_not(t, client, start);
}

Task<void> overlong_length(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  constexpr std::uint8_t pingreq[] = {0xC0, 0x80, 0x00};
  client.send_bytes(pingreq);
  // The PINGRESP to it would be taken for that of the fence, which follows in order.
  co_await closes_or_not(t, client, start);
}

Task<void> control_character(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  client.publish(message(t.topic("a\x01"), "m", 0));
  co_await closes_or_not(t, client, start);
}

Task<void> payload_format(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  mqtt::Publish publish = message(t.topic("a"), "\xFF\xFE", 0);
  publish.properties.payload_format_indicator = 1;
  client.publish(publish);
  co_await closes_or_not(t, client, start);
}

// DISCONNECT 0x81 or 0x82 for a packet that is malformed by the letter: a wrong flag in PINGREQ.
Task<void> malformed_packet(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  constexpr std::uint8_t pingreq[] = {0xC1, 0x00};
  client.send_bytes(pingreq);
  auto closed = co_await client.expect_close(t.patience());
  t.inform(close_in_words(t, closed, start));
}

}  // namespace

void register_close_observations(Registry& registry) {
  const std::vector<std::string> closes = {"close-bare", "close-by-reset", "close-lingering"};
  registry.add({.slug = "protocol-error",
                .title = "A second CONNECT",
                .level = Level::informational,
                .v3_1_1 = {"3.1", {"MQTT-3.1.0-2"}},
                .v5 = {"4.13.2", {"MQTT-4.13.2-1", "HF-5.0-E25"}},
                .longest_timer = 3s,
                .variants = closes,
                .interpretations = {"X-01"},
                .run = second_connect});
  registry.add({.slug = "malformed-packet",
                .title = "PINGREQ with a flag set",
                .level = Level::informational,
                .v3_1_1 = {"2.2.2", {"MQTT-2.2.2-2"}},
                .v5 = {"4.13.1", {"MQTT-4.13.1-1", "HF-5.0-E02"}},
                .longest_timer = 3s,
                .variants = {"error-code-neighbour"},
                .interpretations = {"X-02"},
                .run = malformed_packet});
  registry.add({.slug = "takeover",
                .title = "The connection that a takeover displaces",
                .level = Level::informational,
                .v3_1_1 = {"3.1.4", {"MQTT-3.1.4-2"}},
                .v5 = {"3.1.4", {"MQTT-3.1.4-3"}},
                .longest_timer = 3s,
                .variants = {"takeover-bare-close"},
                .interpretations = {"T-08"},
                .run = takeover});
  registry.add({.slug = "keep-alive",
                .title = "A silent client with a keep alive of 2 s",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.10", {"MQTT-3.1.2-24"}},
                .v5 = {"3.1.2.10", {"MQTT-3.1.2-22"}},
                .longest_timer = 12s,
                .variants = {"keep-alive-late", "server-keep-alive-override"},
                .interpretations = {"X-04"},
                .run = keep_alive_ends});
  registry.add({.slug = "stray-puback",
                .title = "PUBACK for nothing",
                .level = Level::informational,
                .v3_1_1 = {"4.3.2", {"HF-3.1.1-S40"}},
                .v5 = {"4.3.2", {"HF-5.0-E23"}},
                .longest_timer = 3s,
                .variants = {"stray-ack-closes"},
                .interpretations = {"Q-02"},
                .run = stray_puback});
  registry.add({.slug = "overlong-length",
                .title = "A length in more bytes than it needs",
                .level = Level::informational,
                .v3_1_1 = {"2.2.3", {"HF-3.1.1-G01"}},
                .v5 = {"1.5.5", {"MQTT-1.5.5-1"}},
                .longest_timer = 3s,
                .variants = {"overlong-length-accepted"},
                .interpretations = {"X-07"},
                .run = overlong_length});
  registry.add({.slug = "control-character",
                .title = "U+0001 in a topic name",
                .level = Level::informational,
                .v3_1_1 = {"1.5.3", {"HF-3.1.1-G04"}},
                .v5 = {"1.5.4", {"MQTT-1.5.4-1"}},
                .longest_timer = 3s,
                .variants = {"control-characters-refused"},
                .run = control_character});
  registry.add({.slug = "payload-format",
                .title = "A payload that is not the UTF-8 that it is said to be",
                .level = Level::informational,
                .v5 = {"3.3.2.3.2", {"HF-5.0-E27"}},
                .longest_timer = 3s,
                .variants = {"payload-format-checked"},
                .interpretations = {"X-10"},
                .run = payload_format});
}

}  // namespace holdfast
