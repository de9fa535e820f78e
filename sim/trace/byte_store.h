// Bytes that stay where they are: what a trace shows of the network is kept once and looked at from many
// places.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

class ByteStore {
 public:
  // A copy that lives as long as the store, moved stores included.
  std::span<std::uint8_t> keep(ByteView bytes) {
    if (free_.size() < bytes.size()) begin_block(bytes.size());
    const std::span<std::uint8_t> kept = free_.first(bytes.size());
    free_ = free_.subspan(bytes.size());
    std::ranges::copy(bytes, kept.begin());
    return kept;
  }

 private:
  static constexpr std::size_t block_bytes = 2048;

  void begin_block(std::size_t bytes_min) {
    const std::size_t size = std::max(bytes_min, block_bytes);
    blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(size));
    free_ = std::span(blocks_.back().get(), size);
  }

  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::span<std::uint8_t> free_;  // of the last block
};

}  // namespace holdfast
