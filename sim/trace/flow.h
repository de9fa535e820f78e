// One direction of a connection as a trace sees it: the same bytes pass two edges, first the sender's, later
// the receiver's. Packets are decoded where they are sent and shared where they arrive.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/packet.h"
#include "sim/trace/byte_store.h"

namespace holdfast {

// A packet that passed an edge, or (packet == nullptr) the error after which the direction is unreadable.
struct Seen {
  std::shared_ptr<const mqtt::Packet> packet{};
  ByteView wire{};  // in the store
  std::vector<mqtt::DecodeError> errors{};
};

// Who wants the packets of a stream. An interface and not a function, because it is passed for every chunk
// and must not cost an allocation.
class PacketSink {
 public:
  // Asked before each packet, because CONNECT tells the version of what follows it.
  virtual mqtt::Version version() = 0;
  virtual void seen(Seen seen) = 0;

 protected:
  ~PacketSink() = default;
};

// Cuts a stream into packets and gives each to the sink. Decodes in place unless a packet comes in pieces.
class PacketReader {
 public:
  explicit PacketReader(ByteStore& store) : store_(store) {}
  // REQUIRES: `bytes` stand in the store.
  void read(mqtt::Sender sender, ByteView bytes, PacketSink& sink);
  bool is_dead() const { return is_dead_; }
  // Bytes of the packets given so far: where the packet now under way begins.
  std::uint64_t packets_end() const { return packets_end_; }

 private:
  // Returns how many bytes were given as packets. `input` stands in the store.
  std::size_t take_packets(mqtt::Sender sender, ByteView input, PacketSink& sink);

  ByteStore& store_;
  Bytes pending_;                 // the front of a packet whose rest has not come
  std::size_t wanted_bytes_ = 1;  // pending_ need not be looked at before it has so many
  std::uint64_t packets_end_ = 0;
  bool is_dead_ = false;
};

class Flow {
 public:
  // Packets are told as they stand in `store`, which outlives the flow.
  Flow(mqtt::Sender sender, ByteStore& store)
      : store_(store), sender_(sender), at_sender_(store), at_receiver_(store) {}

  // Bytes at the sender's own edge. They stand in the store.
  void sent(ByteView bytes, PacketSink& sink);
  // Bytes at the receiver's edge, in the store too: always a prefix of what was sent. (A record that has
  // nothing of the sender's edge is read by itself.)
  void arrived(ByteView bytes, PacketSink& sink);

 private:
  class Sharing;
  struct Shared {
    std::uint64_t end;  // offset in the stream behind its last byte
    Seen seen;
  };
  void give_whole_packets(PacketSink& sink);
  // Keeps what has arrived behind the last whole packet; `bytes` arrived last.
  void keep_rest(ByteView bytes);

  ByteStore& store_;
  mqtt::Sender sender_;
  PacketReader at_sender_;
  PacketReader at_receiver_;       // used only once reads_by_itself_
  std::vector<Shared> under_way_;  // read at the sender's edge, not yet whole at the receiver's
  std::size_t under_way_first_ = 0;
  Bytes arrived_rest_;  // what has arrived of the packet under way
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t arrived_bytes_ = 0;
  std::uint64_t arrived_packets_end_ = 0;  // of these, bytes of whole packets
  bool reads_by_itself_ = false;
};

}  // namespace holdfast
