// The functions that fuzzing engines call. No engine is named: libFuzzer, AFL++, Honggfuzz and the replay
// program all find the same three.
#include <cstdio>
#include <cstdlib>

#include "fuzz/fuzz_target.h"

namespace holdfast::fuzz {

void broken(std::string_view promise, std::string_view details) {
  std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(details.size()), details.data());
  std::abort();
}

}  // namespace holdfast::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return holdfast::fuzz::run_input(holdfast::ByteView(data, size)) ? 0 : -1;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t capacity,
                                               unsigned int seed) {
  return holdfast::fuzz::mutate_input(data, size, capacity, seed);
}
