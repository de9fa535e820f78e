// Session Present: sections 3.2.2.2 (3.1.1) and 3.2.2.1.1 (5.0).
//
// The truth table {new, kept, expired, cleaned} x {Clean Session / Clean Start 0, 1}, and the flag in a
// refusal.
#include <fmt/format.h>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const Edition in_v3_1_1{"3.2.2.2", {"MQTT-3.2.2-3"}};
const Edition in_v5{"3.2.2.1.1", {"MQTT-3.2.2-3"}};

Task<void> new_session(Context& t) {
  Client& client = t.client("new");
  auto connack = co_await returned(t, client, t.keeping());
  judge_session_present(t, connack, Past::none, "the broker has never seen this client identifier");
}

Task<void> new_session_clean(Context& t) {
  Client& client = t.client("new");
  auto connack = co_await returned(t, client, t.clean());
  judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
}

// [MQTT-3.2.2-2, 5.0: MQTT-3.2.2-3] A stored Session is reported.
Task<void> kept_session(Context& t) {
  Client& client = t.client("kept");
  auto first = co_await t.connected(client, t.keeping());
  t.control(!first.session_present, "a new client identifier got Session Present 1");
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  auto second = co_await returned(t, client, t.keeping());
  judge_session_present(t, second, Past::kept, "a Session with one subscription is kept for this client");
  t.also_judges({rule(t, "", "MQTT-3.1.2-6"), rule(t, "MQTT-4.1.0-1", "")});
}

// The twin of kept_session without a subscription: a Session exists even if nothing is in it.
Task<void> empty_session(Context& t) {
  Client& client = t.client("empty");
  auto first = co_await t.connected(client, t.keeping());
  t.control(!first.session_present, "a new client identifier got Session Present 1");
  co_await t.disconnected(client);
  auto second = co_await returned(t, client, t.keeping());
  t.must(second.session_present, rule(t, "HF-3.1.1-S01", "HF-5.0-S19"),
         "Session Present 1: the bare existence of a Session is state", seen(t, second), "S-01");
}

Task<void> kept_session_clean(Context& t) {
  Client& client = t.client("kept");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  // Control: the Session is there to be discarded.
  auto resumed = co_await t.connected(client, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so there is nothing to discard");
  co_await t.disconnected(client);
  auto cleaned = co_await returned(t, client, t.clean());
  judge_session_present(t, cleaned, Past::cleaned, "Clean Session or Clean Start was 1");
}

Task<void> cleaned_session(Context& t, bool clean_start) {
  Client& client = t.client("cleaned");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  auto resumed = co_await t.connected(client, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so there is nothing to discard");
  co_await t.disconnected(client);
  co_await transient(t, client, t.clean());
  co_await t.disconnected(client);
  auto connack = co_await returned(t, client, t.keeping(600, clean_start));
  // In 3.1.1 keeping with Clean Session 1 is a contradiction: there it is simply clean.
  const Past past = clean_start ? Past::cleaned : Past::none;
  judge_session_present(t, connack, past,
                        "the Session was discarded by Clean Session or Clean Start 1 before");
}

Task<void> cleaned_session_resumed(Context& t) { return cleaned_session(t, false); }
Task<void> cleaned_session_cleaned_again(Context& t) { return cleaned_session(t, true); }

// Kept once, so that the control shows that keeping works, then let expire.
Task<void> expired_session(Context& t, bool clean_start) {
  Client& client = t.client("expired");
  const std::uint32_t interval = interval_of(t, 1);
  co_await t.connected(client, t.keeping(interval));
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  auto resumed = co_await t.connected(client, t.keeping(interval));
  t.control(resumed.session_present,
            fmt::format("the Session was not kept for its interval of {} s", interval));
  co_await t.disconnected(client);
  co_await t.pass(std::chrono::seconds(interval) + t.late_watch());
  auto connack = co_await returned(t, client, t.keeping(interval, clean_start));
  if (clean_start) {
    judge_session_present(t, connack, Past::cleaned, "Clean Start was 1");
  } else if (t.watches_minutes()) {
    judge_session_present(t, connack, Past::none, "the Session Expiry Interval is long over", "S-04");
  } else {
    t.should(!connack.session_present, "MQTT-4.1.0-2",
             "Session Present 0 within 5 s of the end of the Session Expiry Interval", seen(t, connack),
             "S-04");
  }
}

Task<void> expired_session_resumed(Context& t) { return expired_session(t, false); }
Task<void> expired_session_cleaned(Context& t) { return expired_session(t, true); }

// A refused CONNECT for a client identifier with a stored Session: whatever the refusal looks like, it does
// not say that a Session is present.
Task<void> refused_connect(Context& t) {
  Client& client = t.client("refused");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, t.topic("a"), 1);
  co_await t.disconnected(client);
  auto resumed = co_await t.connected(client, t.keeping());
  t.control(resumed.session_present, "the Session was not kept, so its presence cannot leak");
  co_await t.disconnected(client);

  mqtt::Connect refused = t.keeping();
  if (t.v5()) {
    refused.properties.authentication_method = "holdfast-unknown";
  } else {
    refused.protocol_level = 0x63;
  }
  refused.client_id = client.id();
  client.connect_as_given(refused);
  auto connack = co_await client.expect<mqtt::Connack>(t.patience());
  t.observed(seen(t, connack));
  // A reader that minds the rule does not even take such a CONNACK for one.
  const std::optional<RawConnack> raw = raw_connack_of(client);
  const bool tells_session = raw && raw->flags == 1 && raw->code != 0;
  t.must(!tells_session, rule(t, "MQTT-3.2.2-4", "MQTT-3.2.2-6"),
         "Session Present 0 in a CONNACK that refuses", "Session Present 1");
  if (!connack) {
    auto closed = co_await client.expect_close(t.patience());
    t.control(closed.has_value(), "the CONNECT was neither answered nor refused");
    t.inform("refuses with a bare close, which carries no Session Present");
    co_return;
  }
  t.control(connack->reason != mqtt::ReasonCode::success, "the CONNECT that was to be refused was accepted");
  t.also_judges({rule(t, "", "HF-5.0-S20")});
}

}  // namespace

void register_session_present(Registry& registry) {
  registry.add({.slug = "new-session",
                .title = "A client identifier that the broker has never seen gets Session Present 0",
                .v3_1_1 = in_v3_1_1,
                .v5 = in_v5,
                .procedure = "CONNECT with Clean Session / Clean Start 0 under a fresh client identifier.",
                .control = "The CONNECT is accepted.",
                .tags = {"session-present", "truth-table"},
                .run = new_session});
  registry.add(
      {.slug = "new-session-clean",
       .title = "Clean Session or Clean Start 1 under a fresh client identifier gets Session Present 0",
       .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-1"}},
       .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-2"}},
       .procedure = "CONNECT with Clean Session / Clean Start 1 under a fresh client identifier.",
       .control = "The CONNECT is accepted.",
       .tags = {"session-present", "truth-table"},
       .run = new_session_clean});
  registry.add(
      {.slug = "kept-session",
       .title = "A stored Session is reported with Session Present 1",
       .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-2", "MQTT-3.1.2-4", "HF-3.1.1-S09"}},
       .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-3", "MQTT-3.1.2-5", "MQTT-3.1.2-23"}},
       .procedure = "Subscribe in a Session that is kept, DISCONNECT, CONNECT again without cleaning.",
       .control = "The first CONNECT gets Session Present 0.",
       .tags = {"session-present", "truth-table"},
       .run = kept_session});
  registry.add(
      {.slug = "empty-session",
       .title = "A stored Session without a subscription or message is present all the same",
       .v3_1_1 = {"3.2.2.2", {"HF-3.1.1-S01", "MQTT-3.2.2-2"}},
       .v5 = {"3.2.2.1.1", {"HF-5.0-S19", "MQTT-3.2.2-3"}},
       .procedure = "CONNECT with a Session that is kept, DISCONNECT, CONNECT again without cleaning.",
       .control = "The first CONNECT gets Session Present 0; kept-session is the twin with a subscription.",
       .tags = {"session-present"},
       .interpretations = {"S-01"},
       .run = empty_session});
  registry.add(
      {.slug = "kept-session-clean",
       .title = "Clean Session or Clean Start 1 gets Session Present 0 although a Session was stored",
       .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-1"}},
       .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-2"}},
       .procedure = "Keep a Session, CONNECT with Clean Session / Clean Start 1.",
       .control = "The Session resumes with Session Present 1 before.",
       .tags = {"session-present", "truth-table"},
       .run = kept_session_clean});
  registry.add({.slug = "cleaned-session",
                .title = "A Session that was discarded is not present afterwards",
                .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-3", "MQTT-3.1.2-6", "HF-3.1.1-S11"}},
                .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-3", "MQTT-3.1.2-4"}},
                .procedure = "Keep a Session, discard it by a clean connection, CONNECT without cleaning.",
                .control = "The Session resumes with Session Present 1 before.",
                .tags = {"session-present", "truth-table"},
                .run = cleaned_session_resumed});
  registry.add({.slug = "cleaned-session-clean",
                .title = "A Session that was discarded is not present for a clean connection either",
                .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-1"}},
                .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-2"}},
                .procedure = "Keep a Session, discard it by a clean connection, CONNECT clean again.",
                .control = "The Session resumes with Session Present 1 before.",
                .tags = {"session-present", "truth-table"},
                .run = cleaned_session_cleaned_again});
  registry.add({.slug = "expired-session",
                .title = "A Session whose Session Expiry Interval has run out is not present",
                .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-3", "MQTT-4.1.0-2", "HF-5.0-S02"}},
                .procedure = "Keep a Session for 1 s, stay away longer, CONNECT with Clean Start 0.",
                .control = "The Session resumes within its interval.",
                .needs = {Need::session_expiry},
                .longest_timer = 6s,
                .tags = {"session-present", "truth-table", "expiry"},
                .variants = {"session-expiry-late"},
                .interpretations = {"S-04"},
                .run = expired_session_resumed});
  registry.add({.slug = "expired-session-clean",
                .title = "Clean Start 1 after the expiry of the Session gets Session Present 0",
                .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-2"}},
                .procedure = "Keep a Session for 1 s, stay away longer, CONNECT with Clean Start 1.",
                .control = "The Session resumes within its interval.",
                .needs = {Need::session_expiry},
                .longest_timer = 6s,
                .tags = {"session-present", "truth-table", "expiry"},
                .run = expired_session_cleaned});
  registry.add({.slug = "refused-connect",
                .title = "A CONNACK that refuses has Session Present 0 although a Session is stored",
                .v3_1_1 = {"3.2.2.2", {"MQTT-3.2.2-4"}},
                .v5 = {"3.2.2.1.1", {"MQTT-3.2.2-6", "HF-5.0-S20"}},
                .procedure =
                    "Keep a Session, CONNECT for it in a way that has to be refused: 3.1.1 with protocol "
                    "level 0x63, 5.0 with an unknown Authentication Method.",
                .control = "The Session resumes with Session Present 1 before.",
                .tags = {"session-present"},
                .variants = {"unsupported-level-v5-layout", "no-enhanced-auth"},
                .interpretations = {"C-01", "C-08"},
                .run = refused_connect});
}

}  // namespace holdfast
