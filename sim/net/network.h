// The simulated network of one case: it opens links between clients and the system under test, with weather
// on all of them and faults at chosen moments, and records everything in the trace.
//
// For a live system under test the same links stand in front of the real sockets.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/net/fault.h"
#include "sim/net/stream.h"
#include "sim/net/weather.h"
#include "sim/time/draws.h"
#include "sim/time/loop.h"
#include "sim/trace/trace.h"

namespace holdfast {

class Link;
struct ArmedFault;

// What a client holds of an open connection.
struct OpenedLink {
  Stream* stream = nullptr;
  ConnectionId connection = 0;
};

class Network {
 public:
  // All four outlive the network. `seed` decides latencies and chunk sizes.
  Network(Loop& loop, Acceptor& system_under_test, Trace& trace, std::uint64_t seed);
  // The connections that are left vanish without a record. The system under test, which lives on, is told
  // on_close(reset); clients are told nothing, since they end before their network.
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // For connections opened from now on.
  void set_weather(const Weather& weather);
  // For the connection that the fault names, or for the next and the living ones if it names none.
  // REQUIRES: is_valid(fault).
  void arm(const Fault& fault);
  // Faults that were armed and have not struck. A case whose fault never struck has tested nothing.
  std::vector<Fault> pending() const;
  // Forgets them: from now on the network is well.
  void disarm();
  // Whether a fault that was armed has struck this connection.
  bool has_struck(ConnectionId connection) const { return struck_.contains(connection); }

  // Opens a connection; on_open or on_close follows from the loop. `events` is let go with
  // stream->set_events(nullptr) or by on_close.
  OpenedLink open(const std::string& client, StreamEvents& events);
  // Makes the client's end vanish without the server learning of it (FaultAction::half_open, now).
  void make_half_open(ConnectionId connection);

 private:
  friend class Link;

  bool concerns(const Fault& fault, const Link& link) const;
  // Records that the fault strikes on this connection, and that it is pending no more.
  void struck(ArmedFault& armed, ConnectionId connection);

  Loop& loop_;
  Acceptor& system_under_test_;
  Trace& trace_;
  std::uint64_t seed_;
  Weather weather_;
  std::vector<std::shared_ptr<ArmedFault>> pending_;
  std::set<ConnectionId> struck_;
  std::map<std::string, std::uint32_t> connections_of_client_;
  std::vector<std::unique_ptr<Link>> links_;  // in the order of opening; finished ones are empty shells
};

}  // namespace holdfast
