// What faults do to a link. They act where bytes enter: what has entered before still arrives, unless the
// fault is a reset.
#include "sim/net/link.h"
#include "sim/net/network.h"

namespace holdfast {

using mqtt::Sender;

void Link::start_clocks() {
  watches_.start_clocks([this](ArmedFault& fault) { strike(fault, std::nullopt); });
}

void Link::strike_at_opening() {
  while (ArmedFault* const fault = watches_.due_at_opening()) strike(*fault, std::nullopt);
}

void Link::strike_at_offsets() {
  for (const Sender sender : {Sender::client, Sender::server}) {
    while (path_from(sender).direction.takes_bytes()) {
      ArmedFault* const fault = watches_.due_at_offset(point(sender));
      if (fault == nullptr) break;
      strike(*fault, sender);
    }
  }
}

void Link::make_half_open() {
  if (!client_.listens || is_half_open_) return;
  trace_.fault(connection_, "half-open");
  strike_half_open(std::nullopt);
}

void Link::strike(ArmedFault& armed, std::optional<Sender> where) {
  network_.struck(armed, connection_);
  switch (armed.fault.action) {
    case FaultAction::refuse:
      break;  // only at the request, see deliver_request()
    case FaultAction::cut:
      up_.direction.send_signal(Parcel::Kind::fin);
      down_.direction.send_signal(Parcel::Kind::fin);
      break;
    case FaultAction::reset:
      up_.direction.send_reset(where != Sender::client);
      down_.direction.send_reset(where != Sender::server);
      break;
    case FaultAction::half_open:
      strike_half_open(where);
      break;
    case FaultAction::stall:
      if (armed.fault.stops_client) up_.direction.stall_for(armed.fault.duration);
      if (armed.fault.stops_server) down_.direction.stall_for(armed.fault.duration);
      break;
    case FaultAction::blackhole:
      if (armed.fault.stops_client) up_.direction.stop();
      if (armed.fault.stops_server) down_.direction.stop();
      break;
  }
}

// The client learns at once, because the loss is on its side; behind what the server's packet up to the
// trigger still brings, if that is where the fault struck.
void Link::strike_half_open(std::optional<Sender> where) {
  is_half_open_ = true;
  client_.sends = false;
  sent_before_open_ = {};
  up_.direction.stop();
  if (where == Sender::server) {
    down_.direction.send_reset(false);
  } else {
    down_.direction.reset_at_once();
  }
}

}  // namespace holdfast
