// DISCONNECT: section 3.14, and the close that follows it.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// [HF-3.1.1-G12, HF-5.0-E34] The client leaves its end open.
Task<void> server_closes_after_disconnect(Context& t) {
  Client& client = t.client("polite");
  co_await t.connected(client, t.clean());
  co_await t.fenced(client);
  client.send(mqtt::Disconnect{});
  auto closed = co_await client.expect_close(t.patience());
  t.observed(seen_close(t, closed));
  t.should(closed.has_value(), rule(t, "HF-3.1.1-G12", "HF-5.0-E34"),
           "the server to close after DISCONNECT when the client does not", seen_close(t, closed));
}

// [3.1.1: MQTT-3.14.4-2; 5.0: MQTT-3.14.4-1; interpretation X-08]
Task<void> nothing_behind_disconnect(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& client = t.client("leaving");
  co_await t.connected(client, t.clean());
  const mqtt::Publish before = message(topic, "before", 0);
  const mqtt::Publish behind = message(topic, "behind", 0);
  Bytes bytes = mqtt::encode(before, t.version());
  mqtt::encode(mqtt::Disconnect{}, t.version(), bytes);
  mqtt::encode(behind, t.version(), bytes);
  client.send_bytes(bytes);
  co_await t.delivered(watch, "before");
  client.cut();
  co_await client.expect_close(t.patience());
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 1);
  t.should(watch.count("behind") == 0, rule(t, "MQTT-3.14.4-2", "MQTT-3.14.4-1"),
           "a PUBLISH behind the client's DISCONNECT to have no effect", seen_messages(watch), "X-08");
}

// --- a DISCONNECT that is none ---

enum class BadDisconnect { flags, error_code_and_property_twice, raises_from_0, raises_from_none };

Bytes bad_disconnect(BadDisconnect kind) {
  switch (kind) {
    case BadDisconnect::flags:
      return {0xE1, 0x00};
    case BadDisconnect::error_code_and_property_twice:
      return {0xE0, 0x0C, 0x80, 0x0A, 0x11, 0, 0, 0, 9, 0x11, 0, 0, 0, 9};
    default:
      return {0xE0, 0x07, 0x00, 0x05, 0x11, 0, 0, 0, 60};
  }
}

// [HF-5.0-S07, HF-5.0-S06; 3.1.1: MQTT-3.14.1-1] What is no valid DISCONNECT does not drop the will.
Task<void> bad_disconnect_keeps_will(Context& t, BadDisconnect kind) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  mqtt::Will will;
  will.topic = topic;
  will.qos = 1;
  // Control: a valid DISCONNECT drops the will, a cut does not.
  Client& polite = t.client("polite");
  will.payload = "unwanted";
  co_await t.connected(polite, with_will(t.clean(), will));
  co_await t.disconnected(polite);
  Client& control = t.client("control");
  will.payload = "control";
  co_await t.connected(control, with_will(t.clean(), will));
  co_await t.dropped(control);
  co_await t.delivered(watch, "control");
  t.control(watch.count("unwanted") == 0, "a valid DISCONNECT does not drop the will either");

  Client& owner = t.client("owner");
  will.payload = "will";
  mqtt::Connect options = with_will(t.clean(), will);
  if (kind == BadDisconnect::raises_from_0) options.properties.session_expiry_interval = 0;
  auto connack = co_await t.connected(owner, options);
  const bool is_about_interval =
      kind == BadDisconnect::raises_from_0 || kind == BadDisconnect::raises_from_none;
  if (is_about_interval) {
    t.supported(connack.properties.session_expiry_interval.value_or(0) == 0,
                "the broker keeps a Session that asks for no keeping, and says so in CONNACK");
  }
  owner.send_bytes(bad_disconnect(kind));
  auto closed = co_await owner.expect_close(t.patience());
  t.observed(seen_close(t, closed));
  const std::string_view id = !t.v5()                        ? "MQTT-3.14.1-1"
                              : kind == BadDisconnect::flags ? "MQTT-3.14.1-1"
                              : is_about_interval            ? "HF-5.0-S06"
                                                             : "HF-5.0-S07";
  t.should(closed.has_value(), id, "the connection to be closed", seen_close(t, closed));
  if (!closed) owner.cut();
  if (is_about_interval && closed) {
    t.should(closed->disconnect.has_value(), id, "DISCONNECT 0x82 before the close", seen_close(t, closed),
             "S-02");
  }
  auto arrived = co_await watch.expect_message("will", t.patience());
  const std::string expected = "the will, since the DISCONNECT was not valid";
  if (kind == BadDisconnect::error_code_and_property_twice) {
    t.must(arrived.has_value(), "HF-5.0-S07", expected, seen(t, arrived), "T-09");
  } else {
    t.should(arrived.has_value(), rule(t, "MQTT-3.14.1-1", "HF-5.0-S07"), expected, seen(t, arrived), "T-09");
  }
}

// --- the server's own DISCONNECT ---

// [MQTT-3.14.4-2] Behind its own DISCONNECT the server closes. A second CONNECT provokes it.
Task<void> server_closes_behind_its_disconnect(Context& t) {
  Client& client = t.client("twice");
  mqtt::Connect connect = t.clean();
  co_await t.connected(client, connect);
  co_await t.fenced(client);
  client.connect(connect);
  auto told = co_await client.expect<mqtt::Disconnect>(t.patience());
  auto closed = co_await client.expect_close(t.patience());
  t.observed(seen_close(t, closed));
  t.must(closed.has_value(), told ? "MQTT-3.14.4-2" : "MQTT-3.1.0-2",
         told ? "the close behind the server's own DISCONNECT" : "the close after a second CONNECT",
         seen_close(t, closed));
  t.closed_as(told ? CloseVerdict::clean : CloseVerdict::without_code);
}

// [MQTT-3.2.2-19, MQTT-3.2.2-20] What is optional in CONNACK is left out where it does not fit.
Task<void> connack_within_maximum_packet_size(Context& t) {
  Client& roomy = t.client("roomy");
  auto full = co_await t.connected(roomy, t.clean());
  mqtt::Connack bare = full;
  bare.properties.reason_string.reset();
  bare.properties.user_properties.clear();
  const std::size_t size = mqtt::encoded_size(mqtt::Packet(bare), t.version());
  const std::size_t full_size =
      mqtt::encoded_size(mqtt::Packet(static_cast<mqtt::Connack>(full)), t.version());
  t.observed(
      fmt::format("CONNACK of {} bytes, {} without its Reason String and User Properties", full_size, size));
  Client& narrow = t.client("narrow");
  mqtt::Connect options = t.clean();
  options.properties.maximum_packet_size = static_cast<std::uint32_t>(size);
  narrow.connect(options);
  auto connack = co_await narrow.expect<mqtt::Connack>(t.patience());
  const std::string observed = connack ? seen(t, connack) : seen_close(t, narrow.closed());
  t.observed(observed);
  if (connack) {
    const std::size_t sent =
        mqtt::encoded_size(mqtt::Packet(static_cast<mqtt::Connack>(*connack)), t.version());
    t.must(sent <= size, "MQTT-3.2.2-20", fmt::format("a CONNACK of at most {} bytes", size), observed);
  }
  t.should(connack.has_value(), "MQTT-3.2.2-19",
           fmt::format("a CONNACK without what does not fit into {} bytes", size), observed);
  if (!connack || connack->reason != mqtt::ReasonCode::success) co_return;
  // The server's DISCONNECT has to fit as well; the checker of packet sizes looks at it.
  const mqtt::Packet stray = mqtt::Pingresp{};
  narrow.send(stray);
  auto closed = co_await narrow.expect_close(t.patience());
  t.observed(seen_close(t, closed));
}

}  // namespace

void register_disconnect(Registry& registry) {
  registry.add({.slug = "server-closes",
                .title = "After DISCONNECT the server closes the connection if the client does not",
                .level = Level::should,
                .v3_1_1 = {"3.14.4", {"HF-3.1.1-G12"}},
                .v5 = {"3.14.4", {"HF-5.0-E34"}},
                .procedure = "DISCONNECT, the client's end stays open.",
                .control = "PINGREQ is answered before.",
                .tags = {"disconnect"},
                .variants = {"close-after-client-disconnect-slow"},
                .run = server_closes_after_disconnect});
  registry.add({.slug = "nothing-behind-disconnect",
                .title = "What a client sends behind its DISCONNECT has no effect",
                .level = Level::should,
                .v3_1_1 = {"3.14.4", {"MQTT-3.14.4-2"}},
                .v5 = {"3.14.4", {"MQTT-3.14.4-1"}},
                .procedure = "PUBLISH, DISCONNECT and another PUBLISH in one write.",
                .control = "The PUBLISH before DISCONNECT arrives.",
                .needs = {Need::qos_1},
                .tags = {"disconnect"},
                .interpretations = {"X-08"},
                .run = nothing_behind_disconnect});
  const struct {
    const char* slug;
    const char* title;
    BadDisconnect kind;
    std::vector<std::string> ids_v3_1_1;
    std::vector<std::string> ids_v5;
  } rows[] = {
      {"bad-flags-keep-will",
       "A DISCONNECT with flags in its fixed header does not drop the will",
       BadDisconnect::flags,
       {"MQTT-3.14.1-1", "MQTT-2.2.2-2"},
       {"MQTT-3.14.1-1", "HF-5.0-S07", "MQTT-2.1.3-1"}},
      {"malformed-error-keeps-will",
       "A malformed DISCONNECT with an error code does not drop the will",
       BadDisconnect::error_code_and_property_twice,
       {},
       {"HF-5.0-S07", "HF-5.0-E01"}},
      {"raise-from-0-keeps-will",
       "A DISCONNECT that raises the interval from 0 does not drop the will",
       BadDisconnect::raises_from_0,
       {},
       {"HF-5.0-S06", "HF-5.0-S07"}},
      {"raise-from-none-keeps-will",
       "A DISCONNECT that raises an absent interval does not drop the will",
       BadDisconnect::raises_from_none,
       {},
       {"HF-5.0-S06", "HF-5.0-S07"}},
  };
  for (const auto& row : rows) {
    CaseDescription description{
        .slug = row.slug,
        .title = row.title,
        .level = Level::should,
        .v5 = {"3.14.1", row.ids_v5},
        .procedure = "CONNECT with a will, send this DISCONNECT, watch the Will Topic.",
        .control = "A valid DISCONNECT drops the will, a cut does not.",
        .needs = {Need::qos_1},
        .tags = {"disconnect", "will", "error"},
        .variants = {"close-bare", "will-slightly-late"},
        .interpretations = {"T-09", "S-02"},
        .run = [kind = row.kind](Context& t) { return bad_disconnect_keeps_will(t, kind); }};
    if (!row.ids_v3_1_1.empty()) description.v3_1_1 = {"3.14.1", row.ids_v3_1_1};
    if (row.kind == BadDisconnect::error_code_and_property_twice) description.level = Level::must;
    registry.add(std::move(description));
  }
  registry.add(
      {.slug = "server-closes-behind-its-disconnect",
       .title = "A server that sends DISCONNECT closes the connection without waiting for the client",
       .v5 = {"3.14.4", {"MQTT-3.14.4-2", "MQTT-4.13.2-1", "MQTT-3.1.0-2"}},
       .procedure = "CONNECT twice on one connection.",
       .control = "PINGREQ is answered before.",
       .tags = {"disconnect", "error"},
       .variants = {"close-bare", "close-lingering", "close-by-reset", "second-connect-either-close"},
       .run = server_closes_behind_its_disconnect});
  registry.add(
      {.slug = "connack-within-maximum-packet-size",
       .title = "CONNACK and DISCONNECT fit into the client's Maximum Packet Size",
       .v5 = {"3.2.2.3",
              {"MQTT-3.2.2-20", "MQTT-3.2.2-19", "MQTT-3.1.2-24", "MQTT-3.14.2-3", "MQTT-3.14.2-4"}},
       .procedure = "CONNECT with a Maximum Packet Size that holds CONNACK without what is optional in it.",
       .control = "CONNACK without such a limit is taken as the measure.",
       .tags = {"connect", "packet-size"},
       .variants = {"connack-diagnostics"},
       .run = connack_within_maximum_packet_size});
}

}  // namespace holdfast
