#include <fmt/format.h>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/progress_line.h"
#include "conformance/cli/replay_line.h"
#include "conformance/cli/run_frame.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/selectors.h"
#include "conformance/engine/run.h"
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
    if (const auto read = read_settings_file(surroundings_, app_, settings_); !read) return read.error();
    if (!words_.empty() && is_url(words_.front())) {
      target_.url = words_.front();
      words_.erase(words_.begin());
    }
    target_.name = settings_.name;
    const auto cases = select_cases(surroundings_.registry, words_);
    if (!cases) return complain(surroundings_, exit_code::usage, cases.error());
    auto plan = prepare_run(surroundings_, settings_, target_);
    if (!plan) return plan.error();
    return run_cases(*cases, *plan);
  }

 private:
  int run_cases(const std::vector<const Case*>& cases, RunPlan& plan) {
    RunPrinter printer = begin_run(surroundings_, settings_, target_, counted(cases.size(), "case"));
    plan.options.baseline = plan.baseline ? &*plan.baseline : nullptr;
    ProgressLine progress(surroundings_.err, settings_.quiet ? TerminalStyle{} : surroundings_.err_style);
    plan.options.progress = [&](const CaseResult& result, std::size_t done, std::size_t all) {
      progress.case_done(result, done, all);
    };
    const Stopwatch stopwatch;
    auto results = results_of(cases, plan);
    progress.clear();
    if (!results) return complain(surroundings_, results.error().exit_code, results.error().message);

    complete(*results);
    return tell_results(surroundings_, settings_, plan, *results, printer, stopwatch);
  }

  tl::expected<RunResults, RunFailure> results_of(const std::vector<const Case*>& cases,
                                                  const RunPlan& plan) const {
    if (!target_.url.empty()) return run_live(cases, target_, plan.options);
    return run_embedded(cases, plan.broker, plan.options);
  }

  // What only the command line knows.
  void complete(RunResults& results) const {
    results.tool_version = tool_version();
    results.selectors = words_;
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
