// MQTT takes the transport for a stream of bytes: section 4.2.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// Each byte in a segment of its own, as far as a sender can bring that about: a pause keeps the transport
// from putting them together.
Task<void> sent_byte_by_byte(Context& t, Client& client, Bytes bytes) {
  for (const std::uint8_t byte : bytes) {
    client.send_bytes(ByteView(&byte, 1));
    co_await t.pass(2ms);
  }
}

// [HF-3.1.1-G33, MQTT-4.2.0-1] Where segments begin and end means nothing.
Task<void> split_and_joined(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(watch, "control");

  const std::string_view id = rule(t, "HF-3.1.1-G33", "MQTT-4.2.0-1");
  Client& client = t.client("bytes");
  co_await opened_with(t, client, Bytes());
  co_await sent_byte_by_byte(t, client, bytes_of(raw_connect(t, client)));
  auto connack = co_await client.expect<mqtt::Connack>(t.patience());
  t.must(connack && connack->reason == mqtt::ReasonCode::success, id,
         "CONNACK 0x00 for a CONNECT that comes byte by byte", seen(t, connack));
  mqtt::Publish slow = message(topic, "byte by byte", 1);
  slow.packet_id = 1;
  co_await sent_byte_by_byte(t, client, mqtt::encode(slow, t.version()));
  auto puback = co_await client.expect_id<mqtt::Puback>(1, t.patience());
  t.must(puback.has_value(), id, "PUBACK for a PUBLISH that comes byte by byte", seen(t, puback));
  auto delivered = co_await watch.expect_message("byte by byte", t.patience());
  t.must(delivered.has_value(), id, "the message that came byte by byte", seen_messages(watch));

  // QoS 1, so that none may be left out, and within Receive Maximum and every queue.
  const int count = std::min<int>(100, connack->properties.receive_maximum.value_or(100));
  Bytes together;
  for (int i = 1; i <= count; ++i) {
    mqtt::Publish one = message(topic, fmt::format("m{}", i), 1);
    one.packet_id = static_cast<std::uint16_t>(i);
    mqtt::encode(one, t.version(), together);
  }
  for (int i = 0; i < 100; ++i) mqtt::encode(mqtt::Pingreq{}, t.version(), together);
  client.send_bytes(together);
  for (int i = 1; i <= count; ++i) {
    puback = co_await client.expect_id<mqtt::Puback>(static_cast<std::uint16_t>(i), t.patience());
    t.must(puback.has_value(), id, fmt::format("PUBACK for each of {} PUBLISH in one piece", count),
           fmt::format("{} of them", i - 1));
  }
  for (int i = 1; i <= 100; ++i) {
    auto pong = co_await client.expect<mqtt::Pingresp>(t.patience());
    t.must(pong.has_value(), id, "PINGRESP for each of 100 PINGREQ in one piece",
           fmt::format("{} of them", i - 1));
  }
}

}  // namespace

void register_transport(Registry& registry) {
  registry.add(
      {.slug = "packets-split-and-joined",
       .title = "Packets may arrive byte by byte and many at once",
       .v3_1_1 = {"4.2", {"HF-3.1.1-G33"}},
       .v5 = {"4.2", {"MQTT-4.2.0-1"}},
       .procedure = "CONNECT and PUBLISH byte by byte; then 100 PUBLISH and 100 PINGREQ in one write.",
       .control = "The watcher gets a message of another client.",
       .needs = {Need::qos_1},
       .longest_timer = 1s,
       .tags = {"transport"},
       .variants = {"receive-max-small", "writes-coalesced", "writes-split"},
       .run = split_and_joined});
}

}  // namespace holdfast
