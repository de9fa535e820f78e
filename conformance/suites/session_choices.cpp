// What a Session may and may not do beyond the plain rules: choices that are recorded and still have an edge,
// and state that has to stand whatever the others do. Sections 3.1.2.4, 3.1.3.1, 4.1, 4.4 and 4.5.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [HF-3.1.1-S06, HF-5.0-S27] QoS 0 for an absent client: none, some or all, never twice.
Task<void> qos_0_while_away(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  co_await t.published(pub, message(topic, "control", 0));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  for (const char* payload : {"z1", "z2", "z3"}) co_await t.published(pub, message(topic, payload, 0));
  co_await t.published(pub, message(topic, "stored", 1));
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session is kept");
  co_await t.delivered(client, "stored");
  co_await sentinel(t, pub, client, topic, 1);
  std::size_t kept = 0;
  std::string order;
  for (const auto& publish : client.messages()) {
    if (publish.payload.size() != 2 || publish.payload[0] != 'z') continue;
    ++kept;
    order += publish.payload;
    t.must(publish.qos == 0 && !publish.dup, rule(t, "HF-3.1.1-S06", "HF-5.0-S27"),
           "QoS 0 and DUP 0 on a message published at QoS 0", seen(t, publish), "S-08");
  }
  t.observed(fmt::format("{} of 3 QoS 0 messages were kept for the absent client", kept));
  for (const char* payload : {"z1", "z2", "z3"}) {
    t.must(client.count(payload) <= 1, rule(t, "HF-3.1.1-S06", "HF-5.0-S27"), "a QoS 0 message once at most",
           seen_messages(client), "S-08");
  }
  const bool in_order = std::string("z1z2z3").find(order) != std::string::npos || order == "z1z3";
  t.must(in_order, rule(t, "HF-3.1.1-S06", "HF-5.0-S27"), "those that are kept in their order", order,
         "S-08");
}

// [HF-3.1.1-S46] The lower of the two QoS decides; a grant of 0 may be stored or not.
Task<void> effective_qos_is_stored(Context& t) {
  const std::string at_0 = t.topic("zero");
  const std::string at_1 = t.topic("one");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, at_0, 0);
  co_await t.subscribed(client, at_1, 1);
  const int qos = t.sut().maximum_qos >= 2 ? 2 : 1;
  co_await t.published(pub, message(at_1, "control", qos));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  co_await t.published(pub, message(at_0, "zero", qos));
  co_await t.published(pub, message(at_1, "one", qos));
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session is kept");
  const std::string_view id = rule(t, "HF-3.1.1-S46", "MQTT-4.5.0-1");
  auto stored = co_await client.expect_message("one", t.patience());
  t.must(stored.has_value(), id, "the message for a subscription at QoS 1", seen(t, stored), "S-07");
  t.must(stored->qos == 1, rule(t, "MQTT-3.8.4-6", "MQTT-3.8.4-8"), "QoS 1", seen(t, stored));
  co_await sentinel(t, pub, client, at_1, 1);
  const std::size_t copies = client.count("zero");
  t.observed(fmt::format("{} copies of the message for a subscription at QoS 0", copies));
  t.must(copies <= 1, id, "a message for a subscription at QoS 0 once at most", seen_messages(client),
         "S-08");
}

// [HF-3.1.1-S28, 5.0: MQTT-3.1.3-2] The identifier alone is the key.
Task<void> identifier_alone_is_the_key(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  mqtt::Connect first = t.keeping();
  first.keep_alive = 30;
  co_await t.connected(client, first);
  co_await t.subscribed(client, topic, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  co_await t.published(pub, message(topic, "queued", 1));
  mqtt::Connect second = t.keeping(900);
  second.keep_alive = 99;
  mqtt::Will will;
  will.topic = t.topic("will");
  will.payload = "will";
  second.will = will;
  if (t.v5()) {
    second.properties.receive_maximum = 7;
    second.properties.topic_alias_maximum = 4;
    second.properties.user_properties = {{"another", "one"}};
  }
  auto connack = co_await t.connected(client, second);
  t.must(connack.session_present, rule(t, "HF-3.1.1-S28", "MQTT-3.1.3-2"),
         "Session Present 1 whatever else of CONNECT has changed", seen(t, connack));
  auto queued = co_await client.expect_message("queued", t.patience());
  t.must(queued.has_value(), rule(t, "HF-3.1.1-S28", "MQTT-3.1.3-2"), "the queued message", seen(t, queued));
  t.also_judges({"MQTT-3.1.3-2"});
  co_await t.fenced(client);
  co_await t.disconnected(client);
}

// [HF-5.0-S49; 3.1.1: MQTT-4.5.0-1] Accepted messages are the subscribers', not the publisher's.
Task<void> publisher_leaves(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  const int qos = t.sut().maximum_qos >= 2 ? 2 : 1;
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  Client& giver = t.client("giver");
  co_await t.connected(giver, t.keeping());
  co_await t.published(giver, message(topic, "control", 1));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  co_await t.published(giver, message(topic, "m1", 1));
  co_await t.published(giver, message(topic, "m2", qos));
  co_await t.disconnected(giver);
  // The publisher's Session is cleaned, and the new one ends with its connection.
  co_await t.connected(giver, t.clean());
  co_await t.disconnected(giver);
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session is kept");
  for (const char* payload : {"m1", "m2"}) {
    auto delivered = co_await client.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-4.5.0-1", "HF-5.0-S49"),
           fmt::format("{}, although the Session of its publisher has ended", payload), seen(t, delivered));
  }
  co_await t.fenced(client);
}

// [HF-5.0-S31] However long the acknowledgement takes.
Task<void> no_repeat_on_live_connection(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const int qos = t.sut().maximum_qos >= 2 ? 2 : 1;
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m1", 1));
  co_await t.published(pub, message(topic, "m2", qos));
  co_await t.delivered(client, "m1");
  auto second = co_await client.expect_message("m2", t.patience());
  if (second && qos == 2) {
    client.acknowledge(*second);
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(second->packet_id, t.patience());
    t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  }
  const Time end = later(t.now(), t.late_watch());
  while (t.now() < end && client.is_open()) {
    co_await t.pass(2500ms);
    co_await t.fenced(client);
  }
  const std::string expected = fmt::format("nothing again within {} s on a connection that stands",
                                           std::chrono::ceil<std::chrono::seconds>(t.late_watch()).count());
  t.must(client.count("m1") == 1 && client.count("m2") <= 1, "HF-5.0-S31", expected, seen_messages(client));
  auto again = co_await client.expect<mqtt::Pubrel>(0ns);
  t.must(!again, "HF-5.0-S31", expected, seen(t, again));
}

// [3.1.1: MQTT-4.1.0-2; 5.0: MQTT-4.1.0-1] While the connection stands nothing of the Session goes.
Task<void> kept_while_connected(Context& t) {
  const std::string topic = t.topic("a");
  Client& brief = t.client("brief");
  Client& pub = *co_await publisher(t);
  const std::uint32_t interval = interval_of(t, 1);
  mqtt::Connect options = t.clean();
  if (t.v5()) options = t.keeping(interval);
  co_await t.connected(brief, options);
  co_await t.subscribed(brief, topic, 1);
  brief.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "in-flight", 1));
  auto first = co_await t.delivered(brief, "in-flight");
  co_await t.pass(std::chrono::seconds(interval) + 3s);
  co_await t.fenced(brief);
  const std::string_view id = rule(t, "MQTT-4.1.0-2", "MQTT-4.1.0-1");
  brief.acknowledge(first);
  brief.answers.acknowledges = true;
  co_await t.published(pub, message(topic, "later", 1));
  auto later_one = co_await brief.expect_message("later", t.patience());
  t.must(later_one.has_value(), id, "a message for the subscription of a Session whose connection stands",
         seen(t, later_one));
  co_await t.fenced(brief);
  if (!t.v5()) co_return;
  co_await t.dropped(brief);
  auto connack = co_await t.connected(brief, t.keeping(interval));
  t.must(connack.session_present, id, "Session Present 1 right after a connection longer than the interval",
         seen(t, connack));
}

// [HF-5.0-S52; interpretation C-09] Made in one version, asked for in the other: the flag tells the truth.
Task<void> across_versions(Context& t) {
  t.supported(t.sut().v3_1_1 && t.sut().v5, "the broker speaks one version only");
  const mqtt::Version other = t.v5() ? mqtt::Version::v3_1_1 : mqtt::Version::v5;
  const std::string topic = t.topic("a");
  Client& maker = t.client("maker", other);
  Client& asker = t.client("asker");
  Client& pub = *co_await publisher(t);
  mqtt::Connect making;
  making.client_id = maker.id();
  making.clean_start = false;
  making.protocol_level = static_cast<std::uint8_t>(other);
  if (other == mqtt::Version::v5) making.properties.session_expiry_interval = 600;
  co_await t.connected(maker, making);
  co_await t.subscribed(maker, topic, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(maker, "control");
  co_await t.disconnected(maker);
  co_await t.published(pub, message(topic, "queued", 1));
  mqtt::Connect asking = t.keeping();
  asking.client_id = maker.id();
  asker.connect_as_given(asking);
  auto connack = co_await asker.expect<mqtt::Connack>(t.patience());
  t.control(connack && connack->reason == mqtt::ReasonCode::success,
            "the CONNECT in the other version is refused");
  co_await t.published(pub, message(topic, "after", 1));
  co_await t.subscribed(asker, t.topic("b"), 1);
  co_await sentinel(t, pub, asker, t.topic("b"), 1);
  const bool has_all = asker.count("queued") == 1 && asker.count("after") == 1;
  const bool has_none = asker.count("queued") == 0 && asker.count("after") == 0;
  t.observed(fmt::format("Session Present {}, {}", connack->session_present ? 1 : 0, seen_messages(asker)));
  const std::string_view id = rule(t, "MQTT-3.2.2-2", "HF-5.0-S52");
  if (connack->session_present) {
    t.must(has_all, id, "with Session Present 1 the queued message and the subscription",
           seen_messages(asker), "C-09");
  } else {
    t.must(has_none, id, "with Session Present 0 nothing of the Session of the other version",
           seen_messages(asker), "C-09");
  }
  mqtt::Connect discard = t.clean();
  discard.client_id = maker.id();
  co_await t.disconnected(asker);
  asker.connect_as_given(discard);
  co_await asker.expect<mqtt::Connack>(t.patience());
  co_await t.disconnected(asker);
}

// Messages wait for the absent whoever else is listening.
Task<void> kept_though_others_listen(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  co_await t.published(pub, message(topic, "m", 1));
  co_await t.delivered(watch, "m");
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session is kept");
  auto delivered = co_await client.expect_message("m", t.patience());
  t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
         "the message that another client received meanwhile", seen(t, delivered));
  co_await t.fenced(client);
}

// [HF-3.1.1-S15, HF-3.1.1-S16; interpretations S-09, S-10] Twenty messages and half a minute: no policy is
// that tight, and a Session that is gone is gone as a whole.
Task<void> twenty_messages_for_the_absent(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(client, "control");
  co_await t.disconnected(client);
  for (int i = 1; i <= 20; ++i) {
    std::string payload = fmt::format("m{}-", i);
    payload.resize(900, 'x');
    co_await t.published(pub, message(topic, payload, 1));
  }
  co_await t.pass(std::min<Duration>(t.late_watch() - 2s, 30s));
  auto connack = co_await t.connected(client, t.keeping());
  t.must(connack.session_present, rule(t, "HF-3.1.1-S15", "MQTT-3.1.2-23"),
         "Session Present 1: no Session is put away within a minute", seen(t, connack), "S-10");
  for (int i = 1; i <= 20; ++i) {
    std::string payload = fmt::format("m{}-", i);
    payload.resize(900, 'x');
    auto delivered = co_await client.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "HF-3.1.1-S16", "MQTT-4.5.0-1"),
           fmt::format("message {} of 20 that were acknowledged while the client was away", i),
           seen(t, delivered), "S-09");
  }
  co_await t.fenced(client);
}

}  // namespace

void register_session_choices(Registry& registry) {
  const char* delivers = "A message is delivered before the absence.";
  registry.add({.slug = "qos0-while-away",
                .title = "A QoS 0 message for an absent client comes once or not at all",
                .v3_1_1 = {"3.1.2.4", {"HF-3.1.1-S06"}},
                .v5 = {"4.1", {"HF-5.0-S27"}},
                .procedure = "Leave, let three QoS 0 messages and one at QoS 1 be published, resume.",
                .control = delivers,
                .needs = {Need::qos_1},
                .tags = {"session", "queue"},
                .variants = {"offline-qos0-dropped", "offline-qos0-queued"},
                .interpretations = {"S-08"},
                .run = qos_0_while_away});
  registry.add(
      {.slug = "effective-qos-is-stored",
       .title = "What is stored for an absent client depends on the lower of both QoS",
       .v3_1_1 = {"3.8.4", {"HF-3.1.1-S46", "MQTT-3.8.4-6"}},
       .v5 = {"3.8.4", {"MQTT-4.5.0-1", "MQTT-3.8.4-8"}},
       .procedure = "Subscribe at QoS 0 and 1, leave, let a QoS 2 message be published to each, resume.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"session", "queue"},
       .variants = {"offline-by-effective-qos", "offline-by-published-qos"},
       .interpretations = {"S-07", "S-08"},
       .run = effective_qos_is_stored});
  registry.add(
      {.slug = "identifier-alone-is-the-key",
       .title = "A Session is found by its client identifier whatever else of CONNECT changes",
       .v3_1_1 = {"3.1.3.1", {"HF-3.1.1-S28", "MQTT-3.1.3-2"}},
       .v5 = {"3.1.3.1", {"MQTT-3.1.3-2", "MQTT-3.1.2-5"}},
       .procedure = "Keep a Session, resume it with another Keep Alive, a will and in 5.0 other properties.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"session", "session-present"},
       .variants = {"session-key-includes-user"},
       .run = identifier_alone_is_the_key});
  registry.add(
      {.slug = "publisher-leaves",
       .title = "Messages for an absent client stay when the Session of their publisher ends",
       .v3_1_1 = {"4.5", {"MQTT-4.5.0-1"}},
       .v5 = {"4.5", {"HF-5.0-S49", "MQTT-4.5.0-1"}},
       .procedure = "Publish at QoS 1 and 2 for an absent client, end the publisher's Session, resume.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"session", "queue"},
       .run = publisher_leaves});
  registry.add(
      {.slug = "kept-though-others-listen",
       .title = "A message is kept for an absent client although others have received it",
       .v3_1_1 = {"3.1.2.4", {"MQTT-3.1.2-5", "MQTT-4.5.0-1"}},
       .v5 = {"3.1.2.4", {"MQTT-4.5.0-1", "MQTT-3.1.2-5"}},
       .procedure = "Leave, let a QoS 1 message be published that a connected client receives, resume.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"session", "queue"},
       .run = kept_though_others_listen});
  registry.add(
      {.slug = "no-repeat-on-live-connection",
       .title = "Nothing is sent again on a connection that stands",
       .v5 = {"4.4", {"HF-5.0-S31", "MQTT-4.4.0-1"}},
       .procedure = "Leave a PUBLISH and a PUBREL unanswered for a minute (5 s live), with PINGREQs.",
       .control = "The messages are delivered.",
       .needs = {Need::qos_1},
       .longest_timer = 6s,
       .tags = {"session", "redelivery", "timer"},
       .interpretations = {"Q-04"},
       .run = no_repeat_on_live_connection});
  registry.add(
      {.slug = "kept-while-connected",
       .title = "Nothing of a Session goes while its connection stands",
       .v3_1_1 = {"4.1", {"MQTT-4.1.0-2"}},
       .v5 = {"4.1", {"MQTT-4.1.0-1", "HF-5.0-S08"}},
       .procedure =
           "Clean Session 1, or an interval of 1 s; stay connected for longer, then use the Session.",
       .control = "A message is delivered at the beginning.",
       .needs = {Need::qos_1, Need::session_expiry},
       .longest_timer = 5s,
       .tags = {"session", "expiry", "timer"},
       .run = kept_while_connected});
  registry.add({.slug = "across-versions",
                .title = "Session Present tells the truth when the versions of two connections differ",
                .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-2", "MQTT-3.2.2-3"}},
                .v5 = {"3.1.2.4", {"HF-5.0-S52", "MQTT-3.2.2-3"}},
                .procedure = "Keep a Session in the other version, CONNECT in this one with its identifier.",
                .control = delivers,
                .needs = {Need::qos_1},
                .tags = {"session", "session-present"},
                .variants = {"cross-version-no-resume"},
                .interpretations = {"C-09"},
                .run = across_versions});
  registry.add(
      {.slug = "twenty-messages-for-the-absent",
       .title = "Twenty messages for a client that is away for half a minute are kept",
       .v3_1_1 = {"4.1", {"HF-3.1.1-S16", "HF-3.1.1-S15", "MQTT-3.1.2-5"}},
       .v5 = {"4.1", {"MQTT-4.5.0-1", "MQTT-3.1.2-23"}},
       .procedure = "Leave, let twenty QoS 1 messages of 900 bytes be published, wait (3 s live), resume.",
       .control = delivers,
       .needs = {Need::qos_1},
       .longest_timer = 3s,
       .tags = {"session", "queue", "timer"},
       .variants = {"queue-bounded-drop-new", "queue-bounded-drop-old", "session-timeout-by-setting-311"},
       .interpretations = {"S-09", "S-10"},
       .run = twenty_messages_for_the_absent});
}

}  // namespace holdfast
