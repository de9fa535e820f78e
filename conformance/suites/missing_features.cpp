// What a broker does that is asked for what its CONNACK announces as missing: 5.0 sections 3.2.2.3.5 and
// 3.2.2.3.11 to 3.2.2.3.13.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// Another code than the one that belongs to the feature. A close without DISCONNECT is judged once for all
// cases (interpretation X-01).
void judge_code(Context& t, const std::optional<Closed>& closed, mqtt::ReasonCode code,
                std::string_view requirement, std::string_view interpretation) {
  t.should(!closed->disconnect || closed->disconnect->reason == code, requirement,
           fmt::format("DISCONNECT 0x{:02X}", static_cast<unsigned>(code)), seen_close(t, closed),
           interpretation);
}

// [HF-5.0-E10]
Task<void> retained_without_retain(Context& t) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.clean());
  t.supported(connack.properties.retain_available == 0, "the broker keeps retained messages");
  const std::string topic = t.topic("a");
  co_await t.published(client, message(topic, "control", 1));
  const std::uint16_t packet_id = client.publish(retained(topic, "to be kept", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, t.patience());
  Duration rest = t.patience();
  if (puback) rest = 1s;
  auto closed = co_await client.expect_close(rest);
  t.should(closed.has_value(), "HF-5.0-E10",
           "a close for RETAIN 1, which the broker has announced not to take",
           puback ? seen(t, puback) : seen_close(t, closed));
  if (closed) judge_code(t, closed, mqtt::ReasonCode::retain_not_supported, "HF-5.0-E10", "X-01");
}

// A feature of subscriptions that CONNACK can announce as missing.
struct Feature {
  const char* slug;
  const char* title;
  const char* section;
  const char* requirement;
  const char* variant;
  const char* procedure;
  mqtt::ReasonCode code;
  std::optional<std::uint8_t> mqtt::Properties::*announced;
  const char* filter_start;  // in front of the topic
  const char* filter_end;    // behind it
  std::uint32_t identifier;  // 0: none
};

// [HF-5.0-E12, HF-5.0-E13, HF-5.0-E14]
Task<void> missing_feature(Context& t, const Feature& feature) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.clean());
  t.supported(connack.properties.*feature.announced == 0, "nothing of it is announced as missing");
  co_await t.subscribed(client, t.topic("plain"), 1);
  const std::string topic = t.topic("a/b");
  mqtt::Properties properties;
  if (feature.identifier != 0) properties.subscription_identifiers = {feature.identifier};
  const std::string filter = feature.filter_start + topic + feature.filter_end;
  const std::uint16_t packet_id =
      client.subscribe(std::vector{subscription(filter, 1)}, std::move(properties));
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  const std::string expected = "a refusal of what the broker has announced as missing";
  if (!suback) {
    t.must(client.closed().has_value(), feature.requirement, expected, "neither SUBACK nor a close", "D-04");
    judge_code(t, client.closed(), feature.code, feature.requirement, "D-04");
    co_return;
  }
  const std::string observed = seen(t, suback);
  t.should(false, feature.requirement, expected + " by DISCONNECT and a close", observed, "D-04");
  if (!is_granted(*suback)) co_return;
  // Granted all the same: then at least it has to work.
  Client& pub = *co_await publisher(t);
  co_await t.pass(word_gets_round);
  co_await t.published(pub, message(topic, "m", 1));
  auto delivered = co_await client.expect_message("m", t.patience());
  t.must(delivered.has_value(), feature.requirement, "a message for the subscription that was granted",
         fmt::format("{}, then {}", observed, seen(t, delivered)), "D-04");
}

constexpr Feature features[] = {
    {"wildcard-announced-as-missing",
     "A wildcard subscription is refused if it is announced as not available", "3.2.2.3.11", "HF-5.0-E12",
     "wildcard-unavailable", "SUBSCRIBE to a filter that ends in #.",
     mqtt::ReasonCode::wildcard_subscriptions_not_supported,
     &mqtt::Properties::wildcard_subscription_available, "", "/#", 0},
    {"identifier-announced-as-missing",
     "A Subscription Identifier is refused if it is announced as not available", "3.2.2.3.12", "HF-5.0-E13",
     "subscription-id-unavailable", "SUBSCRIBE with a Subscription Identifier.",
     mqtt::ReasonCode::subscription_identifiers_not_supported,
     &mqtt::Properties::subscription_identifiers_available, "", "", 7},
    {"sharing-announced-as-missing", "A shared subscription is refused if it is announced as not available",
     "3.2.2.3.13", "HF-5.0-E14", "shared-unavailable", "SUBSCRIBE to a filter that begins with $share/.",
     mqtt::ReasonCode::shared_subscriptions_not_supported, &mqtt::Properties::shared_subscription_available,
     "$share/group/", "", 0},
};

// [HF-3.1.1-G17]
Task<void> wildcards_are_granted(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const std::string topic = t.topic("a");
  co_await t.subscribed(client, topic + "/b", 1);
  for (const char* level : {"/+", "/#"}) {
    const std::uint16_t packet_id = client.subscribe(std::vector{subscription(topic + level, 1)});
    auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
    t.must(suback.has_value(), "MQTT-3.8.4-1", "SUBACK", seen(t, suback));
    t.should(is_granted(*suback), "HF-3.1.1-G17", "a filter with a wildcard to be granted", seen(t, suback));
  }
}

}  // namespace

void register_missing_features(Registry& registry) {
  registry.add({.slug = "retained-announced-as-missing",
                .title = "A retained message is refused by a broker that keeps none",
                .level = Level::should,
                .v5 = {"3.2.2.3.5", {"HF-5.0-E10"}},
                .procedure = "Publish with RETAIN 1 at QoS 1.",
                .control = "A message with RETAIN 0 is acknowledged.",
                .needs = {Need::qos_1},
                .longest_timer = 1s,
                .tags = {"retain", "limits"},
                .variants = {"retain-unavailable", "close-bare"},
                .interpretations = {"X-01"},
                .run = retained_without_retain});
  for (const Feature& feature : features) {
    registry.add({.slug = feature.slug,
                  .title = feature.title,
                  .v5 = {feature.section, {feature.requirement}},
                  .procedure = feature.procedure,
                  .control = "A subscription without it is granted and served on this connection.",
                  .needs = {Need::qos_1},
                  .longest_timer = word_gets_round,
                  .tags = {"subscribe", "limits"},
                  .variants = {feature.variant, "missing-feature-refused-in-suback", "close-bare"},
                  .interpretations = {"D-04"},
                  .run = [&feature](Context& t) { return missing_feature(t, feature); }});
  }
  registry.add({.slug = "wildcards-are-granted",
                .title = "Filters with wildcards are granted",
                .level = Level::should,
                .v3_1_1 = {"3.8.3", {"HF-3.1.1-G17"}},
                .procedure = "SUBSCRIBE to a/+ and to a/#.",
                .control = "A subscription without a wildcard is granted and served.",
                .needs = {Need::qos_1},
                .tags = {"subscribe"},
                .variants = {"wildcard-unavailable"},
                .run = wildcards_are_granted});
}

}  // namespace holdfast
