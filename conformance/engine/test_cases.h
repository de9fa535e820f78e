// Tiny cases for the engine's own tests: one for each way in which a case can end.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/engine/case.h"
#include "conformance/engine/context.h"

namespace holdfast::test_cases {

inline Task<void> round_trip(Context& t) {
  Client& client = t.client("a");
  const std::string topic = t.topic("x");
  auto connack = co_await t.connected(client, t.keeping());
  t.must(!connack.session_present, "MQTT-3.2.2-3", "Session Present 0", "1");
  co_await t.subscribed(client, topic, 2);
  mqtt::Publish message;
  message.topic = topic;
  message.payload = "hello";
  message.qos = 2;
  co_await t.published(client, message);
  auto delivered = co_await t.delivered(client, "hello");
  t.must(delivered.qos == 2, "MQTT-3.8.4-6", "QoS 2", "another");
  t.observed("hello came back");
  co_await t.disconnected(client);
  auto again = co_await t.connected(client, t.keeping());
  t.must(again.session_present, "MQTT-3.2.2-2", "Session Present 1", "0");
  co_await t.disconnected(client);
}

inline Task<void> fails(Context& t) {
  t.should(false, "MQTT-1", "a SHOULD", "not done", "X-01");
  t.must(false, "MQTT-2", "a MUST", "not done");
  t.must(false, "MQTT-3", "not reached", "not reached");
  co_return;
}

inline Task<void> is_not_strict(Context& t) {
  t.inform("a choice");
  t.should(false, "MQTT-1", "a SHOULD", "not done", "X-01");
  t.inform("another choice");
  co_return;
}

inline Task<void> is_inconclusive(Context& t) {
  t.control(false, "the control failed");
  t.must(false, "MQTT-3", "not reached", "not reached");
  co_return;
}

inline Task<void> waits_in_vain(Context& t) { co_await t.delivered(t.client("a"), "never"); }

inline Task<void> connects_and_waits_in_vain(Context& t) {
  co_await t.connected(t.client("a"), t.clean());
  co_await t.delivered(t.client("a"), "never");
}

inline Task<void> throws(Context&) {
  throw std::runtime_error("out of order");
  co_return;
}

inline Task<void> retains(Context& t) {
  Client& client = t.client("a");
  co_await t.connected(client, t.keeping());
  mqtt::Publish message;
  message.topic = t.topic("r");
  message.payload = "kept";
  message.qos = 1;
  message.retain = true;
  co_await t.published(client, message);
}

inline Task<void> never_ends(Context& t) {
  mqtt::Connect options = t.clean();
  options.keep_alive = 0;
  co_await t.connected(t.client("patient"), std::move(options));
  while (true) co_await t.client("patient").expect<mqtt::Publish>(100s);
}

inline Task<void> draws(Context& t) {
  t.draw("die", 1'000'000);
  co_return;
}

inline void add(Registry& registry, std::string slug, Task<void> (*run)(Context&),
                std::vector<Need> needs = {}) {
  CaseDescription description;
  description.slug = std::move(slug);
  description.title = "A title";
  description.v3_1_1 = {.section = "4.1", .requirements = {"MQTT-3.2.2-2"}};
  description.v5 = {.section = "4.2", .requirements = {"MQTT-3.2.2-3"}};
  description.needs = std::move(needs);
  description.run = run;
  registry.add(std::move(description));
}

inline std::vector<const Case*> all(const Registry& registry) { return every_case_of(registry); }

}  // namespace holdfast::test_cases
