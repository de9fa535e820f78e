// No tests of its own: what test_client.h declares.
#include "sim/broker/test_client.h"

namespace holdfast::broker {

void TestClient::open() {
  stream_ = world_.open();
  decoder_ = std::make_unique<mqtt::StreamDecoder>(
      mqtt::DecodeOptions{.version = version_, .sender = mqtt::Sender::server});
  received_.clear();
}

void TestClient::send_raw(const Bytes& bytes) {
  if (stream_->events != nullptr) stream_->events->on_bytes(bytes);
  world_.settle();
}

void TestClient::cut(CloseKind kind) {
  stream_->closed = true;
  if (stream_->events != nullptr) std::exchange(stream_->events, nullptr)->on_close(kind);
  world_.settle();
}

mqtt::Connack TestClient::connect(mqtt::Connect connect) {
  open();
  send(connect);
  return expect<mqtt::Connack>();
}

std::deque<mqtt::Packet>& TestClient::received() {
  decoder_->feed(raw());
  for (;;) {
    mqtt::DecodeResult result = decoder_->next();
    if (auto* const decoded = std::get_if<mqtt::Decoded>(&result)) {
      EXPECT_TRUE(decoded->notes.empty());
      received_.push_back(std::move(decoded->packet));
      continue;
    }
    if (const auto* const error = std::get_if<mqtt::DecodeError>(&result)) {
      ADD_FAILURE() << "the broker sent nonsense: " << error->what;
    }
    return received_;
  }
}

std::optional<mqtt::Packet> TestClient::next() {
  if (received().empty()) return std::nullopt;
  mqtt::Packet packet = std::move(received_.front());
  received_.pop_front();
  return packet;
}

std::vector<std::string> TestClient::rest() {
  std::vector<std::string> lines;
  while (const std::optional<mqtt::Packet> packet = next()) lines.push_back(mqtt::to_text(*packet, version_));
  return lines;
}

std::vector<std::string> TestClient::payloads() {
  std::vector<std::string> payloads;
  while (has_more()) {
    const auto publish = expect<mqtt::Publish>();
    payloads.push_back(publish.payload);
    if (publish.qos == 1) send(mqtt::Puback{.packet_id = publish.packet_id});
  }
  return payloads;
}

mqtt::ReasonCode TestClient::subscribe(mqtt::SubscriptionRequest request,
                                       std::optional<std::uint32_t> identifier) {
  mqtt::Subscribe subscribe{.packet_id = 9, .requests = {std::move(request)}};
  if (identifier) subscribe.properties.subscription_identifiers = {*identifier};
  send(subscribe);
  const auto suback = expect<mqtt::Suback>();
  EXPECT_EQ(suback.packet_id, 9);
  EXPECT_EQ(suback.reasons.size(), 1u);
  return suback.reasons.empty() ? mqtt::ReasonCode::unspecified_error : suback.reasons.front();
}

void TestClient::publish(std::string topic, std::string payload, std::uint8_t qos, std::uint16_t packet_id,
                         bool retain) {
  send(mqtt::Publish{.topic = std::move(topic),
                     .payload = std::move(payload),
                     .qos = qos,
                     .retain = retain,
                     .packet_id = packet_id});
  if (qos == 1) {
    EXPECT_EQ(expect<mqtt::Puback>().packet_id, packet_id);
  }
  if (qos == 2) {
    EXPECT_EQ(expect<mqtt::Pubrec>().packet_id, packet_id);
    send(mqtt::Pubrel{.packet_id = packet_id});
    EXPECT_EQ(expect<mqtt::Pubcomp>().packet_id, packet_id);
  }
}

std::shared_ptr<TestStream> World::open() {
  streams_.push_back(std::make_shared<TestStream>());
  broker_.connect(*streams_.back());
  EXPECT_TRUE(streams_.back()->accepted);
  settle();
  return streams_.back();
}

mqtt::Connect v5_connect(std::string client_id, std::uint32_t expiry, bool clean_start) {
  mqtt::Connect connect{.client_id = std::move(client_id), .clean_start = clean_start, .keep_alive = 0};
  if (expiry > 0) connect.properties.session_expiry_interval = expiry;
  return connect;
}

mqtt::Connect v3_connect(std::string client_id, bool clean_session) {
  return {
      .client_id = std::move(client_id), .clean_start = clean_session, .keep_alive = 0, .protocol_level = 4};
}

mqtt::Will will_message(std::string topic, std::string payload, std::uint32_t delay) {
  mqtt::Will will{.topic = std::move(topic), .payload = std::move(payload), .qos = 1};
  if (delay > 0) will.properties.will_delay_interval = delay;
  return will;
}

}  // namespace holdfast::broker
