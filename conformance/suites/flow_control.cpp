// The in-flight window over absences and cuts: 5.0 sections 3.3.4 and 4.9, and its 3.1.1 counterpart.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

mqtt::Connect with_window(mqtt::Connect options, std::uint16_t receive_maximum) {
  options.properties.receive_maximum = receive_maximum;
  return options;
}

// Acknowledges everything that has come on this connection and is not yet acknowledged, to the end.
Task<void> acknowledge_all(Context& t, Client& client, std::size_t& acknowledged) {
  for (; acknowledged < client.messages().size(); ++acknowledged) {
    const mqtt::Publish publish = client.messages()[acknowledged];
    if (client.messages()[acknowledged].connection != client.connection() || publish.qos == 0) continue;
    client.acknowledge(publish);
    if (publish.qos == 1) continue;
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(publish.packet_id, t.patience());
    t.must(pubrel.has_value(), rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-4"), "PUBREL after PUBREC",
           seen(t, pubrel));
    client.complete(publish.packet_id);
  }
}

// Takes a queue of m1 ... m<count> in rounds: wait until the broker has sent all that its window allows,
// judge the window, acknowledge. In this way what the broker sends does not depend on when an acknowledgement
// meets it.
Task<void> drain(Context& t, Client& client, int count, std::size_t window, std::string_view id,
                 std::string expected) {
  std::size_t acknowledged = 0;
  for (int next = 1; next <= count;) {
    auto arrived = co_await client.expect_message(fmt::format("m{}", next), t.patience());
    t.must(arrived.has_value(), id, expected, seen_messages(client), "Q-12");
    co_await t.fenced(client);
    co_await t.pass(50ms);
    co_await t.fenced(client);
    std::size_t outstanding = 0;
    for (std::size_t i = acknowledged; i < client.messages().size(); ++i) {
      if (client.messages()[i].connection == client.connection() && client.messages()[i].qos > 0)
        ++outstanding;
    }
    t.must(outstanding <= window, "MQTT-3.3.4-9",
           fmt::format("at most {} PUBLISH packets unacknowledged, as Receive Maximum says", window),
           fmt::format("{} at once: {}", outstanding, seen_messages(client)), "Q-11");
    co_await acknowledge_all(t, client, acknowledged);
    while (next <= count && client.count(fmt::format("m{}", next), client.connection()) > 0) ++next;
  }
}

constexpr std::size_t no_window = 65'535;

// [MQTT-3.3.4-9, MQTT-4.9.0-2] Never more than the window, and all of it in the end.
Task<void> window_is_kept(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", qos));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
  for (int i = 1; i <= 6; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), qos));

  subscriber.answers.acknowledges = false;
  co_await t.connected(subscriber, with_window(t.keeping(), 2));
  co_await drain(t, subscriber, 6, 2, "MQTT-4.5.0-1", "the whole queue, as the window opens");
}

Task<void> window_is_kept_qos_1(Context& t) { return window_is_kept(t, 1); }
Task<void> window_is_kept_qos_2(Context& t) { return window_is_kept(t, 2); }

// [HF-5.0-S33] The quota starts anew on each connection: a full window that was cut does not stall the next
// one.
Task<void> window_starts_anew(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  mqtt::Connect options = t.v5() ? with_window(t.keeping(), 3) : t.keeping();
  co_await t.connected(subscriber, options);
  co_await t.subscribed(subscriber, topic, qos);
  Client& pub = *co_await publisher(t);
  subscriber.answers.acknowledges = false;
  for (int i = 1; i <= 9; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), qos));
  co_await t.delivered(subscriber, "m1");
  co_await t.fenced(subscriber);
  co_await t.dropped(subscriber);
  auto connack = co_await t.connected(subscriber, options);
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  const std::size_t window = t.v5() ? 3 : no_window;
  co_await drain(t, subscriber, 9, window, rule(t, "MQTT-4.4.0-1", "HF-5.0-S33"),
                 "what was in flight and what was queued, since the window starts anew with the connection");
}

Task<void> window_starts_anew_qos_1(Context& t) { return window_starts_anew(t, 1); }
Task<void> window_starts_anew_qos_2(Context& t) { return window_starts_anew(t, 2); }

// A slot that leaks at each cut is found after as many cuts as the window is wide.
Task<void> no_slot_leaks(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 2);
  Client& pub = *co_await publisher(t);
  for (int round = 1; round <= 30; ++round) {
    const std::string payload = fmt::format("round {}", round);
    // Each round leaves the exchange after PUBREC, whose PUBREL the next connection completes.
    subscriber.answers.acknowledges = false;
    co_await t.published(pub, message(topic, payload, 2));
    auto delivered = co_await subscriber.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-4", "HF-5.0-S33"),
           fmt::format("delivery in round {} of 30", round), seen_messages(subscriber), "Q-12");
    subscriber.acknowledge(*delivered);
    auto pubrel = co_await subscriber.expect_id<mqtt::Pubrel>(delivered->packet_id, t.patience());
    t.must(pubrel.has_value(), rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-4"), "PUBREL after PUBREC",
           seen(t, pubrel));
    co_await t.dropped(subscriber);
    subscriber.answers.acknowledges = true;
    auto connack = co_await t.connected(subscriber, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives every one of its connections");
    auto again = co_await subscriber.expect_id<mqtt::Pubrel>(delivered->packet_id, t.patience());
    t.must(again.has_value(), rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"), "PUBREL again, which is owed",
           seen(t, again));
    co_await t.fenced(subscriber);
  }
}

}  // namespace

void register_flow_control(Registry& registry) {
  const char* live = "A message is delivered before.";
  const struct {
    int qos;
    Need need;
    Task<void> (*kept)(Context&);
    Task<void> (*anew)(Context&);
  } levels[] = {{1, Need::qos_1, window_is_kept_qos_1, window_starts_anew_qos_1},
                {2, Need::qos_2, window_is_kept_qos_2, window_starts_anew_qos_2}};
  for (const auto& level : levels) {
    const std::string tag = fmt::format("qos{}", level.qos);
    registry.add(
        {.slug = fmt::format("window-is-kept-{}", tag),
         .title = fmt::format("Queued QoS {} messages respect Receive Maximum and all arrive", level.qos),
         .v5 = {"4.9", {"MQTT-3.3.4-9", "MQTT-4.9.0-2", "MQTT-4.9.0-1", "MQTT-4.9.0-3"}},
         .procedure = "Six messages while the subscriber is away; resume with Receive Maximum 2, hold the "
                      "acknowledgements, then give them.",
         .control = live,
         .needs = {level.need},
         .longest_timer = 1s,
         .tags = {"flow-control", "queue", tag},
         .variants = {"inflight-window-small", "resume-batches"},
         .interpretations = {"Q-11"},
         .run = level.kept});
    registry.add(
        {.slug = fmt::format("window-starts-anew-{}", tag),
         .title = fmt::format(
             "A full window of QoS {} messages that was cut does not stall the next connection", level.qos),
         .v3_1_1 = {"4.4", {"MQTT-4.4.0-1", "HF-3.1.1-S04"}},
         .v5 = {"4.9", {"HF-5.0-S33", "MQTT-4.4.0-1", "MQTT-4.9.0-1"}},
         .procedure = "Nine messages unacknowledged (in 5.0 with Receive Maximum 3), cut, resume.",
         .control = live,
         .needs = {level.need},
         .tags = {"flow-control", "redelivery", tag},
         .variants = {"inflight-window-small", "resume-batches"},
         .interpretations = {"Q-12"},
         .run = level.anew});
  }
  registry.add({.slug = "no-slot-leaks",
                .title = "Thirty resumptions in a row leave the window as it was",
                .v3_1_1 = {"4.4", {"MQTT-4.4.0-1", "MQTT-3.1.2-4", "HF-3.1.1-S32"}},
                .v5 = {"4.9", {"HF-5.0-S33", "MQTT-4.4.0-1", "MQTT-4.3.3-5"}},
                .procedure = "Thirty times: deliver a QoS 2 message up to PUBREL, cut, resume, complete.",
                .control = "The first round delivers.",
                .needs = {Need::qos_2},
                .tags = {"flow-control", "redelivery", "long-life", "qos2"},
                .interpretations = {"Q-12"},
                .run = no_slot_leaks});
}

}  // namespace holdfast
