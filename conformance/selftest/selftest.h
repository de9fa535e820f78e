// Proof that the suites bite and that none bites wrongly: every case against the sound reference broker,
// against every legal variant, against drawn combinations of variants, and against every seeded defect.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/engine/case.h"
#include "conformance/engine/verdict.h"
#include "sim/broker/defects.h"
#include "sim/broker/variants.h"

namespace holdfast {

// A case that notices a defect: with a fail or a non-strict.
struct Catch {
  std::size_t case_index = 0;  // in Selftest::cases
  Verdict verdict = Verdict::fail;
  bool by_case = false;                 // by a judgement of its own, not only by checkers
  std::vector<std::size_t> checkers{};  // that notice it in this case: places in all_checkers(), each once
};

struct DefectRun {
  const DefectInfo* defect = nullptr;
  std::vector<Catch> catches{};
  std::size_t inconclusive = 0;  // cases whose control failed
};

// A broker that breaks no rule.
struct SoundRun {
  std::string name{};  // "sound", the name of a variant, or several joined by '+'
  std::vector<const VariantInfo*> variants{};
  std::size_t passed = 0;
  std::size_t non_strict = 0;
  std::size_t informational = 0;
  std::size_t unsupported = 0;
  std::size_t not_judged = 0;  // cases of a version in which the variant is no choice
};

struct SelftestOptions {
  std::uint64_t seed = 7;
  std::size_t combinations = 50;  // of two to five variants, drawn from the seed
  std::size_t jobs = 1;           // threads; the result does not depend on it
  // Called from one thread at a time.
  std::function<void(std::size_t done, std::size_t all)> progress{};
};

struct Selftest {
  std::uint64_t seed = 0;
  std::vector<const Case*> cases{};
  std::vector<SoundRun> sound{};  // the plain broker, then each variant, then the combinations
  std::size_t combinations = 0;   // how many of them are at the end of `sound`
  std::vector<DefectRun> defects{};
  // By case: the defects that its own judgements notice.
  std::vector<std::size_t> caught_by_case{};
  // In the order of the catalogue of checkers: the defects that each notices.
  std::vector<std::size_t> caught_by_checker{};
  std::size_t defects_caught = 0;
  // What keeps this from being a proof, a line each; empty: nothing does.
  std::vector<std::string> problems{};
};

// A pure function of the cases, the seed and the number of combinations.
Selftest run_selftest(const std::vector<const Case*>& cases, const SelftestOptions& options);

}  // namespace holdfast
