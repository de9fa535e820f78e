// Subscribing: what is granted, from when on, and how often a message comes.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "conformance/engine/words.h"
#include "conformance/probe/observations.h"
#include "conformance/suites/steps.h"
#include "sim/mqtt/topic.h"

namespace holdfast {
namespace {

Task<void> overlapping(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.subscribed(subscriber, t.topic("+"), 1, topic);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  co_await t.delivered(subscriber, "m");
  co_await sentinel(t, pub, subscriber, topic, 1);
  co_await t.fenced(subscriber);
  const std::size_t copies = subscriber.count("m");
  t.inform(copies == 1 ? "one copy" : fmt::format("{} copies", copies));
}

// Numbered messages, one every 20 ms, until one comes.
Task<void> moment_of_effect(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  const std::uint16_t packet_id = subscriber.subscribe({subscription(topic, 0)});
  auto suback = co_await subscriber.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback.has_value(), "no SUBACK");
  constexpr Duration interval = 20ms;
  const Time end = later(t.now(), 2s);
  while (t.now() < end && subscriber.messages().empty()) {
    pub.publish(message(topic, "probe", 0));
    co_await subscriber.expect<mqtt::Publish>(interval);
  }
  t.control(!subscriber.messages().empty(), "not within 2 s");
  t.inform(moment_in_words(t, subscriber.messages().front().at - suback->at));
}

Task<void> moment_of_retained(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, retained(topic, "kept", 1));
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  subscriber.subscribe({subscription(topic, 1)});
  co_await t.fenced(subscriber);
  // Both may come in the same moment: the inbox keeps the order.
  const std::vector<mqtt::Packet> unread = subscriber.unread();
  const auto first = std::ranges::find_if(unread, [](const mqtt::Packet& packet) {
    return std::holds_alternative<mqtt::Suback>(packet) || std::holds_alternative<mqtt::Publish>(packet);
  });
  t.control(first != unread.end(), "no SUBACK");
  if (std::holds_alternative<mqtt::Publish>(*first)) {
    t.inform("before SUBACK");
    co_return;
  }
  auto suback = co_await subscriber.expect<mqtt::Suback>(t.patience());
  auto arrived = co_await t.delivered(subscriber, "kept");
  t.inform(moment_in_words(t, arrived.at - suback->at));
}

Task<void> no_local_and_retained(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  co_await t.published(client, retained(topic, "own", 1));
  mqtt::SubscriptionRequest request = subscription(topic, 1);
  request.no_local = true;
  const std::uint16_t packet_id = client.subscribe({request});
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback.has_value(), "no SUBACK");
  auto own = co_await client.expect_message("own", 1s);
  t.inform(own ? "sent" : "not sent");
}

// SUBACK with its code, or how the connection ends.
Task<void> answer_to_subscribe(Context& t, std::string filter) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  const std::uint16_t packet_id = client.subscribe({subscription(std::move(filter), 0)});
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  if (suback && !suback->reasons.empty()) {
    t.inform("SUBACK " + hex_code(suback->reasons.front()));
    co_return;
  }
  auto closed = co_await client.expect_close(t.patience());
  t.inform(close_in_words(t, closed, start));
}

Task<void> misplaced_wildcard(Context& t) { return answer_to_subscribe(t, t.topic("#/a")); }

// The filter of a missing feature. Whether it is missing is known from CONNACK, so there may be no question.
Task<void> missing_feature(Context& t) {
  std::string filter;
  if (!t.sut().wildcard) {
    filter = t.topic("+");
  } else if (!t.sut().shared_subscription) {
    filter = "$share/g/" + t.topic("a");
  }
  t.supported(!filter.empty(), "nothing is missing");
  co_await answer_to_subscribe(t, filter);
}

// Two members of a group: who gets six messages that are published one after the other.
Task<void> shared(Context& t) {
  const std::string topic = t.topic("a");
  const std::string filter = "$share/group/" + topic;
  Client& one = t.client("one");
  Client& two = t.client("two");
  Client* const members[] = {&one, &two};
  for (Client* member : members) {
    co_await t.connected(*member, t.clean());
    const std::uint16_t packet_id = member->subscribe({subscription(filter, 0)});
    auto suback = co_await member->expect_id<mqtt::Suback>(packet_id, t.patience());
    t.control(suback.has_value(), "no SUBACK");
    const bool granted = is_granted(*suback);
    if (!granted) {
      t.inform("refused");
      co_return;
    }
  }
  Client& watch = *co_await watcher(t, topic, 0);
  Client& pub = *co_await publisher(t);
  constexpr int count = 6;
  for (int i = 1; i <= count; ++i) {
    const std::string payload = fmt::format("m{}", i);
    pub.publish(message(topic, payload, 0));
    co_await t.delivered(watch, payload);
    co_await t.fenced(one);
    co_await t.fenced(two);
  }
  // A broker that routes on its own time gets a little of it.
  co_await t.pass(200ms);
  const std::size_t first = one.messages().size();
  const std::size_t second = two.messages().size();
  if (first + second == 0) {
    t.inform("an ordinary filter");
  } else if (first == 0 || second == 0) {
    t.inform("one member gets all");
  } else if (first + second > count) {
    t.inform("each member gets a copy");
  } else {
    t.inform("the members take turns");
  }
}

// The same with one member away.
Task<void> shared_with_one_away(Context& t) {
  const std::string topic = t.topic("a");
  const std::string filter = "$share/group/" + topic;
  Client& away = t.client("away");
  Client& here = t.client("here");
  Client* const members[] = {&away, &here};
  for (Client* member : members) {
    co_await t.connected(*member, t.keeping());
    co_await t.subscribed(*member, filter, 1);
  }
  co_await t.disconnected(away);
  Client& pub = *co_await publisher(t);
  constexpr int count = 6;
  for (int i = 1; i <= count; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), 1));
  co_await t.pass(200ms);
  co_await t.fenced(here);
  t.inform(here.messages().size() == count ? "to those who are there" : "to all, also who is away");
}

// Unacknowledged by a member who then leaves for good.
Task<void> shared_handed_on(Context& t, bool ends_session) {
  const std::string topic = t.topic("a");
  const std::string filter = "$share/group/" + topic;
  Client& leaver = t.client("leaver");
  leaver.answers.acknowledges = false;
  co_await t.connected(leaver, t.keeping());
  co_await t.subscribed(leaver, filter, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  co_await t.delivered(leaver, "m");
  Client& stayer = t.client("stayer");
  co_await t.connected(stayer, t.keeping());
  co_await t.subscribed(stayer, filter, 1);
  if (ends_session) {
    co_await t.disconnected(leaver, session_expiry(0));
  } else {
    co_await t.dropped(leaver);
  }
  auto handed = co_await stayer.expect_message("m", 1s);
  t.inform(handed ? "handed on" : "not handed on");
}

Task<void> shared_at_the_end(Context& t) { return shared_handed_on(t, true); }
Task<void> shared_at_a_cut(Context& t) { return shared_handed_on(t, false); }

}  // namespace

void register_subscription_observations(Registry& registry) {
  registry.add({.slug = "overlapping",
                .title = "A message that matches two subscriptions of a client",
                .level = Level::informational,
                .v3_1_1 = {"3.3.5", {"HF-3.1.1-G19"}},
                .v5 = {"3.3.4", {"MQTT-3.3.4-5"}},
                .needs = {Need::qos_1, Need::wildcard},
                .variants = {"overlap-copy-each"},
                .interpretations = {"D-01"},
                .run = overlapping});
  registry.add({.slug = "subscription-moment",
                .title = "A subscription takes effect, counted from SUBACK",
                .level = Level::informational,
                .v3_1_1 = {"3.8.4", {"MQTT-3.8.4-1"}},
                .v5 = {"3.8.4", {"HF-5.0-S53"}},
                .longest_timer = 2s,
                .variants = {"subscribe-effective-late"},
                .interpretations = {"D-05"},
                .run = moment_of_effect});
  registry.add({.slug = "retained-moment",
                .title = "Retained messages come, counted from SUBACK",
                .level = Level::informational,
                .v3_1_1 = {"3.8.4", {"HF-3.1.1-G20"}},
                .v5 = {"3.8.4", {"HF-5.0-E32"}},
                .needs = {Need::qos_1, Need::retain},
                .variants = {"publish-before-suback", "retained-after-suback"},
                .run = moment_of_retained});
  registry.add({.slug = "no-local-retained",
                .title = "A client's own retained message to its subscription with No Local",
                .level = Level::informational,
                .v5 = {"3.8.3.1", {"MQTT-3.8.3-3", "MQTT-3.3.1-9"}},
                .needs = {Need::qos_1, Need::retain},
                .longest_timer = 1s,
                .variants = {"no-local-retained-delivered"},
                .interpretations = {"D-09"},
                .run = no_local_and_retained});
  registry.add({.slug = "misplaced-wildcard",
                .title = "SUBSCRIBE with a misplaced wildcard",
                .level = Level::informational,
                .v3_1_1 = {"4.7.1", {"MQTT-4.7.1-2"}},
                .v5 = {"4.7.1", {"MQTT-4.7.1-1"}},
                .needs = {Need::wildcard},
                .longest_timer = 3s,
                .variants = {"bad-filter-close"},
                .interpretations = {"D-03"},
                .run = misplaced_wildcard});
  registry.add({.slug = "missing-feature",
                .title = "SUBSCRIBE that needs what CONNACK says is missing",
                .level = Level::informational,
                .v5 = {"3.2.2.3", {"HF-5.0-E12", "HF-5.0-E14"}},
                .longest_timer = 3s,
                .variants = {"missing-feature-refused-in-suback"},
                .interpretations = {"D-04"},
                .run = missing_feature});
  registry.add({.slug = "shared",
                .title = "Six messages to a shared subscription of two",
                .level = Level::informational,
                .v3_1_1 = {"4.7", {"MQTT-7.0.0-2"}},
                .v5 = {"4.8.2", {"HF-5.0-S54"}},
                .longest_timer = 1s,
                .variants = {"share-in-311", "share-strategy-free"},
                .run = shared});
  registry.add({.slug = "shared-while-absent",
                .title = "Messages to a shared subscription with a member away",
                .level = Level::informational,
                .v5 = {"4.8.2", {"HF-5.0-S41"}},
                .needs = {Need::qos_1, Need::shared_subscription},
                .longest_timer = 1s,
                .variants = {"share-to-offline-member"},
                .interpretations = {"D-17"},
                .run = shared_with_one_away});
  registry.add({.slug = "shared-at-end",
                .title = "What a member of a shared subscription owes when its Session ends",
                .level = Level::informational,
                .v5 = {"4.8.2", {"HF-5.0-S42"}},
                .needs = {Need::qos_1, Need::shared_subscription},
                .longest_timer = 1s,
                .variants = {"share-never-redistributes"},
                .interpretations = {"D-16"},
                .run = shared_at_the_end});
  registry.add({.slug = "shared-at-cut",
                .title = "What a member of a shared subscription owes when its connection is lost",
                .level = Level::informational,
                .v5 = {"4.8.2", {"HF-5.0-S42"}},
                .needs = {Need::qos_1, Need::shared_subscription},
                .longest_timer = 1s,
                .variants = {"share-redistributes-at-cut"},
                .interpretations = {"D-16"},
                .run = shared_at_a_cut});
}

}  // namespace holdfast
