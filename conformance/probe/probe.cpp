#include "conformance/probe/probe.h"

#include <algorithm>
#include <utility>

#include "conformance/probe/observations.h"

namespace holdfast {

namespace {

// Few enough that one does not make another's answers late.
constexpr std::size_t observations_side_by_side = 20;

RunOptions for_observations(RunOptions options) {
  options.side_by_side = observations_side_by_side;
  options.baseline = nullptr;
  return options;
}

// The answer is what the observation has informed of; what checkers have seen meanwhile is a run's matter.
ProbeLine line_of(const CaseResult& result, const Case& observation) {
  const CaseDescription& description = *observation.description;
  ProbeLine line{.version = result.version,
                 .name = description.slug,
                 .question = description.title,
                 .variants = description.variants,
                 .requirements = result.requirements};
  const auto answer = std::ranges::find(result.findings, Verdict::informational, &Finding::verdict);
  if (answer != result.findings.end()) {
    line.answer = answer->observed;
    line.source = std::ranges::count(description.tags, tag_announced) > 0 ? ProbeSource::announced
                                                                          : ProbeSource::observed;
    return line;
  }
  const auto reason =
      std::ranges::find_if(result.findings, [](const Finding& finding) { return finding.checker.empty(); });
  line.answer = reason == result.findings.end() ? "no answer" : reason->observed;
  return line;
}

ProbeResults results_of(RunResults run, const Registry& registry) {
  ProbeResults results{
      .system = run.system, .v3_1_1 = run.v3_1_1, .v5 = run.v5, .lines = announced_lines(run)};
  for (const CaseResult& result : run.cases) {
    const bool is_spoken = result.version == mqtt::Version::v5 ? run.v5.has_value() : run.v3_1_1.has_value();
    if (is_spoken) results.lines.push_back(line_of(result, *registry.find(result.address)));
  }
  return results;
}

}  // namespace

ProbeResults probe_embedded(const BrokerSettings& settings, const RunOptions& options) {
  Registry registry;
  register_observations(registry);
  return results_of(run_embedded(every_case_of(registry), settings, for_observations(options)), registry);
}

tl::expected<ProbeResults, RunFailure> probe_live(const LiveTarget& target, const RunOptions& options) {
  Registry registry;
  register_observations(registry);
  auto run = run_live(every_case_of(registry), target, for_observations(options));
  if (!run) return tl::unexpected(run.error());
  return results_of(std::move(*run), registry);
}

}  // namespace holdfast
