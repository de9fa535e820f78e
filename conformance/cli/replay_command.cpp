#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/interrupt.h"
#include "conformance/cli/replay_line.h"
#include "conformance/cli/run_printer.h"
#include "conformance/cli/run_settings.h"
#include "conformance/engine/run.h"
#include "conformance/explore/explored_case.h"
#include "reports/report_folder.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr const char* replay_footer =
    "The line is the one that a failure prints. Against the embedded broker the case runs exactly as it "
    "did;\n"
    "against a live one we do the same again, but what the broker makes of it may differ.\n"
    "\n"
    "Example:    holdfast replay '7:mqtt5/4.4/pubrel-owed-after-cut' mqtt://127.0.0.1:1883";

class ReplayCommand final : public Command {
 public:
  ReplayCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("replay", "Run one case again and show all that happened")) {
    app_.add_option("line", text_, "what stands behind 'replay' in a report")->required()->type_name("LINE");
    app_.add_option("url", target_.url, "the broker, if it was a live one")->type_name("[URL]");
    app_.footer(replay_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const auto line = parse_replay_line(text_);
    if (!line) return complain(surroundings_, exit_code::usage, line.error());
    const auto the_case = find_case(*line);
    if (!the_case) return complain(surroundings_, exit_code::usage, the_case.error());
    RunSettings settings;
    settings.seed = line->seed;
    settings.weather = line->weather;
    settings.faults = line->faults;
    settings.timeout_scale = line->timeout_scale;
    settings.defects = line->defects;
    settings.variants = line->variants;
    const bool live = !target_.url.empty();
    auto plan = plan_run(settings, surroundings_.registry, live);
    if (!plan) return complain(surroundings_, exit_code::usage, plan.error());
    plan->options.keep_all_traces = true;
    if (live) plan->description.address = without_credentials(target_.url);

    end_on_interrupt(false);
    auto results = run_one(**the_case, *plan);
    if (!results) return complain(surroundings_, results.error().exit_code, results.error().message);
    for (CaseResult& result : results->cases) result.replay = to_text(*line);
    return show(*results, plan->description);
  }

 private:
  // Of the registry, or a history that was explored. The error is one line.
  tl::expected<const Case*, std::string> find_case(const ReplayLine& line) {
    const auto address = parse_explored_address(line.address);
    if (!address) {
      if (!line.steps.empty()) return tl::make_unexpected("steps belong to a history of explore only");
      const Case* const the_case = surroundings_.registry.find(line.address);
      if (the_case == nullptr) return tl::make_unexpected("there is no case " + line.address);
      return the_case;
    }
    History history = explored_history(line.seed, *address);
    if (!line.steps.empty()) {
      auto steps = parse_history(line.steps);
      if (!steps) return tl::make_unexpected(steps.error());
      history = *std::move(steps);
    }
    explored_.emplace(*address, std::move(history));
    return &explored_->the_case;
  }

  tl::expected<RunResults, RunFailure> run_one(const Case& the_case, const RunPlan& plan) const {
    if (!target_.url.empty()) return run_live({&the_case}, target_, plan.options);
    return run_embedded({&the_case}, plan.broker, plan.options);
  }

  int show(const RunResults& results, const RunDescription& run) const {
    RunPrinter printer(surroundings_.out, surroundings_.out_style, Detail::normal);
    for (const CaseResult& result : results.cases) {
      for (const std::string& event : result.trace_text) surroundings_.out << printable(event) << "\n";
      surroundings_.out << "\n";
      printer.account(result, run);
    }
    const Outcome outcome = outcome_of(results, false);
    surroundings_.out << outcome.sentence << std::endl;
    return outcome.code;
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::string text_;
  LiveTarget target_;
  std::optional<ExploredCase> explored_;
};

}  // namespace

std::unique_ptr<Command> make_replay_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ReplayCommand>(parent, surroundings);
}

}  // namespace holdfast
