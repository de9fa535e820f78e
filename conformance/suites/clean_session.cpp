// Clean Session (3.1.1) and Clean Start (5.0): section 3.1.2.4.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// --- what 0 keeps ---

// [3.1.1: MQTT-3.1.2-4, HF-3.1.1-S02; 5.0: MQTT-3.1.2-5] Subscriptions are part of the Session.
Task<void> keeps_subscriptions(Context& t) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "before", 1));
  co_await t.delivered(subscriber, "before");
  co_await t.disconnected(subscriber);

  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with one subscription is kept for this client");
  co_await t.published(pub, message(topic, "after", 1));
  auto delivered = co_await subscriber.expect_message("after", t.patience());
  t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-4", "MQTT-3.1.2-5"),
         "the message for the subscription of the resumed Session", seen(t, delivered));
  t.also_judges({rule(t, "MQTT-4.1.0-1", "")});
}

// [3.1.1: MQTT-3.1.2-5; 5.0: MQTT-4.5.0-1] Messages that came while the client was away.
Task<void> keeps_messages(Context& t, int qos) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "online", qos));
  co_await t.delivered(subscriber, "online");
  co_await t.disconnected(subscriber);
  for (const char* payload : {"m1", "m2", "m3"}) co_await t.published(pub, message(topic, payload, qos));

  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with one subscription is kept for this client");
  const std::string_view stored = rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1");
  for (const char* payload : {"m1", "m2", "m3"}) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), stored,
           fmt::format("{}, published at QoS {} while the client was away", payload, qos),
           seen(t, delivered));
    t.also_judges({rule(t, "HF-3.1.1-S04", ""), rule(t, "HF-3.1.1-S44", ""), rule(t, "MQTT-4.1.0-1", "")});
    t.must(delivered->qos == qos, rule(t, "MQTT-3.8.4-6", "MQTT-3.8.4-8"),
           fmt::format("delivery at QoS {}", qos), seen(t, delivered));
  }
  co_await sentinel(t, pub, subscriber, topic, qos);
  for (const char* payload : {"m1", "m2", "m3"}) {
    const std::size_t copies = subscriber.count(payload);
    t.must(copies == 1,
           rule(t, qos == 2 ? "MQTT-4.3.3-2" : "MQTT-4.5.0-1", qos == 2 ? "MQTT-4.3.3-10" : "MQTT-4.5.0-1"),
           fmt::format("one copy of {}, since nothing was cut", payload), fmt::format("{} copies", copies));
  }
}

Task<void> keeps_messages_qos_1(Context& t) { return keeps_messages(t, 1); }
Task<void> keeps_messages_qos_2(Context& t) { return keeps_messages(t, 2); }

// --- what 1 discards ---

// Prepares a kept Session with a subscription, proves that it works, leaves it.
Task<void> keep_a_session(Context& t, Client& subscriber, Client& pub, std::string topic, int qos) {
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  co_await t.disconnected(subscriber);
  co_await t.published(pub, message(topic, "control", qos));
  auto resumed = co_await t.connected(subscriber, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so there is nothing to discard");
  co_await t.delivered(subscriber, "control");
  co_await t.fenced(subscriber);
}

// Nothing of the old Session comes: not what was queued or in flight, and nothing for its subscription.
Task<void> judge_nothing_left(Context& t, Client& subscriber, Client& pub, std::string topic) {
  co_await t.published(pub, message(topic, "for-old-subscription", 1));
  const std::string other = t.topic("b");
  co_await t.subscribed(subscriber, other, 1);
  co_await sentinel(t, pub, subscriber, other, 1);
  const std::string_view id = rule(t, "MQTT-3.1.2-6", "MQTT-3.1.2-4");
  const ConnectionId now = subscriber.connection();
  for (const char* payload : {"for-old-subscription", "queued", "in-flight"}) {
    t.must(subscriber.count(payload, now) == 0, id, "nothing of the Session that was discarded",
           fmt::format("a PUBLISH \"{}\" in the new Session", payload));
  }
  auto pubrel = co_await subscriber.expect<mqtt::Pubrel>(0ns);
  t.must(!pubrel.has_value(), id, "nothing of the Session that was discarded", seen(t, pubrel));
}

Task<void> discards_subscriptions(Context& t) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await keep_a_session(t, subscriber, pub, topic, 1);
  co_await t.disconnected(subscriber);
  auto connack = co_await t.connected(subscriber, t.keeping(600, true));
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  co_await judge_nothing_left(t, subscriber, pub, topic);
}

Task<void> discards_queued(Context& t, int qos) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await keep_a_session(t, subscriber, pub, topic, qos);
  co_await t.disconnected(subscriber);
  co_await t.published(pub, message(topic, "queued", qos));
  auto connack = co_await t.connected(subscriber, t.keeping(600, true));
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  co_await judge_nothing_left(t, subscriber, pub, topic);
}

Task<void> discards_queued_qos_1(Context& t) { return discards_queued(t, 1); }
Task<void> discards_queued_qos_2(Context& t) { return discards_queued(t, 2); }

// QoS 1 unacknowledged, QoS 2 between PUBREC and PUBCOMP.
Task<void> discards_in_flight_to_client(Context& t, int qos) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await keep_a_session(t, subscriber, pub, topic, qos);
  subscriber.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "in-flight", qos));
  auto in_flight = co_await t.delivered(subscriber, "in-flight");
  if (qos == 2) {
    subscriber.acknowledge(in_flight);
    auto pubrel = co_await subscriber.expect<mqtt::Pubrel>(t.patience());
    t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  }
  co_await t.dropped(subscriber);
  subscriber.answers.acknowledges = true;
  auto connack = co_await t.connected(subscriber, t.keeping(600, true));
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  co_await judge_nothing_left(t, subscriber, pub, topic);
}

Task<void> discards_in_flight_qos_1(Context& t) { return discards_in_flight_to_client(t, 1); }
Task<void> discards_in_flight_qos_2(Context& t) { return discards_in_flight_to_client(t, 2); }

// A QoS 2 exchange from the client that was left half done is gone: its identifier is free for a new message.
Task<void> discards_half_received(Context& t) {
  Client& subscriber = t.client("sub");
  Client& sender = t.client("sender");
  const std::string topic = t.topic("a");
  co_await t.connected(subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, 2);
  co_await t.connected(sender, t.keeping());
  sender.answers.releases = false;
  const std::uint16_t packet_id = sender.publish(message(topic, "half-done", 2));
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  co_await t.dropped(sender);

  sender.answers.releases = true;
  auto connack = co_await t.connected(sender, t.keeping(600, true));
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  mqtt::Publish fresh = message(topic, "fresh", 2);
  fresh.packet_id = packet_id;
  sender.publish(fresh);
  auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  const std::string_view id = rule(t, "MQTT-3.1.2-6", "MQTT-3.1.2-4");
  t.must(pubcomp.has_value(), id, "a new QoS 2 exchange under the identifier of the discarded one",
         seen(t, pubcomp));
  auto delivered = co_await subscriber.expect_message("fresh", t.patience());
  t.must(delivered.has_value(), id, "delivery of the new message, which is no repeat of the discarded one",
         seen_messages(subscriber));
}

// --- one flag after the other ---

// [3.1.1: MQTT-3.1.2-6; 5.0: HF-5.0-S01] A Session that was clean at its start (and has no interval) ends
// with the connection.
Task<void> clean_session_is_not_kept(Context& t) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  co_await transient(t, subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
  co_await t.published(pub, message(topic, "queued", 1));

  auto connack = co_await t.connected(subscriber, t.keeping());
  t.must(!connack.session_present, rule(t, "MQTT-3.2.2-3", "MQTT-3.2.2-3"),
         "Session Present 0: the Session ended with its connection", seen(t, connack));
  co_await judge_nothing_left(t, subscriber, pub, topic);
}

// [HF-3.1.1-S11] 0, then 1, then 0: nothing of the first shows up in the third.
Task<void> kept_cleaned_kept(Context& t) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await keep_a_session(t, subscriber, pub, topic, 1);
  co_await t.disconnected(subscriber);
  co_await t.published(pub, message(topic, "queued", 1));
  co_await transient(t, subscriber, t.clean());
  co_await t.disconnected(subscriber);

  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::none, "the clean connection discarded the Session and left none");
  co_await judge_nothing_left(t, subscriber, pub, topic);
}

// [3.1.1: HF-3.1.1-S02; 5.0: HF-5.0-S21] Each subscription comes back with the QoS that was granted to it.
Task<void> keeps_granted_qos(Context& t) {
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  for (const int qos : {0, 1, 2}) co_await t.subscribed(subscriber, t.topic(fmt::format("q{}", qos)), qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(t.topic("q2"), "control", 2));
  auto control = co_await t.delivered(subscriber, "control");
  t.control(control.qos == 2, "a message of QoS 2 does not arrive as one");
  co_await t.disconnected(subscriber);

  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with three subscriptions is kept for this client");
  for (const int qos : {0, 1, 2}) {
    const std::string payload = fmt::format("to QoS {}", qos);
    co_await t.published(pub, message(t.topic(fmt::format("q{}", qos)), payload, 2));
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value() && delivered->qos == qos, rule(t, "HF-3.1.1-S02", "HF-5.0-S21"),
           fmt::format("the message, at QoS {} as granted", qos), seen(t, delivered));
  }
}

// A second CONNECT is a protocol error and ends the connection.
Task<void> ended_by_protocol_error(Context& t, Client& client) {
  mqtt::Connect again = t.clean();
  again.client_id = client.id();
  client.send(again);
  auto closed = co_await client.expect_close(t.patience());
  t.control(closed.has_value(), "a second CONNECT does not end the connection");
}

// [3.1.1: HF-3.1.1-S10; 5.0: HF-5.0-S01] However the connection ends.
Task<void> clean_session_ends_however(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  for (const std::string_view how : {"leave", "cut", "reset", "error"}) {
    Client& subscriber = t.client(how);
    co_await transient(t, subscriber, t.clean());
    co_await t.subscribed(subscriber, topic, 1);
    const std::string control = fmt::format("control {}", how);
    co_await t.published(pub, message(topic, control, 1));
    co_await t.delivered(subscriber, control);
    if (how == "leave") co_await ended(t, subscriber, Ending::disconnect);
    if (how == "cut") co_await ended(t, subscriber, Ending::cut);
    if (how == "reset") co_await ended(t, subscriber, Ending::reset);
    if (how == "error") co_await ended_by_protocol_error(t, subscriber);
    co_await t.pass(word_gets_round);
    co_await t.published(pub, message(topic, "queued", 1));
    auto connack = co_await t.connected(subscriber, t.keeping());
    t.must(!connack.session_present, rule(t, "HF-3.1.1-S10", "HF-5.0-S01"),
           fmt::format("Session Present 0 after {}: the Session ended with its connection", how),
           seen(t, connack));
    co_await judge_nothing_left(t, subscriber, pub, topic);
    co_await t.disconnected(subscriber);
  }
}

// [3.1.1: HF-3.1.1-S11; 5.0: MQTT-3.1.2-4] The flag of each CONNECT decides by itself: 1-0-0 and 0-1-1-0.
Task<void> each_flag_by_itself(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& first = t.client("first");
  co_await transient(t, first, t.clean());
  co_await t.subscribed(first, topic, 1);
  co_await t.disconnected(first);
  auto started = co_await t.connected(first, t.keeping());
  judge_session_present(t, started, Past::none, "the Session of the clean connection has ended");
  co_await judge_nothing_left(t, first, pub, topic);
  co_await t.disconnected(first);
  co_await t.published(pub, message(t.topic("b"), "kept", 1));
  auto resumed = co_await t.connected(first, t.keeping());
  judge_session_present(t, resumed, Past::kept, "the Session that began with flag 0 is kept");
  auto kept = co_await first.expect_message("kept", t.patience());
  t.must(kept.has_value(), rule(t, "HF-3.1.1-S11", "MQTT-3.1.2-5"),
         "the message that came while the client was away", seen(t, kept));

  Client& other = t.client("other");
  co_await keep_a_session(t, other, pub, topic, 1);
  co_await t.disconnected(other);
  for (int i = 0; i < 2; ++i) {
    auto cleaned = co_await transient(t, other, t.clean());
    judge_session_present(t, cleaned, Past::cleaned, "Clean Session or Clean Start was 1");
    co_await t.disconnected(other);
  }
  auto last = co_await t.connected(other, t.keeping());
  judge_session_present(t, last, Past::none, "two clean connections have left none");
  co_await judge_nothing_left(t, other, pub, topic);
}

// --- Clean Start x Session Expiry Interval (5.0) ---

struct StartAndExpiry {
  bool clean_start;
  std::optional<std::uint32_t> interval;  // seconds; nullopt: absent
  const char* slug;
  const char* title;
};

// What the second CONNECT finds depends on the interval of the first one only, never on its Clean Start.
Task<void> start_and_expiry(Context& t, StartAndExpiry row) {
  Client& client = t.client("row");
  mqtt::Connect options = t.clean();
  options.clean_start = row.clean_start;
  options.properties.session_expiry_interval = row.interval;
  auto first = co_await t.connected(client, options);
  t.control(!first.session_present, "a new client identifier got Session Present 1");
  const std::uint32_t asked = row.interval.value_or(0);
  const std::uint32_t in_force = first.properties.session_expiry_interval.value_or(asked);
  t.supported((in_force == 0) == (asked == 0), "the broker changes the Session Expiry Interval and says so");
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);

  mqtt::Connect again = t.keeping();
  auto second = co_await returned(t, client, again);
  if (asked == 0) {
    t.must(!second.session_present, "HF-5.0-S01",
           "Session Present 0: without an interval the Session ends with its connection", seen(t, second),
           "F-05");
  } else {
    t.must(second.session_present, "MQTT-3.1.2-23", "Session Present 1: the interval has not run out",
           seen(t, second), "S-12");
  }
}

}  // namespace

void register_clean_session(Registry& registry) {
  const std::string section = "3.1.2.4";
  const char* resumes = "The Session resumes and delivers a message before it is discarded.";
  registry.add({.slug = "keeps-subscriptions",
                .title = "A resumed Session has its subscriptions without a new SUBSCRIBE",
                .v3_1_1 = {section, {"MQTT-3.1.2-4", "HF-3.1.1-S02"}},
                .v5 = {section, {"MQTT-3.1.2-5", "HF-5.0-S21"}},
                .procedure = "Subscribe, DISCONNECT, resume, let another client publish.",
                .control = "A message is delivered before the DISCONNECT.",
                .needs = {Need::qos_1},
                .tags = {"session"},
                .run = keeps_subscriptions});
  registry.add(
      {.slug = "keeps-messages-qos1",
       .title = "QoS 1 messages that come while the client is away are delivered when it returns",
       .v3_1_1 = {section, {"MQTT-3.1.2-5", "HF-3.1.1-S04", "HF-3.1.1-S44"}},
       .v5 = {section, {"MQTT-4.5.0-1", "MQTT-3.1.2-5"}},
       .procedure = "Subscribe at QoS 1, DISCONNECT, let another client publish three messages, resume.",
       .control = "A message is delivered before the DISCONNECT.",
       .needs = {Need::qos_1},
       .tags = {"session", "queue", "qos1"},
       .variants = {"resume-batches", "resume-after-settling"},
       .run = keeps_messages_qos_1});
  registry.add(
      {.slug = "keeps-messages-qos2",
       .title = "QoS 2 messages that come while the client is away are delivered once when it returns",
       .v3_1_1 = {section, {"MQTT-3.1.2-5", "HF-3.1.1-S04", "HF-3.1.1-S44", "MQTT-4.3.3-2"}},
       .v5 = {section, {"MQTT-4.5.0-1", "MQTT-3.1.2-5", "MQTT-4.3.3-10"}},
       .procedure = "Subscribe at QoS 2, DISCONNECT, let another client publish three messages, resume.",
       .control = "A message is delivered before the DISCONNECT.",
       .needs = {Need::qos_2},
       .tags = {"session", "queue", "qos2"},
       .variants = {"resume-batches", "resume-after-settling"},
       .run = keeps_messages_qos_2});
  registry.add(
      {.slug = "clean-discards-subscriptions",
       .title = "Clean Session or Clean Start 1 discards the subscriptions of the earlier Session",
       .v3_1_1 = {section, {"MQTT-3.1.2-6"}},
       .v5 = {section, {"MQTT-3.1.2-4"}},
       .procedure = "Keep a Session with a subscription, CONNECT clean, let another client publish to it.",
       .control = resumes,
       .needs = {Need::qos_1},
       .tags = {"session"},
       .run = discards_subscriptions});
  registry.add({.slug = "clean-discards-queued-qos1",
                .title = "Clean Session or Clean Start 1 discards queued QoS 1 messages",
                .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S37"}},
                .v5 = {section, {"MQTT-3.1.2-4", "HF-5.0-S32"}},
                .procedure = "Keep a Session, publish while its client is away, CONNECT clean.",
                .control = resumes,
                .needs = {Need::qos_1},
                .tags = {"session", "queue", "qos1"},
                .run = discards_queued_qos_1});
  registry.add({.slug = "clean-discards-queued-qos2",
                .title = "Clean Session or Clean Start 1 discards queued QoS 2 messages",
                .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S37"}},
                .v5 = {section, {"MQTT-3.1.2-4", "HF-5.0-S32"}},
                .procedure = "Keep a Session, publish while its client is away, CONNECT clean.",
                .control = resumes,
                .needs = {Need::qos_2},
                .tags = {"session", "queue", "qos2"},
                .run = discards_queued_qos_2});
  registry.add({.slug = "clean-discards-in-flight-qos1",
                .title = "Clean Session or Clean Start 1 discards QoS 1 messages in flight to the client",
                .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S37"}},
                .v5 = {section, {"MQTT-3.1.2-4", "HF-5.0-S32"}},
                .procedure = "Leave a PUBLISH unacknowledged, cut, CONNECT clean.",
                .control = resumes,
                .needs = {Need::qos_1},
                .tags = {"session", "qos1"},
                .run = discards_in_flight_qos_1});
  registry.add(
      {.slug = "clean-discards-in-flight-qos2",
       .title =
           "Clean Session or Clean Start 1 discards QoS 2 exchanges with the client, also an owed PUBREL",
       .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S37"}},
       .v5 = {section, {"MQTT-3.1.2-4", "HF-5.0-S32"}},
       .procedure = "Answer PUBLISH with PUBREC, leave PUBREL unanswered, cut, CONNECT clean.",
       .control = resumes,
       .needs = {Need::qos_2},
       .tags = {"session", "qos2"},
       .run = discards_in_flight_qos_2});
  registry.add({.slug = "clean-discards-half-received",
                .title = "Clean Session or Clean Start 1 discards a QoS 2 message received and not released",
                .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S37"}},
                .v5 = {section, {"MQTT-3.1.2-4", "HF-5.0-S29"}},
                .procedure =
                    "Leave a QoS 2 exchange after PUBREC, cut, CONNECT clean, publish another message under "
                    "the same Packet Identifier.",
                .control = "The first exchange gets its PUBREC.",
                .needs = {Need::qos_2},
                .tags = {"session", "qos2"},
                .run = discards_half_received});
  registry.add(
      {.slug = "clean-is-not-kept",
       .title = "A Session that began clean and asked for no keeping ends with its connection",
       .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S10", "MQTT-3.2.2-3"}},
       .v5 = {section, {"HF-5.0-S01", "MQTT-3.2.2-3", "HF-5.0-S48"}},
       .procedure = "Subscribe in a clean connection, DISCONNECT, publish, CONNECT without cleaning.",
       .control = "A message is delivered before the DISCONNECT.",
       .needs = {Need::qos_1},
       .tags = {"session"},
       .run = clean_session_is_not_kept});
  registry.add({.slug = "kept-cleaned-kept",
                .title = "Nothing of a Session shows up after a clean connection in between",
                .v3_1_1 = {section, {"MQTT-3.1.2-6", "HF-3.1.1-S11", "HF-3.1.1-S14"}},
                .v5 = {section, {"MQTT-3.1.2-4"}},
                .procedure =
                    "Keep a Session with a queued message, CONNECT clean and DISCONNECT, CONNECT without "
                    "cleaning.",
                .control = resumes,
                .needs = {Need::qos_1},
                .tags = {"session"},
                .run = kept_cleaned_kept});

  const StartAndExpiry rows[] = {
      {false, std::nullopt, "start-0-no-expiry",
       "Clean Start 0 without a Session Expiry Interval keeps nothing"},
      {false, 0, "start-0-expiry-0", "Clean Start 0 with Session Expiry Interval 0 keeps nothing"},
      {false, 600, "start-0-expiry-600", "Clean Start 0 with an interval of 600 s keeps the Session"},
      {false, mqtt::session_never_expires, "start-0-expiry-never",
       "Clean Start 0 with 0xFFFFFFFF keeps the Session"},
      {true, std::nullopt, "start-1-no-expiry",
       "Clean Start 1 without a Session Expiry Interval keeps nothing"},
      {true, 0, "start-1-expiry-0", "Clean Start 1 with Session Expiry Interval 0 keeps nothing"},
      {true, 600, "start-1-expiry-600", "Clean Start 1 with an interval of 600 s keeps the new Session"},
      {true, mqtt::session_never_expires, "start-1-expiry-never",
       "Clean Start 1 with 0xFFFFFFFF keeps the new Session"},
  };
  registry.add({.slug = "keeps-granted-qos",
                .title = "A resumed Session has each subscription with the QoS that was granted",
                .v3_1_1 = {section, {"HF-3.1.1-S02", "MQTT-3.1.2-4"}},
                .v5 = {section, {"HF-5.0-S21", "MQTT-3.1.2-5"}},
                .procedure = "Subscribe at QoS 0, 1 and 2, leave, resume; another client publishes at QoS 2.",
                .control = "A message of QoS 2 arrives as one before.",
                .needs = {Need::qos_2},
                .tags = {"session"},
                .run = keeps_granted_qos});
  registry.add({.slug = "clean-ends-however",
                .title = "A clean Session ends with its connection, however that ends",
                .v3_1_1 = {section, {"HF-3.1.1-S10", "MQTT-3.1.2-6", "MQTT-3.2.2-3"}},
                .v5 = {section, {"HF-5.0-S01", "MQTT-3.1.2-4", "MQTT-3.2.2-3"}},
                .procedure = "CONNECT clean, subscribe, end by DISCONNECT, cut, reset or a second CONNECT; "
                             "another client publishes; CONNECT with 0.",
                .control = "A message is delivered before each end.",
                .needs = {Need::qos_1},
                .longest_timer = 5s,
                .tags = {"session", "session-present"},
                .interpretations = {"F-05"},
                .run = clean_session_ends_however});
  registry.add({.slug = "each-flag-by-itself",
                .title = "Clean Session or Clean Start counts for its own CONNECT: 1-0-0 and 0-1-1-0",
                .v3_1_1 = {section, {"HF-3.1.1-S11", "MQTT-3.1.2-6", "MQTT-3.2.2-1", "MQTT-3.2.2-2"}},
                .v5 = {section, {"MQTT-3.1.2-5", "MQTT-3.1.2-4", "MQTT-3.2.2-2", "MQTT-3.2.2-3"}},
                .procedure =
                    "CONNECT with 1, 0, 0 under one identifier and with 0, 1, 1, 0 under another, with "
                    "subscriptions and queued messages.",
                .control = "The Session of the second identifier resumes before.",
                .needs = {Need::qos_1},
                .tags = {"session", "session-present"},
                .run = each_flag_by_itself});
  for (const StartAndExpiry& row : rows) {
    const bool keeps = row.interval.value_or(0) > 0;
    const std::vector<std::string> ids =
        keeps ? std::vector<std::string>{"MQTT-3.1.2-23", "HF-5.0-S03", "MQTT-3.2.2-3"}
              : std::vector<std::string>{"HF-5.0-S01", "MQTT-3.1.2-6", "MQTT-3.2.2-3"};
    registry.add({.slug = row.slug,
                  .title = row.title,
                  .v5 = {section, ids},
                  .procedure = "CONNECT so, subscribe, DISCONNECT, CONNECT with Clean Start 0.",
                  .control =
                      "The first CONNECT gets Session Present 0; the rows with and without an interval are "
                      "each other's control.",
                  .tags = {"session", "expiry", "truth-table"},
                  .variants = {"session-expiry-capped", "session-expiry-granted-for-none"},
                  .interpretations = {"F-05", "F-07", "S-12"},
                  .run = [row](Context& t) { return start_and_expiry(t, row); }});
  }
}

}  // namespace holdfast
