// Writes the seed corpus and the dictionary of every target:
//
//   make_seeds FOLDER      FOLDER/TARGET/NUMBER, FOLDER/TARGET.dict
//
// Nothing here is drawn at random: the same build writes the same files. Exit: 0, or 2 with one line.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/fuzz_target.h"
#include "fuzz/rule_breaker.h"
#include "sim/mqtt/packet_generator.h"

namespace holdfast::fuzz {
namespace {

namespace fs = std::filesystem;
using mqtt::PacketType;
using mqtt::Sender;
using mqtt::Version;

constexpr std::size_t largest_seed = 400;

struct Seed {
  std::string target;
  Bytes bytes;
};

Bytes joined(std::initializer_list<std::uint8_t> front, ByteView rear) {
  Bytes bytes(front);
  bytes.insert(bytes.end(), rear.begin(), rear.end());
  return bytes;
}

// Two packets of each type from each side, for every target that reads packets.
void add_packets(std::vector<Seed>& seeds) {
  std::uint64_t number = 1;
  for (const Version version : {Version::v5, Version::v3_1_1}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      const std::uint8_t settings = settings_of(version, sender);
      Bytes stream;
      for (const mqtt::PacketRule& rule : mqtt::rule_table::packets) {
        if (!may_send(rule, sender, version)) continue;
        for (int i = 0; i < 3; ++i) {
          mqtt::PacketGenerator generator(number++, version, sender);
          const Bytes packet = mqtt::encode(generator.packet(rule.type), version);
          if (packet.size() > largest_seed) continue;
          seeds.push_back({"codec_roundtrip", joined({settings}, packet)});
          seeds.push_back({"codec_differential", joined({settings}, packet)});
          stream.insert(stream.end(), packet.begin(), packet.end());
        }
      }
      seeds.push_back({"codec_chunks", joined({settings, 0, 1, 0, 0, 0, 0, 0, 0, 0}, stream)});
      seeds.push_back({"codec_chunks", joined({settings, 7, 1, 2, 3, 5, 8, 13, 21, 34}, stream)});
    }
  }
}

// Adds for codec_verdict an input for each rule that breaks it in this packet and is not in `broken` yet.
void break_rules_of(ByteView packet, Version version, Sender sender,
                    std::set<std::pair<Version, mqtt::Fault>>& broken, std::vector<Seed>& seeds) {
  const std::uint8_t settings = settings_of(version, sender);
  const mqtt::DecodeOptions options = options_of(settings);
  static PacketFields fields;
  if (!take_apart_valid(packet, options, fields)) return;
  const auto possible = faults_possible(fields.type(), options);
  for (std::size_t i = 0; i < possible.size(); ++i) {
    const Bytes draw_bytes{1, 2, 3, 4};
    ByteDraws draws(draw_bytes);
    static BrokenPacket one;
    if (broken.contains({version, possible[i]})) continue;
    if (!take_apart_valid(packet, options, fields) || !break_rule(possible[i], fields, options, draws, one))
      continue;
    broken.insert({version, possible[i]});
    seeds.push_back({"codec_verdict", joined({settings, static_cast<std::uint8_t>(i), 1, 2, 3, 4}, packet)});
  }
}

// Packets of each type from each side until each rule that can be broken has been.
void add_broken_rules(std::vector<Seed>& seeds) {
  constexpr int packets_of_a_type = 200;
  std::set<std::pair<Version, mqtt::Fault>> broken;
  std::uint64_t number = 1;
  for (const Version version : {Version::v5, Version::v3_1_1}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      for (const mqtt::PacketRule& rule : mqtt::rule_table::packets) {
        if (!may_send(rule, sender, version)) continue;
        for (int i = 0; i < packets_of_a_type; ++i) {
          mqtt::PacketGenerator generator(number++, version, sender);
          const Bytes packet = mqtt::encode(generator.packet(rule.type), version);
          if (packet.size() <= largest_seed) break_rules_of(packet, version, sender, broken, seeds);
        }
      }
    }
  }
}

// --- dictionaries ---

std::string quoted(ByteView bytes) {
  std::string text = "\"";
  for (const std::uint8_t byte : bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    text += "\\x";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text + "\"\n";
}

// Each property with a small value, each reason code, and the names of the protocol: from the rule table.
std::string packet_dictionary() {
  std::string text;
  for (const mqtt::PropertyRule& rule : mqtt::rule_table::properties) {
    text += "# " + std::string(rule.name) + "\n";
    Bytes bytes{static_cast<std::uint8_t>(rule.id)};
    const auto size = std::array<std::size_t, 8>{0, 1, 2, 4, 1, 2, 2, 4}[static_cast<std::size_t>(rule.type)];
    bytes.resize(1 + size);
    text += quoted(bytes);
    if (rule.type < mqtt::PropertyType::text) bytes.back() = 1;
    text += quoted(bytes);
  }
  for (const mqtt::ReasonRule& rule : mqtt::rule_table::reasons) {
    text += "# " + std::string(rule.name) + "\n" + quoted(Bytes{static_cast<std::uint8_t>(rule.code)});
  }
  for (const mqtt::PacketRule& rule : mqtt::rule_table::packets) {
    text += "# " + std::string(rule.name) + "\n";
    text += quoted(Bytes{static_cast<std::uint8_t>(static_cast<unsigned>(rule.type) << 4 | rule.flags)});
  }
  return text + "\"\\x00\\x04MQTT\"\n\"$share/\"\n\"\\x00\\x01+\"\n\"\\x00\\x01#\"\n";
}

bool write(const fs::path& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file.good();
}

bool write_all(const fs::path& folder) {
  std::vector<Seed> seeds;
  add_packets(seeds);
  add_broken_rules(seeds);
  std::map<std::string, int> counts;
  for (const Seed& seed : seeds) {
    fs::create_directories(folder / seed.target);
    if (!write(folder / seed.target / std::to_string(counts[seed.target]++), seed.bytes)) return false;
  }
  const auto write_text = [&](std::string_view target, const std::string& text) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    return write(folder / (std::string(target) + ".dict"), ByteView(bytes, text.size()));
  };
  bool good = true;
  for (const std::string_view target :
       {"codec_roundtrip", "codec_chunks", "codec_differential", "codec_verdict"}) {
    good = write_text(target, packet_dictionary()) && good;
  }
  return good;
}

}  // namespace
}  // namespace holdfast::fuzz

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("usage: make_seeds FOLDER\n", stderr);
    return 2;
  }
  std::error_code error;
  std::filesystem::remove_all(words[1], error);
  if (holdfast::fuzz::write_all(words[1])) return 0;
  std::fprintf(stderr, "make_seeds: cannot write into %s\n", words[1]);
  return 2;
}
