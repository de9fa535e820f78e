#include "conformance/explore/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "conformance/explore/explored_case.h"
#include "conformance/explore/shrink.h"

namespace holdfast {
namespace {

constexpr std::size_t histories_at_once = 250;  // of each version
constexpr std::size_t tries_max_embedded = 2'000;
constexpr std::size_t tries_max_live = 1'000;

using Outcome = tl::expected<RunResults, RunFailure>;
using RunCases = std::function<Outcome(const std::vector<const Case*>& cases, const RunOptions& run)>;

// The way in which a history has gone wrong.
struct Flaw {
  mqtt::Version version = mqtt::Version::v5;
  Verdict verdict = Verdict::pass;
  std::string requirement{};
  std::string checker{};

  bool operator==(const Flaw&) const = default;
};

// nullopt: nothing has gone wrong.
std::optional<Flaw> flaw_of(const CaseResult& result) {
  const bool is_flawed = result.verdict == Verdict::non_strict || result.verdict == Verdict::fail ||
                         result.verdict == Verdict::error;
  if (!is_flawed) return std::nullopt;
  const Finding& gravest = result.findings.front();
  return Flaw{result.version, result.verdict, gravest.requirement, gravest.checker};
}

bool is_fault(const Step& step) {
  return step.action == Action::fault || step.action == Action::cut || step.action == Action::reset ||
         step.action == Action::vanish;
}

struct Find {
  ExploredAddress address{};
  History history{};
  Flaw flaw{};
  CaseResult result{};
  std::size_t seen = 1;       // in so many histories
  std::size_t steps_drawn{};  // before it was made short
};

// "MQTT-4.3.3-10" is of section 4.3.3, "MQTT-4.5.0-1" of 4.5.
std::string section_of(const std::string& requirement, std::string otherwise) {
  const std::size_t begin = requirement.find('-');
  const std::size_t end = requirement.rfind('-');
  if (!requirement.starts_with("MQTT-") || end <= begin) return otherwise;
  std::string section = requirement.substr(begin + 1, end - begin - 1);
  if (section.ends_with(".0")) section.resize(section.size() - 2);
  return section;
}

class Explorer {
 public:
  Explorer(RunCases run_cases, const RunOptions& run, const ExploreOptions& options, std::size_t tries_max)
      : run_cases_(std::move(run_cases)), run_(run), options_(options), tries_max_(tries_max) {
    run_.progress = nullptr;
    run_.baseline = nullptr;
  }

  tl::expected<Exploration, RunFailure> explore() {
    for (std::size_t first = 1; first <= options_.histories; first += histories_at_once) {
      const std::size_t last = std::min(options_.histories, first + histories_at_once - 1);
      if (auto failure = run_batch(first, last)) return tl::unexpected(*std::move(failure));
      if (options_.progress) options_.progress(2 * last, 2 * options_.histories);
    }
    for (Find& find : finds_) make_short(find);
    return assembled();
  }

 private:
  using Cases = std::deque<ExploredCase>;

  static std::vector<const Case*> pointers(const Cases& cases) {
    std::vector<const Case*> list;
    for (const ExploredCase& one : cases) list.push_back(&one.the_case);
    return list;
  }

  std::optional<RunFailure> run_batch(std::size_t first, std::size_t last) {
    Cases cases;
    std::vector<ExploredAddress> addresses;
    for (std::size_t number = first; number <= last; ++number) {
      for (const mqtt::Version version : {mqtt::Version::v3_1_1, mqtt::Version::v5}) {
        addresses.push_back({version, number});
        cases.emplace_back(addresses.back(), explored_history(run_.seed, addresses.back()));
      }
    }
    Outcome outcome = run_cases_(pointers(cases), run_);
    if (!outcome) return outcome.error();
    for (std::size_t i = 0; i < cases.size(); ++i) note(outcome->cases[i], addresses[i], cases[i].history);
    outcome->cases.clear();
    total_.duration += outcome->duration;
    outcome->duration = total_.duration;
    total_ = *std::move(outcome);
    return std::nullopt;
  }

  void note(CaseResult& result, const ExploredAddress& address, const History& history) {
    ++summary_.histories;
    if (result.verdict == Verdict::unsupported) ++summary_.unsupported;
    if (result.verdict == Verdict::inconclusive) ++summary_.inconclusive;
    summary_.steps += history.size();
    summary_.faults += static_cast<std::size_t>(std::ranges::count_if(history, is_fault));
    const std::optional<Flaw> flaw = flaw_of(result);
    if (!flaw) return;
    ++summary_.flawed;
    Find find{.address = address,
              .history = history,
              .flaw = *flaw,
              .result = std::move(result),
              .steps_drawn = history.size()};
    const auto known = std::ranges::find(finds_, *flaw, &Find::flaw);
    if (known == finds_.end()) {
      finds_.push_back(std::move(find));
      return;
    }
    find.seen = ++known->seen;
    // The shorter one is sooner made short.
    if (history.size() < known->history.size()) *known = std::move(find);
  }

  // Of each of these histories the result, if it shows the flaw of the find.
  std::vector<std::optional<CaseResult>> showing(const Find& find, const std::vector<History>& candidates,
                                                 const RunOptions& run) const {
    Cases cases;
    for (const History& candidate : candidates) cases.emplace_back(find.address, candidate);
    std::vector<std::optional<CaseResult>> results(candidates.size());
    Outcome outcome = run_cases_(pointers(cases), run);
    if (!outcome) return results;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (flaw_of(outcome->cases[i]) == find.flaw) results[i] = std::move(outcome->cases[i]);
    return results;
  }

  void make_short(Find& find) const {
    RunOptions run = run_;
    run.second_tries = false;
    const auto which_show = [&](const std::vector<History>& candidates) {
      if (options_.progress) options_.progress(2 * options_.histories, 2 * options_.histories);
      std::vector<bool> show;
      for (const auto& result : showing(find, candidates, run)) show.push_back(result.has_value());
      return show;
    };
    History history = shrunk(find.history, which_show, tries_max_);
    // The short one has to show it beyond doubt; if it does not, the long one has.
    std::optional<CaseResult> result = std::move(showing(find, {history}, run_).front());
    if (!result) return;
    find.history = std::move(history);
    find.result = *std::move(result);
  }

  Exploration assembled() {
    Exploration exploration;
    std::ranges::stable_sort(finds_, std::greater<>(), [](const Find& find) { return find.flaw.verdict; });
    for (Find& find : finds_) {
      CaseResult& result = find.result;
      result.requirements.clear();
      if (!find.flaw.requirement.empty()) result.requirements.push_back(find.flaw.requirement);
      result.title =
          fmt::format("A history of {} step{}", find.history.size(), find.history.size() == 1 ? "" : "s");
      result.section = section_of(find.flaw.requirement, result.section);
      result.observations.push_back(
          fmt::format("seen in {} of {} histories; this one had {} steps, of which {} are left", find.seen,
                      summary_.histories, find.steps_drawn, find.history.size()));
      exploration.finds.push_back(std::move(find.history));
      total_.cases.push_back(std::move(result));
    }
    total_.exploration = summary_;
    exploration.results = std::move(total_);
    return exploration;
  }

  const RunCases run_cases_;
  RunOptions run_;
  const ExploreOptions& options_;
  const std::size_t tries_max_;
  RunResults total_;  // of the latest batch, without cases
  ExplorationSummary summary_;
  std::vector<Find> finds_;  // in the order in which they were found
};

// The cases shared out among threads; their results in the order of the cases.
RunResults run_on_threads(const std::vector<const Case*>& cases, const BrokerSettings& settings,
                          const RunOptions& run, std::size_t threads) {
  const std::size_t share = std::max<std::size_t>((cases.size() + threads - 1) / threads, 1);
  std::vector<std::vector<const Case*>> parts;
  for (std::size_t begin = 0; begin < cases.size(); begin += share)
    parts.emplace_back(cases.begin() + static_cast<std::ptrdiff_t>(begin),
                       cases.begin() + static_cast<std::ptrdiff_t>(std::min(cases.size(), begin + share)));
  std::vector<RunResults> results(parts.size());
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < parts.size(); ++i)
      helpers.emplace_back([&, i] { results[i] = run_embedded(parts[i], settings, run); });
    results.front() = run_embedded(parts.front(), settings, run);
  }
  for (std::size_t i = 1; i < results.size(); ++i)
    std::ranges::move(results[i].cases, std::back_inserter(results.front().cases));
  return std::move(results.front());
}

}  // namespace

Exploration explore_embedded(const BrokerSettings& settings, const RunOptions& run,
                             const ExploreOptions& options) {
  const auto run_cases = [&](const std::vector<const Case*>& cases,
                             const RunOptions& run_options) -> Outcome {
    return run_on_threads(cases, settings, run_options, options.threads);
  };
  return *Explorer(run_cases, run, options, tries_max_embedded).explore();
}

tl::expected<Exploration, RunFailure> explore_live(const LiveTarget& target, const RunOptions& run,
                                                   const ExploreOptions& options) {
  // Who is there is asked once: a broker that does not tell its name is waited for.
  std::optional<SystemIdentity> identity;
  const auto run_cases = [&](const std::vector<const Case*>& cases, const RunOptions& run_options) {
    LiveTarget known = target;
    if (identity) known.name = target.url;
    Outcome outcome = run_live(cases, known, run_options);
    if (outcome && !identity) identity = outcome->system;
    if (outcome) outcome->system = *identity;
    return outcome;
  };
  return Explorer(run_cases, run, options, tries_max_live).explore();
}

}  // namespace holdfast
