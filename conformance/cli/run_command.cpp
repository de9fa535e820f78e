#include <fmt/format.h>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/interrupt.h"
#include "conformance/cli/progress_line.h"
#include "conformance/cli/replay_line.h"
#include "conformance/cli/run_printer.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/selectors.h"
#include "conformance/cli/settings_file.h"
#include "conformance/cli/tell_results.h"
#include "conformance/engine/run.h"
#include "reports/report_folder.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr const char* run_footer =
    "Without a URL the embedded reference broker is run in virtual time.\n"
    "\n"
    "Selectors:  mqtt5/4.4           cases of a section, or whose address begins so\n"
    "            MQTT-4.4.0-1        cases that judge a requirement (3.1.1:... and 5:... for one version)\n"
    "            @qos2               cases with a tag\n"
    "            '!mqtt5/4.9'        without these\n"
    "\n"
    "Options outrank environment variables, which outrank the settings file.\n"
    "\n"
    "Examples:   holdfast run mqtt://127.0.0.1:1883 --out report\n"
    "            holdfast run mqtt5/4.4 '!@slow' --seed 7 --net 'latency=20ms chunk=1'";

class RunCommand final : public Command {
 public:
  RunCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("run", "Run cases against a broker, or against the embedded one")) {
    app_.add_option("words", words_, "URL of the broker (mqtt://...), then selectors")
        ->type_name("[URL] [SELECTOR...]");
    declare_run_options(app_, settings_);
    app_.footer(run_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (!settings_.settings_file.empty()) {
      const auto applied = apply_settings_file(app_, settings_.settings_file);
      if (!applied) return complain(surroundings_, exit_code::usage, applied.error());
    }
    if (!words_.empty() && is_url(words_.front())) {
      target_.url = words_.front();
      words_.erase(words_.begin());
    }
    target_.name = settings_.name;
    const auto cases = select_cases(surroundings_.registry, words_);
    if (!cases) return complain(surroundings_, exit_code::usage, cases.error());
    if (!settings_.seed) settings_.seed = picked_seed();
    auto plan = plan_run(settings_, surroundings_.registry, is_live());
    if (!plan) return complain(surroundings_, exit_code::usage, plan.error());
    if (!settings_.out.empty()) {
      const auto prepared = prepare_report_folder(settings_.out);
      if (!prepared) return complain(surroundings_, exit_code::own_error, prepared.error());
    }
    return run_cases(*cases, *plan);
  }

 private:
  bool is_live() const { return !target_.url.empty(); }

  int run_cases(const std::vector<const Case*>& cases, RunPlan& plan) {
    end_on_interrupt(surroundings_.err_style.progress);
    const Detail detail =
        settings_.quiet ? Detail::quiet : (settings_.verbose ? Detail::verbose : Detail::normal);
    RunPrinter printer(surroundings_.out, surroundings_.out_style, detail);
    const std::string system =
        is_live() ? without_credentials(target_.url) : std::string("reference broker in virtual time");
    printer.heading({system, *settings_.seed, counted(cases.size(), "case"), conditions_of(settings_)});

    plan.options.baseline = plan.baseline ? &*plan.baseline : nullptr;
    ProgressLine progress(surroundings_.err, settings_.quiet ? TerminalStyle{} : surroundings_.err_style);
    plan.options.progress = [&](const CaseResult& result, std::size_t done, std::size_t all) {
      progress.case_done(result, done, all);
    };
    const Stopwatch stopwatch;
    auto results = results_of(cases, plan);
    progress.clear();
    if (!results) return complain(surroundings_, results.error().exit_code, results.error().message);

    complete(*results, plan);
    return tell_results(surroundings_, settings_, plan, *results, printer, stopwatch);
  }

  tl::expected<RunResults, RunFailure> results_of(const std::vector<const Case*>& cases,
                                                  const RunPlan& plan) const {
    if (is_live()) return run_live(cases, target_, plan.options);
    return run_embedded(cases, plan.broker, plan.options);
  }

  // What only the command line knows.
  void complete(RunResults& results, RunPlan& plan) const {
    results.tool_version = tool_version();
    results.selectors = words_;
    if (is_live()) plan.description.address = without_credentials(target_.url);
    ReplayLine line = replay_line_of(settings_);
    for (CaseResult& result : results.cases) {
      line.address = result.address;
      result.replay = to_text(line);
    }
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  RunSettings settings_;
  std::vector<std::string> words_;
  LiveTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_run_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<RunCommand>(parent, surroundings);
}

}  // namespace holdfast
