// Connecting: what is answered to a CONNECT, good or bad, and how fast.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/engine/words.h"
#include "conformance/probe/observations.h"
#include "conformance/suites/steps.h"
#include "sim/mqtt/codec.h"

namespace holdfast {
namespace {

// CONNACK or a close, whichever comes; "CONNACK 0x84, FIN", "FIN", "nothing".
Task<std::string> what_refuses(Context& t, Client& client, Time start) {
  auto connack = co_await client.expect<mqtt::Connack>(t.patience());
  if (connack && connack->reason == mqtt::ReasonCode::success) co_return "accepted";
  if (!connack && !client.closed()) co_return "nothing";
  std::string text;
  if (connack) text = fmt::format("CONNACK {}, ", hex_code(connack->reason));
  auto closed = co_await client.expect_close(t.patience());
  // A server that answers in the layout of another version is not understood, and the client hangs up.
  if (client.broken()) co_return "CONNACK in the layout of another version";
  co_return text + close_in_words(t, closed, start);
}

Task<void> connects_as(Context& t, std::string protocol_name, std::uint8_t level) {
  Client& control = t.client("control");
  co_await t.connected(control, t.clean());
  Client& client = t.client("one");
  mqtt::Connect options = t.clean();
  options.client_id = client.id();
  options.protocol_name = std::move(protocol_name);
  options.protocol_level = level;
  const Time start = t.now();
  client.connect_as_given(options);
  auto answer = co_await what_refuses(t, client, start);
  t.inform(std::move(answer));
}

Task<void> unknown_level(Context& t) { return connects_as(t, "MQTT", 99); }
Task<void> unknown_name(Context& t) { return connects_as(t, "MQXX", static_cast<std::uint8_t>(t.version())); }
Task<void> version_3_1(Context& t) { return connects_as(t, "MQIsdp", 3); }

// The reserved flag of CONNECT set.
Task<void> malformed_connect(Context& t) {
  Client& client = t.client("one");
  mqtt::Connect options = t.clean();
  options.client_id = client.id();
  Bytes bytes = mqtt::encode(options, t.version());
  constexpr std::size_t flags_at = 2 + 2 + 4 + 1;  // fixed header, protocol name and level
  bytes[flags_at] |= 0x01;
  client.open();
  const bool is_open = co_await client.expect_open(t.patience());
  t.control(is_open, "no connection");
  const Time start = t.now();
  client.send_bytes(bytes);
  auto answer = co_await what_refuses(t, client, start);
  t.inform(std::move(answer));
}

Task<void> no_connect(Context& t) {
  Client& client = t.client("one");
  client.open();
  const bool is_open = co_await client.expect_open(t.patience());
  t.control(is_open, "no connection");
  const Time start = t.now();
  constexpr Duration watched = 10s;
  auto closed = co_await client.expect_close(watched);
  t.inform(closed ? close_in_words(t, closed, start) : "still open after " + in_words(watched));
}

// --- identifiers ---

// "20 characters of a-z 0-9"; what the form is made of, since every identifier is another.
std::string form_of(std::string_view id) {
  struct Kind {
    const char* name;
    bool (*has)(char);
  };
  constexpr Kind kinds[] = {{"a-z", [](char c) { return c >= 'a' && c <= 'z'; }},
                            {"A-Z", [](char c) { return c >= 'A' && c <= 'Z'; }},
                            {"0-9", [](char c) { return c >= '0' && c <= '9'; }},
                            {"-", [](char c) { return c == '-'; }},
                            {"others", [](char c) {
                               const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                               return !is_word && !(c >= '0' && c <= '9') && c != '-';
                             }}};
  std::string form = fmt::format("{} characters of", id.size());
  for (const Kind& kind : kinds) {
    if (std::ranges::any_of(id, kind.has)) form += std::string(" ") + kind.name;
  }
  return form;
}

Task<void> assigned_identifier(Context& t) {
  Client& client = t.client("one");
  client.connect_as_given(t.clean());
  auto connack = co_await client.expect<mqtt::Connack>(t.patience());
  const bool is_assigned = connack && connack->properties.assigned_client_identifier;
  t.control(is_assigned, "no CONNACK with an Assigned Client Identifier");
  t.inform(form_of(*connack->properties.assigned_client_identifier));
}

Task<void> long_identifier(Context& t) {
  Client& client = t.client("one");
  mqtt::Connect options = t.clean();
  // A dash and 24 characters: both are beyond what every server has to take.
  options.client_id = (client.id() + "-000000000000000000000000").substr(0, 24);
  const Time start = t.now();
  client.connect_as_given(options);
  auto answer = co_await what_refuses(t, client, start);
  t.inform(std::move(answer));
}

// --- what else CONNACK tells, and when ---

Task<void> diagnostics(Context& t) {
  Client& client = t.client("one");
  auto connack = co_await t.connected(client, t.clean());
  const auto has_any = [](const mqtt::Properties& properties) {
    return properties.reason_string.has_value() || !properties.user_properties.empty();
  };
  std::string where;
  if (has_any(connack.properties)) where = "in CONNACK";
  const std::uint16_t packet_id = client.publish(message(t.topic("a"), "m", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, t.patience());
  t.control(puback.has_value(), "no PUBACK");
  if (has_any(puback->properties)) where += where.empty() ? "in PUBACK" : " and PUBACK";
  t.inform(where.empty() ? "none" : where);
}

Task<void> moment_of_connack(Context& t) {
  Client& client = t.client("one");
  const Time start = t.now();
  auto connack = co_await t.connected(client, t.clean());
  // It is this very delay that the round trip was measured by, so it counts as it is.
  const Duration delay = connack.at - start;
  t.inform(delay > 250ms ? fmt::format("after {:.1f} s", std::chrono::duration<double>(delay).count())
                         : "at once");
}

Task<void> moment_of_puback(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  const std::uint16_t packet_id = client.publish(message(t.topic("a"), "m", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, t.patience());
  t.control(puback.has_value(), "no PUBACK");
  t.inform(moment_in_words(t, puback->at - start));
}

Task<void> moment_of_suback(Context& t) {
  Client& client = t.client("one");
  co_await t.connected(client, t.clean());
  const Time start = t.now();
  const std::uint16_t packet_id = client.subscribe({subscription(t.topic("a"), 0)});
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  t.control(suback.has_value(), "no SUBACK");
  t.inform(moment_in_words(t, suback->at - start));
}

}  // namespace

void register_connect_observations(Registry& registry) {
  registry.add({.slug = "unknown-level",
                .title = "CONNECT with protocol level 99",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.2", {"MQTT-3.1.2-2"}},
                .v5 = {"3.1.2.2", {"MQTT-3.1.2-2"}},
                .longest_timer = 5s,
                .variants = {"unsupported-level-v5-layout", "unknown-level-bare-close"},
                .interpretations = {"C-01"},
                .run = unknown_level});
  registry.add({.slug = "unknown-name",
                .title = "CONNECT with the protocol name MQXX",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.1", {"MQTT-3.1.2-1"}},
                .v5 = {"3.1.2.1", {"MQTT-3.1.2-1"}},
                .longest_timer = 5s,
                .variants = {"wrong-name-silence"},
                .interpretations = {"C-02"},
                .run = unknown_name});
  registry.add({.slug = "version-3-1",
                .title = "CONNECT of MQTT 3.1 (MQIsdp)",
                .level = Level::informational,
                .v3_1_1 = {"3.1.2.1", {"MQTT-3.1.2-1", "HF-3.1.1-G31"}},
                .longest_timer = 5s,
                .variants = {"mqtt31-accepted"},
                .run = version_3_1});
  registry.add({.slug = "malformed-connect",
                .title = "CONNECT with its reserved flag set",
                .level = Level::informational,
                .v3_1_1 = {"3.1.4", {"MQTT-3.1.4-1"}},
                .v5 = {"3.1.4", {"MQTT-3.1.4-1", "HF-5.0-E25"}},
                .longest_timer = 5s,
                .variants = {"connect-refused-by-bare-close", "malformed-connect-connack-311"},
                .interpretations = {"C-03"},
                .run = malformed_connect});
  registry.add({.slug = "no-connect",
                .title = "A connection without CONNECT",
                .level = Level::informational,
                .v3_1_1 = {"3.1.4", {"HF-3.1.1-G06"}},
                .v5 = {"3.1.4", {"HF-5.0-E24"}},
                .longest_timer = 10s,
                .variants = {"pre-connect-idle-close"},
                .interpretations = {"C-10"},
                .run = no_connect});
  registry.add({.slug = "assigned-client-id",
                .title = "Assigned Client Identifier",
                .level = Level::informational,
                .v5 = {"3.2.2.3.7", {"MQTT-3.1.3-6", "MQTT-3.2.2-16"}},
                .needs = {Need::empty_client_id},
                .tags = {std::string(tag_announced)},
                .variants = {"assigned-id-forms"},
                .run = assigned_identifier});
  registry.add({.slug = "long-client-id",
                .title = "A client identifier of 24 characters with a dash",
                .level = Level::informational,
                .v3_1_1 = {"3.1.3.1", {"HF-3.1.1-S26"}},
                .v5 = {"3.1.3.1", {"MQTT-3.1.3-5"}},
                .longest_timer = 5s,
                .variants = {"client-id-limits"},
                .interpretations = {"C-06"},
                .run = long_identifier});
  registry.add({.slug = "diagnostics",
                .title = "Reason Strings and User Properties of its own",
                .level = Level::informational,
                .v5 = {"3.1.2.11.7", {"MQTT-3.1.2-29"}},
                .needs = {Need::qos_1},
                .variants = {"connack-diagnostics", "ack-diagnostics"},
                .run = diagnostics});
  registry.add({.slug = "connack-moment",
                .title = "CONNACK comes",
                .level = Level::informational,
                .v3_1_1 = {"3.1.4", {"MQTT-3.1.4-4"}},
                .v5 = {"3.1.4", {"MQTT-3.1.4-5"}},
                .variants = {"connack-slow"},
                .run = moment_of_connack});
  registry.add({.slug = "puback-moment",
                .title = "PUBACK comes",
                .level = Level::informational,
                .v3_1_1 = {"3.4", {"MQTT-4.3.2-2"}},
                .v5 = {"3.4", {"MQTT-4.3.2-4"}},
                .needs = {Need::qos_1},
                .variants = {"ack-slow"},
                .run = moment_of_puback});
  registry.add({.slug = "suback-moment",
                .title = "SUBACK comes",
                .level = Level::informational,
                .v3_1_1 = {"3.9", {"MQTT-3.8.4-1"}},
                .v5 = {"3.9", {"MQTT-3.8.4-1"}},
                .variants = {"answers-slow"},
                .run = moment_of_suback});
}

}  // namespace holdfast
