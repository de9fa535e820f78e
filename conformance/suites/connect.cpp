// CONNECT packets that are well formed: which of them a server has to take, and what it makes of one that it
// does not take (sections 3.1.2.1, 3.1.2.2, 3.1.3 and 3.1.4).
#include <fmt/format.h>

#include <algorithm>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

// --- protocol name and level ---

// [3.1.1: MQTT-3.1.2-1] Whatever the server makes of the name, it does not go on as an MQTT server.
Task<void> wrong_protocol_name(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  Client& client = t.client("misnamed");
  RawConnect connect = raw_connect(t, client);
  connect.protocol_name = "MQXX";
  Bytes bytes = bytes_of(connect);
  const Bytes ping = mqtt::encode(mqtt::Pingreq{}, t.version());
  bytes.insert(bytes.end(), ping.begin(), ping.end());
  co_await opened_with(t, client, bytes);
  const Refusal refusal = co_await refusal_of(t, client);
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  t.must(!refusal.is_accepted(), "MQTT-3.1.2-1", "no CONNACK 0x00 for the protocol name MQXX", observed,
         "C-02");
  auto pong = co_await client.expect<mqtt::Pingresp>(0ns);
  t.must(!pong, "MQTT-3.1.2-1", "no PINGRESP behind the protocol name MQXX", seen(t, pong), "C-02");
  t.should(refusal.closed.has_value(), "MQTT-3.1.2-1", "the connection to be closed", observed, "C-02");
}

// [MQTT-3.1.2-2] The layout of the answer is owned by no standard once the level is unknown.
Task<void> unsupported_level(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  Client& client = t.client("newer");
  mqtt::Connect connect = t.clean();
  connect.client_id = client.id();
  connect.protocol_level = 0x63;
  client.connect_as_given(connect);
  const Refusal refusal = co_await refusal_of(t, client);
  const ByteView first = client.first_bytes();
  // An answer in the layout of the other version cannot be read as a packet of this one.
  const bool is_connack = first.size() >= 4 && first[0] == 0x20;
  const bool is_accepted = refusal.is_accepted() || (is_connack && first[3] == 0x00);
  const bool as_v3_1_1 = first.size() >= 4 && first[0] == 0x20 && first[1] == 0x02 && first[3] == 0x01;
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  t.must(!is_accepted, "MQTT-3.1.2-2", "no CONNACK 0x00 for protocol level 0x63", observed, "C-01");
  t.must(refusal.closed.has_value(), "MQTT-3.1.2-2", "the connection to be closed", observed, "C-01");
  if (t.v5()) co_return;
  const std::string expected = "CONNACK 0x01 before the close";
  if (t.sut().v5) {
    t.should(as_v3_1_1, "MQTT-3.1.2-2", expected, observed, "C-01");
  } else {
    t.must(as_v3_1_1, "MQTT-3.1.2-2", expected, observed, "C-01");
  }
}

// --- client identifiers ---

// [MQTT-3.1.3-5] One byte, 23 bytes, digits, capital and small letters.
Task<void> usual_identifiers(Context& t) {
  const std::string start = t.client("ids").id().substr(0, t.client("ids").id().size() - 3);
  const std::size_t room = 23 - start.size();
  std::vector<std::string> identifiers = {t.v5() ? "h" : "f"};
  const std::string all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (std::size_t at = 0; at < all.size(); at += room) {
    std::string part = all.substr(at, room);
    while (part.size() < room) part += all.substr(0, room - part.size());
    identifiers.push_back(start + part);
  }
  Client& client = t.client("ids");
  co_await t.connected(client, t.clean());
  co_await t.disconnected(client);
  for (const std::string& identifier : identifiers) {
    mqtt::Connect connect = t.clean();
    connect.client_id = identifier;
    client.connect_as_given(connect);
    const Refusal refusal = co_await refusal_of(t, client);
    t.must(refusal.is_accepted(), "MQTT-3.1.3-5",
           fmt::format("CONNACK 0x00 for the client identifier {}", identifier), seen_refusal(t, refusal),
           "C-06");
    co_await t.disconnected(client);
  }
}

// [HF-3.1.1-S26; 5.0: MQTT-3.1.3-2] A server need not take them, but if it does, every byte counts.
Task<void> long_identifiers(Context& t) {
  Client& one = t.client("one");
  co_await t.connected(one, t.clean());
  co_await t.disconnected(one);
  std::string identifier = one.id() + std::string(40 - one.id().size(), 'x');
  mqtt::Connect connect = t.keeping();
  connect.client_id = identifier + "1";
  one.connect_as_given(connect);
  const Refusal refusal = co_await refusal_of(t, one);
  if (!refusal.is_accepted()) {
    t.must(refusal.closed.has_value(), rule(t, "MQTT-3.1.3-9", "MQTT-3.1.3-8"),
           "the connection to be closed when the identifier is refused", seen_refusal(t, refusal), "C-06");
    t.inform("a client identifier of 41 bytes is refused", "C-06");
    co_return;
  }
  co_await t.subscribed(one, t.topic("a"), 1);
  co_await t.disconnected(one);
  Client& two = t.client("two");
  connect.client_id = identifier + "2";
  two.connect_as_given(connect);
  const Refusal other = co_await refusal_of(t, two);
  t.control(other.is_accepted(), "the second identifier of 41 bytes is refused");
  const std::string_view id = rule(t, "HF-3.1.1-S26", "MQTT-3.1.3-2");
  t.must(!other.connack->session_present, id,
         "Session Present 0 for an identifier that differs in its last byte", seen(t, other.connack), "C-06");
  connect.client_id = identifier + "1";
  co_await t.disconnected(two);
  one.connect_as_given(connect);
  auto back = co_await one.expect<mqtt::Connack>(t.patience());
  t.must(back && back->session_present, id, "Session Present 1 under the whole identifier", seen(t, back),
         "C-06");
}

// [3.1.1: MQTT-3.1.3-6, HF-3.1.1-S23, HF-3.1.1-S25; 5.0: MQTT-3.1.3-6] Two clients without an identifier.
Task<void> empty_identifiers(Context& t) {
  Client& named = t.client("named");
  co_await t.connected(named, t.clean());
  const std::string topic = t.topic("a");
  Client& one = t.client("one");
  Client& two = t.client("two");
  mqtt::Connect connect = t.clean();
  connect.client_id = "";
  for (Client* client : {&one, &two}) {
    client->connect_as_given(connect);
    const Refusal refusal = co_await refusal_of(t, *client);
    if (!refusal.is_accepted()) {
      const std::string_view id = rule(t, "MQTT-3.1.3-9", "MQTT-3.1.3-8");
      const std::string observed = seen_refusal(t, refusal);
      t.must(refusal.closed.has_value(), id, "the connection to be closed when the identifier is refused",
             observed);
      const bool is_told = refusal.connack && static_cast<unsigned>(refusal.connack->reason) == 0x02;
      if (!t.v5()) t.must(is_told, id, "CONNACK 0x02 before the close", observed);
      t.inform("empty client identifiers are refused");
      co_return;
    }
    t.must(!refusal.connack->session_present, rule(t, "HF-3.1.1-S24", "MQTT-3.2.2-3"),
           "Session Present 0 without a client identifier", seen(t, refusal.connack));
    co_await t.subscribed(*client, topic, 1);
  }
  co_await t.published(named, message(topic, "m", 1));
  for (Client* client : {&one, &two}) {
    auto delivered = co_await client->expect_message("m", t.patience());
    t.must(delivered.has_value() && !client->closed(), rule(t, "MQTT-3.1.3-6", "MQTT-3.1.3-6"),
           "two clients without an identifier to be connected side by side",
           fmt::format("{}: {}; {}", client->name(), seen(t, delivered), seen_close(t, client->closed())));
    co_await t.fenced(*client);
    t.must(client->count("m") == 1, rule(t, "HF-3.1.1-S23", "MQTT-3.1.3-6"), "one copy to each",
           seen_messages(*client));
  }
}

// [3.1.1: MQTT-3.1.3-8] Nobody could ever come back to such a Session.
Task<void> empty_identifier_of_kept_session(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.keeping());
  Client& nameless = t.client("nameless");
  mqtt::Connect connect = t.keeping();
  connect.client_id = "";
  nameless.connect_as_given(connect);
  const Refusal refusal = co_await refusal_of(t, nameless);
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  t.must(!refusal.is_accepted(), "MQTT-3.1.3-8",
         "no CONNACK 0x00 for an empty client identifier with Clean Session 0", observed);
  t.must(refusal.closed.has_value(), "MQTT-3.1.3-8", "the connection to be closed", observed);
  const bool is_told = refusal.connack && static_cast<unsigned>(refusal.connack->reason) == 0x02;
  t.must(is_told, "MQTT-3.1.3-8", "CONNACK 0x02 before the close", observed);
  t.also_judges({"MQTT-3.1.3-9"});
}

// --- what is sent with CONNECT and behind it ---

Bytes packets_behind(const Context& t, mqtt::Connect connect, const std::vector<mqtt::Packet>& packets) {
  Bytes bytes = mqtt::encode(connect, t.version());
  for (const mqtt::Packet& packet : packets) mqtt::encode(packet, t.version(), bytes);
  return bytes;
}

mqtt::Connect connect_of(const Context& t, const Client& client, mqtt::Connect connect) {
  connect.client_id = client.id();
  connect.protocol_level = static_cast<std::uint8_t>(t.version());
  connect.user_name = client.credentials.user_name;
  connect.password = client.credentials.password;
  return connect;
}

// [HF-3.1.1-G14, HF-5.0-E33] A client need not wait for CONNACK.
Task<void> pipelined_behind_connect(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  Client& client = t.client("hasty");
  mqtt::Publish publish = message(t.topic("a"), "m", 1);
  publish.packet_id = 2;
  const std::vector<mqtt::Packet> packets = {
      mqtt::Subscribe{.packet_id = 1, .requests = {subscription(t.topic("b"), 1)}}, publish, mqtt::Pingreq{}};
  co_await opened_with(t, client, packets_behind(t, connect_of(t, client, t.clean()), packets));
  const Refusal refusal = co_await refusal_of(t, client);
  t.control(refusal.is_accepted(), "the CONNECT is not accepted");
  const std::string_view id = rule(t, "HF-3.1.1-G14", "HF-5.0-E33");
  auto suback = co_await client.expect_id<mqtt::Suback>(1, t.patience());
  t.must(suback.has_value(), id, "SUBACK for a SUBSCRIBE sent behind CONNECT in one write", seen(t, suback));
  auto puback = co_await client.expect_id<mqtt::Puback>(2, t.patience());
  t.must(puback.has_value(), id, "PUBACK for a PUBLISH sent behind CONNECT in one write", seen(t, puback));
  auto pong = co_await client.expect<mqtt::Pingresp>(t.patience());
  t.must(pong.has_value(), id, "PINGRESP for a PINGREQ sent behind CONNECT in one write", seen(t, pong));
}

// [3.1.1: MQTT-3.1.4-5; 5.0: MQTT-3.1.4-6] Nothing behind a CONNECT that is turned down counts.
Task<void> nothing_behind_refused_connect(Context& t) {
  const std::string topic = t.topic("a");
  const std::string kept = t.topic("kept");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& hasty = t.client("hasty");
  mqtt::Publish first = message(topic, "control", 0);
  const std::vector<mqtt::Packet> accepted_packets = {first};
  co_await opened_with(t, hasty, packets_behind(t, connect_of(t, hasty, t.clean()), accepted_packets));
  co_await t.delivered(watch, "control");

  Client& refused = t.client("refused");
  mqtt::Connect connect = connect_of(t, refused, t.clean());
  if (t.v5()) {
    connect.properties.authentication_method = "holdfast-unknown";
  } else {
    connect.client_id = "";
    connect.clean_start = false;
  }
  mqtt::Publish live = message(topic, "behind", 0);
  mqtt::Publish stored = message(kept, "behind", 0);
  stored.retain = t.sut().retain;
  const std::vector<mqtt::Packet> packets = {live, stored};
  co_await opened_with(t, refused, packets_behind(t, connect, packets));
  const Refusal refusal = co_await refusal_of(t, refused);
  t.control(!refusal.is_accepted(), "the CONNECT that was to be refused was accepted");
  Client& pub = *co_await publisher(t);
  co_await sentinel(t, pub, watch, topic, 1);
  const std::string_view id = rule(t, "MQTT-3.1.4-5", "MQTT-3.1.4-6");
  t.must(watch.count("behind") == 0, id, "no PUBLISH of a client whose CONNECT was refused",
         seen_messages(watch));
  Client& later = t.client("later");
  co_await t.connected(later, t.clean());
  co_await t.subscribed(later, kept, 1);
  co_await sentinel(t, pub, later, kept, 1);
  const bool is_stored = later.count("behind") > 0;
  if (is_stored) co_await t.published(pub, retained(kept, "", 1));
  t.must(!is_stored, id, "no retained message of a client whose CONNECT was refused", seen_messages(later));
}

// [3.1.1: MQTT-3.1.4-4; 5.0: MQTT-3.1.4-5] Every optional part at once.
Task<void> all_options_accepted(Context& t) {
  const std::string topic = t.topic("will");
  Client& watch = *co_await watcher(t, topic, 1);
  Client& client = t.client("full");
  mqtt::Connect connect = t.keeping(600, true);
  connect.keep_alive = 77;
  mqtt::Will will;
  will.topic = topic;
  will.payload = "the will";
  will.qos = 1;
  if (t.v5()) {
    connect.properties.receive_maximum = 9;
    connect.properties.maximum_packet_size = 4000;
    connect.properties.topic_alias_maximum = 3;
    connect.properties.request_response_information = 1;
    connect.properties.request_problem_information = 0;
    connect.properties.user_properties = {{"hf", "1"}, {"hf", "2"}};
    will.properties.payload_format_indicator = 1;
    will.properties.content_type = "text/plain";
  }
  connect.will = will;
  client.connect(connect);
  const Refusal refusal = co_await refusal_of(t, client);
  t.must(refusal.is_accepted(), rule(t, "MQTT-3.1.4-4", "MQTT-3.1.4-5"),
         "CONNACK 0x00 for a valid CONNECT with every optional part", seen_refusal(t, refusal));
  co_await t.fenced(client);
  co_await t.dropped(client);
  auto arrived = co_await watch.expect_message("the will", t.patience());
  t.must(arrived.has_value(), rule(t, "MQTT-3.1.3-1", "MQTT-3.1.2-8"),
         "the will of a CONNECT with every field, on its topic and with its payload", seen_messages(watch));
}

// [MQTT-3.1.2-29] Reason String and User Properties stay away from everything but PUBLISH, CONNACK and
// DISCONNECT.
Task<void> no_problem_information(Context& t) {
  const std::string topic = t.topic("a");
  Client& client = t.client("curt");
  mqtt::Connect connect = t.keeping();
  connect.properties.request_problem_information = 0;
  co_await t.connected(client, connect);
  co_await t.subscribed(client, topic, 1);
  const int qos = t.sut().maximum_qos >= 2 ? 2 : 1;
  std::string broken;
  const auto look = [&](const mqtt::Properties& properties, std::string_view packet) {
    if (!properties.reason_string && properties.user_properties.empty()) return;
    broken +=
        fmt::format("{} with {}; ", packet, properties.reason_string ? "a Reason String" : "a User Property");
  };
  const std::uint16_t subscribe_id = client.subscribe({subscription(t.topic("b"), 1)});
  auto suback = co_await client.expect_id<mqtt::Suback>(subscribe_id, t.patience());
  if (suback) look(suback->properties, "SUBACK");
  const std::uint16_t first = client.publish(message(topic, "m1", 1));
  auto puback = co_await client.expect_id<mqtt::Puback>(first, t.patience());
  if (puback) look(puback->properties, "PUBACK");
  if (qos == 2) {
    const std::uint16_t second = client.publish(message(topic, "m2", 2));
    auto pubrec = co_await client.expect_id<mqtt::Pubrec>(second, t.patience());
    if (pubrec) look(pubrec->properties, "PUBREC");
    auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(second, t.patience());
    if (pubcomp) look(pubcomp->properties, "PUBCOMP");
    // An identifier that is not in use: where a server would like to explain itself.
    const mqtt::Packet stray = mqtt::Pubrel{.packet_id = static_cast<std::uint16_t>(second + 99)};
    client.send(stray);
    auto unknown = co_await client.expect<mqtt::Pubcomp>(t.patience());
    if (unknown) look(unknown->properties, "PUBCOMP");
  }
  if (client.is_open()) {
    const std::uint16_t gone = client.unsubscribe({t.topic("never")});
    auto unsuback = co_await client.expect_id<mqtt::Unsuback>(gone, t.patience());
    if (unsuback) look(unsuback->properties, "UNSUBACK");
  }
  t.must(broken.empty(), "MQTT-3.1.2-29",
         "neither Reason String nor User Property, since Request Problem Information was 0", broken);
}

// [HF-3.1.1-G29] Password is binary data.
Task<void> binary_password(Context& t) {
  Client& plain = t.client("plain");
  t.supported(!plain.credentials.password, "the run has a password of its own");
  mqtt::Connect connect = t.clean();
  connect.user_name = "holdfast";
  connect.password = "holdfast";
  plain.connect(connect);
  const Refusal control = co_await refusal_of(t, plain);
  t.supported(control.is_accepted(), "a user name and a password that are not known are refused");
  Client& client = t.client("binary");
  connect.password = std::string("\0\xFF\xC0\x80", 4);
  client.connect(connect);
  const Refusal refusal = co_await refusal_of(t, client);
  const bool is_answered = refusal.connack.has_value();
  t.must(is_answered, rule(t, "HF-3.1.1-G29", "MQTT-3.1.4-5"),
         "a password with bytes that are no UTF-8 not to be taken for a malformed packet",
         seen_refusal(t, refusal));
}

// [5.0: MQTT-4.12.0-1, MQTT-4.12.0-4, MQTT-3.1.4-2]
Task<void> unknown_authentication_method(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  Client& client = t.client("unknown");
  mqtt::Connect connect = t.clean();
  connect.properties.authentication_method = "holdfast-unknown";
  client.connect(connect);
  const Refusal refusal = co_await refusal_of(t, client);
  const std::string observed = seen_refusal(t, refusal);
  t.observed(observed);
  t.must(!refusal.is_accepted(), "MQTT-4.12.0-1", "an Authentication Method that is not known to be refused",
         observed, "C-08");
  t.must(refusal.closed.has_value(), "MQTT-4.12.0-1", "the connection to be closed", observed, "C-08");
  t.also_judges({"MQTT-3.1.4-2", "MQTT-4.12.0-4"});
}

// [HF-3.1.1-G06, HF-5.0-E24] Nothing, and half a CONNECT.
Task<void> no_connect_in_time(Context& t) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  Client& mute = t.client("mute");
  Client& half = t.client("half");
  const Time opened = t.now();
  Bytes bytes = bytes_of(raw_connect(t, half));
  bytes.resize(bytes.size() / 2);
  co_await opened_with(t, half, bytes);
  const Bytes nothing;
  co_await opened_with(t, mute, nothing);
  for (Client* client : {&mute, &half}) {
    const Time end = later(opened, t.late_watch());
    const Duration left = std::max(end - t.now(), Duration::zero());
    auto closed = co_await client->expect_close(left);
    const std::string observed = fmt::format("{}: {}", client->name(), seen_close(t, closed));
    t.observed(observed);
    if (!t.watches_minutes()) continue;
    t.should(closed.has_value(), rule(t, "HF-3.1.1-G06", "HF-5.0-E24"),
             "the connection to be closed when no CONNECT comes for a minute", observed, "C-10");
  }
}

}  // namespace

void register_connect(Registry& registry) {
  const char* plain_works = "An ordinary CONNECT is accepted.";
  registry.add({.slug = "wrong-protocol-name",
                .title = "A CONNECT with an unknown protocol name makes no MQTT connection",
                .v3_1_1 = {"3.1.2.1", {"MQTT-3.1.2-1"}},
                .v5 = {"3.1.2.1", {"MQTT-3.1.2-1"}},
                .procedure = "CONNECT with the protocol name MQXX and a PINGREQ behind it.",
                .control = plain_works,
                .longest_timer = 2s,
                .tags = {"connect", "error"},
                .variants = {"wrong-name-silence", "mqtt31-accepted"},
                .interpretations = {"C-02"},
                .run = wrong_protocol_name});
  registry.add({.slug = "unsupported-level",
                .title = "A CONNECT with a protocol level that nobody knows is refused",
                .v3_1_1 = {"3.1.2.2", {"MQTT-3.1.2-2"}},
                .v5 = {"3.1.2.2", {"MQTT-3.1.2-2"}},
                .procedure = "CONNECT with protocol level 0x63.",
                .control = plain_works,
                .tags = {"connect", "error"},
                .variants = {"unsupported-level-v3-layout", "unsupported-level-v5-layout",
                             "unknown-level-bare-close", "bridge-bit-accepted"},
                .interpretations = {"C-01"},
                .run = unsupported_level});
  registry.add({.slug = "usual-identifiers",
                .title = "Client identifiers of 1 to 23 digits and letters are accepted",
                .v3_1_1 = {"3.1.3.1", {"MQTT-3.1.3-5"}},
                .v5 = {"3.1.3.1", {"MQTT-3.1.3-5"}},
                .procedure = "CONNECT with identifiers of 1 and of 23 characters, all 62 among them.",
                .control = plain_works,
                .tags = {"connect", "client-identifier"},
                .interpretations = {"C-06"},
                .run = usual_identifiers});
  registry.add(
      {.slug = "long-identifiers",
       .title = "Of a long client identifier that is accepted every byte counts",
       .v3_1_1 = {"3.1.3.1", {"HF-3.1.1-S26", "MQTT-3.1.3-9"}},
       .v5 = {"3.1.3.1", {"MQTT-3.1.3-2", "MQTT-3.1.3-8"}},
       .procedure = "Keep a Session under 41 bytes, CONNECT under 41 bytes that differ in the last one.",
       .control = plain_works,
       .tags = {"connect", "client-identifier", "session"},
       .variants = {"client-id-limits"},
       .interpretations = {"C-06"},
       .run = long_identifiers});
  registry.add(
      {.slug = "empty-identifiers",
       .title = "Clients without an identifier each get one of their own, or are refused",
       .v3_1_1 = {"3.1.3.1",
                  {"MQTT-3.1.3-6", "HF-3.1.1-S23", "HF-3.1.1-S24", "HF-3.1.1-S25", "MQTT-3.1.3-9"}},
       .v5 = {"3.1.3.1", {"MQTT-3.1.3-6", "MQTT-3.1.3-8"}},
       .procedure = "Two CONNECTs with an empty identifier; both subscribe, a third client publishes.",
       .control = "A client with an identifier is accepted.",
       .needs = {Need::qos_1},
       .tags = {"connect", "client-identifier"},
       .variants = {"empty-id-refused", "assigned-id-forms"},
       .run = empty_identifiers});
  registry.add({.slug = "empty-identifier-of-kept-session",
                .title = "An empty client identifier with Clean Session 0 is refused with 0x02",
                .v3_1_1 = {"3.1.3.1", {"MQTT-3.1.3-8", "MQTT-3.1.3-9"}},
                .procedure = "CONNECT with an empty identifier and Clean Session 0.",
                .control = "The same CONNECT with an identifier is accepted.",
                .tags = {"connect", "client-identifier", "error"},
                .run = empty_identifier_of_kept_session});
  registry.add({.slug = "pipelined-behind-connect",
                .title = "What a client sends behind CONNECT without waiting for CONNACK is answered",
                .v3_1_1 = {"3.1.4", {"HF-3.1.1-G14", "MQTT-3.1.4-4"}},
                .v5 = {"3.1.4", {"HF-5.0-E33", "MQTT-3.1.4-5"}},
                .procedure = "CONNECT, SUBSCRIBE, PUBLISH at QoS 1 and PINGREQ in one write.",
                .control = plain_works,
                .needs = {Need::qos_1},
                .tags = {"connect"},
                .variants = {"pipelined-handled-after-connack", "connack-slow"},
                .run = pipelined_behind_connect});
  registry.add({.slug = "nothing-behind-refused-connect",
                .title = "What a client sends behind a CONNECT that is refused has no effect",
                .v3_1_1 = {"3.1.4", {"MQTT-3.1.4-5"}},
                .v5 = {"3.1.4", {"MQTT-3.1.4-6"}},
                .procedure = "A CONNECT that is refused, a PUBLISH and a retained PUBLISH in one write.",
                .control = "A PUBLISH behind a CONNECT that is accepted arrives.",
                .needs = {Need::qos_1},
                .tags = {"connect", "error"},
                .run = nothing_behind_refused_connect});
  registry.add(
      {.slug = "all-options-accepted",
       .title = "A valid CONNECT with every optional part is accepted",
       .v3_1_1 = {"3.1.4", {"MQTT-3.1.4-4", "MQTT-3.1.3-1"}},
       .v5 = {"3.1.4", {"MQTT-3.1.4-5", "MQTT-3.1.2-8"}},
       .procedure = "CONNECT with a will, a Keep Alive and in 5.0 all properties but authentication; cut.",
       .control = "A plain CONNECT of the watcher is accepted.",
       .needs = {Need::qos_1},
       .tags = {"connect", "will"},
       .variants = {"will-slightly-late", "response-information-withheld"},
       .run = all_options_accepted});
  registry.add(
      {.slug = "no-problem-information",
       .title =
           "With Request Problem Information 0 the acknowledgements carry no Reason String or User Property",
       .v5 = {"3.1.2.11.7", {"MQTT-3.1.2-29"}},
       .procedure = "CONNECT with Request Problem Information 0; look at every kind of acknowledgement.",
       .control = "The subscription is accepted and delivers.",
       .needs = {Need::qos_1},
       .tags = {"connect", "properties"},
       .variants = {"ack-diagnostics", "own-user-properties-on-acks"},
       .run = no_problem_information});
  registry.add({.slug = "binary-password",
                .title = "A password may have any bytes",
                .v3_1_1 = {"3.1.3.5", {"HF-3.1.1-G29"}},
                .v5 = {"3.1.3.6", {"MQTT-3.1.4-5"}},
                .procedure = "CONNECT with a user name and a password of bytes that are no UTF-8.",
                .control = "The same CONNECT with a password of letters is accepted.",
                .tags = {"connect", "auth"},
                .variants = {"username-required"},
                .run = binary_password});
  registry.add({.slug = "unknown-authentication-method",
                .title = "A CONNECT with an Authentication Method that is not known is refused",
                .v5 = {"4.12", {"MQTT-4.12.0-1", "MQTT-4.12.0-4", "MQTT-3.1.4-2", "MQTT-4.13.2-1"}},
                .procedure = "CONNECT with the Authentication Method holdfast-unknown.",
                .control = plain_works,
                .tags = {"connect", "auth", "error"},
                .variants = {"no-enhanced-auth"},
                .interpretations = {"C-08"},
                .run = unknown_authentication_method});
  registry.add(
      {.slug = "no-connect-in-time",
       .title = "A connection on which no CONNECT comes is closed some time",
       .level = Level::should,
       .v3_1_1 = {"3.1.4", {"HF-3.1.1-G06"}},
       .v5 = {"3.1.4", {"HF-5.0-E24"}},
       .procedure = "Open two connections, send nothing and half a CONNECT, watch for a minute (5 s live).",
       .control = plain_works,
       .longest_timer = 5s,
       .tags = {"connect", "timer"},
       .variants = {"pre-connect-idle-close", "pre-connect-idle-kept"},
       .interpretations = {"C-10"},
       .run = no_connect_in_time});
}

}  // namespace holdfast
