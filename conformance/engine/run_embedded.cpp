// Every case against a reference broker of its own, in virtual time.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "conformance/engine/case_run.h"
#include "conformance/engine/names.h"
#include "conformance/engine/preflight.h"
#include "conformance/engine/run.h"
#include "conformance/engine/words.h"
#include "sim/broker/broker.h"
#include "sim/time/virtual_driver.h"

namespace holdfast {

namespace {

constexpr Duration virtual_patience = 5s;
constexpr Duration case_time_max = 10'000s;
constexpr Duration embedded_preflight_time_max = 1'000s;

std::string one_line(std::string text) {
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
    } else {
      while (line.ends_with(' ')) line.pop_back();
      line += ';';
    }
  }
  return line;
}

// What a broker with these settings can do in this version; nullopt if it does not speak it.
std::optional<Capabilities> preflight(const BrokerSettings& settings, mqtt::Version version,
                                      std::uint64_t seed) {
  const bool is_spoken = version == mqtt::Version::v5 ? settings.accepts_v5 : settings.accepts_v3_1_1;
  if (!is_spoken) return std::nullopt;
  VersionTrial trial;
  Loop loop;
  Trace trace(loop);
  Broker broker(loop, settings, split_seed(seed, "broker"));
  Network network(loop, broker, trace, split_seed(seed, "network"));
  Scope scope(loop);
  bool is_over = false;
  const PreflightSurroundings surroundings{
      .loop = &loop, .network = &network, .prefix = "preflight", .patience = virtual_patience};
  scope.spawn(try_version(surroundings, version, trial), [&is_over](std::exception_ptr) { is_over = true; });
  run_virtual(loop, [&is_over] { return is_over; }, {.end = Time(embedded_preflight_time_max)});
  // A broker that is broken on purpose may not even let the preflight in: then the cases shall judge it.
  return trial.capabilities.value_or(Capabilities{});
}

CaseResult run_one(const Case& the_case, const BrokerSettings& settings, const Capabilities& capabilities,
                   std::string prefix, const RunOptions& options) {
  Loop loop;
  Broker broker(loop, settings, split_seed(case_seed(options.seed, the_case.address), "broker"));
  CaseSurroundings surroundings{.capabilities = &capabilities,
                                .prefix = std::move(prefix),
                                .patience = scaled(virtual_patience, options.timeout_scale),
                                .timeout_scale = options.timeout_scale};
  CaseRun run(loop, broker, the_case, options, std::move(surroundings));
  run.start();
  const VirtualRunResult outcome =
      run_virtual(loop, [&run] { return run.has_ended(); }, {.end = Time(case_time_max)});
  if (!run.has_ended()) run.give_up(Verdict::error, "the case did not end: " + one_line(outcome.explanation));
  CaseResult result = run.conclude();
  result.trace_hash = run.trace_hash();
  run.stop();
  return result;
}

}  // namespace

RunResults run_embedded(const std::vector<const Case*>& cases, const BrokerSettings& settings,
                        const RunOptions& options) {
  RunResults results;
  results.tool_version = HOLDFAST_VERSION;
  results.seed = options.seed;
  results.system = {.name = fmt::format("Holdfast reference broker {}", HOLDFAST_VERSION),
                    .told_by = "embedded",
                    .address = "embedded"};
  results.weather = weather_text(options);
  results.faults = faults_text(options);
  results.v3_1_1 = preflight(settings, mqtt::Version::v3_1_1, split_seed(options.seed, "preflight 3.1.1"));
  results.v5 = preflight(settings, mqtt::Version::v5, split_seed(options.seed, "preflight 5.0"));
  set_versions(results.v3_1_1, results.v5);

  for (const Case* the_case : cases) {
    // Each has a broker of its own, so no other name is taken, whichever cases run with it.
    std::set<std::string> taken;
    std::string prefix = case_prefix(options.seed, the_case->address, taken);
    const auto& capabilities = the_case->version == mqtt::Version::v5 ? results.v5 : results.v3_1_1;
    std::optional<std::string> unmet = why_unsupported(*the_case, capabilities);
    if (unmet) {
      results.cases.push_back(unsupported_result(*the_case, std::move(*unmet), options));
    } else {
      results.cases.push_back(run_one(*the_case, settings, *capabilities, std::move(prefix), options));
    }
    if (options.progress) options.progress(results.cases.back(), results.cases.size(), cases.size());
  }
  return results;
}

}  // namespace holdfast
