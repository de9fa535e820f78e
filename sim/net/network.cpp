#include "sim/net/network.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/net/fault_watches.h"
#include "sim/net/link.h"

namespace holdfast {

Network::Network(Loop& loop, Acceptor& system_under_test, Trace& trace, std::uint64_t seed)
    : loop_(loop), system_under_test_(system_under_test), trace_(trace), seed_(seed) {}

Network::~Network() {
  // Every link falls silent before anybody is told, so that nothing is sent or recorded any more.
  std::vector<StreamEvents*> server_events;
  for (const auto& link : links_) {
    if (StreamEvents* const events = link->abandon()) server_events.push_back(events);
  }
  for (StreamEvents* const events : server_events) events->on_close(CloseKind::reset);
}

void Network::set_weather(const Weather& weather) {
  assert(is_valid(weather.up) && is_valid(weather.down));
  weather_ = weather;
}

void Network::arm(const Fault& fault) {
  assert(is_valid(fault));
  const auto armed = std::make_shared<ArmedFault>(ArmedFault{.fault = fault});
  pending_.push_back(armed);
  for (const auto& link : links_) {
    if (concerns(fault, *link)) link->arm(armed);
  }
}

std::vector<Fault> Network::pending() const {
  std::vector<Fault> faults;
  for (const auto& armed : pending_) faults.push_back(armed->fault);
  return faults;
}

void Network::disarm() {
  for (const auto& armed : pending_) armed->has_struck = true;
  pending_.clear();
}

OpenedLink Network::open(const std::string& client, StreamEvents& events) {
  const ConnectionId connection = trace_.begin_connection(client);
  const std::uint32_t ordinal = ++connections_of_client_[client];
  links_.push_back(std::make_unique<Link>(*this, connection, LinkName{client, ordinal}, weather_, events));
  Link& link = *links_.back();
  for (const auto& armed : pending_) {
    if (concerns(armed->fault, link)) link.arm(armed);
  }
  link.open();
  return OpenedLink{.stream = &link.client_stream(), .connection = connection};
}

void Network::make_half_open(ConnectionId connection) {
  const auto link =
      std::lower_bound(links_.begin(), links_.end(), connection,
                       [](const auto& element, ConnectionId id) { return element->connection() < id; });
  assert(link != links_.end() && (*link)->connection() == connection);
  (*link)->make_half_open();
}

bool Network::concerns(const Fault& fault, const Link& link) const {
  if (!fault.client.empty() && fault.client != link.name().client) return false;
  return fault.connection == 0 || fault.connection == link.name().ordinal;
}

void Network::struck(ArmedFault& armed, ConnectionId connection) {
  assert(!armed.has_struck);
  armed.has_struck = true;
  struck_.insert(connection);
  trace_.fault(connection, to_text(armed.fault));
  std::erase_if(pending_, [&](const auto& pending) { return pending.get() == &armed; });
}

}  // namespace holdfast
