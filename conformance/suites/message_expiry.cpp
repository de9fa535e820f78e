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

Task<void> expired_in_flight_qos_1(Context& t) { return expired_in_flight(t, 1, false); }
Task<void> expired_in_flight_qos_2(Context& t) { return expired_in_flight(t, 2, false); }
Task<void> expired_after_pubrec(Context& t) { return expired_in_flight(t, 2, true); }

}  // namespace

void register_message_expiry(Registry& registry) {
  const std::vector<std::string> tags = {"message-expiry", "queue", "timer"};
  registry.add(
      {.slug = "expired-in-the-queue",
       .title = "Messages that expire in the queue are dropped, and the others behind them are delivered",
       .v5 = {message_expiry_section, {"MQTT-3.3.2-5", "MQTT-4.5.0-1"}},
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
       .v5 = {message_expiry_section, {"MQTT-3.3.2-6", "HF-5.0-S26"}},
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
       .v5 = {message_expiry_section, {"MQTT-4.5.0-1", "HF-5.0-S33"}},
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
