// For tests of defects and variants: conversations with a broker of any settings, and everything that it
// answered as one transcript. Two brokers behave alike in a conversation if the transcripts are equal.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/broker/test_client.h"

namespace holdfast::broker {

class Script {
 public:
  explicit Script(BrokerSettings settings) : world_(std::move(settings)) {}

  // A name beginning with "o" is an old client of 3.1.1, all others speak 5.0.
  void connect(const std::string& name, const mqtt::Connect& connect);
  void open(const std::string& name);
  void send(const std::string& name, const mqtt::Packet& packet);
  void send_raw(const std::string& name, const Bytes& bytes);
  void subscribe(const std::string& name, mqtt::SubscriptionRequest request,
                 std::optional<std::uint32_t> identifier = {});
  void publish(const std::string& name, std::string topic, std::string payload, std::uint8_t qos = 0,
               std::uint16_t packet_id = 0, bool retain = false, bool dup = false);
  void puback(const std::string& name, std::uint16_t id) { send(name, mqtt::Puback{.packet_id = id}); }
  void pubrec(const std::string& name, std::uint16_t id) { send(name, mqtt::Pubrec{.packet_id = id}); }
  void pubrel(const std::string& name, std::uint16_t id) { send(name, mqtt::Pubrel{.packet_id = id}); }
  void pubcomp(const std::string& name, std::uint16_t id) { send(name, mqtt::Pubcomp{.packet_id = id}); }
  void cut(const std::string& name);
  void pass(Duration duration);
  Broker& broker() { return world_.broker(); }

  // One line for each client and moment: "5000 ms a: 2 writes 20020000d000 closed".
  const std::vector<std::string>& transcript() const { return transcript_; }

 private:
  TestClient& client(const std::string& name);
  void note();

  World world_;
  std::map<std::string, TestClient> clients_;
  std::map<std::string, bool> told_closed_;
  std::vector<std::string> transcript_;
};

struct Conversation {
  std::string name;
  void (*run)(Script&);
  BrokerSettings settings{};  // without defects and variants
};

// Conversations that together show every defect and every variant.
std::vector<Conversation> conversations();
std::vector<Conversation> message_conversations();  // those of subscriptions and messages in detail

std::vector<std::string> transcript_of(const Conversation& conversation, Defects defects, Variants variants);

}  // namespace holdfast::broker
