// The in-flight window over absences and cuts: 5.0 sections 3.3.4 and 4.9, and its 3.1.1 counterpart.
#include <fmt/format.h>

#include "conformance/suites/message_steps.h"
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
    // 3.1.1 knows no window.
    if (t.v5()) {
      t.must(outstanding <= window, "MQTT-3.3.4-9",
             fmt::format("at most {} PUBLISH packets unacknowledged, as Receive Maximum says", window),
             fmt::format("{} at once: {}", outstanding, seen_messages(client)), "Q-11");
    }
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
  t.also_judges({"MQTT-4.9.0-1"});
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
  t.also_judges({rule(t, "HF-3.1.1-S04", "MQTT-4.9.0-1")});
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

// [MQTT-3.3.4-10] A full window holds back PUBLISH and nothing else.
Task<void> full_window_delays_nothing_else(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, with_window(t.clean(), 1));
  co_await t.subscribed(client, topic, 1);
  Client& pub = *co_await publisher(t);
  client.answers.acknowledges = false;
  for (const char* payload : {"m1", "m2"}) co_await t.published(pub, message(topic, payload, 1));
  auto first = co_await t.delivered(client, "m1");
  const std::string_view id = "MQTT-3.3.4-10";
  const bool answers_ping = co_await client.fence(t.patience());
  t.must(answers_ping, id, "PINGRESP while the window is full", "no PINGRESP");
  std::vector<mqtt::SubscriptionRequest> requests(1, subscription(t.topic("b"), 0));
  const std::uint16_t subscribe_id = client.subscribe(std::move(requests));
  auto suback = co_await client.expect_id<mqtt::Suback>(subscribe_id, t.patience());
  t.must(suback.has_value(), id, "SUBACK while the window is full", seen(t, suback));
  std::vector<std::string> filters(1, t.topic("b"));
  const std::uint16_t unsubscribe_id = client.unsubscribe(std::move(filters));
  auto unsuback = co_await client.expect_id<mqtt::Unsuback>(unsubscribe_id, t.patience());
  t.must(unsuback.has_value(), id, "UNSUBACK while the window is full", seen(t, unsuback));
  const std::uint16_t qos_1_id = client.publish(message(t.topic("c"), "up 1", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(qos_1_id, t.patience());
  t.must(puback.has_value(), id, "PUBACK while the window is full", seen(t, puback));
  if (t.sut().has(Need::qos_2)) {
    const std::uint16_t qos_2_id = client.publish(message(t.topic("c"), "up 2", 2));
    auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(qos_2_id, t.patience());
    t.must(pubcomp.has_value(), id, "PUBREC and PUBCOMP while the window is full", seen(t, pubcomp));
  }
  t.must(client.count("m2") == 0, "MQTT-3.3.4-9", "the second PUBLISH to wait for the window",
         seen_messages(client), "Q-11");
  client.acknowledge(first);
  auto second = co_await client.expect_message("m2", t.patience());
  t.must(second.has_value(), "MQTT-4.9.0-2", "the second PUBLISH once the window opens", seen(t, second));
  t.also_judges({"MQTT-4.9.0-3"});
}

// [HF-5.0-S37, MQTT-4.9.0-2] An acknowledgement with an error code opens the window like any other.
Task<void> errors_open_the_window(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, with_window(t.clean(), 1));
  co_await t.subscribed(client, topic, qos);
  Client& pub = *co_await publisher(t);
  client.answers.acknowledges = false;
  for (int i = 1; i <= 3; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), qos));
  co_await t.delivered(client, "m1");
  for (int i = 1; i <= 2; ++i) {
    const mqtt::Publish publish = client.messages().back();
    refuse(client, publish);
    auto next = co_await client.expect_message(fmt::format("m{}", i + 1), t.patience());
    t.must(next.has_value(), "MQTT-4.9.0-2",
           fmt::format("the next message after {} 0x83, which gives back its place in the window",
                       qos == 1 ? "PUBACK" : "PUBREC"),
           seen_messages(client));
  }
}

Task<void> errors_open_the_window_qos_1(Context& t) { return errors_open_the_window(t, 1); }
Task<void> errors_open_the_window_qos_2(Context& t) { return errors_open_the_window(t, 2); }

// [HF-5.0-E08] One message more than the broker's Receive Maximum.
Task<void> overrun(Context& t) {
  const std::size_t window = t.sut().receive_maximum;
  t.supported(window <= 1'000, "the broker's Receive Maximum is too large to be overrun");
  const std::string topic = t.topic("a");
  Client& client = t.client("sender");
  co_await t.connected(client, t.clean());
  co_await t.published(client, message(topic, "control", 2));
  client.answers.releases = false;
  std::size_t refused = 0;
  for (std::size_t i = 1; i <= window; ++i) {
    const std::uint16_t packet_id = client.publish(message(topic, fmt::format("m{}", i), 2));
    auto pubrec = co_await client.expect_id<mqtt::Pubrec>(packet_id, t.patience());
    t.must(pubrec.has_value(), "MQTT-4.3.3-8",
           fmt::format("PUBREC for message {} of the {} that Receive Maximum allows", i, window),
           seen_close(t, client.closed()));
    if (mqtt::is_error(pubrec->reason)) ++refused;
  }
  t.control(refused == 0, "messages within Receive Maximum were refused");
  const std::uint16_t last = client.publish(message(topic, "too much", 2));
  auto pubrec = co_await client.expect_id<mqtt::Pubrec>(last, t.patience());
  if (pubrec) {
    t.must(pubrec->reason != mqtt::ReasonCode::receive_maximum_exceeded, "HF-5.0-E08",
           "DISCONNECT 0x93; PUBREC has no such code", seen(t, pubrec), "Q-09");
    const bool is_refused = mqtt::is_error(pubrec->reason);
    t.should(!is_refused, "HF-5.0-E08", "DISCONNECT 0x93", seen(t, pubrec), "Q-09");
    if (!is_refused) t.inform(fmt::format("takes more than its Receive Maximum of {}", window), "Q-09");
    co_return;
  }
  t.must(client.closed().has_value(), "HF-5.0-E08", "DISCONNECT 0x93 and a close", "silence", "Q-09");
  const auto& told = client.closed()->disconnect;
  t.should(told && told->reason == mqtt::ReasonCode::receive_maximum_exceeded, "HF-5.0-E08",
           "DISCONNECT 0x93", seen_close(t, client.closed()), "Q-09");
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
         .interpretations = {"Q-11", "Q-12"},
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
         .interpretations = {"Q-11", "Q-12"},
         .run = level.anew});
  }
  registry.add({.slug = "full-window-delays-nothing-else",
                .title = "A full window holds back PUBLISH packets and nothing else",
                .v5 = {"3.3.4",
                       {"MQTT-3.3.4-10", "MQTT-4.9.0-3", "MQTT-4.9.0-2", "MQTT-3.8.4-1", "MQTT-3.10.4-4",
                        "MQTT-3.3.4-9"}},
                .procedure = "Receive Maximum 1, one message unacknowledged and one waiting; PINGREQ, "
                             "SUBSCRIBE, UNSUBSCRIBE, PUBLISH of QoS 1 and 2; then PUBACK.",
                .control = live,
                .needs = {Need::qos_1},
                .tags = {"flow-control"},
                .interpretations = {"Q-11"},
                .run = full_window_delays_nothing_else});
  const struct {
    int qos;
    Need need;
    Task<void> (*run)(Context&);
  } errors[] = {{1, Need::qos_1, errors_open_the_window_qos_1},
                {2, Need::qos_2, errors_open_the_window_qos_2}};
  for (const auto& level : errors) {
    registry.add({.slug = fmt::format("errors-open-the-window-qos{}", level.qos),
                  .title = fmt::format("A QoS {} message that is refused gives its place in the window back",
                                       level.qos),
                  .v5 = {"4.9", {"MQTT-4.9.0-2", "HF-5.0-S37"}},
                  .procedure = "Receive Maximum 1, three messages; each is answered with code 0x83.",
                  .control = live,
                  .needs = {level.need},
                  .tags = {"flow-control", fmt::format("qos{}", level.qos)},
                  .run = level.run});
  }
  registry.add({.slug = "overrun-of-receive-maximum",
                .title = "A message beyond the broker's Receive Maximum ends the connection with 0x93",
                .level = Level::should,
                .v5 = {"3.3.4", {"HF-5.0-E08", "MQTT-3.3.4-7", "MQTT-3.5.2-1", "MQTT-4.3.3-8"}},
                .procedure = "Receive Maximum QoS 2 messages without PUBREL, then one more.",
                .control = "Every message up to Receive Maximum gets PUBREC.",
                .needs = {Need::qos_2},
                .tags = {"flow-control", "error", "limits"},
                .variants = {"receive-max-small", "close-bare"},
                .interpretations = {"Q-09"},
                .run = overrun});
  registry.add(
      {.slug = "no-slot-leaks",
       .title = "Thirty resumptions in a row leave the window as it was",
       .v3_1_1 = {"4.4", {"MQTT-4.4.0-1", "MQTT-3.1.2-4", "HF-3.1.1-S32", "MQTT-3.2.2-2", "MQTT-4.3.3-1"}},
       .v5 = {"4.9", {"HF-5.0-S33", "MQTT-4.4.0-1", "MQTT-4.3.3-5", "MQTT-3.2.2-3", "MQTT-4.3.3-4"}},
       .procedure = "Thirty times: deliver a QoS 2 message up to PUBREL, cut, resume, complete.",
       .control = "The first round delivers.",
       .needs = {Need::qos_2},
       .tags = {"flow-control", "redelivery", "long-life", "qos2"},
       .interpretations = {"Q-12"},
       .run = no_slot_leaks});
}

}  // namespace holdfast
