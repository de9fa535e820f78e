#include "reports/trace_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/sample_trace.h"

namespace holdfast {
namespace {

using nlohmann::ordered_json;

std::vector<std::string> kinds_of(const ordered_json& trace) {
  std::vector<std::string> kinds;
  for (const auto& event : trace["events"]) kinds.push_back(event["kind"]);
  return kinds;
}

TEST(TraceJson, APacketThatCrossesTheWireIsOnePacketWithTwoMoments) {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  const ordered_json trace = trace_json(sample.record());
  EXPECT_EQ(kinds_of(trace), (std::vector<std::string>{"opens", "established", "sent", "arrives"}));
  ASSERT_EQ(trace["packets"].size(), 1u);
  EXPECT_EQ(trace["packets"][0]["kind"], "packet");
  EXPECT_EQ(trace["packets"][0]["from"], "client");
  EXPECT_EQ(trace["packets"][0]["arrived"], trace["packets"][0]["size"]);
  EXPECT_EQ(trace["packets"][0]["bytes"].get<std::string>().substr(0, 2), "10");
  EXPECT_EQ(trace["connections"][0]["client"], "a");
}

TEST(TraceJson, TellsHowMuchOfALostPacketArrived) {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  mqtt::Publish publish;
  publish.topic = "a/b";
  sample.send(publish, 5);
  sample.trace.fault(sample.id, "byte 5 client:PUBLISH#1 reset");
  const ordered_json trace = trace_json(sample.record());
  EXPECT_EQ(trace["packets"][1]["arrived"], 5);
  EXPECT_GT(trace["packets"][1]["size"], 5);
  EXPECT_EQ(kinds_of(trace).back(), "fault");
  EXPECT_EQ(trace["events"].back()["text"], "byte 5 client:PUBLISH#1 reset");
}

TEST(TraceJson, TellsWhatNeverBecameAPacket) {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  const Bytes half = {0x30, 0x10, 0x00};
  sample.trace.chunk(sample.id, Edge::client, mqtt::Sender::client, half);
  const Bytes wrong = {0x00, 0x01, 0x02};
  sample.trace.chunk(sample.id, Edge::sut, mqtt::Sender::server, wrong);
  const ordered_json trace = trace_json(sample.record());
  ASSERT_EQ(trace["packets"].size(), 3u);
  EXPECT_EQ(trace["packets"][1]["kind"], "unfinished");
  EXPECT_EQ(trace["packets"][1]["bytes"], "301000");
  EXPECT_EQ(trace["packets"][1]["arrived"], 0);
  EXPECT_EQ(trace["packets"][2]["kind"], "undecodable");
  EXPECT_EQ(trace["packets"][2]["bytes"], "000102");
  EXPECT_FALSE(trace["packets"][2]["errors"].empty());
}

TEST(TraceJson, OfALongTraceTheBeginningAndTheEndAreTold) {
  SampleTrace sample;
  for (int i = 0; i < 2000; ++i) sample.trace.note("n" + std::to_string(i));
  const ordered_json trace = trace_json(sample.record());
  EXPECT_EQ(trace["events"].size(), trace_limit::events_first + trace_limit::events_last + 1);
  EXPECT_EQ(trace["events"].back()["text"], "n1999");
  EXPECT_EQ(trace["events"][trace_limit::events_first]["kind"], "left out");
  EXPECT_EQ(trace["events"][trace_limit::events_first]["text"], "1602 events");
}

TEST(TraceJson, LongPacketsLoseTheirEndAndManyTheirBytes) {
  SampleTrace sample;
  sample.send(mqtt::Connect{.client_id = "c"});
  mqtt::Publish publish;
  publish.topic = "a";
  publish.payload = std::string(100'000, '\xff');
  for (int i = 0; i < 100; ++i) sample.send(publish);
  const ordered_json trace = trace_json(sample.record());
  EXPECT_EQ(trace["packets"][1]["bytes"].get<std::string>().size(), 2 * trace_limit::packet_bytes);
  EXPECT_GT(trace["packets"][1]["size"], 100'000);
  EXPECT_EQ(trace["packets"].back()["bytes"], "");
  EXPECT_LT(trace.dump().size(), 4 * trace_limit::bytes);
}

}  // namespace
}  // namespace holdfast
