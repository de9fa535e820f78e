// A trace to test the writers with. Only tests include this.
#pragma once

#include <optional>

#include "sim/trace/trace_record.h"

namespace holdfast {

struct SampleTrace {
  SampleTrace() { trace.established(id); }

  // `packet` from the client; `arrive` bytes of it reach the system under test, or all.
  void send(const mqtt::Packet& packet, std::optional<std::size_t> arrive = std::nullopt) {
    const Bytes bytes = mqtt::encode(packet, mqtt::Version::v5);
    trace.chunk(id, Edge::client, mqtt::Sender::client, bytes);
    trace.chunk(id, Edge::sut, mqtt::Sender::client, ByteView(bytes).first(arrive.value_or(bytes.size())));
  }
  void answer(const mqtt::Packet& packet) {
    const Bytes bytes = mqtt::encode(packet, mqtt::Version::v5);
    trace.chunk(id, Edge::sut, mqtt::Sender::server, bytes);
    trace.chunk(id, Edge::client, mqtt::Sender::server, bytes);
  }
  TraceRecord record() const { return record_of(trace, {}); }

  Loop loop{};
  Trace trace{loop};
  ConnectionId id = trace.begin_connection("a");
};

// One of everything.
inline std::shared_ptr<const TraceRecord> sample_trace() {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  sample.answer(mqtt::Connack{});
  mqtt::Publish publish;
  publish.topic = "a/b";
  publish.payload = "</script><script>alert(1)</script>\x1b[2J\xff";
  publish.qos = 2;
  publish.packet_id = 7;
  sample.send(publish, 9);
  sample.trace.fault(sample.id, "byte 9 client:PUBLISH#1 reset");
  sample.trace.end(sample.id, Edge::client, mqtt::Sender::client, "reset");
  sample.trace.end(sample.id, Edge::sut, mqtt::Sender::client, "reset");
  sample.trace.draw("packet-id", 7);
  sample.trace.note("</script> \x1b[2J \xff");
  sample.trace.verdict("fail");
  return std::make_shared<const TraceRecord>(sample.record());
}

}  // namespace holdfast
