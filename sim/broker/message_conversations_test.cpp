// The conversations in which the defects of subscriptions and messages show.
#include "sim/broker/script.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;

mqtt::Publish expiring(std::string topic, std::string payload, std::uint8_t qos, std::uint16_t packet_id) {
  return {.topic = std::move(topic),
          .payload = std::move(payload),
          .qos = qos,
          .packet_id = packet_id,
          .properties = {.message_expiry_interval = 4}};
}

void filters(Script& s) {
  s.connect("p", v5_connect("p"));
  s.connect("a", v5_connect("a"));
  s.subscribe("a", {.filter = "t/+", .qos = 0});
  s.subscribe("a", {.filter = "t/b", .qos = 1});
  s.subscribe("a", {.filter = "dot/ted", .qos = 1});
  s.pass(1s);
  s.publish("p", "t/", "empty level", 1, 1);
  s.pass(6s);
  s.publish("p", "t/", "empty level", 1, 1);
  s.publish("p", "t/c", "any level", 1, 1);
  s.publish("p", "dot.ted", "dot", 1, 1);
  s.publish("p",
            "t/\xEF\xBB\xBF"
            "b",
            "byte order mark", 1, 1);
  s.publish("p", "t/b", "", 1, 1);
  s.send("a", mqtt::Unsubscribe{.packet_id = 2, .filters = {"t/+"}});
  s.publish("p", "t/b", "still there", 1, 1);
  s.send("a", mqtt::Unsubscribe{.packet_id = 2, .filters = {"not/held"}});
  s.connect("b", v5_connect("b"));
  s.subscribe("b", {.filter = "a/#/b"});
  s.connect("c", v5_connect("c"));
  s.subscribe("c", {.filter = "$share//t"});
  s.connect("d", v5_connect("d"));
  s.subscribe("d", {.filter = "$share/g/t", .no_local = true});
}

void shares(Script& s) {
  s.connect("p", v5_connect("p"));
  for (const std::string name : {"a", "b"}) {
    s.connect(name, v5_connect(name, 5));
    s.subscribe(name, {.filter = "$share/g/t", .qos = 1});
  }
  s.subscribe("a", {.filter = "plain", .qos = 1});
  s.publish("p", "plain", "plain", 1, 1);
  s.publish("p", "t", "1", 1, 1);
  s.publish("p", "t", "2", 1, 2);
  for (const std::string name : {"a", "b"}) {
    for (std::uint16_t id = 1; id < 3; ++id) {
      s.send(name, mqtt::Puback{.packet_id = id, .reason = ReasonCode::unspecified_error});
    }
  }
  s.publish("p", "t", "3", 1, 3);
  s.publish("p", "t", "4", 1, 4);
  s.cut("a");
  s.pass(10s);
}

void messages(Script& s) {
  s.connect("a", v5_connect("a", 100));
  s.connect("o", v3_connect("o"));
  s.subscribe("a", {.filter = "t", .qos = 2});
  s.subscribe("o", {.filter = "t", .qos = 2});
  s.connect("p", v5_connect("p"));
  s.publish("p", "t", "1", 1, 40'000);
  s.publish("p", "t", "2", 2, 2);
  s.publish("p", "t", "3", 2, 3);
  s.puback("a", 77);
  for (const std::string name : {"a", "o"}) {
    s.pubrec(name, 3);
    s.pubrec(name, 2);
  }
  s.pass(1s);
  s.cut("a");
  s.cut("o");
  s.publish("p", "t", "for the absent", 1, 4);
  s.connect("a", v5_connect("a", 100));
  mqtt::Publish text{.topic = "t", .payload = "\xC3(", .qos = 1, .packet_id = 5};
  text.properties.payload_format_indicator = 1;
  s.send("p", text);
  s.send("p", mqtt::Publish{.topic = "t", .payload = "x", .properties = {.topic_alias = 16}});
  s.connect("q", v5_connect("q"));
  s.send("q", mqtt::Publish{.topic = "t", .payload = "x", .properties = {.topic_alias = 17}});
  s.connect("o", v3_connect("o"));
  s.connect("r", v5_connect("r"));
  s.connect("s", v5_connect("s"));
  s.send_raw("r", {0xD0, 0});  // PINGRESP
}

void expiring_soon(Script& s) {
  s.connect("a", v5_connect("a", 100));
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.cut("a");
  s.connect("p", v5_connect("p"));
  s.send("p", expiring("t", "queued", 1, 1));
  s.send("p", expiring("t", "open", 2, 2));
  s.pass(3s);
  s.connect("a", v5_connect("a", 100));
  s.pass(3s);
  s.pubrel("p", 2);
}

void retained_in_detail(Script& s) {
  s.connect("p", v5_connect("p"));
  s.publish("p", "r/a", "old", 1, 1, true);
  s.publish("p", "r/a", "new", 0, 0, true);
  s.connect("a", v5_connect("a"));
  s.subscribe("a", {.filter = "r/a", .qos = 1});
  s.subscribe("a", {.filter = "r/+", .qos = 1});
}

void small_clients(Script& s) {
  auto connect = v5_connect("a");
  connect.properties.maximum_packet_size = 20;
  s.connect("a", connect);
  s.subscribe("a", {.filter = "t", .qos = 1});
}

void broker_aliases(Script& s) {
  auto connect = v5_connect("a", 100);
  connect.properties.topic_alias_maximum = 2;
  s.connect("a", connect);
  s.subscribe("a", {.filter = "t", .qos = 1});
  s.publish("a", "t", "1", 1, 1);
  s.cut("a");
  s.connect("a", connect);
}

void odd_wills(Script& s) {
  s.connect("w", v5_connect("w"));
  s.subscribe("w", {.filter = "will/#", .qos = 1});
  auto binary = v5_connect("a");
  binary.will = will_message("will/a", std::string("\x01\x00\x02", 3), 0);
  s.connect("a", binary);
  s.cut("a");
  auto wild = v5_connect("b");
  wild.will = will_message("will/#", "alas", 0);
  s.connect("b", wild);
  s.cut("b");
}

void identified_retained(Script& s) {
  s.connect("a", v5_connect("a"));
  s.publish("a", "t", "kept", 1, 1, true);
  s.subscribe("a", {.filter = "t", .qos = 1}, 7);
}

void own_limits(Script& s) {
  s.connect("a", v5_connect("a"));
  s.publish("a", "t", std::string(2'000, 'x'));
  s.connect("b", v5_connect("b"));
  s.publish("b", "t", "x", 2, 1);
}

}  // namespace

std::vector<Conversation> message_conversations() {
  return {{"filters", filters},
          {"shares", shares},
          {"messages in detail", messages},
          {"expiring soon", expiring_soon},
          {"retained in detail", retained_in_detail},
          {"small clients", small_clients},
          {"odd wills", odd_wills},
          {"identified retained", identified_retained},
          {"the broker's aliases", broker_aliases},
          {"own limits", own_limits, {.maximum_packet_size = 1'500, .maximum_qos = 1}}};
}

}  // namespace holdfast::broker
