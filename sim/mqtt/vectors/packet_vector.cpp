#include "sim/mqtt/vectors/packet_vector.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::mqtt {

namespace {

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::malformed:
      return "malformed";
    case Severity::protocol_error:
      return "protocol-error";
    case Severity::should_not:
      return "should-not";
    case Severity::policy:
      return "policy";
  }
  return "policy";
}

std::string_view version_word(Version version) { return version == Version::v5 ? "5.0" : "3.1.1"; }
std::string_view sender_word(Sender sender) { return sender == Sender::client ? "client" : "server"; }

std::string_view kind_sentence(VectorKind kind) {
  if (kind == VectorKind::accept) return "to be accepted";
  if (kind == VectorKind::reject) return "to be rejected";
  return "that a receiver may accept or reject";
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& letter : made) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  return made;
}

// "00 04 4d": long runs of one byte as "61*300".
std::string byte_words(const Bytes& bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t end = at;
    while (end < bytes.size() && bytes[end] == bytes[at]) ++end;
    if (!text.empty()) text += ' ';
    if (end - at > 16) {
      text += fmt::format("{:02x}*{}", bytes[at], end - at);
      at = end;
    } else {
      text += fmt::format("{:02x}", bytes[at++]);
    }
  }
  return text;
}

int hex_value(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return -1;
}

// "0f" or "0f*20".
bool read_byte_word(std::string_view word, Bytes& bytes) {
  if (word.size() < 2 || hex_value(word[0]) < 0 || hex_value(word[1]) < 0) return false;
  std::size_t times = 1;
  if (word.size() > 2) {
    if (word[2] != '*' || word.size() == 3 || word.size() > 8) return false;
    times = 0;
    for (const char letter : word.substr(3)) {
      if (letter < '0' || letter > '9') return false;
      times = times * 10 + static_cast<std::size_t>(letter - '0');
    }
  }
  bytes.insert(bytes.end(), times, static_cast<std::uint8_t>(hex_value(word[0]) * 16 + hex_value(word[1])));
  return true;
}

bool read_byte_line(std::string_view line, Bytes& bytes) {
  line = line.substr(0, line.find('#'));
  while (!line.empty()) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    if (blank > 0 && !read_byte_word(line.substr(0, blank), bytes)) return false;
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  return true;
}

void read_words(std::string_view line, std::set<std::string>& words) {
  while (!line.empty()) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    if (blank > 0) words.emplace(line.substr(0, blank));
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
}

bool read_vector_line(std::string_view line, std::vector<ReadVector>& vectors) {
  constexpr std::string_view vector = "vector ";
  constexpr std::string_view requirements = "requirements";
  constexpr std::string_view answer = "answer ";
  if (line.empty() || line[0] == '#') return true;
  if (line.starts_with(vector)) {
    vectors.push_back({.name = std::string(line.substr(vector.size()))});
    return true;
  }
  if (vectors.empty()) return false;
  if (line.starts_with(requirements)) {
    read_words(line.substr(requirements.size()), vectors.back().requirements);
    return true;
  }
  if (line.starts_with(answer)) {
    vectors.back().answer = line.substr(answer.size());
    return true;
  }
  return line.starts_with("  ") && read_byte_line(line, vectors.back().bytes);
}

}  // namespace

std::string answer_text(const std::optional<DecodeError>& finding, bool is_note) {
  if (!finding) return "accept";
  return fmt::format("{} {} offset {} reason 0x{:02X} {}", is_note ? "note" : "error", finding->requirement,
                     finding->offset, static_cast<unsigned>(finding->reason),
                     severity_word(finding->severity));
}

std::string file_name(const PacketVector& vector) {
  return fmt::format("{}/{}/{}_{}.txt", vector.version == Version::v5 ? "5" : "3.1.1",
                     sender_word(vector.sender), static_cast<char>(vector.kind), lower(name_of(vector.type)));
}

std::string file_text(const std::vector<const PacketVector*>& vectors) {
  const PacketVector& first = *vectors.front();
  std::string text = fmt::format("# MQTT {}, {} from a {}: packets {}.\n", version_word(first.version),
                                 name_of(first.type), sender_word(first.sender), kind_sentence(first.kind));
  for (const PacketVector* vector : vectors) {
    text += fmt::format("\nvector {}\n", vector->name);
    text += "requirements";
    for (const std::string& requirement : vector->requirements) text += " " + requirement;
    text += "\nanswer " + answer_text(vector->finding, vector->is_note) + "\n";
    for (const Field& field : vector->draft.written()) {
      if (field.bytes.empty()) continue;
      text += fmt::format("  {:<30}  # {}\n", byte_words(field.bytes), field.comment);
    }
  }
  return text;
}

std::optional<std::vector<ReadVector>> read_file_text(std::string_view text, std::size_t& wrong_line) {
  std::vector<ReadVector> vectors;
  for (wrong_line = 1; !text.empty(); ++wrong_line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!read_vector_line(text.substr(0, end), vectors)) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return vectors;
}

}  // namespace holdfast::mqtt
