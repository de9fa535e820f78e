// Topic Names and Topic Filters: section 4.7.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "conformance/suites/message_steps.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"
#include "sim/mqtt/topic.h"

namespace holdfast {
namespace {

// Each filter has a client of its own. Every topic is published to, and each client has to get exactly what
// its filter matches. `probe` is a topic that all filters match, and comes last.
Task<void> judge_matching(Context& t, std::vector<std::string> filters, std::vector<std::string> topics,
                          std::string probe, std::string_view requirement) {
  Client& pub = *co_await publisher(t);
  std::vector<Client*> clients;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    Client& client = t.client(fmt::format("f{}", i));
    co_await t.connected(client, t.clean());
    co_await t.subscribed(client, filters[i], 1, probe);
    clients.push_back(&client);
  }
  for (const std::string& topic : topics) co_await t.published(pub, message(topic, "to " + topic, 1));
  for (std::size_t i = 0; i < filters.size(); ++i) {
    co_await sentinel(t, pub, *clients[i], probe, 1);
    co_await t.fenced(*clients[i]);
    for (const std::string& topic : topics) {
      const std::size_t copies = clients[i]->count("to " + topic);
      const bool is_due = mqtt::matches(filters[i], topic);
      t.must(copies == (is_due ? 1u : 0u), requirement,
             fmt::format("\"{}\" to {} \"{}\"", filters[i], is_due ? "match" : "leave out", topic),
             seen_messages(*clients[i]));
    }
    for (const auto& publish : clients[i]->messages()) {
      t.must(mqtt::matches(filters[i], publish.topic), "MQTT-3.3.2-3",
             fmt::format("only topics that match \"{}\"", filters[i]), seen(t, publish));
    }
  }
  t.also_judges({rule(t, "MQTT-3.8.3-2", "")});
}

// [3.1.1: HF-3.1.1-G25; 5.0: MQTT-4.7.1-1] `a/#` is a itself and all below it.
Task<void> multi_level_wildcard(Context& t) {
  const std::string a = t.topic("a");
  std::vector<std::string> filters{a + "/#", a + "/b/#"};
  std::vector<std::string> topics{a, a + "/", a + "/b", a + "/b/c", a + "b", a + "/bc", t.topic("b/a")};
  co_await judge_matching(t, std::move(filters), std::move(topics), a + "/b/probe",
                          rule(t, "HF-3.1.1-G25", "MQTT-4.7.1-1"));
}

// [3.1.1: HF-3.1.1-G26; 5.0: MQTT-4.7.1-2] `+` is one level, which may be empty.
Task<void> single_level_wildcard(Context& t) {
  const std::string a = t.topic("a");
  std::vector<std::string> filters{a + "/+/c", a + "/+/+", a + "/+/#"};
  std::vector<std::string> topics{a,          a + "/",     a + "/b", a + "/b/c", a + "//c",
                                  a + "/b/d", a + "/b/c/", a + "/c", a + "//",   a + "/b/c/d"};
  co_await judge_matching(t, std::move(filters), std::move(topics), a + "/probe/c",
                          rule(t, "HF-3.1.1-G26", "MQTT-4.7.1-2"));
}

// Of two topics that a careless comparison takes for one, each subscriber gets its own, byte for byte.
Task<void> judge_pairs(Context& t, std::vector<std::pair<std::string, std::string>> pairs,
                       std::string_view requirement) {
  Client& first = t.client("first");
  Client& second = t.client("second");
  Client& pub = *co_await publisher(t);
  co_await t.connected(first, t.clean());
  co_await t.connected(second, t.clean());
  for (const auto& pair : pairs) {
    co_await t.subscribed(first, pair.first, 1, "-");
    co_await t.subscribed(second, pair.second, 1, "-");
  }
  // The topics themselves are what is judged, so another one has to settle the subscriptions.
  for (Client* client : {&first, &second}) co_await t.subscribed(*client, t.topic("settled"), 1);
  for (const auto& pair : pairs) {
    for (const bool is_first : {true, false}) {
      const std::string topic = is_first ? pair.first : pair.second;
      const std::string other = is_first ? pair.second : pair.first;
      Client& right = is_first ? first : second;
      Client& wrong = is_first ? second : first;
      const std::string payload = fmt::format("to \"{}\"", topic);
      co_await t.published(pub, message(topic, payload, 1));
      auto delivered = co_await right.expect_message(payload, t.patience());
      t.must(delivered.has_value(), requirement, fmt::format("a message to \"{}\" for that filter", topic),
             seen_messages(right));
      t.should(delivered->topic == topic, rule(t, "HF-3.1.1-G18", "MQTT-4.7.3-4"), "the topic byte for byte",
               seen(t, delivered));
      co_await sentinel(t, pub, wrong, t.topic("settled"), 1);
      t.must(wrong.count(payload) == 0, requirement,
             fmt::format("no message to \"{}\" for the filter \"{}\"", topic, other), seen_messages(wrong));
    }
  }
}

// [MQTT-4.7.3-4, HF-3.1.1-G24]
Task<void> compared_as_they_are(Context& t) {
  std::vector<std::pair<std::string, std::string>> pairs{
      {t.topic("Case"), t.topic("case")},
      {t.topic("a//b"), t.topic("a/b")},
      {t.topic("end/"), t.topic("end")},
      {"/" + t.topic("front"), t.topic("front")},
      {t.topic("a b"), t.topic("a  b")},
      {t.topic("dot.ted"), t.topic("dot/ted")},
      {t.topic("caf\xC3\xA9"), t.topic("cafe\xCC\x81")},
  };
  co_await judge_pairs(t, std::move(pairs), "MQTT-4.7.3-4");
  t.also_judges({rule(t, "HF-3.1.1-G24", "")});
}

// [3.1.1: MQTT-1.5.3-3; 5.0: MQTT-1.5.4-3] EF BB BF is a character, at the front and inside.
Task<void> byte_order_mark_is_kept(Context& t) {
  std::vector<std::pair<std::string, std::string>> pairs{
      {"\xEF\xBB\xBF" + t.topic("front"), t.topic("front")},
      {t.topic("in\xEF\xBB\xBFside"), t.topic("inside")},
  };
  co_await judge_pairs(t, std::move(pairs), rule(t, "MQTT-1.5.3-3", "MQTT-1.5.4-3"));
}

// [MQTT-4.7.1-2, MQTT-4.7.1-3; 5.0: MQTT-4.7.1-1, MQTT-4.7.1-2] Refused in one way or another.
Task<void> misplaced_wildcards(Context& t, std::vector<std::string> filters, std::string_view requirement) {
  const mqtt::SubscriptionRequest valid = subscription(t.topic("a"), 0);
  auto control = co_await asked_for(t, t.client("good"), valid);
  t.control(control.is_granted, "a valid filter was refused: " + control.seen);
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const mqtt::SubscriptionRequest request = subscription(filters[i], 0);
    auto asked = co_await asked_for(t, t.client(fmt::format("bad{}", i)), request);
    t.must(!asked.is_granted, requirement,
           fmt::format("\"{}\" to be refused, by a code of 0x80 or above or by a close", filters[i]),
           asked.seen, "D-03");
  }
}

Task<void> misplaced_multi_level(Context& t) {
  const std::string a = t.topic("a");
  std::vector<std::string> filters{a + "#", a + "/#/b", a + "/b#", a + "/##"};
  co_await misplaced_wildcards(t, std::move(filters), rule(t, "MQTT-4.7.1-2", "MQTT-4.7.1-1"));
}

Task<void> misplaced_single_level(Context& t) {
  const std::string a = t.topic("a");
  std::vector<std::string> filters{a + "+", a + "/b+", a + "/+b/c", a + "/++"};
  co_await misplaced_wildcards(t, std::move(filters), rule(t, "MQTT-4.7.1-3", "MQTT-4.7.1-2"));
}

// [MQTT-4.7.2-1] A leading wildcard does not match a leading `$`. Live and by the queue.
Task<void> dollar_topics(Context& t) {
  const std::string plain = t.topic("x");
  const std::string dollar = "$" + plain;
  const std::string behind_first_level = plain.substr(plain.find('/'));
  Client& pub = *co_await publisher(t);
  Client& exact = t.client("exact");
  co_await t.connected(exact, t.clean());
  co_await t.subscribed(exact, dollar, 1, "-");
  Client& wild = t.client("wild");
  co_await t.connected(wild, t.keeping());
  co_await t.subscribed(wild, "+" + behind_first_level, 1, plain);
  co_await t.subscribed(wild, "+" + behind_first_level.substr(0, behind_first_level.rfind('/')) + "/#", 1,
                        plain);
  pub.publish(message(dollar, "live", 1));
  auto live = co_await exact.expect_message("live", t.patience());
  t.supported(live.has_value(), "clients cannot use topics that begin with $");
  co_await t.disconnected(wild);
  pub.publish(message(dollar, "while away", 1));
  auto away = co_await exact.expect_message("while away", t.patience());
  t.control(away.has_value(), "a second message to a topic that begins with $ was not delivered");
  co_await t.connected(wild, t.keeping());
  co_await sentinel(t, pub, wild, plain, 1);
  co_await t.fenced(wild);
  t.must(wild.count("live") == 0 && wild.count("while away") == 0, "MQTT-4.7.2-1",
         "nothing from a topic that begins with $ for a filter that begins with a wildcard",
         seen_messages(wild), "D-11");
}

// [MQTT-3.3.2-2; 3.1.1: MQTT-4.7.1-1; 5.0: MQTT-4.7.0-1] A topic with wildcards goes nowhere.
Task<void> wildcards_in_a_topic(Context& t) {
  const std::string a = t.topic("a");
  Client& watch = t.client("watch");
  co_await t.connected(watch, t.clean());
  co_await t.subscribed(watch, a + "/#", 1, a + "/probe");
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(a + "/probe", "control", 1));
  co_await t.delivered(watch, "control");
  int number = 0;
  for (const char* leaf : {"/+", "/#", "/b+"}) {
    Client& offender = t.client(fmt::format("bad{}", ++number));
    co_await t.connected(offender, t.clean());
    mqtt::Publish publish = message(a + leaf, "to a wildcard", 1);
    publish.packet_id = 1;
    offender.send(publish);
    auto closed = co_await offender.expect_close(t.patience());
    co_await sentinel(t, pub, watch, a + "/probe", 1);
    co_await t.fenced(watch);
    t.must(watch.count("to a wildcard") == 0, "MQTT-3.3.2-2",
           fmt::format("a message to \"a{}\" to go nowhere", leaf), seen_messages(watch), "D-12");
    t.should(closed.has_value(), rule(t, "MQTT-4.8.0-1", "MQTT-4.13.1-1"),
             "a close for a topic with a wildcard", seen_close(t, closed), "D-12");
    t.also_judges({rule(t, "MQTT-4.7.1-1", "MQTT-4.7.0-1")});
  }
}

}  // namespace

void register_topics(Registry& registry) {
  const char* probes = "The probes of each subscription arrive.";
  const char* settled = "The probes of another subscription of each client arrive.";
  registry.add({.slug = "multi-level-wildcard",
                .title = "A filter a/# matches a and all levels below it, and nothing else",
                .v3_1_1 = {"4.7.1.2", {"HF-3.1.1-G25", "HF-3.1.1-G17", "MQTT-3.8.3-2", "MQTT-3.3.2-3"}},
                .v5 = {"4.7.1.2", {"MQTT-4.7.1-1", "MQTT-3.3.2-3"}},
                .procedure = "Seven topics are published to; two filters, each on a client of its own.",
                .control = probes,
                .needs = {Need::qos_1, Need::wildcard},
                .tags = {"topic", "subscribe"},
                .variants = {"server-made-subscriptions"},
                .run = multi_level_wildcard});
  registry.add({.slug = "single-level-wildcard",
                .title = "A + matches exactly one level, which may be empty",
                .v3_1_1 = {"4.7.1.3", {"HF-3.1.1-G26", "HF-3.1.1-G17", "MQTT-3.8.3-2", "MQTT-3.3.2-3"}},
                .v5 = {"4.7.1.3", {"MQTT-4.7.1-2", "MQTT-3.3.2-3"}},
                .procedure = "Ten topics are published to; three filters, each on a client of its own.",
                .control = probes,
                .needs = {Need::qos_1, Need::wildcard},
                .tags = {"topic", "subscribe"},
                .run = single_level_wildcard});
  registry.add({.slug = "compared-as-they-are",
                .title = "Topics that differ in case, slashes, blanks, dots or Unicode form are different",
                .v3_1_1 = {"4.7.3", {"MQTT-4.7.3-4", "HF-3.1.1-G24", "HF-3.1.1-G18", "HF-3.1.1-G35"}},
                .v5 = {"4.7.3", {"MQTT-4.7.3-4"}},
                .procedure = "Seven pairs of like topics, one of each pair for each of two clients.",
                .control = settled,
                .needs = {Need::qos_1},
                .tags = {"topic"},
                .variants = {"topic-rewritten"},
                .run = compared_as_they_are});
  registry.add({.slug = "byte-order-mark-is-kept",
                .title = "The bytes EF BB BF in a topic are a character like any other",
                .v3_1_1 = {"1.5.3", {"MQTT-1.5.3-3", "MQTT-4.7.3-4", "HF-3.1.1-G18"}},
                .v5 = {"1.5.4", {"MQTT-1.5.4-3", "MQTT-4.7.3-4"}},
                .procedure = "Topics with and without U+FEFF, one of each pair for each of two clients.",
                .control = settled,
                .needs = {Need::qos_1},
                .tags = {"topic", "encoding"},
                .run = byte_order_mark_is_kept});
  registry.add({.slug = "misplaced-multi-level-wildcard",
                .title = "A # that is not the last whole level of a filter is refused",
                .v3_1_1 = {"4.7.1.2", {"MQTT-4.7.1-2"}},
                .v5 = {"4.7.1.2", {"MQTT-4.7.1-1"}},
                .procedure = "Subscribe to a#, a/#/b, a/b# and a/##, each on a connection of its own.",
                .control = "A valid filter is granted.",
                .tags = {"topic", "subscribe"},
                .variants = {"bad-filter-suback", "bad-filter-close"},
                .interpretations = {"D-03"},
                .run = misplaced_multi_level});
  registry.add({.slug = "misplaced-single-level-wildcard",
                .title = "A + that does not fill its level of a filter is refused",
                .v3_1_1 = {"4.7.1.3", {"MQTT-4.7.1-3"}},
                .v5 = {"4.7.1.3", {"MQTT-4.7.1-2"}},
                .procedure = "Subscribe to a+, a/b+, a/+b/c and a/++, each on a connection of its own.",
                .control = "A valid filter is granted.",
                .tags = {"topic", "subscribe"},
                .variants = {"bad-filter-suback", "bad-filter-close"},
                .interpretations = {"D-03"},
                .run = misplaced_single_level});
  registry.add({.slug = "leading-wildcard-and-dollar",
                .title = "A filter that begins with a wildcard does not match a topic that begins with $",
                .v3_1_1 = {"4.7.2", {"MQTT-4.7.2-1", "HF-3.1.1-G23"}},
                .v5 = {"4.7.2", {"MQTT-4.7.2-1", "HF-5.0-E35"}},
                .procedure =
                    "Subscribe to +/.../x and +/.../#, let another client publish to $hf/.../x, live "
                    "and while away.",
                .control = "A subscriber to the exact topic gets it.",
                .needs = {Need::qos_1, Need::wildcard},
                .tags = {"topic", "queue"},
                .variants = {"dollar-publish-refused", "dollar-publish-allowed"},
                .interpretations = {"D-11"},
                .run = dollar_topics});
  registry.add({.slug = "wildcards-in-a-topic",
                .title = "A PUBLISH to a topic with wildcards goes nowhere, and its connection is closed",
                .v3_1_1 = {"4.7.1", {"MQTT-3.3.2-2", "MQTT-4.7.1-1", "MQTT-4.8.0-1"}},
                .v5 = {"4.7.1", {"MQTT-3.3.2-2", "MQTT-4.7.0-1", "MQTT-4.13.1-1"}},
                .procedure = "Publish to a/+, a/# and a/b+, each on a connection of its own.",
                .control = "A message to a topic without wildcards reaches the watcher.",
                .needs = {Need::qos_1, Need::wildcard},
                .tags = {"topic", "publish"},
                .interpretations = {"D-12"},
                .run = wildcards_in_a_topic});
}

}  // namespace holdfast
