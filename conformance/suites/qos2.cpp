// QoS 1 and 2 exchanges from the client: sections 4.3.2 and 4.3.3.
#include <fmt/format.h>

#include "conformance/suites/message_steps.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

mqtt::Publish with_id(mqtt::Publish publish, std::uint16_t packet_id, bool dup) {
  publish.packet_id = packet_id;
  publish.dup = dup;
  return publish;
}

// Ends a QoS 2 exchange by hand and judges the answer.
Task<void> judge_release(Context& t, Client& client, std::uint16_t packet_id) {
  client.release(packet_id);
  auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"), "PUBCOMP for PUBREL",
         seen(t, pubcomp));
}

// [3.1.1: MQTT-4.3.3-2; 5.0: MQTT-4.3.3-10] Each repeat gets PUBREC, none a second delivery. Over three
// connections, so that the message is sent three times before its PUBREL.
Task<void> repeats_before_pubrel(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  sender.answers = {.acknowledges = true, .releases = false, .resends = false};
  co_await t.connected(sender, t.keeping());
  co_await anchored(t, sender);
  const mqtt::Publish once = message(topic, "once", 2);
  const std::uint16_t packet_id = sender.publish(once);
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  for (const char* which : {"second", "third"}) {
    co_await t.dropped(sender);
    auto connack = co_await t.connected(sender, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
    sender.send(with_id(once, packet_id, true));
    auto again = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
    t.must(again.has_value() && !is_error(again->reason), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
           fmt::format("PUBREC for the {} PUBLISH under the identifier {}", which, packet_id), seen(t, again),
           "Q-08");
  }
  co_await judge_release(t, sender, packet_id);
  sender.answers.releases = true;
  co_await sentinel(t, sender, watch, topic, 2);
  t.must(watch.count("once") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
         "one delivery of a QoS 2 message that was sent three times", seen_messages(watch));
  t.also_judges({rule(t, "HF-3.1.1-S05", ""), rule(t, "MQTT-4.1.0-1", "")});
}

// [MQTT-4.3.3-2] In 3.1.1 a sender may repeat on a live connection.
Task<void> repeat_on_live_connection(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  sender.answers.releases = false;
  co_await t.connected(sender, t.clean());
  const mqtt::Publish once = message(topic, "once", 2);
  const std::uint16_t packet_id = sender.publish(once);
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  sender.send(with_id(once, packet_id, true));
  auto again = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.must(again.has_value(), "MQTT-4.3.3-2", "PUBREC for the repeat", seen(t, again), "Q-08");
  co_await judge_release(t, sender, packet_id);
  sender.answers.releases = true;
  co_await sentinel(t, sender, watch, topic, 2);
  t.must(watch.count("once") == 1, "MQTT-4.3.3-2", "one delivery of a QoS 2 message that was repeated",
         seen_messages(watch));
}

// [5.0: MQTT-4.3.3-12] After PUBCOMP the identifier carries a new message, whatever its DUP flag says.
Task<void> identifier_free_after_pubcomp(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  const std::uint16_t packet_id = 7;
  co_await t.published(sender, with_id(message(topic, "first", 2), packet_id, false));
  co_await t.delivered(watch, "first");
  for (const bool dup : {false, true}) {
    const std::string payload = dup ? "with DUP" : "second";
    sender.publish(with_id(message(topic, payload, 2), packet_id, dup));
    auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-12"),
           "a whole exchange for the new message", seen(t, pubcomp));
    auto delivered = co_await watch.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-12"),
           "delivery of a new message under an identifier that PUBCOMP has freed", seen_messages(watch));
  }
}

// Whether this broker refuses a QoS 2 PUBLISH with a PUBREC of 0x80 or above on a connection that lives on:
// one to a topic that it keeps for itself, or one with a payload that is not what it says.
Task<bool> refuses_a_message(Context& t, Client& sender, std::uint16_t packet_id) {
  std::vector<mqtt::Publish> candidates;
  candidates.push_back(message("$SYS/" + t.topic("a"), "not for clients", 2));
  candidates.push_back(message(t.topic("b"), "bad \xC3( payload", 2));
  candidates.back().properties.payload_format_indicator = 1;
  for (mqtt::Publish& candidate : candidates) {
    if (!sender.is_open()) co_await t.connected(sender, t.clean());
    candidate.packet_id = packet_id;
    sender.publish(candidate);
    auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
    if (!pubrec) {
      t.control(!sender.is_open(), "neither PUBREC nor a close for a QoS 2 PUBLISH");
      continue;
    }
    if (is_error(pubrec->reason)) {
      co_await t.fenced(sender);
      co_return true;
    }
    auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.control(pubcomp.has_value(), "no PUBCOMP");
  }
  co_return false;
}

// [5.0: MQTT-4.3.3-9] The exchange is over with the refusal.
Task<void> identifier_free_after_refusal(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  const std::uint16_t packet_id = 7;
  co_await t.published(sender, with_id(message(topic, "control", 2), packet_id, false));
  co_await t.delivered(watch, "control");
  const bool has_refused = co_await refuses_a_message(t, sender, packet_id);
  t.supported(has_refused, "the broker refuses no message with PUBREC");
  sender.publish(with_id(message(topic, "allowed", 2), packet_id, false));
  const std::string expected = "a whole exchange for a new message under the identifier of a refused one";
  auto pubrec = co_await sender.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.must(pubrec && !is_error(pubrec->reason), "MQTT-4.3.3-9", expected, seen(t, pubrec));
  auto delivered = co_await watch.expect_message("allowed", t.patience());
  t.must(delivered.has_value(), "MQTT-4.3.3-9", "delivery of the new message", seen_messages(watch));
}

// [3.1.1: MQTT-4.3.2-2; 5.0: MQTT-4.3.2-5] The same for QoS 1 after PUBACK.
Task<void> identifier_free_after_puback(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  const std::uint16_t packet_id = 7;
  co_await t.published(sender, with_id(message(topic, "first", 1), packet_id, false));
  co_await t.delivered(watch, "first");
  for (const bool dup : {false, true}) {
    const std::string payload = dup ? "with DUP" : "second";
    sender.publish(with_id(message(topic, payload, 1), packet_id, dup));
    auto puback = co_await sender.expect_id<mqtt::Puback>(packet_id, t.patience());
    t.must(puback.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"), "PUBACK", seen(t, puback));
    auto delivered = co_await watch.expect_message(payload, t.patience());
    t.must(delivered.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-5"),
           "delivery of a new message under an identifier that PUBACK has freed", seen_messages(watch),
           "Q-07");
  }
}

// [3.1.1: HF-3.1.1-S39; 5.0: HF-5.0-E22] A PUBREL that nobody waits for is answered all the same.
Task<void> pubrel_for_unknown_identifier(Context& t) {
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  co_await t.published(sender, message(t.topic("a"), "control", 2));
  mqtt::Pubrel pubrel;
  pubrel.packet_id = 4711;
  sender.send(pubrel);
  auto pubcomp = co_await sender.expect_id<mqtt::Pubcomp>(4711, t.patience());
  t.observed(pubcomp ? seen(t, pubcomp) : seen_close(t, sender.closed()));
  if (pubcomp) {
    t.also_judges({rule(t, "HF-3.1.1-S39", "")});
    if (t.v5()) {
      t.should(pubcomp->reason == mqtt::ReasonCode::packet_identifier_not_found, "HF-5.0-E22",
               "PUBCOMP 0x92 for an identifier that is not known", seen(t, pubcomp), "Q-01");
    }
    co_return;
  }
  const std::string observed = seen_close(t, sender.closed());
  if (t.v5()) {
    t.must(sender.closed().has_value(), "MQTT-4.3.3-11", "PUBCOMP, or at least a close", "silence", "Q-01");
    t.should(false, "HF-5.0-E22", "PUBCOMP 0x92 for an identifier that is not known", observed, "Q-01");
  } else {
    t.should(false, "HF-3.1.1-S39", "PUBCOMP, since the sender would otherwise never finish", observed,
             "Q-01");
  }
}

// A PUBREL that is repeated on resumption, after the broker has already completed the exchange.
Task<void> pubrel_repeated_after_pubcomp(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& sender = t.client("sender");
  sender.answers.resends = false;
  co_await t.connected(sender, t.keeping());
  co_await anchored(t, sender);
  const mqtt::Publish once = message(topic, "once", 2);
  const std::uint16_t packet_id = sender.publish(once);
  auto first = co_await sender.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  t.control(first.has_value(), "no PUBCOMP for a QoS 2 exchange");
  co_await t.dropped(sender);
  auto connack = co_await t.connected(sender, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await judge_release(t, sender, packet_id);
  co_await sentinel(t, sender, watch, topic, 2);
  t.must(watch.count("once") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
         "one delivery of a QoS 2 message", seen_messages(watch));
}

// [HF-3.1.1-S35, HF-5.0-S36] The identifiers of the two directions are independent.
Task<void> identifiers_of_both_directions(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("both");
  co_await t.connected(client, t.clean());
  co_await t.subscribed(client, topic, 2);
  client.answers.acknowledges = false;
  client.answers.releases = false;
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "down", 2));
  auto down = co_await t.delivered(client, "down");

  const std::string up_topic = t.topic("b");
  Client& watch = *co_await watcher(t, up_topic, 2);
  client.publish(with_id(message(up_topic, "up", 2), down.packet_id, false));
  auto pubrec = co_await client.expect_id<mqtt::Pubrec>(down.packet_id, t.patience());
  const std::string_view id = rule(t, "HF-3.1.1-S35", "HF-5.0-S36");
  t.must(pubrec.has_value() && !is_error(pubrec->reason), id,
         "PUBREC for an identifier that the broker happens to use in the other direction", seen(t, pubrec));
  client.acknowledge(down);
  auto pubrel = co_await client.expect_id<mqtt::Pubrel>(down.packet_id, t.patience());
  t.must(pubrel.has_value(), id, "PUBREL of the other exchange", seen(t, pubrel));
  client.complete(down.packet_id);
  co_await judge_release(t, client, down.packet_id);
  auto up = co_await watch.expect_message("up", t.patience());
  t.must(up.has_value(), id, "both exchanges to be completed", seen(t, up));
}

// [MQTT-4.4.0-2, HF-5.0-S37] An acknowledgement with an error code ends the exchange for good.
Task<void> error_ends_the_exchange(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", qos));
  co_await t.delivered(client, "control");
  co_await t.fenced(client);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "refused", qos));
  auto refused = co_await t.delivered(client, "refused");
  refuse(client, refused);
  co_await t.fenced(client);
  if (qos == 2) {
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(refused.packet_id, 0ns);
    t.must(!pubrel.has_value(), "HF-5.0-S37", "no PUBREL after PUBREC 0x83", seen(t, pubrel));
  }
  co_await t.dropped(client);
  client.answers.acknowledges = true;
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await sentinel(t, pub, client, topic, qos);
  t.must(client.count("refused", client.connection()) == 0, "MQTT-4.4.0-2",
         "no repeat of a message that was acknowledged with an error code", seen_messages(client));
}

Task<void> puback_error_ends_the_exchange(Context& t) { return error_ends_the_exchange(t, 1); }
Task<void> pubrec_error_ends_the_exchange(Context& t) { return error_ends_the_exchange(t, 2); }

// The same PUBREL is owed again after each cut, until PUBCOMP.
Task<void> pubrel_owed_over_several_cuts(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 2);
  Client& pub = *co_await publisher(t);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", 2));
  auto first = co_await t.delivered(client, "m");
  client.acknowledge(first);
  auto pubrel = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
  t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  for (int cut = 1; cut <= 3; ++cut) {
    co_await t.dropped(client);
    auto connack = co_await t.connected(client, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
    auto again = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(again.has_value(), rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"),
           fmt::format("PUBREL id {} again after cut {}", first.packet_id, cut), seen(t, again), "Q-03");
  }
  client.complete(first.packet_id);
  co_await t.fenced(client);
  co_await t.dropped(client);
  client.answers.acknowledges = true;
  co_await t.connected(client, t.keeping());
  co_await sentinel(t, pub, client, topic, 2);
  const std::size_t copies = client.count("m");
  t.must(copies == 1, rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-6"),
         "the PUBLISH once, since PUBREL was sent after it", fmt::format("{} copies", copies), "Q-03");
}

}  // namespace

void register_qos2(Registry& registry) {
  const std::string qos2_section = "4.3.3";
  const char* exchange_works = "The first exchange is answered.";
  registry.add(
      {.slug = "repeats-before-pubrel",
       .title = "A QoS 2 message repeated over three connections is delivered once",
       .v3_1_1 = {qos2_section, {"MQTT-4.3.3-2", "HF-3.1.1-S05", "MQTT-4.4.0-1"}},
       .v5 = {qos2_section, {"MQTT-4.3.3-10", "HF-5.0-S28", "HF-5.0-S50"}},
       .procedure = "PUBLISH, PUBREC, cut; twice: resume, the same PUBLISH with DUP, PUBREC; then PUBREL.",
       .control = exchange_works,
       .needs = {Need::qos_2},
       .tags = {"qos2", "redelivery", "from-client"},
       .interpretations = {"Q-08"},
       .run = repeats_before_pubrel});
  registry.add({.slug = "repeat-on-live-connection",
                .title = "A QoS 2 message repeated on a live connection is delivered once",
                .v3_1_1 = {qos2_section, {"MQTT-4.3.3-2", "HF-3.1.1-S36"}},
                .procedure = "PUBLISH, PUBREC, the same PUBLISH with DUP, PUBREC, PUBREL.",
                .control = exchange_works,
                .needs = {Need::qos_2},
                .tags = {"qos2"},
                .interpretations = {"Q-08"},
                .run = repeat_on_live_connection});
  registry.add({.slug = "identifier-free-after-pubcomp",
                .title = "After PUBCOMP a PUBLISH under the same identifier is a new message",
                .v3_1_1 = {qos2_section, {"MQTT-4.3.3-2"}},
                .v5 = {qos2_section, {"MQTT-4.3.3-12", "HF-5.0-S36"}},
                .procedure = "Three QoS 2 exchanges under one identifier, the last one with DUP 1.",
                .control = exchange_works,
                .needs = {Need::qos_2},
                .tags = {"qos2"},
                .run = identifier_free_after_pubcomp});
  registry.add(
      {.slug = "identifier-free-after-refusal",
       .title = "After a PUBREC of 0x80 or above a PUBLISH under the same identifier is a new message",
       .v5 = {qos2_section, {"MQTT-4.3.3-9"}},
       .procedure = "PUBLISH to $SYS/ or with a payload that is not the UTF-8 that it claims to be, "
                    "until one is refused; PUBLISH to another topic under the same identifier.",
       .control = exchange_works,
       .needs = {Need::qos_2},
       .tags = {"qos2"},
       .variants = {"dollar-publish-refused", "payload-format-checked"},
       .run = identifier_free_after_refusal});
  registry.add({.slug = "identifier-free-after-puback",
                .title = "After PUBACK a PUBLISH under the same identifier is a new message",
                .v3_1_1 = {"4.3.2", {"MQTT-4.3.2-2"}},
                .v5 = {"4.3.2", {"MQTT-4.3.2-5", "MQTT-4.3.2-4"}},
                .procedure = "Three QoS 1 exchanges under one identifier, the last one with DUP 1.",
                .control = exchange_works,
                .needs = {Need::qos_1},
                .tags = {"qos1"},
                .interpretations = {"Q-07"},
                .run = identifier_free_after_puback});
  registry.add({.slug = "pubrel-for-unknown-identifier",
                .title = "A PUBREL for an unknown identifier is answered with PUBCOMP",
                .level = Level::should,
                .v3_1_1 = {qos2_section, {"HF-3.1.1-S39"}},
                .v5 = {qos2_section, {"HF-5.0-E22", "MQTT-4.3.3-11"}},
                .procedure = "PUBREL under an identifier that was never used.",
                .control = "A whole QoS 2 exchange works on this connection.",
                .needs = {Need::qos_2},
                .tags = {"qos2"},
                .variants = {"pubcomp-0x00-for-unknown"},
                .interpretations = {"Q-01"},
                .run = pubrel_for_unknown_identifier});
  registry.add({.slug = "pubrel-repeated-after-pubcomp",
                .title = "A PUBREL repeated on resumption is answered although the exchange was complete",
                .v3_1_1 = {qos2_section, {"MQTT-4.3.3-2", "HF-3.1.1-S39", "MQTT-4.4.0-1"}},
                .v5 = {qos2_section, {"MQTT-4.3.3-11", "HF-5.0-E22"}},
                .procedure = "A whole exchange, cut, resume, PUBREL again.",
                .control = exchange_works,
                .needs = {Need::qos_2},
                .tags = {"qos2", "redelivery", "from-client"},
                .run = pubrel_repeated_after_pubcomp});
  registry.add(
      {.slug = "pubrel-owed-over-several-cuts",
       .title = "A PUBREL is owed again after each cut until its PUBCOMP",
       .v3_1_1 = {"4.4", {"HF-3.1.1-S32", "MQTT-4.3.3-1", "MQTT-4.4.0-1"}},
       .v5 = {"4.4", {"MQTT-4.4.0-1", "MQTT-4.3.3-5", "MQTT-4.3.3-6"}},
       .procedure = "PUBLISH, PUBREC, PUBREL; three times: cut and resume; then PUBCOMP, cut, resume.",
       .control = "PUBREL comes on the first connection.",
       .needs = {Need::qos_2},
       .tags = {"qos2", "redelivery", "to-client"},
       .interpretations = {"Q-03"},
       .run = pubrel_owed_over_several_cuts});
  registry.add({.slug = "identifiers-of-both-directions",
                .title = "Client and broker may use the same identifier at the same time",
                .v3_1_1 = {"2.3.1", {"HF-3.1.1-S35"}},
                .v5 = {"2.2.1", {"HF-5.0-S36"}},
                .procedure = "Two QoS 2 exchanges under one identifier, one in each direction, interleaved.",
                .control = "The exchange from the broker begins before.",
                .needs = {Need::qos_2},
                .tags = {"qos2", "packet-identifier"},
                .run = identifiers_of_both_directions});
  registry.add({.slug = "puback-error-ends-the-exchange",
                .title = "A message acknowledged with an error code is not sent again (QoS 1)",
                .v5 = {"4.4", {"MQTT-4.4.0-2"}},
                .procedure = "PUBLISH, PUBACK 0x83, cut, resume.",
                .control = "A message before it is acknowledged normally.",
                .needs = {Need::qos_1},
                .tags = {"qos1", "redelivery", "to-client"},
                .run = puback_error_ends_the_exchange});
  registry.add({.slug = "pubrec-error-ends-the-exchange",
                .title = "A message acknowledged with an error code is not sent again (QoS 2)",
                .v5 = {"4.4", {"MQTT-4.4.0-2", "HF-5.0-S37"}},
                .procedure = "PUBLISH, PUBREC 0x83, cut, resume.",
                .control = "A message before it is acknowledged normally.",
                .needs = {Need::qos_2},
                .tags = {"qos2", "redelivery", "to-client"},
                .run = pubrec_error_ends_the_exchange});
}

}  // namespace holdfast
