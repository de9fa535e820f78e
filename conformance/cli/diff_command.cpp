#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "reports/difference.h"
#include "reports/outcome.h"
#include "reports/read_results.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr const char* diff_footer =
    "Ends with 0 if no case is graver than before, with 1 if one is. Cases that only one of the runs has "
    "are\n"
    "listed and do not count.\n"
    "\n"
    "Example:    holdfast diff good/results.json report/results.json";

constexpr std::size_t observed_bytes_max = 300;

std::string_view diff_heading(Change change) {
  switch (change) {
    case Change::regression:
      return "REGRESSION";
    case Change::improvement:
      return "IMPROVEMENT";
    case Change::other:
      return "CHANGE";
    case Change::added:
      return "ADDED";
    case Change::removed:
      return "REMOVED";
  }
  return "CHANGE";
}

class DiffCommand final : public Command {
 public:
  DiffCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("diff", "What changed from one run to another")) {
    app_.add_option("before", before_, "results.json of the older run")->required()->type_name("FILE");
    app_.add_option("after", after_, "results.json of the newer run")->required()->type_name("FILE");
    app_.footer(diff_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const auto before = read_results(before_);
    if (!before) return complain(surroundings_, exit_code::usage, before.error());
    const auto after = read_results(after_);
    if (!after) return complain(surroundings_, exit_code::usage, after.error());
    return print(differences(*before, *after));
  }

 private:
  int print(const std::vector<Difference>& found) const {
    std::size_t counts[5] = {};
    for (const Difference& difference : found) {
      ++counts[static_cast<int>(difference.change)];
      surroundings_.out << fmt::format("{:<11} {}  {}\n", diff_heading(difference.change),
                                       printable(difference.address), verdicts_of(difference));
      if (difference.change == Change::regression && !difference.observed.empty())
        surroundings_.out << "            observed  "
                          << shortened(printable(difference.observed), observed_bytes_max) << "\n";
    }
    surroundings_.out << fmt::format(
                             "{} regressions, {} improvements, {} other changes, {} added, {} removed\n",
                             counts[0], counts[1], counts[2], counts[3], counts[4])
                      << std::flush;
    return counts[0] > 0 ? exit_code::does_not : exit_code::conforms;
  }

  static std::string verdicts_of(const Difference& difference) {
    if (difference.change == Change::added) return difference.after;
    if (difference.change == Change::removed) return "was " + difference.before;
    return fmt::format("{} -> {}", difference.before, difference.after);
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::string before_;
  std::string after_;
};

}  // namespace

std::unique_ptr<Command> make_diff_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<DiffCommand>(parent, surroundings);
}

}  // namespace holdfast
