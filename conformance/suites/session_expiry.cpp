// The Session Expiry Interval (5.0): sections 3.1.2.11.2, 3.14.2.2.2 and 4.1.
//
// Expiry has two bounds. Early by more than a second is a failure; late is a matter of degree (interpretation
// S-04): up to 5 s passes, up to 60 s is non-strict, beyond fails. Each case therefore keeps one Session for
// each moment at which it looks, because looking resumes the Session and starts its clock afresh.
#include <fmt/format.h>

#include "conformance/engine/words.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const session_expiry_section = "3.1.2.11.2";

// A Session with one subscription and `interval` in force, left at `left`.
struct KeptSession {
  Client* client = nullptr;
  Time left{};
};

Task<void> open_session(Context& t, Client& client, std::uint32_t interval) {
  co_await t.connected(client, t.keeping(interval));
  co_await t.subscribed(client, t.topic(client.name()), 1);
}

// Opens the Session and leaves it. Where the ending carries an interval of its own, it is sent in DISCONNECT.
Task<KeptSession> keep(Context& t, std::string_view name, std::uint32_t interval, Ending ending) {
  Client& client = t.client(name);
  co_await open_session(t, client, interval);
  co_await ended(t, client, ending);
  co_return KeptSession{&client, t.now()};
}

Task<void> until(Context& t, Time moment) {
  if (moment > t.now()) co_await t.pass(moment - t.now());
}

// The Session has to be there at this moment.
Task<void> judge_still_there(Context& t, KeptSession kept, std::string_view id, std::string because) {
  auto connack = co_await returned(t, *kept.client, t.keeping());
  t.must(connack.session_present, id, "Session Present 1: " + because, seen(t, connack));
}

// The Session should be gone by now, and has to be when minutes are watched.
Task<void> judge_gone(Context& t, KeptSession kept, std::string_view id, std::string because) {
  auto connack = co_await returned(t, *kept.client, t.keeping());
  const std::string expected = "Session Present 0: " + because;
  if (t.watches_minutes()) {
    t.must(!connack.session_present, id, expected, seen(t, connack), "S-04");
  } else {
    t.should(!connack.session_present, id, expected, seen(t, connack), "S-04");
  }
}

// Whoever wants to find a Session within its interval has to be there in time, whatever was slow.
void control_in_time(Context& t, Time left, std::uint32_t interval) {
  const Duration away = t.now() - left;
  t.control(
      away + 500ms < std::chrono::seconds(interval),
      fmt::format("{} of the interval of {} s have passed before the return", in_words(away), interval));
}

// The lower and the upper bound of one interval of 2 s, whatever ended the connection. Both Sessions stand
// before one is left, since a broker may take seconds for a CONNACK.
Task<void> bounds(Context& t, Ending ending) {
  const std::uint32_t interval = interval_of(t, 2);
  co_await open_session(t, t.client("late"), interval);
  const KeptSession early = co_await keep(t, "early", interval, ending);
  co_await ended(t, t.client("late"), ending);
  const KeptSession late{&t.client("late"), t.now()};
  co_await until(t, early.left + 900ms);
  control_in_time(t, early.left, interval);
  co_await judge_still_there(t, early, "MQTT-3.1.2-23",
                             fmt::format("0.9 s of the interval of {} s have passed", interval));
  co_await until(t, late.left + std::chrono::seconds(interval) + t.late_watch());
  co_await judge_gone(t, late, "MQTT-4.1.0-2",
                      fmt::format("the interval of {} s ran out long ago", interval));
  t.also_judges({"HF-5.0-S02", "HF-5.0-S10"});
}

Task<void> bounds_after_disconnect(Context& t) { return bounds(t, Ending::disconnect); }
Task<void> bounds_after_cut(Context& t) { return bounds(t, Ending::cut); }
Task<void> bounds_after_reset(Context& t) { return bounds(t, Ending::reset); }

// [HF-5.0-S08] Time spent connected does not count.
Task<void> counts_from_the_close(Context& t) {
  Client& client = t.client("long");
  const std::uint32_t interval = interval_of(t, 2);
  co_await t.connected(client, t.keeping(interval));
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.pass(std::chrono::seconds(interval) + 1s);
  co_await t.disconnected(client);
  const KeptSession kept{&client, t.now()};
  co_await until(t, kept.left + 900ms);
  control_in_time(t, kept.left, interval);
  co_await judge_still_there(
      t, kept, "HF-5.0-S08",
      fmt::format("connected for longer than {0} s, away for 0.9 s of {0} s", interval));
}

// [HF-5.0-S08] Each close starts the clock afresh.
Task<void> restarts_at_each_close(Context& t) {
  Client& client = t.client("often");
  const std::uint32_t interval = interval_of(t, 2);
  co_await t.connected(client, t.keeping(interval));
  co_await t.subscribed(client, t.topic("a"), 1);
  for (int round = 1; round <= 3; ++round) {
    co_await t.disconnected(client);
    const Time left = t.now();
    co_await t.pass(900ms);
    control_in_time(t, left, interval);
    auto connack = co_await returned(t, client, t.keeping(interval));
    t.must(connack.session_present, "HF-5.0-S08",
           fmt::format("Session Present 1 after absence {} of 0.9 s each, with an interval of {} s", round,
                       interval),
           seen(t, connack));
  }
}

// [HF-5.0-S09] The interval of the latest CONNECT governs, also when it is shorter, longer or absent.
Task<void> latest_connect_governs(Context& t) {
  const std::uint32_t brief = interval_of(t, 1);
  Client& longer = t.client("longer");
  Client& shorter = t.client("shorter");
  Client& absent = t.client("absent");
  for (Client* client : {&longer, &shorter, &absent}) {
    const std::uint32_t first_interval = client == &longer ? brief : 600;
    co_await t.connected(*client, t.keeping(first_interval));
    co_await t.subscribed(*client, t.topic(client->name()), 1);
    co_await t.disconnected(*client);
    mqtt::Connect again = t.keeping(client == &longer ? 600 : brief);
    if (client == &absent) again.properties.session_expiry_interval.reset();
    auto resumed = co_await t.connected(*client, again);
    const bool keeps_unasked =
        client == &absent && resumed.properties.session_expiry_interval.value_or(0) > 0;
    t.supported(!keeps_unasked,
                "the broker keeps a Session that asks for no keeping, and says so in CONNACK");
    t.control(resumed.session_present, "the Session was not kept for its first interval");
    co_await t.disconnected(*client);
  }
  const Time left = t.now();
  auto connack = co_await returned(t, absent, t.keeping());
  t.must(!connack.session_present, "HF-5.0-S09", "Session Present 0: the latest CONNECT had no interval",
         seen(t, connack), "F-05");
  co_await until(t, left + std::chrono::seconds(brief) + t.late_watch());
  const KeptSession kept_longer{&longer, left};
  const KeptSession kept_shorter{&shorter, left};
  co_await judge_still_there(t, kept_longer, "HF-5.0-S09", "the latest CONNECT asked for 600 s");
  co_await judge_gone(t, kept_shorter, "HF-5.0-S09", fmt::format("the latest CONNECT asked for {} s", brief));
}

// [HF-5.0-S48] After expiry the client is a stranger: nothing published in between is for it.
Task<void> expiry_ends_subscriptions(Context& t) {
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await t.connected(subscriber, t.keeping(1));
  co_await t.subscribed(subscriber, topic, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(subscriber, "control");
  co_await t.disconnected(subscriber);
  co_await t.published(pub, message(topic, "queued", 1));
  co_await t.pass(1s + t.late_watch());
  auto connack = co_await returned(t, subscriber, t.keeping(1));
  if (connack.session_present) {
    t.should(false, "HF-5.0-S48", "an expired Session", seen(t, connack), "S-04");
    co_return;
  }
  co_await t.published(pub, message(topic, "after", 1));
  const std::string other = t.topic("b");
  co_await t.subscribed(subscriber, other, 1);
  co_await sentinel(t, pub, subscriber, other, 1);
  for (const char* payload : {"queued", "after"}) {
    t.must(subscriber.count(payload) == 0, "HF-5.0-S48",
           "with Session Present 0 nothing of the expired Session, nor for its subscription",
           fmt::format("a PUBLISH \"{}\"", payload));
  }
}

// --- the interval in DISCONNECT ---

Task<KeptSession> keep_then_disconnect(Context& t, std::string_view name, std::uint32_t interval,
                                       std::uint32_t interval_in_disconnect) {
  Client& client = t.client(name);
  co_await t.connected(client, t.keeping(interval));
  co_await t.subscribed(client, t.topic(name), 1);
  const mqtt::Properties properties = session_expiry(interval_in_disconnect);
  co_await t.disconnected(client, properties);
  co_return KeptSession{&client, t.now()};
}

// [HF-5.0-S05] DISCONNECT may shorten the interval, to 0 as well, or lengthen it.
Task<void> disconnect_changes_interval(Context& t) {
  const KeptSession ended_now = co_await keep_then_disconnect(t, "zero", 600, 0);
  auto connack = co_await returned(t, *ended_now.client, t.keeping());
  t.must(!connack.session_present, "HF-5.0-S05", "Session Present 0: DISCONNECT set the interval to 0",
         seen(t, connack));
  const KeptSession shortened = co_await keep_then_disconnect(t, "shorter", 600, 1);
  const KeptSession lengthened = co_await keep_then_disconnect(t, "longer", 1, 600);
  co_await until(t, lengthened.left + 1s + t.late_watch());
  co_await judge_still_there(t, lengthened, "HF-5.0-S05", "DISCONNECT raised the interval from 1 s to 600 s");
  co_await judge_gone(t, shortened, "HF-5.0-S05", "DISCONNECT lowered the interval from 600 s to 1 s");
}

// The interval set in a DISCONNECT holds for that close only; the next CONNECT sets its own.
Task<void> disconnect_without_interval(Context& t) {
  const KeptSession kept = co_await keep(t, "kept", 600, Ending::disconnect);
  co_await judge_still_there(t, kept, "HF-5.0-S05",
                             "DISCONNECT without an interval leaves the one of CONNECT");
}

// [HF-5.0-S06] Raising the interval from an explicit 0 is a protocol error.
Task<void> disconnect_raises_from_zero(Context& t) {
  // Control: where CONNECT asked for 1 s, DISCONNECT may ask for more.
  const KeptSession control = co_await keep_then_disconnect(t, "control", 1, 600);
  auto resumed = co_await t.connected(*control.client, t.keeping());
  t.control(resumed.session_present, "a Session with an interval was not kept");

  Client& client = t.client("raises");
  mqtt::Connect options = t.keeping(0);
  options.properties.session_expiry_interval = 0;
  co_await t.connected(client, options);
  co_await t.subscribed(client, t.topic("a"), 1);
  mqtt::Disconnect disconnect;
  disconnect.properties.session_expiry_interval = 600;
  client.send(disconnect);
  auto closed = co_await client.expect_close(t.patience());
  t.must(closed.has_value(), "HF-5.0-S06", "the connection to be closed after a protocol error",
         seen_close(t, closed), "S-02");
  t.observed(seen_close(t, closed));
  const bool told = closed->disconnect && closed->disconnect->reason == mqtt::ReasonCode::protocol_error;
  t.should(told, "HF-5.0-S06", "DISCONNECT 0x82 before the close", seen_close(t, closed), "S-02");
  t.closed_as(told ? CloseVerdict::clean : CloseVerdict::without_code);
  auto connack = co_await returned(t, client, t.keeping());
  t.must(!connack.session_present, "HF-5.0-S06",
         "Session Present 0: the interval was 0 and could not be raised by DISCONNECT", seen(t, connack),
         "S-02");
}

}  // namespace

void register_session_expiry(Registry& registry) {
  const struct {
    const char* slug;
    const char* title;
    Task<void> (*run)(Context&);
  } endings[] = {
      {"bounds-after-disconnect", "A Session lives on for its interval after DISCONNECT and not much longer",
       bounds_after_disconnect},
      {"bounds-after-cut", "A Session lives on for its interval after a lost connection and not much longer",
       bounds_after_cut},
      {"bounds-after-reset",
       "A Session lives on for its interval after a reset connection and not much longer",
       bounds_after_reset},
  };
  for (const auto& row : endings) {
    registry.add(
        {.slug = row.slug,
         .title = row.title,
         .v5 = {session_expiry_section, {"MQTT-3.1.2-23", "MQTT-4.1.0-2", "HF-5.0-S02", "HF-5.0-S10"}},
         .procedure = "Keep two Sessions for 2 s each. Return to one after 0.9 s, to the other long after.",
         .control = "Each of the two is the control of the other.",
         .needs = {Need::session_expiry},
         .longest_timer = 7s,
         .tags = {"session", "expiry", "timer"},
         .variants = {"session-expiry-late", "session-expiry-clock-from-detection"},
         .interpretations = {"S-04", "S-06"},
         .run = row.run});
  }
  registry.add({.slug = "counts-from-the-close",
                .title = "Time spent connected does not count towards the Session Expiry Interval",
                .v5 = {session_expiry_section, {"HF-5.0-S08", "MQTT-3.1.2-23"}},
                .procedure = "Stay connected for 3 s with an interval of 2 s, stay away for 0.9 s, return.",
                .control = "The bounds cases show that this broker's Sessions do expire.",
                .needs = {Need::session_expiry},
                .longest_timer = 4s,
                .tags = {"session", "expiry", "timer"},
                .run = counts_from_the_close});
  registry.add({.slug = "restarts-at-each-close",
                .title = "Each close starts the Session Expiry Interval afresh",
                .v5 = {session_expiry_section, {"HF-5.0-S08", "MQTT-3.1.2-23"}},
                .procedure = "Three absences of 0.9 s with an interval of 2 s.",
                .control = "The bounds cases show that this broker's Sessions do expire.",
                .needs = {Need::session_expiry},
                .longest_timer = 3s,
                .tags = {"session", "expiry", "timer"},
                .run = restarts_at_each_close});
  registry.add({.slug = "latest-connect-governs",
                .title = "The Session Expiry Interval of the latest CONNECT governs",
                .v5 = {session_expiry_section, {"HF-5.0-S09"}},
                .procedure = "Resume three Sessions with a longer, a shorter and no interval; return later.",
                .control = "Each Session resumes once under its first interval.",
                .needs = {Need::session_expiry},
                .longest_timer = 6s,
                .tags = {"session", "expiry", "timer"},
                .variants = {"session-expiry-late"},
                .interpretations = {"F-05", "S-04"},
                .run = latest_connect_governs});
  registry.add(
      {.slug = "expiry-ends-subscriptions",
       .title = "An expired Session leaves neither messages nor subscriptions to its client",
       .v5 = {session_expiry_section, {"HF-5.0-S48", "MQTT-4.1.0-2"}},
       .procedure = "Let a Session with a queued message expire, return, publish to its subscription.",
       .control = "The subscription delivers before.",
       .needs = {Need::session_expiry, Need::qos_1},
       .longest_timer = 6s,
       .tags = {"session", "expiry", "timer"},
       .variants = {"session-expiry-late"},
       .interpretations = {"S-04"},
       .run = expiry_ends_subscriptions});
  registry.add(
      {.slug = "disconnect-changes-interval",
       .title = "A Session Expiry Interval in DISCONNECT replaces the one in force",
       .v5 = {"3.14.2.2.2", {"HF-5.0-S05"}},
       .procedure = "DISCONNECT with 0 instead of 600 s, 1 s instead of 600 s, 600 s instead of 1 s; return.",
       .control = "Each of the three is the control of the others.",
       .needs = {Need::session_expiry},
       .longest_timer = 6s,
       .tags = {"session", "expiry", "timer", "disconnect"},
       .variants = {"session-expiry-late", "disconnect-expiry-capped-silently"},
       .interpretations = {"S-03", "S-04"},
       .run = disconnect_changes_interval});
  registry.add({.slug = "disconnect-without-interval",
                .title = "DISCONNECT without a Session Expiry Interval leaves the one of CONNECT in force",
                .v5 = {"3.14.2.2.2", {"HF-5.0-S05", "MQTT-3.1.2-23"}},
                .procedure = "CONNECT with 600 s, DISCONNECT without an interval, return.",
                .control = "The CONNECT and the subscription are accepted.",
                .tags = {"session", "expiry", "disconnect"},
                .run = disconnect_without_interval});
  registry.add({.slug = "disconnect-raises-from-zero",
                .title = "DISCONNECT cannot raise the Session Expiry Interval from 0",
                .v5 = {"3.14.2.2.2", {"HF-5.0-S06"}},
                .procedure = "CONNECT with interval 0, DISCONNECT with 600 s, return.",
                .control = "DISCONNECT raises an interval of 1 s.",
                .needs = {Need::session_expiry},
                .tags = {"session", "expiry", "disconnect"},
                .interpretations = {"S-02"},
                .run = disconnect_raises_from_zero});
}

}  // namespace holdfast
