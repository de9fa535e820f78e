// Exchanges that go on over several cuts, and identifiers that come around.
#include <fmt/format.h>

#include <vector>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// Identifiers up to 65,535 and around to 1, while the exchange under 2 is open all the time.
Task<void> identifiers_come_around(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.keeping());
  co_await t.published(sender, message(topic, "control", 2));
  co_await t.delivered(watch, "control");
  sender.answers.releases = false;
  mqtt::Publish open = message(topic, "open", 2);
  open.packet_id = 2;
  sender.publish(open);
  auto opened = co_await sender.expect_id<mqtt::Pubrec>(2, t.patience());
  t.control(opened && !mqtt::is_error(opened->reason), "no PUBREC for a QoS 2 PUBLISH");
  const std::vector<std::uint16_t> identifiers{32'767, 32'768, 65'534, 65'535, 1, 3};
  for (const std::uint16_t packet_id : identifiers) {
    for (const int qos : {1, 2}) {
      const std::string payload = fmt::format("qos {} id {}", qos, packet_id);
      mqtt::Publish publish = message(topic, payload, qos);
      publish.packet_id = packet_id;
      sender.publish(publish);
      const std::string expected =
          fmt::format("a whole exchange of QoS {} under identifier {}", qos, packet_id);
      if (qos == 1) {
        auto puback = co_await sender.expect_id<mqtt::Puback>(packet_id, t.patience());
        t.must(puback && !mqtt::is_error(puback->reason), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"), expected,
               seen(t, puback));
      } else {
        auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
        t.must(pubrec && !mqtt::is_error(pubrec->reason), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-8"), expected,
               seen(t, pubrec));
        sender.release(packet_id);
        auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
        t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"), expected, seen(t, pubcomp));
      }
      auto delivered = co_await watch.expect_message(payload, t.patience());
      t.must(delivered.has_value(), "MQTT-4.5.0-1", fmt::format("delivery of the message \"{}\"", payload),
             seen_messages(watch));
    }
  }
  sender.release(2);
  auto closed = co_await sender.expect_id<mqtt::Pubcomp>(2, t.patience());
  t.must(closed && !mqtt::is_error(closed->reason), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
         "PUBCOMP 0x00 for the exchange that was open all the time", seen(t, closed));
  auto delivered = co_await watch.expect_message("open", t.patience());
  t.must(delivered.has_value() && watch.count("open") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
         "one delivery of the message whose exchange was open all the time", seen_messages(watch));
}

mqtt::Publish repeat_of(mqtt::Publish publish, std::uint16_t packet_id) {
  publish.packet_id = packet_id;
  publish.dup = true;
  return publish;
}

// [MQTT-4.4.0-1] One exchange toward the client, cut at each of its stages in turn.
Task<void> cut_at_every_stage_to_client(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", qos));
  auto first = co_await t.delivered(client, "m");
  for (const Ending ending : {Ending::cut, Ending::reset, Ending::cut}) {
    co_await ended(t, client, ending);
    auto connack = co_await t.connected(client, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives every lost connection");
    auto again = co_await client.expect_message("m", t.patience());
    t.must(again.has_value(), "MQTT-4.4.0-1", "the unacknowledged PUBLISH again after each cut",
           seen(t, again));
    t.must(again->packet_id == first.packet_id && again->dup, "MQTT-4.4.0-1",
           fmt::format("identifier {} and DUP 1 each time", first.packet_id), seen(t, again));
  }
  client.acknowledge(first);
  if (qos == 2) {
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(pubrel.has_value(), rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-4"), "PUBREL after PUBREC",
           seen(t, pubrel));
    for (const Ending ending : {Ending::reset, Ending::cut}) {
      co_await ended(t, client, ending);
      co_await t.connected(client, t.keeping());
      auto again = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
      t.must(again.has_value(), rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"), "PUBREL again after each cut",
             seen(t, again));
      t.must(client.count("m", client.connection()) == 0, rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-6"),
             "no PUBLISH once PUBREL was sent", seen_messages(client), "Q-03");
    }
    client.complete(first.packet_id);
  }
  co_await t.fenced(client);
  co_await t.dropped(client);
  client.answers.acknowledges = true;
  co_await t.connected(client, t.keeping());
  co_await sentinel(t, pub, client, topic, qos);
  t.must(client.count("m", client.connection()) == 0, rule(t, "MQTT-4.3.2-1", "MQTT-4.4.0-1"),
         "nothing of an exchange that is complete", seen_messages(client));
}

Task<void> to_client_qos_1(Context& t) { return cut_at_every_stage_to_client(t, 1); }
Task<void> to_client_qos_2(Context& t) { return cut_at_every_stage_to_client(t, 2); }

// [MQTT-4.3.3-2; 5.0: MQTT-4.3.3-10 to -12] One QoS 2 exchange from the client, cut at each of its stages.
Task<void> cut_at_every_stage_from_client(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  sender.answers = {.acknowledges = true, .releases = false, .resends = false};
  co_await t.connected(sender, t.keeping());
  const mqtt::Publish once = message(topic, "once", 2);
  const std::uint16_t packet_id = sender.publish(once);
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec && !mqtt::is_error(pubrec->reason), "no PUBREC for a QoS 2 PUBLISH");
  for (const Ending ending : {Ending::cut, Ending::reset}) {
    co_await ended(t, sender, ending);
    auto connack = co_await t.connected(sender, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives every lost connection");
    sender.send(repeat_of(once, packet_id));
    auto again = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
    t.must(again && !mqtt::is_error(again->reason), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
           "PUBREC for each repeat", seen(t, again), "Q-08");
  }
  co_await ended(t, sender, Ending::cut);
  co_await t.connected(sender, t.keeping());
  for (const bool is_owed : {true, false}) {
    sender.release(packet_id);
    auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"), "PUBCOMP for each PUBREL",
           seen(t, pubcomp), "Q-01");
    t.must(!is_owed || !mqtt::is_error(pubcomp->reason), rule(t, "MQTT-4.3.3-2", "HF-5.0-S28"),
           "PUBCOMP 0x00 for an identifier that the resumed Session holds", seen(t, pubcomp), "Q-01");
    co_await ended(t, sender, Ending::reset);
    co_await t.connected(sender, t.keeping());
  }
  sender.answers.releases = true;
  co_await sentinel(t, sender, watch, topic, 2);
  t.must(watch.count("once") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
         "one delivery of a QoS 2 message whose exchange was cut five times", seen_messages(watch));
}

// [5.0: MQTT-4.4.0-1] Repeats belong to a reconnect: nothing is repeated while the connection lives. Timers
// in use strike after 5 to 30 s; a live broker is watched for as long as the run allows.
Task<void> nothing_is_repeated_on_a_live_connection(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 2);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "half done", 2));
  auto half_done = co_await t.delivered(client, "half done");
  client.acknowledge(half_done);
  auto pubrel = co_await client.expect_id<mqtt::Pubrel>(half_done.packet_id, t.patience());
  t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  co_await t.published(pub, message(topic, "qos 1", 1));
  co_await t.published(pub, message(topic, "qos 2", 2));
  const Duration watched = t.late_watch() + 1s;
  co_await t.pass(watched);
  co_await t.fenced(client);
  for (const char* payload : {"half done", "qos 1", "qos 2"}) {
    t.must(client.count(payload) <= 1, "MQTT-4.4.0-1",
           fmt::format("no repeat within {} s on a live connection",
                       std::chrono::duration_cast<std::chrono::seconds>(watched).count()),
           seen_messages(client), "Q-04");
  }
  auto again = co_await client.expect_id<mqtt::Pubrel>(half_done.packet_id, 0ns);
  t.must(!again.has_value(), "MQTT-4.4.0-1", "no PUBREL again on a live connection", seen(t, again), "Q-04");
  co_await t.dropped(client);
  client.answers.acknowledges = true;
  co_await t.connected(client, t.keeping());
  auto resumed = co_await client.expect_id<mqtt::Pubrel>(half_done.packet_id, t.patience());
  t.must(resumed.has_value(), "MQTT-4.4.0-1", "PUBREL again at the reconnect", seen(t, resumed));
}

}  // namespace

void register_exchanges_over_cuts(Registry& registry) {
  registry.add({.slug = "identifiers-come-around",
                .title = "Every identifier up to 65,535 and around is taken while an exchange is open",
                .v3_1_1 = {"2.3.1", {"MQTT-4.3.2-2", "MQTT-4.3.3-2", "HF-3.1.1-S35", "MQTT-4.5.0-1"}},
                .v5 = {"2.2.1",
                       {"MQTT-4.3.2-4", "MQTT-4.3.3-8", "MQTT-4.3.3-11", "HF-5.0-S36", "MQTT-4.3.3-10",
                        "MQTT-4.5.0-1"}},
                .procedure =
                    "Open a QoS 2 exchange under 2; exchanges of QoS 1 and 2 under 32767, 32768, 65534, "
                    "65535, 1 and 3; complete the first.",
                .control = "An exchange under a small identifier is completed before.",
                .needs = {Need::qos_2},
                .tags = {"packet-identifier", "long-life", "qos1", "qos2"},
                .variants = {"receive-max-small"},
                .run = identifiers_come_around});
  const struct {
    const char* slug;
    const char* title;
    Need need;
    Edition v3_1_1;
    Edition v5;
    Task<void> (*run)(Context&);
  } cuts[] = {
      {"cut-at-every-stage-to-client-qos1",
       "A QoS 1 message that is cut off four times comes again each time, under its identifier",
       Need::qos_1,
       {"4.4", {"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.3.2-1", "HF-3.1.1-S31", "MQTT-3.2.2-2"}},
       {"4.4", {"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.3.2-3", "MQTT-3.2.2-3"}},
       to_client_qos_1},
      {"cut-at-every-stage-to-client-qos2",
       "A QoS 2 exchange to the client that is cut six times is carried on from each of its stages",
       Need::qos_2,
       {"4.4",
        {"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.3.3-1", "HF-3.1.1-S32", "HF-3.1.1-S33", "MQTT-4.3.2-1",
         "MQTT-3.2.2-2"}},
       {"4.4",
        {"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-4.3.3-4",
         "MQTT-3.2.2-3"}},
       to_client_qos_2},
      {"cut-at-every-stage-from-client-qos2",
       "A QoS 2 exchange from the client that is cut five times delivers its message once",
       Need::qos_2,
       {"4.4", {"MQTT-4.3.3-2", "MQTT-4.4.0-1", "HF-3.1.1-S05", "MQTT-3.2.2-2"}},
       {"4.4", {"MQTT-4.3.3-10", "MQTT-4.3.3-11", "HF-5.0-S28", "MQTT-3.2.2-3"}},
       cut_at_every_stage_from_client},
  };
  for (const auto& row : cuts) {
    registry.add({.slug = row.slug,
                  .title = row.title,
                  .v3_1_1 = row.v3_1_1,
                  .v5 = row.v5,
                  .procedure = "Cut or reset after each packet in turn, resume each time, complete, resume.",
                  .control = "The exchange begins on the first connection.",
                  .needs = {row.need},
                  .tags = {"redelivery", "long-life"},
                  .interpretations = {"Q-01", "Q-03", "Q-08"},
                  .run = row.run});
  }
  registry.add({.slug = "nothing-repeated-on-a-live-connection",
                .title = "No PUBLISH and no PUBREL is repeated while the connection lives",
                .v5 = {"4.4", {"MQTT-4.4.0-1", "HF-5.0-S31"}},
                .procedure =
                    "Leave PUBACK, PUBREC and PUBCOMP owed and watch, 66 s in virtual time and 6 s on a "
                    "live broker; then cut and resume.",
                .control = "PUBREL comes again at the reconnect.",
                .needs = {Need::qos_2},
                .longest_timer = 6s,
                .tags = {"redelivery", "timer", "qos1", "qos2"},
                .interpretations = {"Q-04"},
                .run = nothing_is_repeated_on_a_live_connection});
}

}  // namespace holdfast
