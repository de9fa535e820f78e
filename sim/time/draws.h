// All chance in Holdfast: a run is a list of bounded integers, and this is where they come from.
//
// A Draws object is a named stream. Streams are split from one seed by name, so that a new consumer does not
// shift the numbers of the others. Five kinds of source stand behind the one interface: random, replayed,
// shrinking, enumerated and fuzzer bytes; whoever draws cannot tell them apart.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// splitmix64 over the seed and FNV-1a of the name: the same on every machine.
std::uint64_t split_seed(std::uint64_t seed, std::string_view name);

class Draws {
 public:
  virtual ~Draws() = default;

  // A number from 0 to bound - 1. `bound` is at least 1. Random sources are free of modulo bias.
  std::uint64_t below(std::uint64_t bound);
  // A number from low to high, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high);
  // True in `numerator` of `denominator` cases.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);

 protected:
  virtual std::uint64_t next(std::uint64_t bound) = 0;
};

// xoshiro256** seeded by split_seed.
class RandomDraws final : public Draws {
 public:
  explicit RandomDraws(std::uint64_t seed);
  RandomDraws(std::uint64_t seed, std::string_view stream) : RandomDraws(split_seed(seed, stream)) {}

 private:
  std::uint64_t next(std::uint64_t bound) override;
  std::uint64_t state_[4];
};

// Passes another source through and keeps the list of what was drawn, for replay and shrinking.
class RecordingDraws final : public Draws {
 public:
  explicit RecordingDraws(Draws& source) : source_(source) {}
  const std::vector<std::uint64_t>& drawn() const { return drawn_; }

 private:
  std::uint64_t next(std::uint64_t bound) override;
  Draws& source_;
  std::vector<std::uint64_t> drawn_;
};

// Gives back a list. A value beyond the bound counts modulo the bound; after the end every draw is 0, which
// by convention is the plainest choice, so that cutting a list short shrinks a run.
class ReplayDraws final : public Draws {
 public:
  explicit ReplayDraws(std::vector<std::uint64_t> list) : list_(std::move(list)) {}
  bool exhausted() const { return position_ >= list_.size(); }

 private:
  std::uint64_t next(std::uint64_t bound) override;
  std::vector<std::uint64_t> list_;
  std::size_t position_ = 0;
};

// Enumerates every list of draws, as an odometer: run the scenario, then call advance(); false when all have
// been seen. The scenario decides how many draws there are and how large each bound is.
class EnumeratedDraws final : public Draws {
 public:
  bool advance();
  const std::vector<std::uint64_t>& current() const { return values_; }

 private:
  std::uint64_t next(std::uint64_t bound) override;
  std::vector<std::uint64_t> values_;
  std::vector<std::uint64_t> bounds_;
  std::size_t position_ = 0;
};

// Takes each draw from as few bytes as its bound needs; 0 after the end. The bytes outlive the object.
class ByteDraws final : public Draws {
 public:
  explicit ByteDraws(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool exhausted() const { return bytes_.empty(); }

 private:
  std::uint64_t next(std::uint64_t bound) override;
  std::span<const std::uint8_t> bytes_;
};

}  // namespace holdfast
