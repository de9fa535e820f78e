// The options that running commands share, from the command line, the environment and a settings file.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/cli/replay_line.h"
#include "conformance/engine/baseline.h"
#include "conformance/engine/case.h"
#include "conformance/engine/run.h"
#include "reports/run_description.h"

namespace holdfast {

// As typed; see the help texts in the source file.
struct RunSettings {
  std::string settings_file{};
  std::optional<std::uint64_t> seed{};
  std::string weather{};
  std::string faults{};
  std::string out{};
  std::string baseline{};
  std::string name{};
  double timeout_scale = 1;
  std::size_t side_by_side = RunOptions{}.side_by_side;
  bool strict = false;
  bool all_traces = false;
  bool redact = false;
  std::string captures{"failures"};
  bool quiet = false;
  bool verbose = false;
  std::vector<std::string> defects{};
  std::vector<std::string> variants{};
};

// Short enough to be read aloud. The only place in Holdfast where chance is true.
std::uint64_t picked_seed();

// What replays a case of a run with these settings; the address is to be filled in. REQUIRES: a seed.
ReplayLine replay_line_of(const RunSettings& settings);

// A check for options: the parser would take "-1" for 2^64 - 1. Empty, or what is wrong.
std::string only_digits(const std::string& text);

// Declares the options on `command`. `settings` outlives it.
void declare_run_options(CLI::App& command, RunSettings& settings);

// What the settings mean. Values, so that nothing points into anything else but `baseline`.
struct RunPlan {
  RunOptions options{};
  BrokerSettings broker{};
  std::optional<Baseline> baseline{};
  RunDescription description{};
};

// `live`: whether there is a system under test other than the embedded broker. The error is one line.
tl::expected<RunPlan, std::string> plan_run(const RunSettings& settings, const Registry& registry, bool live);

// The defects and variants of the catalogue with these names. The error names the one that is unknown and the
// nearest that is known.
tl::expected<BrokerSettings, std::string> broker_settings(const std::vector<std::string>& defects,
                                                          const std::vector<std::string>& variants);

// "net latency=20ms, fault ..., defect ..., timeouts x 2": what is unusual about a run, for its heading.
std::string conditions_of(const RunSettings& settings);

// Whether a word of the command line is an address of a system under test rather than a selector.
bool is_url(std::string_view word);
// "mqtt://127.0.0.1:1883" of "mqtt://user:secret@127.0.0.1:1883".
std::string without_credentials(std::string_view url);

}  // namespace holdfast
