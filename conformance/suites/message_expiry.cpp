// The Message Expiry Interval against the Session (5.0): sections 3.3.2.3.3 and 4.3.3.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const message_expiry_section = "3.3.2.3.3";

mqtt::Publish expiring(std::string topic, std::string payload, int qos, std::uint32_t seconds) {
  mqtt::Publish publish = message(std::move(topic), std::move(payload), qos);
  publish.properties.message_expiry_interval = seconds;
  return publish;
}

// A subscriber with a kept Session, shown to work, and away.
Task<void> subscriber_away(Context& t, Client& subscriber, Client& pub, std::string topic, int qos) {
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  co_await t.published(pub, expiring(topic, "control", qos, 600));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
}

// [MQTT-3.3.2-5] What expired before its delivery began is gone, and does not stand in the way of the rest.
Task<void> expired_in_the_queue(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await subscriber_away(t, subscriber, pub, topic, 1);
  for (int i = 1; i <= 3; ++i) co_await t.published(pub, expiring(topic, fmt::format("short {}", i), 1, 1));
  co_await t.published(pub, expiring(topic, "long", 1, 600));
  co_await t.published(pub, message(topic, "for ever", 1));
  co_await t.pass(3500ms);
  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives its messages");
  for (const char* payload : {"long", "for ever"}) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), "MQTT-4.5.0-1",
           "the messages that have not expired, also behind expired ones", seen_messages(subscriber));
  }
  co_await sentinel(t, pub, subscriber, topic, 1);
  for (int i = 1; i <= 3; ++i) {
    t.must(subscriber.count(fmt::format("short {}", i)) == 0, "MQTT-3.3.2-5",
           "no message whose 1 s ran out 2 s before its delivery could begin", seen_messages(subscriber));
  }
}

// [MQTT-3.3.2-6, HF-5.0-S26] The interval that is sent is what remains.
Task<void> remaining_time_is_sent(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await subscriber_away(t, subscriber, pub, topic, 1);
  const Time published_at = t.now();
  co_await t.published(pub, expiring(topic, "m", 1, 600));
  co_await t.pass(3s);
  co_await t.connected(subscriber, t.keeping());
  auto delivered = co_await subscriber.expect_message("m", t.patience());
  t.must(delivered.has_value(), "MQTT-4.5.0-1", "the queued message", seen(t, delivered));
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(delivered->at - published_at).count();
  const auto left = delivered->properties.message_expiry_interval;
  t.must(left.has_value(), "MQTT-3.3.2-6", "a Message Expiry Interval with the message", seen(t, delivered),
         "D-18");
  const long long expected = 600 - waited;
  t.must(*left <= expected + 1 && *left + 2 >= expected, "MQTT-3.3.2-6",
         fmt::format("about {} s left after {} s in the queue", expected, waited), seen(t, delivered),
         "D-18");
  t.also_judges({"HF-5.0-S26"});
}

// [MQTT-4.3.3-7, MQTT-4.3.3-13] Once a PUBLISH has been sent, its exchange is carried through whatever its
// lifetime.
Task<void> expired_in_flight(Context& t, int qos, bool after_pubrec) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  co_await t.published(pub, expiring(topic, "m", qos, 2));
  auto first = co_await t.delivered(subscriber, "m");
  if (after_pubrec) {
    subscriber.acknowledge(first);
    auto pubrel = co_await subscriber.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  }
  co_await t.dropped(subscriber);
  co_await t.pass(4500ms);
  auto connack = co_await t.connected(subscriber, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives its messages");
  if (after_pubrec) {
    auto again = co_await subscriber.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(again.has_value(), "MQTT-4.3.3-13",
           fmt::format("PUBREL id {} again, although the message has expired since", first.packet_id),
           seen(t, again), "F-02");
    co_return;
  }
  auto again = co_await subscriber.expect_message("m", t.patience());
  const std::string expected = "the PUBLISH again, although the message has expired since its first sending";
  if (qos == 2) {
    t.must(again.has_value(), "MQTT-4.3.3-7", expected, seen(t, again), "F-02");
  } else {
    t.should(again.has_value(), "MQTT-4.4.0-1", expected, seen(t, again), "F-02");
  }
}

// What expired in flight, whether it is repeated or not, does not stand in the way of what waits behind it.
Task<void> expired_in_flight_blocks_nothing(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  mqtt::Connect narrow = t.keeping();
  narrow.properties.receive_maximum = 2;
  co_await t.connected(subscriber, narrow);
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  for (const char* payload : {"short 1", "short 2"})
    co_await t.published(pub, expiring(topic, payload, 1, 2));
  co_await t.delivered(subscriber, "short 1");
  for (const char* payload : {"waits 1", "waits 2", "waits 3"})
    co_await t.published(pub, message(topic, payload, 1));
  co_await t.dropped(subscriber);
  co_await t.pass(4500ms);
  subscriber.answers.acknowledges = true;
  auto connack = co_await t.connected(subscriber, narrow);
  judge_session_present(t, connack, Past::kept, "the Session outlives its messages");
  for (const char* payload : {"waits 1", "waits 2", "waits 3"}) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), "MQTT-4.5.0-1",
           "the messages that waited behind those that expired in flight", seen_messages(subscriber), "Q-12");
  }
}

// [MQTT-3.3.2-5] Both bounds at one return: 1.8 s before the end of one message, with a slow broker more, and
// 2.2 s past that of another.
Task<void> not_before_and_not_after(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await subscriber_away(t, subscriber, pub, topic, 1);
  const Time published_at = t.now();
  const std::uint32_t life = interval_of(t, 5);
  co_await t.published(pub, expiring(topic, "long", 1, life));
  co_await t.published(pub, expiring(topic, "short", 1, 1));
  co_await t.pass(3200ms);
  co_await t.connected(subscriber, t.keeping());
  const bool is_in_time = t.now() - published_at + 1s < std::chrono::seconds(life);
  auto alive = co_await subscriber.expect_message("long", t.patience());
  t.control(is_in_time || alive.has_value(), "the return took longer than the message lives");
  t.must(alive.has_value(), "MQTT-4.5.0-1", fmt::format("the message of {} s after 3.2 s", life),
         seen_messages(subscriber), "D-18");
  co_await sentinel(t, pub, subscriber, topic, 1);
  t.must(subscriber.count("short") == 0, "MQTT-3.3.2-5", "no message of 1 s after 3.2 s",
         seen_messages(subscriber), "D-18");
}

// [MQTT-3.3.2-5] A full window holds a message back beyond its life: its delivery has not begun.
Task<void> expired_behind_a_full_window(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  mqtt::Connect narrow = t.clean();
  narrow.properties.receive_maximum = 1;
  co_await t.connected(subscriber, narrow);
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "first", 1));
  auto first = co_await t.delivered(subscriber, "first");
  co_await t.published(pub, expiring(topic, "short", 1, 1));
  co_await t.published(pub, expiring(topic, "long", 1, 600));
  co_await t.pass(3200ms);
  subscriber.answers.acknowledges = true;
  subscriber.acknowledge(first);
  auto alive = co_await subscriber.expect_message("long", t.patience());
  t.must(alive.has_value(), "MQTT-4.5.0-1", "the message that has not expired, behind one that has",
         seen_messages(subscriber));
  co_await t.fenced(subscriber);
  t.must(subscriber.count("short") == 0, "MQTT-3.3.2-5",
         "no message whose 1 s ran out 2 s before its delivery could begin", seen_messages(subscriber));
}

// [HF-5.0-S25] A retained message expires with its topic left empty; on both sides of its end.
Task<void> retained_message_expires(Context& t) {
  const std::string topic = t.topic("a");
  const std::string lasting = t.topic("b");
  Client& pub = *co_await publisher(t);
  mqtt::Publish kept = expiring(topic, "kept for 3 s", 1, 3);
  kept.retain = true;
  co_await t.published(pub, kept);
  co_await t.published(pub, retained(lasting, "kept for ever", 1));
  Client& before = t.client("before");
  co_await t.connected(before, t.clean());
  co_await t.subscribed(before, topic, 1);
  auto alive = co_await before.expect_message("kept for 3 s", t.patience());
  t.must(alive.has_value(), "MQTT-3.3.1-9", "the retained message before its 3 s are over", seen(t, alive));
  const auto left = alive->properties.message_expiry_interval;
  t.must(left.has_value() && *left <= 3, "MQTT-3.3.2-6", "a Message Expiry Interval of at most 3 s",
         seen(t, alive), "D-18");
  co_await t.pass(5200ms);
  Client& after = t.client("after");
  co_await t.connected(after, t.clean());
  co_await t.subscribed(after, topic, 1);
  co_await t.subscribed(after, lasting, 1);
  co_await t.delivered(after, "kept for ever");
  co_await sentinel(t, pub, after, topic, 1);
  t.must(after.count("kept for 3 s") == 0, "HF-5.0-S25", "no retained message of 3 s after 5 s",
         seen_messages(after));
}

// [MQTT-4.3.3-13] From the client: the exchange is answered to its end although the message has expired.
Task<void> from_client_past_expiry(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  sender.answers.releases = false;
  const std::uint16_t packet_id = sender.publish(expiring(topic, "m", 2, 1));
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec && !mqtt::is_error(pubrec->reason), "no PUBREC for a QoS 2 message of 1 s");
  co_await t.pass(2500ms);
  sender.release(packet_id);
  auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  t.must(pubcomp.has_value(), "MQTT-4.3.3-13", "PUBCOMP, although the message has expired", seen(t, pubcomp));
  t.should(!mqtt::is_error(pubcomp->reason), "MQTT-4.3.3-13", "PUBCOMP 0x00", seen(t, pubcomp));
  sender.answers.releases = true;
  mqtt::Publish fresh = message(topic, "fresh", 2);
  fresh.packet_id = packet_id;
  co_await t.published(sender, fresh);
  auto delivered = co_await watch.expect_message("fresh", t.patience());
  t.must(delivered.has_value(), "MQTT-4.3.3-12", "a new message under the identifier that is free again",
         seen_messages(watch));
}

Task<void> expired_in_flight_qos_1(Context& t) { return expired_in_flight(t, 1, false); }
Task<void> expired_in_flight_qos_2(Context& t) { return expired_in_flight(t, 2, false); }
Task<void> expired_after_pubrec(Context& t) { return expired_in_flight(t, 2, true); }

}  // namespace

void register_message_expiry(Registry& registry) {
  const std::vector<std::string> tags = {"message-expiry", "queue", "timer"};
  registry.add(
      {.slug = "expired-in-the-queue",
       .title = "Messages that expire in the queue are dropped, and the others behind them are delivered",
       .v5 = {message_expiry_section, {"MQTT-3.3.2-5", "MQTT-4.5.0-1", "MQTT-3.2.2-3"}},
       .procedure = "Three messages of 1 s, one of 600 s, one without an interval for an absent client; "
                    "return after 3.5 s.",
       .control = "A message with an interval of 600 s is delivered live.",
       .needs = {Need::qos_1},
       .longest_timer = 4s,
       .tags = tags,
       .variants = {"message-expiry-lazy"},
       .run = expired_in_the_queue});
  registry.add(
      {.slug = "remaining-time-is-sent",
       .title = "The time that a message waited in the broker is taken off its Message Expiry Interval",
       .v5 = {message_expiry_section, {"MQTT-3.3.2-6", "HF-5.0-S26", "MQTT-4.5.0-1"}},
       .procedure = "A message of 600 s for an absent client; return after 3 s.",
       .control = "A message with an interval of 600 s is delivered live.",
       .needs = {Need::qos_1},
       .longest_timer = 3s,
       .tags = tags,
       .variants = {"message-expiry-rounding"},
       .interpretations = {"D-18"},
       .run = remaining_time_is_sent});
  registry.add(
      {.slug = "expired-in-flight-blocks-nothing",
       .title = "Messages that expired in flight do not block the queue of a resumed Session",
       .v5 = {message_expiry_section, {"MQTT-4.5.0-1", "HF-5.0-S33", "MQTT-3.2.2-3"}},
       .procedure =
           "Receive Maximum 2; two messages of 2 s in flight, three without an interval behind them; "
           "cut, resume after 4.5 s.",
       .control = "The first message is delivered before the cut.",
       .needs = {Need::qos_1},
       .longest_timer = 5s,
       .tags = {"message-expiry", "queue", "flow-control", "timer"},
       .variants = {"expired-inflight-resent", "inflight-window-small"},
       .interpretations = {"F-02", "Q-12"},
       .run = expired_in_flight_blocks_nothing});
  registry.add({.slug = "not-before-and-not-after",
                .title = "A message that waits is delivered before its end and not after it",
                .v5 = {message_expiry_section, {"MQTT-3.3.2-5", "MQTT-4.5.0-1"}},
                .procedure = "Messages of 5 s and 1 s for an absent client; return after 3.2 s.",
                .control = "A message with an interval of 600 s is delivered live.",
                .needs = {Need::qos_1},
                .longest_timer = 4s,
                .tags = tags,
                .variants = {"message-expiry-lazy", "message-expiry-rounding"},
                .interpretations = {"D-18"},
                .run = not_before_and_not_after});
  registry.add({.slug = "expired-behind-a-full-window",
                .title = "A message that expires behind a full window is dropped, the next is delivered",
                .v5 = {message_expiry_section, {"MQTT-3.3.2-5", "MQTT-4.5.0-1"}},
                .procedure =
                    "Receive Maximum 1 and one message unacknowledged; behind it one of 1 s and one of "
                    "600 s; PUBACK after 3.2 s.",
                .control = "The first message is delivered.",
                .needs = {Need::qos_1},
                .longest_timer = 4s,
                .tags = {"message-expiry", "flow-control", "timer"},
                .variants = {"message-expiry-lazy"},
                .run = expired_behind_a_full_window});
  registry.add(
      {.slug = "retained-message-expires",
       .title = "A retained message is there before its Message Expiry Interval is over and gone after",
       .v5 = {message_expiry_section, {"HF-5.0-S25", "MQTT-3.3.2-5", "MQTT-3.3.2-6", "MQTT-3.3.1-9"}},
       .procedure = "Retain a message of 3 s; one client subscribes at once, another after 5.2 s.",
       .control = "A retained message without an interval is there for both.",
       .needs = {Need::qos_1, Need::retain},
       .longest_timer = 6s,
       .tags = {"message-expiry", "retain", "timer"},
       .variants = {"message-expiry-lazy", "retained-after-suback"},
       .interpretations = {"D-18"},
       .run = retained_message_expires});
  registry.add(
      {.slug = "from-client-past-expiry",
       .title = "A QoS 2 exchange from the client is answered to its end although its message expired",
       .v5 = {message_expiry_section, {"MQTT-4.3.3-13", "MQTT-4.3.3-12"}},
       .procedure = "A message of 1 s, PUBREC, PUBREL after 2.5 s; a new message under its identifier.",
       .control = "PUBREC comes for the PUBLISH.",
       .needs = {Need::qos_2},
       .longest_timer = 3s,
       .tags = {"message-expiry", "qos2", "timer"},
       .run = from_client_past_expiry});
  const struct {
    const char* slug;
    const char* title;
    Level level;
    std::vector<std::string> ids;
    Need need;
    Task<void> (*run)(Context&);
  } in_flight[] = {
      {"expired-in-flight-qos1",
       "A QoS 1 message that expires after it was sent is repeated on resumption",
       Level::should,
       {"MQTT-4.4.0-1"},
       Need::qos_1,
       expired_in_flight_qos_1},
      {"expired-in-flight-qos2",
       "A QoS 2 message that expires after it was sent is repeated on resumption",
       Level::must,
       {"MQTT-4.3.3-7", "MQTT-4.4.0-1"},
       Need::qos_2,
       expired_in_flight_qos_2},
      {"expired-after-pubrec",
       "A QoS 2 exchange past PUBREC goes on although its message has expired",
       Level::must,
       {"MQTT-4.3.3-13", "MQTT-4.3.3-7", "MQTT-4.4.0-1"},
       Need::qos_2,
       expired_after_pubrec},
  };
  for (const auto& row : in_flight) {
    registry.add(
        {.slug = row.slug,
         .title = row.title,
         .level = row.level,
         .v5 = {message_expiry_section, row.ids},
         .procedure = "Leave the exchange of a message of 2 s half done, cut, resume after 4.5 s.",
         .control = "The message is delivered before the cut; expired-in-the-queue shows that expiry works.",
         .needs = {row.need},
         .longest_timer = 5s,
         .tags = {"message-expiry", "redelivery", "timer"},
         .variants = {"expired-inflight-resent"},
         .interpretations = {"F-02"},
         .run = row.run});
  }
}

}  // namespace holdfast
