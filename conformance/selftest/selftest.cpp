#include "conformance/selftest/selftest.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>

#include "conformance/checkers/checker.h"
#include "conformance/engine/run.h"
#include "conformance/selftest/worlds.h"

namespace holdfast {
namespace {

// What is kept of one case in one world.
struct Outcome {
  Verdict verdict = Verdict::pass;
  bool is_judged = true;
  bool by_case = false;
  std::vector<std::size_t> checkers{};  // places in all_checkers()
  std::string observed{};               // where the verdict is not a pass
};

bool is_against(Verdict verdict) { return verdict == Verdict::fail || verdict == Verdict::non_strict; }

std::size_t place_of_checker(std::string_view name) {
  const auto found = std::ranges::find(all_checkers(), name, &Checker::name);
  assert(found != all_checkers().end());
  return static_cast<std::size_t>(found - all_checkers().begin());
}

Outcome outcome_of(const CaseResult& result) {
  Outcome outcome{.verdict = result.verdict};
  for (const Finding& finding : result.findings) {
    if (!is_against(finding.verdict)) continue;
    if (finding.checker.empty()) {
      outcome.by_case = true;
      continue;
    }
    const std::size_t place = place_of_checker(finding.checker);
    if (std::ranges::find(outcome.checkers, place) == outcome.checkers.end())
      outcome.checkers.push_back(place);
  }
  if (result.verdict != Verdict::pass) outcome.observed = result.observed;
  return outcome;
}

// One for each case, in their order.
std::vector<Outcome> run_world(const World& world, const std::vector<const Case*>& cases,
                               std::uint64_t seed) {
  std::vector<const Case*> chosen;
  for (const Case* the_case : cases)
    if (is_legal_for(world, *the_case)) chosen.push_back(the_case);
  RunOptions options;
  options.seed = seed;
  const RunResults results = run_embedded(chosen, world.settings, options);
  std::vector<Outcome> outcomes(cases.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    outcomes[i].is_judged = at < chosen.size() && chosen[at] == cases[i];
    if (outcomes[i].is_judged) outcomes[i] = outcome_of(results.cases[at++]);
  }
  return outcomes;
}

// The worlds are shared out among threads, of which each takes the next that nobody has.
std::vector<std::vector<Outcome>> run_worlds(const std::vector<World>& worlds,
                                             const std::vector<const Case*>& cases,
                                             const SelftestOptions& options) {
  std::vector<std::vector<Outcome>> outcomes(worlds.size());
  std::atomic<std::size_t> next = 0;
  std::size_t done = 0;
  std::mutex progress;
  const auto work = [&] {
    for (std::size_t i = next++; i < worlds.size(); i = next++) {
      outcomes[i] = run_world(worlds[i], cases, options.seed);
      const std::lock_guard lock(progress);
      ++done;
      if (options.progress) options.progress(done, worlds.size());
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < options.jobs; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins
  return outcomes;
}

class Assembly {
 public:
  Assembly(Selftest& selftest, std::size_t cases) : selftest_(selftest), passes_somewhere_(cases) {
    selftest_.caught_by_case.resize(cases);
    selftest_.caught_by_checker.resize(all_checkers().size());
  }

  void add_sound(const World& world, const std::vector<Outcome>& outcomes) {
    SoundRun run{.name = name_of(world), .variants = world.variants};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Outcome& outcome = outcomes[i];
      passes_somewhere_[i] = passes_somewhere_[i] || (outcome.is_judged && outcome.verdict == Verdict::pass);
      if (!outcome.is_judged) {
        ++run.not_judged;
      } else {
        count(run, outcome, i);
      }
    }
    selftest_.sound.push_back(std::move(run));
  }

  void add_defect(const World& world, const std::vector<Outcome>& outcomes) {
    DefectRun run{.defect = world.defect};
    std::vector<bool> by_checker(all_checkers().size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Outcome& outcome = outcomes[i];
      run.inconclusive += outcome.verdict == Verdict::inconclusive;
      if (outcome.verdict == Verdict::error) tell_verdict(world, outcome, i);
      if (!is_against(outcome.verdict)) continue;
      run.catches.push_back({i, outcome.verdict, outcome.by_case, outcome.checkers});
      selftest_.caught_by_case[i] += outcome.by_case;
      for (const std::size_t checker : outcome.checkers) by_checker[checker] = true;
    }
    for (std::size_t i = 0; i < by_checker.size(); ++i) selftest_.caught_by_checker[i] += by_checker[i];
    if (run.catches.empty()) {
      tell(fmt::format("no case and no checker notices the defect {}: {}", world.defect->name,
                       world.defect->sentence));
    } else {
      ++selftest_.defects_caught;
    }
    selftest_.defects.push_back(std::move(run));
  }

  void end() {
    for (std::size_t i = 0; i < selftest_.cases.size(); ++i) {
      const std::string& address = selftest_.cases[i]->address;
      if (!passes_somewhere_[i]) tell(address + " passes on no sound broker");
      if (selftest_.caught_by_case[i] == 0) tell(address + " notices no seeded defect");
    }
    for (std::size_t i = 0; i < all_checkers().size(); ++i)
      if (selftest_.caught_by_checker[i] == 0)
        tell(fmt::format("the checker {} notices no seeded defect", all_checkers()[i].name));
  }

 private:
  void tell(std::string problem) { selftest_.problems.push_back(std::move(problem)); }
  void tell_verdict(const World& world, const Outcome& outcome, std::size_t i) {
    tell(fmt::format("{} on {}: {}: {}", name_of(outcome.verdict), name_of(world),
                     selftest_.cases[i]->address, outcome.observed));
  }

  void count(SoundRun& run, const Outcome& outcome, std::size_t i) {
    const bool is_plain = run.variants.empty();
    switch (outcome.verdict) {
      case Verdict::pass:
        ++run.passed;
        return;
      case Verdict::unsupported:
        ++run.unsupported;
        return;
      case Verdict::informational:
        ++run.informational;
        return;
      case Verdict::non_strict:
        ++run.non_strict;
        // A variant may leave a SHOULD aside; the plain broker keeps them all.
        if (!is_plain) return;
        break;
      case Verdict::inconclusive:
      case Verdict::fail:
      case Verdict::error:
        break;
    }
    tell(fmt::format("{} on the broker {}, which breaks no rule: {}: {}", name_of(outcome.verdict), run.name,
                     selftest_.cases[i]->address, outcome.observed));
  }

  Selftest& selftest_;
  std::vector<bool> passes_somewhere_;
};

}  // namespace

Selftest run_selftest(const std::vector<const Case*>& cases, const SelftestOptions& options) {
  const std::vector<World> worlds = all_worlds(options.seed, options.combinations);
  const std::vector<std::vector<Outcome>> outcomes = run_worlds(worlds, cases, options);
  Selftest selftest;
  selftest.seed = options.seed;
  selftest.cases = cases;
  selftest.combinations = options.combinations;
  Assembly assembly(selftest, cases.size());
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    if (worlds[i].defect == nullptr) {
      assembly.add_sound(worlds[i], outcomes[i]);
    } else {
      assembly.add_defect(worlds[i], outcomes[i]);
    }
  }
  assembly.end();
  return selftest;
}

}  // namespace holdfast
