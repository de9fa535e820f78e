// Goal: the vectors of fixtures/packets are what the generator makes, both decoders answer them as they say,
// and every requirement that the decoder can judge has a packet that keeps it and one that breaks it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "sim/mqtt/second/second_decoder.h"
#include "sim/mqtt/vectors/packet_vector.h"
#include "sim/mqtt/vectors/vector_folder.h"

// Behind the headers in which its names are local.
#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {
namespace {

const std::filesystem::path packets_folder = std::filesystem::path(HOLDFAST_SOURCE_DIR) / "fixtures/packets";

std::string file_content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<PacketVector>& vectors() {
  static const std::vector<PacketVector> all = all_vectors();
  return all;
}

std::string title(const PacketVector& vector) {
  return file_name(vector) + " " + vector.name + " " + to_hex(vector.draft.bytes()).substr(0, 200);
}

TEST(Vectors, TheFilesAreWhatTheGeneratorMakes) {
  const std::map<std::string, std::string> made = vector_files();
  for (const auto& [name, text] : made) {
    EXPECT_TRUE(file_content(packets_folder / name) == text) << name << ": ./dev vectors writes it anew";
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(packets_folder)) {
    if (entry.path().extension() != ".txt") continue;
    EXPECT_TRUE(made.contains(std::filesystem::relative(entry.path(), packets_folder).string()))
        << entry.path();
  }
}

TEST(Vectors, TheFilesAreReadAsTheyWereMade) {
  std::map<std::string, std::vector<const PacketVector*>> by_file;
  for (const PacketVector& vector : vectors()) by_file[file_name(vector)].push_back(&vector);
  for (const auto& [name, made] : by_file) {
    std::size_t wrong_line = 0;
    const auto read = read_file_text(file_text(made), wrong_line);
    ASSERT_TRUE(read) << name << ":" << wrong_line;
    ASSERT_EQ(read->size(), made.size()) << name;
    std::set<std::string> names;
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ((*read)[i].name, made[i]->name);
      EXPECT_EQ((*read)[i].bytes, made[i]->draft.bytes()) << title(*made[i]);
      EXPECT_EQ((*read)[i].requirements, made[i]->requirements);
      EXPECT_EQ((*read)[i].answer, answer_text(made[i]->finding, made[i]->is_note));
      EXPECT_TRUE(names.insert(made[i]->name).second) << "twice: " << title(*made[i]);
    }
  }
}

TEST(Vectors, TheDecoderAnswersAsTheyTell) {
  for (const PacketVector& vector : vectors()) {
    const Bytes bytes = vector.draft.bytes();
    const DecodeResult result = decode(bytes, {.version = vector.version, .sender = vector.sender});
    if (const auto* error = std::get_if<DecodeError>(&result)) {
      ASSERT_EQ(answer_text(*error, false), answer_text(vector.finding, vector.is_note))
          << title(vector) << "\n"
          << error->what;
      continue;
    }
    const auto* decoded = std::get_if<Decoded>(&result);
    ASSERT_NE(decoded, nullptr) << "needs more: " << title(vector);
    ASSERT_TRUE(vector.is_note || !vector.finding) << title(vector) << " is accepted";
    ASSERT_EQ(decoded->size, bytes.size()) << title(vector);
    ASSERT_EQ(decoded->notes.size(), vector.is_note ? 1u : 0u) << title(vector);
    if (vector.is_note) {
      ASSERT_EQ(decoded->notes[0], *vector.finding) << title(vector);
    }
  }
}

TEST(Vectors, TheSecondDecoderAnswersAlike) {
  for (const PacketVector& vector : vectors()) {
    const Bytes bytes = vector.draft.bytes();
    const second::Verdict verdict = second::decode(bytes, vector.version, vector.sender);
    if (vector.finding && !vector.is_note) {
      ASSERT_EQ(verdict, second::Verdict(second::Refused{static_cast<std::uint8_t>(vector.finding->reason)}))
          << title(vector);
      continue;
    }
    const auto* accepted = std::get_if<second::Accepted>(&verdict);
    ASSERT_NE(accepted, nullptr) << title(vector);
    const DecodeResult result = decode(bytes, {.version = vector.version, .sender = vector.sender});
    ASSERT_EQ(accepted->packet, std::get<Decoded>(result).packet) << title(vector);
  }
}

// What the decoder judges without knowing a limit: every requirement that a fault names.
std::set<std::string> judged_requirements(Version version) {
  const std::set<Fault> of_limits{Fault::client_packet_too_large, Fault::server_packet_too_large};
  std::set<std::string> judged;
  for (const FaultRule& rule : fault_table::rows) {
    const std::string_view id = version == Version::v5 ? rule.requirement_v5 : rule.requirement_v311;
    if (!id.empty() && !of_limits.contains(rule.fault)) judged.emplace(id);
  }
  return judged;
}

TEST(Vectors, EveryRequirementThatTheDecoderJudgesIsKeptAndBroken) {
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    std::set<std::string> kept;
    std::set<std::string> broken;
    for (const PacketVector& vector : vectors()) {
      if (vector.version != version) continue;
      std::set<std::string>& into = vector.kind == VectorKind::accept ? kept : broken;
      into.insert(vector.requirements.begin(), vector.requirements.end());
    }
    const std::set<std::string> judged = judged_requirements(version);
    for (const std::string& requirement : judged) {
      EXPECT_TRUE(kept.contains(requirement)) << requirement;
      EXPECT_TRUE(broken.contains(requirement)) << requirement;
    }
    std::printf("%s: %zu requirements of the decoder's faults; %zu kept and %zu broken by vectors\n",
                version == Version::v5 ? "5.0" : "3.1.1", judged.size(), kept.size(), broken.size());
  }
}

TEST(Vectors, EveryRequirementStandsInItsTable) {
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    const std::string name = version == Version::v5 ? "mqtt-5.0.json" : "mqtt-3.1.1.json";
    const auto table = nlohmann::json::parse(
        file_content(std::filesystem::path(HOLDFAST_SOURCE_DIR) / "fixtures/spec" / name));
    std::set<std::string> known;
    for (const auto& row : table["requirements"]) known.insert(row["id"].get<std::string>());
    std::set<std::string> unknown;
    for (const PacketVector& vector : vectors()) {
      if (vector.version != version) continue;
      for (const std::string& requirement : vector.requirements) {
        if (!known.contains(requirement)) unknown.insert(requirement);
      }
    }
    EXPECT_TRUE(unknown.empty()) << name << " has no " << *unknown.begin();
  }
}

TEST(Vectors, ThereAreEnoughOfThem) {
  std::map<VectorKind, int> count;
  for (const PacketVector& vector : vectors()) ++count[vector.kind];
  std::printf("%zu vectors: %d y, %d n, %d i\n", vectors().size(), count[VectorKind::accept],
              count[VectorKind::reject], count[VectorKind::open]);
  EXPECT_GE(vectors().size(), 2'000u);
}

}  // namespace
}  // namespace holdfast::mqtt
