#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "conformance/checkers/checker.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/progress_line.h"
#include "conformance/cli/stopwatch.h"
#include "conformance/selftest/selftest.h"
#include "reports/kill_matrix.h"
#include "reports/outcome.h"
#include "reports/text.h"
#include "reports/write_whole.h"

namespace holdfast {
namespace {

constexpr const char* selftest_footer =
    "Ends with 0 only if no case blames a broker that breaks no rule, every seeded defect is noticed, and "
    "every\n"
    "case and every checker notices at least one. Else with 1, and says what is wrong.\n"
    "\n"
    "Example:    holdfast selftest --html kill-matrix.html";

class SelftestCommand final : public Command {
 public:
  SelftestCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("selftest",
                                    "Prove that each case can fail and that none blames wrongly")) {
    app_.add_option("--seed", options_.seed, "decides all chance")->capture_default_str();
    app_.add_option("--combinations", options_.combinations, "sets of legal variants to draw")
        ->check(CLI::Range(0, 10'000))
        ->capture_default_str();
    app_.add_option("--jobs", options_.jobs, "threads; all cores if not given")->check(CLI::Range(1, 1'024));
    app_.add_option("--json", json_, "the kill matrix for programs, written there")->type_name("FILE");
    app_.add_option("--html", html_, "the kill matrix as a page, written there")->type_name("FILE");
    app_.add_flag("--defects", list_defects_, "each defect with who notices it");
    app_.footer(selftest_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (app_.count("--jobs") == 0) options_.jobs = std::max(1u, std::thread::hardware_concurrency());
    const Stopwatch stopwatch;
    ProgressLine progress(surroundings_.err, surroundings_.err_style);
    options_.progress = [&](std::size_t done, std::size_t all) { progress.advance(done, all); };
    const Selftest selftest = run_selftest(every_case_of(surroundings_.registry), options_);
    progress.clear();
    if (list_defects_) print_defects(selftest);
    print(selftest, stopwatch.elapsed());
    if (!write(json_, [&] { return kill_matrix_json(selftest, tool_version()); }) ||
        !write(html_, [&] { return kill_matrix_page(selftest, tool_version()); }))
      return exit_code::own_error;
    return selftest.problems.empty() ? exit_code::conforms : exit_code::does_not;
  }

 private:
  void line(std::string_view name, std::string_view text) {
    surroundings_.out << fmt::format("{:<22}{}\n", name, text);
  }

  void print_defects(const Selftest& selftest) {
    for (const DefectRun& run : selftest.defects) {
      const auto by_case = std::ranges::count_if(run.catches, &Catch::by_case);
      surroundings_.out << fmt::format("{:<40} {:>5} cases  {}\n", run.defect->name, by_case,
                                       run.defect->sentence);
      constexpr std::size_t shown = 3;
      for (std::size_t i = 0; i < std::min(shown, run.catches.size()); ++i) {
        const Catch& one = run.catches[i];
        std::vector<std::string> checkers;
        for (const std::size_t place : one.checkers) checkers.emplace_back(all_checkers()[place].name);
        surroundings_.out << fmt::format("    {:<12} {}{}\n", name_of(one.verdict),
                                         selftest.cases[one.case_index]->address,
                                         one.by_case ? "" : "  (" + joined(checkers, ", ") + ")");
      }
    }
    surroundings_.out << "\n";
  }

  void print(const Selftest& selftest, Duration elapsed) {
    const std::size_t variants = selftest.sound.size() - 1 - selftest.combinations;
    const auto biting = [](const std::vector<std::size_t>& caught) {
      return caught.size() - static_cast<std::size_t>(std::ranges::count(caught, 0u));
    };
    const SoundRun& plain = selftest.sound.front();
    line("sound broker", fmt::format("{} of {} cases pass, {} cannot be judged on it", plain.passed,
                                     selftest.cases.size(), plain.unsupported));
    line("legal variants", fmt::format("{}, and {} combinations of them", variants, selftest.combinations));
    line("seeded defects", fmt::format("{} of {} noticed", selftest.defects_caught, selftest.defects.size()));
    line("cases", fmt::format("{} of {} notice a defect by themselves", biting(selftest.caught_by_case),
                              selftest.cases.size()));
    line("checkers", fmt::format("{} of {} notice a defect", biting(selftest.caught_by_checker),
                                 selftest.caught_by_checker.size()));
    for (const std::string& problem : selftest.problems)
      surroundings_.out << coloured(surroundings_.out_style, Colour::red, "WRONG") << "  "
                        << folded(surroundings_.out_style, 7,
                                  shortened(printable(problem), problem_bytes_max))
                        << "\n";
    const double seconds = std::chrono::duration<double>(elapsed).count();
    surroundings_.out << (selftest.problems.empty()
                              ? std::string("proven")
                              : fmt::format("not proven: {} problems", selftest.problems.size()))
                      << fmt::format("   seed {}, {:.1f} s", selftest.seed, seconds) << std::endl;
  }

  // True if nothing was asked for, or if it stands there now.
  template <typename Make>
  bool write(const std::string& path, Make make) {
    if (path.empty()) return true;
    const auto written = write_whole(path, make());
    if (!written) complain(surroundings_, exit_code::own_error, written.error());
    return written.has_value();
  }

  static constexpr std::size_t problem_bytes_max = 600;
  Surroundings& surroundings_;
  CLI::App& app_;
  SelftestOptions options_;
  std::string json_;
  std::string html_;
  bool list_defects_ = false;
};

}  // namespace

std::unique_ptr<Command> make_selftest_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<SelftestCommand>(parent, surroundings);
}

}  // namespace holdfast
