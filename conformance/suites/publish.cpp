// PUBLISH and its answers: sections 3.3 and 4.3.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [MQTT-3.3.4-1] Nothing, PUBACK, PUBREC, whether somebody listens or not.
Task<void> answered_as_its_qos_asks(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = t.client("watch");
  co_await t.connected(watch, t.clean());
  co_await t.subscribed(watch, topic, 0);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  for (const bool has_listener : {true, false}) {
    const std::string to = has_listener ? topic : t.topic("nobody");
    sender.publish(message(to, "qos 0", 0));
    co_await t.fenced(sender);
    auto none = co_await sender.expect<mqtt::Puback>(0ns);
    t.must(!none.has_value(), "MQTT-3.3.4-1", "no answer to QoS 0", seen(t, none));
    const std::uint16_t qos_1_id = sender.publish(message(to, "qos 1", 1));
    auto puback = co_await sender.expect_id<mqtt::Puback>(qos_1_id, t.patience());
    t.must(puback.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"),
           fmt::format("PUBACK id {} for QoS 1", qos_1_id), seen(t, puback));
    if (!t.sut().has(Need::qos_2)) continue;
    const std::uint16_t qos_2_id = sender.publish(message(to, "qos 2", 2));
    auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(qos_2_id, t.patience());
    t.must(pubrec.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-8"),
           fmt::format("PUBREC id {} for QoS 2", qos_2_id), seen(t, pubrec));
    auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(qos_2_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
           fmt::format("PUBCOMP id {} for PUBREL", qos_2_id), seen(t, pubcomp));
  }
}

// [3.1.1: HF-3.1.1-G27; 5.0: MQTT-4.5.0-1] An empty message is a message.
Task<void> empty_payload(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& pub = *co_await publisher(t);
  for (const int qos : {0, 1}) {
    co_await t.published(pub, message(topic, "", qos));
    auto delivered = co_await watch.expect_message("", t.patience());
    t.must(delivered.has_value(), rule(t, "HF-3.1.1-G27", "MQTT-4.5.0-1"),
           fmt::format("the message of QoS {} without a payload", qos), seen_messages(watch));
  }
}

// [HF-3.1.1-G22] What was published once at QoS 2 comes once, even to a grant of QoS 0.
Task<void> qos_2_to_grant_0(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 0);
  Client& sender = t.client("sender");
  sender.answers = {.acknowledges = true, .releases = false, .resends = false};
  co_await t.connected(sender, t.keeping());
  mqtt::Publish once = message(topic, "once", 2);
  const std::uint16_t packet_id = sender.publish(once);
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  co_await t.dropped(sender);
  co_await t.connected(sender, t.keeping());
  once.packet_id = packet_id;
  once.dup = true;
  sender.send(once);
  auto again = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(again.has_value(), "no PUBREC for the repeat");
  sender.release(packet_id);
  co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  sender.answers.releases = true;
  co_await sentinel(t, sender, watch, topic, 0);
  t.should(watch.count("once") <= 1, rule(t, "HF-3.1.1-G22", "MQTT-4.3.3-10"),
           "at most one delivery of a QoS 2 message to a subscription at QoS 0", seen_messages(watch));
}

// [HF-3.1.1-S38, HF-5.0-S50] At the PUBLISH or at the PUBREL, and once.
Task<void> passed_on_once(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  sender.answers.releases = false;
  const std::uint16_t packet_id = sender.publish(message(topic, "m", 2));
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec && !mqtt::is_error(pubrec->reason), "no PUBREC for a QoS 2 PUBLISH");
  Client& other = *co_await publisher(t);
  co_await sentinel(t, other, watch, topic, 2);
  t.observed(watch.count("m") > 0 ? "passed on before PUBREL" : "not passed on before PUBREL");
  sender.release(packet_id);
  auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"), "PUBCOMP for PUBREL",
         seen(t, pubcomp));
  sender.answers.releases = true;
  co_await sentinel(t, sender, watch, topic, 2);
  t.must(watch.count("m") == 1, rule(t, "HF-3.1.1-S38", "HF-5.0-S50"),
         "one delivery, at the PUBLISH or at the PUBREL", seen_messages(watch), "Q-10");
}

// [HF-3.1.1-S62] Each of several messages under way is acknowledged once; in which order is told.
Task<void> acknowledged_each_once(Context& t) {
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  co_await t.published(sender, message(t.topic("a"), "control", 0));
  std::vector<std::uint16_t> sent;
  // No more at once than the smallest Receive Maximum in use.
  for (int i = 1; i <= 4; ++i)
    sent.push_back(sender.publish(message(t.topic("a"), fmt::format("m{}", i), 1)));
  std::vector<std::uint16_t> order;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto puback = co_await sender.expect<mqtt::Puback>(t.patience());
    t.must(puback.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"),
           "four PUBACK packets for four messages", fmt::format("{} of them", i));
    order.push_back(puback->packet_id);
  }
  const bool is_in_order = order == sent;
  std::vector<std::uint16_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  t.must(sorted == sent, rule(t, "MQTT-2.3.1-6", "MQTT-2.2.1-5"), "one PUBACK for each identifier",
         fmt::format("identifiers {}", fmt::join(order, ", ")));
  if (!is_in_order) {
    t.inform(fmt::format("PUBACK packets in the order {}", fmt::join(order, ", ")), "D-14");
  }
}

// [HF-5.0-E28] Where a stored Session listens, PUBACK does not say that nobody does.
Task<void> somebody_listens(Context& t) {
  const std::string topic = t.topic("a");
  Client& away = t.client("away");
  co_await t.connected(away, t.keeping());
  co_await t.subscribed(away, topic, 1);
  co_await t.disconnected(away);
  Client& pub = *co_await publisher(t);
  const std::uint16_t nobody_id = pub.publish(message(t.topic("nobody"), "x", 1));
  auto nobody = co_await pub.expect_id<mqtt::Puback>(nobody_id, t.patience());
  t.control(nobody && !mqtt::is_error(nobody->reason), "no PUBACK for a message to nobody");
  t.observed(seen(t, nobody));
  const std::uint16_t packet_id = pub.publish(message(topic, "m", 1));
  auto puback = co_await pub.expect_id<mqtt::Puback>(packet_id, t.patience());
  t.control(puback && !mqtt::is_error(puback->reason), "no PUBACK for a message to an absent client");
  co_await t.connected(away, t.keeping());
  auto delivered = co_await away.expect_message("m", t.patience());
  t.must(delivered.has_value(), "MQTT-4.5.0-1", "the message for the client that was away",
         seen(t, delivered), "D-06");
  t.should(puback->reason != mqtt::ReasonCode::no_matching_subscribers, "HF-5.0-E28",
           "PUBACK 0x00, since a stored Session has a matching subscription", seen(t, puback), "D-06");
}

// [HF-5.0-E27] Refused, or passed on as it is.
Task<void> payload_that_breaks_its_format(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  mqtt::Publish good = message(topic, "good", 1);
  good.properties.payload_format_indicator = 1;
  co_await t.published(sender, good);
  auto control = co_await t.delivered(watch, "good");
  t.must(control.properties.payload_format_indicator == 1, "MQTT-3.3.2-4",
         "Payload Format Indicator 1 as it was published", seen(t, control), "X-10");
  mqtt::Publish bad = message(topic, "bad \xC3( payload", 1);
  bad.properties.payload_format_indicator = 1;
  const std::string payload = bad.payload;
  const std::uint16_t packet_id = sender.publish(bad);
  auto puback = co_await sender.expect_id<mqtt::Puback>(packet_id, t.patience());
  t.must(puback.has_value() || sender.closed().has_value(), "HF-5.0-E27",
         "PUBACK, with 0x99 or not, or a close", "silence", "X-10");
  t.observed(puback ? seen(t, puback) : seen_close(t, sender.closed()));
  if (!puback || mqtt::is_error(puback->reason)) co_return;
  auto passed_on = co_await watch.expect<mqtt::Publish>(t.patience());
  t.must(passed_on && passed_on->payload == payload, "HF-5.0-E27", "the payload unchanged",
         seen(t, passed_on), "X-10");
}

// [HF-5.0-E29] Both ways between a client of 5.0 and one of 3.1.1.
Task<void> between_versions(Context& t) {
  const std::string topic = t.topic("a");
  Client& old = t.client("old", mqtt::Version::v3_1_1);
  old.connect(t.clean());
  auto accepted = co_await old.expect<mqtt::Connack>(t.patience());
  t.supported(accepted && accepted->reason == mqtt::ReasonCode::success, "the broker does not speak 3.1.1");
  co_await t.subscribed(old, topic, 1);
  Client& modern = *co_await watcher(t, topic, 1);
  mqtt::Publish rich = message(topic, "rich", 1);
  rich.properties.payload_format_indicator = 1;
  rich.properties.message_expiry_interval = 600;
  rich.properties.content_type = "text/plain";
  rich.properties.response_topic = t.topic("answer");
  rich.properties.correlation_data = "c";
  rich.properties.user_properties = {{"k", "v"}};
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, rich);
  co_await t.delivered(modern, "rich");
  auto plain = co_await old.expect_message("rich", t.patience());
  t.must(plain.has_value(), "HF-5.0-E29", "the message, without its properties, for a client of 3.1.1",
         seen_messages(old), "X-14");
  co_await t.published(old, message(topic, "from 3.1.1", 1));
  auto other_way = co_await modern.expect_message("from 3.1.1", t.patience());
  t.must(other_way.has_value(), "HF-5.0-E29", "the message of a client of 3.1.1", seen_messages(modern),
         "X-14");
  co_await t.disconnected(old);
}

// [HF-5.0-E09] Above the announced Maximum QoS.
Task<void> above_maximum_qos(Context& t) {
  const int maximum = t.sut().maximum_qos;
  t.supported(maximum < 2, "the broker takes every QoS");
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 0);
  Client& sender = t.client("sender");
  auto connack = co_await t.connected(sender, t.clean());
  t.supported(connack.properties.maximum_qos.has_value(), "the broker announces no Maximum QoS");
  sender.publish(message(topic, "too high", maximum + 1));
  auto closed = co_await sender.expect_close(t.patience());
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 0);
  t.must(closed.has_value(), "HF-5.0-E09", "a close for a PUBLISH above Maximum QoS", seen_close(t, closed));
  t.must(watch.count("too high") == 0, "HF-5.0-E09", "the message to go nowhere", seen_messages(watch));
  const bool is_told =
      closed->disconnect && closed->disconnect->reason == mqtt::ReasonCode::qos_not_supported;
  t.should(is_told, "HF-5.0-E09", "DISCONNECT 0x9B before the close", seen_close(t, closed), "X-01");
}

}  // namespace

void register_publish(Registry& registry) {
  registry.add({.slug = "answered-as-its-qos-asks",
                .title = "PUBLISH is answered by nothing, PUBACK or PUBREC as its QoS asks",
                .v3_1_1 = {"3.3.4", {"MQTT-3.3.4-1", "MQTT-4.3.2-2", "MQTT-4.3.3-2"}},
                .v5 = {"3.3.4", {"MQTT-3.3.4-1", "MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT-4.3.3-11"}},
                .procedure = "QoS 0, 1 and 2 to a topic with a subscriber and to one without.",
                .control = "PINGREQ is answered on the same connection.",
                .needs = {Need::qos_1},
                .tags = {"publish", "qos1", "qos2"},
                .variants = {"no-subscribers-0x10", "ack-slow"},
                .run = answered_as_its_qos_asks});
  registry.add({.slug = "empty-payload",
                .title = "A message without a payload is delivered",
                .v3_1_1 = {"3.3.3", {"HF-3.1.1-G27"}},
                .v5 = {"3.3.3", {"MQTT-4.5.0-1"}},
                .procedure = "Publish an empty payload with RETAIN 0 at QoS 0 and 1.",
                .control = "The probes of the subscription arrive.",
                .needs = {Need::qos_1},
                .tags = {"publish"},
                .run = empty_payload});
  registry.add({.slug = "qos2-to-grant-0",
                .title = "A QoS 2 message that its sender repeats comes at most once to a grant of QoS 0",
                .level = Level::should,
                .v3_1_1 = {"3.8.4", {"HF-3.1.1-G22"}},
                .v5 = {"3.8.4", {"MQTT-4.3.3-10"}},
                .procedure = "PUBLISH, PUBREC, cut, resume, the same PUBLISH with DUP, PUBREL.",
                .control = "PUBREC comes for both.",
                .needs = {Need::qos_2},
                .tags = {"publish", "qos2", "redelivery"},
                .run = qos_2_to_grant_0});
  registry.add({.slug = "passed-on-once",
                .title = "A QoS 2 message is passed on at the PUBLISH or at the PUBREL, and once",
                .v3_1_1 = {"4.3.3", {"HF-3.1.1-S38", "MQTT-4.3.3-2"}},
                .v5 = {"4.3.3", {"HF-5.0-S50", "MQTT-4.3.3-11"}},
                .procedure = "Hold PUBREL back until another client's message has come.",
                .control = "PUBREC comes; the other message arrives.",
                .needs = {Need::qos_2},
                .tags = {"qos2", "publish"},
                .variants = {"qos2-deliver-on-publish", "qos2-deliver-on-pubrel"},
                .interpretations = {"Q-10"},
                .run = passed_on_once});
  registry.add({.slug = "acknowledged-each-once",
                .title = "Of several messages under way each is acknowledged once",
                .v3_1_1 = {"4.6", {"MQTT-2.3.1-6", "HF-3.1.1-S62", "MQTT-4.3.2-2"}},
                .v5 = {"4.6", {"MQTT-2.2.1-5", "MQTT-4.3.2-4"}},
                .procedure = "Four QoS 1 messages at once.",
                .control = "The connection is accepted.",
                .needs = {Need::qos_1},
                .tags = {"qos1", "ordering", "publish"},
                .variants = {"acks-out-of-order", "receive-max-small"},
                .interpretations = {"D-14"},
                .run = acknowledged_each_once});
  registry.add({.slug = "somebody-listens",
                .title = "Where a stored Session has a matching subscription, PUBACK does not say 0x10",
                .level = Level::should,
                .v5 = {"3.4.2.1", {"HF-5.0-E28", "MQTT-4.5.0-1"}},
                .procedure = "Publish at QoS 1 to a topic of a client that is away; let it return.",
                .control = "A message to nobody is acknowledged.",
                .needs = {Need::qos_1},
                .tags = {"qos1", "publish", "session"},
                .variants = {"no-subscribers-0x10", "no-subscribers-0x00"},
                .interpretations = {"D-06"},
                .run = somebody_listens});
  registry.add({.slug = "payload-that-breaks-its-format",
                .title = "A payload that is not what its format says is refused or passed on unchanged",
                .level = Level::may,
                .v5 = {"3.3.2.3.2", {"HF-5.0-E27", "MQTT-3.3.2-4"}},
                .procedure = "Publish ill-formed UTF-8 with Payload Format Indicator 1 at QoS 1.",
                .control = "A well-formed payload with the indicator arrives.",
                .needs = {Need::qos_1},
                .tags = {"publish"},
                .variants = {"payload-format-checked", "payload-format-unchecked"},
                .interpretations = {"X-10"},
                .run = payload_that_breaks_its_format});
  registry.add({.slug = "between-versions",
                .title = "Messages pass between clients of 5.0 and of 3.1.1 in both directions",
                .v5 = {"3.3.4", {"HF-5.0-E29", "MQTT-4.5.0-1"}},
                .procedure = "A message with every property to a subscriber of 3.1.1, a plain one back.",
                .control = "A subscriber of 5.0 gets the message.",
                .needs = {Need::qos_1},
                .tags = {"publish"},
                .interpretations = {"X-14"},
                .run = between_versions});
  registry.add({.slug = "above-maximum-qos",
                .title = "A PUBLISH above the announced Maximum QoS ends the connection",
                .v5 = {"3.2.2.3.4", {"HF-5.0-E09"}},
                .procedure = "Publish one above the announced Maximum QoS.",
                .control = "The probes of the subscription arrive, and a message after the trial.",
                .tags = {"publish", "error", "limits"},
                .variants = {"maximum-qos-1", "close-bare"},
                .interpretations = {"X-01"},
                .run = above_maximum_qos});
}

}  // namespace holdfast
