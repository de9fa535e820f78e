#include "conformance/cli/tell_results.h"

#include <nlohmann/json.hpp>

#include "conformance/cli/ledger_lines.h"
#include "reports/github.h"
#include "reports/outcome.h"
#include "reports/report_folder.h"
#include "reports/results_json.h"

namespace holdfast {
namespace {

tl::expected<void, std::string> tell_job(const RunResults& results, const RunDescription& description,
                                         std::ostream& out) {
  const GithubJob job = github_job();
  if (job.summary_file.empty() && !job.wants_annotations) return {};
  return tell_github(job, results_document(results, description), out);
}

}  // namespace

int tell_results(Surroundings& surroundings, const RunSettings& settings, RunPlan& plan,
                 const RunResults& results, RunPrinter& printer, const Stopwatch& stopwatch) {
  if (!settings.out.empty()) {
    plan.description.ledger = ledger_lines(surroundings.registry);
    const auto written = write_report(results, plan.description);
    if (!written) return complain(surroundings, exit_code::own_error, written.error());
  }
  if (const auto told = tell_job(results, plan.description, surroundings.out); !told)
    return complain(surroundings, exit_code::own_error, told.error());
  const Outcome outcome = outcome_of(results, settings.strict);
  printer.results(results, plan.description, outcome, stopwatch.elapsed());
  return outcome.code;
}

}  // namespace holdfast
