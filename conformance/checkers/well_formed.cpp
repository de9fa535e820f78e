// Everything that the server sends is a packet of the version that the client asked for: layout, flags,
// codes, properties, identifiers that are not 0, no packet type that a server never sends.
#include <algorithm>
#include <array>
#include <cstdint>

#include "conformance/checkers/catalogue.h"
#include "conformance/checkers/report.h"
#include "sim/mqtt/faults.h"

namespace holdfast {

namespace {

constexpr std::string_view name_of_well_formed = "well-formed";

constexpr auto well_formed_requirements_v3_1_1 = std::to_array<std::string_view>(
    {"HF-3.1.1-G01", "HF-3.1.1-G02", "HF-3.1.1-G03", "HF-3.1.1-G05", "HF-3.1.1-G38",
     "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-2.3.1-1",
     "MQTT-2.3.1-6", "MQTT-2.3.1-7", "MQTT-3.2.2-4", "MQTT-3.2.2-6", "MQTT-3.3.1-4",
     "MQTT-3.3.2-2", "MQTT-3.6.1-1", "MQTT-3.8.4-5", "MQTT-3.9.3-2", "MQTT-4.7.3-1"});
constexpr auto well_formed_requirements_v5 = std::to_array<std::string_view>(
    {"HF-5.0-E01",    "HF-5.0-E02",    "HF-5.0-E03",    "HF-5.0-E04",    "HF-5.0-E05",    "HF-5.0-E10",
     "HF-5.0-E12",    "HF-5.0-E13",    "HF-5.0-E14",    "HF-5.0-E15",    "HF-5.0-E17",    "HF-5.0-E18",
     "HF-5.0-E20",    "HF-5.0-E21",    "HF-5.0-E37",    "MQTT-1.5.4-1",  "MQTT-1.5.4-2",  "MQTT-1.5.5-1",
     "MQTT-1.5.7-1",  "MQTT-2.1.3-1",  "MQTT-2.2.1-4",  "MQTT-2.2.2-1",  "MQTT-3.2.2-1",  "MQTT-3.2.2-6",
     "MQTT-3.2.2-8",  "MQTT-3.2.2-9",  "MQTT-3.3.1-4",  "MQTT-3.3.2-2",  "MQTT-3.3.2-8",  "MQTT-3.3.2-14",
     "MQTT-3.4.2-1",  "MQTT-3.5.2-1",  "MQTT-3.6.1-1",  "MQTT-3.6.2-1",  "MQTT-3.7.2-1",  "MQTT-3.8.4-6",
     "MQTT-3.9.3-2",  "MQTT-3.11.3-1", "MQTT-3.11.3-2", "MQTT-3.14.1-1", "MQTT-3.14.2-1", "MQTT-3.14.2-2",
     "MQTT-3.15.1-1", "MQTT-3.15.2-1", "MQTT-4.13.1-1"});

bool begins_with(const ConnectionView& connection, std::initializer_list<std::uint8_t> bytes) {
  return connection.first_byte_count >= bytes.size() &&
         std::equal(bytes.begin(), bytes.end(), connection.first_bytes.begin());
}

// A server that does not speak the client's version refuses it in a layout of its own (C-01).
bool is_refusal_of_the_version(const ConnectionView& connection) {
  return begins_with(connection, {0x20, 0x02, 0x00, 0x01}) ||
         begins_with(connection, {0x20, 0x03, 0x00, 0x84, 0x00});
}

// The version is known as long as one readable CONNECT, and no other, has been sent.
bool is_version_known(const ConnectionView& connection, Position at) {
  return connection.connect != nullptr && connection.client_unreadable_at > at;
}

// Notes that are another checker's matter, or that the text of a client may have brought in.
bool is_note_to_judge(const Event& event, const mqtt::DecodeError& note) {
  if (note.severity != mqtt::Severity::should_not) return false;
  if (note.what == mqtt::rule_of(mqtt::Fault::dup_at_qos_0).what) return false;
  const bool forwarded = std::holds_alternative<mqtt::Publish>(*event.packet);
  return !(forwarded && note.what == mqtt::rule_of(mqtt::Fault::discouraged_character).what);
}

// A server that does not look into a Response Topic passes it on as its duty is (note at MQTT-3.3.2-14).
bool is_passed_on_unchecked(const mqtt::DecodeError& error) {
  return error.what == mqtt::rule_of(mqtt::Fault::response_topic_wildcard).what;
}

void add(const SessionView& view, const Event& event, const mqtt::DecodeError& error, bool must,
         std::vector<Breach>& breaches) {
  Breach breach;
  breach.checker = name_of_well_formed;
  breach.version = view.connection(event.connection).version;
  breach.requirement = error.requirement;
  breach.must = must;
  breach.expected = "packets that follow the format";
  breach.observed = to_text(view.trace, event);
  breach.event = event.sequence;
  breaches.push_back(std::move(breach));
}

void judge_well_formed(const SessionView& view, std::vector<Breach>& breaches) {
  for (const Event* flawed : view.steps.flawed) {
    const Event& event = *flawed;
    const ConnectionView& connection = view.connection(event.connection);
    if (!is_version_known(connection, event.sequence)) continue;
    if (event.kind == EventKind::undecodable) {
      if (connection.connack == nullptr && is_refusal_of_the_version(connection)) continue;
      const mqtt::DecodeError& error = event.errors.front();
      if (error.severity == mqtt::Severity::policy) continue;
      const bool is_lenient = error.severity == mqtt::Severity::should_not || is_passed_on_unchecked(error);
      add(view, event, error, !is_lenient, breaches);
    } else {
      for (const mqtt::DecodeError& note : event.errors) {
        if (is_note_to_judge(event, note)) add(view, event, note, false, breaches);
      }
    }
  }
}

}  // namespace

Checker well_formed_checker() {
  return {name_of_well_formed,
          "What the server sends has the format of the version.",
          well_formed_requirements_v3_1_1,
          well_formed_requirements_v5,
          check_alone<judge_well_formed>,
          judge_well_formed};
}

}  // namespace holdfast
