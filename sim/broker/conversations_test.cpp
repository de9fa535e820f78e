// The conversations in which every defect and every variant shows. Identifiers of the broker's PUBLISH
// packets are those that the plain broker gives: 1, 2, 3...
#include "sim/broker/script.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;

mqtt::Connect with_will(mqtt::Connect connect, std::uint32_t delay = 0) {
  connect.will = will_message("will", "alas", delay);
  connect.will->properties.content_type = "text";
  return connect;
}

mqtt::Connect with_receive_maximum(mqtt::Connect connect, std::uint16_t receive_maximum) {
  connect.properties.receive_maximum = receive_maximum;
  return connect;
}

// A watcher of everything that is not "$", and a publisher.
void begin(Script& s) {
  s.connect("w", v5_connect("w"));
  s.subscribe("w", {.filter = "#", .qos = 2});
  s.connect("p", v5_connect("p", 1000));
}

void session_lives(Script& s) {
  s.connect("a", v5_connect("a", 10));
  s.cut("a");
  s.pass(2s);
  s.connect("a", v5_connect("a", 10));  // an empty Session
  s.subscribe("a", {.filter = "t", .qos = 1, .no_local = true, .retain_as_published = true}, 7);
  s.cut("a");
  s.pass(7s);
  s.connect("a", v5_connect("a", 10));
  s.pass(20s);  // connected time
  s.connect("p", v5_connect("p"));
  s.publish("p", "t", "x", 1, 1, true);
  s.publish("a", "t", "own", 1, 1);
  s.cut("a");
  s.pass(6s);
  s.connect("a", v5_connect("a", 10));
  s.cut("a");
  s.pass(10s);
  s.pass(500ms);
  s.connect("a", v5_connect("a", 10));
  s.pass(30s);
}

void session_intervals(Script& s) {
  s.connect("a", v5_connect("a", 100));
  s.cut("a");
  s.pass(40s);
  s.connect("a", v5_connect("a", 5));
  s.cut("a");
  s.pass(7s);
  s.connect("a", v5_connect("a", 100));
  s.send("a", mqtt::Disconnect{.properties = {.session_expiry_interval = 5}});
  s.pass(7s);
  s.connect("a", v5_connect("a"));
  s.send("a", mqtt::Disconnect{.properties = {.session_expiry_interval = 50}});
  s.pass(1s);
  s.connect("a", v5_connect("a"));
  s.cut("a");
  s.connect("a", v5_connect("a", 1000));
  s.cut("a");
  s.pass(400s);
  s.connect("a", v5_connect("a"));
  s.connect("o", v3_connect("o", true));
  s.cut("o");
  s.connect("o", v3_connect("o"));
  s.cut("o");
  s.pass(200s);
  s.connect("o", v3_connect("o"));
}

void clean_starts(Script& s) {
  begin(s);
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.cut("a");
  s.publish("p", "t", "queued", 1, 1);
  s.connect("a", v5_connect("a", 100, true));
  s.publish("p", "t", "x", 1, 1);
}

void refusals(Script& s) {
  s.connect("a", v5_connect("a", 100));
  auto bad = v5_connect("a", 100);
  bad.properties.authentication_method = std::string("x");
  s.connect("b", bad);
  s.connect("c", v5_connect("", 100));
  s.connect("d", v5_connect("", 100));
  s.connect("e", v5_connect("", 100));
  s.open("f");
  s.send_raw("f", {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 99, 2, 0, 0, 0, 1, 'a'});
  s.open("g");
  s.send_raw("g", {0x10, 13, 0, 4, 'M', 'Q', 'X', 'X', 4, 2, 0, 0, 0, 1, 'a'});
  s.open("h");
  s.send_raw("h", {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 3, 0, 0, 0, 1, 'a'});
  s.open("i");
  s.pass(25s);
  s.send("a", mqtt::Pingreq{});
}

// One packet for each way of being faulty, each on a connection of its own.
void faulty_packets(Script& s) {
  const std::vector<Bytes> packets = {
      {0xC1, 0},                                      // flags
      {0x90, 3, 0, 1, 0},                             // a SUBACK
      {0xC0, 1, 0},                                   // a byte too many
      {0x30, 6, 0, 1, 0xFF, 0, 'h', 'i'},             // no UTF-8
      {0x30, 9, 0, 1, 'a', 3, 0x13, 0, 7, 'h', 'i'},  // Server Keep Alive
      {0x40, 4, 0, 1, 0x01, 0},                       // a code that PUBACK does not have
      {0x40, 2, 0, 0},                                // identifier 0
      {0x82, 3, 0, 1, 0},                             // no filter
      {0x30, 6, 0, 1, '+', 0, 'h', 'i'},              // a wildcard
  };
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const std::string name = "f" + std::to_string(i);
    s.connect(name, v5_connect(name));
    s.send_raw(name, packets[i]);
    s.send(name, mqtt::Pingreq{});
  }
}

void takeovers(Script& s) {
  begin(s);
  s.connect("a", with_will(v5_connect("a", 100)));
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.publish("p", "t", "inflight", 1, 1);
  s.connect("b", v5_connect("a", 100));
  s.publish("p", "t", "x", 1, 1);
  s.send("a", mqtt::Pingreq{});
  s.connect("c", v5_connect("c"));
  s.subscribe("c", {.filter = "t", .qos = 1});
  s.connect("d", v5_connect("c", 100));
  s.publish("p", "t", "y", 1, 1);
}

// Several messages at every stage, a cut, and a return.
template <typename Connect>
void redelivery(Script& s, const std::string& name, Connect connect) {
  begin(s);
  connect();
  s.subscribe(name, {.filter = "t", .qos = 2});
  s.publish("p", "t", "1", 1, 1);
  s.publish("p", "t", "2", 2, 2);
  s.publish("p", "t", "3", 2, 3);
  s.publish("p", "t", "4", 1, 4);
  s.pubrec(name, 3);
  s.pass(6s);
  s.cut(name);
  for (std::uint16_t id = 5; id < 12; ++id) s.publish("p", "t", std::to_string(id), 1, id);
  s.publish("p", "t", "zero");
  connect();
  s.pass(3s);
  s.pass(20s);
  s.puback(name, 1);
  s.pubcomp(name, 3);
  s.pubrec(name, 2);
  s.publish("p", "t", "12", 1, 12);
  s.cut(name);
  connect();
  s.publish("p", "t", "13", 1, 13);
}

void redelivery_v5(Script& s) {
  redelivery(s, "a", [&] { s.connect("a", v5_connect("a", 100)); });
}

void redelivery_v3(Script& s) {
  redelivery(s, "o", [&] { s.connect("o", v3_connect("o")); });
}

void windows(Script& s) {
  begin(s);
  s.connect("a", with_receive_maximum(v5_connect("a", 100), 2));
  s.subscribe("a", {.filter = "t", .qos = 2});
  for (std::uint16_t id = 1; id < 7; ++id) s.publish("p", "t", std::to_string(id), 2, id);
  s.send("a", mqtt::Pingreq{});
  s.send("a", mqtt::Pubrec{.packet_id = 1, .reason = ReasonCode::unspecified_error});
  s.cut("a");
  s.connect("a", with_receive_maximum(v5_connect("a", 100), 2));
  s.cut("a");
  s.connect("a", with_receive_maximum(v5_connect("a", 100), 3));
  for (std::uint16_t id = 1; id < 8; ++id) s.pubrec("a", id);
  for (std::uint16_t id = 1; id < 8; ++id) s.pubcomp("a", id);
}

void large_messages(Script& s) {
  begin(s);
  auto connect = v5_connect("a", 100);
  connect.properties.maximum_packet_size = 50;
  s.connect("a", connect);
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.publish("p", "t", std::string(100, 'x'), 1, 1);
  s.publish("p", "t", "small", 1, 1);
  s.publish("p", "t", std::string(1600, 'x'), 1, 1);
}

void messages_in(Script& s) {
  begin(s);
  s.publish("p", "t", "one", 1, 1);
  s.publish("p", "t", "again", 1, 1, false, true);
  s.publish("p", "t", "two", 2, 2);
  s.publish("p", "t", "two", 2, 2, false, true);
  s.publish("p", "t", "two", 2, 2, false, true);
  s.connect("p", v5_connect("p", 1000));
  s.publish("p", "t", "two", 2, 2, false, true);
  s.pubrel("p", 2);
  s.publish("p", "t", "three", 2, 2);
  s.cut("p");
  s.connect("p", v5_connect("p", 1000));
  s.pubrel("p", 2);
  s.pubrel("p", 2);
  s.publish("p", "t", "four", 2, 5, false, true);
  s.publish("p", "$x", "dollar", 1, 6);
  s.puback("p", 77);
  s.connect("q", v5_connect("q"));
  s.publish("q", "t/#", "wildcard", 1, 7);
  s.connect("r", v5_connect("r", 100));
  s.send("r", mqtt::Publish{.topic = "t", .payload = "alias", .properties = {.topic_alias = 3}});
  s.cut("r");
  s.connect("r", v5_connect("r", 100));
  s.send("r", mqtt::Publish{.payload = "alias", .properties = {.topic_alias = 3}});
  s.cut("w");
  s.publish("p", "t", "nobody", 1, 8);
  s.connect("u", v5_connect("u"));
  s.send("u", mqtt::Publish{.topic = "t", .payload = "\xFF", .properties = {.payload_format_indicator = 1}});
  s.connect("v", v5_connect("v"));
  s.publish("v", std::string("control\x01"), "x");
}

void too_many_messages(Script& s) {
  s.connect("a", v5_connect("a"));
  for (std::uint16_t id = 1; id < 8; ++id) s.publish("a", "t", "x", 2, id);
}

void expiring_messages(Script& s) {
  begin(s);
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "t", .qos = 2});
  const auto publish = [&](std::uint8_t qos, std::uint16_t id, bool retain = false) {
    s.send("p", mqtt::Publish{.topic = "t",
                              .payload = std::to_string(id),
                              .qos = qos,
                              .retain = retain,
                              .packet_id = id,
                              .properties = {.message_expiry_interval = 5}});
  };
  publish(2, 1);
  publish(2, 2);
  s.pubrec("a", 2);
  s.cut("a");
  publish(1, 3);
  s.pass(2s);
  publish(1, 4, true);
  s.pass(3500ms);
  s.connect("a", v5_connect("a", 100));
  s.pass(5s);
  s.subscribe("a", {.filter = "t", .qos = 1});
}

void wills(Script& s) {
  begin(s);
  s.connect("a", with_will(v5_connect("a", 100)));
  s.cut("a");
  s.connect("a", with_will(v5_connect("a", 100), 10));
  s.cut("a");
  s.pass(5s);
  s.connect("a", v5_connect("a", 100));
  s.cut("a");
  s.pass(20s);
  s.connect("a", with_will(v5_connect("a", 100)));
  s.send("a", mqtt::Disconnect{});
  s.connect("a", with_will(v5_connect("a", 100)));
  s.send("a", mqtt::Disconnect{.reason = ReasonCode::disconnect_with_will});
  s.connect("a", with_will(v5_connect("a", 100)));
  s.send_raw("a", {0xF8, 0});
  s.connect("a", with_will(v5_connect("a", 100)));
  s.connect("a", with_will(v5_connect("a", 100)));  // a takeover
  s.connect("b", with_will(v5_connect("b"), 10));
  s.cut("b");
  s.pass(20s);
  auto silent = with_will(v5_connect("c"));
  silent.keep_alive = 4;
  silent.will->retain = true;
  s.connect("c", silent);
  s.pass(20s);
  s.subscribe("w", {.filter = "will", .qos = 2});
}

void keep_alives(Script& s) {
  begin(s);
  auto connect = v5_connect("a");
  connect.keep_alive = 4;
  s.connect("a", connect);
  s.subscribe("a", {.filter = "t"});
  s.pass(4s);
  s.send("a", mqtt::Pingreq{});
  s.pass(4s);
  s.publish("p", "t", "x");
  s.pass(60s);
}

void subscriptions(Script& s) {
  s.connect("p", v5_connect("p"));
  s.connect("a", v5_connect("a", 100));
  s.send("a", mqtt::Subscribe{.packet_id = 1,
                              .requests = {{.filter = "t/#", .qos = 1}, {.filter = "t/b", .qos = 2}},
                              .properties = {.subscription_identifiers = {5}}});
  s.subscribe("a", {.filter = "+/b", .qos = 0}, 6);
  s.publish("p", "t/b", "overlap", 2, 1);
  s.pubrel("p", 1);
  s.pass(1s);
  s.publish("p", "t/b", "overlap", 2, 1);
  s.publish("p", "t", "parent", 2, 2);
  s.publish("p", "t/c", "plain", 0);
  s.subscribe("a", {.filter = "t/#", .qos = 1});
  s.publish("p", "t/c", "once", 2, 3);
  s.send("a", mqtt::Unsubscribe{.packet_id = 2, .filters = {"t/#"}});
  s.publish("p", "t/c", "gone");
  s.cut("a");
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "#", .qos = 2});
  s.publish("p", "$x", "dollar");
  s.send("a", mqtt::Pingreq{});
  s.pass(1s);
  s.connect("b", v5_connect("b"));
  s.subscribe("b", {.filter = "n", .no_local = true});
  s.pass(1s);
  s.publish("b", "n", "own");
  s.subscribe("b", {.filter = "a/#/b"});
  s.connect("o", v3_connect("o"));
  s.subscribe("o", {.filter = "a/#/b"});
  s.subscribe("o", {.filter = "$share/g/t"});
  s.publish("p", "t", "shared");
  s.subscribe("b", {.filter = "m"});
  s.send("a", mqtt::Unsubscribe{.packet_id = 3, .filters = {"m"}});
  s.publish("p", "m", "still b's");
}

void deliveries(Script& s) {
  s.connect("p", v5_connect("p"));
  auto asks_nothing = v5_connect("a");
  asks_nothing.properties.request_problem_information = 0;
  asks_nothing.properties.topic_alias_maximum = 2;
  s.connect("a", asks_nothing);
  s.subscribe("a", {.filter = "t", .qos = 2});
  s.connect("b", v5_connect("b"));
  s.subscribe("b", {.filter = "t", .qos = 0});
  mqtt::Publish publish{.topic = "t", .payload = "x", .qos = 2, .dup = true, .packet_id = 1};
  publish.properties.content_type = "text";
  publish.properties.user_properties = {{"b", "1"}, {"a", "2"}};
  s.send("p", publish);
  publish.qos = 0;
  publish.dup = false;
  s.send("p", publish);
  publish.qos = 1;
  s.send("p", publish);
  s.connect("c", v5_connect("c", 100));
  s.subscribe("c", {.filter = "t", .qos = 0});
  s.cut("c");
  s.publish("p", "t", "stored?", 1, 2);
  s.connect("c", v5_connect("c", 100));
}

void retained_messages(Script& s) {
  begin(s);
  s.publish("p", "r", "one", 1, 1, true);
  s.publish("p", "r", "two", 1, 2, true);
  s.publish("p", "r", "three", 1, 3);
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "r", .qos = 1});
  s.subscribe("a", {.filter = "r", .qos = 1});
  s.subscribe("a", {.filter = "r", .qos = 1, .retain_as_published = true, .retain_handling = 2});
  s.subscribe("a", {.filter = "$share/g/r", .qos = 1});
  s.cut("a");
  s.connect("a", v5_connect("a", 100));
  s.publish("p", "r", "four", 1, 3, true);
  s.publish("p", "r", "", 1, 4, true);
  s.publish("p", "keep", "x", 1, 5, true);
  s.send("p", mqtt::Disconnect{.properties = {.session_expiry_interval = 0}});
  s.connect("o", v3_connect("o"));
  s.subscribe("o", {.filter = "#", .qos = 1});
  s.connect("b", v5_connect("b"));
  s.publish("b", "own", "x", 1, 1, true);
  s.subscribe("b", {.filter = "own", .qos = 1, .no_local = true});
  s.pass(1s);
}

void sharing(Script& s) {
  s.connect("p", v5_connect("p"));
  for (const std::string name : {"a", "b"}) {
    s.connect(name, v5_connect(name, 20));
    s.subscribe(name, {.filter = "$share/g/t", .qos = 2});
  }
  s.pass(1s);
  for (std::uint16_t id = 1; id < 5; ++id) s.publish("p", "t", std::to_string(id), id % 2 + 1, id);
  s.cut("a");
  s.publish("p", "t", "5", 1, 5);
  s.publish("p", "t", "6", 1, 6);
  s.pass(30s);
}

void sharing_of_qos_2(Script& s) {
  s.connect("p", v5_connect("p"));
  for (const std::string name : {"a", "b"}) {
    s.connect(name, v5_connect(name, 20));
    s.subscribe(name, {.filter = "$share/g/t", .qos = 2});
  }
  s.pass(1s);
  s.publish("p", "t", "1", 2, 1);
  s.publish("p", "t", "2", 2, 2);
  s.cut("a");
  s.pass(30s);
}

void broken_connections(Script& s) {
  s.connect("a", v5_connect("a", 100));
  s.send("a", v5_connect("a", 100));
  s.connect("b", v5_connect("b", 100));
  s.send_raw("b", {0x60, 2, 0, 1, 0xC0, 0});
  s.pass(3s);
  s.connect("c", v5_connect("c", 100));
  s.send_raw("c", {0xC0, 0x80, 0x00});
  s.connect("f", v5_connect("f"));
  Bytes pings;
  for (int i = 0; i < 25; ++i) pings.insert(pings.end(), {0xC0, 0x00});
  s.send_raw("f", pings);
  s.connect("d", v5_connect("d"));
  s.connect("e", v5_connect("e"));
  s.subscribe("e", {.filter = "#"});
  Bytes bytes = mqtt::encode(mqtt::Disconnect{}, mqtt::Version::v5);
  mqtt::encode(mqtt::Publish{.topic = "t", .payload = "late"}, mqtt::Version::v5, bytes);
  s.send_raw("d", bytes);
}

void missing_features(Script& s) {
  s.connect("a", v5_connect("a"));
  s.subscribe("a", {.filter = "$share/g/t"});
}

void long_queues(Script& s) {
  s.connect("p", v5_connect("p"));
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.cut("a");
  for (std::uint16_t id = 1; id < 30; ++id) s.publish("p", "t", std::to_string(id), 1, id);
  s.connect("a", v5_connect("a", 100));
}

void odd_connects(Script& s) {
  begin(s);
  auto secret = v5_connect("a");
  secret.user_name = "user";
  secret.password = std::string("\0\xFF", 2);
  s.connect("a", secret);
  const auto send_with_ping = [&](const std::string& name, const mqtt::Connect& connect,
                                  const mqtt::Packet& behind) {
    Bytes bytes = mqtt::encode(connect, mqtt::Version::v5);
    mqtt::encode(behind, mqtt::Version::v5, bytes);
    s.open(name);
    s.send_raw(name, bytes);
  };
  send_with_ping("b", v5_connect("b"), mqtt::Pingreq{});
  auto refused = v5_connect("c");
  refused.properties.authentication_method = "x";
  send_with_ping("c", refused, mqtt::Publish{.topic = "t", .payload = "behind"});
  const std::string long_id(30, 'x');
  s.connect("d", v5_connect("aaaaaaaaaaaaaaaaaaaaaa", 100));
  s.connect("e", v5_connect(long_id + "1", 100));
  s.cut("e");
  s.connect("e", v5_connect(long_id + "2", 100));
  s.connect("o", v3_connect(""));
}

void worn_sessions(Script& s) {
  begin(s);
  s.connect("a", v5_connect("a", 0x90000000));
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.pass(4s);
  s.send("p",
         mqtt::Publish{
             .topic = "t", .payload = "x", .qos = 1, .packet_id = 1, .properties = {.content_type = ""}});
  for (int i = 0; i < 22; ++i) {
    s.cut("a");
    s.connect("a", v5_connect("a", 0x90000000));
  }
  s.publish("p", "t", "y", 1, 2);
  s.pass(30s);
}

}  // namespace

std::vector<Conversation> conversations() {
  return {{"session lives", session_lives},
          {"session intervals", session_intervals},
          {"clean starts", clean_starts},
          {"refusals", refusals},
          {"faulty packets", faulty_packets},
          {"takeovers", takeovers},
          {"redelivery in 5.0", redelivery_v5},
          {"redelivery in 3.1.1", redelivery_v3},
          {"windows", windows},
          {"large messages", large_messages},
          {"messages in", messages_in},
          {"too many messages", too_many_messages, {.receive_maximum = 6}},
          {"expiring messages", expiring_messages},
          {"wills", wills},
          {"keep alives", keep_alives},
          {"subscriptions", subscriptions},
          {"deliveries", deliveries},
          {"retained messages", retained_messages},
          {"sharing", sharing},
          {"sharing of QoS 2", sharing_of_qos_2},
          {"broken connections", broken_connections},
          {"missing features", missing_features, {.shared_subscription_available = false}},
          {"long queues", long_queues},
          {"odd connects", odd_connects},
          {"worn Sessions", worn_sessions}};
}

}  // namespace holdfast::broker
