#include "bench/codec_packets.h"

#include <cassert>

#include "sim/mqtt/block_writer.h"

namespace holdfast::bench {

namespace {

using namespace mqtt;
using enum PropertyId;

constexpr std::string_view topic = "plant-7/line-3/press-12/temp";
constexpr std::string_view reading =
    "{\"celsius\":71.25,\"sensor\":\"pt100-4\",\"at\":\"2024-05-17T09:31:07\"}";
constexpr std::string_view long_reading =
    "{\"celsius\":71.25,\"sensor\":\"pt100-4\",\"at\":\"2024-05-17T09:31:07Z\",\"quality\":\"good\","
    "\"batch\":\"B-20240517-3\",\"last\":[71.1,71.1,71.2,71.2,71.2,71.3,71.2,71.2,71.3,71.3,71.2,71.1,71.2,"
    "71.4,71.3,71.2,71.2,71.1,71.2]}";

void encode_publish_v311(EncodeBuffers& buffers) {
  encode(PublishView{.topic = topic, .payload = reading}, Version::v3_1_1, buffers.out);
}

void encode_publish_v5(EncodeBuffers& buffers) {
  encode(PublishView{.topic = topic, .payload = reading}, Version::v5, buffers.out);
}

void encode_publish_with_properties(EncodeBuffers& buffers) {
  BlockWriter block(buffers.properties);
  block.property(payload_format_indicator, 1);
  block.property(message_expiry_interval, 3'600);
  block.property(content_type, "application/json");
  block.property(response_topic, "plant-7/line-3/press-12/answers");
  block.property(correlation_data,
                 std::string_view("\x01\x9F\x00\x42\xC7\x08\x11\xEE\x5A\x10\x20\x30\x40\x50\x60\x70", 16));
  block.user_property("trace", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  block.user_property("origin", "gateway-2");
  encode(PublishView{.topic = topic,
                     .payload = long_reading,
                     .qos = 1,
                     .packet_id = 4'711,
                     .properties = block.properties()},
         Version::v5, buffers.out);
}

void encode_connect(EncodeBuffers& buffers) {
  BlockWriter block(buffers.properties);
  block.property(session_expiry_interval, 86'400);
  block.property(authentication_method, "SCRAM-SHA-256");
  block.property(authentication_data,
                 "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  block.property(request_problem_information, 1);
  block.property(request_response_information, 1);
  block.property(receive_maximum, 100);
  block.property(topic_alias_maximum, 16);
  block.user_property("firmware", "4.11.2");
  block.property(maximum_packet_size, 65'536);
  BlockWriter will_block(buffers.will_properties);
  will_block.property(payload_format_indicator, 1);
  will_block.property(message_expiry_interval, 600);
  will_block.property(content_type, "text/plain");
  will_block.property(response_topic, "plant-7/alarms/answers");
  will_block.property(correlation_data, "press-12");
  will_block.property(will_delay_interval, 30);
  will_block.user_property("reason", "power");
  ConnectView connect{.client_id = "press-12-controller-east", .clean_start = false, .keep_alive = 60};
  connect.will = WillView{.topic = "plant-7/line-3/press-12/state",
                          .payload = "gone",
                          .qos = 1,
                          .retain = true,
                          .properties = will_block.properties()};
  connect.user_name = "press-12";
  connect.password = "correct horse battery!";
  connect.properties = block.properties();
  encode(connect, Version::v5, buffers.out);
}

void encode_subscribe(EncodeBuffers& buffers) {
  BlockWriter block(buffers.properties);
  block.property(subscription_identifier, 12);
  BlockWriter list(buffers.list);
  constexpr std::string_view filters[] = {
      "plant-7/+/temp", "line-3/state",  "press/+/alarm",    "press/12/#", "+/state",
      "orders/new/all", "orders/+/done", "clock/seconds/ut", "audit/#",    "maintenance/7/of/plant"};
  for (const std::string_view filter : filters) list.request({.filter = filter, .qos = 1});
  encode(
      SubscribeView{
          .packet_id = 10, .requests = RequestsView(list.block()), .properties = block.properties()},
      Version::v5, buffers.out);
}

SamplePacket sample(std::string name, std::string what, Version version, void (*encode_it)(EncodeBuffers&),
                    std::size_t size, double decode_at_most, double encode_at_most) {
  EncodeBuffers buffers;
  encode_it(buffers);
  assert(buffers.out.size() == size);
  return {std::move(name), std::move(what), version,       std::move(buffers.out),
          encode_it,       decode_at_most,  encode_at_most};
}

}  // namespace

const std::vector<SamplePacket>& sample_packets() {
  static const std::vector<SamplePacket> packets{
      sample("publish_qos0_v311", "PUBLISH QoS 0, 3.1.1, 95 B", Version::v3_1_1, encode_publish_v311, 95, 12,
             0),
      sample("publish_qos0_v5", "PUBLISH QoS 0, 96 B", Version::v5, encode_publish_v5, 96, 12, 8),
      sample("publish_qos1_v5", "PUBLISH QoS 1, 5 + 2 properties, 409 B", Version::v5,
             encode_publish_with_properties, 409, 20, 9),
      sample("connect_v5", "CONNECT with everything, 330 B", Version::v5, encode_connect, 330, 75, 18),
      sample("subscribe_v5", "SUBSCRIBE, 10 filters, 166 B", Version::v5, encode_subscribe, 166, 50, 19),
  };
  return packets;
}

}  // namespace holdfast::bench
