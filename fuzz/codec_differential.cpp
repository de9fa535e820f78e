// The decoder against the second decoder, which was written from the standard in another style: the verdict,
// the reason code and the values agree.
//
// Input: a byte for options_of(), then bytes of which the first packet is judged.
#include <string>

#include "fuzz/fuzz_target.h"
#include "fuzz/packet_mutator.h"
#include "sim/mqtt/second/second_decoder.h"

namespace holdfast::fuzz {
namespace {

namespace second = mqtt::second;

std::string in_words(const mqtt::DecodeResult& result, mqtt::Version version) {
  if (const auto* decoded = std::get_if<mqtt::Decoded>(&result)) return to_text(decoded->packet, version);
  if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
    return "refused with " + std::to_string(static_cast<int>(error->reason)) + ": " +
           std::string(error->what);
  }
  return "unfinished";
}

std::string in_words(const second::Verdict& verdict, mqtt::Version version) {
  if (const auto* accepted = std::get_if<second::Accepted>(&verdict))
    return to_text(accepted->packet, version);
  if (const auto* refused = std::get_if<second::Refused>(&verdict)) {
    return "refused with " + std::to_string(refused->reason);
  }
  return "unfinished";
}

bool agree(const mqtt::DecodeResult& first, const second::Verdict& verdict) {
  if (const auto* decoded = std::get_if<mqtt::Decoded>(&first)) {
    const auto* accepted = std::get_if<second::Accepted>(&verdict);
    return accepted != nullptr && accepted->size == decoded->size && accepted->packet == decoded->packet;
  }
  if (const auto* error = std::get_if<mqtt::DecodeError>(&first)) {
    const auto* refused = std::get_if<second::Refused>(&verdict);
    return refused != nullptr && refused->reason == static_cast<std::uint8_t>(error->reason);
  }
  return std::holds_alternative<second::Unfinished>(verdict);
}

}  // namespace

bool run_input(ByteView input) {
  if (input.empty()) return false;
  const mqtt::DecodeOptions options = options_of(input[0] & 3);
  const ByteView bytes = input.subspan(1);
  const mqtt::DecodeResult first = mqtt::decode(bytes, options);
  const second::Verdict verdict = second::decode(bytes, options.version, options.sender);
  if (agree(first, verdict)) return true;
  broken("both decoders say the same", "the first:  " + in_words(first, options.version) +
                                           "\nthe second: " + in_words(verdict, options.version));
}

std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed) {
  return mutate_packets(data, size, capacity, seed, {.several = false});
}

}  // namespace holdfast::fuzz
