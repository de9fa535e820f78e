// A fixed workload under faults that the input chooses: a publisher sends numbered messages at QoS 1 and 2 to
// a subscriber, both come back whenever their connection has gone.
//
// Input: draws of up to eight faults. What has to hold when the faults are over: each message has come, each
// QoS 2 message in one exchange only, in order of their first arrival; the Sessions hold nothing any more and
// held no more than was sent; and a second run of the same input has the same trace hash.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/fuzz_target.h"
#include "fuzz/simulated_world.h"
#include "sim/client/client.h"
#include "sim/time/draws.h"

namespace holdfast::fuzz {
namespace {

constexpr int messages_count = 12;
constexpr std::size_t faults_max = 8;
// A QoS 1 message may be sent again after each fault, and once more.
constexpr std::size_t copies_max = messages_count * (faults_max + 1);
constexpr int turns_max = 400;  // of 100 ms
constexpr Duration turn = 100ms;

mqtt::PacketType draw_type(Draws& draws) {
  using enum mqtt::PacketType;
  constexpr std::array types{connect, connack, publish,   puback, pubrec,
                             pubrel,  pubcomp, subscribe, suback, pingreq};
  return types[draws.below(types.size())];
}

Fault draw_fault(Draws& draws) {
  Fault fault;
  fault.client = draws.chance(1, 2) ? "pub" : "sub";
  fault.connection = static_cast<std::uint32_t>(draws.between(1, 4));
  const mqtt::Sender sender = draws.chance(1, 2) ? mqtt::Sender::client : mqtt::Sender::server;
  switch (draws.below(4)) {
    case 0:
      fault.trigger = AtTime{std::chrono::milliseconds(draws.below(3'000))};
      break;
    case 1:
      fault.trigger = AtByte{sender, draws.below(400)};
      break;
    default: {
      AtPacket at;
      at.where = static_cast<AtPacket::Where>(draws.below(3));
      at.byte = at.where == AtPacket::Where::byte ? static_cast<std::uint32_t>(draws.between(1, 12)) : 0;
      at.sender = sender;
      at.type = draw_type(draws);
      at.ordinal = static_cast<std::uint32_t>(draws.between(1, 6));
      fault.trigger = at;
    }
  }
  constexpr std::array actions{FaultAction::cut, FaultAction::reset, FaultAction::half_open,
                               FaultAction::stall};
  fault.action = actions[draws.below(actions.size())];
  if (fault.action == FaultAction::stall) {
    fault.duration = std::chrono::milliseconds(draws.between(1, 5'000));
    fault.stops_client = draws.chance(1, 2);
    fault.stops_server = !fault.stops_client || draws.chance(1, 2);
  }
  return fault;
}

class Workload {
 public:
  explicit Workload(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) world_.network.arm(fault);
  }

  // True if everything was done in time.
  bool run() {
    for (int i = 0; i < turns_max; ++i) {
      come_back(publisher_);
      come_back(subscriber_);
      subscribe_once();
      publish_next();
      world_.pass(turn);
      require_bounds();
      if (is_done()) return true;
    }
    return false;
  }

  void require_delivery() const {
    for (int number = 1; number <= messages_count; ++number) {
      const std::size_t copies = subscriber_.count(payload_of(number));
      require(copies >= 1, "no acknowledged message is lost");
    }
    require_one_exchange_each();
    std::array<bool, messages_count + 1> seen{};
    std::array<int, 3> last{};  // by QoS
    for (const auto& message : subscriber_.messages()) {
      const int number = std::stoi(message.payload.substr(1));
      if (std::exchange(seen[static_cast<std::size_t>(number)], true)) continue;
      require(number > last[qos_of(number)], "messages of one publisher, topic and QoS come in their order");
      last[qos_of(number)] = number;
    }
  }

  // A QoS 2 message may be seen again within its exchange, and never in a second one.
  void require_one_exchange_each() const {
    std::map<std::string, std::uint16_t> exchanges;
    for (const auto& message : subscriber_.messages()) {
      if (message.qos != 2) continue;
      const auto [exchange, is_new] = exchanges.emplace(message.payload, message.packet_id);
      require(is_new || (message.dup && exchange->second == message.packet_id),
              "a QoS 2 message is delivered in one exchange");
    }
  }

  const Trace& trace() const { return world_.trace; }

 private:
  static std::string payload_of(int number) { return "m" + std::to_string(number); }
  static std::uint8_t qos_of(int number) { return number % 2 == 0 ? 2 : 1; }

  void come_back(Client& client) {
    if (client.is_open() || (client.connection() != 0 && !client.closed())) return;
    mqtt::Connect connect;
    connect.client_id = client.id();
    connect.clean_start = false;
    connect.keep_alive = 2;  // so that a half-open connection is noticed
    connect.properties.session_expiry_interval = 100'000;
    client.connect(std::move(connect));
  }

  std::optional<SessionSummary> session_of(const Client& client) const {
    for (SessionSummary& session : world_.broker.sessions())
      if (session.client_id == client.id()) return std::move(session);
    return std::nullopt;
  }

  void subscribe_once() {
    if (is_subscribed_ || !subscriber_.is_open()) return;
    const std::optional<SessionSummary> session = session_of(subscriber_);
    is_subscribed_ = session && session->subscriptions > 0;
    if (!is_subscribed_) subscriber_.subscribe({{.filter = "t/#", .qos = 2}});
  }

  static bool has_connack(const Client& client) {
    const std::vector<mqtt::Packet> inbox = client.unread();
    return std::ranges::any_of(
        inbox, [](const mqtt::Packet& packet) { return std::holds_alternative<mqtt::Connack>(packet); });
  }

  // Only behind CONNACK: what is sent ahead of it overtakes the client's own repeats, and is nobody's loss if
  // the Session never came to be.
  void publish_next() {
    if (!is_subscribed_ || sent_ == messages_count || !publisher_.is_open()) return;
    if (!has_connack(publisher_)) return;
    ++sent_;
    const std::string topic = "t/" + std::to_string(qos_of(sent_));
    publisher_.publish({.topic = topic, .payload = payload_of(sent_), .qos = qos_of(sent_)});
  }

  void require_bounds() const {
    for (const SessionSummary& session : world_.broker.sessions()) {
      require(session.queued + session.inflight_to_client <= copies_max,
              "a Session holds no more than was sent");
    }
  }

  bool is_done() {
    if (sent_ < messages_count || !publisher_.session().empty() || !subscriber_.session().empty())
      return false;
    for (const SessionSummary& session : world_.broker.sessions())
      if (session.queued + session.inflight_to_client + session.inflight_from_client > 0) return false;
    return true;
  }

  SimulatedWorld world_;
  Client publisher_{world_.loop, world_.network, "pub", "pub", mqtt::Version::v5};
  Client subscriber_{world_.loop, world_.network, "sub", "sub", mqtt::Version::v5};
  bool is_subscribed_ = false;
  int sent_ = 0;
};

}  // namespace

bool run_input(ByteView input) {
  if (input.size() < 4) return false;
  ByteDraws draws(input);
  std::vector<Fault> faults;
  while (faults.size() < faults_max && !draws.exhausted()) {
    faults.push_back(draw_fault(draws));
    require(is_valid(faults.back()), "a drawn fault is valid");
  }
  Workload first(faults);
  const bool is_done = first.run();
  if (!is_done) broken("the workload ends", to_text(faults));
  first.require_delivery();
  require_conforming(first.trace());
  Workload second(faults);
  second.run();
  require(first.trace().hash() == second.trace().hash(), "the same input gives the same trace");
  return true;
}

}  // namespace holdfast::fuzz
