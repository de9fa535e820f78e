// What every fuzz target is made of. A target is one file that defines `holdfast::fuzz::run_input` and, if it
// knows better than to flip bits, `mutate_input`; engine.cpp gives them the names that fuzzing engines call.
//
// An oracle that finds something calls broken() and the process ends, which is how an engine learns of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/mqtt/codec.h"

namespace holdfast::fuzz {

// Runs one input. False: it was no input for this target, and is not worth keeping.
bool run_input(ByteView input);

// Changes data[0..size) in place within `capacity` bytes and returns the new size, at least 1. A pure
// function of its arguments, so that a run of the engine with one seed repeats itself.
std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed);

// The engine's own mutation: libFuzzer's where it is linked, else one changed, inserted or removed byte.
std::size_t mutate_blindly(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed);

// Says which promise does not hold and aborts.
[[noreturn]] void broken(std::string_view promise, std::string_view details = {});

inline void require(bool held, std::string_view promise) {
  if (!held) [[unlikely]]
    broken(promise);
}

// Version and sender of the first byte of an input, and the rest of the input.
mqtt::DecodeOptions options_of(std::uint8_t settings);
std::uint8_t settings_of(mqtt::Version version, mqtt::Sender sender);

}  // namespace holdfast::fuzz
