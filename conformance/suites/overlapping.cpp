// Several subscriptions of one client that match the same message: 3.1.1 section 3.3.5, 5.0 section 3.3.4.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

std::vector<Received<mqtt::Publish>> copies_of(const Client& client, std::string_view payload) {
  std::vector<Received<mqtt::Publish>> copies;
  for (const auto& publish : client.messages()) {
    if (publish.payload == payload) copies.push_back(publish);
  }
  return copies;
}

std::string in_words(const Context& t, const std::vector<Received<mqtt::Publish>>& copies) {
  std::string text;
  for (const auto& copy : copies) text += (text.empty() ? "" : "; ") + seen(t, copy);
  return text.empty() ? "nothing" : text;
}

// [3.1.1: MQTT-3.3.5-1; 5.0: MQTT-3.3.4-2] In both orders of subscribing.
Task<void> highest_qos(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.clean());
  for (const bool high_first : {true, false}) {
    const std::string base = t.topic(high_first ? "high" : "low");
    const std::string topic = base + "/b/c";
    const int first_qos = high_first ? 2 : 0;
    // Each settles by a topic that the other does not match.
    co_await t.subscribed(client, base + "/+/c", first_qos, base + "/x/c");
    co_await t.subscribed(client, base + "/b/+", 2 - first_qos, base + "/b/x");
    const std::string payload = high_first ? "m1" : "m2";
    co_await t.published(pub, message(topic, payload, 2));
    co_await sentinel(t, pub, client, topic, 2);
    co_await t.fenced(client);
    const auto copies = copies_of(client, payload);
    const std::string_view id = rule(t, "MQTT-3.3.5-1", "MQTT-3.3.4-2");
    const bool has_highest =
        std::any_of(copies.begin(), copies.end(), [](const auto& copy) { return copy.qos == 2; });
    t.must(has_highest, id, "a copy at QoS 2, the highest that a matching subscription has",
           in_words(t, copies), "D-01");
    t.must(copies.size() <= 2, id, "at most one copy for each of two subscriptions", in_words(t, copies),
           "D-01");
    t.also_judges({rule(t, "HF-3.1.1-G19", "")});
  }
}

// The copies of one message together carry exactly the identifiers of the matching subscriptions; a copy that
// stands alone carries all of them.
void judge_identifiers(Context& t, const Client& client, std::string_view payload,
                       const std::set<std::uint32_t>& expected, std::size_t subscriptions) {
  const auto copies = copies_of(client, payload);
  std::set<std::uint32_t> found;
  bool has_one_each = true;
  for (const auto& copy : copies) {
    const auto& identifiers = copy.properties.subscription_identifiers;
    found.insert(identifiers.begin(), identifiers.end());
    has_one_each = has_one_each && identifiers.size() <= 1;
  }
  t.must(!copies.empty(), "MQTT-4.5.0-1", "the message", "nothing");
  t.must(copies.size() <= subscriptions, "MQTT-3.3.4-2", fmt::format("at most {} copies", subscriptions),
         in_words(t, copies), "D-01");
  t.must(found == expected, "MQTT-3.3.4-3", "the identifiers of all matching subscriptions and no other",
         in_words(t, copies), "D-02");
  if (copies.size() == 1) {
    t.must(copies.front().properties.subscription_identifiers.size() >= expected.size(), "MQTT-3.3.4-4",
           "all of them in the one copy", in_words(t, copies), "D-02");
  }
  if (copies.size() != subscriptions || copies.size() == 1) return;
  t.must(has_one_each, "MQTT-3.3.4-5", "one identifier in each copy that stands for one subscription",
         in_words(t, copies), "D-02");
}

// [5.0: MQTT-3.3.4-3 to -5] Live, from the queue, and at subscribing.
Task<void> identifiers(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string base = t.topic("a");
  const std::string topic = base + "/b/c";
  co_await t.connected(client, t.keeping());
  struct Filter {
    std::string filter;
    std::uint32_t identifier;  // 0: none
    std::string probe;         // matched by none of those before
  };
  const std::vector<Filter> filters{{topic, 11, topic},
                                    {base + "/+/c", 12, base + "/x/c"},
                                    {base + "/b/+", 13, base + "/b/x"},
                                    {topic + "/#", 0, topic + "/x"}};
  for (const Filter& one : filters) {
    mqtt::Properties properties;
    if (one.identifier > 0) properties.subscription_identifiers = {one.identifier};
    const mqtt::SubscriptionRequest request = subscription(one.filter, 1);
    co_await t.subscribed(client, request, properties, one.probe);
  }
  const std::set<std::uint32_t> expected{11, 12, 13};
  co_await t.published(pub, message(topic, "live", 1));
  co_await sentinel(t, pub, client, topic, 1);
  co_await t.fenced(client);
  judge_identifiers(t, client, "live", expected, filters.size());

  co_await t.disconnected(client);
  co_await t.published(pub, message(topic, "queued", 1));
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with four subscriptions is kept");
  co_await sentinel(t, pub, client, topic, 1);
  co_await t.fenced(client);
  judge_identifiers(t, client, "queued", expected, filters.size());
}

Task<void> identifier_with_retained(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string topic = t.topic("a");
  co_await t.published(pub, retained(topic, "kept", 1));
  co_await t.connected(client, t.clean());
  mqtt::Properties properties;
  properties.subscription_identifiers = {268'435'455};  // the highest that there is
  const mqtt::SubscriptionRequest request = subscription(topic, 1);
  co_await t.subscribed(client, request, properties, topic);
  co_await t.delivered(client, "kept");
  judge_identifiers(t, client, "kept", std::set<std::uint32_t>{268'435'455}, 1);
}

}  // namespace

void register_overlapping(Registry& registry) {
  registry.add({.slug = "overlapping-at-highest-qos",
                .title = "Overlapping subscriptions are served at the highest QoS among them",
                .v3_1_1 = {"3.3.5", {"MQTT-3.3.5-1", "HF-3.1.1-G19"}},
                .v5 = {"3.3.4", {"MQTT-3.3.4-2"}},
                .procedure =
                    "Subscribe to a/+/c and a/b/+, one at QoS 2 and one at 0, in both orders; publish "
                    "to a/b/c at QoS 2.",
                .control = "A message behind it arrives.",
                .needs = {Need::qos_2, Need::wildcard},
                .tags = {"subscribe", "overlapping"},
                .variants = {"overlap-one-copy", "overlap-copy-each"},
                .interpretations = {"D-01"},
                .run = highest_qos});
  registry.add(
      {.slug = "overlapping-identifiers",
       .title = "A message carries the Subscription Identifiers of all matching subscriptions",
       .v5 = {"3.3.4",
              {"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5", "HF-5.0-S21", "MQTT-3.2.2-3", "MQTT-3.3.4-2",
               "MQTT-4.5.0-1"}},
       .procedure = "Four overlapping filters, three with identifiers; publish live, then while away.",
       .control = "A message behind it arrives.",
       .needs = {Need::qos_1, Need::wildcard, Need::subscription_identifiers},
       .tags = {"subscribe", "overlapping", "session", "queue"},
       .variants = {"overlap-ids-together", "overlap-id-each", "overlap-copy-each"},
       .interpretations = {"D-01", "D-02"},
       .run = identifiers});
  registry.add(
      {.slug = "identifier-with-retained",
       .title = "A retained message carries the Subscription Identifier of the new subscription",
       .v5 = {"3.3.4", {"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-2", "MQTT-3.3.4-5", "MQTT-4.5.0-1"}},
       .procedure = "Retain a message, subscribe with the highest identifier.",
       .control = "The retained message arrives.",
       .needs = {Need::qos_1, Need::retain, Need::subscription_identifiers},
       .tags = {"subscribe", "retain"},
       .variants = {"retained-after-suback"},
       .interpretations = {"D-01", "D-02"},
       .run = identifier_with_retained});
}

}  // namespace holdfast
