// Wills that a server need not take, wills beside the life of their Session, and whose will it is: sections
// 3.1.2.5 to 3.1.2.7, 3.1.3.2, 3.2.2.3.4 and 3.2.2.3.5.
#include <fmt/format.h>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

mqtt::Will plain_will(std::string topic, std::string payload) {
  mqtt::Will will;
  will.topic = std::move(topic);
  will.payload = std::move(payload);
  will.qos = 1;
  return will;
}

Task<void> control_will(Context& t, Client& watch, std::string topic) {
  Client& control = t.client("control");
  co_await t.connected(control, with_will(t.clean(), plain_will(std::move(topic), "control")));
  co_await t.dropped(control);
  co_await t.delivered(watch, "control");
}

// [HF-3.1.1-G16, MQTT-3.1.3-11] A will topic is a topic name. Noticed at CONNECT or later.
Task<void> wildcard_in_will_topic(Context& t) {
  const std::string topic = t.topic("will/#");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await control_will(t, watch, t.topic("will/a"));
  Client& owner = t.client("owner");
  owner.connect(with_will(t.clean(), plain_will(topic, "wild")));
  const Refusal refusal = co_await refusal_of(t, owner);
  t.observed(seen_refusal(t, refusal));
  const std::string_view id = rule(t, "HF-3.1.1-G16", "MQTT-3.1.3-11");
  if (refusal.is_accepted()) co_await t.dropped(owner);
  Client& pub = *co_await publisher(t);
  co_await t.pass(500ms);
  // A reader that minds the rule has stopped reading at such a message.
  if (!watch.broken()) co_await sentinel(t, pub, watch, t.topic("will/a"), 1);
  t.must(!watch.broken() && watch.count("wild") == 0, id, "no will with a wildcard in its topic",
         watch.broken() ? fmt::format("a packet that cannot be read: {}", watch.broken()->what)
                        : seen_messages(watch),
         "C-11");
  t.should(!refusal.is_accepted(), id, "the CONNECT to be refused", seen_refusal(t, refusal), "C-11");
}

// [HF-3.1.1-S49; 5.0: MQTT-4.5.0-1] The client's own Session has subscribed to its will topic.
Task<void> will_to_own_session(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), plain_will(topic, "will")));
  co_await t.subscribed(owner, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "ordinary", 1));
  co_await t.delivered(owner, "ordinary");
  co_await t.fenced(owner);
  co_await t.dropped(owner);
  co_await t.delivered(watch, "will");
  auto connack = co_await t.connected(owner, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  auto arrived = co_await owner.expect_message("will", t.patience());
  t.must(arrived.has_value(), rule(t, "HF-3.1.1-S49", "MQTT-4.5.0-1"),
         "the client's own will, for which its Session has a subscription", seen(t, arrived));
  co_await t.fenced(owner);
  t.must(owner.count("will") == 1, rule(t, "HF-3.1.1-S49", "MQTT-4.5.0-1"), "one copy", seen_messages(owner));
}

// [HF-3.1.1-S20] W1 ends with DISCONNECT, W2 with a cut; a third connection has none.
Task<void> each_connection_its_own(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), plain_will(topic, "first")));
  co_await t.disconnected(owner);
  co_await t.connected(owner, with_will(t.keeping(), plain_will(topic, "second")));
  co_await t.dropped(owner);
  auto second = co_await watch.expect_message("second", t.patience());
  t.must(second.has_value(), "MQTT-3.1.2-8", "the will of the connection that was lost", seen(t, second));
  co_await t.connected(owner, t.keeping());
  co_await t.dropped(owner);
  co_await control_will(t, watch, topic);
  co_await t.pass(500ms);
  co_await t.fenced(watch);
  t.must(watch.count("first") == 0, rule(t, "HF-3.1.1-S20", "MQTT-3.1.2-10"),
         "nothing of a will that DISCONNECT has dropped", seen_messages(watch));
  t.must(watch.count("second") == 1, "MQTT-3.1.2-10", "the second will once", seen_messages(watch));
}

// [MQTT-3.1.3-9, HF-5.0-S16] A pending will is dropped by the return, also if the newcomer has none, and
// stays so when the Session ends.
Task<void> pending_will_dropped_for_good(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  mqtt::Will will = plain_will(topic, "pending");
  will.properties.will_delay_interval = 1000;
  co_await t.connected(owner, with_will(t.keeping(), will));
  co_await t.dropped(owner);
  auto resumed = co_await t.connected(owner, t.keeping());
  t.control(resumed.session_present, "the Session was not kept");
  co_await t.dropped(owner);
  // The end of the Session would publish a will that is still pending.
  co_await t.connected(owner, t.keeping(600, true));
  co_await control_will(t, watch, topic);
  co_await t.pass(500ms);
  co_await t.fenced(watch);
  t.must(watch.count("pending") == 0, "MQTT-3.1.3-9",
         "no will of a connection whose client has returned within the delay", seen_messages(watch));
}

// [HF-5.0-S17, HF-5.0-S15] DISCONNECT 0x04 that also ends the Session: no delay is left to wait for.
Task<void> disconnect_0x04_ends_session(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await control_will(t, watch, topic);
  Client& owner = t.client("owner");
  mqtt::Will will = plain_will(topic, "will");
  will.properties.will_delay_interval = 1000;
  co_await t.connected(owner, with_will(t.keeping(), will));
  owner.disconnect(mqtt::ReasonCode::disconnect_with_will, session_expiry(0));
  auto closed = co_await owner.expect_close(t.patience());
  const Time left = closed ? closed->at : t.now();
  auto arrived = co_await watch.expect_message("will", t.late_watch());
  const std::string expected = "the will at once: DISCONNECT 0x04 with interval 0 has ended the Session";
  t.must(arrived.has_value(), "HF-5.0-S15", expected, seen(t, arrived), "T-04");
  t.should(arrived->at - left <= 5s, "HF-5.0-S15", expected, seen(t, arrived), "T-04");
}

// [MQTT-3.1.2-10] DISCONNECT 0x00 drops a delayed will for good, past its delay and the Session's end.
Task<void> disconnect_drops_delayed_will(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& polite = t.client("polite");
  Client& lost = t.client("lost");
  mqtt::Will will = plain_will(topic, "unwanted");
  will.properties.will_delay_interval = 2;
  co_await t.connected(polite, with_will(t.keeping(interval_of(t, 3)), will));
  will.payload = "control";
  co_await t.connected(lost, with_will(t.keeping(interval_of(t, 3)), will));
  co_await t.disconnected(polite);
  co_await t.dropped(lost);
  auto control = co_await watch.expect_message("control", 2s + t.late_watch());
  t.control(control.has_value(), "the same will of a lost connection does not come");
  co_await t.pass(2500ms);
  co_await t.fenced(watch);
  t.must(watch.count("unwanted") == 0, "MQTT-3.1.2-10",
         "no will after DISCONNECT 0x00, past delay and Session", seen_messages(watch));
}

// [HF-5.0-S51] What is left of the will's own lifetime, and its Payload Format Indicator.
Task<void> expiry_and_format_of_will(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await control_will(t, watch, topic);
  Client& owner = t.client("owner");
  mqtt::Will will = plain_will(topic, "will");
  will.properties.message_expiry_interval = 50;
  will.properties.payload_format_indicator = 1;
  co_await t.connected(owner, with_will(t.clean(), will));
  co_await t.dropped(owner);
  auto arrived = co_await watch.expect_message("will", t.patience());
  t.must(arrived.has_value(), "MQTT-3.1.2-8", "the will", seen(t, arrived));
  const auto& got = arrived->properties;
  t.must(got.payload_format_indicator == 1, "MQTT-3.3.2-4", "Payload Format Indicator 1", seen(t, arrived));
  const std::uint32_t left = got.message_expiry_interval.value_or(0);
  t.must(left >= 44 && left <= 50, "HF-5.0-S51", "a Message Expiry Interval of 50 s or a little less",
         seen(t, arrived), "D-18");
}

// --- what CONNACK has announced as missing ---

// [MQTT-3.2.2-12, MQTT-3.2.2-13]
Task<void> will_beyond_limits(Context& t, bool is_about_retain) {
  t.supported(is_about_retain ? !t.sut().retain : t.sut().maximum_qos < 2,
              is_about_retain ? "the broker keeps retained messages" : "the broker takes QoS 2");
  Client& sound = t.client("sound");
  auto connack = co_await t.connected(sound, with_will(t.clean(), plain_will(t.topic("will"), "sound")));
  const bool is_announced = is_about_retain ? connack.properties.retain_available.value_or(1) == 0
                                            : connack.properties.maximum_qos.value_or(2) < 2;
  t.supported(is_announced, "CONNACK does not announce it");
  co_await t.disconnected(sound);
  Client& owner = t.client("owner");
  mqtt::Will will = plain_will(t.topic("will"), "beyond");
  if (is_about_retain) {
    will.retain = true;
  } else {
    will.qos = static_cast<std::uint8_t>(connack.properties.maximum_qos.value_or(1) + 1);
  }
  owner.connect(with_will(t.clean(), will));
  const Refusal refusal = co_await refusal_of(t, owner);
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  const std::string_view id = is_about_retain ? "MQTT-3.2.2-13" : "MQTT-3.2.2-12";
  t.must(!refusal.is_accepted(), id, "a will beyond what CONNACK announces to be refused", observed);
  t.must(refusal.closed.has_value(), id, "the connection to be closed", observed);
  const mqtt::ReasonCode code =
      is_about_retain ? mqtt::ReasonCode::retain_not_supported : mqtt::ReasonCode::qos_not_supported;
  t.should(refusal.connack && refusal.connack->reason == code, id,
           fmt::format("CONNACK 0x{:02X} before the close", static_cast<unsigned>(code)), observed);
}

}  // namespace

void register_will_limits(Registry& registry) {
  const char* another = "The will of another client reaches the same watcher.";
  registry.add({.slug = "wildcard-in-will-topic",
                .title = "A will whose topic has a wildcard is not published",
                .v3_1_1 = {"3.1.3.2", {"HF-3.1.1-G16"}},
                .v5 = {"3.1.3.3", {"MQTT-3.1.3-11"}},
                .procedure = "CONNECT with a will topic that ends in #, cut if it is accepted.",
                .control = another,
                .needs = {Need::qos_1, Need::wildcard},
                .longest_timer = 1s,
                .tags = {"will", "error"},
                .variants = {"will-topic-wildcard-late-refusal"},
                .interpretations = {"C-11"},
                .run = wildcard_in_will_topic});
  registry.add({.slug = "own-session-gets-the-will",
                .title = "A kept Session that has subscribed to its client's will topic gets the will",
                .v3_1_1 = {"3.1.2.5", {"HF-3.1.1-S49", "MQTT-3.1.2-5"}},
                .v5 = {"3.1.2.5", {"MQTT-4.5.0-1"}},
                .procedure = "Subscribe to the own will topic, cut, resume.",
                .control = "An ordinary message comes through the same subscription.",
                .needs = {Need::qos_1},
                .tags = {"will", "session", "queue"},
                .variants = {"will-to-own-session", "will-slightly-late"},
                .run = will_to_own_session});
  registry.add(
      {.slug = "each-connection-its-own-will",
       .title = "A will belongs to its connection and not to the Session",
       .v3_1_1 = {"3.1.2.5", {"HF-3.1.1-S20", "MQTT-3.1.2-10", "MQTT-3.1.2-12"}},
       .v5 = {"3.1.2.5", {"MQTT-3.1.2-10", "MQTT-3.1.2-8"}},
       .procedure =
           "Three connections of one Session: DISCONNECT with a will, cut with another, cut with none.",
       .control = another,
       .needs = {Need::qos_1},
       .longest_timer = 1s,
       .tags = {"will", "session"},
       .variants = {"will-slightly-late"},
       .run = each_connection_its_own});
  registry.add(
      {.slug = "pending-will-dropped-for-good",
       .title =
           "A pending will is dropped by a return without a will, and does not come at the Session's end",
       .v5 = {"3.1.3.2.2", {"MQTT-3.1.3-9", "HF-5.0-S16"}},
       .procedure =
           "Cut with a will of delay 1000 s, return without a will, cut, begin anew with Clean Start 1.",
       .control = another,
       .needs = {Need::qos_1},
       .longest_timer = 1s,
       .tags = {"will", "will-delay", "session"},
       .run = pending_will_dropped_for_good});
  registry.add(
      {.slug = "disconnect-0x04-ends-session",
       .title = "DISCONNECT 0x04 with interval 0 publishes a delayed will at once",
       .v5 = {"3.14.2.1", {"HF-5.0-S15", "HF-5.0-S17", "HF-5.0-S05"}},
       .procedure = "CONNECT with a will of delay 1000 s, DISCONNECT 0x04 with Session Expiry Interval 0.",
       .control = another,
       .needs = {Need::qos_1},
       .longest_timer = 5s,
       .tags = {"will", "will-delay", "disconnect", "expiry"},
       .variants = {"will-slightly-late"},
       .interpretations = {"T-04"},
       .run = disconnect_0x04_ends_session});
  registry.add({.slug = "disconnect-drops-delayed-will",
                .title = "DISCONNECT 0x00 drops a delayed will for good",
                .v5 = {"3.1.2.5", {"MQTT-3.1.2-10", "MQTT-3.14.4-3"}},
                .procedure = "A will of delay 2 s and a Session of 3 s; DISCONNECT, watch past both.",
                .control = "The same will of a client that is cut comes.",
                .needs = {Need::qos_1, Need::session_expiry},
                .longest_timer = 6s,
                .tags = {"will", "will-delay", "disconnect", "timer"},
                .variants = {"will-slightly-late"},
                .run = disconnect_drops_delayed_will});
  registry.add({.slug = "expiry-and-format-of-will",
                .title = "A will has the Payload Format Indicator and the Message Expiry Interval of CONNECT",
                .v5 = {"3.1.3.2", {"HF-5.0-S51", "MQTT-3.3.2-4"}},
                .procedure = "CONNECT with a will of both properties, cut.",
                .control = another,
                .needs = {Need::qos_1},
                .tags = {"will", "properties"},
                .variants = {"message-expiry-rounding", "will-slightly-late"},
                .interpretations = {"D-18"},
                .run = expiry_and_format_of_will});
  registry.add({.slug = "will-qos-beyond-maximum",
                .title = "A will above the announced Maximum QoS is refused",
                .v5 = {"3.2.2.3.4", {"MQTT-3.2.2-12"}},
                .procedure = "CONNECT with a will at the QoS above Maximum QoS.",
                .control = "A CONNECT with a will within it is accepted.",
                .needs = {Need::qos_1},
                .tags = {"will", "connect", "limits"},
                .variants = {"maximum-qos-1"},
                .run = [](Context& t) { return will_beyond_limits(t, false); }});
  registry.add({.slug = "retained-will-without-retain",
                .title = "A will with Will Retain is refused by a broker that keeps no retained messages",
                .v5 = {"3.2.2.3.5", {"MQTT-3.2.2-13"}},
                .procedure = "CONNECT with a will and Will Retain 1.",
                .control = "A CONNECT with a will that is not to be retained is accepted.",
                .needs = {Need::qos_1},
                .tags = {"will", "connect", "limits"},
                .variants = {"retain-unavailable"},
                .run = [](Context& t) { return will_beyond_limits(t, true); }});
}

}  // namespace holdfast
