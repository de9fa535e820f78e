// What belongs to the state of a Session: section 4.1 and its neighbours.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [HF-5.0-S21] No Local, Retain As Published and the Subscription Identifier come back with the Session.
Task<void> subscription_options_survive(Context& t) {
  Client& client = t.client("sub");
  const std::string not_mine = t.topic("not-mine");
  const std::string flagged = t.topic("flagged");
  co_await t.connected(client, t.keeping());
  mqtt::SubscriptionRequest no_local = subscription(not_mine, 1);
  no_local.no_local = true;
  mqtt::SubscriptionRequest as_published = subscription(flagged, 1);
  as_published.retain_as_published = true;
  mqtt::Properties identified;
  if (t.sut().subscription_identifiers) identified.subscription_identifiers = {4242};
  co_await t.subscribed(client, no_local, identified, "-");
  co_await t.subscribed(client, as_published, identified, flagged);
  Client& pub = *co_await publisher(t);
  const auto check = [&t, &identified](const mqtt::Publish& got) {
    return got.properties.subscription_identifiers == identified.subscription_identifiers &&
           (got.retain || !t.sut().retain);
  };
  mqtt::Publish flag = message(flagged, "before", 1);
  flag.retain = t.sut().retain;
  co_await t.published(pub, flag);
  auto before = co_await t.delivered(client, "before");
  t.control(check(before), "options are not even honoured before the absence");
  co_await t.disconnected(client);

  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with two subscriptions is kept");
  flag.payload = "after";
  co_await t.published(pub, flag);
  auto after = co_await client.expect_message("after", t.patience());
  t.must(after.has_value(), "HF-5.0-S21", "a message for the kept subscription", seen(t, after));
  t.must(check(*after), "HF-5.0-S21", "Retain As Published and the Subscription Identifier as subscribed",
         seen(t, after));
  co_await t.published(client, message(not_mine, "mine", 1));
  co_await t.published(pub, message(not_mine, "theirs", 1));
  co_await t.delivered(client, "theirs");
  t.must(client.count("mine") == 0, "HF-5.0-S21", "No Local as subscribed", seen_messages(client));
}

// What was unsubscribed does not come back with the Session.
Task<void> unsubscribed_stays_so(Context& t) {
  Client& client = t.client("sub");
  const std::string left = t.topic("left");
  const std::string kept = t.topic("kept");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, left, 1);
  co_await t.subscribed(client, kept, 1);
  client.unsubscribe({left});
  auto unsuback = co_await client.expect<mqtt::Unsuback>(t.patience());
  t.control(unsuback.has_value(), "no UNSUBACK");
  co_await t.disconnected(client);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(left, "left", 1));
  co_await t.published(pub, message(kept, "kept", 1));
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "a Session with one subscription is kept");
  co_await t.delivered(client, "kept");
  co_await t.published(pub, message(left, "left again", 1));
  co_await sentinel(t, pub, client, kept, 1);
  t.must(client.count("left") == 0 && client.count("left again") == 0,
         rule(t, "HF-3.1.1-S42", "MQTT-3.1.2-5"),
         "nothing for a subscription that was given up before the absence", seen_messages(client));
}

// [HF-3.1.1-S34; MQTT-2.2.1-4] The identifiers of restored exchanges are in use.
Task<void> restored_identifiers_are_in_use(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  Client& pub = *co_await publisher(t);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "old", 1));
  auto old = co_await t.delivered(client, "old");
  co_await t.dropped(client);
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await t.published(pub, message(topic, "new", 1));
  auto again = co_await client.expect_message("old", t.patience());
  t.must(again.has_value(), "MQTT-4.4.0-1", "the unacknowledged PUBLISH again", seen(t, again));
  auto fresh = co_await client.expect_message("new", t.patience());
  if (!fresh) {
    t.inform("one message at a time after a resumption: the next waits for the acknowledgement");
    co_return;
  }
  t.must(fresh->packet_id != old.packet_id, rule(t, "HF-3.1.1-S34", "MQTT-2.2.1-4"),
         fmt::format("an identifier other than {}, which is in use", old.packet_id), seen(t, fresh));
}

// [HF-3.1.1-S27] Identifiers that differ in case are two clients.
Task<void> identifiers_are_compared_by_bytes(Context& t) {
  Client& lower = t.client("lower");
  Client& upper = t.client("upper");
  co_await t.connected(lower, t.keeping());
  co_await t.subscribed(lower, t.topic("a"), 1);
  co_await t.disconnected(lower);
  std::string shouted = lower.id();
  for (char& letter : shouted)
    letter = static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
  t.control(shouted != lower.id(), "the identifier has no letter");
  mqtt::Connect connect = t.keeping();
  connect.client_id = shouted;
  upper.connect_as_given(connect);
  auto other = co_await upper.expect<mqtt::Connack>(t.patience());
  t.control(other && other->reason == mqtt::ReasonCode::success,
            "upper-case letters in the identifier were refused");
  t.must(!other->session_present, rule(t, "HF-3.1.1-S27", "MQTT-3.1.3-2"),
         "Session Present 0 for an identifier that differs in case", seen(t, other));
  t.also_judges({"MQTT-3.1.3-2"});
  // Leaves nothing behind under the identifier that clean-up does not know.
  upper.disconnect();
  co_await upper.expect_close(t.patience());
  mqtt::Connect clean = t.clean();
  clean.client_id = shouted;
  upper.connect_as_given(clean);
  co_await upper.expect<mqtt::Connack>(t.patience());
  co_await t.disconnected(upper);
  auto same = co_await t.connected(lower, t.keeping());
  judge_session_present(t, same, Past::kept, "a Session is kept for the identifier in lower case");
}

// [HF-5.0-S40] An assigned identifier can be used again.
Task<void> assigned_identifier_is_resumed(Context& t) {
  Client& client = t.client("nameless");
  mqtt::Connect connect = t.keeping();
  connect.clean_start = true;
  connect.client_id = "";
  client.connect_as_given(connect);
  auto first = co_await client.expect<mqtt::Connack>(t.patience());
  t.control(first && first->reason == mqtt::ReasonCode::success, "an empty client identifier was refused");
  const auto assigned = first->properties.assigned_client_identifier;
  t.must(assigned.has_value() && !assigned->empty(), "MQTT-3.2.2-16", "an Assigned Client Identifier",
         seen(t, first));
  co_await t.disconnected(client);
  connect.clean_start = false;
  connect.client_id = *assigned;
  client.connect_as_given(connect);
  auto second = co_await client.expect<mqtt::Connack>(t.patience());
  t.must(second && second->reason == mqtt::ReasonCode::success && second->session_present, "HF-5.0-S40",
         "Session Present 1 under the assigned identifier", seen(t, second));
  t.also_judges({"MQTT-3.1.3-7"});
  const mqtt::Properties properties = session_expiry(0);
  co_await t.disconnected(client, properties);
}

// [HF-3.1.1-S63] A message whose delivery has begun keeps its QoS and its course when the subscription goes.
Task<void> unsubscribing_keeps_exchanges(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 2);
  Client& pub = *co_await publisher(t);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", 2));
  auto delivered = co_await t.delivered(client, "m");
  client.unsubscribe({topic});
  auto unsuback = co_await client.expect<mqtt::Unsuback>(t.patience());
  t.control(unsuback.has_value(), "no UNSUBACK");
  client.acknowledge(delivered);
  auto pubrel = co_await client.expect_id<mqtt::Pubrel>(delivered.packet_id, t.patience());
  t.must(pubrel.has_value(), rule(t, "HF-3.1.1-S63", "MQTT-4.3.3-4"),
         "the exchange to go on although its subscription is gone", seen(t, pubrel));
  client.complete(delivered.packet_id);
  co_await t.fenced(client);
}

// [HF-5.0-S22] A Subscription Identifier lasts until the subscription is replaced or its Session ends.
Task<void> identifier_until_replaced(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  mqtt::Properties seven;
  seven.subscription_identifiers = {7};
  const mqtt::SubscriptionRequest request = subscription(topic, 1);
  const std::vector<std::uint32_t> none;
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, request, seven, topic);
  co_await t.published(pub, message(topic, "control", 1));
  auto control = co_await t.delivered(client, "control");
  t.control(control.properties.subscription_identifiers == seven.subscription_identifiers,
            "the identifier is not sent even before the absence");
  co_await t.disconnected(client);

  co_await t.connected(client, t.keeping());
  co_await t.published(pub, message(topic, "resumed", 1));
  auto resumed = co_await client.expect_message("resumed", t.patience());
  t.must(resumed && resumed->properties.subscription_identifiers == seven.subscription_identifiers,
         "HF-5.0-S22", "Subscription Identifier 7 after the resumption", seen(t, resumed));
  const mqtt::Properties without;
  co_await t.subscribed(client, request, without, topic);
  co_await t.published(pub, message(topic, "replaced", 1));
  auto replaced = co_await client.expect_message("replaced", t.patience());
  t.must(replaced && replaced->properties.subscription_identifiers == none, "HF-5.0-S22",
         "no identifier, since the SUBSCRIBE that replaced the subscription had none", seen(t, replaced));
  co_await t.subscribed(client, request, seven, topic);
  co_await t.disconnected(client);
  co_await t.connected(client, t.keeping(600, true));
  co_await t.subscribed(client, request, without, topic);
  co_await t.published(pub, message(topic, "new Session", 1));
  auto fresh = co_await client.expect_message("new Session", t.patience());
  t.must(fresh && fresh->properties.subscription_identifiers == none, "HF-5.0-S22",
         "no identifier of the Session that was discarded", seen(t, fresh));
}

// [HF-5.0-S41] Membership in a shared subscription comes back with the Session and goes with it.
Task<void> membership_is_session_state(Context& t) {
  const std::string topic = t.topic("a");
  const std::string filter = "$share/g/" + topic;
  Client& one = t.client("one");
  Client& pub = *co_await publisher(t);
  co_await t.connected(one, t.keeping());
  co_await t.subscribed(one, filter, 1);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(one, "control");
  co_await t.disconnected(one);
  co_await t.connected(one, t.keeping());
  co_await t.published(pub, message(topic, "resumed", 1));
  auto resumed = co_await one.expect_message("resumed", t.patience());
  t.must(resumed.has_value(), "HF-5.0-S41", "the message for the only member, whose Session has resumed",
         seen(t, resumed));
  co_await t.fenced(one);
  co_await t.disconnected(one);
  co_await t.connected(one, t.keeping(600, true));

  Client& two = t.client("two");
  co_await t.connected(two, t.keeping());
  co_await t.subscribed(two, filter, 1);
  for (const char* payload : {"m1", "m2", "m3", "m4"}) {
    co_await t.published(pub, message(topic, payload, 1));
    auto delivered = co_await two.expect_message(payload, t.patience());
    t.must(delivered.has_value(), "HF-5.0-S41",
           "every message for the member that is left: the other's Session has been discarded",
           fmt::format("{}: {}; one: {}", payload, seen(t, delivered), seen_messages(one)));
  }
  co_await t.fenced(one);
  t.must(one.count("m1") + one.count("m2") + one.count("m3") + one.count("m4") == 0, "HF-5.0-S41",
         "nothing for the client whose Session has been discarded", seen_messages(one));
}

}  // namespace

void register_session_state(Registry& registry) {
  registry.add(
      {.slug = "subscription-options-survive",
       .title = "A resumed Session has its Subscription Options and Subscription Identifiers",
       .v5 = {"4.1", {"HF-5.0-S21", "HF-5.0-S22"}},
       .procedure = "Subscribe with No Local, Retain As Published and an identifier; leave, resume, publish.",
       .control = "The options are honoured before the absence.",
       .needs = {Need::qos_1},
       .tags = {"session", "subscribe"},
       .run = subscription_options_survive});
  registry.add(
      {.slug = "identifier-until-replaced",
       .title = "A Subscription Identifier lasts until its subscription is replaced or its Session ends",
       .v5 = {"4.1", {"HF-5.0-S22"}},
       .procedure = "Subscribe with identifier 7, resume; subscribe without; discard the Session.",
       .control = "The identifier comes with a message before the absence.",
       .needs = {Need::qos_1, Need::subscription_identifiers},
       .tags = {"session", "subscribe"},
       .run = identifier_until_replaced});
  registry.add({.slug = "membership-is-session-state",
                .title = "Membership in a shared subscription resumes with the Session and ends with it",
                .v5 = {"4.1", {"HF-5.0-S41"}},
                .procedure = "Join alone, resume; discard the Session while another client joins.",
                .control = "The only member gets a message before the absence.",
                .needs = {Need::qos_1, Need::shared_subscription},
                .tags = {"session", "shared-subscription"},
                .run = membership_is_session_state});
  registry.add(
      {.slug = "unsubscribed-stays-so",
       .title = "A subscription that was given up does not come back with the Session",
       .v3_1_1 = {"4.1", {"HF-3.1.1-S42", "MQTT-4.1.0-1"}},
       .v5 = {"4.1", {"MQTT-3.1.2-5", "HF-5.0-S41"}},
       .procedure = "Subscribe twice, unsubscribe once, leave; another client publishes to both; resume.",
       .control = "The message for the other subscription arrives.",
       .needs = {Need::qos_1},
       .tags = {"session", "subscribe"},
       .run = unsubscribed_stays_so});
  registry.add({.slug = "restored-identifiers-are-in-use",
                .title = "A new message gets no Packet Identifier of a restored exchange",
                .v3_1_1 = {"2.3.1", {"HF-3.1.1-S34", "MQTT-2.3.1-4"}},
                .v5 = {"2.2.1", {"MQTT-2.2.1-4", "HF-5.0-S36"}},
                .procedure = "Leave a PUBLISH unacknowledged, cut, resume, let another client publish.",
                .control = "The first message is delivered before the cut.",
                .needs = {Need::qos_1},
                .tags = {"session", "packet-identifier"},
                .variants = {"inflight-window-small"},
                .run = restored_identifiers_are_in_use});
  registry.add(
      {.slug = "identifiers-compared-by-bytes",
       .title = "Client identifiers that differ in case are two clients",
       .v3_1_1 = {"3.1.3.1", {"HF-3.1.1-S27", "MQTT-3.1.3-2"}},
       .v5 = {"3.1.3.1", {"MQTT-3.1.3-2"}},
       .procedure =
           "Keep a Session, CONNECT under the same identifier in capital letters, then in small ones.",
       .control = "The Session resumes under its own identifier at the end.",
       .tags = {"session", "session-present"},
       .variants = {"client-id-limits"},
       .run = identifiers_are_compared_by_bytes});
  registry.add(
      {.slug = "assigned-identifier-is-resumed",
       .title = "A Session made under an assigned client identifier is resumed with that identifier",
       .v5 = {"3.2.2.3.7", {"HF-5.0-S40", "MQTT-3.2.2-16", "MQTT-3.1.3-7"}},
       .procedure = "CONNECT with an empty identifier and an interval, leave, return under the assigned one.",
       .control = "The CONNECT with an empty identifier is accepted.",
       .needs = {Need::empty_client_id},
       .tags = {"session", "session-present"},
       .variants = {"assigned-id-forms", "empty-id-refused"},
       .run = assigned_identifier_is_resumed});
  registry.add({.slug = "unsubscribing-keeps-exchanges",
                .title = "A QoS 2 exchange that has begun goes on although its subscription was given up",
                .v3_1_1 = {"3.10.4", {"HF-3.1.1-S63", "MQTT-4.3.3-1"}},
                .v5 = {"3.10.4", {"MQTT-4.3.3-4"}},
                .procedure = "Receive a QoS 2 PUBLISH, unsubscribe, answer PUBREC.",
                .control = "The message is delivered.",
                .needs = {Need::qos_2},
                .tags = {"session", "qos2", "subscribe"},
                .run = unsubscribing_keeps_exchanges});
}

}  // namespace holdfast
