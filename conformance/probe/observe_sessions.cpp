// Sessions: what is kept for a client that is away, for how long, and how it comes back.
#include <fmt/format.h>

#include "conformance/engine/words.h"
#include "conformance/probe/observations.h"
#include "conformance/suites/steps.h"

namespace holdfast {
namespace {

// --- what is kept ---

Task<void> keeps_for_absent(Context& t, int subscription_qos, int message_qos) {
  const std::string topic = t.topic("a");
  const std::string marker = t.topic("marker");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, subscription_qos);
  co_await t.subscribed(subscriber, marker, 1);
  co_await t.disconnected(subscriber);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", message_qos));
  co_await t.fenced(pub);
  co_await t.published(pub, message(marker, "marker", 1));
  co_await t.connected(subscriber, t.keeping());
  co_await t.delivered(subscriber, "marker");
  co_await t.fenced(subscriber);
  t.inform(subscriber.count("m") > 0 ? "queued" : "dropped");
}

Task<void> keeps_qos_0(Context& t) { return keeps_for_absent(t, 1, 0); }
Task<void> keeps_for_qos_0(Context& t) { return keeps_for_absent(t, 0, 1); }

// Many more than any window and far fewer than any sensible limit.
constexpr int queued_messages = 60;

Task<void> bounds_the_queue(Context& t) {
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.disconnected(subscriber);
  Client& pub = *co_await publisher(t);
  for (int i = 1; i <= queued_messages; ++i)
    co_await t.published(pub, message(topic, fmt::format("m{}", i), 1));
  co_await t.connected(subscriber, t.keeping());
  // The first and the last would both come if all were kept.
  const std::string last = fmt::format("m{}", queued_messages);
  auto end = co_await subscriber.expect_message(last, t.patience());
  co_await t.fenced(subscriber);
  int kept = 0;
  for (int i = 1; i <= queued_messages; ++i) kept += subscriber.count(fmt::format("m{}", i)) > 0 ? 1 : 0;
  t.control(kept > 0, "nothing of the queue came");
  if (kept == queued_messages) {
    t.inform(fmt::format("all of {} messages", queued_messages));
  } else {
    t.inform(fmt::format("the {} {} of {} messages", kept, end ? "newest" : "oldest", queued_messages));
  }
}

// --- how it comes back ---

Task<void> resumes_in_batches(Context& t) {
  constexpr int count = 12;
  const std::string topic = t.topic("a");
  Client& subscriber = t.client("sub");
  co_await t.connected(subscriber, t.keeping());
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.disconnected(subscriber);
  Client& pub = *co_await publisher(t);
  for (int i = 1; i <= count; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), 1));
  subscriber.answers.acknowledges = false;
  auto connack = co_await t.connected(subscriber, t.keeping());
  auto first = co_await t.delivered(subscriber, "m1");
  co_await t.fenced(subscriber);
  const std::size_t at_once = subscriber.messages().size();
  const std::string when = delay_in_words(t, first.at - connack.at);
  if (at_once == count) {
    t.inform("all at once" + when);
    co_return;
  }
  auto last = co_await subscriber.expect_message(fmt::format("m{}", count), t.patience());
  t.inform(fmt::format("{} at a time{}, {}", at_once, when,
                       last ? "the next ones by and by" : "the next ones when these are acknowledged"));
}

// --- how long it is kept ---

std::string interval_in_words(std::uint32_t seconds) {
  if (seconds == mqtt::session_never_expires) return "for ever";
  return fmt::format("{} s", seconds);
}

Task<void> asked_interval(Context& t, std::uint32_t asked) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.keeping(asked));
  const auto told = connack.properties.session_expiry_interval;
  t.inform(!told || *told == asked ? "as asked" : interval_in_words(*told));
}

Task<void> interval_for_ever(Context& t) { return asked_interval(t, mqtt::session_never_expires); }
Task<void> interval_of_a_second(Context& t) { return asked_interval(t, 1); }

Task<void> interval_unasked(Context& t) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.clean());
  const std::uint32_t told = connack.properties.session_expiry_interval.value_or(0);
  t.inform(told == 0 ? "ends with the connection" : "kept: " + interval_in_words(told));
}

// The moment at which a Session with an interval of a second is gone, seen at two moments.
Task<void> expires_when(Context& t) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.keeping(1));
  t.supported(connack.properties.session_expiry_interval.value_or(1) == 1,
              "CONNACK says that the broker takes another interval than 1 s");
  co_await t.dropped(client);
  co_await t.pass(1'700ms);
  auto again = co_await t.connected(client, t.keeping(1));
  t.inform(again.session_present ? "later than 0.7 s after its time" : "within 0.7 s of its time");
}

Task<void> will_when(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 0);
  Client& owner = t.client("owner");
  mqtt::Will will;
  will.topic = topic;
  will.payload = "will";
  // With a Session that stays: the end of one would bring the will out by itself.
  co_await t.connected(owner, with_will(t.keeping(), will));
  const Time start = t.now();
  owner.cut();
  auto arrived = co_await t.delivered(watch, "will");
  t.inform(moment_in_words(t, arrived.at - start));
}

}  // namespace

void register_session_observations(Registry& registry) {
  registry.add({.slug = "qos0-while-absent",
                .title = "QoS 0 messages for a client that is away",
                .level = Level::informational,
                .v3_1_1 = {"4.1", {"HF-3.1.1-S06"}},
                .v5 = {"4.1", {"HF-5.0-S27"}},
                .needs = {Need::qos_1},
                .variants = {"offline-qos0-queued"},
                .interpretations = {"S-08"},
                .run = keeps_qos_0});
  registry.add({.slug = "qos1-for-qos0-while-absent",
                .title = "QoS 1 messages for a subscription at QoS 0 whose client is away",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.4", {"HF-3.1.1-S46"}},
                .needs = {Need::qos_1},
                .variants = {"offline-by-published-qos"},
                .interpretations = {"S-07"},
                .run = keeps_for_qos_0});
  registry.add({.slug = "queue-bound",
                .title = "Of 60 small QoS 1 messages for a client that is away, kept",
                .level = Level::informational,
                .v3_1_1 = {"4.1", {"HF-3.1.1-S16"}},
                .v5 = {"4.1", {"MQTT-4.5.0-1"}},
                .needs = {Need::qos_1},
                .longest_timer = 5s,
                .variants = {"queue-bounded-drop-new", "queue-bounded-drop-old"},
                .interpretations = {"S-09"},
                .run = bounds_the_queue});
  registry.add({.slug = "resumed-queue",
                .title = "A queue of 12 messages to a client that is back",
                .level = Level::informational,
                .v3_1_1 = {"4.4", {"HF-3.1.1-S44"}},
                .v5 = {"4.9", {"MQTT-4.9.0-1", "HF-5.0-S30"}},
                .needs = {Need::qos_1},
                .longest_timer = 5s,
                .variants = {"inflight-window-small", "resume-batches", "resume-after-settling"},
                .interpretations = {"Q-11"},
                .run = resumes_in_batches});
  registry.add({.slug = "expiry-for-ever",
                .title = "Session Expiry Interval of 0xFFFFFFFF",
                .level = Level::informational,
                .v5 = {"3.2.2.3.2", {"HF-5.0-S04"}},
                .tags = {std::string(tag_announced)},
                .variants = {"session-expiry-capped"},
                .interpretations = {"S-03"},
                .run = interval_for_ever});
  registry.add({.slug = "expiry-one-second",
                .title = "Session Expiry Interval of 1 s",
                .level = Level::informational,
                .v5 = {"3.2.2.3.2", {"HF-5.0-S04"}},
                .tags = {std::string(tag_announced)},
                .variants = {"session-expiry-raised"},
                .run = interval_of_a_second});
  registry.add({.slug = "expiry-unasked",
                .title = "No Session Expiry Interval",
                .level = Level::informational,
                .v5 = {"3.2.2.3.2", {"HF-5.0-S01", "HF-5.0-S04"}},
                .tags = {std::string(tag_announced)},
                .variants = {"session-expiry-granted-for-none"},
                .interpretations = {"F-05"},
                .run = interval_unasked});
  registry.add({.slug = "expiry-moment",
                .title = "A Session with an interval of 1 s ends",
                .level = Level::informational,
                .v5 = {"4.1", {"MQTT-4.1.0-2", "HF-5.0-S47"}},
                .needs = {Need::session_expiry},
                .longest_timer = 2s,
                .variants = {"session-expiry-late"},
                .interpretations = {"S-04"},
                .run = expires_when});
  registry.add({.slug = "will-moment",
                .title = "The will of a lost connection",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.5", {"MQTT-3.1.2-8", "HF-3.1.1-G09"}},
                .v5 = {"3.1.2.5", {"MQTT-3.1.2-8"}},
                .variants = {"will-slightly-late"},
                .run = will_when});
}

}  // namespace holdfast
