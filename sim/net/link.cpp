#include "sim/net/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/net/network.h"

namespace holdfast {

using mqtt::Sender;

namespace {

constexpr Sender other(Sender who) { return who == Sender::client ? Sender::server : Sender::client; }

// The edge at which an end stands.
constexpr Edge edge_of(Sender who) { return who == Sender::client ? Edge::client : Edge::sut; }

}  // namespace

Link::Link(Network& network, ConnectionId connection, LinkName name, const Weather& weather,
           StreamEvents& client_events)
    : network_(network),
      trace_(network.trace_),
      connection_(connection),
      name_(std::move(name)),
      up_{Direction(network.loop_, *this, Sender::client, weather.up, network.seed_, name_)},
      down_{Direction(network.loop_, *this, Sender::server, weather.down, network.seed_, name_)},
      watches_(network.loop_) {
  client_.events = &client_events;
}

void Link::open() { up_.direction.send_signal(Parcel::Kind::request); }

void Link::arm(const std::shared_ptr<ArmedFault>& armed) {
  if (is_finished()) return;
  watches_.add(armed);
  if (phase_ != Phase::established) return;
  start_clocks();
  strike_at_offsets();
}

// --- what owners ask for ---

void Link::EndStream::accept() {
  assert(who_ == Sender::server);
  link_.accept();
}

void Link::EndStream::refuse(std::string_view why) {
  assert(who_ == Sender::server);
  link_.refuse(why);
}

void Link::set_events(Sender who, StreamEvents* events) {
  End& end = end_of(who);
  if (!end.listens) return;
  end.events = events;
  if (events != nullptr) return;
  end.listens = false;
  if (who == Sender::server && phase_ == Phase::asked) return refuse("the server let go");
  close(who);
  finish_if_over();
}

void Link::send(Sender who, ByteView bytes) {
  if (bytes.empty() || !end_of(who).sends) return;
  if (who == Sender::client && phase_ < Phase::established) {
    sent_before_open_.insert(sent_before_open_.end(), bytes.begin(), bytes.end());
    return;
  }
  assert(phase_ >= Phase::accepted && "a server sends nothing before accept()");
  enter(who, trace_.chunk(connection_, edge_of(who), who, bytes));
}

void Link::close(Sender who) {
  End& end = end_of(who);
  if (!end.sends) return;
  if (who == Sender::server && phase_ == Phase::asked) return refuse("the server closed");
  end.sends = false;
  if (who == Sender::client && phase_ < Phase::established) {
    closed_before_open_ = true;
    return;
  }
  send_fin(who);
}

void Link::send_fin(Sender who) {
  trace_.end(connection_, edge_of(who), who, name_of(CloseKind::fin));
  path_from(who).direction.send_signal(Parcel::Kind::fin);
  End& end = end_of(who);
  if (end.hears_bytes) return;
  end.listens = false;  // both have closed: there is nothing left to be told
  finish_if_over();
}

void Link::reset(Sender who) {
  End& end = end_of(who);
  if (!end.listens) return;
  if (who == Sender::server && phase_ == Phase::asked) return refuse("the server reset");
  end.sends = false;
  end.listens = false;
  trace_.end(connection_, edge_of(who), who, name_of(CloseKind::reset));
  // The server has not heard of the connection, and will not.
  if (phase_ == Phase::requested) server_.listens = false;
  path_from(who).direction.send_reset(true);
  path_from(other(who)).direction.clear();
  finish_if_over();
}

std::size_t Link::queued_bytes(Sender who) const {
  const std::size_t waiting = who == Sender::client ? sent_before_open_.size() : 0;
  return path_from(who).direction.queued_bytes() + waiting;
}

void Link::accept() {
  if (phase_ != Phase::asked || !server_.listens) return;
  assert(server_.events != nullptr && "an acceptor sets its events before it accepts");
  phase_ = Phase::accepted;
  down_.direction.send_signal(Parcel::Kind::accepted);
}

void Link::refuse(std::string_view why) {
  if (phase_ != Phase::asked || !server_.sends) return;
  trace_.note(fmt::format("{}#{} is refused: {}", name_.client, name_.ordinal, why));
  trace_.end(connection_, Edge::sut, Sender::server, name_of(CloseKind::refused));
  refuse_client();
}

void Link::refuse_client() {
  server_.sends = false;
  server_.listens = false;
  down_.direction.send_signal(Parcel::Kind::refused);
  finish_if_over();
}

// --- what comes out of a direction ---

void Link::deliver(Sender from, const Parcel& parcel) {
  switch (parcel.kind) {
    case Parcel::Kind::request:
      return deliver_request();
    case Parcel::Kind::accepted:
      return deliver_accepted();
    case Parcel::Kind::refused:
      return deliver_refused();
    case Parcel::Kind::bytes:
      deliver_bytes(from, parcel.bytes);
      return tell_writable(from);
    case Parcel::Kind::fin:
      return deliver_fin(from, false);
    case Parcel::Kind::answering_fin:
      return deliver_fin(from, true);
    case Parcel::Kind::reset:
      return deliver_reset(from);
  }
}

void Link::deliver_request() {
  assert(phase_ == Phase::requested);
  phase_ = Phase::asked;
  if (ArmedFault* const fault = watches_.due_refusal()) {
    network_.struck(*fault, connection_);
    return refuse_client();
  }
  network_.system_under_test_.connect(server_.stream);
}

void Link::deliver_accepted() {
  assert(phase_ == Phase::accepted);
  phase_ = Phase::established;
  trace_.established(connection_);
  start_clocks();
  strike_at_opening();
  strike_at_offsets();
  const Bytes bytes = std::exchange(sent_before_open_, {});
  if (!bytes.empty()) {
    enter(Sender::client, trace_.chunk(connection_, Edge::client, Sender::client, bytes));
  }
  if (closed_before_open_) send_fin(Sender::client);
  if (client_.listens) client_.events->on_open();
}

void Link::deliver_refused() {
  trace_.end(connection_, Edge::client, Sender::server, name_of(CloseKind::refused));
  tell_close(Sender::client, CloseKind::refused);
}

void Link::deliver_bytes(Sender from, ByteView bytes) {
  End& end = end_of(other(from));
  if (!end.listens) return;  // swallowed
  assert(end.events != nullptr);
  trace_.chunk(connection_, edge_of(other(from)), from, bytes);
  end.events->on_bytes(bytes);
}

void Link::tell_writable(Sender who) {
  End& end = end_of(who);
  if (end.listens && end.sends && queued_bytes(who) == 0) end.events->on_writable();
}

void Link::deliver_fin(Sender from, bool is_answering) {
  const Sender who = other(from);
  End& end = end_of(who);
  if (!end.listens) return;
  // An end that has only answered has not closed: it is not recorded as if it had.
  if (!is_answering) trace_.end(connection_, edge_of(who), from, name_of(CloseKind::fin));
  end.hears_bytes = false;
  if (end.sends && end.events->on_half_close()) return;
  if (!end.listens) return;  // it let go or reset from inside
  if (end.sends) path_from(who).direction.send_signal(Parcel::Kind::answering_fin);
  tell_close(who, CloseKind::fin);
}

void Link::deliver_reset(Sender from) {
  const Sender who = other(from);
  if (!end_of(who).listens) return;
  trace_.end(connection_, edge_of(who), from, name_of(CloseKind::reset));
  tell_close(who, CloseKind::reset);
}

void Link::tell_close(Sender who, CloseKind kind) {
  End& end = end_of(who);
  end.sends = false;
  const bool listened = std::exchange(end.listens, false);
  StreamEvents* const events = std::exchange(end.events, nullptr);
  finish_if_over();
  if (listened && events != nullptr) events->on_close(kind);
}

// --- what enters ---

void Link::enter(Sender from, ByteView bytes) {
  Path& path = path_from(from);
  if (!path.direction.takes_bytes()) return;
  if (!watches_.are_quiet()) return enter_watched(from, bytes);
  for (std::size_t position = 0; position < bytes.size();) {
    const std::size_t stride = path.scanner.stride(bytes.size() - position);
    path.scanner.advance(bytes[position], stride);
    position += stride;
  }
  path.bytes += bytes.size();
  path.direction.send_bytes(bytes);
}

void Link::enter_watched(Sender from, ByteView bytes) {
  Path& path = path_from(from);
  std::size_t sent = 0;
  std::size_t position = 0;
  // Lets in what lies before the point, then the faults that strike there. False: nothing more enters.
  const auto strike_here = [&](ArmedFault* (FaultWatches::*due)(const StreamPoint&) const) {
    while (ArmedFault* const fault = (watches_.*due)(point(from))) {
      path.direction.send_bytes(bytes.subspan(sent, position - sent));
      sent = position;
      strike(*fault, from);
    }
    return path.direction.takes_bytes();
  };

  if (!strike_here(&FaultWatches::due_at_offset)) return;
  while (position < bytes.size()) {
    if (path.scanner.at_boundary()) {
      watches_.begin_packet(from, static_cast<mqtt::PacketType>(bytes[position] >> 4));
      if (!strike_here(&FaultWatches::due_before)) return;
    }
    const std::uint64_t quiet = watches_.bytes_until_due(point(from));
    const std::size_t available =
        static_cast<std::size_t>(std::min<std::uint64_t>(quiet, bytes.size() - position));
    const std::size_t stride = path.scanner.stride(available);
    path.scanner.advance(bytes[position], stride);
    position += stride;
    path.bytes += stride;
    if (!strike_here(&FaultWatches::due_behind)) return;
  }
  path.direction.send_bytes(bytes.subspan(sent));
}

StreamPoint Link::point(Sender sender) const {
  const Path& path = path_from(sender);
  return StreamPoint{.sender = sender, .bytes = path.bytes, .scanner = path.scanner};
}

// --- the end ---

StreamEvents* Link::abandon() {
  StreamEvents* const events = server_.listens ? server_.events : nullptr;
  client_.listens = false;
  server_.listens = false;
  finish();
  return events;
}

void Link::finish_if_over() {
  if (!client_.listens && !server_.listens && phase_ != Phase::finished) finish();
}

void Link::finish() {
  phase_ = Phase::finished;
  client_.events = nullptr;
  server_.events = nullptr;
  client_.sends = false;
  server_.sends = false;
  up_.direction.clear();
  down_.direction.clear();
  watches_.clear();
  sent_before_open_ = {};
}

}  // namespace holdfast
