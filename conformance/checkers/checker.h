// A checker is a pure function of a trace that judges one rule in every case, whatever the case is about.
//
// Checkers judge the system under test only, at the SUT edge: what it was given and what it sent, in its own
// order. A rule that the client side broke on purpose (a case may send anything) must never turn into a
// finding against the broker; where a checker cannot be sure, it is silent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/trace.h"

namespace holdfast {

struct SessionView;

struct Breach {
  std::string checker{};
  mqtt::Version version = mqtt::Version::v5;  // of the connection
  std::string requirement{};                  // id of that version's table
  bool must = true;                           // false: a SHOULD or a disputed rule (non-strict)
  std::string expected{};
  std::string observed{};
  std::string interpretation{};  // row of the register; may be empty
  std::uint64_t event = 0;       // sequence number of the event that shows it
};

struct Checker {
  std::string_view name;      // "packet-identifiers"
  std::string_view sentence;  // what it judges
  std::span<const std::string_view> requirements_v3_1_1;
  std::span<const std::string_view> requirements_v5;
  void (*check)(const Trace& trace, std::vector<Breach>& breaches);
  // The same for a trace that has been replayed already, so that many checkers share one replay.
  void (*judge)(const SessionView& view, std::vector<Breach>& breaches);
  std::span<const std::string_view> interpretations{};  // rows of the register that its breaches may name
};

// In a fixed order, which is the order of the table in README.md.
std::span<const Checker> all_checkers();

// A broker that breaks a rule with every packet tells nothing new after so many breaches of one checker.
inline constexpr std::size_t breaches_per_checker_max = 20;

// All of them, in the order of the catalogue, at most breaches_per_checker_max of each.
std::vector<Breach> check_trace(const Trace& trace);

}  // namespace holdfast
