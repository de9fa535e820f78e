#include <cstring>

#include "fuzz/fuzz_target.h"
#include "fuzz/small_numbers.h"

// Only libFuzzer has it.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t capacity);

namespace holdfast::fuzz {

std::size_t mutate_blindly(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed) {
  if (LLVMFuzzerMutate != nullptr) return LLVMFuzzerMutate(data, size, capacity);
  SmallNumbers numbers(seed);
  const std::size_t at = size == 0 ? 0 : numbers.below(size);
  if ((size == 0 || numbers.one_in(3)) && size < capacity) {
    std::memmove(data + at + 1, data + at, size - at);
    data[at] = static_cast<std::uint8_t>(numbers.below(256));
    return size + 1;
  }
  if (size > 1 && numbers.one_in(3)) {
    std::memmove(data + at, data + at + 1, size - at - 1);
    return size - 1;
  }
  data[at] = static_cast<std::uint8_t>(numbers.below(256));
  return size;
}

// Of a target that knows no better: weak, so that a target's own takes its place.
__attribute__((weak)) std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity,
                                               std::uint64_t seed) {
  return mutate_blindly(data, size, capacity, seed);
}

}  // namespace holdfast::fuzz
