// Keep Alive: section 3.1.2.10. Closed after one and a half times the interval, never before, and the Session
// lives on.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const keep_alive_section = "3.1.2.10";

mqtt::Connect with_keep_alive(mqtt::Connect options, std::uint16_t seconds) {
  options.keep_alive = seconds;
  return options;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Interpretation X-04: from 1.5 x; beyond 1.5 x + 5 s + one interval late; beyond 3 x + 10 s never. An even
// number, since brokers that count whole seconds make 1 s of 1.5 x 1 s.
constexpr std::uint16_t keep_alive = 2;
constexpr Duration interval = std::chrono::seconds(keep_alive);
constexpr Duration due = interval * 3 / 2;
constexpr Duration late = due + 5s + interval;
constexpr Duration never = 3 * interval + 10s;

// `because` names what was going on meanwhile.
Task<void> judge_close(Context& t, Client& silent, Time last_packet, std::string_view because) {
  auto closed = co_await silent.expect_close(never - (t.now() - last_packet));
  const std::string_view id = rule(t, "MQTT-3.1.2-24", "MQTT-3.1.2-22");
  const std::string expected =
      fmt::format("the close 3 s after the last packet, Keep Alive being 2 s, {}", because);
  t.must(closed.has_value(), id, expected, fmt::format("still open after {:.0f} s", seconds(never)), "X-04");
  const Duration after = closed->at - last_packet;
  const std::string observed =
      fmt::format("{}, {:.2f} s after the last packet", seen_close(t, closed), seconds(after));
  t.observed(observed);
  t.closed_as(closed->kind == CloseKind::reset            ? CloseVerdict::by_reset
              : t.v5() && !closed->disconnect.has_value() ? CloseVerdict::without_code
                                                          : CloseVerdict::clean);
  t.should(after >= due - 100ms, id, expected, observed, "X-04");
  t.should(after <= late, id, expected, observed, "X-04");
}

Task<void> closes_the_silent(Context& t) {
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  auto connack = co_await t.connected(silent, with_keep_alive(t.clean(), keep_alive));
  co_await t.fenced(silent);
  co_await judge_close(t, silent, t.now(), "and nothing being sent");
  const bool has_own = connack.properties.server_keep_alive.has_value();
  if (!has_own) t.also_judges({rule(t, "", "MQTT-3.2.2-22")});
}

// PINGREQ in time keeps the connection open, past every bound of the case above.
Task<void> keeps_the_pinging(Context& t) {
  Client& pinging = t.client("pinging");
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  co_await t.connected(silent, with_keep_alive(t.clean(), keep_alive));
  co_await t.connected(pinging, with_keep_alive(t.clean(), keep_alive));
  for (int i = 0; i < 8; ++i) {
    co_await t.pass(500ms);
    const bool alive = co_await pinging.fence(t.patience());
    t.must(alive, rule(t, "MQTT-3.1.2-24", "MQTT-3.1.2-22"),
           "the connection to stay open while PINGREQs come in time", seen_close(t, pinging.closed()),
           "X-04");
  }
  auto closed = co_await silent.expect_close(never);
  t.control(closed.has_value(), "a silent client is never closed, so that PINGREQ proves nothing");
}

// [interpretation X-05] What the broker sends is no sign of life of the client.
Task<void> own_output_does_not_count(Context& t) {
  const std::string topic = t.topic("a");
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  co_await t.connected(silent, with_keep_alive(t.clean(), keep_alive));
  co_await t.subscribed(silent, topic, 0);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 0));
  co_await t.delivered(silent, "control");
  co_await t.fenced(silent);
  const Time last_packet = t.now();
  while (!silent.closed() && t.now() - last_packet < never) {
    pub.publish(message(topic, "tick", 0));
    co_await t.fenced(pub);
    co_await silent.expect_close(300ms);
  }
  co_await judge_close(t, silent, last_packet, "although the broker was sending");
}

// [HF-3.1.1-S60, HF-5.0-S39] The Session survives a keep-alive close, with what comes after it.
Task<void> session_survives(Context& t) {
  const std::string topic = t.topic("a");
  Client& silent = t.client("silent");
  silent.answers.pings = false;
  // Subscribes on a connection of its own: a slow broker takes longer for it than the short Keep Alive lets
  // pass.
  co_await t.connected(silent, t.keeping());
  co_await t.subscribed(silent, topic, 1);
  co_await t.disconnected(silent);
  co_await t.connected(silent, with_keep_alive(t.keeping(), 1));
  auto closed = co_await silent.expect_close(never);
  t.control(closed.has_value(), "a silent client is never closed");
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  auto connack = co_await returned(t, silent, t.keeping());
  t.must(connack.session_present, rule(t, "HF-3.1.1-S60", "HF-5.0-S39"),
         "Session Present 1 after a keep-alive close", seen(t, connack));
  auto delivered = co_await silent.expect_message("m", t.patience());
  t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
         "the message that came after the close", seen(t, delivered));
  t.also_judges({rule(t, "HF-3.1.1-S50", "HF-5.0-S10")});
}

}  // namespace

void register_keep_alive(Registry& registry) {
  const Edition in_v3_1_1{keep_alive_section, {"MQTT-3.1.2-24"}};
  const Edition in_v5{keep_alive_section, {"MQTT-3.1.2-22", "MQTT-3.2.2-22"}};
  registry.add({.slug = "closes-the-silent",
                .title = "A client that is silent for one and a half times its Keep Alive is disconnected",
                .v3_1_1 = in_v3_1_1,
                .v5 = in_v5,
                .procedure = "CONNECT with Keep Alive 2 s, PINGREQ, then silence.",
                .control = "PINGREQ is answered before.",
                .needs = {Need::takes_keep_alive},
                .longest_timer = 8s,
                .tags = {"keep-alive", "timer"},
                .variants = {"keep-alive-late", "inactive-closed-early", "close-bare"},
                .interpretations = {"X-04"},
                .run = closes_the_silent});
  registry.add({.slug = "keeps-the-pinging",
                .title = "A client that sends PINGREQ in time stays connected",
                .v3_1_1 = in_v3_1_1,
                .v5 = in_v5,
                .procedure = "CONNECT with Keep Alive 2 s, PINGREQ every 0.5 s for 4 s.",
                .control = "A silent twin shows what happens without PINGREQ.",
                .needs = {Need::takes_keep_alive},
                .longest_timer = 8s,
                .tags = {"keep-alive", "timer"},
                .interpretations = {"X-04"},
                .run = keeps_the_pinging});
  registry.add({.slug = "own-output-does-not-count",
                .title = "What the broker sends to a client does not keep that client alive",
                .v3_1_1 = in_v3_1_1,
                .v5 = in_v5,
                .procedure = "CONNECT with Keep Alive 2 s, stay silent while messages arrive every 0.3 s.",
                .control = "A message arrives and PINGREQ is answered before.",
                .needs = {Need::takes_keep_alive},
                .longest_timer = 8s,
                .tags = {"keep-alive", "timer"},
                .variants = {"keep-alive-late"},
                .interpretations = {"X-04", "X-05"},
                .run = own_output_does_not_count});
  registry.add({.slug = "session-survives",
                .title = "A Session survives a keep-alive close",
                .v3_1_1 = {keep_alive_section, {"HF-3.1.1-S60", "HF-3.1.1-S50", "MQTT-3.1.2-5"}},
                .v5 = {keep_alive_section, {"HF-5.0-S39", "HF-5.0-S10", "MQTT-4.5.0-1"}},
                .procedure = "Keep Alive 1 s, silence until the close; another client publishes; resume.",
                .control = "The silent client is closed.",
                .needs = {Need::qos_1, Need::takes_keep_alive},
                .longest_timer = 8s,
                .tags = {"keep-alive", "session", "timer"},
                .variants = {"keep-alive-late"},
                .interpretations = {"X-04"},
                .run = session_survives});
}

}  // namespace holdfast
