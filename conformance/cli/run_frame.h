// What every command that runs something begins and ends with.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <tl/expected.hpp>

#include "conformance/cli/command.h"
#include "conformance/cli/run_printer.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/stopwatch.h"
#include "conformance/engine/run.h"

namespace holdfast {

// Each of the first two says what is wrong in one line; its error is the exit code.

// Adds what the settings file says, if one is named, to what the command line says.
tl::expected<void, int> read_settings_file(Surroundings& surroundings, CLI::App& app,
                                           const RunSettings& settings);
// Picks a seed if none is given, and makes the report folder if a report is asked for. `target` without URL:
// the embedded broker.
tl::expected<RunPlan, int> prepare_run(Surroundings& surroundings, RunSettings& settings,
                                       const LiveTarget& target);

// Says what is run: `work` is "412 cases". From here on an interrupt ends the program. REQUIRES: a seed.
RunPrinter begin_run(Surroundings& surroundings, const RunSettings& settings, const LiveTarget& target,
                     std::string work);

// The report, what a job of GitHub Actions shows, and what a person reads. The exit code. Of the plan's
// description the ledger is filled in, if a report is asked for.
int tell_results(Surroundings& surroundings, const RunSettings& settings, RunPlan& plan,
                 const RunResults& results, RunPrinter& printer, const Stopwatch& stopwatch);

}  // namespace holdfast
