// The end of every command that runs something: the report, what a job of GitHub Actions shows, what a person
// reads, and the exit code.
#pragma once

#include "conformance/cli/command.h"
#include "conformance/cli/run_printer.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/stopwatch.h"

namespace holdfast {

// The exit code. Of the plan's description the ledger is filled in, if a report is asked for.
int tell_results(Surroundings& surroundings, const RunSettings& settings, RunPlan& plan,
                 const RunResults& results, RunPrinter& printer, const Stopwatch& stopwatch);

}  // namespace holdfast
