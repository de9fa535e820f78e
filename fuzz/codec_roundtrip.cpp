// Decode, encode, decode: the values are equal, and so are the bytes if the packet was written in its
// shortest form. Both forms of a packet, value and view, are held against each other.
//
// Input: a byte for options_of(), then one packet.
#include <algorithm>

#include "fuzz/fuzz_target.h"
#include "fuzz/packet_mutator.h"
#include "sim/mqtt/faults.h"
#include "sim/mqtt/view.h"

namespace holdfast::fuzz {
namespace {

using mqtt::DecodeError;
using mqtt::PacketType;

// What the decoder says about an error has to be something that it can find in this version and place.
void check_error(const DecodeError& error, std::size_t input_size) {
  require(!error.requirement.empty(), "an error names a requirement");
  require(!error.what.empty(), "an error says what is wrong");
  require(error.offset <= input_size, "an error is inside the packet");
}

bool is_padded(const mqtt::DecodedView& decoded) {
  return decoded.notes.size() >= 16 || std::ranges::any_of(decoded.notes, [](const DecodeError& note) {
           return note.what == rule_of(mqtt::Fault::length_not_minimal).what;
         });
}

// A reason code 0x00 and an empty Property Length at the end may be left out.
bool may_be_shorter(PacketType type) {
  using enum PacketType;
  return (type >= puback && type <= pubcomp) || type == disconnect || type == auth;
}

// CONNECT tells its own version.
mqtt::Version version_of(const mqtt::PacketView& packet, mqtt::Version version) {
  const auto* connect = std::get_if<mqtt::ConnectView>(&packet);
  return connect == nullptr ? version : static_cast<mqtt::Version>(connect->protocol_level);
}

void check_view(ByteView wire, const mqtt::DecodeOptions& options, const mqtt::DecodedView& decoded,
                mqtt::Version version) {
  static Bytes again;
  again.clear();
  encode(decoded.packet, version, again);
  // To decode and encode the same bytes once more would tell nothing new.
  if (std::ranges::equal(again, wire)) return;
  require(again.size() <= wire.size(), "the encoder's form is not longer than what was read");
  const bool may_differ = is_padded(decoded) || may_be_shorter(type_of(decoded.packet));
  require(may_differ, "a packet in its shortest form is written as it came");

  static mqtt::DecodedView second;
  const mqtt::ViewResult result = decode_view(again, options, second);
  require(result == mqtt::ViewResult(mqtt::Whole{again.size()}), "what was encoded can be decoded");
  static Bytes third;
  third.clear();
  encode(second.packet, version, third);
  require(third == again, "encoding what was encoded changes nothing");
}

void check_value(ByteView wire, const mqtt::DecodeOptions& options, const mqtt::DecodedView& decoded,
                 mqtt::Version version) {
  const mqtt::Packet value = to_packet(decoded.packet);
  require(type_of(value) == type_of(decoded.packet), "both forms have one type");
  static Bytes encoded;
  encoded.clear();
  encode(value, version, encoded);
  require(encoded.size() == encoded_size(value, version), "encoded_size tells the size");
  require(encoded.size() == mqtt::frame_size(encoded), "the Remaining Length tells the size");
  if (std::ranges::equal(encoded, wire)) return;
  require(encoded.size() <= wire.size(), "a value is not longer than what was read");
  static mqtt::DecodedView second;
  const mqtt::ViewResult result = decode_view(encoded, options, second);
  require(std::holds_alternative<mqtt::Whole>(result), "an encoded value can be decoded");
  require(to_packet(second.packet) == value, "decoding gives the value that was encoded");
}

}  // namespace

bool run_input(ByteView input) {
  if (input.empty()) return false;
  const mqtt::DecodeOptions options = options_of(input[0]);
  const ByteView bytes = input.subspan(1);
  static mqtt::DecodedView decoded;
  const mqtt::ViewResult result = decode_view(bytes, options, decoded);
  if (const auto* more = std::get_if<mqtt::NeedMore>(&result)) {
    require(more->minimum > 0, "at least one byte is missing");
    const std::size_t whole = mqtt::frame_size(bytes);
    require(whole == 0 || bytes.size() + more->minimum == whole, "what is missing is the rest of the packet");
    return true;
  }
  if (const auto* error = std::get_if<DecodeError>(&result)) {
    check_error(*error, bytes.size());
    return true;
  }
  const std::size_t size = std::get<mqtt::Whole>(result).size;
  require(size == mqtt::frame_size(bytes) && size <= bytes.size(), "a packet ends where its length says");
  require(size <= options.maximum_packet_size, "a packet keeps to the limit");
  for (const DecodeError& note : decoded.notes) {
    check_error(note, size);
    require(note.severity >= mqtt::Severity::should_not, "a note is no reason to refuse");
  }
  const mqtt::Version version = version_of(decoded.packet, options.version);
  check_view(bytes.first(size), options, decoded, version);
  check_value(bytes.first(size), options, decoded, version);
  return true;
}

std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed) {
  return mutate_packets(data, size, capacity, seed, {.several = false});
}

}  // namespace holdfast::fuzz
