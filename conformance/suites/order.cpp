// Message ordering over absences and cuts: section 4.6. Within one publisher, topic and QoS.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

std::vector<std::string> numbered(int first, int last) {
  std::vector<std::string> payloads;
  for (int i = first; i <= last; ++i) payloads.push_back(fmt::format("m{:02}", i));
  return payloads;
}

// The first arrival of each marked message, in order of arrival: on this connection, or if it is 0 at all.
std::vector<std::string> order_of_arrival(const Client& client, ConnectionId connection) {
  std::vector<std::string> order;
  for (const auto& publish : client.messages()) {
    if (connection != 0 && publish.connection != connection) continue;
    if (!publish.payload.starts_with("m")) continue;
    if (std::find(order.begin(), order.end(), publish.payload) == order.end())
      order.push_back(publish.payload);
  }
  return order;
}

std::string joined(const std::vector<std::string>& payloads) {
  std::string text;
  for (const std::string& payload : payloads) text += (text.empty() ? "" : ", ") + payload;
  return text;
}

void judge_order(Context& t, const Client& client, const std::vector<std::string>& expected,
                 std::string_view id) {
  const std::vector<std::string> order = order_of_arrival(client, client.connection());
  t.must(order == expected, id, joined(expected), joined(order), "D-15");
}

// [HF-3.1.1-S45, MQTT-4.6.0-5] Stored messages come in the order in which they were published.
Task<void> queued_in_order(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", qos));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
  const bool knows_of_the_end = subscriber.closed() && subscriber.closed()->kind == CloseKind::fin;
  co_await t.pass(word_gets_round);
  const std::vector<std::string> payloads = numbered(1, 10);
  for (const std::string& payload : payloads) co_await t.published(pub, message(topic, payload, qos));
  co_await t.connected(subscriber, t.keeping());
  for (const std::string& payload : payloads) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"), "all ten queued messages",
           seen_messages(subscriber));
    // The broker had closed the old connection well before these were published: this is the first attempt.
    if (!knows_of_the_end) continue;
    const std::string_view first_attempt =
        qos == 1 ? rule(t, "HF-3.1.1-S31", "MQTT-4.3.2-2") : rule(t, "HF-3.1.1-S31", "MQTT-4.3.3-2");
    t.must(!delivered->dup, first_attempt, "DUP 0 on a first transmission", seen(t, delivered), "Q-05");
  }
  judge_order(t, subscriber, payloads, rule(t, "HF-3.1.1-S45", "MQTT-4.6.0-5"));
  t.also_judges({rule(t, "MQTT-4.6.0-5", "MQTT-4.6.0-6")});  // whatever the topic: nothing was configured
}

Task<void> queued_in_order_qos_1(Context& t) { return queued_in_order(t, 1); }
Task<void> queued_in_order_qos_2(Context& t) { return queued_in_order(t, 2); }

// [3.1.1: MQTT-4.6.0-1, HF-3.1.1-S30; 5.0: HF-5.0-S30] What was in flight first, then what was queued, then
// what is new.
Task<void> in_flight_then_queued_then_new(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  for (const std::string& payload : numbered(1, 3)) co_await t.published(pub, message(topic, payload, qos));
  // However small the broker's window is, the first of them is in flight.
  co_await t.delivered(subscriber, "m01");
  // Where the window has room for the last one too, the cut shall not come before it.
  co_await subscriber.expect_message("m03", 500ms);
  co_await t.fenced(subscriber);
  std::set<std::uint16_t> identifiers;
  for (const auto& publish : subscriber.messages()) {
    if (publish.qos == 0 || publish.dup) continue;  // 3.1.1 allows repeats on a live connection
    const bool is_new = identifiers.insert(publish.packet_id).second;
    const std::string_view unused =
        qos == 1 ? rule(t, "MQTT-4.3.2-1", "MQTT-4.3.2-1") : rule(t, "MQTT-2.3.1-4", "MQTT-4.3.3-1");
    t.must(is_new, unused, "an unused identifier for each message under way", seen(t, publish));
  }
  const std::vector<std::string> sent_before = order_of_arrival(subscriber, subscriber.connection());
  t.observed(fmt::format("{} in flight before the cut", sent_before.size()));
  co_await t.dropped(subscriber);
  for (const std::string& payload : numbered(4, 6)) co_await t.published(pub, message(topic, payload, qos));
  subscriber.answers.acknowledges = true;
  co_await t.connected(subscriber, t.keeping());
  for (const std::string& payload : numbered(7, 9)) co_await t.published(pub, message(topic, payload, qos));
  const std::vector<std::string> all = numbered(1, 9);
  for (const std::string& payload : all) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    // The three of the first connection are also in the inbox of the second only if they came again.
    t.must(delivered.has_value(), rule(t, "MQTT-4.4.0-1", "MQTT-4.4.0-1"),
           "all nine messages on the new connection", seen_messages(subscriber));
  }
  const std::string_view id = rule(t, "HF-3.1.1-S30", "HF-5.0-S30");
  const std::vector<std::string> first_time = order_of_arrival(subscriber, 0);
  t.must(first_time == all, id, joined(all), joined(first_time), "D-15");
  const std::vector<std::string> resumed = order_of_arrival(subscriber, subscriber.connection());
  t.should(resumed == all, id, "repeats before what was queued, and that before what is new", joined(resumed),
           "D-23");
  t.also_judges({rule(t, "HF-3.1.1-S29", "")});
}

Task<void> in_flight_first_qos_1(Context& t) { return in_flight_then_queued_then_new(t, 1); }
Task<void> in_flight_first_qos_2(Context& t) { return in_flight_then_queued_then_new(t, 2); }

// [HF-3.1.1-S45, HF-5.0-S30, MQTT-4.6.0-5] A queue that is taken over several short connections, a few
// messages on each, while more are published.
Task<void> queue_over_several_resumptions(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
  for (const std::string& payload : numbered(1, 8)) co_await t.published(pub, message(topic, payload, 1));
  subscriber.answers.acknowledges = false;
  int taken = 0;
  for (int connection = 1; connection <= 3; ++connection) {
    auto connack = co_await t.connected(subscriber, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives every lost connection");
    for (int i = 1; i <= 3; ++i) {
      const std::string payload = fmt::format("m{:02}", ++taken);
      auto next = co_await subscriber.expect_message(payload, t.patience());
      t.must(next.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
             fmt::format("\"{}\" on connection {}", payload, connection), seen_messages(subscriber));
      subscriber.acknowledge(*next);
    }
    co_await t.fenced(subscriber);
    std::vector<std::string> order = order_of_arrival(subscriber, subscriber.connection());
    t.must(std::is_sorted(order.begin(), order.end()), rule(t, "HF-3.1.1-S45", "MQTT-4.6.0-5"),
           fmt::format("messages in their order on connection {}", connection), joined(order), "D-15");
    co_await t.dropped(subscriber);
    const int first = 5 + 4 * connection;
    const std::vector<std::string> more = numbered(first, first + 3);
    for (const std::string& payload : more) co_await t.published(pub, message(topic, payload, 1));
  }
  subscriber.answers.acknowledges = true;
  co_await t.connected(subscriber, t.keeping());
  const std::vector<std::string> rest = numbered(taken + 1, 20);
  for (const std::string& payload : rest) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"), "every message of the queue",
           seen_messages(subscriber));
  }
  judge_order(t, subscriber, rest, rule(t, "HF-3.1.1-S45", "MQTT-4.6.0-5"));
}

// [3.1.1: MQTT-4.6.0-4] The rule is written for the client.
Task<void> pubrels_in_order_of_pubrecs(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, 2);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  const std::vector<std::string> payloads = numbered(1, 4);
  for (const std::string& payload : payloads) co_await t.published(pub, message(topic, payload, 2));
  std::vector<std::uint16_t> sent;
  for (const std::string& payload : payloads) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.supported(delivered.has_value(), "the broker has fewer than four QoS 2 messages under way");
    sent.push_back(delivered->packet_id);
  }
  std::reverse(sent.begin(), sent.end());  // an order of the client's own
  for (const std::uint16_t packet_id : sent) {
    mqtt::Pubrec pubrec;
    pubrec.packet_id = packet_id;
    subscriber.send(pubrec);
  }
  std::vector<std::uint16_t> released;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto pubrel = co_await subscriber.expect<mqtt::Pubrel>(t.patience());
    t.must(pubrel.has_value(), "MQTT-4.3.3-1", "PUBREL for each PUBREC", seen(t, pubrel));
    released.push_back(pubrel->packet_id);
    subscriber.complete(pubrel->packet_id);
  }
  t.should(released == sent, "MQTT-4.6.0-4",
           fmt::format("PUBREL in the order of PUBREC: {}", fmt::join(sent, ", ")),
           fmt::format("{}", fmt::join(released, ", ")), "D-15");
  co_await t.fenced(subscriber);
}

}  // namespace

void register_order(Registry& registry) {
  const std::string section = "4.6";
  const char* live = "A message is delivered live before.";
  registry.add(
      {.slug = "queue-over-several-resumptions",
       .title = "A queue that is taken over several short connections keeps its order",
       .v3_1_1 = {section,
                  {"HF-3.1.1-S45", "HF-3.1.1-S29", "HF-3.1.1-S30", "MQTT-4.6.0-6", "MQTT-4.4.0-1",
                   "MQTT-3.1.2-5", "MQTT-3.2.2-2"}},
       .v5 = {section, {"MQTT-4.6.0-5", "HF-5.0-S30", "MQTT-4.5.0-1", "MQTT-4.4.0-1", "MQTT-3.2.2-3"}},
       .procedure = "Eight messages while away; three connections that each acknowledge three and are "
                    "cut, four more messages behind each; then the rest.",
       .control = live,
       .needs = {Need::qos_1},
       .tags = {"ordering", "queue", "redelivery", "long-life"},
       .variants = {"inflight-window-small", "resume-batches"},
       .interpretations = {"D-15"},
       .run = queue_over_several_resumptions});
  registry.add({.slug = "pubrels-in-order-of-pubrecs",
                .title = "PUBREL packets go out in the order in which the PUBREC packets came in",
                .level = Level::should,
                .v3_1_1 = {section, {"MQTT-4.6.0-4", "MQTT-4.3.3-1"}},
                .procedure = "Four QoS 2 messages; PUBREC in the reverse order.",
                .control = "All four arrive.",
                .needs = {Need::qos_2},
                .tags = {"ordering", "qos2"},
                .variants = {"acks-out-of-order", "inflight-window-small"},
                .interpretations = {"D-15"},
                .run = pubrels_in_order_of_pubrecs});
  registry.add(
      {.slug = "queued-in-order-qos1",
       .title = "QoS 1 messages stored for an absent client arrive in their order",
       .v3_1_1 = {section, {"HF-3.1.1-S45", "MQTT-4.6.0-6", "MQTT-4.6.0-5", "HF-3.1.1-S31", "MQTT-3.1.2-5"}},
       .v5 = {section, {"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.5.0-1", "MQTT-4.3.2-2"}},
       .procedure = "Ten messages while the subscriber is away; resume.",
       .control = live,
       .needs = {Need::qos_1},
       .tags = {"ordering", "queue", "qos1"},
       .variants = {"inflight-window-small", "resume-batches"},
       .interpretations = {"D-15", "Q-05"},
       .run = queued_in_order_qos_1});
  registry.add(
      {.slug = "queued-in-order-qos2",
       .title = "QoS 2 messages stored for an absent client arrive in their order",
       .v3_1_1 = {section, {"HF-3.1.1-S45", "MQTT-4.6.0-6", "MQTT-4.6.0-5", "HF-3.1.1-S31", "MQTT-3.1.2-5"}},
       .v5 = {section, {"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.5.0-1", "MQTT-4.3.3-2"}},
       .procedure = "Ten messages while the subscriber is away; resume.",
       .control = live,
       .needs = {Need::qos_2},
       .tags = {"ordering", "queue", "qos2"},
       .variants = {"inflight-window-small", "resume-batches"},
       .interpretations = {"D-15", "Q-05"},
       .run = queued_in_order_qos_2});
  registry.add(
      {.slug = "in-flight-then-queued-then-new-qos1",
       .title = "On resumption repeats come first, then what was queued, then what is new (QoS 1)",
       .v3_1_1 = {section, {"HF-3.1.1-S30", "MQTT-4.6.0-1", "HF-3.1.1-S29", "MQTT-4.4.0-1", "MQTT-4.3.2-1"}},
       .v5 = {section, {"HF-5.0-S30", "MQTT-4.6.0-5", "MQTT-4.4.0-1", "MQTT-4.3.2-1"}},
       .procedure = "Three messages unacknowledged, cut, three more, resume, three more.",
       .control = "The first message is delivered before the cut.",
       .needs = {Need::qos_1},
       .tags = {"ordering", "redelivery", "qos1"},
       .variants = {"inflight-window-small", "resume-batches"},
       .interpretations = {"D-15", "D-23"},
       .run = in_flight_first_qos_1});
  registry.add(
      {.slug = "in-flight-then-queued-then-new-qos2",
       .title = "On resumption repeats come first, then what was queued, then what is new (QoS 2)",
       .v3_1_1 = {section, {"HF-3.1.1-S30", "MQTT-4.6.0-1", "HF-3.1.1-S29", "MQTT-4.4.0-1", "MQTT-2.3.1-4"}},
       .v5 = {section, {"HF-5.0-S30", "MQTT-4.6.0-5", "MQTT-4.4.0-1", "MQTT-4.3.3-1"}},
       .procedure = "Three messages unacknowledged, cut, three more, resume, three more.",
       .control = "The first message is delivered before the cut.",
       .needs = {Need::qos_2},
       .tags = {"ordering", "redelivery", "qos2"},
       .variants = {"inflight-window-small", "resume-batches"},
       .interpretations = {"D-15", "D-23"},
       .run = in_flight_first_qos_2});
}

}  // namespace holdfast
