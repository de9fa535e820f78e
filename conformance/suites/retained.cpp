// Retained messages and Sessions: section 3.3.1.3. They belong to the topic, not to any Session.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [3.1.1: MQTT-3.1.2-7; 5.0: HF-5.0-S24] The publisher's Session ends, its retained message stays.
Task<void> outlives_the_session(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.keeping());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& before = t.client("before");
  co_await t.connected(before, t.clean());
  co_await t.subscribed(before, topic, 1);
  co_await t.delivered(before, "kept");
  co_await t.disconnected(owner);
  co_await t.connected(owner, t.clean());
  co_await t.disconnected(owner);

  Client& after = t.client("after");
  co_await t.connected(after, t.clean());
  co_await t.subscribed(after, topic, 1);
  auto found = co_await after.expect_message("kept", t.patience());
  t.must(found.has_value(), rule(t, "MQTT-3.1.2-7", "HF-5.0-S24"),
         "the retained message, although the Session of its publisher has ended", seen(t, found));
  t.must(found->retain, rule(t, "MQTT-3.3.1-8", "MQTT-3.3.1-9"), "RETAIN 1 at subscribing", seen(t, found));
}

// [HF-3.1.1-S08, HF-5.0-S23] Resuming is no subscribing.
Task<void> not_sent_on_resume(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.delivered(subscriber, "kept");
  co_await t.disconnected(subscriber);

  auto connack = co_await t.connected(subscriber, t.keeping());
  t.control(connack.session_present, "the Session was not kept");
  co_await sentinel(t, owner, subscriber, topic, 1);
  const std::size_t copies = subscriber.count("kept", subscriber.connection());
  t.should(copies == 0, rule(t, "HF-3.1.1-S08", "HF-5.0-S23"), "no retained message without a SUBSCRIBE",
           fmt::format("{} on resuming", copies), "F-03");
}

// [3.1.1: MQTT-3.8.4-3; 5.0: MQTT-3.8.4-4] Subscribing again is.
Task<void> sent_on_subscribing_again(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.delivered(subscriber, "kept");
  co_await t.disconnected(subscriber);
  co_await t.published(owner, message(topic, "queued", 1));

  auto connack = co_await t.connected(subscriber, t.keeping());
  t.control(connack.session_present, "the Session was not kept");
  co_await t.subscribed(subscriber, topic, 1);
  auto queued = co_await subscriber.expect_message("queued", t.patience());
  t.must(queued.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-3.8.4-4"),
         "the message that was queued before the subscription was replaced", seen(t, queued), "S-13");
  auto again = co_await subscriber.expect_message("kept", t.patience());
  t.must(again.has_value(), rule(t, "MQTT-3.8.4-3", "MQTT-3.8.4-4"),
         "the retained message again for a SUBSCRIBE in the resumed Session", seen(t, again), "D-07");
  // And it replaces the subscription: the next message comes once (MQTT-3.8.4-3).
  co_await t.published(owner, message(topic, "once", 1));
  co_await t.delivered(subscriber, "once");
  co_await sentinel(t, owner, subscriber, topic, 1);
  const std::size_t copies = subscriber.count("once");
  t.must(copies == 1, rule(t, "MQTT-3.8.4-3", "MQTT-3.8.4-3"),
         "one copy, since the subscription was replaced", fmt::format("{} copies", copies), "S-13");
  t.also_judges({rule(t, "HF-3.1.1-S43", "")});
}

// [MQTT-3.3.1-10, -11] Retain Handling 1 and 2 in a resumed Session.
Task<void> retain_handling_after_resume(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  mqtt::SubscriptionRequest if_new = subscription(topic, 1);
  if_new.retain_handling = 1;
  const mqtt::Properties none;
  co_await t.subscribed(subscriber, if_new, none, topic);
  auto first = co_await subscriber.expect_message("kept", t.patience());
  t.must(first.has_value(), "MQTT-3.3.1-10",
         "the retained message for a new subscription with Retain Handling 1", seen(t, first));
  co_await t.disconnected(subscriber);

  auto connack = co_await t.connected(subscriber, t.keeping());
  t.control(connack.session_present, "the Session was not kept");
  co_await t.subscribed(subscriber, if_new, none, topic);
  mqtt::SubscriptionRequest not_at_all = subscription(topic, 1);
  not_at_all.retain_handling = 2;
  co_await sentinel(t, owner, subscriber, topic, 1);
  t.must(subscriber.count("kept", subscriber.connection()) == 0, "MQTT-3.3.1-10",
         "none for a subscription that the resumed Session already has", seen_messages(subscriber), "D-08");
  co_await t.subscribed(subscriber, not_at_all, none, topic);
  co_await sentinel(t, owner, subscriber, topic, 1);
  t.must(subscriber.count("kept", subscriber.connection()) == 0, "MQTT-3.3.1-11",
         "none with Retain Handling 2", seen_messages(subscriber));
}

// [3.1.1: MQTT-3.3.1-9; 5.0: MQTT-3.3.1-12] What waited for an absent client is no retained delivery.
Task<void> queued_without_retain_flag(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.published(owner, retained(topic, "live", 1));
  auto live = co_await t.delivered(subscriber, "live");
  const std::string_view id = rule(t, "MQTT-3.3.1-9", "MQTT-3.3.1-12");
  t.must(!live.retain, id, "RETAIN 0 for an established subscription", seen(t, live));
  co_await t.disconnected(subscriber);
  for (const char* payload : {"first", "second"}) co_await t.published(owner, retained(topic, payload, 1));

  co_await t.connected(subscriber, t.keeping());
  for (const char* payload : {"first", "second"}) {
    auto queued = co_await subscriber.expect_message(payload, t.patience());
    t.must(queued.has_value(), rule(t, "MQTT-3.1.2-5", "MQTT-4.5.0-1"),
           "each message that was published while the client was away, although the later replaced the "
           "earlier as the "
           "retained one",
           seen(t, queued));
    t.must(!queued->retain, id, "RETAIN 0 for an established subscription", seen(t, queued));
  }
}

// [3.1.1: MQTT-3.3.1-10, -11; 5.0: MQTT-3.3.1-6, -7] Replaced, then deleted.
Task<void> replaced_and_deleted(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "old", 1));
  co_await t.published(owner, retained(topic, "new", 1));
  Client& first = t.client("first");
  co_await t.connected(first, t.clean());
  co_await t.subscribed(first, topic, 1);
  auto found = co_await first.expect_message("new", t.patience());
  t.must(found.has_value(), rule(t, "MQTT-3.3.1-5", "MQTT-3.3.1-5"), "the latest retained message",
         seen(t, found));
  co_await t.fenced(first);
  t.must(first.count("old") == 0, rule(t, "MQTT-3.3.1-5", "MQTT-3.3.1-5"), "the earlier one to be replaced",
         seen_messages(first));
  co_await t.published(owner, message(topic, "passing", 1));
  co_await t.delivered(first, "passing");
  co_await t.published(owner, retained(topic, "", 1));

  Client& second = t.client("second");
  co_await t.connected(second, t.clean());
  co_await t.subscribed(second, topic, 1);
  co_await sentinel(t, owner, second, topic, 1);
  t.must(second.count("new") == 0 && second.count("old") == 0, rule(t, "MQTT-3.3.1-10", "MQTT-3.3.1-6"),
         "no retained message after an empty one", seen_messages(second));
  t.must(second.count("") == 0, rule(t, "MQTT-3.3.1-11", "MQTT-3.3.1-7"), "the empty one not to be retained",
         seen_messages(second));
  t.must(second.count("passing") == 0, rule(t, "MQTT-3.3.1-12", "MQTT-3.3.1-8"),
         "a message with RETAIN 0 not to be retained", seen_messages(second));
}

// [3.1.1: HF-3.1.1-G20; 5.0: HF-5.0-E32] In front of the SUBACK or behind it, with RETAIN 1.
Task<void> before_or_behind_suback(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.clean());
  std::vector<mqtt::SubscriptionRequest> requests(1, subscription(topic, 1));
  const std::uint16_t packet_id = subscriber.subscribe(std::move(requests));
  auto suback = co_await subscriber.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback && is_granted(*suback), "no SUBACK with a grant");
  auto kept = co_await subscriber.expect_message("kept", t.patience());
  t.must(kept.has_value(), rule(t, "MQTT-3.3.1-6", "MQTT-3.3.1-9"), "the retained message", seen(t, kept));
  t.must(kept->retain, rule(t, "MQTT-3.3.1-8", "MQTT-3.3.1-9"), "RETAIN 1 at subscribing", seen(t, kept));
  t.observed(kept->at < suback->at ? "in front of SUBACK" : "behind SUBACK");
}

// [3.1.1: MQTT-3.3.1-6; 5.0: MQTT-3.3.1-9] Every retained message that matches, for a wildcard too.
Task<void> found_by_wildcards(Context& t) {
  const std::string base = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  for (const char* leaf : {"", "/b", "/b/c"}) {
    co_await t.published(owner, retained(base + leaf, fmt::format("at a{}", leaf), 1));
  }
  Client& all = t.client("all");
  co_await t.connected(all, t.clean());
  co_await t.subscribed(all, base + "/#", 1, base + "/probe");
  Client& level = t.client("level");
  co_await t.connected(level, t.clean());
  co_await t.subscribed(level, base + "/+", 1, base + "/probe");
  const std::string_view id = rule(t, "MQTT-3.3.1-6", "MQTT-3.3.1-9");
  for (const char* leaf : {"", "/b", "/b/c"}) {
    auto found = co_await all.expect_message(fmt::format("at a{}", leaf), t.patience());
    t.must(found.has_value(), id, fmt::format("the retained message of a{} for the filter a/#", leaf),
           seen_messages(all));
  }
  auto one = co_await level.expect_message("at a/b", t.patience());
  t.must(one.has_value(), id, "the retained message of a/b for the filter a/+", seen_messages(level));
  co_await sentinel(t, owner, level, base + "/probe", 1);
  t.must(level.count("at a") == 0 && level.count("at a/b/c") == 0, id, "no other for the filter a/+",
         seen_messages(level));
}

// [3.1.1: MQTT-3.3.1-7; 5.0: MQTT-3.3.1-5] The new one may be lost, the old one is gone.
Task<void> replaced_by_qos_0(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "old", 1));
  Client& before = t.client("before");
  co_await t.connected(before, t.clean());
  co_await t.subscribed(before, topic, 1);
  co_await t.delivered(before, "old");
  co_await t.published(owner, retained(topic, "new", 0));
  co_await t.delivered(before, "new");
  Client& after = t.client("after");
  co_await t.connected(after, t.clean());
  co_await t.subscribed(after, topic, 1);
  co_await sentinel(t, owner, after, topic, 1);
  t.must(after.count("old") == 0, rule(t, "MQTT-3.3.1-7", "MQTT-3.3.1-5"),
         "the retained message of QoS 1 to be replaced by one of QoS 0", seen_messages(after));
  t.observed(after.count("new") > 0 ? "the message of QoS 0 is kept" : "the message of QoS 0 is not kept");
}

// [HF-3.1.1-G15] It stays while nobody is there.
Task<void> stays_while_nobody_is_there(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  co_await t.published(owner, retained(topic, "kept", 1));
  Client& before = t.client("before");
  co_await t.connected(before, t.clean());
  co_await t.subscribed(before, topic, 1);
  co_await t.delivered(before, "kept");
  co_await t.disconnected(before);
  co_await t.disconnected(owner);
  co_await t.pass(1s);
  Client& after = t.client("after");
  co_await t.connected(after, t.clean());
  co_await t.subscribed(after, topic, 1);
  auto found = co_await after.expect_message("kept", t.patience());
  t.should(found.has_value(), rule(t, "HF-3.1.1-G15", "MQTT-3.3.1-5"),
           "the retained message a second after the last client has left", seen(t, found));
}

// [5.0: MQTT-3.3.1-13] Retain As Published, live and from the queue.
Task<void> retain_as_published(Context& t) {
  const std::string topic = t.topic("a");
  Client& owner = t.client("owner");
  co_await t.connected(owner, t.clean());
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  mqtt::SubscriptionRequest request = subscription(topic, 1);
  request.retain_as_published = true;
  const mqtt::Properties none;
  co_await t.subscribed(subscriber, request, none, topic);
  for (const bool is_live : {true, false}) {
    if (!is_live) co_await t.disconnected(subscriber);
    for (const bool flag : {true, false}) {
      mqtt::Publish publish = message(topic, fmt::format("{} {}", is_live ? "live" : "queued", flag), 1);
      publish.retain = flag;
      co_await t.published(owner, publish);
    }
    if (!is_live) co_await t.connected(subscriber, t.keeping());
    for (const bool flag : {true, false}) {
      const std::string payload = fmt::format("{} {}", is_live ? "live" : "queued", flag);
      auto delivered = co_await subscriber.expect_message(payload, t.patience());
      t.must(delivered.has_value(), "MQTT-4.5.0-1", "the message", seen(t, delivered));
      t.must(delivered->retain == flag, "MQTT-3.3.1-13",
             fmt::format("RETAIN {} as it was published", flag ? 1 : 0), seen(t, delivered));
    }
  }
}

}  // namespace

void register_retained(Registry& registry) {
  const std::string section = "3.3.1.3";
  registry.add({.slug = "before-or-behind-suback",
                .title = "A new subscription brings the retained message, in front of SUBACK or behind it",
                .v3_1_1 = {section, {"MQTT-3.3.1-6", "MQTT-3.3.1-8", "HF-3.1.1-G20"}},
                .v5 = {section, {"MQTT-3.3.1-9", "HF-5.0-E32"}},
                .procedure = "Retain a message, subscribe.",
                .control = "SUBACK grants the subscription.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain", "subscribe"},
                .variants = {"publish-before-suback", "retained-after-suback"},
                .run = before_or_behind_suback});
  registry.add({.slug = "found-by-wildcards",
                .title = "A filter with a wildcard brings every retained message that it matches",
                .v3_1_1 = {section, {"MQTT-3.3.1-6", "HF-3.1.1-G25"}},
                .v5 = {section, {"MQTT-3.3.1-9", "MQTT-4.7.1-1"}},
                .procedure = "Retain messages at a, a/b and a/b/c; subscribe to a/# and to a/+.",
                .control = "The probes of each subscription arrive.",
                .needs = {Need::qos_1, Need::retain, Need::wildcard},
                .tags = {"retain", "topic"},
                .variants = {"retained-after-suback", "retained-interleaved"},
                .run = found_by_wildcards});
  registry.add({.slug = "replaced-by-qos0",
                .title = "A retained message of QoS 0 replaces the older one, whether it is kept or not",
                .v3_1_1 = {section, {"MQTT-3.3.1-7", "MQTT-3.3.1-5"}},
                .v5 = {section, {"MQTT-3.3.1-5"}},
                .procedure = "Retain a message of QoS 1, then one of QoS 0; subscribe.",
                .control = "A subscriber before has got both.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain"},
                .variants = {"retained-qos0-forgotten"},
                .run = replaced_by_qos_0});
  registry.add({.slug = "stays-while-nobody-is-there",
                .title = "A retained message stays while no client is there",
                .level = Level::should,
                .v3_1_1 = {section, {"HF-3.1.1-G15"}},
                .v5 = {section, {"MQTT-3.3.1-5"}},
                .procedure = "Retain a message, let every client leave, subscribe a second later.",
                .control = "A subscriber before has got it.",
                .needs = {Need::qos_1, Need::retain},
                .longest_timer = 1s,
                .tags = {"retain"},
                .variants = {"retained-expires-by-policy"},
                .run = stays_while_nobody_is_there});
  registry.add(
      {.slug = "retain-as-published",
       .title = "With Retain As Published the RETAIN flag comes as it was published, live and queued",
       .v5 = {section, {"MQTT-3.3.1-13", "MQTT-4.5.0-1"}},
       .procedure = "Messages with RETAIN 1 and 0, live and while away.",
       .control = "The probes of the subscription arrive.",
       .needs = {Need::qos_1, Need::retain},
       .tags = {"retain", "subscribe", "queue", "session"},
       .run = retain_as_published});
  registry.add(
      {.slug = "outlives-the-session",
       .title = "A retained message outlives the Session of its publisher",
       .v3_1_1 = {section, {"MQTT-3.1.2-7", "MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-8"}},
       .v5 = {section, {"HF-5.0-S24", "MQTT-3.3.1-5", "MQTT-3.3.1-9"}},
       .procedure = "Publish a retained message, end the Session by a clean connection, subscribe elsewhere.",
       .control = "A client that subscribes before the end of the Session gets it.",
       .needs = {Need::qos_1, Need::retain},
       .tags = {"retain", "session"},
       .run = outlives_the_session});
  registry.add({.slug = "not-sent-on-resume",
                .title = "Resuming a Session does not cause retained messages to be sent",
                .level = Level::should,
                .v3_1_1 = {section, {"HF-3.1.1-S08", "MQTT-3.3.1-6"}},
                .v5 = {section, {"HF-5.0-S23"}},
                .procedure = "Subscribe, get the retained message, DISCONNECT, resume.",
                .control = "The retained message comes at subscribing.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain", "session"},
                .interpretations = {"F-03"},
                .run = not_sent_on_resume});
  registry.add(
      {.slug = "sent-on-subscribing-again",
       .title =
           "Subscribing again in a resumed Session brings the retained message and no second subscription",
       .v3_1_1 = {section, {"MQTT-3.8.4-3", "HF-3.1.1-S43"}},
       .v5 = {section, {"MQTT-3.8.4-4", "MQTT-3.8.4-3", "MQTT-3.3.1-9"}},
       .procedure = "Subscribe, DISCONNECT, resume, subscribe to the same filter.",
       .control = "The retained message comes at the first SUBSCRIBE.",
       .needs = {Need::qos_1, Need::retain},
       .tags = {"retain", "session", "subscribe"},
       .interpretations = {"D-07", "S-13"},
       .run = sent_on_subscribing_again});
  registry.add({.slug = "retain-handling-after-resume",
                .title = "Retain Handling 1 and 2 hold in a resumed Session",
                .v5 = {section, {"MQTT-3.3.1-10", "MQTT-3.3.1-11"}},
                .procedure = "Subscribe with Retain Handling 1, resume, subscribe again with 1, then with 2.",
                .control = "The retained message comes for the new subscription.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain", "session", "subscribe"},
                .interpretations = {"D-08"},
                .run = retain_handling_after_resume});
  registry.add({.slug = "queued-without-retain-flag",
                .title = "Messages that waited in a Session come with RETAIN 0",
                .v3_1_1 = {section, {"MQTT-3.3.1-9", "MQTT-3.1.2-5"}},
                .v5 = {section, {"MQTT-3.3.1-12", "MQTT-4.5.0-1"}},
                .procedure = "Two retained messages on one topic while the subscriber is away; resume.",
                .control = "One comes live before, with RETAIN 0.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain", "session", "queue"},
                .run = queued_without_retain_flag});
  registry.add({.slug = "replaced-and-deleted",
                .title = "A retained message is replaced by the next and deleted by an empty one",
                .v3_1_1 = {section, {"MQTT-3.3.1-10", "MQTT-3.3.1-5", "MQTT-3.3.1-11", "MQTT-3.3.1-12"}},
                .v5 = {section, {"MQTT-3.3.1-6", "MQTT-3.3.1-5", "MQTT-3.3.1-7", "MQTT-3.3.1-8"}},
                .procedure = "Retain two messages, subscribe, retain an empty one, subscribe elsewhere.",
                .control = "The first subscriber gets the latest.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"retain"},
                .run = replaced_and_deleted});
}

}  // namespace holdfast
