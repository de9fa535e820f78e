#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/progress_line.h"
#include "conformance/cli/replay_line.h"
#include "conformance/cli/run_frame.h"
#include "conformance/cli/run_settings.h"
#include "conformance/cli/stopwatch.h"
#include "conformance/explore/explore.h"
#include "conformance/explore/explored_case.h"

namespace holdfast {
namespace {

constexpr std::size_t histories_max = 1'000'000;

constexpr const char* explore_footer =
    "Each history is what two to four clients do, with faults on their links, drawn from the seed; half of\n"
    "them in MQTT 3.1.1 and half in 5.0. They are judged by what a broker owes to its Sessions and by every\n"
    "checker. For each way in which a rule is broken one history is made short and told as a case, with a\n"
    "line that replays it.\n"
    "\n"
    "Examples:   holdfast explore mqtt://127.0.0.1:1883 --seeds 500 --out report\n"
    "            holdfast explore --defect pubrel-not-resent --seed 7";

class ExploreCommand final : public Command {
 public:
  ExploreCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(
            *parent.add_subcommand("explore", "Try random histories and faults, and make short what fails")) {
    app_.add_option("url", target_.url, "the broker (mqtt://...); if not given, the embedded one")
        ->type_name("[URL]");
    app_.add_option("--seeds", seeds_, "how many histories to try, of each version")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, histories_max).description(""))
        ->capture_default_str();
    declare_run_options(app_, settings_);
    app_.footer(explore_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (const auto read = read_settings_file(surroundings_, app_, settings_); !read) return read.error();
    if (is_live() && !is_url(target_.url))
      return complain(
          surroundings_, exit_code::usage,
          fmt::format("'{}' is not the URL of a broker, such as mqtt://127.0.0.1:1883", target_.url));
    if (!settings_.baseline.empty())
      return complain(surroundings_, exit_code::usage, "explore has no use for a baseline");
    if (!settings_.faults.empty())
      return complain(surroundings_, exit_code::usage, "explore draws its faults itself and takes no others");
    target_.name = settings_.name;
    auto plan = prepare_run(surroundings_, settings_, target_);
    if (!plan) return plan.error();
    return explore(*plan);
  }

 private:
  bool is_live() const { return !target_.url.empty(); }

  int explore(RunPlan& plan) {
    RunPrinter printer =
        begin_run(surroundings_, settings_, target_, fmt::format("{} random histories", 2 * seeds_));
    ProgressLine progress(surroundings_.err, settings_.quiet ? TerminalStyle{} : surroundings_.err_style);
    const Stopwatch stopwatch;
    auto exploration = explored(plan, progress);
    progress.clear();
    if (!exploration)
      return complain(surroundings_, exploration.error().exit_code, exploration.error().message);

    complete(*exploration);
    return tell_results(surroundings_, settings_, plan, exploration->results, printer, stopwatch);
  }

  tl::expected<Exploration, RunFailure> explored(const RunPlan& plan, ProgressLine& progress) const {
    ExploreOptions options;
    options.histories = seeds_;
    options.threads = std::max(1u, std::thread::hardware_concurrency());
    options.progress = [&](std::size_t done, std::size_t all) { progress.advance(done, all); };
    if (is_live()) return explore_live(target_, plan.options, options);
    return explore_embedded(plan.broker, plan.options, options);
  }

  // What only the command line knows.
  void complete(Exploration& exploration) const {
    exploration.results.tool_version = tool_version();
    ReplayLine line = replay_line_of(settings_);
    for (std::size_t i = 0; i < exploration.finds.size(); ++i) {
      CaseResult& result = exploration.results.cases[i];
      line.address = result.address;
      line.steps = to_text(exploration.finds[i]);
      result.replay = to_text(line);
    }
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  RunSettings settings_;
  std::size_t seeds_ = 1'000;
  LiveTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_explore_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ExploreCommand>(parent, surroundings);
}

}  // namespace holdfast
