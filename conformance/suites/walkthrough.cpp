// The walk-through that users know from the article on persistent sessions and Clean Session: what a device
// on a bad network trusts its broker to do.
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// Clean Session off, subscribe at QoS 1 to `clean_session_false`, disconnect; another client publishes two
// messages; reconnect: Session Present 1, and both arrive without a new subscription.
Task<void> clean_session_false(Context& t) {
  Client& device = t.client("device");
  const std::string topic = t.topic("clean_session_false");
  auto first = co_await t.connected(device, t.keeping());
  t.control(!first.session_present, "a new client identifier got Session Present 1");
  co_await t.subscribed(device, topic, 1);
  co_await t.disconnected(device);

  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "message 1", 1));
  co_await t.published(pub, message(topic, "message 2", 1));

  auto second = co_await returned(t, device, t.keeping());
  judge_session_present(t, second, Past::kept, "the Session was kept while the device was away");
  for (const char* payload : {"message 1", "message 2"}) {
    auto delivered = co_await device.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
           "both messages that came while the device was away, without a new subscription",
           seen_messages(device));
    t.also_judges({rule(t, "HF-3.1.1-S44", "")});
  }
}

// The same with Clean Session on: the Session is new, and nothing comes.
Task<void> clean_session_true(Context& t) {
  Client& device = t.client("device");
  const std::string topic = t.topic("clean_session_true");
  co_await t.connected(device, t.clean());
  co_await t.subscribed(device, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "online", 1));
  co_await t.delivered(device, "online");
  co_await t.disconnected(device);
  co_await t.published(pub, message(topic, "message 1", 1));

  auto second = co_await returned(t, device, t.clean());
  judge_session_present(t, second, Past::cleaned, "Clean Session or Clean Start was 1");
  const std::string other = t.topic("other");
  co_await t.subscribed(device, other, 1);
  co_await sentinel(t, pub, device, other, 1);
  t.must(device.count("message 1") == 0, rule(t, "MQTT-3.1.2-6", "MQTT-3.1.2-4"),
         "nothing of the Session that ended at the DISCONNECT", seen_messages(device));
}

// How a Session is dropped on purpose: connect once more with Clean Session on and disconnect; in 5.0 a
// DISCONNECT with Session Expiry Interval 0 does it as well.
Task<void> dropped_on_purpose(Context& t) {
  Client& device = t.client("device");
  const std::string topic = t.topic("a");
  co_await t.connected(device, t.keeping());
  co_await t.subscribed(device, topic, 1);
  co_await t.disconnected(device);
  auto resumed = co_await t.connected(device, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so there is nothing to drop");
  if (t.v5()) {
    const mqtt::Properties properties = session_expiry(0);
    co_await t.disconnected(device, properties);
  } else {
    co_await t.disconnected(device);
    co_await t.connected(device, t.clean());
    co_await t.disconnected(device);
  }
  auto back = co_await returned(t, device, t.keeping());
  judge_session_present(t, back, Past::none, "the Session was dropped on purpose");
}

}  // namespace

void register_walkthrough(Registry& registry) {
  registry.add({.slug = "walkthrough-clean-session-false",
                .title = "Two QoS 1 messages published while a device is away arrive when it returns",
                .v3_1_1 = {"3.1.2.4", {"MQTT-3.1.2-5", "MQTT-3.1.2-4", "MQTT-3.2.2-2", "HF-3.1.1-S44"}},
                .v5 = {"3.1.2.4", {"MQTT-4.5.0-1", "MQTT-3.1.2-5", "MQTT-3.2.2-3"}},
                .procedure =
                    "Clean Session off, subscribe at QoS 1, DISCONNECT; another client publishes two QoS 1 "
                    "messages; reconnect.",
                .control = "The first CONNECT gets Session Present 0.",
                .needs = {Need::qos_1},
                .tags = {"walkthrough", "session", "queue"},
                .run = clean_session_false});
  registry.add(
      {.slug = "walkthrough-clean-session-true",
       .title = "With Clean Session on, a device that returns finds nothing",
       .v3_1_1 = {"3.1.2.4", {"MQTT-3.1.2-6", "MQTT-3.2.2-1"}},
       .v5 = {"3.1.2.4", {"MQTT-3.1.2-4", "MQTT-3.2.2-2"}},
       .procedure =
           "Clean Session on, subscribe, DISCONNECT; another client publishes; reconnect the same way.",
       .control = "A message is delivered before the DISCONNECT.",
       .needs = {Need::qos_1},
       .tags = {"walkthrough", "session"},
       .run = clean_session_true});
  registry.add(
      {.slug = "walkthrough-dropped-on-purpose",
       .title = "A client can drop its Session on purpose",
       .v3_1_1 = {"3.1.2.4", {"HF-3.1.1-S14", "MQTT-3.1.2-6", "MQTT-3.2.2-3"}},
       .v5 = {"3.1.2.4", {"HF-5.0-S05", "MQTT-3.2.2-3"}},
       .procedure = "3.1.1: CONNECT with Clean Session 1 and DISCONNECT. 5.0: DISCONNECT with interval 0.",
       .control = "The Session resumes before.",
       .needs = {Need::qos_1},
       .tags = {"walkthrough", "session"},
       .run = dropped_on_purpose});
}

}  // namespace holdfast
