// Exactly one rule of a valid packet is broken, and the decoder has to name that rule, at its byte, with its
// reason code and severity.
//
// Input: a byte for options_of(), a byte that chooses the rule, four bytes of draws that choose how it is
// broken, then a valid packet. When the process ends it prints how many rules were broken: x of y, a rule
// being a row of the fault table in one of the versions that have it.
#include <algorithm>
#include <bitset>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fuzz/fuzz_target.h"
#include "fuzz/packet_mutator.h"
#include "fuzz/rule_breaker.h"
#include "sim/mqtt/view.h"

namespace holdfast::fuzz {
namespace {

using mqtt::Fault;
using mqtt::Severity;
using mqtt::Version;

constexpr std::size_t draws_at = 2;
constexpr std::size_t packet_at = 6;
constexpr std::size_t faults_count = mqtt::fault_table::rows.size();

class Coverage {
 public:
  void note(Fault fault, Version version) { seen_[index(fault, version)] = true; }

  void print() const {
    std::size_t all = 0;
    for (const Version version : {Version::v5, Version::v3_1_1}) {
      for (const mqtt::FaultRule& rule : mqtt::fault_table::rows) {
        const bool v5 = version == Version::v5;
        if ((v5 ? rule.requirement_v5 : rule.requirement_v311).empty()) continue;
        ++all;
        if (seen_[index(rule.fault, version)]) continue;
        std::fprintf(stderr, "not broken in %s: %.*s\n", v5 ? "5.0" : "3.1.1",
                     static_cast<int>(rule.what.size()), rule.what.data());
      }
    }
    std::fprintf(stderr, "rules broken and named: %zu of %zu%s\n", seen_.count(), all,
                 seen_.count() == all ? ", which is every rule" : "");
  }

 private:
  static std::size_t index(Fault fault, Version version) {
    return static_cast<std::size_t>(fault) + (version == Version::v5 ? 0 : faults_count);
  }
  std::bitset<2 * faults_count> seen_;
};

Coverage& coverage() {
  static Coverage covered;
  static const bool prints = std::atexit([] { covered.print(); }) == 0;
  require(prints, "the coverage is printed at the end");
  return covered;
}

std::string describe(const mqtt::DecodeError& error) {
  return std::string(error.what) + " " + std::string(error.requirement) + " at " +
         std::to_string(error.offset) + " reason " + std::to_string(static_cast<int>(error.reason)) +
         " severity " + std::string(name_of(error.severity));
}

std::string hex_of(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

[[noreturn]] void report(const BrokenPacket& packet, const std::string& found) {
  broken("the decoder names the rule that was broken",
         hex_of(packet.wire) + (packet.options.version == Version::v5 ? " 5.0" : " 3.1.1") +
             (packet.options.sender == mqtt::Sender::client ? " client" : " server") +
             "\nexpected: " + describe(packet.expected) + "\nfound:    " + found);
}

void check(const BrokenPacket& packet) {
  static mqtt::DecodedView decoded;
  const mqtt::ViewResult result = decode_view(packet.wire, packet.options, decoded);
  if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
    if (*error != packet.expected) report(packet, describe(*error));
    return;
  }
  if (!std::holds_alternative<mqtt::Whole>(result)) report(packet, "it wants more bytes");
  if (decoded.notes.size() == 1 && decoded.notes.front() == packet.expected) return;
  report(packet, decoded.notes.empty() ? "nothing" : "note: " + describe(decoded.notes.front()));
}

}  // namespace

bool run_input(ByteView input) {
  if (input.size() <= packet_at) return false;
  const mqtt::DecodeOptions options = options_of(input[0] & 3);
  const ByteView packet = input.subspan(packet_at);
  static PacketFields fields;
  if (!take_apart_valid(packet, options, fields)) return false;
  const auto possible = faults_possible(fields.type(), options);
  const Fault fault = possible[input[1] % possible.size()];
  ByteDraws draws(input.subspan(draws_at, packet_at - draws_at));
  static BrokenPacket one;
  if (!break_rule(fault, fields, options, draws, one)) return true;
  check(one);
  coverage().note(fault, options.version);
  return true;
}

std::size_t mutate_input(std::uint8_t* data, std::size_t size, std::size_t capacity, std::uint64_t seed) {
  return mutate_packets(data, size, capacity, seed, {.prefix = packet_at, .several = false});
}

}  // namespace holdfast::fuzz
