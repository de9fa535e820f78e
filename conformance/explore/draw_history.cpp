#include "conformance/explore/draw_history.h"

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

constexpr std::uint64_t steps_min = 8;
constexpr std::uint64_t steps_max = 40;

class HistoryDrawing {
 public:
  HistoryDrawing(Draws& draws, mqtt::Version version) : draws_(draws), version_(version) {}

  History draw() {
    clients_ = draws_.between(2, history_clients_max);
    for (std::uint8_t& window : windows_)
      window = draws_.chance(1, 3) ? static_cast<std::uint8_t>(draws_.between(1, 3)) : 0;
    const std::uint64_t steps = draws_.between(steps_min, steps_max);
    for (std::uint8_t client = 0; client < clients_; ++client) connect(client);
    subscribe(static_cast<std::uint8_t>(draws_.below(clients_)));
    while (history_.size() < steps) act(static_cast<std::uint8_t>(draws_.below(clients_)));
    return std::move(history_);
  }

 private:
  struct Rough {
    bool is_up = false;
    bool holds = false;
  };

  void act(std::uint8_t client) {
    Rough& rough = rough_[client];
    // A fault may have closed what seems to be up: then the next connect is not passed over.
    if (!rough.is_up || draws_.chance(1, 12)) return connect(client);
    switch (draws_.below(16)) {
      case 0:
      case 1:
      case 2:
        return subscribe(client);
      case 3:
        return add({.action = Action::unsubscribe, .client = client, .topic = draw_filter()});
      case 4:
        rough.holds = !rough.holds;
        return add({.action = rough.holds ? Action::hold : Action::answer, .client = client});
      case 5:
      case 6:
      case 7:
        return leave(client);
      case 8:
      case 9:
        return add({.action = Action::fault, .client = client, .fault = draw_fault()});
      default:
        return add({.action = Action::publish,
                    .client = client,
                    .qos = static_cast<std::uint8_t>(draws_.chance(1, 8) ? 0 : draws_.between(1, 2)),
                    .topic = draws_.chance(1, 3) ? "y" : "x"});
    }
  }

  void connect(std::uint8_t client) {
    Step step{.action = Action::connect, .client = client};
    if (draws_.chance(1, 5)) step.keeping = draws_.chance(1, 2) ? Keeping::renew : Keeping::brief;
    step.has_will = draws_.chance(1, 5);
    if (version_ == mqtt::Version::v5) step.window = windows_[client];
    rough_[client].is_up = true;
    add(std::move(step));
  }

  void subscribe(std::uint8_t client) {
    add({.action = Action::subscribe,
         .client = client,
         .qos = static_cast<std::uint8_t>(draws_.chance(1, 8) ? 0 : draws_.between(1, 2)),
         .topic = draw_filter()});
  }

  void leave(std::uint8_t client) {
    constexpr std::array ways{Action::disconnect, Action::cut, Action::cut, Action::reset, Action::vanish};
    rough_[client].is_up = false;
    add({.action = ways[draws_.below(ways.size())], .client = client});
  }

  std::string draw_filter() {
    constexpr std::array filters{"x", "x", "x", "y", "+"};
    return filters[draws_.below(filters.size())];
  }

  // At a packet of the exchanges that a Session remembers, or of those that make one.
  Fault draw_fault() {
    using enum mqtt::PacketType;
    constexpr std::array from_server{connack, publish, publish, puback, pubrec, pubrel, pubcomp, suback};
    constexpr std::array from_client{connect_, publish, publish, puback, pubrec, pubrel, pubcomp, subscribe_};
    AtPacket at;
    at.where = static_cast<AtPacket::Where>(draws_.below(3));
    if (at.where == AtPacket::Where::byte) at.byte = static_cast<std::uint32_t>(draws_.between(1, 6));
    at.sender = draws_.chance(1, 2) ? mqtt::Sender::server : mqtt::Sender::client;
    at.type = at.sender == mqtt::Sender::server ? from_server[draws_.below(from_server.size())]
                                                : from_client[draws_.below(from_client.size())];
    at.ordinal = draws_.chance(1, 4) ? 2 : 1;
    constexpr std::array actions{FaultAction::cut, FaultAction::reset, FaultAction::half_open};
    Fault fault;
    fault.trigger = at;
    fault.action = actions[draws_.below(actions.size())];
    return fault;
  }

  void add(Step step) { history_.push_back(std::move(step)); }

  static constexpr mqtt::PacketType connect_ = mqtt::PacketType::connect;
  static constexpr mqtt::PacketType subscribe_ = mqtt::PacketType::subscribe;

  Draws& draws_;
  const mqtt::Version version_;
  std::uint64_t clients_ = 0;
  std::array<Rough, history_clients_max> rough_{};
  // A client's Receive Maximum stays the same, so that what is under way always fits.
  std::array<std::uint8_t, history_clients_max> windows_{};
  History history_;
};

}  // namespace

History draw_history(Draws& draws, mqtt::Version version) { return HistoryDrawing(draws, version).draw(); }

}  // namespace holdfast
