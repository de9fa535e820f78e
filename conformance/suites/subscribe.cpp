// SUBSCRIBE and SUBACK: sections 3.8 and 3.9.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "conformance/suites/message_steps.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [MQTT-3.8.4-1, MQTT-3.8.4-2] One SUBACK for each, under its identifier.
Task<void> each_subscribe_is_answered(Context& t) {
  Client& client = t.client("sub");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  const std::vector<std::uint16_t> identifiers{1, 256, 65'535};
  for (const std::uint16_t identifier : identifiers) {
    mqtt::Subscribe subscribe;
    subscribe.packet_id = identifier;
    subscribe.requests.push_back(subscription(t.topic(std::to_string(identifier)), 0));
    client.send(subscribe);
  }
  for (const std::uint16_t identifier : identifiers) {
    auto suback = co_await client.expect_id<mqtt::Suback>(identifier, t.patience());
    std::optional<Received<mqtt::Suback>> any = suback;
    if (!any) any = co_await client.expect<mqtt::Suback>(0ns);
    t.must(any.has_value(), "MQTT-3.8.4-1", fmt::format("SUBACK id {}", identifier), seen(t, any));
    t.must(suback.has_value(), "MQTT-3.8.4-2", fmt::format("SUBACK id {}", identifier), seen(t, any));
  }
}

// [MQTT-3.9.3-1] The codes stand in the order of the filters.
Task<void> codes_in_order(Context& t) {
  Client& client = t.client("sub");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  std::vector<mqtt::SubscriptionRequest> requests;
  for (const int qos : {0, 1, 2, 1, 1}) {
    requests.push_back(subscription(t.topic(fmt::format("q{}", requests.size())), qos));
  }
  const std::vector<mqtt::SubscriptionRequest> asked = requests;
  const std::uint16_t packet_id = client.subscribe(std::move(requests));
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback.has_value(), "no SUBACK for five filters");
  t.must(suback->reasons.size() == asked.size(), rule(t, "MQTT-3.8.4-5", "MQTT-3.8.4-6"),
         "five codes for five filters", seen(t, suback));
  bool is_in_order = true;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const mqtt::ReasonCode code = suback->reasons[i];
    const bool is_above = !mqtt::is_error(code) && static_cast<unsigned>(code) > asked[i].qos;
    is_in_order = is_in_order && !is_above;
  }
  t.must(is_in_order, "MQTT-3.9.3-1", "codes of at most 0, 1, 2, 1, 1, in this order", seen(t, suback));
}

// [3.1.1: HF-3.1.1-G21; 5.0: HF-5.0-E31, MQTT-3.2.2-10] Less may be granted than was asked for, never more.
Task<void> no_more_is_granted_than_asked(Context& t) {
  Client& client = t.client("sub");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  for (const int qos : {0, 1, 2}) {
    std::vector<mqtt::SubscriptionRequest> requests(1, subscription(t.topic(fmt::format("q{}", qos)), qos));
    const std::uint16_t packet_id = client.subscribe(std::move(requests));
    auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
    t.control(suback && suback->reasons.size() == 1, "no SUBACK with one code for one filter");
    const mqtt::ReasonCode code = suback->reasons.front();
    t.must(!mqtt::is_error(code), rule(t, "MQTT-3.8.4-6", "MQTT-3.2.2-10"),
           fmt::format("a grant, if a lower one, for a request of QoS {}", qos), seen(t, suback));
    t.must(static_cast<int>(code) <= qos, rule(t, "MQTT-3.8.4-6", "MQTT-3.8.4-7"),
           fmt::format("a grant of at most QoS {}", qos), seen(t, suback));
    t.also_judges({rule(t, "HF-3.1.1-G21", "")});
  }
}

// [3.1.1: MQTT-3.8.4-4; 5.0: MQTT-3.8.4-5] Several filters, one of them twice, act like as many packets.
Task<void> several_filters_in_one_packet(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  const std::string a = t.topic("a");
  const std::string b = t.topic("b");
  co_await t.published(pub, retained(a, "kept a", 1));
  co_await t.published(pub, retained(b, "kept b", 1));
  co_await t.connected(client, t.clean());
  std::vector<mqtt::SubscriptionRequest> requests{subscription(a, 0), subscription(b, 1), subscription(a, 1)};
  const std::uint16_t packet_id = client.subscribe(std::move(requests));
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback.has_value(), "no SUBACK for three filters");
  const std::string_view id = rule(t, "MQTT-3.8.4-4", "MQTT-3.8.4-5");
  t.must(suback->reasons.size() == 3, id, "one SUBACK with three codes", seen(t, suback));
  t.supported(suback->reasons[2] == mqtt::ReasonCode::granted_qos_1, "QoS 1 was not granted");
  for (const char* payload : {"kept a", "kept b"}) {
    auto kept = co_await client.expect_message(payload, t.patience());
    t.must(kept.has_value(), id, fmt::format("the retained message \"{}\" for its filter", payload),
           seen_messages(client));
  }
  co_await settled_by(t, pub, client, a);
  co_await t.published(pub, message(a, "m", 1));
  auto m = co_await t.delivered(client, "m");
  t.must(m.qos == 1, id, "QoS 1, since the later of two equal filters replaces the earlier", seen(t, m));
  co_await sentinel(t, pub, client, a, 1);
  t.must(client.count("m") == 1, id, "one copy for one subscription", seen_messages(client), "S-13");
}

// [3.1.1: MQTT-3.8.4-6; 5.0: MQTT-3.8.4-8] All nine pairs of published and granted QoS. That each payload
// comes unaltered shows that QoS 0 has no Packet Identifier in front of it (3.1.1: MQTT-2.3.1-5).
Task<void> lower_of_published_and_granted(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.clean());
  for (const int granted : {0, 1, 2}) {
    const std::string topic = t.topic(fmt::format("granted{}", granted));
    co_await t.subscribed(client, topic, granted);
    for (const int published : {0, 1, 2}) {
      const std::string payload = fmt::format("{} to {}", published, granted);
      co_await t.published(pub, message(topic, payload, published));
      auto delivered = co_await client.expect_message(payload, t.patience());
      t.must(delivered.has_value(), rule(t, "MQTT-4.5.0-1", "MQTT-4.5.0-1"),
             fmt::format("the message \"{}\", unaltered", payload), seen_messages(client));
      t.must(delivered->qos == std::min(published, granted), rule(t, "MQTT-3.8.4-6", "MQTT-3.8.4-8"),
             fmt::format("QoS {} for a message of QoS {} and a grant of {}", std::min(published, granted),
                         published, granted),
             seen(t, delivered));
      if (delivered->qos > 0) continue;
      t.must(!delivered->dup, "MQTT-4.3.1-1", "DUP 0 at QoS 0", seen(t, delivered));
      // An identifier would have become a part of the payload.
      t.also_judges({rule(t, "MQTT-2.3.1-5", "MQTT-2.2.1-2")});
    }
  }
}

// [HF-3.1.1-S65, HF-5.0-S53] SUBACK says that the subscription is in force.
Task<void> in_force_at_suback(Context& t) {
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.clean());
  const Duration interval = std::max<Duration>(100ms, 2 * t.sut().round_trip);
  for (int i = 1; i <= 8; ++i) {
    const std::string topic = t.topic(fmt::format("fresh{}", i));
    std::vector<mqtt::SubscriptionRequest> requests(1, subscription(topic, 1));
    const std::uint16_t packet_id = client.subscribe(std::move(requests));
    auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
    t.control(suback && is_granted(*suback), "no SUBACK with a grant");
    const Time granted_at = t.now();
    const Time end = later(granted_at, 10s);
    std::optional<Received<mqtt::Publish>> first;
    int published = 0;
    while (!first && t.now() < end) {
      const Time next_at = later(t.now(), interval);
      ++published;
      const std::string payload = fmt::format("{}/{}", i, published);
      co_await t.published(pub, message(topic, payload, 1));
      first = co_await client.expect<mqtt::Publish>(std::max<Duration>(next_at - t.now(), 1ms));
    }
    const std::string_view id = rule(t, "HF-3.1.1-S65", "HF-5.0-S53");
    t.must(first.has_value(), id, "messages for a granted subscription",
           fmt::format("none of {} within 10 s of SUBACK", published), "D-05");
    if (first->payload == fmt::format("{}/1", i)) continue;
    const Duration took = t.now() - granted_at;
    const std::string observed =
        fmt::format("the first that came was number {} of those published since SUBACK", first->payload);
    t.should(took <= 2s, id, "every message that is published after SUBACK, after 2 s at the latest",
             observed, "D-05");
    t.inform(observed, "D-05");
    co_return;
  }
}

// [5.0: MQTT-3.8.3-3] No Local, also in a resumed Session.
Task<void> no_local(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("self");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  mqtt::SubscriptionRequest request = subscription(topic, 1);
  request.no_local = true;
  const mqtt::Properties none;
  co_await t.subscribed(client, request, none, "-");
  co_await settled_by(t, pub, client, topic);
  co_await t.published(client, message(topic, "own", 1));
  co_await t.published(pub, message(topic, "other", 1));
  co_await t.delivered(client, "other");
  t.must(client.count("own") == 0, "MQTT-3.8.3-3", "no message of its own with No Local 1",
         seen_messages(client));
  co_await t.dropped(client);
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  co_await t.published(client, message(topic, "own again", 1));
  co_await sentinel(t, pub, client, topic, 1);
  t.must(client.count("own") == 0 && client.count("own again") == 0, "MQTT-3.8.3-3",
         "no message that was published under its own client identifier, on whichever connection",
         seen_messages(client));
}

}  // namespace

void register_subscribe(Registry& registry) {
  const char* alive = "PINGREQ is answered on the same connection.";
  registry.add({.slug = "each-subscribe-is-answered",
                .title = "Each SUBSCRIBE is answered by one SUBACK under its Packet Identifier",
                .v3_1_1 = {"3.8.4", {"MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-2.3.1-7"}},
                .v5 = {"3.8.4", {"MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-2.2.1-6"}},
                .procedure = "Three SUBSCRIBE packets with the identifiers 1, 256 and 65535 at once.",
                .control = alive,
                .tags = {"subscribe"},
                .variants = {"answers-slow", "acks-out-of-order"},
                .run = each_subscribe_is_answered});
  registry.add({.slug = "codes-in-order",
                .title = "The codes of SUBACK stand in the order of the filters",
                .v3_1_1 = {"3.9.3", {"MQTT-3.9.3-1", "MQTT-3.8.4-5"}},
                .v5 = {"3.9.3", {"MQTT-3.9.3-1", "MQTT-3.8.4-6"}},
                .procedure = "One SUBSCRIBE with five filters at QoS 0, 1, 2, 1, 1.",
                .control = alive,
                .tags = {"subscribe"},
                .variants = {"suback-lower-qos", "maximum-qos-1"},
                .run = codes_in_order});
  registry.add({.slug = "no-more-granted-than-asked",
                .title = "A subscription at any QoS is taken, and granted at most as asked",
                .v3_1_1 = {"3.8.4", {"MQTT-3.8.4-6", "HF-3.1.1-G21"}},
                .v5 = {"3.8.4", {"MQTT-3.8.4-7", "MQTT-3.2.2-10", "HF-5.0-E31"}},
                .procedure = "Subscribe at QoS 0, 1 and 2 to three topics.",
                .control = alive,
                .tags = {"subscribe"},
                .variants = {"suback-lower-qos", "maximum-qos-1"},
                .run = no_more_is_granted_than_asked});
  registry.add({.slug = "several-filters-in-one-packet",
                .title = "A SUBSCRIBE with several filters acts like as many packets, with one SUBACK",
                .v3_1_1 = {"3.8.4", {"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.8.4-3"}},
                .v5 = {"3.8.4", {"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-3"}},
                .procedure = "Subscribe to a at QoS 0, b at 1 and a at 1 in one packet; both have retained "
                             "messages.",
                .control = "The probes of another client arrive.",
                .needs = {Need::qos_1, Need::retain},
                .tags = {"subscribe", "retain"},
                .variants = {"retained-once-per-overlap", "publish-before-suback", "retained-after-suback"},
                .interpretations = {"S-13"},
                .run = several_filters_in_one_packet});
  registry.add(
      {.slug = "lower-of-published-and-granted",
       .title = "Messages come unaltered at the lower of the published and the granted QoS",
       .v3_1_1 = {"3.8.4", {"MQTT-3.8.4-6", "MQTT-4.5.0-1", "MQTT-2.3.1-5", "MQTT-4.3.1-1"}},
       .v5 = {"3.8.4", {"MQTT-3.8.4-8", "MQTT-4.5.0-1", "MQTT-3.8.4-7", "MQTT-2.2.1-2", "MQTT-4.3.1-1"}},
       .procedure = "Messages of QoS 0, 1 and 2 to subscriptions at 0, 1 and 2.",
       .control = "The probes of each subscription arrive.",
       .needs = {Need::qos_2},
       .tags = {"subscribe", "publish"},
       .variants = {"suback-lower-qos", "qos1-to-grant0-duplicates"},
       .run = lower_of_published_and_granted});
  registry.add({.slug = "in-force-at-suback",
                .title = "A message that is published after SUBACK is delivered",
                .level = Level::should,
                .v3_1_1 = {"3.9", {"HF-3.1.1-S65"}},
                .v5 = {"3.9", {"HF-5.0-S53"}},
                .procedure = "Eight times: subscribe to a fresh topic and publish to it right after SUBACK.",
                .control = "Later messages to the same subscription arrive.",
                .needs = {Need::qos_1},
                .tags = {"subscribe"},
                .variants = {"subscribe-effective-late"},
                .interpretations = {"D-05"},
                .run = in_force_at_suback});
  registry.add({.slug = "no-local",
                .title = "With No Local a client gets nothing of its own, on this connection or the next",
                .v5 = {"3.8.3.1", {"MQTT-3.8.3-3", "MQTT-3.2.2-3"}},
                .procedure = "Subscribe with No Local, publish from both sides, cut, resume, publish again.",
                .control = "The messages of another client arrive.",
                .needs = {Need::qos_1},
                .tags = {"subscribe", "session"},
                .variants = {"no-local-retained-delivered", "subscribe-effective-late"},
                .interpretations = {"D-09"},
                .run = no_local});
}

}  // namespace holdfast
