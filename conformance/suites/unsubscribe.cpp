// UNSUBSCRIBE and UNSUBACK: sections 3.10 and 3.11.
#include <fmt/format.h>

#include <vector>

#include "conformance/suites/message_steps.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

Task<void> unsubscribed(Context& t, Client& client, std::string filter) {
  std::vector<std::string> filters(1, std::move(filter));
  const std::uint16_t packet_id = client.unsubscribe(std::move(filters));
  auto unsuback = co_await client.expect_id<mqtt::Unsuback>(packet_id, t.patience());
  t.control(unsuback.has_value(), "no UNSUBACK");
}

// [MQTT-3.10.4-1] Only the same filter, character by character, is given up.
Task<void> only_the_same_filter(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string base = t.topic("x");
  co_await t.connected(client, t.clean());
  for (const char* leaf : {"/b", "/b/", "/B"}) co_await t.subscribed(client, base + leaf, 1);
  co_await t.subscribed(client, base + "/+", 1, base + "/other");
  const std::string_view id = "MQTT-3.10.4-1";

  co_await unsubscribed(t, client, base + "/#");
  for (const char* leaf : {"/b", "/b/", "/B", "/other"}) {
    const std::string payload = fmt::format("1 {}", leaf);
    co_await t.published(pub, message(base + leaf, payload, 1));
    auto kept = co_await client.expect_message(payload, t.patience());
    t.must(kept.has_value(), id,
           fmt::format("every subscription to stay when x/# is given up, also x{}", leaf),
           seen_messages(client));
  }
  co_await unsubscribed(t, client, base + "/+");
  for (const char* leaf : {"/b", "/b/", "/B"}) {
    const std::string payload = fmt::format("2 {}", leaf);
    co_await t.published(pub, message(base + leaf, payload, 1));
    auto kept = co_await client.expect_message(payload, t.patience());
    t.must(kept.has_value(), id, fmt::format("x{} to stay when x/+ is given up", leaf),
           seen_messages(client));
  }
  co_await judge_gone(t, pub, client, base + "/other", base + "/b", id);
}

// [MQTT-3.10.4-1] The set of filters is the client's own.
Task<void> others_keep_theirs(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& other = t.client("other");
  co_await t.connected(other, t.clean());
  co_await t.published(other, message(topic, "control", 1));
  co_await t.delivered(watch, "control");
  const auto judge_kept = [&t, &watch](bool came, const char* when) {
    t.must(came, "MQTT-3.10.4-1", fmt::format("the subscription of another client to stay when {}", when),
           seen_messages(watch));
  };
  co_await unsubscribed(t, other, topic);
  co_await t.published(other, message(topic, "after the first", 1));
  auto first = co_await watch.expect_message("after the first", t.patience());
  judge_kept(first.has_value(), "a client gives up a filter that it never had");
  co_await t.subscribed(other, topic, 1);
  co_await unsubscribed(t, other, topic);
  co_await t.published(other, message(topic, "after the second", 1));
  auto second = co_await watch.expect_message("after the second", t.patience());
  judge_kept(second.has_value(), "a client gives up the same filter of its own");
}

// [MQTT-3.10.4-2, HF-3.1.1-S47] Neither live nor by the queue, nor after a resumption.
Task<void> nothing_new_afterwards(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string gone = t.topic("gone");
  const std::string kept = t.topic("kept");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, gone, 1);
  co_await t.subscribed(client, kept, 1);
  co_await t.published(pub, message(gone, "control", 1));
  co_await t.delivered(client, "control");
  co_await unsubscribed(t, client, gone);
  co_await judge_gone(t, pub, client, gone, kept, "MQTT-3.10.4-2");
  co_await t.disconnected(client);
  co_await t.published(pub, message(gone, "while away", 1));
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with one subscription is kept");
  co_await t.published(pub, message(gone, "back again", 1));
  co_await sentinel(t, pub, client, kept, 1);
  t.must(client.count("while away") == 0 && client.count("back again") == 0,
         rule(t, "HF-3.1.1-S47", "MQTT-3.10.4-2"),
         "a subscription that was given up to stay so on resumption", seen_messages(client));
}

// [MQTT-3.10.4-2, HF-3.1.1-S48] What was buffered may come, what is published later may not.
Task<void> buffered_may_come(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string gone = t.topic("gone");
  const std::string kept = t.topic("kept");
  mqtt::Connect narrow = t.clean();
  if (t.v5()) narrow.properties.receive_maximum = 1;
  co_await t.connected(client, narrow);
  co_await t.subscribed(client, gone, 1);
  co_await t.subscribed(client, kept, 0);
  client.answers.acknowledges = false;
  for (const char* payload : {"m1", "m2", "m3"}) co_await t.published(pub, message(gone, payload, 1));
  auto first = co_await t.delivered(client, "m1");
  co_await unsubscribed(t, client, gone);
  co_await t.pass(2100ms);
  co_await t.published(pub, message(gone, "late", 1));
  client.answers.acknowledges = true;
  for (const auto& publish : client.messages()) client.acknowledge(publish);
  co_await t.fenced(client);
  co_await sentinel(t, pub, client, kept, 0);
  co_await t.fenced(client);
  t.observed(fmt::format("after UNSUBACK: {}", seen_messages(client)));
  t.must(client.count("late") == 0, "MQTT-3.10.4-2",
         "no message that was published 2 s after UNSUBACK, whatever was buffered before",
         seen_messages(client), "D-22");
}

// [MQTT-3.10.4-3] A delivery that has begun is completed, over a cut as well.
Task<void> started_deliveries(Context& t, int qos) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string topic = t.topic("a");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", qos));
  auto first = co_await t.delivered(client, "m");
  if (qos == 2) {
    client.acknowledge(first);
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  }
  co_await unsubscribed(t, client, topic);
  co_await t.dropped(client);
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session without subscriptions is kept", "S-01");
  if (qos == 1) {
    auto again = co_await client.expect_message("m", t.patience());
    t.must(again.has_value(), "MQTT-3.10.4-3", "the unacknowledged PUBLISH again", seen(t, again));
    t.must(again->packet_id == first.packet_id && again->dup, "MQTT-4.4.0-1",
           fmt::format("identifier {} and DUP 1", first.packet_id), seen(t, again));
    client.acknowledge(*again);
  } else {
    auto again = co_await client.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(again.has_value(), "MQTT-3.10.4-3", fmt::format("PUBREL id {} again", first.packet_id),
           seen(t, again));
    client.complete(first.packet_id);
  }
  co_await t.fenced(client);
}

Task<void> started_deliveries_qos_1(Context& t) { return started_deliveries(t, 1); }
Task<void> started_deliveries_qos_2(Context& t) { return started_deliveries(t, 2); }

// [MQTT-3.10.4-4, MQTT-3.10.4-5] Also for a filter that nobody holds.
Task<void> each_unsubscribe_is_answered(Context& t) {
  Client& client = t.client("sub");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  const std::vector<std::uint16_t> identifiers{1, 256, 65'535};
  for (const std::uint16_t identifier : identifiers) {
    mqtt::Unsubscribe unsubscribe;
    unsubscribe.packet_id = identifier;
    unsubscribe.filters.push_back(t.topic("not held"));
    client.send(unsubscribe);
  }
  for (const std::uint16_t identifier : identifiers) {
    auto unsuback = co_await client.expect_id<mqtt::Unsuback>(identifier, t.patience());
    t.must(unsuback.has_value(), rule(t, "MQTT-3.10.4-5", "MQTT-3.10.4-5"),
           fmt::format("UNSUBACK id {}, although there is no such subscription", identifier),
           seen(t, unsuback));
    t.also_judges({"MQTT-3.10.4-4"});
    if (!t.v5()) continue;
    t.must(unsuback->reasons.size() == 1, "MQTT-3.11.3-1", "one code for one filter", seen(t, unsuback));
    t.should(!mqtt::is_error(unsuback->reasons.front()), "MQTT-3.10.4-5",
             "0x11, or 0x00, for a filter that is not held", seen(t, unsuback), "D-21");
  }
}

// [MQTT-3.10.4-6] Several filters in one packet.
Task<void> several_filters(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.clean());
  for (const char* leaf : {"one", "two", "kept"}) co_await t.subscribed(client, t.topic(leaf), 1);
  std::vector<std::string> filters{t.topic("one"), t.topic("not held"), t.topic("two"), t.topic("one")};
  const std::uint16_t packet_id = client.unsubscribe(std::move(filters));
  auto unsuback = co_await client.expect_id<mqtt::Unsuback>(packet_id, t.patience());
  t.must(unsuback.has_value(), "MQTT-3.10.4-6", "one UNSUBACK for four filters", seen(t, unsuback));
  if (t.v5()) {
    t.must(unsuback->reasons.size() == 4, "MQTT-3.11.3-1", "four codes", seen(t, unsuback));
    const std::vector<mqtt::ReasonCode> codes = unsuback->reasons;
    t.must(codes[0] == mqtt::ReasonCode::success && codes[2] == mqtt::ReasonCode::success, "MQTT-3.10.4-6",
           "0x00 for the two filters that were held", seen(t, unsuback));
  }
  co_await judge_gone(t, pub, client, t.topic("one"), t.topic("kept"), "MQTT-3.10.4-6");
  const std::string two = t.topic("two");
  co_await t.published(pub, message(two, "second", 1));
  co_await sentinel(t, pub, client, t.topic("kept"), 1);
  t.must(client.count("second") == 0, "MQTT-3.10.4-6", "both subscriptions to be gone",
         seen_messages(client));
}

}  // namespace

void register_unsubscribe(Registry& registry) {
  const std::string section = "3.10.4";
  registry.add({.slug = "only-the-same-filter",
                .title = "UNSUBSCRIBE gives up the filter that is the same character by character, no other",
                .v3_1_1 = {section, {"MQTT-3.10.4-1"}},
                .v5 = {section, {"MQTT-3.10.4-1"}},
                .procedure = "Hold x/b, x/b/, x/B and x/+; give up x/#, then x/+; publish to all.",
                .control = "The probes of each subscription arrive before.",
                .needs = {Need::qos_1, Need::wildcard},
                .tags = {"unsubscribe"},
                .variants = {"unsubscribe-effective-late"},
                .interpretations = {"D-22"},
                .run = only_the_same_filter});
  registry.add(
      {.slug = "others-keep-theirs",
       .title = "UNSUBSCRIBE leaves the subscriptions of other clients alone",
       .v3_1_1 = {section, {"MQTT-3.10.4-1"}},
       .v5 = {section, {"MQTT-3.10.4-1"}},
       .procedure =
           "Of two clients one holds a filter; the other gives it up without having had it, then with.",
       .control = "A message arrives before.",
       .needs = {Need::qos_1},
       .tags = {"unsubscribe"},
       .run = others_keep_theirs});
  registry.add(
      {.slug = "nothing-new-afterwards",
       .title = "After UNSUBACK no new message comes, live, by the queue or after a resumption",
       .v3_1_1 = {section, {"MQTT-3.10.4-2", "HF-3.1.1-S47", "MQTT-3.2.2-2"}},
       .v5 = {section, {"MQTT-3.10.4-2", "MQTT-3.2.2-3"}},
       .procedure = "Subscribe twice, unsubscribe once; publish live, while away and after resuming.",
       .control = "A message arrives before; the other subscription delivers throughout.",
       .needs = {Need::qos_1},
       .tags = {"unsubscribe", "session", "queue"},
       .variants = {"unsubscribe-effective-late"},
       .interpretations = {"D-22"},
       .run = nothing_new_afterwards});
  registry.add({.slug = "buffered-may-come",
                .title = "Of what is published after UNSUBACK nothing comes, whatever was buffered before",
                .v3_1_1 = {section, {"MQTT-3.10.4-2", "HF-3.1.1-S48"}},
                .v5 = {section, {"MQTT-3.10.4-2"}},
                .procedure =
                    "Three messages without acknowledgement (in 5.0 Receive Maximum 1), unsubscribe, "
                    "publish 2 s later, acknowledge.",
                .control = "The first message arrives.",
                .needs = {Need::qos_1},
                .longest_timer = 3s,
                .tags = {"unsubscribe", "queue", "flow-control"},
                .variants = {"unsubscribe-effective-late", "inflight-window-small"},
                .interpretations = {"D-22"},
                .run = buffered_may_come});
  const struct {
    const char* slug;
    const char* title;
    Need need;
    Task<void> (*run)(Context&);
  } started[] = {
      {"started-deliveries-are-completed-qos1",
       "A QoS 1 delivery that has begun is repeated on resumption although its subscription was given up",
       Need::qos_1, started_deliveries_qos_1},
      {"started-deliveries-are-completed-qos2",
       "A QoS 2 exchange that has begun goes on after a cut although its subscription was given up",
       Need::qos_2, started_deliveries_qos_2},
  };
  for (const auto& row : started) {
    registry.add({.slug = row.slug,
                  .title = row.title,
                  .v3_1_1 = {section, {"MQTT-3.10.4-3", "HF-3.1.1-S63", "MQTT-4.4.0-1", "MQTT-3.2.2-2"}},
                  .v5 = {section, {"MQTT-3.10.4-3", "MQTT-4.4.0-1", "MQTT-3.2.2-3"}},
                  .procedure = "Leave an exchange open, unsubscribe, cut, resume.",
                  .control = "The message is delivered before.",
                  .needs = {row.need},
                  .tags = {"unsubscribe", "session", "redelivery"},
                  .interpretations = {"S-01"},
                  .run = row.run});
  }
  registry.add({.slug = "each-unsubscribe-is-answered",
                .title = "Each UNSUBSCRIBE is answered under its identifier, also if there is nothing to end",
                .v3_1_1 = {section, {"MQTT-3.10.4-5", "MQTT-3.10.4-4", "MQTT-2.3.1-7"}},
                .v5 = {section, {"MQTT-3.10.4-5", "MQTT-3.10.4-4", "MQTT-2.2.1-6", "MQTT-3.11.3-1"}},
                .procedure = "Three UNSUBSCRIBE packets with the identifiers 1, 256 and 65535 at once.",
                .control = "PINGREQ is answered on the same connection.",
                .tags = {"unsubscribe"},
                .variants = {"answers-slow"},
                .interpretations = {"D-21"},
                .run = each_unsubscribe_is_answered});
  registry.add(
      {.slug = "several-filters-are-given-up",
       .title = "An UNSUBSCRIBE with several filters acts like as many packets, with one UNSUBACK",
       .v3_1_1 = {section, {"MQTT-3.10.4-6"}},
       .v5 = {section, {"MQTT-3.10.4-6", "MQTT-3.11.3-1"}},
       .procedure = "Give up two subscriptions, one filter that is not held, and one of the two again.",
       .control = "The probes of each subscription arrive before.",
       .needs = {Need::qos_1},
       .tags = {"unsubscribe"},
       .variants = {"unsubscribe-effective-late"},
       .interpretations = {"D-22"},
       .run = several_filters});
}

}  // namespace holdfast
