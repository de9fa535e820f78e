// Topic Aliases (5.0): section 3.3.2.3.4. They belong to a Network Connection and to one direction of it.
#include <fmt/format.h>

#include <set>
#include <vector>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const topic_alias_section = "3.3.2.3.4";

mqtt::Publish aliased(std::string topic, std::uint16_t alias, std::string payload) {
  mqtt::Publish publish = message(std::move(topic), std::move(payload), 1);
  publish.properties.topic_alias = alias;
  return publish;
}

// [MQTT-3.3.2-12] Every alias up to the announced maximum works, and can be given to another topic.
Task<void> up_to_the_maximum(Context& t) {
  const std::string topic = t.topic("a");
  const std::string other = t.topic("b");
  Client& watch = *co_await watcher(t, topic, 1);
  co_await t.subscribed(watch, other, 1);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  const std::uint16_t maximum = t.sut().topic_alias_maximum;
  t.observed(fmt::format("Topic Alias Maximum {}", maximum));
  const std::set<std::uint16_t> aliases{1, static_cast<std::uint16_t>((maximum + 1) / 2), maximum};
  for (const std::uint16_t alias : aliases) {
    for (const bool is_set : {true, false}) {
      const std::string payload = fmt::format("{} {}", is_set ? "sets" : "uses", alias);
      const std::string name = is_set ? topic : std::string();
      sender.publish(aliased(name, alias, payload));
      auto arrived = co_await watch.expect_message(payload, t.patience());
      t.must(arrived.has_value() && arrived->topic == topic, "MQTT-3.3.2-12",
             fmt::format("the message \"{}\" under the topic of alias {}", payload, alias), seen(t, arrived));
    }
  }
  sender.publish(aliased(other, maximum, "set anew"));
  sender.publish(aliased(std::string(), maximum, "used anew"));
  auto arrived = co_await watch.expect_message("used anew", t.patience());
  t.must(arrived.has_value() && arrived->topic == other, "MQTT-3.3.2-12",
         "the topic that the alias was given last", seen(t, arrived));
}

// A PUBLISH that a broker has to refuse: it goes nowhere, and the connection is closed.
Task<void> judge_refused(Context& t, Client& sender, Client& watch, mqtt::Publish publish,
                         std::string expected, std::string_view requirement) {
  const std::string payload = publish.payload;
  publish.packet_id = 77;
  sender.send(publish);
  auto closed = co_await sender.expect_close(t.patience());
  t.observed(seen_close(t, closed));
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, t.topic("a"), 1);
  co_await t.disconnected(pub);
  t.must(watch.count(payload) == 0, requirement, expected + ": the message to go nowhere",
         seen_messages(watch));
  t.should(closed.has_value(), "MQTT-4.13.1-1", expected + ": a close", seen_close(t, closed), "C-07");
}

// [MQTT-3.3.2-7, HF-5.0-S34] Not even a resumed Session brings an alias back.
Task<void> not_carried_over(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& sender = t.client("sender");
  sender.answers.resends = false;
  co_await t.connected(sender, t.keeping());
  for (const bool is_set : {true, false}) {
    const std::string payload = is_set ? "sets" : "uses";
    const std::string name = is_set ? topic : std::string();
    sender.publish(aliased(name, 1, payload));
    co_await t.delivered(watch, payload);
  }
  co_await t.fenced(sender);
  co_await t.dropped(sender);
  auto connack = co_await t.connected(sender, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await judge_refused(t, sender, watch, aliased(std::string(), 1, "of the old connection"),
                         "alias 1 to mean nothing on a new connection", "MQTT-3.3.2-7");
}

// [HF-5.0-E16] An alias without a topic, 0, and one above the maximum.
Task<void> invalid_aliases(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  const std::uint16_t maximum = t.sut().topic_alias_maximum;
  Client& never_set = t.client("unset");
  co_await t.connected(never_set, t.clean());
  co_await judge_refused(t, never_set, watch, aliased(std::string(), 1, "never set"),
                         "alias 1, which was never set, to mean nothing", "HF-5.0-E16");
  Client& zero = t.client("zero");
  co_await t.connected(zero, t.clean());
  co_await judge_refused(t, zero, watch, aliased(topic, 0, "alias 0"), "alias 0 to be an error",
                         "HF-5.0-E16");
  if (maximum == 65'535) co_return;
  Client& above = t.client("above");
  co_await t.connected(above, t.clean());
  co_await judge_refused(
      t, above, watch, aliased(topic, static_cast<std::uint16_t>(maximum + 1), "above the maximum"),
      fmt::format("alias {} above the announced {} to be an error", maximum + 1, maximum), "HF-5.0-E16");
}

// [MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.3.2-11, HF-5.0-S34] What the broker sends: within the maximum of this
// connection, and each alias is set anew on it.
Task<void> of_the_broker(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  mqtt::Connect offers = t.keeping();
  offers.properties.topic_alias_maximum = 2;
  co_await t.connected(client, offers);
  const std::vector<std::string> topics{t.topic("a"), t.topic("b"), t.topic("c")};
  for (const std::string& topic : topics) co_await t.subscribed(client, topic, 1);
  for (int round = 1; round <= 2; ++round) {
    for (const std::string& topic : topics) {
      const std::string payload = fmt::format("{} to {}", round, topic);
      co_await t.published(pub, message(topic, payload, 1));
      auto arrived = co_await client.expect_message(payload, t.patience());
      t.must(arrived.has_value() && arrived->topic == topic, "MQTT-3.3.2-3",
             "the message under its topic, by name or by an alias", seen(t, arrived));
      t.must(arrived->properties.topic_alias.value_or(1) <= 2, "MQTT-3.1.2-26", "no alias above 2",
             seen(t, arrived));
      t.also_judges({"MQTT-3.3.2-11"});
    }
  }
  // One message unacknowledged, then the same connection options, then none.
  co_await t.fenced(client);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topics[0], "unacknowledged", 1));
  co_await t.delivered(client, "unacknowledged");
  for (const bool offers_again : {true, false}) {
    co_await t.dropped(client);
    if (!offers_again) offers.properties.topic_alias_maximum.reset();
    auto connack = co_await t.connected(client, offers);
    judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
    auto again = co_await client.expect_message("unacknowledged", t.patience());
    t.must(again.has_value() && again->topic == topics[0], "HF-5.0-S34",
           "the repeat under its topic, since no alias of an old connection counts", seen(t, again));
    if (offers_again) continue;
    client.acknowledge(*again);
    co_await t.published(pub, message(topics[1], "without aliases", 1));
    auto plain = co_await client.expect_message("without aliases", t.patience());
    t.must(plain.has_value(), "MQTT-4.5.0-1", "a message after the resumption", seen(t, plain));
    t.must(!again->properties.topic_alias && !plain->properties.topic_alias, "MQTT-3.1.2-27",
           "no alias for a client that offers none on this connection", seen(t, plain));
    client.acknowledge(*plain);
    co_await t.fenced(client);
  }
}

}  // namespace

void register_topic_alias(Registry& registry) {
  registry.add({.slug = "aliases-up-to-the-maximum",
                .title = "Every Topic Alias up to the announced maximum is taken, and can be set anew",
                .v5 = {topic_alias_section, {"MQTT-3.3.2-12"}},
                .procedure = "Set and use the first, the middle and the highest alias, set the highest anew.",
                .control = "The probes of the subscription arrive.",
                .needs = {Need::qos_1, Need::topic_alias},
                .tags = {"topic-alias", "publish"},
                .variants = {"topic-alias-none"},
                .run = up_to_the_maximum});
  registry.add({.slug = "alias-not-carried-over",
                .title = "A Topic Alias means nothing on the next connection of a resumed Session",
                .v5 = {topic_alias_section,
                       {"MQTT-3.3.2-7", "HF-5.0-S34", "HF-5.0-E16", "MQTT-3.2.2-3", "MQTT-4.13.1-1"}},
                .procedure = "Set and use an alias, cut, resume, use it without setting it.",
                .control = "The alias works on the connection on which it was set.",
                .needs = {Need::qos_1, Need::topic_alias},
                .tags = {"topic-alias", "session"},
                .variants = {"topic-alias-none", "close-bare"},
                .interpretations = {"C-07"},
                .run = not_carried_over});
  registry.add({.slug = "invalid-aliases",
                .title = "An alias that was never set, 0, or above the maximum takes no message anywhere",
                .v5 = {topic_alias_section, {"HF-5.0-E16", "MQTT-4.13.1-1"}},
                .procedure = "Three connections, each with one such PUBLISH.",
                .control = "The probes of the subscription arrive, and a message after each trial.",
                .needs = {Need::qos_1, Need::topic_alias},
                .tags = {"topic-alias", "error"},
                .variants = {"error-code-neighbour", "close-bare"},
                .interpretations = {"C-07"},
                .run = invalid_aliases});
  registry.add({.slug = "aliases-of-the-broker",
                .title = "The broker's aliases keep to the maximum of this connection and are set on it",
                .v5 = {topic_alias_section,
                       {"HF-5.0-S34", "MQTT-3.1.2-26", "MQTT-3.1.2-27", "MQTT-3.3.2-11", "MQTT-3.3.2-7",
                        "MQTT-3.2.2-3", "MQTT-3.3.2-3", "MQTT-4.5.0-1"}},
                .procedure =
                    "Topic Alias Maximum 2, messages to three topics, one left unacknowledged; resume "
                    "with the same maximum, then without.",
                .control = "The probes of each subscription arrive.",
                .needs = {Need::qos_1},
                .tags = {"topic-alias", "session", "redelivery"},
                .variants = {"server-uses-alias", "server-alias-unused"},
                .run = of_the_broker});
}

}  // namespace holdfast
