// Preflight and cases against a live system under test, in real time.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/engine/live_cases.h"
#include "conformance/engine/live_url.h"
#include "conformance/engine/names.h"
#include "conformance/engine/preflight.h"
#include "conformance/engine/run.h"
#include "conformance/engine/words.h"
#include "sim/live/live_driver.h"
#include "sim/live/tcp.h"

namespace holdfast {

namespace {

constexpr Duration preflight_patience = 5s;  // for each answer
constexpr Duration live_preflight_time_max = 60s;
constexpr Duration patience_min = 2s;
constexpr Duration patience_max = 5s;
constexpr int round_trips_waited = 10;

struct Preflight {
  VersionTrial v3_1_1{};
  VersionTrial v5{};
};

Preflight preflight(LiveDriver& driver, TcpSystem& system, const LiveAddress& address,
                    const RunOptions& options, bool asks_name) {
  Preflight result;
  Loop& loop = driver.loop();
  Trace trace(loop);
  Network network(loop, system, trace, split_seed(options.seed, "preflight network"));
  Scope scope(loop);
  std::set<std::string> taken;
  const PreflightSurroundings surroundings{.loop = &loop,
                                           .network = &network,
                                           .prefix = case_prefix(options.seed, "preflight", taken),
                                           .patience = scaled(preflight_patience, options.timeout_scale),
                                           .credentials = address.credentials,
                                           .asks_name = asks_name};
  int running = 2;
  const auto on_done = [&running](std::exception_ptr) { --running; };
  scope.spawn(try_version(surroundings, mqtt::Version::v5, result.v5), on_done);
  scope.spawn(try_version(surroundings, mqtt::Version::v3_1_1, result.v3_1_1), on_done);
  driver.run([&running] { return running == 0; }, scaled(live_preflight_time_max, options.timeout_scale));
  return result;
}

// Why neither version is spoken: a refusal of the other version says nothing about what is there.
const VersionTrial& more_telling(const Preflight& found) {
  return found.v3_1_1.is_wrong_version ? found.v5 : found.v3_1_1;
}

RunFailure unreachable(const LiveAddress& address, const VersionTrial& trial, const TcpSystem& system) {
  std::string message = fmt::format("{} {}", address.host_and_port, trial.failure);
  if (trial.is_unreachable && !system.last_error().empty()) {
    message += fmt::format(" ({})", system.last_error());
  }
  return RunFailure{.exit_code = 3, .message = std::move(message)};
}

SystemIdentity identity_of(const LiveTarget& target, const LiveAddress& address, const Preflight& found) {
  if (!target.name.empty()) return {.name = target.name, .told_by = "descriptor", .address = address.url};
  const std::string& told = found.v5.told_name.empty() ? found.v3_1_1.told_name : found.v5.told_name;
  if (told.empty()) return {.address = address.url};
  return {.name = told, .told_by = "$SYS", .address = address.url};
}

// How long something owed is waited for: ten round trips, within bounds.
Duration patience_for(const RunResults& results, double timeout_scale) {
  Duration round_trip{};
  for (const auto* capabilities : {&results.v3_1_1, &results.v5}) {
    if (*capabilities) round_trip = std::max(round_trip, (*capabilities)->round_trip);
  }
  return scaled(std::clamp<Duration>(round_trips_waited * round_trip, patience_min, patience_max),
                timeout_scale);
}

}  // namespace

tl::expected<RunResults, RunFailure> run_live(const std::vector<const Case*>& cases, const LiveTarget& target,
                                              const RunOptions& options) {
  const auto address = parse_live_url(target.url);
  if (!address) return tl::unexpected(RunFailure{.exit_code = 2, .message = address.error()});

  Loop loop;
  LiveDriver driver(loop);
  auto system =
      TcpSystem::resolve(driver, address->endpoint, scaled(preflight_patience, options.timeout_scale));
  if (!system) return tl::unexpected(RunFailure{.exit_code = 3, .message = system.error()});

  const Preflight found = preflight(driver, **system, *address, options, target.name.empty());
  if (!found.v3_1_1.capabilities && !found.v5.capabilities) {
    return tl::unexpected(unreachable(*address, more_telling(found), **system));
  }

  RunResults results;
  results.tool_version = HOLDFAST_VERSION;
  results.seed = options.seed;
  results.simulated = false;
  results.system = identity_of(target, *address, found);
  results.v3_1_1 = found.v3_1_1.capabilities;
  results.v5 = found.v5.capabilities;
  set_versions(results.v3_1_1, results.v5);
  results.weather = weather_text(options);
  results.faults = faults_text(options);

  LiveCases live_cases(driver, cases, options,
                       LiveSurroundings{.system_under_test = system->get(),
                                        .v3_1_1 = &results.v3_1_1,
                                        .v5 = &results.v5,
                                        .patience = patience_for(results, options.timeout_scale),
                                        .credentials = address->credentials});
  auto case_results = live_cases.run();
  if (!case_results) {
    const std::string message = fmt::format("{} {}", address->host_and_port, case_results.error());
    return tl::unexpected(RunFailure{.exit_code = 3, .message = message});
  }
  results.cases = std::move(*case_results);
  driver.catch_up();
  results.duration = loop.now().time_since_epoch();
  return results;
}

}  // namespace holdfast
