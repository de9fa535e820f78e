// One to four clients talk to the reference broker in virtual time, and the checkers of the suites judge the
// trace.
//
// Input: draws (ByteDraws), first of the number of clients and their versions, then of actions until the
// bytes end or there were enough. What the broker sends has to be well-formed and to break no checker's rule,
// and all clients have to be answered at the end.
#include <array>
#include <deque>
#include <string>

#include "fuzz/fuzz_target.h"
#include "fuzz/simulated_world.h"
#include "sim/client/client.h"
#include "sim/time/draws.h"

namespace holdfast::fuzz {
namespace {

constexpr std::size_t actions_max = 60;
constexpr std::array topics{"a", "a/b", "a/c", "$d"};
constexpr std::array filters{"a", "a/b", "a/+", "#", "+/c", "$share/g/a", "$share/g/#", "$d"};

class Conversation {
 public:
  Conversation(SimulatedWorld& world, Draws& draws) : world_(world), draws_(draws) {
    const std::uint64_t count = draws.between(1, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      const mqtt::Version version = draws.chance(1, 2) ? mqtt::Version::v5 : mqtt::Version::v3_1_1;
      const std::string name(1, static_cast<char>('a' + i));
      // Two clients may share an identifier: takeover.
      clients_.emplace_back(world.loop, world.network, name, draws.chance(1, 6) ? "a" : name, version);
      connect(clients_.back());
      world_.pass(0ns);
    }
  }

  void act() {
    Client& client = clients_[draws_.below(clients_.size())];
    switch (draws_.below(12)) {
      case 0:
        if (!client.is_open()) connect(client);
        break;
      case 1:
      case 2:
      case 3:
        if (client.is_open()) publish(client);
        break;
      case 4:
      case 5:
        if (client.is_open()) subscribe(client);
        break;
      case 6:
        if (client.is_open()) client.unsubscribe({filters[draws_.below(filters.size())]});
        break;
      case 7:
        leave(client);
        break;
      case 8:
        client.answers.acknowledges = draws_.chance(1, 2);
        client.answers.releases = draws_.chance(2, 3);
        break;
      case 9:
        pass_long();
        break;
      default:
        world_.pass(0ns);
    }
  }

  // Everybody who is connected and reads is answered.
  void end() {
    world_.pass(1s);
    for (Client& client : clients_) {
      require(!client.broken(), "the broker sends what a client can read");
      client.abandon();
    }
    world_.pass(1s);
  }

 private:
  void connect(Client& client) {
    mqtt::Connect connect;
    connect.client_id = client.id();
    connect.clean_start = draws_.chance(1, 3);
    connect.keep_alive = draws_.chance(1, 6) ? 2 : 60;
    if (client.version() == mqtt::Version::v5) {
      constexpr std::array<std::uint32_t, 4> intervals{0, 1, 100, 0xFFFFFFFF};
      connect.properties.session_expiry_interval = intervals[draws_.below(intervals.size())];
      if (draws_.chance(1, 4))
        connect.properties.receive_maximum = static_cast<std::uint16_t>(draws_.between(1, 3));
      if (draws_.chance(1, 6)) connect.properties.topic_alias_maximum = 2;
      if (draws_.chance(1, 8)) connect.properties.maximum_packet_size = 40;
    }
    if (draws_.chance(1, 5)) connect.will = will(client);
    client.connect(std::move(connect));
  }

  mqtt::Will will(const Client& client) {
    mqtt::Will will;
    will.topic = topics[draws_.below(topics.size())];
    will.payload = "w" + std::to_string(++messages_);
    will.qos = static_cast<std::uint8_t>(draws_.below(3));
    will.retain = draws_.chance(1, 4);
    if (client.version() == mqtt::Version::v5 && draws_.chance(1, 2)) will.properties.will_delay_interval = 2;
    return will;
  }

  void publish(Client& client) {
    mqtt::Publish message;
    message.topic = topics[draws_.below(topics.size())];
    message.payload = "m" + std::to_string(++messages_);
    message.qos = static_cast<std::uint8_t>(draws_.below(3));
    message.retain = draws_.chance(1, 6);
    if (message.retain && draws_.chance(1, 4)) message.payload.clear();
    const bool expires = client.version() == mqtt::Version::v5 && draws_.chance(1, 6);
    if (expires) message.properties.message_expiry_interval = 1;
    client.publish(std::move(message));
  }

  void subscribe(Client& client) {
    mqtt::SubscriptionRequest request;
    request.filter = filters[draws_.below(filters.size())];
    request.qos = static_cast<std::uint8_t>(draws_.below(3));
    mqtt::Properties properties;
    if (client.version() == mqtt::Version::v5) {
      const bool is_shared = request.filter.starts_with("$share/");
      request.no_local = !is_shared && draws_.chance(1, 5);
      request.retain_as_published = draws_.chance(1, 4);
      request.retain_handling = static_cast<std::uint8_t>(draws_.below(3));
      if (draws_.chance(1, 4))
        properties.subscription_identifiers = {static_cast<std::uint32_t>(draws_.between(1, 9))};
    }
    client.subscribe({std::move(request)}, std::move(properties));
  }

  void leave(Client& client) {
    switch (draws_.below(4)) {
      case 0:
        if (client.is_open()) client.disconnect();
        break;
      case 1:
        if (client.is_open()) client.cut();
        break;
      case 2:
        if (client.is_open()) client.reset();
        break;
      default:
        if (client.is_open()) client.go_half_open();
    }
    world_.pass(0ns);
  }

  void pass_long() {
    constexpr std::array<Duration, 3> durations{500ms, 2s, 130s};
    world_.pass(durations[draws_.below(durations.size())]);
  }

  SimulatedWorld& world_;
  Draws& draws_;
  std::deque<Client> clients_;
  int messages_ = 0;
};

}  // namespace

bool run_input(ByteView input) {
  if (input.size() < 4) return false;
  ByteDraws draws(input);
  SimulatedWorld world;
  Conversation conversation(world, draws);
  for (std::size_t i = 0; i < actions_max && !draws.exhausted(); ++i) conversation.act();
  conversation.end();
  require_conforming(world.trace);
  return true;
}

}  // namespace holdfast::fuzz
