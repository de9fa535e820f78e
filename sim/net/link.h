// A link between one client and the system under test: two directions, two ends, the faults that watch it.
//
// Everything enters at the end that sends it: there its packets are found, there faults strike. What has
// entered comes out at the other end from the loop. The rules of TCP that a user sees are kept here; the
// table in sim/net/README.md lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/net/direction.h"
#include "sim/net/fault_watches.h"
#include "sim/net/packet_scanner.h"
#include "sim/net/stream.h"
#include "sim/net/weather.h"
#include "sim/trace/trace.h"

namespace holdfast {

class Network;

class Link final : private ParcelReceiver {
 public:
  Link(Network& network, ConnectionId connection, LinkName name, const Weather& weather,
       StreamEvents& client_events);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Sends the request to the server. Once, after the faults have been armed.
  void open();
  // The fault strikes here, or elsewhere if another link comes first.
  void arm(const std::shared_ptr<ArmedFault>& armed);
  void make_half_open();
  // Ends the link on the spot and unrecorded. Returns who has to be told at the server; nullptr for nobody.
  StreamEvents* abandon();

  Stream& client_stream() { return client_.stream; }
  ConnectionId connection() const { return connection_; }
  const LinkName& name() const { return name_; }
  // Neither end has anything more to be told.
  bool is_finished() const { return phase_ == Phase::finished; }

 private:
  enum class Phase : std::uint8_t {
    requested,  // the request is on its way to the server
    asked,      // the server has to answer
    accepted,   // the answer is on its way to the client
    established,
    finished,
  };

  // What an owner holds.
  class EndStream final : public ServerStream {
   public:
    EndStream(Link& link, mqtt::Sender who) : link_(link), who_(who) {}
    void set_events(StreamEvents* events) override { link_.set_events(who_, events); }
    void send(ByteView bytes) override { link_.send(who_, bytes); }
    void close() override { link_.close(who_); }
    void reset() override { link_.reset(who_); }
    std::size_t queued_bytes() const override { return link_.queued_bytes(who_); }
    void accept() override;
    void refuse(std::string_view why) override;

   private:
    Link& link_;
    const mqtt::Sender who_;
  };

  struct End {
    EndStream stream;
    StreamEvents* events = nullptr;
    bool sends = true;        // has neither closed nor reset nor been told of the end
    bool listens = true;      // has still to be told of the end
    bool hears_bytes = true;  // no FIN has come
  };

  // One direction and what counts in it.
  struct Path {
    Direction direction;
    PacketScanner scanner{};
    std::uint64_t bytes = 0;  // that have entered
  };

  // --- what owners ask for ---
  void set_events(mqtt::Sender who, StreamEvents* events);
  void send(mqtt::Sender who, ByteView bytes);
  void close(mqtt::Sender who);
  void reset(mqtt::Sender who);
  std::size_t queued_bytes(mqtt::Sender who) const;
  void accept();
  void refuse(std::string_view why);

  // --- what comes out of a direction ---
  void deliver(mqtt::Sender from, const Parcel& parcel) override;
  void deliver_request();
  void deliver_accepted();
  void deliver_refused();
  void deliver_bytes(mqtt::Sender from, ByteView bytes);
  void deliver_fin(mqtt::Sender from, bool is_answering);
  void deliver_reset(mqtt::Sender from);
  void tell_writable(mqtt::Sender who);
  // The end's last event.
  void tell_close(mqtt::Sender who, CloseKind kind);

  // --- what enters ---
  void enter(mqtt::Sender from, ByteView bytes);
  void enter_watched(mqtt::Sender from, ByteView bytes);
  void send_fin(mqtt::Sender who);
  void refuse_client();

  // --- faults (link_faults.cpp) ---
  // `where`: the direction in which the trigger lies; none for time and opening.
  void strike(ArmedFault& armed, std::optional<mqtt::Sender> where);
  void strike_half_open(std::optional<mqtt::Sender> where);
  void start_clocks();
  void strike_at_opening();
  void strike_at_offsets();
  StreamPoint point(mqtt::Sender sender) const;

  void finish_if_over();
  void finish();

  End& end_of(mqtt::Sender who) { return who == mqtt::Sender::client ? client_ : server_; }
  const End& end_of(mqtt::Sender who) const { return who == mqtt::Sender::client ? client_ : server_; }
  Path& path_from(mqtt::Sender who) { return who == mqtt::Sender::client ? up_ : down_; }
  const Path& path_from(mqtt::Sender who) const { return who == mqtt::Sender::client ? up_ : down_; }

  Network& network_;
  Trace& trace_;
  const ConnectionId connection_;
  const LinkName name_;
  Phase phase_ = Phase::requested;
  End client_{EndStream(*this, mqtt::Sender::client)};
  End server_{EndStream(*this, mqtt::Sender::server)};
  Path up_;    // client to server
  Path down_;  // server to client
  FaultWatches watches_;
  bool is_half_open_ = false;
  Bytes sent_before_open_;           // by the client
  bool closed_before_open_ = false;  // by the client: FIN follows those bytes
};

}  // namespace holdfast
