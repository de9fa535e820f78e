// A packet with the answer that a strict decoder gives, and the text files that hold such vectors. The form
// of the files is told in fixtures/packets/README.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/faults.h"
#include "sim/mqtt/vectors/draft.h"

namespace holdfast::mqtt {

// The first letter of a file's name.
enum class VectorKind : char { accept = 'y', reject = 'n', open = 'i' };

struct PacketVector {
  Version version = Version::v5;
  Sender sender = Sender::client;
  PacketType type = PacketType::reserved;  // as its first byte says
  VectorKind kind = VectorKind::accept;
  std::string name{};  // unique in its file
  Draft draft{};
  // What the decoder finds: none, or the error, or (is_note) the note beside the packet.
  std::optional<DecodeError> finding{};
  bool is_note = false;
  // Requirements that an accepted packet keeps, or that a rejected one breaks.
  std::set<std::string> requirements{};
};

// A vector read from a file: the bytes without their fields.
struct ReadVector {
  std::string name{};
  Bytes bytes{};
  std::set<std::string> requirements{};
  std::string answer{};  // "accept", "error MQTT-3.3.1-4 offset 0 reason 0x81 malformed", "note ..."
};

// "accept", or "error" or "note" with what was found.
std::string answer_text(const std::optional<DecodeError>& finding, bool is_note);

// "5/client/n_publish.txt"
std::string file_name(const PacketVector& vector);

// The whole file. REQUIRES: vectors of one file.
std::string file_text(const std::vector<const PacketVector*>& vectors);

// The vectors of a file; nullopt if it is not of that form, and then `wrong_line` is the number of the first
// line that is not.
std::optional<std::vector<ReadVector>> read_file_text(std::string_view text, std::size_t& wrong_line);

// Every vector, in a fixed order: a pure function.
std::vector<PacketVector> all_vectors();

}  // namespace holdfast::mqtt
