// Keep Alive 0, the Server Keep Alive of CONNACK, and PINGREQ: sections 3.1.2.10, 3.2.2.3.14 and 3.12.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

double in_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// [HF-3.1.1-G10; 5.0: MQTT-3.1.2-22] Without a Keep Alive silence is no reason to close.
Task<void> keep_alive_0(Context& t) {
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  mqtt::Connect options = t.clean();
  options.keep_alive = 0;
  auto connack = co_await t.connected(silent, options);
  const Duration announced = std::chrono::seconds(connack.properties.server_keep_alive.value_or(0));
  t.supported(announced == Duration{} || announced > t.late_watch() + 5s,
              "the broker announces a Server Keep Alive that ends within the watch");
  co_await t.fenced(silent);
  auto closed = co_await silent.expect_close(t.late_watch());
  t.observed(seen_close(t, closed));
  t.should(!closed.has_value(), rule(t, "HF-3.1.1-G10", "MQTT-3.1.2-22"),
           fmt::format("a silent client with Keep Alive 0 to stay connected for {:.0f} s",
                       in_seconds(t.late_watch())),
           seen_close(t, closed), "X-04");
  if (closed) co_return;
  const bool alive = co_await silent.fence(t.patience());
  t.must(alive, "MQTT-3.12.4-1", "PINGRESP after the silence", seen_close(t, silent.closed()));
}

// [HF-5.0-S38, MQTT-3.2.2-22] The announced value is measured, on both sides.
Task<void> announced_keep_alive(Context& t) {
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  mqtt::Connect options = t.clean();
  options.keep_alive = 600;
  auto connack = co_await t.connected(silent, options);
  const std::uint16_t announced = connack.properties.server_keep_alive.value_or(0);
  t.supported(announced != 0 && announced != 600, "the broker announces no other Server Keep Alive");
  const Duration interval = std::chrono::seconds(announced);
  t.supported(interval <= 4s || t.watches_minutes(),
              fmt::format("a Server Keep Alive of {} s is longer than a live run waits", announced));
  co_await t.fenced(silent);
  const Time last_packet = t.now();
  auto closed = co_await silent.expect_close(3 * interval + 10s);
  const std::string expected =
      fmt::format("the close {:.1f} s after the last packet, Server Keep Alive being {} s",
                  in_seconds(interval * 3 / 2), announced);
  t.must(closed.has_value(), "HF-5.0-S38", expected, seen_close(t, closed), "X-04");
  const Duration after = closed->at - last_packet;
  const std::string observed =
      fmt::format("{}, {:.1f} s after the last packet", seen_close(t, closed), in_seconds(after));
  t.observed(observed);
  t.should(after >= interval * 3 / 2 - 100ms, "HF-5.0-S38", expected, observed, "X-04");
  t.should(after <= interval * 5 / 2 + 5s, "HF-5.0-S38", expected, observed, "X-04");
}

// [MQTT-3.12.4-1] One PINGRESP for each PINGREQ: in a row, with Keep Alive 0, and with messages that the
// client has not acknowledged.
Task<void> pings_answered(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("pings");
  mqtt::Connect options = t.clean();
  options.keep_alive = 0;
  if (t.v5()) options.properties.receive_maximum = 2;
  co_await t.connected(client, options);
  co_await t.subscribed(client, topic, 1);
  co_await t.fenced(client);
  const mqtt::Packet pingreq = mqtt::Pingreq{};
  for (int i = 0; i < 5; ++i) client.send(pingreq);
  for (int i = 1; i <= 5; ++i) {
    auto pong = co_await client.expect<mqtt::Pingresp>(t.patience());
    t.must(pong.has_value(), "MQTT-3.12.4-1", "one PINGRESP for each of five PINGREQs in a row",
           fmt::format("{} of them, {}", i - 1, seen_close(t, client.closed())));
  }

  client.answers.acknowledges = false;
  Client& pub = *co_await publisher(t);
  for (int i = 1; i <= 3; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), 1));
  co_await t.delivered(client, "m1");
  const bool answered = co_await client.fence(t.patience());
  t.must(answered, "MQTT-3.12.4-1", "PINGRESP while messages are unacknowledged",
         seen_close(t, client.closed()));
}

}  // namespace

void register_server_keep_alive(Registry& registry) {
  registry.add({.slug = "keep-alive-0",
                .title = "A silent client with Keep Alive 0 stays connected",
                .level = Level::should,
                .v3_1_1 = {"3.1.2.10", {"HF-3.1.1-G10"}},
                .v5 = {"3.1.2.10", {"MQTT-3.1.2-22"}},
                .procedure = "CONNECT with Keep Alive 0, PINGREQ, silence for a minute (5 s live).",
                .control = "PINGREQ is answered before.",
                .longest_timer = 5s,
                .tags = {"keep-alive", "timer"},
                .variants = {"inactive-closed-early", "server-keep-alive-override"},
                .interpretations = {"X-04"},
                .run = keep_alive_0});
  registry.add({.slug = "announced-keep-alive",
                .title = "A Server Keep Alive in CONNACK takes the place of the client's Keep Alive",
                .v5 = {"3.2.2.3.14", {"HF-5.0-S38", "MQTT-3.2.2-22", "MQTT-3.1.2-22"}},
                .procedure = "CONNECT with Keep Alive 600 s; if another is announced, PINGREQ and silence.",
                .control = "PINGREQ is answered before.",
                .longest_timer = 11s,
                .tags = {"keep-alive", "timer", "limits"},
                .variants = {"server-keep-alive-override", "keep-alive-late"},
                .interpretations = {"X-04"},
                .run = announced_keep_alive});
  registry.add(
      {.slug = "pings-answered",
       .title = "Each PINGREQ is answered, also while messages are unacknowledged",
       .v3_1_1 = {"3.12.4", {"MQTT-3.12.4-1"}},
       .v5 = {"3.12.4", {"MQTT-3.12.4-1"}},
       .procedure =
           "Keep Alive 0; five PINGREQs in a row; then one with the window full (Receive Maximum 2).",
       .control = "A first PINGREQ is answered.",
       .needs = {Need::qos_1},
       .tags = {"ping"},
       .variants = {"inflight-window-small"},
       .run = pings_answered});
}

}  // namespace holdfast
