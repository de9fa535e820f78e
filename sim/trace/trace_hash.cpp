// The serialisation that is hashed is described in trace/README.md. It uses neither sizes nor byte orders of
// the machine, and nothing that the decoder adds to the bytes.
#include <array>

#include "sim/trace/trace.h"

namespace holdfast {

namespace {

class Fnv1a {
 public:
  void byte(std::uint8_t value) { state_ = (state_ ^ value) * prime; }

  // Most bytes of most numbers are the zeros at their end, which are taken in one step.
  void number(std::uint64_t value, int bytes) {
    for (; value != 0 && bytes > 0; value >>= 8, --bytes) byte(static_cast<std::uint8_t>(value));
    state_ *= powers[static_cast<std::size_t>(bytes)];
  }

  template <typename Range>
  void sized(const Range& range) {
    number(range.size(), 4);
    for (const auto element : range) byte(static_cast<std::uint8_t>(element));
  }

  std::uint64_t value() const { return state_; }

 private:
  static constexpr std::uint64_t prime = 0x100000001B3ULL;
  static constexpr std::array<std::uint64_t, 9> powers = [] {
    std::array<std::uint64_t, 9> made{1};
    for (std::size_t i = 1; i < made.size(); ++i) made[i] = made[i - 1] * prime;
    return made;
  }();

  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

}  // namespace

std::uint64_t Trace::hash() const {
  Fnv1a hash;
  for (const Event& event : events_) {
    hash.byte(static_cast<std::uint8_t>(event.kind));
    hash.byte(static_cast<std::uint8_t>(event.edge));
    hash.byte(static_cast<std::uint8_t>(event.sender));
    hash.number(event.connection, 4);
    hash.number(static_cast<std::uint64_t>(event.at.time_since_epoch().count()), 8);
    hash.number(event.number, 8);
    hash.sized(event.text);
    if (event.kind == EventKind::chunk) hash.sized(event.bytes);
  }
  return hash.value();
}

}  // namespace holdfast
