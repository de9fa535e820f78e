// Shared subscriptions (5.0): section 4.8.2.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "conformance/suites/message_steps.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

const char* const shares_section = "4.8.2";

std::string share(std::string_view group, std::string_view filter) {
  return fmt::format("$share/{}/{}", group, filter);
}

// Waits until one of the members has the message, and returns that member; nullptr if none gets it.
Task<Client*> holder(Context& t, std::vector<Client*> members, std::string payload) {
  const Time end = later(t.now(), t.patience());
  Client* found = nullptr;
  while (found == nullptr && t.now() < end) {
    for (Client* member : members) {
      auto arrived = co_await member->expect_message(payload, 20ms);
      if (arrived) {
        found = member;
        break;
      }
    }
    if (found == nullptr) co_await t.pass(1ms);  // a closed connection does not make anybody wait
  }
  co_return found;
}

std::size_t copies(const std::vector<Client*>& members, std::string_view payload) {
  std::size_t count = 0;
  for (const Client* member : members) count += member->count(payload);
  return count;
}

// Members of one group with kept Sessions, which do not acknowledge until they are told.
Task<std::vector<Client*>> two_members(Context& t, std::string topic, int qos, std::uint32_t seconds) {
  std::vector<Client*> members{&t.client("one"), &t.client("two")};
  for (Client* member : members) {
    co_await t.connected(*member, t.keeping(seconds));
    co_await t.subscribed(*member, share("g", topic), qos);
    member->answers.acknowledges = false;
  }
  co_return members;
}

// [HF-5.0-S54] One member of each group gets it.
Task<void> to_one_member_each(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  std::vector<std::vector<Client*>> groups(2);
  for (int i = 1; i <= 5; ++i) {
    Client& member = t.client(fmt::format("m{}", i));
    const std::size_t group = i <= 3 ? 0 : 1;
    co_await t.connected(member, t.clean());
    const std::string filter = share(group == 0 ? "g" : "h", topic);
    co_await t.subscribed(member, filter, 1);
    groups[group].push_back(&member);
  }
  for (int i = 1; i <= 6; ++i) co_await t.published(pub, message(topic, fmt::format("m{}", i), 1));
  for (const auto& members : groups) {
    for (int i = 1; i <= 6; ++i) {
      const std::string payload = fmt::format("m{}", i);
      const bool is_there = copies(members, payload) > 0;
      Client* found = members.front();
      if (!is_there) found = co_await holder(t, members, payload);
      t.must(found != nullptr, "HF-5.0-S54", "each message for one member of each group",
             fmt::format("\"{}\" reached no member of a group of {}", payload, members.size()));
    }
  }
  for (const auto& members : groups) {
    for (Client* member : members) co_await t.fenced(*member);
    for (int i = 1; i <= 6; ++i) {
      const std::string payload = fmt::format("m{}", i);
      t.must(copies(members, payload) == 1, "HF-5.0-S54", "each message for one member of each group only",
             fmt::format("{} copies of \"{}\" in a group of {}", copies(members, payload), payload,
                         members.size()));
    }
  }
}

// [HF-5.0-S43] Joining brings no retained messages.
Task<void> no_retained_at_joining(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, retained(topic, "kept", 1));
  Client& plain = t.client("plain");
  co_await t.connected(plain, t.clean());
  co_await t.subscribed(plain, topic, 1);
  co_await t.delivered(plain, "kept");
  std::vector<Client*> members{&t.client("one"), &t.client("two")};
  for (Client* member : members) {
    co_await t.connected(*member, t.clean());
    co_await t.subscribed(*member, share("g", topic), 1);
  }
  co_await t.pass(1s);
  co_await t.published(pub, message(topic, "live", 1));
  auto found = co_await holder(t, members, "live");
  t.control(found != nullptr, "the group gets no messages at all");
  for (Client* member : members) co_await t.fenced(*member);
  t.must(copies(members, "kept") == 0, "HF-5.0-S43", "no retained message for joining a shared subscription",
         fmt::format("{} copies", copies(members, "kept")));
}

// [MQTT-4.8.2-3] The grant of the member counts.
Task<void> granted_qos_of_the_member(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  for (const int qos : {0, 1, 2}) {
    const std::string name = fmt::format("g{}", qos);
    Client& member = t.client(name);
    co_await t.connected(member, t.clean());
    co_await t.subscribed(member, share(name, topic), qos);
  }
  co_await t.published(pub, message(topic, "m", 2));
  for (const int qos : {0, 1, 2}) {
    Client& member = t.client(fmt::format("g{}", qos));
    auto delivered = co_await member.expect_message("m", t.patience());
    t.must(delivered.has_value(), "HF-5.0-S54", "the message for the only member of its group",
           seen_messages(member));
    t.must(delivered->qos == qos, "MQTT-4.8.2-3", fmt::format("QoS {}, which was granted", qos),
           seen(t, delivered));
  }
}

// [MQTT-4.8.2-4] A QoS 2 exchange that a cut interrupts is completed with the same member.
Task<void> qos_2_stays_with_its_member(Context& t, bool after_pubrec) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  auto members = co_await two_members(t, topic, 2, 600);
  co_await t.published(pub, message(topic, "m", 2));
  Client* chosen = co_await holder(t, members, "m");
  t.control(chosen != nullptr, "no member gets the message");
  Client& other = chosen == members[0] ? *members[1] : *members[0];
  const mqtt::Publish first = chosen->messages().back();
  t.control(first.payload == "m", "another message came behind it");
  if (after_pubrec) {
    chosen->acknowledge(first);
    auto pubrel = co_await chosen->expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.control(pubrel.has_value(), "no PUBREL after PUBREC");
  }
  co_await t.dropped(*chosen);
  other.answers.acknowledges = true;
  co_await t.pass(500ms);
  co_await t.fenced(other);
  t.must(other.count("m") == 0, "MQTT-4.8.2-4", "no other member to get a QoS 2 message that was begun",
         seen_messages(other), "D-16");
  auto connack = co_await t.connected(*chosen, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  if (after_pubrec) {
    auto again = co_await chosen->expect_id<mqtt::Pubrel>(first.packet_id, t.patience());
    t.must(again.has_value(), "MQTT-4.8.2-4", fmt::format("PUBREL id {} again", first.packet_id),
           seen(t, again));
    chosen->complete(first.packet_id);
  } else {
    auto again = co_await chosen->expect_message("m", t.patience());
    t.must(again.has_value() && again->packet_id == first.packet_id, "MQTT-4.8.2-4",
           fmt::format("the PUBLISH id {} again", first.packet_id), seen(t, again));
    chosen->answers.acknowledges = true;
    chosen->acknowledge(*again);
  }
  co_await t.fenced(*chosen);
  t.must(other.count("m") == 0, "MQTT-4.8.2-4", "no other member to get a QoS 2 message that was begun",
         seen_messages(other), "D-16");
}

Task<void> stays_before_pubrec(Context& t) { return qos_2_stays_with_its_member(t, false); }
Task<void> stays_after_pubrec(Context& t) { return qos_2_stays_with_its_member(t, true); }

// [MQTT-4.8.2-5, HF-5.0-S42] The Session of the chosen member ends with the message unacknowledged.
Task<void> member_is_gone(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  auto members = co_await two_members(t, topic, qos, interval_of(t, 1));
  co_await t.published(pub, message(topic, "m", qos));
  Client* chosen = co_await holder(t, members, "m");
  t.control(chosen != nullptr, "no member gets the message");
  Client& other = chosen == members[0] ? *members[1] : *members[0];
  // Before the message can be handed on, as one that stays unacknowledged may fill the broker's window.
  other.answers.acknowledges = true;
  co_await t.dropped(*chosen);
  co_await t.pass(std::chrono::seconds(interval_of(t, 1)) + 3500ms);
  co_await t.published(pub, message(topic, "next", qos));
  auto next = co_await other.expect_message("next", t.patience());
  t.control(next.has_value(), "the member that is left gets no messages");
  co_await t.fenced(other);
  const std::size_t handed_on = other.count("m");
  if (qos == 2) {
    t.must(handed_on == 0, "MQTT-4.8.2-5",
           "a QoS 2 message that was begun not to go to another member when its Session has ended",
           seen_messages(other), "D-16");
  } else {
    t.should(handed_on > 0, "HF-5.0-S42",
             "the message for another member when the Session of the first has ended", seen_messages(other),
             "D-16");
  }
}

Task<void> qos_2_is_not_handed_on(Context& t) { return member_is_gone(t, 2); }
Task<void> qos_1_is_handed_on(Context& t) { return member_is_gone(t, 1); }

// [MQTT-4.8.2-6] A message that its member refuses is done with.
Task<void> refused_is_discarded(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  auto members = co_await two_members(t, topic, qos, 600);
  co_await t.published(pub, message(topic, "refused", qos));
  Client* chosen = co_await holder(t, members, "refused");
  t.control(chosen != nullptr, "no member gets the message");
  Client& other = chosen == members[0] ? *members[1] : *members[0];
  const mqtt::Publish publish = chosen->messages().back();
  refuse(*chosen, publish);
  co_await t.fenced(*chosen);
  co_await t.dropped(*chosen);
  for (Client* member : members) member->answers.acknowledges = true;
  auto connack = co_await t.connected(*chosen, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await t.pass(500ms);
  // Both members are shown to get messages, however long the broker keeps to one of them.
  co_await t.published(pub, message(topic, "next", qos));
  auto found = co_await holder(t, members, "next");
  t.control(found != nullptr, "the group gets no messages any more");
  for (Client* member : members) co_await t.fenced(*member);
  t.must(copies(members, "refused") == 1, "MQTT-4.8.2-6",
         "a message that its member has refused to be offered to nobody again",
         fmt::format("one: {}; two: {}", seen_messages(*chosen), seen_messages(other)));
}

Task<void> refused_qos_1(Context& t) { return refused_is_discarded(t, 1); }
Task<void> refused_qos_2(Context& t) { return refused_is_discarded(t, 2); }

// [HF-5.0-S44] A plain subscription is served whatever shared ones its client has.
Task<void> beside_a_plain_subscription(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& client = t.client("both");
  co_await t.connected(client, t.clean());
  mqtt::Properties plain;
  mqtt::Properties shared;
  if (t.sut().subscription_identifiers) {
    plain.subscription_identifiers = {1};
    shared.subscription_identifiers = {2};
  }
  const mqtt::SubscriptionRequest plain_request = subscription(topic, 1);
  const mqtt::SubscriptionRequest shared_request = subscription(share("g", topic), 1);
  co_await t.subscribed(client, plain_request, plain, topic);
  co_await t.subscribed(client, shared_request, shared, "-");
  co_await t.published(pub, message(topic, "m", 1));
  auto first = co_await client.expect_message("m", t.patience());
  t.must(first.has_value(), "HF-5.0-S44", "the plain copy", seen(t, first));
  co_await sentinel(t, pub, client, topic, 1);
  co_await t.fenced(client);
  const std::size_t count = client.count("m");
  t.must(count <= 2, "HF-5.0-S44", "one plain and one shared copy at most", fmt::format("{} copies", count));
  t.observed(fmt::format("{} copies", count));
  if (!t.sut().subscription_identifiers) co_return;
  bool has_plain = false;
  for (const auto& publish : client.messages()) {
    if (publish.payload != "m") continue;
    const auto& identifiers = publish.properties.subscription_identifiers;
    has_plain = has_plain || (!identifiers.empty() && identifiers.front() == 1) || identifiers.size() == 2;
    t.should(identifiers.size() == 1, "HF-5.0-S44", "each copy with the identifier of its own subscription",
             seen(t, publish));
  }
  t.must(has_plain, "HF-5.0-S44", "a copy with the identifier of the plain subscription",
         seen_messages(client));
}

// [HF-5.0-S45] Subscribing again changes the options, one UNSUBSCRIBE leaves.
Task<void> joining_twice(Context& t) {
  const std::string topic = t.topic("a");
  Client& pub = *co_await publisher(t);
  Client& client = t.client("sole");
  const std::string own = t.topic("own");
  co_await t.connected(client, t.clean());
  co_await t.subscribed(client, own, 1);
  for (const int qos : {0, 1}) co_await t.subscribed(client, share("g", topic), qos);
  co_await t.published(pub, message(topic, "m", 1));
  auto delivered = co_await client.expect_message("m", t.patience());
  t.must(delivered.has_value() && delivered->qos == 1, "HF-5.0-S45",
         "the message at QoS 1, as the second SUBSCRIBE asked", seen(t, delivered));
  co_await sentinel(t, pub, client, own, 1);
  t.must(client.count("m") == 1, "HF-5.0-S45", "one copy for one membership", seen_messages(client));
  client.unsubscribe({share("g", topic)});
  auto unsuback = co_await client.expect<mqtt::Unsuback>(t.patience());
  t.control(unsuback.has_value(), "no UNSUBACK");
  co_await judge_gone(t, pub, client, topic, own, "HF-5.0-S45");
}

// [MQTT-4.8.2-1, MQTT-4.8.2-2]
Task<void> malformed_shares(Context& t) {
  const std::string topic = t.topic("a");
  const mqtt::SubscriptionRequest valid = subscription(share("g", topic), 0);
  auto control = co_await asked_for(t, t.client("good"), valid);
  t.control(control.is_granted, "a valid shared subscription was refused: " + control.seen);
  const std::vector<std::pair<std::string, const char*>> filters{
      {share("", topic), "MQTT-4.8.2-1"},  {"$share/g", "MQTT-4.8.2-2"},
      {share("g", ""), "MQTT-4.8.2-2"},    {share("g+", topic), "MQTT-4.8.2-2"},
      {share("#", topic), "MQTT-4.8.2-2"},
  };
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const mqtt::SubscriptionRequest request = subscription(filters[i].first, 0);
    auto asked = co_await asked_for(t, t.client(fmt::format("bad{}", i)), request);
    t.must(!asked.is_granted, filters[i].second,
           fmt::format("\"{}\" to be refused, by a code of 0x80 or above or by a close", filters[i].first),
           asked.seen, "D-03");
  }
}

// [MQTT-3.8.3-4] No Local has no meaning there.
Task<void> no_local_on_a_share(Context& t) {
  const std::string topic = t.topic("a");
  mqtt::SubscriptionRequest request = subscription(share("g", topic), 0);
  auto control = co_await asked_for(t, t.client("good"), request);
  t.control(control.is_granted, "a valid shared subscription was refused: " + control.seen);
  request.no_local = true;
  auto asked = co_await asked_for(t, t.client("bad"), request);
  t.should(!asked.is_granted, "MQTT-3.8.3-4", "No Local on a shared subscription to be refused", asked.seen,
           "D-10");
}

}  // namespace

void register_shared_subscriptions(Registry& registry) {
  const struct {
    const char* slug;
    const char* title;
    std::vector<std::string> ids;
    Level level;
    Need need;
    const char* procedure;
    const char* control;
    std::vector<std::string> variants;
    std::vector<std::string> interpretations;
    Duration longest_timer;
    Task<void> (*run)(Context&);
  } rows[] = {
      {"to-one-member-of-each-group",
       "Each message goes to one member of each group, and to one only",
       {"HF-5.0-S54"},
       Level::must,
       Need::qos_1,
       "Three members in one group and two in another; six messages.",
       "SUBACK grants each membership.",
       {"share-strategy-free"},
       {},
       0s,
       to_one_member_each},
      {"no-retained-messages-at-joining",
       "Joining a shared subscription brings no retained messages",
       {"HF-5.0-S43"},
       Level::must,
       Need::retain,
       "Retain a message; two clients join with Retain Handling 0.",
       "A plain subscriber gets the retained message, the group a later one.",
       {"retained-after-suback"},
       {},
       1s,
       no_retained_at_joining},
      {"granted-qos-of-the-member",
       "A member gets messages at the QoS that was granted to it",
       {"MQTT-4.8.2-3", "HF-5.0-S54"},
       Level::must,
       Need::qos_2,
       "Three groups with one member each, granted 0, 1 and 2; publish at QoS 2.",
       "Each member gets the message.",
       {"suback-lower-qos"},
       {},
       0s,
       granted_qos_of_the_member},
      {"qos2-stays-with-its-member-before-pubrec",
       "A QoS 2 message that a cut interrupts before PUBREC is completed with the same member",
       {"MQTT-4.8.2-4", "MQTT-4.4.0-1", "MQTT-3.2.2-3"},
       Level::must,
       Need::qos_2,
       "Two members; cut the one that has the message, watch the other, resume.",
       "One member gets the message.",
       {"share-redistributes-at-cut", "share-to-offline-member"},
       {"D-16"},
       1s,
       stays_before_pubrec},
      {"qos2-stays-with-its-member-after-pubrec",
       "A QoS 2 message that a cut interrupts after PUBREC is completed with the same member",
       {"MQTT-4.8.2-4", "MQTT-4.4.0-1", "MQTT-3.2.2-3"},
       Level::must,
       Need::qos_2,
       "Two members; cut the one that has the message after PUBREL, watch the other, resume.",
       "One member gets the message.",
       {"share-redistributes-at-cut", "share-to-offline-member"},
       {"D-16"},
       1s,
       stays_after_pubrec},
      {"qos2-is-not-handed-on",
       "A QoS 2 message that was begun goes to no other member when the Session of its member ends",
       {"MQTT-4.8.2-5"},
       Level::must,
       Need::qos_2,
       "Two members with an interval of 1 s; cut the one that has the message, wait 4.5 s.",
       "The member that is left gets the next message.",
       {"share-redistributes-at-cut", "session-expiry-late"},
       {"D-16"},
       5s,
       qos_2_is_not_handed_on},
      {"qos1-is-handed-on",
       "A QoS 1 message goes to another member when the Session of its member ends without acknowledging it",
       {"HF-5.0-S42"},
       Level::should,
       Need::qos_1,
       "Two members with an interval of 1 s; cut the one that has the message, wait 4.5 s.",
       "The member that is left gets the next message.",
       {"share-redistributes-at-cut", "share-never-redistributes", "session-expiry-late"},
       {"D-16"},
       5s,
       qos_1_is_handed_on},
      {"refused-is-discarded-qos1",
       "A message that a member refuses by PUBACK 0x83 is offered to nobody again",
       {"MQTT-4.8.2-6", "MQTT-4.4.0-2", "MQTT-3.2.2-3"},
       Level::must,
       Need::qos_1,
       "Two members; the one that has the message refuses it, is cut and resumes.",
       "The group gets a later message.",
       {"share-strategy-free"},
       {},
       1s,
       refused_qos_1},
      {"refused-is-discarded-qos2",
       "A message that a member refuses by PUBREC 0x83 is offered to nobody again",
       {"MQTT-4.8.2-6", "MQTT-4.4.0-2", "MQTT-3.2.2-3"},
       Level::must,
       Need::qos_2,
       "Two members; the one that has the message refuses it, is cut and resumes.",
       "The group gets a later message.",
       {"share-strategy-free"},
       {},
       1s,
       refused_qos_2},
      {"beside-a-plain-subscription",
       "A plain subscription is served beside a shared one of the same client",
       {"HF-5.0-S44"},
       Level::must,
       Need::qos_1,
       "Subscribe plainly with identifier 1 and shared with 2, as the only member; publish.",
       "The probes of the plain subscription arrive.",
       {"subscription-id-unavailable"},
       {},
       0s,
       beside_a_plain_subscription},
      {"joining-twice",
       "Joining again changes the options, and one UNSUBSCRIBE leaves",
       {"HF-5.0-S45"},
       Level::must,
       Need::qos_1,
       "Join at QoS 0, then at QoS 1; publish; leave once; publish.",
       "Another subscription of the client delivers throughout.",
       {"unsubscribe-effective-late"},
       {"D-22"},
       0s,
       joining_twice},
      {"malformed-shares",
       "A shared filter without a valid share name and filter is refused",
       {"MQTT-4.8.2-1", "MQTT-4.8.2-2"},
       Level::must,
       Need::shared_subscription,
       "Five malformed shared filters, each on a connection of its own.",
       "A valid one is granted.",
       {"bad-filter-suback", "bad-filter-close"},
       {"D-03"},
       0s,
       malformed_shares},
      {"no-local-on-a-share",
       "No Local on a shared subscription is refused",
       {"MQTT-3.8.3-4"},
       Level::should,
       Need::shared_subscription,
       "Subscribe to a shared filter with No Local.",
       "Without No Local it is granted.",
       {},
       {"D-10"},
       0s,
       no_local_on_a_share},
  };
  for (const auto& row : rows) {
    const bool ends_session = row.longest_timer >= 5s;
    std::vector<Need> needs{Need::shared_subscription, row.need};
    if (row.need == Need::retain) needs.push_back(Need::qos_1);
    if (ends_session) needs.push_back(Need::session_expiry);
    registry.add({.slug = row.slug,
                  .title = row.title,
                  .level = row.level,
                  .v5 = {shares_section, row.ids},
                  .procedure = row.procedure,
                  .control = row.control,
                  .needs = std::move(needs),
                  .longest_timer = row.longest_timer,
                  .tags = {"shared-subscription"},
                  .variants = row.variants,
                  .interpretations = row.interpretations,
                  .run = row.run});
  }
}

}  // namespace holdfast
