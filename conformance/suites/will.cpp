// The Will Message without a delay: section 3.1.2.5 and its neighbours.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

mqtt::Will will_to(std::string topic, std::string payload, int qos = 1, bool retain = false) {
  mqtt::Will will;
  will.topic = std::move(topic);
  will.payload = std::move(payload);
  will.qos = static_cast<std::uint8_t>(qos);
  will.retain = retain;
  return will;
}

// Connects `client` with this will and loses the connection; the will has to come. As a control it shows that
// the broker publishes wills and that the watcher would see one.
Task<void> will_comes(Context& t, Client& client, Client& watch, mqtt::Will will) {
  co_await t.connected(client, with_will(t.clean(), will));
  co_await t.dropped(client);
  co_await t.delivered(watch, will.payload);
}

// --- when it is published ---

Task<void> published_after_loss(Context& t, Ending ending) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.clean(), will_to(topic, "will")));
  co_await ended(t, owner, ending);
  auto will = co_await watch.expect_message("will", t.patience());
  t.observed(seen(t, will));
  t.must(will.has_value(), "MQTT-3.1.2-8", "the Will Message after the connection was lost", seen(t, will));
  t.also_judges({rule(t, "HF-3.1.1-G09", "MQTT-3.1.2-7")});
}

Task<void> published_after_cut(Context& t) { return published_after_loss(t, Ending::cut); }
Task<void> published_after_reset(Context& t) { return published_after_loss(t, Ending::reset); }

// A second CONNECT is a protocol error; the client has not said goodbye.
Task<void> published_after_protocol_error(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  Client& owner = t.client("owner");
  mqtt::Connect connect = with_will(t.clean(), will_to(topic, "will"));
  co_await t.connected(owner, connect);
  connect.client_id = owner.id();
  connect.protocol_level = static_cast<std::uint8_t>(t.version());
  owner.send(connect);
  auto closed = co_await owner.expect_close(t.patience());
  t.must(closed.has_value(), "MQTT-3.1.0-2", "the connection to be closed after a second CONNECT",
         seen_close(t, closed));
  t.closed_as(closed->kind == CloseKind::reset ? CloseVerdict::by_reset : CloseVerdict::clean);
  auto will = co_await watch.expect_message("will", t.patience());
  t.must(will.has_value(), "MQTT-3.1.2-8", "the Will Message after a close that no DISCONNECT announced",
         seen(t, will), "T-10");
}

// [MQTT-3.1.2-24 of 3.1.1, HF-5.0-S39] A keep-alive close counts as a network failure.
Task<void> published_after_keep_alive(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  Client& owner = t.client("owner");
  owner.answers.pings = false;
  mqtt::Connect options = with_will(t.clean(), will_to(topic, "will"));
  options.keep_alive = 1;
  co_await t.connected(owner, options);
  auto will = co_await watch.expect_message("will", 13s);
  t.must(will.has_value(), rule(t, "MQTT-3.1.2-8", "HF-5.0-S39"),
         "the Will Message after silence of one and a half times the Keep Alive of 1 s", seen(t, will),
         "X-04");
}

// --- when it is not ---

Task<void> dropped_by_disconnect(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.clean(), will_to(topic, "unwanted")));
  co_await t.disconnected(owner);
  // The control comes after, so that it also shows that a will would have come by now.
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  co_await t.pass(1s);
  co_await t.fenced(watch);
  t.must(watch.count("unwanted") == 0, "MQTT-3.14.4-3", "no Will Message after DISCONNECT",
         seen_messages(watch));
}

// The will of one connection is not the will of the next.
Task<void> gone_with_its_connection(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.keeping(), will_to(topic, "will")));
  co_await t.dropped(owner);
  co_await t.delivered(watch, "will");
  co_await t.connected(owner, t.keeping());
  co_await t.dropped(owner);
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  co_await t.pass(1s);
  co_await t.fenced(watch);
  t.must(watch.count("will") == 1, rule(t, "MQTT-3.1.2-10", "MQTT-3.1.2-10"),
         "the Will Message once, since the second connection had none", seen_messages(watch));
  t.also_judges({rule(t, "MQTT-3.1.2-12", "")});
}

// --- what it looks like ---

Task<void> has_its_qos(Context& t, int qos) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", qos));
  auto control = co_await t.delivered(watch, "control");
  t.control(control.qos == qos, "an ordinary message does not keep its QoS either");
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.clean(), will_to(topic, "will", qos)));
  co_await t.dropped(owner);
  auto will = co_await watch.expect_message("will", t.patience());
  t.must(will.has_value(), "MQTT-3.1.2-8", "the Will Message", seen(t, will));
  t.must(will->qos == qos, rule(t, "MQTT-3.1.2-9", "MQTT-3.8.4-8"), fmt::format("the Will QoS {}", qos),
         seen(t, will));
}

Task<void> has_qos_0(Context& t) { return has_its_qos(t, 0); }
Task<void> has_qos_1(Context& t) { return has_its_qos(t, 1); }
Task<void> has_qos_2(Context& t) { return has_its_qos(t, 2); }

// [3.1.1: MQTT-3.1.2-16, -17; 5.0: MQTT-3.1.2-14, -15] Will Retain decides whether a later subscriber finds
// it.
Task<void> is_retained_as_asked(Context& t) {
  const std::string kept = t.topic("kept");
  const std::string passing = t.topic("passing");
  Client& watch = *co_await watcher(t, kept, 1);
  co_await t.subscribed(watch, passing, 1);
  Client& one = t.client("one");
  co_await t.connected(one, with_will(t.clean(), will_to(kept, "kept", 1, true)));
  co_await t.dropped(one);
  co_await t.delivered(watch, "kept");
  Client& two = t.client("two");
  co_await t.connected(two, with_will(t.clean(), will_to(passing, "passing", 1, false)));
  co_await t.dropped(two);
  co_await t.delivered(watch, "passing");

  Client& later = t.client("later");
  co_await t.connected(later, t.clean());
  later.subscribe({subscription(kept, 1), subscription(passing, 1)});
  auto suback = co_await later.expect<mqtt::Suback>(t.patience());
  t.control(suback.has_value(), "no SUBACK");
  auto found = co_await later.expect_message("kept", t.patience());
  t.must(found.has_value(), rule(t, "MQTT-3.1.2-17", "MQTT-3.1.2-15"),
         "a will with Will Retain 1 to be retained", seen(t, found));
  t.must(found->retain, rule(t, "MQTT-3.3.1-8", "MQTT-3.3.1-9"),
         "RETAIN 1 on a retained message at subscribing", seen(t, found));
  co_await t.fenced(later);
  t.must(later.count("passing") == 0, rule(t, "MQTT-3.1.2-16", "MQTT-3.1.2-14"),
         "a will with Will Retain 0 not to be retained", seen_messages(later));
}

// [HF-3.1.1-G28, HF-5.0-S51] Binary, with every byte; also an empty one.
Task<void> has_its_bytes(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  std::string payload("\x00\xff\xfe will \x01\n", 10);
  Client& owner = t.client("owner");
  mqtt::Will will = will_to(topic, payload);
  if (t.v5()) {
    will.properties.content_type = "application/octet-stream";
    will.properties.response_topic = t.topic("answers");
    will.properties.correlation_data = std::string("\x00\x07", 2);
    will.properties.user_properties = {{"b", "1"}, {"a", "2"}, {"b", "3"}};
  }
  co_await t.connected(owner, with_will(t.clean(), will));
  co_await t.dropped(owner);
  auto arrived = co_await watch.expect_message(payload, t.patience());
  t.must(arrived.has_value(), rule(t, "HF-3.1.1-G28", "HF-5.0-S51"),
         "the Will Message with exactly its bytes", seen_messages(watch));
  if (t.v5()) {
    const mqtt::Properties& got = arrived->properties;
    t.must(got.content_type == will.properties.content_type &&
               got.response_topic == will.properties.response_topic &&
               got.correlation_data == will.properties.correlation_data,
           "HF-5.0-S51", "Content Type, Response Topic and Correlation Data of the will", seen(t, arrived));
    t.must(got.user_properties == will.properties.user_properties, "MQTT-3.1.3-10",
           "the User Properties of the will in their order", seen(t, arrived));
    t.must(!got.will_delay_interval.has_value(), "HF-5.0-S51", "no Will Delay Interval in PUBLISH",
           seen(t, arrived));
  }
}

// [HF-5.0-S17] DISCONNECT with Will Message.
Task<void> disconnect_with_will(Context& t, mqtt::ReasonCode reason) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await will_comes(t, t.client("control"), watch, will_to(topic, "control"));
  Client& owner = t.client("owner");
  co_await t.connected(owner, with_will(t.clean(), will_to(topic, "will")));
  owner.disconnect(reason);
  auto will = co_await watch.expect_message("will", t.patience());
  t.must(will.has_value(), reason == mqtt::ReasonCode::disconnect_with_will ? "HF-5.0-S17" : "MQTT-3.1.2-8",
         fmt::format("the Will Message after DISCONNECT 0x{:02X}", static_cast<unsigned>(reason)),
         seen(t, will));
}

Task<void> disconnect_0x04(Context& t) {
  return disconnect_with_will(t, mqtt::ReasonCode::disconnect_with_will);
}
Task<void> disconnect_0x80(Context& t) {
  return disconnect_with_will(t, mqtt::ReasonCode::unspecified_error);
}

}  // namespace

void register_will(Registry& registry) {
  const std::string section = "3.1.2.5";
  const char* another = "The will of another client, lost in the same way, reaches the same watcher.";
  registry.add({.slug = "published-after-cut",
                .title = "A Will Message is published when the connection is lost",
                .v3_1_1 = {section, {"MQTT-3.1.2-8", "HF-3.1.1-G09"}},
                .v5 = {section, {"MQTT-3.1.2-8", "MQTT-3.1.2-7"}},
                .procedure = "CONNECT with a will, FIN without DISCONNECT, watch the Will Topic.",
                .control = "An ordinary message reaches the watcher.",
                .needs = {Need::qos_1},
                .tags = {"will"},
                .variants = {"will-slightly-late"},
                .run = published_after_cut});
  registry.add({.slug = "published-after-reset",
                .title = "A Will Message is published when the connection is reset",
                .v3_1_1 = {section, {"MQTT-3.1.2-8"}},
                .v5 = {section, {"MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, RST, watch the Will Topic.",
                .control = "An ordinary message reaches the watcher.",
                .needs = {Need::qos_1},
                .tags = {"will"},
                .variants = {"will-slightly-late"},
                .run = published_after_reset});
  registry.add({.slug = "published-after-protocol-error",
                .title = "A Will Message is published when the broker closes because of a protocol error",
                .v3_1_1 = {section, {"MQTT-3.1.2-8", "MQTT-3.1.0-2"}},
                .v5 = {section, {"MQTT-3.1.2-8", "MQTT-3.1.0-2"}},
                .procedure = "CONNECT with a will, send a second CONNECT.",
                .control = another,
                .needs = {Need::qos_1},
                .tags = {"will", "error"},
                .variants = {"second-connect-either-close", "will-slightly-late"},
                .interpretations = {"T-10"},
                .run = published_after_protocol_error});
  registry.add({.slug = "published-after-keep-alive",
                .title = "A Will Message is published when the broker closes because of silence",
                .v3_1_1 = {section, {"MQTT-3.1.2-8", "MQTT-3.1.2-24"}},
                .v5 = {section, {"HF-5.0-S39", "MQTT-3.1.2-22", "MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will and Keep Alive 1 s, stay silent.",
                .control = another,
                .needs = {Need::qos_1, Need::takes_keep_alive},
                .longest_timer = 3s,
                .tags = {"will", "keep-alive", "timer"},
                .variants = {"keep-alive-late", "will-slightly-late"},
                .interpretations = {"X-04"},
                .run = published_after_keep_alive});
  registry.add({.slug = "dropped-by-disconnect",
                .title = "DISCONNECT drops the Will Message",
                .v3_1_1 = {section, {"MQTT-3.14.4-3", "MQTT-3.1.2-10"}},
                .v5 = {section, {"MQTT-3.14.4-3", "MQTT-3.1.2-10"}},
                .procedure = "CONNECT with a will, DISCONNECT, watch until another client's will has come.",
                .control = another,
                .needs = {Need::qos_1},
                .longest_timer = 1s,
                .tags = {"will", "disconnect"},
                .run = dropped_by_disconnect});
  registry.add({.slug = "gone-with-its-connection",
                .title = "A connection without a will publishes none, whatever an earlier one had",
                .v3_1_1 = {section, {"MQTT-3.1.2-10", "MQTT-3.1.2-12", "HF-3.1.1-S20"}},
                .v5 = {section, {"MQTT-3.1.2-10"}},
                .procedure = "Lose a connection with a will, resume without one, lose that too.",
                .control = "The first will comes, and so does another client's at the end.",
                .needs = {Need::qos_1},
                .longest_timer = 1s,
                .tags = {"will", "session"},
                .run = gone_with_its_connection});
  const struct {
    const char* slug;
    int qos;
    Need need;
    Task<void> (*run)(Context&);
  } levels[] = {{"qos0", 0, Need::qos_1, has_qos_0},
                {"qos1", 1, Need::qos_1, has_qos_1},
                {"qos2", 2, Need::qos_2, has_qos_2}};
  for (const auto& level : levels) {
    registry.add({.slug = fmt::format("has-{}", level.slug),
                  .title = fmt::format("A Will Message is published at its Will QoS {}", level.qos),
                  .v3_1_1 = {"3.1.2.6", {"MQTT-3.1.2-9", "MQTT-3.1.2-8"}},
                  .v5 = {"3.1.2.6", {"MQTT-3.8.4-8", "MQTT-3.1.2-8"}},
                  .procedure = "CONNECT with a will at this QoS, cut; the watcher has subscribed at QoS 2.",
                  .control = "An ordinary message keeps this QoS.",
                  .needs = {level.need, Need::qos_2},
                  .tags = {"will"},
                  .variants = {"will-qos-clamped"},
                  .run = level.run});
  }
  registry.add(
      {.slug = "retained-as-asked",
       .title = "Will Retain decides whether the Will Message is retained",
       .v3_1_1 = {"3.1.2.7", {"MQTT-3.1.2-17", "MQTT-3.1.2-16", "MQTT-3.3.1-8"}},
       .v5 = {"3.1.2.7", {"MQTT-3.1.2-15", "MQTT-3.1.2-14", "MQTT-3.3.1-9"}},
       .procedure = "Two wills, one with Will Retain; a client that subscribes later finds that one only.",
       .control = "Both wills reach a client that has subscribed before.",
       .needs = {Need::qos_1, Need::retain},
       .tags = {"will", "retain"},
       .variants = {"will-retained-and-live"},
       .run = is_retained_as_asked});
  registry.add({.slug = "has-its-bytes",
                .title = "A published Will Message has the bytes and properties that CONNECT gave it",
                .v3_1_1 = {"3.1.3.3", {"HF-3.1.1-G28"}},
                .v5 = {"3.1.3.2", {"HF-5.0-S51", "MQTT-3.1.3-10"}},
                .procedure = "A will with binary payload, in 5.0 with properties; cut.",
                .control = another,
                .needs = {Need::qos_1},
                .tags = {"will"},
                .run = has_its_bytes});
  registry.add({.slug = "disconnect-with-will",
                .title = "DISCONNECT 0x04 closes on purpose and publishes the Will Message",
                .v5 = {"3.14.2.1", {"HF-5.0-S17", "MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, DISCONNECT with reason code 0x04.",
                .control = another,
                .needs = {Need::qos_1},
                .tags = {"will", "disconnect"},
                .run = disconnect_0x04});
  registry.add({.slug = "disconnect-with-error",
                .title = "DISCONNECT with an error code does not drop the Will Message",
                .v5 = {"3.14.2.1", {"MQTT-3.1.2-8"}},
                .procedure = "CONNECT with a will, DISCONNECT with reason code 0x80.",
                .control = another,
                .needs = {Need::qos_1},
                .tags = {"will", "disconnect"},
                .run = disconnect_0x80});
}

}  // namespace holdfast
