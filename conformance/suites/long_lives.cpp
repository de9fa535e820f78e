// Sessions with a long life: many resumptions, many cuts in one exchange, intervals from seconds to for ever.
// Sections 4.1, 4.4 and 3.1.2.11.2.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// --- thirty resumptions ---

Task<void> thirty_resumptions(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  co_await t.published(pub, message(topic, "control", qos));
  co_await t.delivered(client, "control");
  for (int round = 1; round <= 30; ++round) {
    const Ending ending = round % 2 == 0 ? Ending::cut : Ending::disconnect;
    co_await ended(t, client, ending);
    const std::string payload = fmt::format("m{}", round);
    co_await t.published(pub, message(topic, payload, qos));
    auto connack = co_await t.connected(client, t.keeping());
    judge_session_present(t, connack, Past::kept,
                          fmt::format("the Session is kept, resumption {} of 30", round));
    auto delivered = co_await client.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
           fmt::format("the message of absence {} of 30", round), seen(t, delivered));
    co_await t.fenced(client);
  }
  t.also_judges({rule(t, "HF-3.1.1-S09", "")});
  co_await sentinel(t, pub, client, topic, qos);
  for (int round = 1; round <= 30; ++round) {
    const std::string payload = fmt::format("m{}", round);
    const std::size_t copies = client.count(payload);
    if (qos == 2) {
      t.must(copies == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"), fmt::format("one copy of {}", payload),
             fmt::format("{} copies", copies));
    } else {
      t.must(copies == 1, "MQTT-4.4.0-1", fmt::format("one copy of {}, which had been acknowledged", payload),
             fmt::format("{} copies", copies));
    }
  }
}

// --- several cuts in one exchange ---

// To the client: the PUBLISH is owed over five cuts, then (QoS 2) the PUBREL over five more.
Task<void> five_cuts_to_client(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", qos));
  auto first = co_await t.delivered(client, "m");
  for (int round = 1; round <= 5; ++round) {
    co_await t.dropped(client);
    auto connack = co_await t.connected(client, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
    auto again = co_await client.expect_message("m", t.patience());
    t.must(again.has_value(), "MQTT-4.4.0-1",
           fmt::format("the unacknowledged PUBLISH again after cut {}", round), seen(t, again));
    t.must(again->packet_id == first.packet_id && again->dup, "MQTT-4.4.0-1",
           fmt::format("the Packet Identifier {} and DUP 1", first.packet_id), seen(t, again), "Q-06");
    co_await t.fenced(client);
    t.must(client.count("m", client.connection()) == 1, "MQTT-4.4.0-1", "one repeat on each connection",
           seen_messages(client));
  }
  client.acknowledge(first);
  if (qos == 2) {
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(pubrel.has_value(), rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-4"), "PUBREL after PUBREC",
           seen(t, pubrel));
    for (int round = 1; round <= 5; ++round) {
      co_await t.dropped(client);
      co_await t.connected(client, t.keeping());
      auto again = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
      t.must(again.has_value(), rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"),
             fmt::format("PUBREL id {} again after cut {}", first.packet_id, round), seen(t, again), "Q-03");
      t.must(client.count("m", client.connection()) == 0, rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-6"),
             "no PUBLISH once PUBREL has been sent", seen_messages(client), "Q-03");
    }
    client.complete(first.packet_id);
  }
  co_await t.fenced(client);
  co_await t.dropped(client);
  co_await t.connected(client, t.keeping());
  client.answers.acknowledges = true;
  co_await sentinel(t, pub, client, topic, qos);
  auto pubrel = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, 0ns);
  t.must(client.count("m", client.connection()) == 0 && (qos == 1 || !pubrel), "MQTT-4.4.0-1",
         "nothing of an exchange that has come to its end", seen_messages(client));
}

// From the client: PUBLISH on three connections, PUBREL on three more, one delivery.
Task<void> five_cuts_from_client(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& client = t.client("sender");
  client.answers.releases = false;
  client.answers.resends = false;
  co_await t.connected(client, t.keeping());
  mqtt::Publish publish = message(topic, "once", 2);
  const std::uint16_t packet_id = client.publish(publish);
  publish.packet_id = packet_id;
  auto pubrec = co_await client.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  publish.dup = true;
  for (int round = 1; round <= 3; ++round) {
    co_await t.dropped(client);
    auto connack = co_await t.connected(client, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
    const mqtt::Packet repeat = publish;
    client.send(repeat);
    auto again = co_await client.expect_id<mqtt::Pubrec>(packet_id, t.patience());
    const bool goes_on = again && !mqtt::is_error(again->reason);
    t.must(goes_on, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
           fmt::format("PUBREC for the repeat after cut {}", round), seen(t, again), "Q-08");
  }
  const mqtt::Packet pubrel = mqtt::Pubrel{.packet_id = packet_id};
  for (int round = 1; round <= 3; ++round) {
    co_await t.dropped(client);
    co_await t.connected(client, t.keeping());
    client.send(pubrel);
    auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
           fmt::format("PUBCOMP for PUBREL number {}", round), seen(t, pubcomp), "Q-01");
    if (round == 1 && t.v5()) {
      t.must(!mqtt::is_error(pubcomp->reason), "MQTT-4.3.3-11", "PUBCOMP 0x00 for an exchange of the Session",
             seen(t, pubcomp), "Q-01");
    }
  }
  client.session().discard();
  client.answers.releases = true;
  co_await sentinel(t, client, watch, topic, 2);
  t.must(watch.count("once") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"), "one delivery over six cuts",
         seen_messages(watch));
}

// --- intervals of all sizes side by side (5.0) ---

struct LongInterval {
  const char* name;
  std::uint32_t seconds;
};

constexpr LongInterval long_intervals[] = {{"hour", 3600},
                                           {"signed", 0x7FFFFFFF},
                                           {"sign", 0x80000000},
                                           {"largest", 0xFFFFFFFE},
                                           {"forever", mqtt::session_never_expires}};

// Whether the interval that is in force outlasts what the case watches.
bool outlasts_watch(const Context& t, const Received<mqtt::Connack>& connack, std::uint32_t asked) {
  const std::uint32_t in_force = connack.properties.session_expiry_interval.value_or(asked);
  return std::chrono::seconds(in_force) > t.late_watch() + 10s;
}

// [MQTT-3.1.2-23, HF-5.0-S03, HF-5.0-S04] A short interval among long ones ends alone.
Task<void> short_among_long(Context& t) {
  const std::uint32_t brief = interval_of(t, 2);
  Client& fleeting = t.client("brief");
  std::vector<Client*> lasting;
  for (const LongInterval& row : long_intervals) {
    Client& client = t.client(row.name);
    auto connack = co_await t.connected(client, t.keeping(row.seconds));
    if (outlasts_watch(t, connack, row.seconds)) lasting.push_back(&client);
    co_await t.disconnected(client);
    if (row.seconds != 0x80000000) continue;
    // In the middle of them, so that it is neither the first nor the last of a list.
    co_await t.connected(fleeting, t.keeping(brief));
    co_await t.disconnected(fleeting);
  }
  const Time left = t.now();
  t.control(!lasting.empty(), "no interval of an hour or more is granted");
  co_await t.pass(left + std::chrono::seconds(brief) + t.late_watch() - t.now());
  for (Client* client : lasting) {
    auto connack = co_await t.connected(*client, t.keeping(600));
    t.must(connack.session_present, "MQTT-3.1.2-23",
           fmt::format("Session Present 1 for the Session of the interval \"{}\", which is not over",
                       client->name()),
           seen(t, connack), "S-03");
  }
  t.also_judges({"HF-5.0-S03"});  // of all the intervals, the longest
  auto connack = co_await t.connected(fleeting, t.keeping(600));
  const std::string expected = fmt::format("Session Present 0: the interval of {} s is over", brief);
  if (t.watches_minutes()) {
    t.must(!connack.session_present, "MQTT-4.1.0-2", expected, seen(t, connack), "S-04");
  } else {
    t.should(!connack.session_present, "MQTT-4.1.0-2", expected, seen(t, connack), "S-04");
  }
}

// [HF-5.0-S05] From one second to the largest interval, and from the largest to one second, in DISCONNECT.
Task<void> extremes_in_disconnect(Context& t) {
  const std::uint32_t brief = interval_of(t, 1);
  Client& raised = t.client("raised");
  Client& lowered = t.client("lowered");
  auto probe = co_await t.connected(lowered, t.keeping(0xFFFFFFFE));
  t.supported(probe.properties.session_expiry_interval.value_or(0xFFFFFFFE) == 0xFFFFFFFE,
              "the broker grants less than 0xFFFFFFFE s");
  co_await t.connected(raised, t.keeping(brief));
  const mqtt::Properties largest = session_expiry(0xFFFFFFFE);
  const mqtt::Properties smallest = session_expiry(brief);
  co_await t.disconnected(raised, largest);
  co_await t.disconnected(lowered, smallest);
  co_await t.pass(std::chrono::seconds(brief) + t.late_watch());
  auto still = co_await t.connected(raised, t.keeping(600));
  t.must(still.session_present, "HF-5.0-S05",
         "Session Present 1: DISCONNECT raised the interval to 0xFFFFFFFE s", seen(t, still), "S-03");
  auto gone = co_await t.connected(lowered, t.keeping(600));
  const std::string expected =
      fmt::format("Session Present 0: DISCONNECT lowered the interval to {} s", brief);
  if (t.watches_minutes()) {
    t.must(!gone.session_present, "HF-5.0-S05", expected, seen(t, gone), "S-04");
  } else {
    t.should(!gone.session_present, "HF-5.0-S05", expected, seen(t, gone), "S-04");
  }
}

// [HF-5.0-S04] An interval that CONNACK does not change holds; one that it changes holds as changed.
Task<void> announced_interval_holds(Context& t) {
  Client& client = t.client("asks");
  auto connack = co_await t.connected(client, t.keeping(100));
  const std::uint32_t in_force = connack.properties.session_expiry_interval.value_or(100);
  t.observed(fmt::format("asked for 100 s, {} s in force", in_force));
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  const Duration watched = std::min<Duration>(t.late_watch(), std::chrono::seconds(in_force) - 2s);
  t.supported(watched > Duration{}, "the interval in force is shorter than what can be watched");
  co_await t.pass(watched);
  auto again = co_await t.connected(client, t.keeping(100));
  t.must(again.session_present, "HF-5.0-S04",
         fmt::format("Session Present 1 after {} s of {} s",
                     std::chrono::ceil<std::chrono::seconds>(watched).count(), in_force),
         seen(t, again), "S-03");
}

}  // namespace

void register_long_lives(Registry& registry) {
  const struct {
    const char* suffix;
    int qos;
    Need need;
  } levels[] = {{"qos1", 1, Need::qos_1}, {"qos2", 2, Need::qos_2}};
  for (const auto& level : levels) {
    registry.add(
        {.slug = fmt::format("thirty-resumptions-{}", level.suffix),
         .title = fmt::format("A Session resumes thirty times, with a QoS {} message each time", level.qos),
         .v3_1_1 = {"4.1", {"MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.2.2-2"}},
         .v5 = {"4.1", {"MQTT-3.1.2-5", "MQTT-4.5.0-1", "MQTT-3.2.2-3"}},
         .procedure = "Thirty times: DISCONNECT or cut, another client publishes, resume.",
         .control = "A message is delivered before the first absence.",
         .needs = {level.need},
         .tags = {"session", "queue", level.suffix},
         .variants = {"resume-batches"},
         .run = [qos = level.qos](Context& t) { return thirty_resumptions(t, qos); }});
    registry.add(
        {.slug = fmt::format("ten-cuts-to-client-{}", level.suffix),
         .title = fmt::format("A QoS {} exchange to the client survives cut after cut", level.qos),
         .v3_1_1 = {"4.4", {"MQTT-4.4.0-1", "MQTT-3.3.1-1"}},
         .v5 = {"4.4", {"MQTT-4.4.0-1", "MQTT-3.3.1-1"}},
         .procedure =
             "Five cuts with the PUBLISH owed, at QoS 2 five more with the PUBREL owed, then the end.",
         .control = "The message is delivered before the first cut.",
         .needs = {level.need},
         .tags = {"session", "redelivery", level.suffix},
         .variants = {"pubrel-and-publish-interleaved"},
         .interpretations = {"Q-03", "Q-06"},
         .run = [qos = level.qos](Context& t) { return five_cuts_to_client(t, qos); }});
  }
  registry.add(
      {.slug = "six-cuts-from-client-qos2",
       .title = "A QoS 2 message whose PUBLISH and PUBREL are repeated over six cuts is delivered once",
       .v3_1_1 = {"4.4", {"MQTT-4.3.3-2", "HF-3.1.1-S05"}},
       .v5 = {"4.4", {"MQTT-4.3.3-10", "MQTT-4.3.3-11", "HF-5.0-S28"}},
       .procedure = "PUBLISH on four connections, PUBREL on three more.",
       .control = "PUBREC comes on the first connection.",
       .needs = {Need::qos_2},
       .tags = {"session", "redelivery", "qos2"},
       .interpretations = {"Q-01", "Q-08"},
       .run = five_cuts_from_client});
  registry.add(
      {.slug = "short-among-long",
       .title = "A short Session Expiry Interval among long ones ends its Session alone",
       .v5 = {"3.1.2.11.2", {"MQTT-3.1.2-23", "MQTT-4.1.0-2", "HF-5.0-S02", "HF-5.0-S03"}},
       .procedure =
           "Keep Sessions for 2 s, an hour, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE s and for ever; return.",
       .control = "At least one long interval is granted.",
       .needs = {Need::session_expiry},
       .longest_timer = 7s,
       .tags = {"session", "expiry", "timer"},
       .variants = {"session-expiry-late", "session-expiry-capped"},
       .interpretations = {"S-03", "S-04"},
       .run = short_among_long});
  registry.add({.slug = "extremes-in-disconnect",
                .title = "DISCONNECT changes the interval from a second to the largest, and back",
                .v5 = {"3.14.2.2.2", {"HF-5.0-S05", "MQTT-3.1.2-23"}},
                .procedure = "CONNECT with 1 s and 0xFFFFFFFE s, exchange the two in DISCONNECT, return.",
                .control = "Each of the two is the control of the other.",
                .needs = {Need::session_expiry},
                .longest_timer = 6s,
                .tags = {"session", "expiry", "timer", "disconnect"},
                .variants = {"session-expiry-late", "disconnect-expiry-capped-silently"},
                .interpretations = {"S-03", "S-04"},
                .run = extremes_in_disconnect});
  registry.add({.slug = "announced-interval-holds",
                .title = "The Session Expiry Interval of CONNACK holds, and without one the client's",
                .v5 = {"3.2.2.3.2", {"HF-5.0-S04", "HF-5.0-S03", "MQTT-3.1.2-23"}},
                .procedure = "CONNECT with 100 s, stay away for a minute (5 s live), return.",
                .control = "The CONNECT and the subscription are accepted.",
                .longest_timer = 5s,
                .tags = {"session", "expiry", "timer"},
                .variants = {"session-expiry-capped", "session-expiry-raised"},
                .interpretations = {"S-03"},
                .run = announced_interval_holds});
}

}  // namespace holdfast
