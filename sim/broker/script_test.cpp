// No tests of its own: what script.h declares, without the conversations.
#include "sim/broker/script.h"

#include <array>
#include <utility>

namespace holdfast::broker {

TestClient& Script::client(const std::string& name) {
  const auto found = clients_.find(name);
  if (found != clients_.end()) return found->second;
  const auto version = name.starts_with('o') ? mqtt::Version::v3_1_1 : mqtt::Version::v5;
  return clients_.emplace(name, world_.client(version)).first->second;
}

void Script::open(const std::string& name) {
  client(name).open();
  told_closed_[name] = false;
}

void Script::connect(const std::string& name, const mqtt::Connect& connect) {
  open(name);
  send(name, connect);
}

void Script::send(const std::string& name, const mqtt::Packet& packet) {
  client(name).send(packet);
  note();
}

void Script::send_raw(const std::string& name, const Bytes& bytes) {
  client(name).send_raw(bytes);
  note();
}

void Script::subscribe(const std::string& name, mqtt::SubscriptionRequest request,
                       std::optional<std::uint32_t> identifier) {
  mqtt::Subscribe subscribe{.packet_id = 9, .requests = {std::move(request)}};
  if (identifier) subscribe.properties.subscription_identifiers = {*identifier};
  send(name, subscribe);
}

void Script::publish(const std::string& name, std::string topic, std::string payload, std::uint8_t qos,
                     std::uint16_t packet_id, bool retain, bool dup) {
  send(name, mqtt::Publish{.topic = std::move(topic),
                           .payload = std::move(payload),
                           .qos = qos,
                           .retain = retain,
                           .dup = dup,
                           .packet_id = packet_id});
}

void Script::cut(const std::string& name) {
  told_closed_[name] = true;
  client(name).cut();
  note();
}

void Script::pass(Duration duration) {
  const Time end = world_.loop().now() + duration;
  while (const std::optional<Time> next = world_.loop().next_deadline()) {
    if (*next > end) break;
    world_.pass(*next - world_.loop().now());
    note();
  }
  world_.pass(end - world_.loop().now());
  note();
}

void Script::note() {
  static constexpr std::array<char, 17> digits{"0123456789abcdef"};
  const auto now = std::chrono::floor<std::chrono::milliseconds>(world_.loop().now().time_since_epoch());
  for (auto& [name, talking] : clients_) {
    const Bytes bytes = talking.raw();
    const bool closes = talking.is_closed() && !std::exchange(told_closed_[name], true);
    if (bytes.empty() && !closes) continue;
    const std::size_t writes = std::exchange(talking.stream().writes, 0);
    std::string line =
        std::to_string(now.count()) + " ms " + name + ": " + std::to_string(writes) + " writes ";
    for (const std::uint8_t byte : bytes) {
      line += digits[byte >> 4];
      line += digits[byte & 15];
    }
    if (closes) line += talking.stream().was_reset ? " reset" : " closed";
    transcript_.push_back(std::move(line));
  }
}

std::vector<std::string> transcript_of(const Conversation& conversation, Defects defects, Variants variants) {
  BrokerSettings settings = conversation.settings;
  settings.defects = defects;
  settings.variants = variants;
  Script script(std::move(settings));
  conversation.run(script);
  return script.transcript();
}

}  // namespace holdfast::broker
