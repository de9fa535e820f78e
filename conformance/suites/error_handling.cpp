// Packets that break the protocol on a connection that stands: sections 4.8 (3.1.1) and 4.13 (5.0). The
// connection has to be closed, nothing of the packet may have an effect, and nobody else may notice.
//
// Which violations a server has to find is left open (interpretations X-11 and C-07): a fault that is let
// pass is non-strict; a connection that is kept after the server itself has named the error is a failure, and
// so is bad data that reaches a subscriber. Wrong flags in the fixed header are a must in 3.1.1.
#include <fmt/format.h>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

struct BadPacket {
  const char* slug;
  const char* title;
  std::vector<std::string> ids_v3_1_1;
  std::vector<std::string> ids_v5;
  bool is_must_v3_1_1;
  bool harms_if_passed_on;  // and not merely if it is let pass
  // `topic` is one that a watcher has subscribed to.
  std::string (*bytes)(const std::string& topic, bool v5);
};

std::string raw_packet(std::uint8_t first_byte, std::string_view body) {
  return std::string(1, static_cast<char>(first_byte)) + static_cast<char>(body.size()) + std::string(body);
}

std::string raw_publish(const std::string& topic, bool v5, std::string_view properties,
                        std::uint8_t flags = 0) {
  std::string body = raw_field(topic);
  if ((flags & 0x06) != 0) body += std::string("\0\x07", 2);
  if (v5) body += static_cast<char>(properties.size()) + std::string(properties);
  body += "bad";
  return raw_packet(static_cast<std::uint8_t>(0x30 | flags), body);
}

Task<void> bad_packet_closes(Context& t, BadPacket row) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& faulty = t.client("faulty");
  co_await t.connected(faulty, t.clean());
  co_await t.published(faulty, message(topic, "control", 0));
  co_await t.delivered(watch, "control");

  const std::string packet = row.bytes(topic, t.v5());
  const Bytes bytes(packet.begin(), packet.end());
  faulty.send_bytes(bytes);
  auto closed = co_await faulty.expect_close(t.patience());
  t.observed(seen_close(t, closed));
  const std::string_view id = t.v5() ? row.ids_v5.front() : row.ids_v3_1_1.front();
  const std::string expected = "the connection to be closed";
  auto told = co_await faulty.expect<mqtt::Disconnect>(0ns);
  if (t.v5() && told) {
    t.must(closed.has_value(), "MQTT-4.13.2-1", "the close behind the server's own DISCONNECT",
           seen_close(t, closed));
  }
  if (!t.v5() && row.is_must_v3_1_1) t.must(closed.has_value(), id, expected, seen_close(t, closed), "C-07");
  t.should(closed.has_value(), id, expected, seen_close(t, closed), t.v5() ? "C-07" : "X-11");
  if (closed) {
    t.closed_as(closed->kind == CloseKind::reset ? CloseVerdict::by_reset
                : t.v5() && !told                ? CloseVerdict::without_code
                                                 : CloseVerdict::clean);
  }
  t.must(!watch.broken(), id, "nothing of the bad packet to reach a subscriber",
         watch.broken() ? std::string(watch.broken()->what) : std::string(), "C-07");
  // The others: what they have goes on, and nothing of the packet reaches them.
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "after", 1));
  auto after = co_await watch.expect_message("after", t.patience());
  t.must(after.has_value() && !watch.closed(), rule(t, "HF-3.1.1-G30", "MQTT-4.13.1-1"),
         "other clients to be left alone",
         fmt::format("{}; {}", seen(t, after), seen_close(t, watch.closed())));
  const std::string nothing = "nothing of the bad packet to reach a subscriber";
  if (row.harms_if_passed_on) {
    t.must(watch.count("bad") == 0, id, nothing, seen_messages(watch), "C-07");
  } else {
    t.should(watch.count("bad") == 0, id, nothing, seen_messages(watch), "C-07");
  }
}

std::vector<BadPacket> bad_packets() {
  return {
      {"reserved-type-0",
       "A packet of the reserved type 0 ends the connection",
       {"HF-3.1.1-G03", "MQTT-4.8.0-1"},
       {"MQTT-4.13.1-1", "HF-5.0-E20"},
       false,
       false,
       [](const std::string&, bool) { return std::string("\0\0", 2); }},
      {"type-15",
       "AUTH that nobody asked for, or the reserved type 15 of 3.1.1, ends the connection",
       {"HF-3.1.1-G03", "MQTT-4.8.0-1"},
       {"HF-5.0-E37", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string&, bool) { return std::string("\xF0\0", 2); }},
      {"auth-with-flags",
       "AUTH with flags in its fixed header ends the connection",
       {},
       {"MQTT-3.15.1-1", "MQTT-2.1.3-1"},
       false,
       false,
       [](const std::string&, bool) { return std::string("\xF1\0", 2); }},
      {"auth-with-unknown-code",
       "AUTH with a reason code that AUTH does not have ends the connection",
       {},
       {"MQTT-3.15.2-1", "HF-5.0-E37"},
       false,
       false,
       [](const std::string&, bool) { return raw_packet(0xF0, "\x87"); }},
      {"connack-from-client",
       "A CONNACK from a client ends the connection",
       {"HF-3.1.1-G03", "MQTT-4.8.0-1"},
       {"HF-5.0-E20", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string&, bool v5) {
         return v5 ? std::string("\x20\x03\0\0\0", 5) : std::string("\x20\x02\0\0", 4);
       }},
      {"suback-from-client",
       "A SUBACK from a client ends the connection",
       {"HF-3.1.1-G03", "MQTT-4.8.0-1"},
       {"HF-5.0-E20", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string&, bool v5) {
         return v5 ? std::string("\x90\x04\0\x01\0\0", 6) : std::string("\x90\x03\0\x01\0", 5);
       }},
      {"pingreq-with-flags",
       "PINGREQ with flags in its fixed header ends the connection",
       {"MQTT-2.2.2-2", "MQTT-4.8.0-1"},
       {"MQTT-2.1.3-1", "MQTT-4.13.1-1"},
       true,
       false,
       [](const std::string&, bool) { return std::string("\xC1\0", 2); }},
      {"puback-with-flags",
       "PUBACK with flags in its fixed header ends the connection",
       {"MQTT-2.2.2-2", "MQTT-4.8.0-1"},
       {"MQTT-2.1.3-1", "MQTT-4.13.1-1"},
       true,
       false,
       [](const std::string&, bool) { return std::string("\x42\x02\0\x09", 4); }},
      {"disconnect-with-unknown-code",
       "DISCONNECT with a code that DISCONNECT does not have is no DISCONNECT",
       {},
       {"MQTT-3.14.2-1", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string&, bool) { return raw_packet(0xE0, "\x01"); }},
      {"property-twice-in-publish",
       "A PUBLISH with Content Type twice ends the connection",
       {},
       {"HF-5.0-E01", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string& topic, bool v5) {
         return raw_publish(topic, v5, std::string("\x03\0\x01x\x03\0\x01y", 8));
       }},
      {"foreign-property-in-publish",
       "A PUBLISH with a property of another packet ends the connection",
       {},
       {"HF-5.0-E02", "MQTT-4.13.1-1"},
       false,
       false,
       [](const std::string& topic, bool v5) {
         return raw_publish(topic, v5, std::string("\x11\0\0\0\x05", 5));
       }},
      {"property-length-past-publish",
       "A PUBLISH whose property length runs past its end ends the connection",
       {},
       {"HF-5.0-E03", "MQTT-4.13.1-1"},
       false,
       true,
       [](const std::string& topic, bool) { return raw_packet(0x30, raw_field(topic) + "\x7F" + "bad"); }},
      {"content-type-not-utf8",
       "A Content Type that is no UTF-8 ends the connection and is not passed on",
       {},
       {"MQTT-3.3.2-19", "MQTT-1.5.4-1"},
       false,
       true,
       [](const std::string& topic, bool v5) {
         return raw_publish(topic, v5, std::string("\x03\0\x03\xED\xA0\x80", 6));
       }},
      {"response-topic-not-utf8",
       "A Response Topic that is no UTF-8 ends the connection and is not passed on",
       {},
       {"MQTT-3.3.2-13", "MQTT-1.5.4-1"},
       false,
       true,
       [](const std::string& topic, bool v5) {
         return raw_publish(topic, v5, std::string("\x08\0\x03\xED\xA0\x80", 6));
       }},
  };
}

// [3.3.2-14] A wildcard in the Response Topic: turned down, or passed on as it is, which is lenient.
Task<void> wildcard_in_response_topic(Context& t) {
  const std::string topic = t.topic("a");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& faulty = t.client("faulty");
  co_await t.connected(faulty, t.clean());
  co_await t.published(faulty, message(topic, "control", 0));
  co_await t.delivered(watch, "control");
  mqtt::Publish publish = message(topic, "bad", 0);
  publish.properties.response_topic = "hf/answers/#";
  faulty.publish(publish);
  auto closed = co_await faulty.expect_close(t.patience());
  const std::string expected = "a PUBLISH with a wildcard in its Response Topic to be refused";
  if (watch.broken()) {
    t.should(false, "MQTT-3.3.2-14", expected, "it is passed on as it is", "C-07");
    co_return;
  }
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 1);
  const std::string observed = fmt::format("{}; {}", seen_close(t, closed), seen_messages(watch));
  t.observed(observed);
  t.should(closed.has_value() && watch.count("bad") == 0, "MQTT-3.3.2-14", expected, observed, "C-07");
}

}  // namespace

void register_error_handling(Registry& registry) {
  for (const BadPacket& row : bad_packets()) {
    CaseDescription description{
        .slug = row.slug,
        .title = row.title,
        .procedure = "Send this packet on a connection that stands, watch it and another client.",
        .control = "The connection delivers a message before.",
        .needs = {Need::qos_1},
        .tags = {"error"},
        .variants = {"close-bare", "close-by-reset", "close-lingering", "error-code-neighbour"},
        .interpretations = {"X-11", "C-07"},
        .run = [row](Context& t) { return bad_packet_closes(t, row); }};
    if (!row.is_must_v3_1_1 || row.ids_v3_1_1.empty()) description.level = Level::should;
    if (!row.ids_v3_1_1.empty()) {
      description.v3_1_1 = {"4.8", row.ids_v3_1_1};
      description.v3_1_1.requirements.push_back("HF-3.1.1-G30");
    }
    if (!row.ids_v5.empty()) description.v5 = {"4.13", row.ids_v5};
    registry.add(std::move(description));
  }
  registry.add({.slug = "wildcard-in-response-topic",
                .title = "A Response Topic with a wildcard is refused",
                .level = Level::should,
                .v5 = {"3.3.2.3.5", {"MQTT-3.3.2-14"}},
                .procedure = "PUBLISH with the Response Topic hf/answers/#.",
                .control = "The connection delivers a message before.",
                .needs = {Need::qos_1},
                .tags = {"error", "request-response"},
                .interpretations = {"C-07"},
                .run = wildcard_in_response_topic});
}

}  // namespace holdfast
