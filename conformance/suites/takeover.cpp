// Takeover: section 3.1.4. A second connection with the same client identifier, in every state of the first.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const takeover_section = "3.1.4";

Task<void> closes_the_old_connection(Context& t) {
  Client& old = t.client("old");
  co_await t.connected(old, t.keeping());
  co_await anchored(t, old);
  co_await t.fenced(old);
  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  co_await judge_displaced(t, old);
  const bool alive = co_await fresh.fence(t.patience());
  t.must(alive, "MQTT-3.12.4-1", "the new connection to live on", "no PINGRESP on the new connection");
}

// [3.1.1: HF-3.1.1-S17; 5.0: HF-5.0-S12] Subscriptions and what was in flight go to the newcomer.
Task<void> hands_over_in_flight(Context& t, int qos, bool half_open) {
  Client& old = t.client("old");
  const std::string topic = t.topic("a");
  co_await t.connected(old, t.keeping());
  co_await t.subscribed(old, topic, qos);
  Client& pub = *co_await publisher(t);
  old.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "in-flight", qos));
  auto first = co_await t.delivered(old, "in-flight");
  if (half_open) old.go_half_open();

  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  const std::string_view handed_over = rule(t, "HF-3.1.1-S17", "HF-5.0-S12");
  auto again = co_await fresh.expect_message("in-flight", t.patience());
  t.must(again.has_value(), handed_over, "the unacknowledged PUBLISH again, to the newcomer", seen(t, again));
  t.must(again->packet_id == first.packet_id, "MQTT-4.4.0-1",
         fmt::format("the original Packet Identifier {}", first.packet_id), seen(t, again));
  t.must(again->dup, "MQTT-3.3.1-1", "DUP 1 on a repeat", seen(t, again), "Q-06");
  co_await t.published(pub, message(topic, "after", qos));
  auto after = co_await fresh.expect_message("after", t.patience());
  t.must(after.has_value(), handed_over, "a message for the subscription of the Session", seen(t, after));
  if (!half_open) co_await judge_displaced(t, old);
  t.must(old.count("after") == 0, rule(t, "HF-3.1.1-S22", "MQTT-3.1.4-3"),
         "nothing new to the old connection", seen_messages(old));
}

Task<void> hands_over_qos_1(Context& t) { return hands_over_in_flight(t, 1, false); }
Task<void> hands_over_qos_2(Context& t) { return hands_over_in_flight(t, 2, false); }
Task<void> hands_over_half_open(Context& t) { return hands_over_in_flight(t, 1, true); }

// An exchange past PUBREC: the PUBREL is owed to the newcomer.
Task<void> hands_over_pubrel(Context& t) {
  Client& old = t.client("old");
  const std::string topic = t.topic("a");
  co_await t.connected(old, t.keeping());
  co_await t.subscribed(old, topic, 2);
  Client& pub = *co_await publisher(t);
  old.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", 2));
  auto first = co_await t.delivered(old, "m");
  old.acknowledge(first);
  auto pubrel = co_await old.expect<mqtt::Pubrel>(t.patience());
  t.control(pubrel.has_value(), "no PUBREL after PUBREC");

  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  auto again = co_await fresh.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
  t.must(again.has_value(), rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"),
         fmt::format("PUBREL id {} again, to the newcomer", first.packet_id), seen(t, again), "Q-03");
  t.must(fresh.count("m") == 0, rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-6"),
         "no PUBLISH once PUBREL has been sent", seen_messages(fresh), "Q-03");
}

// A QoS 2 message received from the old connection and not released is no new message from the newcomer.
Task<void> hands_over_half_received(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 2);
  Client& old = t.client("old");
  co_await t.connected(old, t.keeping());
  co_await anchored(t, old);
  old.answers.releases = false;
  const std::uint16_t packet_id = old.publish(message(topic, "once", 2));
  auto pubrec = co_await old.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");

  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  mqtt::Publish repeat = message(topic, "once", 2);
  repeat.packet_id = packet_id;
  repeat.dup = true;
  fresh.publish(repeat);
  auto pubcomp = co_await fresh.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
  t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"), "the exchange to be completed",
         seen(t, pubcomp), "Q-08");
  co_await sentinel(t, fresh, watch, topic, 2);
  t.must(watch.count("once") == 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"),
         "one delivery of a QoS 2 message whose repeat came over the new connection", seen_messages(watch));
}

// [3.1.1: HF-3.1.1-S18; 5.0: MQTT-3.1.2-4] A clean newcomer discards the Session.
Task<void> clean_newcomer_discards(Context& t) {
  Client& old = t.client("old");
  const std::string topic = t.topic("a");
  co_await t.connected(old, t.keeping());
  co_await t.subscribed(old, topic, 1);
  Client& pub = *co_await publisher(t);
  old.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "in-flight", 1));
  co_await t.delivered(old, "in-flight");

  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.clean());
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  co_await judge_displaced(t, old);
  co_await t.published(pub, message(topic, "after", 1));
  const std::string other = t.topic("b");
  co_await t.subscribed(fresh, other, 1);
  co_await sentinel(t, pub, fresh, other, 1);
  for (const char* payload : {"in-flight", "after"}) {
    t.must(fresh.count(payload) == 0, rule(t, "HF-3.1.1-S18", "MQTT-3.1.2-4"),
           "nothing of the Session that the newcomer discarded", seen_messages(fresh));
  }
  t.also_judges({rule(t, "MQTT-3.1.4-3", "MQTT-3.1.4-4")});
}

// [3.1.1: MQTT-3.1.2-6; 5.0: HF-5.0-S13] A Session that ends with its connection is not handed over.
Task<void> transient_session_is_not_inherited(Context& t) {
  Client& old = t.client("old");
  const std::string topic = t.topic("a");
  co_await transient(t, old, t.clean());
  co_await t.subscribed(old, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(old, "control");

  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  t.observed(seen(t, connack));
  co_await judge_displaced(t, old);
  const std::string expected = "Session Present 0: the old Session ended with the old connection";
  if (!t.v5()) {
    t.must(!connack.session_present, "MQTT-3.2.2-3", expected, seen(t, connack), "T-07");
  } else {
    t.should(!connack.session_present, "HF-5.0-S13", expected, seen(t, connack), "T-06");
    if (connack.session_present) co_return;
  }
  co_await t.published(pub, message(topic, "after", 1));
  const std::string other = t.topic("b");
  co_await t.subscribed(fresh, other, 1);
  co_await sentinel(t, pub, fresh, other, 1);
  t.must(fresh.count("after") == 0, rule(t, "MQTT-3.1.2-6", "HF-5.0-S13"),
         "with Session Present 0 nothing for the old subscription", seen_messages(fresh),
         t.v5() ? "T-06" : "T-07");
}

// --- wills ---

enum class WillTakeover { no_delay, delayed_resumed, delayed_cleaned, delayed_transient };

Task<void> will_of_the_displaced(Context& t, WillTakeover kind) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  mqtt::Will will;
  will.topic = topic;
  will.payload = "will";
  will.qos = 1;
  const std::uint32_t delay = kind == WillTakeover::delayed_resumed ? 2 : 1000;
  if (kind != WillTakeover::no_delay) will.properties.will_delay_interval = delay;
  mqtt::Connect options = kind == WillTakeover::delayed_transient ? t.clean() : t.keeping();

  // Control: the same will comes when the connection is just lost, its delay left out.
  Client& control = t.client("control");
  mqtt::Will plain = will;
  plain.payload = "control";
  plain.properties.will_delay_interval.reset();
  co_await t.connected(control, with_will(options, plain));
  co_await t.dropped(control);
  co_await t.delivered(watch, "control");

  Client& old = t.client("old");
  co_await t.connected(old, with_will(options, will));
  Client& fresh = t.twin("new", old);
  co_await t.connected(fresh, t.keeping(600, kind == WillTakeover::delayed_cleaned));
  if (kind == WillTakeover::delayed_resumed) {
    co_await t.pass(3500ms);
    co_await t.fenced(watch);
    t.must(watch.count("will") == 0, "MQTT-3.1.3-9",
           "no will when its client returned to the Session within the delay of 2 s", seen_messages(watch));
    co_return;
  }
  auto seen_will = co_await watch.expect_message("will", t.patience());
  t.observed(seen(t, seen_will));
  switch (kind) {
    case WillTakeover::no_delay:
      t.must(seen_will.has_value(), "MQTT-3.1.2-8", "the will of the displaced connection",
             seen(t, seen_will), t.v5() ? "T-02" : "T-01");
      t.also_judges({rule(t, "HF-3.1.1-S19", "")});
      break;
    case WillTakeover::delayed_cleaned:
      t.should(seen_will.has_value(), "HF-5.0-S14", "the will at once, since Clean Start 1 ended its Session",
               seen(t, seen_will), "T-03");
      break;
    default:
      t.should(seen_will.has_value(), "HF-5.0-S14",
               "the will at once, since its Session ended with the connection", seen(t, seen_will), "T-05");
      break;
  }
}

Task<void> will_without_delay(Context& t) { return will_of_the_displaced(t, WillTakeover::no_delay); }
Task<void> will_delayed_resumed(Context& t) {
  return will_of_the_displaced(t, WillTakeover::delayed_resumed);
}
Task<void> will_delayed_cleaned(Context& t) {
  return will_of_the_displaced(t, WillTakeover::delayed_cleaned);
}
Task<void> will_delayed_transient(Context& t) {
  return will_of_the_displaced(t, WillTakeover::delayed_transient);
}

// --- the moment of change and after ---

// [T-14] Ten messages while three connections follow each other: each of them reaches one of the four.
Task<void> loses_nothing(Context& t) {
  const std::string topic = t.topic("a");
  Client& first = t.client("first");
  co_await t.connected(first, t.keeping());
  co_await t.subscribed(first, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(first, "control");

  std::vector<Client*> takers = {&first};
  int sent = 0;
  for (const char* name : {"second", "third", "fourth"}) {
    for (int i = 0; i < 3; ++i) pub.publish(message(topic, fmt::format("m{}", ++sent), 1));
    Client& taker = t.twin(name, first);
    auto connack = co_await t.connected(taker, t.keeping());
    judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
    takers.push_back(&taker);
    for (int i = 0; i < 2; ++i) pub.publish(message(topic, fmt::format("m{}", ++sent), 1));
  }
  // A displaced connection that is still open may get the sentinel in its place.
  for (Client* displaced : takers)
    if (displaced != takers.back()) co_await displaced->expect_close(t.patience());
  co_await sentinel(t, pub, *takers.back(), topic, 1);
  for (int i = 1; i <= sent; ++i) {
    const std::string payload = fmt::format("m{}", i);
    const auto copies = [&takers, &payload] {
      std::size_t found = 0;
      for (const Client* taker : takers) found += taker->count(payload);
      return found;
    };
    // What was on its way to a connection that was taken over may come after the sentinel.
    if (copies() == 0) co_await takers.back()->expect_message(payload, t.patience());
    t.must(copies() >= 1, "MQTT-4.5.0-1", "every acknowledged message to reach the old or the new connection",
           fmt::format("{} of {} reached none of them", payload, sent), "T-14");
  }
}

// [HF-3.1.1-S64, HF-5.0-S55] What the broker still does for the displaced leaves the successor alone: its
// keep alive of 1 s, its interval, its clean-up.
Task<void> successor_is_left_alone(Context& t) {
  const std::string topic = t.topic("a");
  Client& old = t.client("old");
  mqtt::Connect short_lived = t.v5() ? t.keeping(interval_of(t, 1)) : t.keeping();
  short_lived.keep_alive = 1;
  co_await t.connected(old, short_lived);
  co_await t.subscribed(old, topic, 1);
  old.go_half_open();
  Client& fresh = t.twin("new", old);
  auto connack = co_await t.connected(fresh, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  co_await t.pass(4s);
  const std::string_view id = rule(t, "HF-3.1.1-S64", "HF-5.0-S55");
  t.must(!fresh.closed().has_value(), id, "the successor to stay connected past the timers of the displaced",
         seen_close(t, fresh.closed()));
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  auto delivered = co_await fresh.expect_message("m", t.patience());
  t.must(delivered.has_value(), id, "the Session and its subscription to live on with the successor",
         seen(t, delivered));
}

// [HF-3.1.1-S21, HF-5.0-S11] A CONNECT that is refused takes nothing over.
Task<void> refused_newcomer(Context& t) {
  const std::string topic = t.topic("a");
  Client& old = t.client("old");
  co_await t.connected(old, t.keeping());
  co_await t.subscribed(old, topic, 1);
  Client& refused = t.twin("refused", old);
  mqtt::Connect connect = t.keeping(600, true);
  connect.client_id = old.id();
  if (t.v5()) {
    connect.properties.authentication_method = "holdfast-unknown";
  } else {
    connect.protocol_level = 0x63;
  }
  refused.connect_as_given(connect);
  auto closed = co_await refused.expect_close(t.patience());
  auto connack = co_await refused.expect<mqtt::Connack>(0ns);
  const bool accepted = connack && connack->reason == mqtt::ReasonCode::success;
  t.control(closed.has_value() && !accepted, "the CONNECT that was to be refused was not");

  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "m", 1));
  auto delivered = co_await old.expect_message("m", t.patience());
  t.must(delivered.has_value() && !old.closed(), rule(t, "HF-3.1.1-S21", "HF-5.0-S11"),
         "the live connection and its Session to be untouched by a refused CONNECT",
         fmt::format("{}; {}", seen(t, delivered), seen_close(t, old.closed())), "C-12");
}

}  // namespace

void register_takeover(Registry& registry) {
  const char* first_works = "The first connection is accepted and works.";
  const char* delivers = "The message is delivered to the first connection.";
  registry.add({.slug = "closes-the-old-connection",
                .title = "A second connection with the same client identifier closes the first",
                .v3_1_1 = {takeover_section, {"MQTT-3.1.4-2", "HF-3.1.1-S17"}},
                .v5 = {takeover_section, {"MQTT-3.1.4-3", "HF-5.0-S12"}},
                .procedure = "CONNECT twice with one client identifier.",
                .control = first_works,
                .tags = {"takeover"},
                .variants = {"takeover-bare-close", "takeover-newcomer-first", "takeover-throttled"},
                .interpretations = {"T-08"},
                .run = closes_the_old_connection});
  const struct {
    const char* slug;
    const char* title;
    Need need;
    Task<void> (*run)(Context&);
  } hand_overs[] = {
      {"hands-over-qos1", "Takeover hands an unacknowledged QoS 1 message to the newcomer", Need::qos_1,
       hands_over_qos_1},
      {"hands-over-qos2", "Takeover hands an unacknowledged QoS 2 message to the newcomer", Need::qos_2,
       hands_over_qos_2},
      {"hands-over-half-open", "A client that was lost in silence takes its Session back", Need::qos_1,
       hands_over_half_open},
      {"hands-over-pubrel", "Takeover hands an owed PUBREL to the newcomer", Need::qos_2, hands_over_pubrel},
  };
  for (const auto& row : hand_overs) {
    registry.add({.slug = row.slug,
                  .title = row.title,
                  .v3_1_1 = {takeover_section, {"HF-3.1.1-S17", "MQTT-4.4.0-1", "HF-3.1.1-S22"}},
                  .v5 = {takeover_section, {"HF-5.0-S12", "MQTT-4.4.0-1", "MQTT-3.1.4-3"}},
                  .procedure = "Leave an exchange half done on the first connection, CONNECT a second one.",
                  .control = delivers,
                  .needs = {row.need},
                  .tags = {"takeover", "redelivery"},
                  .variants = {"takeover-bare-close", "takeover-newcomer-first"},
                  .interpretations = {"T-08", "Q-03", "Q-06"},
                  .run = row.run});
  }
  registry.add(
      {.slug = "hands-over-half-received",
       .title =
           "A QoS 2 message received before the takeover is not delivered again when it is repeated after",
       .v3_1_1 = {takeover_section, {"HF-3.1.1-S17", "HF-3.1.1-S05", "MQTT-4.3.3-2"}},
       .v5 = {takeover_section, {"HF-5.0-S12", "HF-5.0-S28", "MQTT-4.3.3-10"}},
       .procedure = "PUBLISH at QoS 2 and PUBREC on the first connection, the repeat on the second.",
       .control = "PUBREC comes on the first connection.",
       .needs = {Need::qos_2},
       .tags = {"takeover", "qos2"},
       .interpretations = {"Q-08"},
       .run = hands_over_half_received});
  registry.add(
      {.slug = "clean-newcomer-discards",
       .title = "A newcomer with Clean Session or Clean Start 1 discards the Session that it takes over",
       .v3_1_1 = {takeover_section, {"HF-3.1.1-S18", "MQTT-3.1.4-3"}},
       .v5 = {takeover_section, {"MQTT-3.1.2-4", "MQTT-3.1.4-4"}},
       .procedure = "Leave a message in flight on the first connection, CONNECT a second one clean.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"takeover", "session"},
       .interpretations = {"T-08"},
       .run = clean_newcomer_discards});
  registry.add(
      {.slug = "transient-session-not-inherited",
       .title = "A Session that ends with its connection is not handed over by a takeover",
       .v3_1_1 = {takeover_section, {"MQTT-3.1.2-6", "MQTT-3.2.2-3"}},
       .v5 = {takeover_section, {"HF-5.0-S13", "HF-5.0-S01"}},
       .procedure = "Subscribe in a Session that is not kept, CONNECT a second one without cleaning.",
       .control = delivers,
       .needs = {Need::qos_1},
       .tags = {"takeover", "expiry"},
       .interpretations = {"T-06", "T-07", "T-08"},
       .run = transient_session_is_not_inherited});
  registry.add({.slug = "publishes-the-will",
                .title = "The Will Message of the displaced connection is published",
                .v3_1_1 = {takeover_section, {"MQTT-3.1.2-8", "HF-3.1.1-S19"}},
                .v5 = {takeover_section, {"MQTT-3.1.2-8", "HF-5.0-S14"}},
                .procedure = "CONNECT with a will, CONNECT a second time.",
                .control = "The same will comes when its connection is lost.",
                .needs = {Need::qos_1},
                .tags = {"takeover", "will"},
                .variants = {"will-slightly-late"},
                .interpretations = {"T-01", "T-02"},
                .run = will_without_delay});
  registry.add(
      {.slug = "return-within-delay",
       .title = "A takeover that resumes the Session within the Will Delay Interval cancels the will",
       .v5 = {takeover_section, {"MQTT-3.1.3-9", "HF-5.0-S14"}},
       .procedure = "CONNECT with a will of delay 2 s, CONNECT a second time with Clean Start 0.",
       .control = "The same will without a delay comes when its connection is lost.",
       .needs = {Need::qos_1},
       .longest_timer = 4s,
       .tags = {"takeover", "will", "will-delay"},
       .run = will_delayed_resumed});
  registry.add({.slug = "clean-start-publishes-delayed-will",
                .title = "A takeover with Clean Start 1 publishes a delayed will, whose Session has ended",
                .level = Level::should,
                .v5 = {takeover_section, {"HF-5.0-S14"}},
                .procedure = "CONNECT with a will of delay 1000 s, CONNECT a second time with Clean Start 1.",
                .control = "The same will without a delay comes when its connection is lost.",
                .needs = {Need::qos_1},
                .tags = {"takeover", "will", "will-delay"},
                .interpretations = {"T-03"},
                .run = will_delayed_cleaned});
  registry.add(
      {.slug = "transient-session-publishes-delayed-will",
       .title = "A takeover of a Session with interval 0 publishes a delayed will, whose Session has ended",
       .level = Level::should,
       .v5 = {takeover_section, {"HF-5.0-S14", "HF-5.0-S13"}},
       .procedure = "CONNECT with interval 0 and a will of delay 1000 s, CONNECT a second time.",
       .control = "The same will without a delay comes when its connection is lost.",
       .needs = {Need::qos_1},
       .tags = {"takeover", "will", "will-delay"},
       .interpretations = {"T-05"},
       .run = will_delayed_transient});
  registry.add({.slug = "loses-nothing",
                .title = "No acknowledged message is lost in the moment of a takeover",
                .v3_1_1 = {takeover_section, {"MQTT-4.5.0-1", "HF-3.1.1-S17"}},
                .v5 = {takeover_section, {"MQTT-4.5.0-1", "HF-5.0-S12"}},
                .procedure = "Fifteen QoS 1 messages while three connections take the Session over in turn.",
                .control = delivers,
                .needs = {Need::qos_1},
                .tags = {"takeover", "queue"},
                .variants = {"takeover-throttled", "qos1-duplicate-after-reconnect"},
                .interpretations = {"T-14"},
                .run = loses_nothing});
  registry.add(
      {.slug = "successor-left-alone",
       .title = "Timers and clean-up of the displaced connection leave its successor alone",
       .v3_1_1 = {takeover_section, {"HF-3.1.1-S64"}},
       .v5 = {takeover_section, {"HF-5.0-S55", "HF-5.0-S09"}},
       .procedure = "Lose a connection with Keep Alive 1 s in silence, take over, wait past its timers.",
       .control = "The takeover resumes the Session.",
       .needs = {Need::qos_1, Need::takes_keep_alive},
       .longest_timer = 4s,
       .tags = {"takeover", "keep-alive", "timer"},
       .run = successor_is_left_alone});
  registry.add({.slug = "refused-newcomer",
                .title = "A CONNECT that is refused does not touch the connection that it would take over",
                .v3_1_1 = {takeover_section, {"HF-3.1.1-S21"}},
                .v5 = {takeover_section, {"HF-5.0-S11"}},
                .procedure = "CONNECT under a connected identifier in a way that has to be refused.",
                .control = "The CONNECT is refused.",
                .needs = {Need::qos_1},
                .tags = {"takeover", "error"},
                .interpretations = {"C-12"},
                .run = refused_newcomer});
}

}  // namespace holdfast
