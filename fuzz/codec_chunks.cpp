// The same bytes in any split give the same packets, the same error and the same offset, and NeedMore never
// asks for more than the packet needs.
//
// Input: a byte for options_of(), a byte n below 8, eight piece sizes of which the first n + 1 are used in
// turn (0: the whole rest; after 32 pieces the whole rest too), then the stream.
#include <algorithm>

#include "fuzz/fuzz_target.h"
#include "fuzz/packet_mutator.h"
#include "sim/mqtt/view.h"

namespace holdfast::fuzz {
namespace {

constexpr std::size_t sizes_at = 2;
constexpr std::size_t sizes_count = 8;
constexpr std::size_t prefix = sizes_at + sizes_count;
constexpr std::size_t pieces_max = 32;

// What became of a stream. Packets are compared by the bytes that they are encoded to.
struct Outcome {
  Bytes packets;
  std::vector<mqtt::DecodeError> notes;
  std::size_t packets_size = 0;  // bytes of the stream that they took
  bool failed = false;
  mqtt::DecodeError error;

  void add(const mqtt::DecodedView& decoded, std::size_t size, mqtt::Version version) {
    encode(decoded.packet, version, packets);
    notes.insert(notes.end(), decoded.notes.begin(), decoded.notes.end());
    packets_size += size;
  }
  void clear() {
    packets.clear();
    notes.clear();
    packets_size = 0;
    failed = false;
    error = {};
  }
};

// Without a StreamDecoder: packet behind packet from one buffer.
void read_whole(ByteView stream, const mqtt::DecodeOptions& options, Outcome& outcome) {
  static mqtt::DecodedView decoded;
  for (;;) {
    const mqtt::ViewResult result = decode_view(stream, options, decoded);
    if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
      outcome.failed = true;
      outcome.error = *error;
      return;
    }
    const auto* whole = std::get_if<mqtt::Whole>(&result);
    if (whole == nullptr) return;
    outcome.add(decoded, whole->size, options.version);
    stream = stream.subspan(whole->size);
  }
}

// Takes what there is. Returns how many bytes more the decoder wants before it can say anything; 0 after an
// error.
std::size_t take(mqtt::StreamDecoder& decoder, Outcome& outcome) {
  static mqtt::DecodedView decoded;
  for (;;) {
    const mqtt::ViewResult result = decoder.next_view(decoded);
    if (const auto* whole = std::get_if<mqtt::Whole>(&result)) {
      outcome.add(decoded, whole->size, decoder.options().version);
      continue;
    }
    if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
      outcome.failed = true;
      outcome.error = *error;
      return 0;
    }
    const std::size_t minimum = std::get<mqtt::NeedMore>(result).minimum;
    require(minimum > 0, "NeedMore asks for a byte at least");
    const std::size_t whole = mqtt::frame_size(decoder.buffered_bytes());
    require(whole == 0 || decoder.buffered() + minimum == whole, "NeedMore asks for the rest of the packet");
    return minimum;
  }
}

void read_in_pieces(ByteView stream, const mqtt::DecodeOptions& options, ByteView sizes, Outcome& outcome) {
  mqtt::StreamDecoder decoder(options);
  std::size_t turn = 0;
  std::size_t wanted = 1;
  while (!stream.empty() && !outcome.failed) {
    std::size_t size = sizes[turn++ % sizes.size()];
    if (size == 0 || size > stream.size() || turn > pieces_max) size = stream.size();
    decoder.feed(stream.first(size));
    stream = stream.subspan(size);
    const std::size_t before = outcome.packets_size;
    const std::size_t wanted_now = take(decoder, outcome);
    require(size >= wanted || outcome.failed || outcome.packets_size == before,
            "no packet comes before the bytes that NeedMore asked for");
    wanted = wanted_now;
  }
  if (!outcome.failed) return;
  const mqtt::DecodeResult again = decoder.next();
  require(again == mqtt::DecodeResult(outcome.error), "an error stays");
}

}  // namespace

bool run_input(ByteView input) {
  if (input.size() < prefix) return false;
  const mqtt::DecodeOptions options = options_of(input[0]);
  const ByteView sizes = input.subspan(sizes_at, 1 + input[1] % sizes_count);
  const ByteView stream = input.subspan(prefix);
  static Outcome whole;
  static Outcome pieces;
  whole.clear();
  read_whole(stream, options, whole);
  pieces.clear();
  read_in_pieces(stream, options, sizes, pieces);
  require(pieces.packets == whole.packets, "any split gives the same packets");
  require(pieces.notes == whole.notes, "any split gives the same notes");
  require(pieces.failed == whole.failed && pieces.error == whole.error, "any split gives the same error");
  require(pieces.packets_size == whole.packets_size, "any split gives as many bytes of packets");
  return true;
}

std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed) {
  return mutate_packets(data, size, capacity, seed, {.prefix = prefix});
}

}  // namespace holdfast::fuzz
