// CONNECT packets that break the format of section 3.1. Each has to be turned down: 3.1.1 by a close without
// CONNACK, 5.0 by a close that a CONNACK may announce (section 3.1.4).
//
// How deep a 5.0 server checks is left open (interpretation C-07): there a fault that does no harm is
// non-strict, and only a packet that no reading makes whole is a failure.
#include <fmt/format.h>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

enum class Weight { must, should };

struct MalformedConnect {
  const char* slug;
  const char* title;
  const char* section;
  std::vector<std::string> ids_v3_1_1;  // empty: no fault in this version
  std::vector<std::string> ids_v5;
  Weight weight_v3_1_1;
  Weight weight_v5;
  const char* interpretation_v3_1_1;
  const char* interpretation_v5;
  void (*spoil)(RawConnect& connect);
};

constexpr std::string_view bad_utf8 = "hf\xED\xA0\x80";  // a surrogate

void add_will(RawConnect& connect, std::string_view topic) {
  connect.flags |= 0x04;
  std::vector<std::string> will;
  if (connect.properties) will.emplace_back(1, '\0');
  will.push_back(raw_field(topic));
  will.push_back(raw_field("will"));
  connect.fields.insert(connect.fields.begin() + 1, will.begin(), will.end());
}

Task<void> malformed_connect(Context& t, MalformedConnect row) {
  Client& sound = t.client("sound");
  const RawConnect whole = raw_connect(t, sound);
  co_await opened_with(t, sound, bytes_of(whole));
  auto accepted = co_await sound.expect<mqtt::Connack>(t.patience());
  t.control(accepted && accepted->reason == mqtt::ReasonCode::success,
            "the same CONNECT without the fault is not accepted");
  co_await t.disconnected(sound);

  Client& client = t.client("faulty");
  RawConnect connect = raw_connect(t, client);
  row.spoil(connect);
  co_await opened_with(t, client, bytes_of(connect));
  const Refusal refusal = co_await refusal_of(t, client);
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  const std::string_view id = t.v5() ? row.ids_v5.front() : row.ids_v3_1_1.front();
  const char* interpretation = t.v5() ? row.interpretation_v5 : row.interpretation_v3_1_1;
  const Weight weight = t.v5() ? row.weight_v5 : row.weight_v3_1_1;
  const std::string expected = t.v5() ? "the connection to be closed, at most after a CONNACK that refuses"
                                      : "the connection to be closed without CONNACK";
  if (weight == Weight::should && (refusal.is_accepted() || !refusal.connack)) {
    t.should(refusal.closed.has_value(), id, expected, observed, interpretation);
    co_return;
  }
  t.must(refusal.closed.has_value(), id, expected, observed, interpretation);
  if (!t.v5()) {
    for (const std::string& same : t.the_case().requirements) t.also_judges({same});
  }
  if (!t.v5()) t.should(!refusal.connack, "MQTT-3.1.4-1", expected, observed, "C-03");
}

std::vector<MalformedConnect> malformed_connects() {
  const Weight must = Weight::must;
  const Weight should = Weight::should;
  return {
      {"reserved-connect-flag",
       "A CONNECT whose reserved Connect Flag is 1 is turned down",
       "3.1.2.3",
       {"MQTT-3.1.2-3", "MQTT-3.1.4-1"},
       {"MQTT-3.1.2-3", "MQTT-3.1.4-1"},
       must,
       must,
       "C-03",
       "",
       [](RawConnect& c) { c.flags |= 0x01; }},
      {"fixed-header-flags-of-connect",
       "A CONNECT with flags in its fixed header is turned down",
       "3.1.1",
       {"MQTT-2.2.2-2", "MQTT-3.1.4-1"},
       {"MQTT-2.1.3-1", "MQTT-3.1.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) { c.first_byte = 0x12; }},
      {"will-qos-without-will",
       "A CONNECT with a Will QoS and without a will is turned down",
       "3.1.2.6",
       {"MQTT-3.1.2-13", "MQTT-3.1.2-11", "MQTT-3.1.4-1"},
       {"MQTT-3.1.2-11", "MQTT-3.1.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) { c.flags |= 0x08; }},
      {"will-retain-without-will",
       "A CONNECT with Will Retain and without a will is turned down",
       "3.1.2.7",
       {"MQTT-3.1.2-15", "MQTT-3.1.2-11", "MQTT-3.1.4-1"},
       {"MQTT-3.1.2-13", "MQTT-3.1.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) { c.flags |= 0x20; }},
      {"will-qos-3",
       "A CONNECT with Will QoS 3 is turned down",
       "3.1.2.6",
       {"MQTT-3.1.2-14", "MQTT-3.1.4-1"},
       {"MQTT-3.1.2-12", "MQTT-3.1.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) {
         add_will(c, "hf/will");
         c.flags |= 0x18;
       }},
      {"will-fields-missing",
       "A CONNECT that announces a will and has none is turned down",
       "3.1.2.5",
       {"MQTT-3.1.2-9", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.2-9"},
       must,
       must,
       "C-03",
       "",
       [](RawConnect& c) {
         c.flags = 0x06;
         c.fields.resize(1);
       }},
      {"user-name-missing",
       "A CONNECT that announces a user name and has none is turned down",
       "3.1.2.8",
       {"MQTT-3.1.2-19", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.2-17"},
       must,
       must,
       "C-03",
       "",
       [](RawConnect& c) {
         c.flags = 0x82;
         c.fields.resize(1);
       }},
      {"user-name-unannounced",
       "A CONNECT with a field that no flag announces is turned down",
       "3.1.2.8",
       {"MQTT-3.1.2-18", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.2-16"},
       should,
       should,
       "C-04",
       "C-07",
       [](RawConnect& c) { c.fields.push_back(raw_field("surplus")); }},
      {"password-missing",
       "A CONNECT that announces a password and has none is turned down",
       "3.1.2.9",
       {"MQTT-3.1.2-21", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.2-19"},
       must,
       must,
       "C-03",
       "",
       [](RawConnect& c) {
         c.flags = 0xC2;
         c.fields.resize(1);
         c.fields.push_back(raw_field("holdfast"));
       }},
      {"password-unannounced",
       "A CONNECT with a password that no flag announces is turned down",
       "3.1.2.9",
       {"MQTT-3.1.2-20", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.2-18"},
       should,
       should,
       "C-04",
       "C-07",
       [](RawConnect& c) {
         if ((c.flags & 0x80) == 0) c.fields.push_back(raw_field("holdfast"));
         c.flags |= 0x80;
         c.fields.push_back(raw_field("surplus"));
       }},
      {"password-without-user-name",
       "A 3.1.1 CONNECT with a password and no user name is turned down",
       "3.1.2.9",
       {"MQTT-3.1.2-22", "MQTT-3.1.4-1"},
       {},
       must,
       must,
       "C-05",
       "",
       [](RawConnect& c) {
         c.flags = 0x42;
         c.fields.resize(1);
         c.fields.push_back(raw_field("password"));
       }},
      {"client-identifier-missing",
       "A CONNECT without a payload is turned down",
       "3.1.3.1",
       {"MQTT-3.1.3-3", "MQTT-3.1.4-1"},
       {"MQTT-3.1.4-1", "MQTT-3.1.3-3"},
       must,
       must,
       "C-03",
       "",
       [](RawConnect& c) {
         c.flags = 0x02;
         c.fields.clear();
       }},
      {"client-identifier-not-utf8",
       "A CONNECT whose client identifier is no UTF-8 is turned down",
       "3.1.3.1",
       {"MQTT-3.1.3-4", "MQTT-1.5.3-1", "MQTT-3.1.4-1"},
       {"MQTT-3.1.3-4", "MQTT-1.5.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) { c.fields[0] = raw_field(bad_utf8); }},
      {"will-topic-not-utf8",
       "A CONNECT whose Will Topic is no UTF-8 is turned down",
       "3.1.3.2",
       {"MQTT-3.1.3-10", "MQTT-1.5.3-1", "MQTT-3.1.4-1"},
       {"MQTT-3.1.3-11", "MQTT-1.5.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) { add_will(c, bad_utf8); }},
      {"user-name-not-utf8",
       "A CONNECT whose user name is no UTF-8 is turned down",
       "3.1.3.4",
       {"MQTT-3.1.3-11", "MQTT-1.5.3-1", "MQTT-3.1.4-1"},
       {"MQTT-3.1.3-12", "MQTT-1.5.4-1"},
       must,
       should,
       "C-03",
       "C-07",
       [](RawConnect& c) {
         if ((c.flags & 0x80) == 0) c.fields.emplace_back();
         c.flags |= 0x80;
         c.fields[1] = raw_field(bad_utf8);
       }},
      // 5.0 only: the properties.
      {"property-twice-in-connect",
       "A CONNECT with a property twice is turned down",
       "3.1.2.11",
       {},
       {"HF-5.0-E01", "MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = std::string("\x11\0\0\0\x05\x11\0\0\0\x05", 10); }},
      {"foreign-property-in-connect",
       "A CONNECT with a property of another packet is turned down",
       "3.1.2.11",
       {},
       {"HF-5.0-E02", "MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = std::string("\x23\0\x01", 3); }},
      {"property-length-past-connect",
       "A CONNECT whose property length runs past its end is turned down",
       "3.1.2.11.1",
       {},
       {"MQTT-3.1.4-1", "HF-5.0-E03"},
       must,
       must,
       "",
       "",
       [](RawConnect& c) { c.property_length = 0x7F; }},
      {"receive-maximum-0",
       "A CONNECT with Receive Maximum 0 is turned down",
       "3.1.2.11.3",
       {},
       {"MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = std::string("\x21\0\0", 3); }},
      {"maximum-packet-size-0",
       "A CONNECT with Maximum Packet Size 0 is turned down",
       "3.1.2.11.4",
       {},
       {"MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = std::string("\x27\0\0\0\0", 5); }},
      {"request-response-information-2",
       "A CONNECT with Request Response Information other than 0 and 1 is turned down",
       "3.1.2.11.6",
       {},
       {"HF-5.0-E06", "MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = "\x19\x02"; }},
      {"request-problem-information-2",
       "A CONNECT with Request Problem Information other than 0 and 1 is turned down",
       "3.1.2.11.7",
       {},
       {"HF-5.0-E06", "MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = "\x17\x02"; }},
      {"authentication-data-without-method",
       "A CONNECT with Authentication Data and no Authentication Method is turned down",
       "3.1.2.11.10",
       {},
       {"HF-5.0-E07", "MQTT-3.1.4-1"},
       must,
       should,
       "",
       "C-07",
       [](RawConnect& c) { c.properties = std::string("\x16\0\x01x", 4); }},
  };
}

}  // namespace

void register_connect_malformed(Registry& registry) {
  for (const MalformedConnect& row : malformed_connects()) {
    CaseDescription description{.slug = row.slug,
                                .title = row.title,
                                .procedure = "Open a connection, send this CONNECT, wait for what comes.",
                                .control = "The same CONNECT without the fault is accepted.",
                                .tags = {"connect", "error"},
                                .variants = {"connect-refused-by-bare-close", "connect-refused-with-connack",
                                             "malformed-connect-connack-311"},
                                .run = [row](Context& t) { return malformed_connect(t, row); }};
    if (!row.ids_v3_1_1.empty()) {
      description.v3_1_1 = {row.section, row.ids_v3_1_1};
      description.interpretations.push_back(row.interpretation_v3_1_1);
      if (description.interpretations.front() != "C-03") description.interpretations.push_back("C-03");
    }
    if (!row.ids_v5.empty()) {
      description.v5 = {row.section, row.ids_v5};
      if (*row.interpretation_v5 != '\0') description.interpretations.push_back(row.interpretation_v5);
    }
    registry.add(std::move(description));
  }
}

}  // namespace holdfast
