// Messages from clients: how they are acknowledged, and when they are passed on.
#include <fmt/format.h>

#include "conformance/engine/words.h"
#include "conformance/probe/observations.h"
#include "conformance/suites/steps.h"

namespace holdfast {
namespace {

Task<void> nobody_subscribed(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const std::uint16_t packet_id = client.publish(message(t.topic("nobody"), "m", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, t.patience());
  t.control(puback.has_value(), "no PUBACK");
  t.inform(hex_code(puback->reason));
}

Task<void> order_of_acknowledgements(Context& t) {
  constexpr int count = 10;
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  std::vector<std::uint16_t> sent;
  for (int i = 1; i <= count; ++i)
    sent.push_back(client.publish(message(t.topic("a"), fmt::format("m{}", i), 1)));
  std::vector<std::uint16_t> acknowledged;
  for (int i = 0; i < count; ++i) {
    auto puback = co_await client.expect<mqtt::Puback>(t.patience());
    t.control(puback.has_value(), "a PUBACK is missing");
    acknowledged.push_back(puback->packet_id);
  }
  t.inform(acknowledged == sent ? "as received" : "in another order");
}

Task<void> moment_of_qos_2(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& pub = *co_await publisher(t);
  pub.answers.releases = false;
  const std::uint16_t packet_id = pub.publish(message(topic, "m", 2));
  auto pubrec = co_await pub.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC");
  // A message on the same path shows that there was time for it.
  co_await t.published(pub, message(topic, "marker", 1));
  co_await t.delivered(watch, "marker");
  co_await t.fenced(watch);
  const bool before = watch.count("m") > 0;
  pub.release(packet_id);
  co_await t.delivered(watch, "m");
  t.inform(before ? "at PUBLISH" : "at PUBREL");
}

Task<void> unknown_pubrel(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  mqtt::Pubrel pubrel;
  pubrel.packet_id = 77;
  client.send(pubrel);
  auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(77, t.patience());
  if (!pubcomp) {
    t.inform(close_in_words(t, client.closed(), start));
  } else if (t.v5()) {
    t.inform("PUBCOMP " + hex_code(pubcomp->reason));
  } else {
    t.inform("PUBCOMP");
  }
}

// A topic that begins with $, but not with one of those that brokers use for themselves.
Task<void> dollar_topic(Context& t) {
  const std::string topic = "$holdfast/" + t.topic("a");
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const std::uint16_t subscribe_id = client.subscribe({subscription(topic, 0)});
  auto suback = co_await client.expect_id<mqtt::Suback>(subscribe_id, t.patience());
  t.control(suback.has_value(), "no SUBACK");
  const bool granted = is_granted(*suback);
  if (!granted) {
    t.inform("the subscription is refused");
    co_return;
  }
  const Time start = t.now();
  client.publish(message(topic, "m", 0));
  auto arrived = co_await client.expect_message("m", 1s);
  if (arrived) {
    t.inform("passed on");
  } else if (client.closed()) {
    t.inform("closes: " + close_in_words(t, client.closed(), start));
  } else {
    t.inform("not passed on");
  }
}

Task<void> aliases_of_the_server(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  mqtt::Connect options = t.clean();
  options.properties.topic_alias_maximum = 10;
  co_await t.connected(subscriber, options);
  co_await t.subscribed(subscriber, topic, 1);
  Client& pub = *co_await publisher(t);
  bool is_used = false;
  const char* const payloads[] = {"m1", "m2"};
  for (const char* payload : payloads) {
    co_await t.published(pub, message(topic, payload, 1));
    auto arrived = co_await t.delivered(subscriber, payload);
    is_used = is_used || arrived.properties.topic_alias.has_value();
  }
  t.inform(is_used ? "used" : "not used");
}

// What comes to a client that does not acknowledge, long after the message itself.
Task<void> repeats_on_a_living_connection(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, 1);
  subscriber.answers.acknowledges = false;
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  auto first = co_await t.delivered(subscriber, "m");
  auto again = co_await subscriber.expect_message("m", 25s);
  if (again) {
    t.inform("repeated" + delay_in_words(t, again->at - first.at));
  } else {
    t.inform("not within 25 s");
  }
}

}  // namespace

void register_message_observations(Registry& registry) {
  registry.add({.slug = "nobody-subscribed",
                .title = "PUBACK for a message that nobody has subscribed to",
                .level = Level::informational,
                .v5 = {"3.4.2.1", {"HF-5.0-E28"}},
                .needs = {Need::qos_1},
                .variants = {"no-subscribers-0x10"},
                .interpretations = {"D-06"},
                .run = nobody_subscribed});
  registry.add({.slug = "order-of-acks",
                .title = "PUBACKs for ten messages at once",
                .level = Level::informational,
                .v3_1_1 = {"4.6", {"HF-3.1.1-S62"}},
                .v5 = {"4.6", {"MQTT-4.6.0-2"}},
                .needs = {Need::qos_1},
                .variants = {"acks-out-of-order"},
                .interpretations = {"D-14"},
                .run = order_of_acknowledgements});
  registry.add({.slug = "qos2-moment",
                .title = "A QoS 2 message is passed on",
                .level = Level::informational,
                .v3_1_1 = {"4.3.3", {"HF-3.1.1-S38"}},
                .v5 = {"4.3.3", {"HF-5.0-S50"}},
                .needs = {Need::qos_2},
                .variants = {"qos2-deliver-on-pubrel"},
                .interpretations = {"Q-10"},
                .run = moment_of_qos_2});
  registry.add({.slug = "unknown-pubrel",
                .title = "PUBREL for nothing",
                .level = Level::informational,
                .v3_1_1 = {"4.3.3", {"HF-3.1.1-S39"}},
                .v5 = {"4.3.3", {"HF-5.0-E22"}},
                .variants = {"pubcomp-0x00-for-unknown"},
                .interpretations = {"Q-01"},
                .run = unknown_pubrel});
  registry.add({.slug = "dollar-topic",
                .title = "A client's message to a topic that begins with $",
                .level = Level::informational,
                .v3_1_1 = {"4.7.2", {"HF-3.1.1-G23"}},
                .v5 = {"4.7.2", {"HF-5.0-E35"}},
                .longest_timer = 1s,
                .variants = {"dollar-publish-refused"},
                .interpretations = {"D-11"},
                .run = dollar_topic});
  registry.add({.slug = "server-aliases",
                .title = "Topic aliases from the server",
                .level = Level::informational,
                .v5 = {"3.1.2.11.5", {"MQTT-3.1.2-26"}},
                .needs = {Need::qos_1},
                .variants = {"server-uses-alias"},
                .run = aliases_of_the_server});
  registry.add({.slug = "repeats-while-alive",
                .title = "A message that is not acknowledged, on a living connection",
                .level = Level::informational,
                .v3_1_1 = {"4.4", {"HF-3.1.1-S36"}},
                .needs = {Need::qos_1},
                .longest_timer = 25s,
                .variants = {"qos1-repeat-on-live-311"},
                .interpretations = {"Q-04"},
                .run = repeats_on_a_living_connection});
}

}  // namespace holdfast
