// What errors and strays may and may not do: 3.1.1 section 4.8, 5.0 section 4.13.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// A protocol error that both versions name, with a close as its consequence (MQTT-3.1.0-2).
void connect_again(const Context& t, Client& client) {
  mqtt::Connect second = t.clean();
  second.client_id = client.id();
  client.send(second);
}

// [HF-3.1.1-S40, HF-5.0-E23] Acknowledgements of nothing may be ignored or end the connection; the exchange
// that is open goes on.
Task<void> stray_acknowledgements(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  co_await t.subscribed(client, topic, 1);
  client.answers.acknowledges = false;
  co_await t.published(pub, message(topic, "m", 1));
  auto first = co_await t.delivered(client, "m");
  const std::uint16_t stray = first.packet_id == 4711 ? 4712 : 4711;
  mqtt::Puback puback;
  puback.packet_id = stray;
  client.send(puback);
  mqtt::Pubrec pubrec;
  pubrec.packet_id = static_cast<std::uint16_t>(stray + 1);
  client.send(pubrec);
  mqtt::Pubcomp pubcomp;
  pubcomp.packet_id = static_cast<std::uint16_t>(stray + 1);
  client.send(pubcomp);
  const bool is_ignored = co_await client.fence(t.patience());
  t.must(is_ignored || client.closed().has_value(), rule(t, "HF-3.1.1-S40", "HF-5.0-E23"),
         "strays to be ignored, or a close", "neither PINGRESP nor a close", "Q-02");
  t.observed(is_ignored ? "ignored" : seen_close(t, client.closed()));
  co_await t.dropped(client);
  auto connack = co_await t.connected(client, t.keeping());
  judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
  auto again = co_await client.expect_message("m", t.patience());
  t.must(again.has_value(), rule(t, "MQTT-4.3.2-1", "MQTT-4.3.2-3"),
         "the PUBLISH again, which no stray acknowledgement has completed", seen(t, again), "Q-02");
  client.acknowledge(*again);
  co_await t.fenced(client);
}

// [HF-3.1.1-G30; 5.0: MQTT-4.13.2-1] One client's protocol error is no matter of the others.
Task<void> errors_stay_with_their_client(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", 1));
  co_await t.delivered(watch, "control");
  for (int i = 1; i <= 3; ++i) {
    Client& offender = t.client(fmt::format("bad{}", i));
    co_await t.connected(offender, t.clean());
    connect_again(t, offender);
    auto closed = co_await offender.expect_close(t.patience());
    t.must(closed.has_value(), "MQTT-3.1.0-2", "a close for a second CONNECT", seen_close(t, closed));
  }
  const std::string_view id = rule(t, "HF-3.1.1-G30", "MQTT-4.13.1-1");
  const bool is_served = watch.is_open() && pub.is_open();
  t.should(is_served, id, "the other connections to live on",
           watch.is_open() ? seen_close(t, pub.closed()) : seen_close(t, watch.closed()));
  if (!is_served) co_return;
  pub.publish(message(topic, "afterwards", 1));
  auto delivered = co_await watch.expect_message("afterwards", t.patience());
  t.should(delivered.has_value(), id, "the other clients to be served as before", seen(t, delivered));
}

// [HF-5.0-E25, MQTT-4.13.2-1] DISCONNECT with a code should come, the close has to.
Task<void> says_why_and_closes(Context& t) {
  Client& client = t.client("bad");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  connect_again(t, client);
  auto closed = co_await client.expect_close(t.patience());
  auto told = co_await client.expect<mqtt::Disconnect>(0ns);
  t.must(closed.has_value(), told ? "MQTT-4.13.2-1" : "MQTT-3.1.0-2", "a close for a second CONNECT",
         seen(t, told));
  t.must(!closed->disconnect || mqtt::is_error(closed->disconnect->reason), "MQTT-4.13.2-1",
         "a code of 0x80 or above, if there is one", seen_close(t, closed));
  t.should(closed->disconnect.has_value(), "HF-5.0-E25", "DISCONNECT with a code before the close",
           seen_close(t, closed), "X-01");
}

}  // namespace

void register_errors(Registry& registry) {
  registry.add({.slug = "stray-acknowledgements",
                .title = "Acknowledgements of unknown identifiers complete no exchange",
                .v3_1_1 = {"4.3", {"HF-3.1.1-S40", "MQTT-4.3.2-1", "MQTT-4.4.0-1", "MQTT-3.2.2-2"}},
                .v5 = {"4.13.2", {"HF-5.0-E23", "MQTT-4.3.2-3", "MQTT-4.4.0-1", "MQTT-3.2.2-3"}},
                .procedure = "Leave a PUBLISH unacknowledged, send PUBACK, PUBREC and PUBCOMP for other "
                             "identifiers, cut, resume.",
                .control = "The message is delivered before.",
                .needs = {Need::qos_1},
                .tags = {"error", "qos1", "redelivery"},
                .variants = {"stray-ack-ignored", "stray-ack-closes"},
                .interpretations = {"Q-02"},
                .run = stray_acknowledgements});
  registry.add({.slug = "errors-stay-with-their-client",
                .title = "The protocol errors of one client disturb no other",
                .level = Level::should,
                .v3_1_1 = {"4.8", {"HF-3.1.1-G30", "MQTT-3.1.0-2"}},
                .v5 = {"4.13.1", {"MQTT-4.13.1-1", "MQTT-3.1.0-2"}},
                .procedure = "Three clients send a second CONNECT; two others go on.",
                .control = "A message passes between the two before.",
                .needs = {Need::qos_1},
                .tags = {"error"},
                .variants = {"close-bare", "close-lingering", "second-connect-either-close"},
                .run = errors_stay_with_their_client});
  registry.add({.slug = "says-why-and-closes",
                .title = "Before it closes for a protocol error the broker says why",
                .level = Level::should,
                .v5 = {"4.13.1", {"HF-5.0-E25", "MQTT-4.13.2-1", "MQTT-3.1.0-2"}},
                .procedure = "A second CONNECT on one connection.",
                .control = "PINGREQ is answered on the same connection.",
                .tags = {"error"},
                .variants = {"close-bare", "close-with-disconnect"},
                .interpretations = {"X-01"},
                .run = says_why_and_closes});
}

}  // namespace holdfast
