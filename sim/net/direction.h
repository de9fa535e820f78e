// One direction of a link: what enters comes out in order, as late and in such pieces as the weather wants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/mqtt/packet.h"
#include "sim/net/weather.h"
#include "sim/time/draws.h"
#include "sim/time/loop.h"

namespace holdfast {

// What travels through a link, besides bytes the signals of TCP.
struct Parcel {
  enum class Kind : std::uint8_t {
    request,   // to the server: a connection is asked for
    accepted,  // to the client
    refused,   // to the client
    bytes,
    fin,
    answering_fin,  // FIN that the link sends for an end that heard one and does not go on
    reset,
  };
  Kind kind = Kind::bytes;
  Time due{};
  ByteView bytes{};  // in the trace
};

// A connection as people and faults call it: "a#2" is the second that client a opened.
struct LinkName {
  std::string client{};
  std::uint32_t ordinal = 1;
};

// Takes what comes out of a direction. Called from the loop.
class ParcelReceiver {
 public:
  virtual void deliver(mqtt::Sender from, const Parcel& parcel) = 0;

 protected:
  ~ParcelReceiver() = default;
};

class Direction final : private ReadyNode, private TimerNode {
 public:
  // The draws are split from `seed` by the name of the link, which outlives its directions.
  Direction(Loop& loop, ParcelReceiver& receiver, mqtt::Sender from, const DirectionWeather& weather,
            std::uint64_t seed, const LinkName& link);

  // --- entering; never delivers from inside ---
  void send_bytes(ByteView bytes);      // they live as long as the direction: the trace keeps them
  void send_signal(Parcel::Kind kind);  // behind everything; no bytes enter behind fin or reset
  // RST: what would arrive later than now is lost, if `overtakes`; nothing enters behind it.
  void send_reset(bool overtakes);
  // RST that arrives now, as if nothing had been on its way.
  void reset_at_once();
  // Nothing enters any more; what is in it still comes out.
  void stop();
  // What enters from now on comes out when the stall is over, at the earliest.
  void stall_for(Duration duration);

  // Bytes may enter.
  bool takes_bytes() const { return state_ == State::open; }
  std::size_t queued_bytes() const { return queued_bytes_; }
  // Forgets everything: the link is over.
  void clear();

 private:
  enum class State : std::uint8_t { open, ended, stopped };

  void on_ready() override { deliver_due(); }
  void on_deadline() override { deliver_due(); }
  void deliver_due();
  void schedule();

  void push(Parcel::Kind kind, Time departure, ByteView bytes);
  void drop_late();
  Time serialise(std::size_t bytes);
  Duration draw_latency();
  std::size_t draw_chunk_bytes();
  Draws& draws();

  Loop& loop_;
  ParcelReceiver& receiver_;
  const mqtt::Sender from_;
  const DirectionWeather weather_;
  const std::uint64_t seed_;
  const LinkName& link_;
  std::optional<RandomDraws> draws_;  // made when first needed

  // In the order of entering, which is the order of `due`. A vector with a front index, because a deque
  // costs half a kilobyte in each of a hundred thousand links.
  std::vector<Parcel> queue_;
  std::size_t front_ = 0;
  std::size_t queued_bytes_ = 0;
  State state_ = State::open;
  Time last_due_{};    // of what is or was in the queue
  Time busy_until_{};  // the wire is serialising
  Time stalled_until_{};
  std::uint64_t serialisation_rest_ = 0;  // of a nanosecond, in units of 1/bandwidth
};

}  // namespace holdfast
