// What the preflight has learnt, as lines for people and programs: the choices of a broker that gate cases.
// `holdfast probe` adds to them what it takes longer to find out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/results.h"

namespace holdfast {

enum class ProbeSource {
  announced,  // CONNACK says so
  observed,   // a trial has shown it
  unknown,    // it could not be found out
};

std::string_view name_of(ProbeSource source);  // "announced", "observed", "not known"

// One choice that the standard leaves open, and what the system under test makes of it.
struct ProbeLine {
  mqtt::Version version = mqtt::Version::v5;
  std::string name{};      // "receive-maximum"
  std::string question{};  // "Receive Maximum"
  std::string answer{};    // "65535"; if it is not known, why
  ProbeSource source = ProbeSource::unknown;
  std::vector<std::string> variants{};      // switches of fixtures/legal-variants.md that change it
  std::vector<std::string> requirements{};  // that leave the choice; ids of the version
};

// Of each version that is spoken, 3.1.1 first.
std::vector<ProbeLine> announced_lines(const RunResults& results);

}  // namespace holdfast
