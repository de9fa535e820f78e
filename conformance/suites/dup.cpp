// The DUP flag: sections 3.3.1.1 of both standards. Repeats are judged in 4.4 and by a checker in every case.
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [MQTT-3.3.1-3] What was published while the client was away is sent for the first time when it returns.
Task<void> first_delivery_after_absence(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "live", qos));
  auto live = co_await t.delivered(client, "live");
  t.must(!live.dup, "MQTT-3.3.1-3", "DUP 0 on a message that is delivered at once", seen(t, live), "Q-05");
  co_await t.disconnected(client);
  co_await t.pass(word_gets_round);
  co_await t.published(pub, message(topic, "queued", qos));

  auto connack = co_await t.connected(client, t.keeping());
  t.observed(seen(t, connack));
  auto queued = co_await t.delivered(client, "queued");
  t.must(!queued.dup, "MQTT-3.3.1-3",
         "DUP 0 on the first delivery of a message that was published while the client was away",
         seen(t, queued), "Q-05");
}

Task<void> first_delivery_qos_1(Context& t) { return first_delivery_after_absence(t, 1); }
Task<void> first_delivery_qos_2(Context& t) { return first_delivery_after_absence(t, 2); }

CaseDescription first_delivery(int qos) {
  const bool is_qos_1 = qos == 1;
  return {.slug = is_qos_1 ? "first-delivery-after-absence-qos1" : "first-delivery-after-absence-qos2",
          .title = "A message that waited in a Session is delivered with DUP 0, as it was never sent before",
          .v3_1_1 = {"3.3.1.1", {"MQTT-3.3.1-3", "HF-3.1.1-S31"}},
          .v5 = {"3.3.1.1", {"MQTT-3.3.1-3", is_qos_1 ? "MQTT-4.3.2-2" : "MQTT-4.3.3-2"}},
          .procedure = "DISCONNECT, wait a second, let another client publish, resume.",
          .control = "A message that is published while the client is there is delivered.",
          .needs = {is_qos_1 ? Need::qos_1 : Need::qos_2},
          .longest_timer = 2s,
          .tags = {"session", "queue", is_qos_1 ? "qos1" : "qos2"},
          .interpretations = {"Q-05"},
          .run = is_qos_1 ? first_delivery_qos_1 : first_delivery_qos_2};
}

}  // namespace

void register_dup(Registry& registry) {
  registry.add(first_delivery(1));
  registry.add(first_delivery(2));
}

}  // namespace holdfast
