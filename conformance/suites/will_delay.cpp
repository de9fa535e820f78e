// The Will Delay Interval (5.0): sections 3.1.2.5 and 3.1.3.2.2.
//
// A will comes when its delay is over or the Session ends, whichever is first. Delays of 3 s, because
// whole-second clocks cannot do better than one (interpretation T-11).
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const will_delay_section = "3.1.3.2.2";

mqtt::Will delayed_will(std::string topic, std::string payload, std::uint32_t delay) {
  mqtt::Will will;
  will.topic = std::move(topic);
  will.payload = std::move(payload);
  will.qos = 1;
  will.properties.will_delay_interval = delay;
  return will;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Waits for a will that is due at `due`, and judges both bounds.
Task<void> judge_when(Context& t, Client& watch, std::string payload, Time lost, Duration due,
                      std::string_view id, std::string because, std::string_view interpretation) {
  const Time last_moment = lost + due + t.late_watch();
  auto will = co_await watch.expect_message(payload, last_moment - t.now());
  const std::string expected = fmt::format("the will {:.0f} s after the loss: {}", seconds(due), because);
  t.must(will.has_value(), id, expected,
         fmt::format("no will within {:.0f} s of that moment", seconds(t.late_watch())), interpretation);
  const Duration after = will->at - lost;
  const std::string observed = fmt::format("{}, {:.1f} s after the loss", seen(t, will), seconds(after));
  t.observed(observed);
  t.must(after >= due - 1s, id, expected, observed, "T-11");
  t.should(after >= due - 20ms, id, expected, observed, "T-11");
  t.should(after <= due + 5s, id, expected, observed);
}

// [MQTT-3.1.2-8] Not before the delay, and then.
Task<void> waits_for_delay(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "will", 3)));
  co_await t.dropped(owner);
  co_await judge_when(t, watch, "will", t.now(), 3s, "MQTT-3.1.2-8", "that is its delay", "T-11");
}

// [MQTT-3.1.3-9] Returning to the Session in time cancels the will. A second client, which stays away, is the
// control.
Task<void> cancelled_by_return(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  Client& away = t.client("away");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "cancelled", 3)));
  co_await t.connected(away, with_will(t.keeping(), delayed_will(topic, "control", 3)));
  co_await t.dropped(owner);
  co_await t.dropped(away);
  auto resumed = co_await t.connected(owner, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so returning to it cancels nothing");
  auto control = co_await watch.expect_message("control", 3s + t.late_watch());
  t.control(control.has_value(), "the will of the client that stayed away never came");
  co_await t.pass(1s);
  co_await t.fenced(watch);
  t.must(watch.count("cancelled") == 0, "MQTT-3.1.3-9",
         "no will of the client that returned to its Session in time", seen_messages(watch));
}

// [HF-5.0-S15] The Session ends first.
Task<void> session_ends_first(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(2), delayed_will(topic, "will", 1000)));
  co_await t.dropped(owner);
  co_await judge_when(t, watch, "will", t.now(), 2s, "HF-5.0-S15",
                      "the Session ends then, long before the delay of 1000 s", "T-04");
}

// [HF-5.0-S15] With interval 0 the Session ends with the connection.
Task<void> session_ends_at_once(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.clean(), delayed_will(topic, "control", 0)));
  co_await t.dropped(owner);
  co_await t.delivered(watch, "control");
  auto connack = co_await t.connected(owner, with_will(t.clean(), delayed_will(topic, "will", 1000)));
  t.supported(connack.properties.session_expiry_interval.value_or(0) == 0,
              "the broker keeps Sessions that have asked for no interval");
  co_await t.dropped(owner);
  co_await judge_when(t, watch, "will", t.now(), 0s, "HF-5.0-S15",
                      "the Session ends with the connection, so the delay of 1000 s does not count", "T-04");
}

// The Session ends because its client begins a new one.
Task<void> session_discarded(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "control", 0)));
  co_await t.dropped(owner);
  co_await t.delivered(watch, "control");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "will", 1000)));
  co_await t.dropped(owner);
  co_await t.connected(owner, t.keeping(600, true));
  auto will = co_await watch.expect_message("will", t.patience());
  t.should(will.has_value(), "MQTT-3.1.2-8", "the will at once, when Clean Start 1 ends its Session",
           seen(t, will), "T-03");
}

// [HF-5.0-S16] After the return the new will is in force, and only that.
Task<void> replaced_on_return(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "old", 3)));
  co_await t.dropped(owner);
  auto resumed = co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "new", 0)));
  t.control(resumed.session_present, "the Session was not kept");
  const Time resumed_at = t.now();
  co_await t.dropped(owner);
  auto will = co_await watch.expect_message("new", t.patience());
  t.must(will.has_value(), "HF-5.0-S16", "the will of the new connection", seen(t, will));
  const Time old_was_due = resumed_at + 3s;
  co_await t.pass(old_was_due + 1500ms - t.now());
  co_await t.fenced(watch);
  t.must(watch.count("old") == 0, "HF-5.0-S16", "the old will to be dropped by the return",
         seen_messages(watch));
}

// [HF-5.0-S17, MQTT-3.1.2-8] The delay holds after DISCONNECT 0x04 too.
Task<void> delayed_after_disconnect(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), delayed_will(topic, "will", 3)));
  owner.disconnect(mqtt::ReasonCode::disconnect_with_will);
  auto closed = co_await owner.expect_close(t.patience());
  const Time left = closed ? closed->at : t.now();
  co_await judge_when(t, watch, "will", left, 3s, "HF-5.0-S17", "DISCONNECT 0x04 asks for it after its delay",
                      "T-11");
}

}  // namespace

void register_will_delay(Registry& registry) {
  const std::vector<std::string> tags = {"will", "will-delay", "timer"};
  registry.add({.slug = "waits-for-delay",
                .title = "A Will Message waits for its Will Delay Interval",
                .v5 = {will_delay_section, {"MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, delay 3 s, Session kept for 600 s; cut.",
                .control = "The will comes after the delay.",
                .needs = {Need::qos_1},
                .longest_timer = 4s,
                .tags = tags,
                .variants = {"will-slightly-late"},
                .interpretations = {"T-11"},
                .run = waits_for_delay});
  registry.add({.slug = "cancelled-by-return",
                .title = "Returning to the Session within the Will Delay Interval cancels the Will Message",
                .v5 = {will_delay_section, {"MQTT-3.1.3-9", "MQTT-3.1.2-8", "HF-5.0-S16"}},
                .procedure = "CONNECT with a will, delay 3 s; cut; return with Clean Start 0.",
                .control = "The will of a second client, which stays away, comes.",
                .needs = {Need::qos_1},
                .longest_timer = 6s,
                .tags = tags,
                .run = cancelled_by_return});
  registry.add({.slug = "session-expiry-comes-first",
                .title = "The end of the Session publishes a Will Message whose delay is not over",
                .v5 = {will_delay_section, {"HF-5.0-S15", "MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, delay 1000 s, Session Expiry Interval 2 s; cut.",
                .control = "waits-for-delay shows that this broker publishes delayed wills.",
                .needs = {Need::qos_1, Need::session_expiry},
                .longest_timer = 8s,
                .tags = tags,
                .variants = {"session-expiry-late", "will-slightly-late"},
                .interpretations = {"T-04", "T-11", "S-04"},
                .run = session_ends_first});
  registry.add({.slug = "session-expiry-zero",
                .title = "With Session Expiry Interval 0 the Will Delay Interval does not delay",
                .v5 = {will_delay_section, {"HF-5.0-S15", "MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, delay 1000 s, Session Expiry Interval 0; cut.",
                .control = "The will of the same client comes when its delay is 0.",
                .needs = {Need::qos_1},
                .longest_timer = 6s,
                .tags = tags,
                .variants = {"will-slightly-late"},
                .interpretations = {"T-04", "T-11"},
                .run = session_ends_at_once});
  registry.add({.slug = "session-discarded",
                .title = "Clean Start 1 ends the Session and with it the wait of its Will Message",
                .level = Level::should,
                .v5 = {will_delay_section, {"MQTT-3.1.2-8", "HF-5.0-S15"}},
                .procedure = "CONNECT with a will, delay 1000 s; cut; return with Clean Start 1.",
                .control = "The will of the same client comes when its delay is 0.",
                .needs = {Need::qos_1},
                .tags = {"will", "will-delay"},
                .interpretations = {"T-03"},
                .run = session_discarded});
  registry.add(
      {.slug = "replaced-on-return",
       .title = "After a return within the delay the new will is in force and the old one is gone",
       .v5 = {will_delay_section, {"HF-5.0-S16", "MQTT-3.1.3-9"}},
       .procedure = "Lose a connection with a will of delay 3 s, return with another will, lose that too.",
       .control = "The new will comes.",
       .needs = {Need::qos_1},
       .longest_timer = 5s,
       .tags = tags,
       .run = replaced_on_return});
  registry.add({.slug = "delayed-after-disconnect-0x04",
                .title = "DISCONNECT 0x04 publishes the Will Message after its delay",
                .v5 = {"3.14.2.1", {"HF-5.0-S17", "MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, delay 3 s; DISCONNECT with reason code 0x04.",
                .control = "The will comes after the delay.",
                .needs = {Need::qos_1},
                .longest_timer = 4s,
                .tags = tags,
                .interpretations = {"T-11"},
                .run = delayed_after_disconnect});
}

}  // namespace holdfast
