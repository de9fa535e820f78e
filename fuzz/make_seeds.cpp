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
#include "fuzz/small_numbers.h"
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

// Draws of every kind, for the targets that take nothing else.
void add_draws(std::vector<Seed>& seeds) {
  SmallNumbers numbers(5);
  for (const std::string target : {"broker_model", "fault_schedule"}) {
    for (int i = 0; i < 60; ++i) {
      Bytes bytes(24 + numbers.below(200));
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(numbers.below(256));
      seeds.push_back({target, std::move(bytes)});
    }
  }
}

// A broker that says CONNACK and then packets of each type.
void add_hostile_brokers(std::vector<Seed>& seeds) {
  std::uint64_t number = 1;
  for (const Version version : {Version::v5, Version::v3_1_1}) {
    for (int i = 0; i < 20; ++i) {
      mqtt::PacketGenerator generator(number++, version, Sender::server);
      Bytes bytes{settings_of(version, Sender::server), 0xC1, 0xD0};
      for (int piece = 0; piece < 6; ++piece) {
        const Bytes packet = mqtt::encode(generator.packet(), version);
        if (packet.size() > 63) continue;
        bytes.push_back(static_cast<std::uint8_t>(packet.size()));
        bytes.insert(bytes.end(), packet.begin(), packet.end());
      }
      seeds.push_back({"client_hostile_broker", std::move(bytes)});
    }
  }
}

void add_texts(std::vector<Seed>& seeds) {
  // Which reader, as in text_inputs.cpp.
  constexpr struct {
    std::uint8_t reader;
    std::string_view text;
  } inputs[] = {
      {0, "after server:PUBREC#1 reset"},
      {0, "byte 5 of server:PUBLISH#1 half-open"},
      {0, "a#2: at 1500ms stall server 3s"},
      {1, "a: before client:PUBACK#2 cut; at server+120 cut; a#1: refuse"},
      {2, "latency=20ms..40ms bandwidth=64kbit chunk=1..16"},
      {2, "down:latency=600ms up:latency=300ms"},
      {3, "7:mqtt5/4.4/pubrel-owed-after-cut | net latency=20ms | fault after server:PUBREC#1 reset"},
      {3, "7:mqtt3/4.4/a | defect session-present-always-0 | variant ack-slow | timeout-scale 2"},
      {4, "system = \"B 1\"\n[[expected]]\ncase = \"mqtt5/4.4/a\"\nverdict = \"fail\"\nreason = \"X\"\n"},
      {5, "{\"format\":\"holdfast-results\",\"cases\":[]}"},
      {7,
       "a connect keep will window=2; b subscribe 1 +; a fault after server:PUBACK#1 reset; a publish 2 x"},
      {6, "vector plain\nrequirements MQTT-1.5.4-1\nanswer packet\n  c0\n  00\n"}};
  for (const auto& input : inputs) {
    Bytes bytes{input.reader};
    bytes.insert(bytes.end(), input.text.begin(), input.text.end());
    seeds.push_back({"text_inputs", std::move(bytes)});
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

std::string text_dictionary() {
  std::string text;
  for (const std::string_view word :
       {"after ",      "before ",        "byte ",     " of ",         "at ",       "server:",    "client:",
        "PUBLISH#1",   "PUBREC#1",       "CONNACK#1", " cut",         " reset",    " half-open", " stall ",
        " blackhole ", " refuse",        "latency=",  "bandwidth=",   "chunk=",    "up:",        "down:",
        "ms",          "kbit",           "..",        " | ",          "net ",      "fault ",     "defect ",
        "variant ",    "timeout-scale ", "mqtt5/",    "[[expected]]", "cases = [", "verdict = ", "reason = ",
        "vector ",     "requirements ",  "answer ",   "error ",       "offset "}) {
    text.append("\"").append(word).append("\"\n");
  }
  return text;
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
  add_draws(seeds);
  add_hostile_brokers(seeds);
  add_texts(seeds);
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
       {"codec_roundtrip", "codec_chunks", "codec_differential", "codec_verdict", "client_hostile_broker"}) {
    good = write_text(target, packet_dictionary()) && good;
  }
  good = write_text("text_inputs", text_dictionary()) && good;
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
