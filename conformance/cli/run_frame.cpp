#include "conformance/cli/run_frame.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/cli/interrupt.h"
#include "conformance/cli/ledger_lines.h"
#include "conformance/cli/settings_file.h"
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

tl::expected<void, int> read_settings_file(Surroundings& surroundings, CLI::App& app,
                                           const RunSettings& settings) {
  if (settings.settings_file.empty()) return {};
  const auto applied = apply_settings_file(app, settings.settings_file);
  if (!applied) return tl::unexpected(complain(surroundings, exit_code::usage, applied.error()));
  return {};
}

tl::expected<RunPlan, int> prepare_run(Surroundings& surroundings, RunSettings& settings,
                                       const LiveTarget& target) {
  const bool is_live = !target.url.empty();
  if (!settings.seed) settings.seed = picked_seed();
  auto plan = plan_run(settings, surroundings.registry, is_live);
  if (!plan) return tl::unexpected(complain(surroundings, exit_code::usage, plan.error()));
  if (is_live) plan->description.address = without_credentials(target.url);
  if (!settings.out.empty()) {
    const auto prepared = prepare_report_folder(settings.out);
    if (!prepared) return tl::unexpected(complain(surroundings, exit_code::own_error, prepared.error()));
  }
  return *std::move(plan);
}

RunPrinter begin_run(Surroundings& surroundings, const RunSettings& settings, const LiveTarget& target,
                     std::string work) {
  end_on_interrupt(surroundings.err_style.progress);
  const Detail detail =
      settings.quiet ? Detail::quiet : (settings.verbose ? Detail::verbose : Detail::normal);
  RunPrinter printer(surroundings.out, surroundings.out_style, detail);
  std::string system = "reference broker in virtual time";
  if (!target.url.empty()) system = without_credentials(target.url);
  printer.heading({.system = std::move(system),
                   .seed = *settings.seed,
                   .work = std::move(work),
                   .conditions = conditions_of(settings)});
  return printer;
}

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
