#include "sim/time/draws.h"

#include <cassert>

namespace holdfast {

namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : text) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return hash;
}

std::uint64_t rotate_left(std::uint64_t value, unsigned count) {
  return value << count | value >> (64 - count);
}

std::uint64_t xoshiro256starstar(std::uint64_t (&state)[4]) {
  const std::uint64_t result = rotate_left(state[1] * 5, 7) * 9;
  const std::uint64_t shifted = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate_left(state[3], 45);
  return result;
}

}  // namespace

std::uint64_t split_seed(std::uint64_t seed, std::string_view name) {
  std::uint64_t state = splitmix64(seed) ^ fnv1a(name);
  return splitmix64(state);
}

std::uint64_t Draws::below(std::uint64_t bound) {
  assert(bound >= 1);
  if (bound == 1) return 0;
  const std::uint64_t value = next(bound);
  assert(value < bound);
  return value;
}

std::uint64_t Draws::between(std::uint64_t low, std::uint64_t high) {
  assert(low <= high);
  assert(high - low < UINT64_MAX);
  return low + below(high - low + 1);
}

bool Draws::chance(std::uint64_t numerator, std::uint64_t denominator) {
  assert(denominator >= 1);
  assert(numerator <= denominator);
  if (numerator == 0) return false;
  return below(denominator) >= denominator - numerator;
}

RandomDraws::RandomDraws(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

std::uint64_t RandomDraws::next(std::uint64_t bound) {
  std::uint64_t number = xoshiro256starstar(state_);
  // The lowest 2^64 % bound numbers are refused, so that a multiple of the bound is left. They are all below
  // the bound, so that the division for them is rarely needed.
  if (number < bound) {
    const std::uint64_t refused = (0 - bound) % bound;
    while (number < refused) number = xoshiro256starstar(state_);
  }
  return number % bound;
}

std::uint64_t RecordingDraws::next(std::uint64_t bound) {
  drawn_.push_back(source_.below(bound));
  return drawn_.back();
}

std::uint64_t ReplayDraws::next(std::uint64_t bound) {
  if (exhausted()) return 0;
  return list_[position_++] % bound;
}

std::uint64_t EnumeratedDraws::next(std::uint64_t bound) {
  if (position_ == values_.size()) {
    values_.push_back(0);
    bounds_.push_back(bound);
  }
  assert(bounds_[position_] == bound && "the scenario did not repeat itself");
  return values_[position_++];
}

bool EnumeratedDraws::advance() {
  assert(position_ == values_.size() && "the scenario did not repeat itself");
  position_ = 0;
  while (!values_.empty()) {
    if (++values_.back() < bounds_.back()) return true;
    values_.pop_back();
    bounds_.pop_back();
  }
  return false;
}

std::uint64_t ByteDraws::next(std::uint64_t bound) {
  std::uint64_t value = 0;
  for (std::uint64_t largest = bound - 1; largest != 0 && !bytes_.empty(); largest >>= 8) {
    value = value << 8 | bytes_.front();
    bytes_ = bytes_.subspan(1);
  }
  return value % bound;
}

}  // namespace holdfast
