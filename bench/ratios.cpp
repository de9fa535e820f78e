#include "bench/ratios.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace holdfast::bench {

namespace {

// Keeps the fastest repetition of each benchmark, and prints the aggregates.
class KeepFastest final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> aggregates;
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) {
        aggregates.push_back(run);
        continue;
      }
      const double time_ns = run.cpu_accumulated_time / static_cast<double>(run.iterations) * 1e9;
      const std::string name =
          run.run_name.function_name + (run.run_name.args.empty() ? "" : "/") + run.run_name.args;
      const auto [entry, is_new] = fastest_ns_.emplace(name, time_ns);
      if (!is_new) entry->second = std::min(entry->second, time_ns);
    }
    ConsoleReporter::ReportRuns(aggregates.empty() ? runs : aggregates);
  }
  // 0 if it did not run.
  double time_ns(const std::string& name) const {
    const auto entry = fastest_ns_.find(name);
    return entry == fastest_ns_.end() ? 0 : entry->second;
  }

 private:
  std::map<std::string, double> fastest_ns_;
};

// How a row reads: the ratio the way round in which its bar is given.
struct Reading {
  Reading(const Ratio& row, double ours_ns, double peer_ns) {
    const bool of_ours = row.at_most > 0 || row.is_slower;
    ratio = of_ours ? ours_ns / peer_ns : peer_ns / ours_ns;
    if (row.at_least > 0) bar = fmt::format("≥ {:.1f}", row.at_least);
    if (row.at_most > 0) bar = fmt::format("≤ {:.0f}", row.at_most);
    holds = of_ours ? row.at_most == 0 || ratio <= row.at_most : ratio >= row.at_least;
  }
  std::string_view verdict() const { return bar.empty() ? "" : holds ? "yes" : "NO"; }

  double ratio = 0;
  std::string bar{};
  bool holds = true;
};

}  // namespace

int run_benchmarks(int argc, char** argv, const std::vector<Ratio>& ratios) {
  std::vector<char*> arguments(argv, argv + argc);
  // Before those of the caller, which overrule them.
  std::string repetitions = "--benchmark_repetitions=9";
  std::string interleaving = "--benchmark_enable_random_interleaving=true";
  std::string min_time = "--benchmark_min_time=0.1";
  arguments.insert(arguments.begin() + 1, {repetitions.data(), interleaving.data(), min_time.data()});
  int argument_count = static_cast<int>(arguments.size());
  benchmark::Initialize(&argument_count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(argument_count, arguments.data())) return 2;

  KeepFastest reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);

  bool all_hold = true;
  fmt::print("\n| what | ours, ns | peer, ns | ratio | bar | ok |\n| --- | --: | --: | --: | --: | --- |\n");
  for (const Ratio& row : ratios) {
    const double ours_ns = reporter.time_ns(row.ours);
    const double peer_ns = reporter.time_ns(row.peer);
    if (ours_ns == 0 || peer_ns == 0) continue;
    const Reading reading(row, ours_ns, peer_ns);
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {} | {} |\n", row.what, ours_ns, peer_ns, reading.ratio,
               reading.bar, reading.verdict());
    all_hold = all_hold && reading.holds;
  }
  return all_hold ? 0 : 1;
}

}  // namespace holdfast::bench
