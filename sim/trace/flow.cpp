#include "sim/trace/flow.h"

#include <cassert>
#include <utility>

#include "sim/mqtt/view.h"

namespace holdfast {

void PacketReader::read(mqtt::Sender sender, ByteView bytes, PacketSink& sink) {
  if (is_dead_ || bytes.empty()) return;
  if (pending_.empty()) {
    const std::size_t used = take_packets(sender, bytes, sink);
    if (!is_dead_) pending_.assign(bytes.begin() + used, bytes.end());
    return;
  }
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (pending_.size() < wanted_bytes_) return;
  const std::size_t used = take_packets(sender, store_.keep(pending_), sink);
  pending_.erase(pending_.begin(), pending_.begin() + used);
}

std::size_t PacketReader::take_packets(mqtt::Sender sender, ByteView input, PacketSink& sink) {
  std::size_t used = 0;
  wanted_bytes_ = 1;
  while (used < input.size()) {
    const ByteView rest = input.subspan(used);
    mqtt::DecodeOptions options;
    options.version = sink.version();
    options.sender = sender;
    options.forgiving = true;
    mqtt::DecodedView decoded;
    const mqtt::ViewResult result = mqtt::decode_view(rest, options, decoded);
    if (const auto* more = std::get_if<mqtt::NeedMore>(&result)) {
      wanted_bytes_ = rest.size() + more->minimum;
      break;
    }
    if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
      is_dead_ = true;
      sink.seen(Seen{.errors = {*error}});
      break;
    }
    const std::size_t size = std::get<mqtt::Whole>(result).size;
    assert(size > 0 && size <= rest.size());
    used += size;
    packets_end_ += size;
    // Made where it stays: packets are large.
    auto packet = std::make_shared<mqtt::Packet>(std::in_place_type<mqtt::Pingreq>);
    mqtt::to_packet(decoded.packet, *packet);
    sink.seen(
        Seen{.packet = std::move(packet), .wire = rest.first(size), .errors = std::move(decoded.notes)});
  }
  return used;
}

// Keeps what is read at the sender's edge for the receiver's.
class Flow::Sharing final : public PacketSink {
 public:
  Sharing(Flow& flow, PacketSink& sink) : flow_(flow), sink_(sink) {}
  mqtt::Version version() override { return sink_.version(); }
  void seen(Seen seen) override {
    if (seen.packet != nullptr && !flow_.reads_by_itself_) {
      flow_.under_way_.push_back(Shared{flow_.at_sender_.packets_end(), seen});
    }
    sink_.seen(std::move(seen));
  }

 private:
  Flow& flow_;
  PacketSink& sink_;
};

void Flow::sent(ByteView bytes, PacketSink& sink) {
  sent_bytes_ += bytes.size();
  Sharing sharing(*this, sink);
  at_sender_.read(sender_, bytes, sharing);
}

void Flow::arrived(ByteView bytes, PacketSink& sink) {
  if (sent_bytes_ == 0) reads_by_itself_ = true;
  if (reads_by_itself_) return at_receiver_.read(sender_, bytes, sink);

  arrived_bytes_ += bytes.size();
  assert(arrived_bytes_ <= sent_bytes_ && "more has arrived than was sent");
  give_whole_packets(sink);
  keep_rest(bytes);
  // How much of an unreadable packet has to arrive before it is seen to be one, only reading it can tell.
  if (at_sender_.is_dead() && arrived_bytes_ > at_sender_.packets_end()) {
    reads_by_itself_ = true;
    at_receiver_.read(sender_, store_.keep(arrived_rest_), sink);
    arrived_rest_ = {};
  }
}

void Flow::give_whole_packets(PacketSink& sink) {
  while (under_way_first_ < under_way_.size() && under_way_[under_way_first_].end <= arrived_bytes_) {
    Shared& shared = under_way_[under_way_first_++];
    arrived_packets_end_ = shared.end;
    sink.seen(std::move(shared.seen));
  }
  // Erasing half at a time keeps a long stream from growing without end and from moving at every packet.
  if (under_way_first_ * 2 >= under_way_.size()) {
    under_way_.erase(under_way_.begin(), under_way_.begin() + under_way_first_);
    under_way_first_ = 0;
  }
}

void Flow::keep_rest(ByteView bytes) {
  const std::uint64_t chunk_begin = arrived_bytes_ - bytes.size();
  if (arrived_packets_end_ <= chunk_begin) {
    arrived_rest_.insert(arrived_rest_.end(), bytes.begin(), bytes.end());
    return;
  }
  const ByteView rest = bytes.subspan(static_cast<std::size_t>(arrived_packets_end_ - chunk_begin));
  arrived_rest_.assign(rest.begin(), rest.end());
}

}  // namespace holdfast
