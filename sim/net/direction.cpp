#include "sim/net/direction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace holdfast {

Direction::Direction(Loop& loop, ParcelReceiver& receiver, mqtt::Sender from, const DirectionWeather& weather,
                     std::uint64_t seed, const LinkName& link)
    : loop_(loop), receiver_(receiver), from_(from), weather_(weather), seed_(seed), link_(link) {}

void Direction::send_bytes(ByteView bytes) {
  if (state_ != State::open) return;
  while (!bytes.empty()) {
    const ByteView chunk = bytes.first(std::min(bytes.size(), draw_chunk_bytes()));
    push(Parcel::Kind::bytes, serialise(chunk.size()), chunk);
    queued_bytes_ += chunk.size();
    bytes = bytes.subspan(chunk.size());
  }
}

void Direction::send_signal(Parcel::Kind kind) {
  assert(kind != Parcel::Kind::bytes && kind != Parcel::Kind::reset);
  if (state_ != State::open) return;
  push(kind, std::max(loop_.now(), busy_until_), {});
  const bool is_fin = kind == Parcel::Kind::fin || kind == Parcel::Kind::answering_fin;
  if (is_fin) state_ = State::ended;
}

void Direction::send_reset(bool overtakes) {
  if (state_ == State::stopped) return;
  if (overtakes) drop_late();
  push(Parcel::Kind::reset, std::max(loop_.now(), busy_until_), {});
  state_ = State::stopped;
}

void Direction::reset_at_once() {
  if (state_ == State::stopped) return;
  drop_late();
  stalled_until_ = loop_.now();
  const Time now = loop_.now();
  queue_.push_back(Parcel{.kind = Parcel::Kind::reset, .due = now});
  last_due_ = now;
  state_ = State::stopped;
  schedule();
}

void Direction::stop() { state_ = State::stopped; }

void Direction::stall_for(Duration duration) {
  stalled_until_ = std::max(stalled_until_, later(loop_.now(), duration));
}

void Direction::clear() {
  queue_ = {};
  front_ = 0;
  queued_bytes_ = 0;
  state_ = State::stopped;
  loop_.withdraw(*this);
  loop_.disarm(*this);
}

void Direction::push(Parcel::Kind kind, Time departure, ByteView bytes) {
  assert(departure >= loop_.now());
  const Time due = std::max({later(departure, draw_latency()), stalled_until_, last_due_});  // order is kept
  last_due_ = due;
  queue_.push_back(Parcel{.kind = kind, .due = due, .bytes = bytes});
  schedule();
}

void Direction::drop_late() {
  while (queue_.size() > front_ && queue_.back().due > loop_.now()) {
    queued_bytes_ -= queue_.back().bytes.size();
    queue_.pop_back();
  }
  last_due_ = std::min(last_due_, loop_.now());
  busy_until_ = loop_.now();
  schedule();
}

void Direction::deliver_due() {
  // Only what is here now, so that two ends that answer each other from inside on_bytes take turns.
  for (std::size_t count = queue_.size() - front_; count > 0; --count) {
    if (front_ == queue_.size() || queue_[front_].due > loop_.now()) break;
    const Parcel parcel = queue_[front_];
    front_ += 1;
    if (front_ * 2 > queue_.size()) {
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(front_));
      front_ = 0;
    }
    queued_bytes_ -= parcel.bytes.size();
    receiver_.deliver(from_, parcel);
  }
  schedule();
}

void Direction::schedule() {
  if (front_ == queue_.size()) {
    loop_.withdraw(*this);
    loop_.disarm(*this);
    return;
  }
  const Time due = queue_[front_].due;
  if (due <= loop_.now()) {
    loop_.disarm(*this);
    loop_.post(*this);
  } else if (!TimerNode::is_armed() || deadline() != due) {
    loop_.withdraw(*this);
    loop_.arm(*this, due);
  }
}

Time Direction::serialise(std::size_t bytes) {
  const std::uint64_t bits_per_second = weather_.bandwidth_bits_per_second;
  const Time now = loop_.now();
  if (bits_per_second == 0) return now;
  if (busy_until_ < now) {
    busy_until_ = now;
    serialisation_rest_ = 0;
  }
  // Whole seconds first, so that nothing overflows; what is left of a nanosecond is carried on, so that the
  // speed does not depend on how the bytes are cut.
  constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
  constexpr std::size_t bytes_max = std::size_t{1} << 30;
  assert(bytes <= bytes_max);
  const std::uint64_t bits = std::uint64_t{bytes} * 8;
  const std::uint64_t numerator = bits % bits_per_second * nanoseconds_per_second + serialisation_rest_;
  busy_until_ += std::chrono::seconds(bits / bits_per_second);
  busy_until_ += Duration(numerator / bits_per_second);
  serialisation_rest_ = numerator % bits_per_second;
  return busy_until_;
}

Duration Direction::draw_latency() {
  if (weather_.latency_min == weather_.latency_max) return weather_.latency_min;
  const auto low = static_cast<std::uint64_t>(weather_.latency_min.count());
  const auto high = static_cast<std::uint64_t>(weather_.latency_max.count());
  return Duration(static_cast<std::int64_t>(draws().between(low, high)));
}

std::size_t Direction::draw_chunk_bytes() {
  if (weather_.chunk_bytes_max == 0) return SIZE_MAX;
  if (weather_.chunk_bytes_min == weather_.chunk_bytes_max) return weather_.chunk_bytes_min;
  return static_cast<std::size_t>(draws().between(weather_.chunk_bytes_min, weather_.chunk_bytes_max));
}

Draws& Direction::draws() {
  if (!draws_) {
    const std::string_view way = from_ == mqtt::Sender::client ? "up" : "down";
    draws_.emplace(seed_, fmt::format("link/{}#{}/{}", link_.client, link_.ordinal, way));
  }
  return *draws_;
}

}  // namespace holdfast
