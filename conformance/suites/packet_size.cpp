// Maximum Packet Size (5.0): sections 3.1.2.11.4 and 3.2.2.3.6, and the diagnostics that give way to it.
#include <fmt/format.h>

#include <functional>
#include <vector>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

constexpr std::size_t large = 400;  // bytes of payload; small ones have a few

std::string padded(std::string mark) {
  mark.resize(large, '.');
  return mark;
}

mqtt::Connect limited(mqtt::Connect options, std::size_t bytes) {
  options.properties.maximum_packet_size = static_cast<std::uint32_t>(bytes);
  return options;
}

// How large a large message is when it reaches this client, learnt without a limit.
Task<std::size_t> size_on_arrival(Context& t, Client& client, Client& pub, std::string topic, int qos) {
  const std::string payload = padded("control");
  co_await t.published(pub, message(topic, payload, qos));
  auto delivered = co_await t.delivered(client, payload);
  co_await t.fenced(client);
  const mqtt::Publish publish = delivered;
  co_return mqtt::encoded_size(mqtt::Packet(publish), t.version());
}

// [MQTT-3.1.2-24, MQTT-3.1.2-25] One byte decides; and what is too large counts as delivered.
Task<void> live(Context& t, int qos) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, qos);
  const std::size_t size = co_await size_on_arrival(t, client, pub, topic, qos);
  for (const bool fits : {true, false}) {
    co_await t.dropped(client);
    mqtt::Connect options = limited(t.keeping(), fits ? size : size - 1);
    options.properties.receive_maximum = 1;
    co_await t.connected(client, options);
    const std::string payload = padded(fits ? "at the limit" : "above the limit");
    const std::string before = fits ? "small 1" : "small 3";
    const std::string after = fits ? "small 2" : "small 4";
    co_await t.published(pub, message(topic, before, qos));
    co_await t.published(pub, message(topic, payload, qos));
    co_await t.published(pub, message(topic, after, qos));
    auto last = co_await client.expect_message(after, t.patience());
    t.must(last.has_value(), fits ? "MQTT-4.5.0-1" : "MQTT-3.1.2-25",
           "the small message behind the large one, with Receive Maximum 1", seen_messages(client));
    co_await t.fenced(client);
    if (fits) {
      t.must(client.count(payload) == 1, "MQTT-4.5.0-1",
             fmt::format("a message of {} bytes with Maximum Packet Size {}", size, size),
             seen_messages(client));
    } else {
      t.must(client.count(payload) == 0, "MQTT-3.1.2-24",
             fmt::format("no message of {} bytes with Maximum Packet Size {}", size, size - 1),
             seen_messages(client));
    }
  }
  co_await t.dropped(client);
  co_await t.connected(client, t.keeping());
  co_await sentinel(t, pub, client, topic, qos);
  const std::string dropped = padded("above the limit");
  t.must(client.count(dropped) == 0, "MQTT-3.1.2-25", "a message that counted as delivered not to come back",
         seen_messages(client));
}

Task<void> live_qos_1(Context& t) { return live(t, 1); }
Task<void> live_qos_2(Context& t) { return live(t, 2); }

// [HF-5.0-S35] The limit of the present connection holds for what waited and for what is repeated.
Task<void> queued_and_repeated(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  const std::size_t size = co_await size_on_arrival(t, client, pub, topic, 1);
  const std::string in_flight = padded("in flight");
  const std::string queued = padded("queued");
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, in_flight, 1));
  co_await t.delivered(client, in_flight);
  co_await t.dropped(client);
  co_await t.published(pub, message(topic, queued, 1));
  co_await t.published(pub, message(topic, "small", 1));
  client.answers.acknowledges = true;
  auto connack = co_await t.connected(client, limited(t.keeping(), size - 1));
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  auto small = co_await client.expect_message("small", t.patience());
  t.must(small.has_value(), "MQTT-3.1.2-25", "the small message behind two that are too large",
         seen_messages(client));
  co_await sentinel(t, pub, client, topic, 1);
  const ConnectionId connection = client.connection();
  t.must(client.count(in_flight, connection) == 0 && client.count(queued, connection) == 0, "HF-5.0-S35",
         "neither the repeat nor the queued message, which are too large for this connection",
         seen_messages(client));
}

// [HF-5.0-E11] The broker's own limit: what fits is taken, one byte more is an error.
Task<void> limit_of_the_broker(Context& t) {
  const std::uint32_t limit = t.sut().maximum_packet_size;
  t.supported(limit <= 65'536,
              "the broker announces no Maximum Packet Size that is small enough to be tried");
  t.supported(limit >= 100, "the broker's Maximum Packet Size leaves no room for a message");
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& sender = t.client("sender");
  co_await t.connected(sender, t.clean());
  mqtt::Publish publish = message(topic, "", 1);
  publish.packet_id = 1;
  while (mqtt::encoded_size(mqtt::Packet(publish), t.version()) < limit) publish.payload += 'x';
  co_await t.published(sender, publish);
  auto at_limit = co_await watch.expect_message(publish.payload, t.patience());
  t.must(at_limit.has_value(), "HF-5.0-E11", fmt::format("a packet of {} bytes to be taken", limit),
         seen_messages(watch));
  publish.payload += 'y';
  sender.publish(publish);
  auto closed = co_await sender.expect_close(t.patience());
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 1);
  t.must(watch.count(publish.payload) == 0, "HF-5.0-E11",
         fmt::format("a packet of {} bytes not to be processed", limit + 1), "it was delivered");
  t.must(closed.has_value(), "HF-5.0-E11", "a close", seen_close(t, closed));
  const bool is_told = closed->disconnect && closed->disconnect->reason == mqtt::ReasonCode::packet_too_large;
  t.should(is_told, "HF-5.0-E11", "DISCONNECT 0x95 before the close", seen_close(t, closed), "X-01");
}

// --- Reason String and User Properties ---

// What the broker sent: its properties, and how large it was.
struct Provoked {
  mqtt::Properties properties{};
  std::size_t size = 0;
};

struct Diagnostics {
  const char* slug;
  const char* packet;
  std::vector<std::string> requirements;  // Reason String, User Properties
  Need need;
  // Makes the broker send the packet; nullopt if it does not come.
  Task<std::optional<Provoked>> (*provoke)(Context&, Client&, Client& pub);
};

template <class PacketKind>
Task<std::optional<Provoked>> next_of(Context& t, Client& client) {
  auto packet = co_await client.expect<PacketKind>(t.patience());
  std::optional<Provoked> provoked;
  if (packet) {
    const PacketKind plain = *packet;
    provoked = Provoked{plain.properties, mqtt::encoded_size(mqtt::Packet(plain), t.version())};
  }
  co_return provoked;
}

Task<std::optional<Provoked>> provoke_puback(Context& t, Client& client, Client&) {
  client.publish(message(t.topic("nobody"), "x", 1));
  return next_of<mqtt::Puback>(t, client);
}
Task<std::optional<Provoked>> provoke_pubrec(Context& t, Client& client, Client&) {
  client.publish(message(t.topic("nobody"), "x", 2));
  return next_of<mqtt::Pubrec>(t, client);
}
Task<std::optional<Provoked>> provoke_pubcomp(Context& t, Client& client, Client&) {
  client.publish(message(t.topic("nobody"), "x", 2));
  return next_of<mqtt::Pubcomp>(t, client);
}
Task<std::optional<Provoked>> provoke_pubrel(Context& t, Client& client, Client& pub) {
  std::vector<mqtt::SubscriptionRequest> requests(1, subscription(t.topic("s"), 2));
  client.subscribe(std::move(requests));
  auto suback = co_await client.expect<mqtt::Suback>(t.patience());
  t.control(suback.has_value(), "no SUBACK");
  co_await t.published(pub, message(t.topic("s"), "x", 2));
  auto provoked = co_await next_of<mqtt::Pubrel>(t, client);
  co_return provoked;
}
Task<std::optional<Provoked>> provoke_suback(Context& t, Client& client, Client&) {
  std::vector<mqtt::SubscriptionRequest> requests(1, subscription(t.topic("s"), 0));
  client.subscribe(std::move(requests));
  return next_of<mqtt::Suback>(t, client);
}
Task<std::optional<Provoked>> provoke_unsuback(Context& t, Client& client, Client&) {
  std::vector<std::string> filters(1, t.topic("not held"));
  client.unsubscribe(std::move(filters));
  return next_of<mqtt::Unsuback>(t, client);
}
Task<std::optional<Provoked>> provoke_disconnect(Context& t, Client& client, Client&) {
  mqtt::Connect second = t.clean();
  second.client_id = client.id();
  client.send(second);  // a protocol error (MQTT-3.1.0-2)
  return next_of<mqtt::Disconnect>(t, client);
}

bool has_diagnostics(const mqtt::Properties& properties) {
  return properties.reason_string.has_value() || !properties.user_properties.empty();
}

Task<void> diagnostics_give_way(Context& t, Diagnostics row) {
  Client& pub = *co_await publisher(t);
  Client& free = t.client("free");
  auto connack = co_await t.connected(free, t.clean());
  auto without_limit = co_await row.provoke(t, free, pub);
  // DISCONNECT before a close is a SHOULD.
  t.supported(without_limit.has_value(), fmt::format("the broker sends no {}", row.packet));
  t.supported(has_diagnostics(without_limit->properties),
              fmt::format("the broker's {} has neither Reason String nor User Properties", row.packet));
  const std::size_t limit = without_limit->size - 1;
  const mqtt::Connack plain = connack;
  t.supported(mqtt::encoded_size(mqtt::Packet(plain), t.version()) <= limit,
              fmt::format("the broker's CONNACK is larger than its {}", row.packet));
  Client& tight = t.client("tight");
  co_await t.connected(tight, limited(t.clean(), limit));
  auto with_limit = co_await row.provoke(t, tight, pub);
  const std::string expected =
      fmt::format("{} of at most {} bytes, without what does not fit", row.packet, limit);
  t.must(with_limit.has_value(), row.requirements.front(), expected, seen_close(t, tight.closed()));
  t.must(with_limit->size <= limit, row.requirements.front(), expected,
         fmt::format("{} bytes", with_limit->size));
  const mqtt::Properties& spoken = without_limit->properties;
  const bool has_both = spoken.reason_string.has_value() && !spoken.user_properties.empty();
  if (!has_both) co_return;
  for (const std::string& same : row.requirements) t.also_judges({same});
}

// [MQTT-3.2.2-19, MQTT-3.2.2-20] The same for CONNACK.
Task<void> diagnostics_give_way_in_connack(Context& t) {
  Client& free = t.client("free");
  auto connack = co_await t.connected(free, t.clean());
  const mqtt::Properties properties = connack.properties;
  t.supported(has_diagnostics(properties),
              "the broker's CONNACK has neither Reason String nor User Properties");
  // Room for all the rest, and not for the diagnostics.
  mqtt::Connack bare;
  bare.properties = properties;
  bare.properties.reason_string.reset();
  bare.properties.user_properties.clear();
  const std::size_t room = mqtt::encoded_size(mqtt::Packet(bare), t.version()) + 2;
  Client& tight = t.client("tight");
  mqtt::Connect options = limited(t.clean(), room);
  tight.connect(options);
  auto small = co_await tight.expect<mqtt::Connack>(t.patience());
  t.must(small.has_value(), "MQTT-3.2.2-19", "CONNACK without what does not fit",
         seen_close(t, tight.closed()));
  t.must(!has_diagnostics(small->properties), "MQTT-3.2.2-19",
         fmt::format("CONNACK of at most {} bytes", room), seen(t, small));
}

}  // namespace

void register_packet_size(Registry& registry) {
  const std::string section = "3.1.2.11.4";
  const char* without = "Without a limit a message of that size arrives.";
  const struct {
    int qos;
    Need need;
    Task<void> (*run)(Context&);
  } levels[] = {{1, Need::qos_1, live_qos_1}, {2, Need::qos_2, live_qos_2}};
  for (const auto& level : levels) {
    registry.add(
        {.slug = fmt::format("too-large-for-the-client-qos{}", level.qos),
         .title = fmt::format("A QoS {} message above the client's Maximum Packet Size counts as delivered",
                              level.qos),
         .v5 = {section, {"MQTT-3.1.2-24", "MQTT-3.1.2-25", "MQTT-4.5.0-1"}},
         .procedure = "Receive Maximum 1; a small message, one of exactly the limit, a small one; the "
                      "same with the limit one byte lower; then without a limit.",
         .control = without,
         .needs = {level.need},
         .tags = {"packet-size", "flow-control", fmt::format("qos{}", level.qos)},
         .variants = {"maximum-packet-size-drop", "max-packet-size-announced"},
         .run = level.run});
  }
  registry.add({.slug = "limit-holds-for-queue-and-repeats",
                .title = "The Maximum Packet Size of a connection holds for queued and repeated messages",
                .v5 = {section, {"HF-5.0-S35", "MQTT-3.1.2-24", "MQTT-3.1.2-25", "MQTT-3.2.2-3"}},
                .procedure =
                    "Leave a large message unacknowledged, cut, queue a large and a small one, resume "
                    "with a limit below the large ones.",
                .control = without,
                .needs = {Need::qos_1},
                .tags = {"packet-size", "session", "queue", "redelivery"},
                .variants = {"maximum-packet-size-drop"},
                .run = queued_and_repeated});
  registry.add({.slug = "limit-of-the-broker",
                .title = "A packet of the broker's Maximum Packet Size is taken, a larger one is an error",
                .v5 = {"3.2.2.3.6", {"HF-5.0-E11"}},
                .procedure = "A PUBLISH of exactly the announced size, then one of a byte more.",
                .control = "The probes of the subscription arrive.",
                .needs = {Need::qos_1},
                .tags = {"packet-size", "error", "limits"},
                .variants = {"max-packet-size-announced", "close-bare"},
                .interpretations = {"X-01"},
                .run = limit_of_the_broker});
  const std::vector<Diagnostics> rows{
      {"puback", "PUBACK", {"MQTT-3.4.2-2", "MQTT-3.4.2-3"}, Need::qos_1, provoke_puback},
      {"pubrec", "PUBREC", {"MQTT-3.5.2-2", "MQTT-3.5.2-3"}, Need::qos_2, provoke_pubrec},
      {"pubrel", "PUBREL", {"MQTT-3.6.2-2", "MQTT-3.6.2-3"}, Need::qos_2, provoke_pubrel},
      {"pubcomp", "PUBCOMP", {"MQTT-3.7.2-2", "MQTT-3.7.2-3"}, Need::qos_2, provoke_pubcomp},
      {"suback", "SUBACK", {"MQTT-3.9.2-1", "MQTT-3.9.2-2"}, Need::qos_1, provoke_suback},
      {"unsuback", "UNSUBACK", {"MQTT-3.11.2-1", "MQTT-3.11.2-2"}, Need::qos_1, provoke_unsuback},
      {"disconnect", "DISCONNECT", {"MQTT-3.14.2-3", "MQTT-3.14.2-4"}, Need::qos_1, provoke_disconnect},
  };
  for (const Diagnostics& row : rows) {
    registry.add(
        {.slug = fmt::format("diagnostics-give-way-in-{}", row.slug),
         .title = fmt::format("Reason String and User Properties of {} give way to the client's Maximum "
                              "Packet Size",
                              row.packet),
         .v5 = {section, row.requirements},
         .procedure = fmt::format("Provoke {} without a Maximum Packet Size, then with one that is a "
                                  "byte too small for it.",
                                  row.packet),
         .control = "Without the limit the packet has them; if not, the rule cannot be tested.",
         .needs = {row.need},
         .tags = {"packet-size", "limits"},
         .variants = {"ack-diagnostics", "own-user-properties-on-acks"},
         .run = [row](Context& t) { return diagnostics_give_way(t, row); }});
  }
  registry.add(
      {.slug = "diagnostics-give-way-in-connack",
       .title = "Reason String and User Properties of CONNACK give way to the client's Maximum Packet "
                "Size",
       .v5 = {section, {"MQTT-3.2.2-19", "MQTT-3.2.2-20"}},
       .procedure = "CONNECT without a limit, then with one that only the rest of CONNACK fits into.",
       .control = "Without the limit CONNACK has them; if not, the rule cannot be tested.",
       .tags = {"packet-size", "limits"},
       .variants = {"connack-diagnostics"},
       .run = diagnostics_give_way_in_connack});
}

}  // namespace holdfast
