// Takeover in every state of the first connection: section 3.1.4.
//
// Generated: {nothing open, each open stage of an exchange in both directions} x {a live, a half-open first
// connection} x {its Session is kept, ends with it} x {the newcomer resumes, begins anew}. And the same for
// wills, with and without a delay.
#include <fmt/format.h>

#include <array>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

enum class OpenExchange {
  none,
  qos1_to_client,    // PUBLISH without PUBACK
  qos2_to_client,    // PUBLISH without PUBREC
  pubrel_to_client,  // PUBREL without PUBCOMP
  qos1_from_client,  // PUBLISH whose PUBACK may be on its way
  qos2_from_client,  // PUBREC came, PUBREL is owed
  pubrel_from_client,
};

struct TakeoverState {
  OpenExchange open = OpenExchange::none;
  bool half_open = false;
  bool kept = true;
  bool cleaned = false;
  bool resumes() const { return kept && !cleaned; }
};

std::string_view slug_of(OpenExchange open) {
  constexpr std::array<std::string_view, 7> slugs = {"idle",
                                                     "qos1-to-client",
                                                     "qos2-to-client",
                                                     "pubrel-to-client",
                                                     "qos1-from-client",
                                                     "qos2-from-client",
                                                     "pubrel-from-client"};
  return slugs[static_cast<std::size_t>(open)];
}

std::string slug_of(const TakeoverState& state) {
  return fmt::format("{}-{}-{}", state.half_open ? "half-open" : "live", state.kept ? "kept" : "transient",
                     state.cleaned ? "cleaned" : "resumed");
}

bool is_to_client(OpenExchange open) {
  return open == OpenExchange::qos1_to_client || open == OpenExchange::qos2_to_client ||
         open == OpenExchange::pubrel_to_client;
}

int qos_of(OpenExchange open) {
  const bool is_qos_1 = open == OpenExchange::qos1_to_client || open == OpenExchange::qos1_from_client;
  return is_qos_1 || open == OpenExchange::none ? 1 : 2;
}

mqtt::Connect first_connect(const Context& t, const TakeoverState& state) {
  return state.kept ? t.keeping() : t.clean();
}

// Leaves the exchange open on the first connection. Returns its Packet Identifier, 0 if none is open.
Task<std::uint16_t> open_exchange(Context& t, Client& old, Client& pub, OpenExchange open) {
  if (open == OpenExchange::none) co_return 0;
  const int qos = qos_of(open);
  if (is_to_client(open)) {
    old.answers.acknowledges = false;
    co_await t.published(pub, message(t.topic("a"), "m", qos));
    auto first = co_await t.delivered(old, "m");
    if (open == OpenExchange::pubrel_to_client) {
      old.acknowledge(first);
      auto pubrel = co_await old.expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
      t.control(pubrel.has_value(), "no PUBREL after PUBREC");
    }
    co_return first.packet_id;
  }
  old.answers.releases = false;
  const std::uint16_t packet_id = old.publish(message(t.topic("b"), "m", qos));
  if (qos == 1) co_return packet_id;
  auto pubrec = co_await old.expect_id<mqtt::Pubrec>(packet_id, t.patience());
  t.control(pubrec.has_value(), "no PUBREC for a QoS 2 PUBLISH");
  if (open == OpenExchange::pubrel_from_client) old.release(packet_id);
  co_return packet_id;
}

// Session Present. False if a 5.0 broker hands on a Session of interval 0, after which nothing can be judged.
bool judge_takeover_flag(Context& t, const Received<mqtt::Connack>& connack, const TakeoverState& state) {
  if (state.cleaned) {
    judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
  } else if (state.kept) {
    judge_session_present(t, connack, Past::kept, "the Session of the old connection is held");
  } else if (!t.v5()) {
    judge_session_present(t, connack, Past::none, "the old Session ended with the old connection", "T-07");
  } else {
    t.should(!connack.session_present, "HF-5.0-S13",
             "Session Present 0: the old Session ended with its connection", seen(t, connack), "T-06");
    return !connack.session_present;
  }
  return true;
}

// --- the newcomer resumes ---

Task<void> judge_resumed_to_client(Context& t, Client& fresh, OpenExchange open, std::uint16_t packet_id) {
  const std::string_view id = rule(t, "HF-3.1.1-S17", "HF-5.0-S12");
  if (open == OpenExchange::pubrel_to_client) {
    auto pubrel = co_await fresh.expect_id<mqtt::Pubrel>(packet_id, t.patience());
    t.must(pubrel.has_value(), id, fmt::format("PUBREL id {} again, to the newcomer", packet_id),
           seen(t, pubrel), "Q-03");
    co_return;
  }
  auto again = co_await fresh.expect_message("m", t.patience());
  t.must(again.has_value(), id, "the unacknowledged PUBLISH again, to the newcomer", seen(t, again));
  t.must(again->packet_id == packet_id, "MQTT-4.4.0-1",
         fmt::format("the original Packet Identifier {}", packet_id), seen(t, again));
  t.must(again->dup, "MQTT-3.3.1-1", "DUP 1 on a repeat", seen(t, again), "Q-06");
}

Task<void> judge_resumed_from_client(Context& t, Client& fresh, Client& watch, OpenExchange open,
                                     std::uint16_t packet_id) {
  const int qos = qos_of(open);
  if (open == OpenExchange::qos1_from_client) {
    mqtt::Publish repeat = message(t.topic("b"), "m", qos);
    repeat.packet_id = packet_id;
    repeat.dup = true;
    fresh.publish(repeat);
    auto puback = co_await fresh.expect_id<mqtt::Puback>(packet_id, t.patience());
    t.must(puback.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"), "PUBACK for the repeat",
           seen(t, puback));
  } else {
    const mqtt::Packet pubrel = mqtt::Pubrel{.packet_id = packet_id};
    fresh.send(pubrel);
    auto pubcomp = co_await fresh.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
           "PUBCOMP for the PUBREL of the newcomer", seen(t, pubcomp));
    // Only what was released on the first connection may be unknown by now.
    if (t.v5() && open == OpenExchange::qos2_from_client) {
      t.must(!mqtt::is_error(pubcomp->reason), "HF-5.0-S12", "PUBCOMP 0x00 for an exchange of the Session",
             seen(t, pubcomp), "Q-01");
    }
  }
  co_await sentinel(t, fresh, watch, t.topic("b"), qos);
  const std::size_t copies = watch.count("m");
  t.must(qos == 1 ? copies >= 1 : copies == 1,
         rule(t, qos == 1 ? "MQTT-4.5.0-1" : "MQTT-4.3.3-2", qos == 1 ? "MQTT-4.5.0-1" : "MQTT-4.3.3-10"),
         qos == 1 ? "delivery of the message" : "one delivery of a QoS 2 message", seen_messages(watch));
}

// --- the newcomer begins anew ---

Task<void> judge_begun_anew(Context& t, Client& fresh, Client& pub, Client& watch, OpenExchange open,
                            std::uint16_t packet_id) {
  co_await t.published(pub, message(t.topic("a"), "after", 1));
  co_await t.subscribed(fresh, t.topic("c"), 1);
  co_await sentinel(t, pub, fresh, t.topic("c"), 1);
  const std::string_view id = rule(t, "HF-3.1.1-S18", "MQTT-3.1.2-4");
  for (const char* payload : {"m", "after"}) {
    t.must(fresh.count(payload) == 0, id, "nothing of the Session that has ended", seen_messages(fresh));
  }
  auto pubrel = co_await fresh.expect<mqtt::Pubrel>(0ns);
  t.must(!pubrel, id, "no PUBREL for an exchange of the Session that has ended", seen(t, pubrel));
  if (open == OpenExchange::none || is_to_client(open)) co_return;
  mqtt::Publish reuse = message(t.topic("b"), "fresh", qos_of(open));
  reuse.packet_id = packet_id;
  co_await t.published(fresh, reuse);
  auto delivered = co_await watch.expect_message("fresh", t.patience());
  t.must(delivered.has_value(), id,
         fmt::format("delivery of a new message under the identifier {}", packet_id), seen_messages(watch));
}

// Whether this broker tells an idle connection that it is taken over. False in 3.1.1.
Task<bool> tells_the_displaced(Context& t) {
  if (!t.v5()) co_return false;
  Client& idle = t.client("idle");
  co_await t.connected(idle, t.clean());
  Client& taker = t.twin("taker", idle);
  co_await t.connected(taker, t.clean());
  auto closed = co_await idle.expect_close(t.patience());
  co_return closed && closed->disconnect &&
      closed->disconnect->reason == mqtt::ReasonCode::session_taken_over;
}

Task<void> takeover_in_state(Context& t, TakeoverState state) {
  Client& watch = *co_await watcher(t, t.topic("b"), qos_of(state.open));
  Client& pub = *co_await publisher(t);
  const bool tells = co_await tells_the_displaced(t);
  Client& old = t.client("old");
  const mqtt::Connect options = first_connect(t, state);
  if (state.kept) {
    co_await t.connected(old, options);
  } else {
    co_await transient(t, old, options);
  }
  co_await t.subscribed(old, t.topic("a"), qos_of(state.open));
  co_await t.published(pub, message(t.topic("a"), "control", qos_of(state.open)));
  co_await t.delivered(old, "control");
  co_await t.fenced(old);
  const std::uint16_t packet_id = co_await open_exchange(t, old, pub, state.open);
  if (state.half_open) old.go_half_open();

  Client& fresh = t.twin("new", old);
  auto connack = co_await returned(t, fresh, t.keeping(600, state.cleaned));
  const bool is_clear = judge_takeover_flag(t, connack, state);
  if (!state.half_open) co_await judge_displaced(t, old, tells);
  if (!is_clear) co_return;
  if (!state.resumes()) {
    co_await judge_begun_anew(t, fresh, pub, watch, state.open, packet_id);
    co_return;
  }
  if (is_to_client(state.open)) {
    co_await judge_resumed_to_client(t, fresh, state.open, packet_id);
  } else if (state.open != OpenExchange::none) {
    co_await judge_resumed_from_client(t, fresh, watch, state.open, packet_id);
  }
  co_await t.published(pub, message(t.topic("a"), "after", 1));
  auto after = co_await fresh.expect_message("after", t.patience());
  t.must(after.has_value(), rule(t, "HF-3.1.1-S17", "HF-5.0-S12"),
         "a message for the subscription of the Session", seen(t, after));
  co_await t.fenced(fresh);
  const std::size_t copies = fresh.count("m");
  const bool comes_again =
      state.open == OpenExchange::qos1_to_client || state.open == OpenExchange::qos2_to_client;
  t.must(copies == (comes_again ? 1u : 0u), rule(t, "MQTT-4.4.0-1", "MQTT-4.4.0-1"),
         comes_again ? "one repeat" : "no PUBLISH again", seen_messages(fresh), "Q-03");
  t.must(old.count("after") == 0, rule(t, "HF-3.1.1-S22", "MQTT-3.1.4-3"),
         "nothing new to the old connection", seen_messages(old));
}

// --- wills ---

struct WillState {
  bool delayed = false;
  TakeoverState state{};
};

Task<void> will_in_state(Context& t, WillState row) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  mqtt::Will will;
  will.topic = topic;
  will.payload = "control";
  will.qos = 1;
  const mqtt::Connect options = first_connect(t, row.state);
  Client& control = t.client("control");
  co_await t.connected(control, with_will(options, will));
  co_await t.dropped(control);
  co_await t.delivered(watch, "control");

  will.payload = "will";
  const bool is_cancelled = row.delayed && row.state.resumes();
  if (row.delayed) will.properties.will_delay_interval = is_cancelled ? 2 : 1000;
  Client& old = t.client("old");
  auto first = co_await t.connected(old, with_will(options, will));
  if (!row.state.kept) {
    t.supported(first.properties.session_expiry_interval.value_or(0) == 0,
                "the broker keeps a Session that asks for no keeping, and says so in CONNACK");
  }
  if (row.state.half_open) old.go_half_open();
  Client& fresh = t.twin("new", old);
  co_await t.connected(fresh, t.keeping(600, row.state.cleaned));
  if (is_cancelled) {
    co_await t.pass(3500ms);
    co_await t.fenced(watch);
    t.must(watch.count("will") == 0, "MQTT-3.1.3-9",
           "no will when its client returned to the Session within the delay of 2 s", seen_messages(watch));
    co_return;
  }
  auto arrived = co_await watch.expect_message("will", t.patience());
  t.observed(seen(t, arrived));
  if (!row.delayed) {
    t.must(arrived.has_value(), "MQTT-3.1.2-8", "the will of the displaced connection", seen(t, arrived),
           t.v5() ? "T-02" : "T-01");
  } else {
    t.should(arrived.has_value(), "HF-5.0-S14", "the will at once, since its Session has ended",
             seen(t, arrived), row.state.kept ? "T-03" : "T-05");
  }
}

// Four of them stand in takeover.cpp.
bool is_in_takeover_suite(const WillState& row) {
  if (row.state.half_open) return false;
  if (!row.delayed) return row.state.resumes();
  return row.state.kept || !row.state.cleaned;
}

const char* of_first(const TakeoverState& state) {
  if (state.kept) return state.half_open ? "a kept Session, lost in silence" : "a kept Session";
  return state.half_open ? "a Session that ends with its connection, lost in silence"
                         : "a Session that ends with its connection";
}

}  // namespace

void register_takeover_states(Registry& registry) {
  std::vector<TakeoverState> frames;
  for (const bool half_open : {false, true}) {
    for (const bool kept : {true, false}) {
      for (const bool cleaned : {false, true}) {
        frames.push_back({.half_open = half_open, .kept = kept, .cleaned = cleaned});
      }
    }
  }
  for (int number = 0; number < 7; ++number) {
    for (TakeoverState state : frames) {
      state.open = static_cast<OpenExchange>(number);
      std::vector<std::string> ids_v3_1_1 = {"HF-3.1.1-S17", "MQTT-3.1.4-2"};
      std::vector<std::string> ids_v5 = {"HF-5.0-S12", "MQTT-3.1.4-3"};
      if (!state.resumes()) {
        ids_v3_1_1 = {"HF-3.1.1-S18", "MQTT-3.1.4-2", state.cleaned ? "MQTT-3.1.4-3" : "MQTT-3.1.2-6"};
        ids_v5 = {"MQTT-3.1.2-4", "MQTT-3.1.4-3", state.cleaned ? "MQTT-3.1.4-4" : "HF-5.0-S13"};
      }
      registry.add(
          {.slug = fmt::format("state-{}-{}", slug_of(state.open), slug_of(state)),
           .title = fmt::format("Takeover of {} with {}: the newcomer {}", of_first(state),
                                state.open == OpenExchange::none ? "nothing open" : slug_of(state.open),
                                state.cleaned ? "begins anew" : "asks for the Session"),
           .v3_1_1 = {"3.1.4", ids_v3_1_1},
           .v5 = {"3.1.4", ids_v5},
           .procedure =
               "Bring the first connection into this state, CONNECT a second one with its identifier.",
           .control = "A message is delivered to the first connection. In 5.0 a takeover of an idle "
                      "connection shows "
                      "whether DISCONNECT 0x8E can be expected.",
           .needs = {qos_of(state.open) == 2 ? Need::qos_2 : Need::qos_1},
           .tags = {"takeover", "takeover-state"},
           .variants = {"takeover-bare-close", "takeover-newcomer-first", "session-expiry-granted-for-none"},
           .interpretations = {"T-06", "T-07", "T-08", "Q-01", "Q-03", "Q-06"},
           .run = [state](Context& t) { return takeover_in_state(t, state); }});
    }
  }
  for (const bool delayed : {false, true}) {
    for (const TakeoverState& state : frames) {
      const WillState row{delayed, state};
      if (is_in_takeover_suite(row)) continue;
      const bool is_cancelled = delayed && state.resumes();
      CaseDescription description{
          .slug = fmt::format("will-{}-{}", delayed ? "delayed" : "undelayed", slug_of(state)),
          .title = fmt::format("Takeover of {} with {} will: the newcomer {}", of_first(state),
                               delayed ? "a delayed" : "a",
                               state.cleaned ? "begins anew" : "asks for the Session"),
          .v5 = {"3.1.4",
                 {is_cancelled ? "MQTT-3.1.3-9"
                  : delayed    ? "HF-5.0-S14"
                               : "MQTT-3.1.2-8"}},
          .procedure = "CONNECT with a will, CONNECT a second time with the same identifier.",
          .control = "The same will without a delay comes when its connection is lost.",
          .needs = {Need::qos_1},
          .longest_timer = is_cancelled ? Duration(4s) : Duration{},
          .tags = {"takeover", "takeover-state", "will"},
          .variants = {"will-slightly-late", "session-expiry-granted-for-none"},
          .interpretations = {"T-01", "T-02", "T-03", "T-05"},
          .run = [row](Context& t) { return will_in_state(t, row); }};
      if (!delayed) description.v3_1_1 = {"3.1.4", {"MQTT-3.1.2-8", "HF-3.1.1-S19"}};
      if (delayed && !is_cancelled) description.level = Level::should;
      if (delayed) description.tags.push_back("will-delay");
      registry.add(std::move(description));
    }
  }
}

}  // namespace holdfast
