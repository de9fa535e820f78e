// Message ordering over absences and cuts: section 4.6. Within one publisher, topic and QoS.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

std::vector<std::string> numbered(int first, int last) {
  std::vector<std::string> payloads;
  for (int i = first; i <= last; ++i) payloads.push_back(fmt::format("m{:02}", i));
  return payloads;
}

// The first arrival of each marked message on this connection, in order of arrival.
std::vector<std::string> order_of_arrival(const Client& client, ConnectionId connection) {
  std::vector<std::string> order;
  for (const auto& publish : client.messages()) {
    if (publish.connection != connection || !publish.payload.starts_with("m")) continue;
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
  const std::vector<std::string> payloads = numbered(1, 10);
  for (const std::string& payload : payloads) co_await t.published(pub, message(topic, payload, qos));
  co_await t.connected(subscriber, t.keeping());
  for (const std::string& payload : payloads) {
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"), "all ten queued messages",
           seen_messages(subscriber));
  }
  judge_order(t, subscriber, payloads, rule(t, "HF-3.1.1-S45", "MQTT-4.6.0-5"));
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
  co_await t.fenced(subscriber);
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
  judge_order(t, subscriber, all, rule(t, "HF-3.1.1-S30", "HF-5.0-S30"));
}

Task<void> in_flight_first_qos_1(Context& t) { return in_flight_then_queued_then_new(t, 1); }
Task<void> in_flight_first_qos_2(Context& t) { return in_flight_then_queued_then_new(t, 2); }

}  // namespace

void register_order(Registry& registry) {
  const std::string section = "4.6";
  const char* live = "A message is delivered live before.";
  registry.add({.slug = "queued-in-order-qos1",
                .title = "QoS 1 messages stored for an absent client arrive in their order",
                .v3_1_1 = {section, {"HF-3.1.1-S45", "MQTT-4.6.0-6", "MQTT-4.6.0-5"}},
                .v5 = {section, {"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.5.0-1"}},
                .procedure = "Ten messages while the subscriber is away; resume.",
                .control = live,
                .needs = {Need::qos_1},
                .tags = {"ordering", "queue", "qos1"},
                .variants = {"inflight-window-small", "resume-batches"},
                .interpretations = {"D-15"},
                .run = queued_in_order_qos_1});
  registry.add({.slug = "queued-in-order-qos2",
                .title = "QoS 2 messages stored for an absent client arrive in their order",
                .v3_1_1 = {section, {"HF-3.1.1-S45", "MQTT-4.6.0-6", "MQTT-4.6.0-5"}},
                .v5 = {section, {"MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT-4.5.0-1"}},
                .procedure = "Ten messages while the subscriber is away; resume.",
                .control = live,
                .needs = {Need::qos_2},
                .tags = {"ordering", "queue", "qos2"},
                .variants = {"inflight-window-small", "resume-batches"},
                .interpretations = {"D-15"},
                .run = queued_in_order_qos_2});
  registry.add({.slug = "in-flight-then-queued-then-new-qos1",
                .title = "On resumption repeats come first, then what was queued, then what is new (QoS 1)",
                .v3_1_1 = {section, {"HF-3.1.1-S30", "MQTT-4.6.0-1", "HF-3.1.1-S29", "MQTT-4.4.0-1"}},
                .v5 = {section, {"HF-5.0-S30", "MQTT-4.6.0-5", "MQTT-4.4.0-1"}},
                .procedure = "Three messages unacknowledged, cut, three more, resume, three more.",
                .control = "The first message is delivered before the cut.",
                .needs = {Need::qos_1},
                .tags = {"ordering", "redelivery", "qos1"},
                .variants = {"inflight-window-small", "resume-batches"},
                .interpretations = {"D-15"},
                .run = in_flight_first_qos_1});
  registry.add({.slug = "in-flight-then-queued-then-new-qos2",
                .title = "On resumption repeats come first, then what was queued, then what is new (QoS 2)",
                .v3_1_1 = {section, {"HF-3.1.1-S30", "MQTT-4.6.0-1", "HF-3.1.1-S29", "MQTT-4.4.0-1"}},
                .v5 = {section, {"HF-5.0-S30", "MQTT-4.6.0-5", "MQTT-4.4.0-1"}},
                .procedure = "Three messages unacknowledged, cut, three more, resume, three more.",
                .control = "The first message is delivered before the cut.",
                .needs = {Need::qos_2},
                .tags = {"ordering", "redelivery", "qos2"},
                .variants = {"inflight-window-small", "resume-batches"},
                .interpretations = {"D-15"},
                .run = in_flight_first_qos_2});
}

}  // namespace holdfast
