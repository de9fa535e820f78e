#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "reports/badge.h"
#include "reports/ctrf.h"
#include "reports/html_report.h"
#include "reports/matrix_report.h"
#include "reports/outcome.h"
#include "reports/read_results.h"
#include "reports/summary.h"
#include "reports/text.h"
#include "reports/write_whole.h"

namespace holdfast {
namespace {

constexpr const char* report_footer =
    "Examples:   holdfast report report/results.json --html report.html\n"
    "            holdfast report a/results.json b/results.json --matrix matrix.html";

// What can be made of one run.
struct ReportOfOne {
  const char* option;
  const char* what;
  std::string (*make)(const nlohmann::ordered_json& document);
  std::string path{};
};

class ReportCommand final : public Command {
 public:
  ReportCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("report", "Make pages for people from results that are there already")) {
    app_.add_option("results", paths_, "results.json of one run or of several")
        ->required()
        ->type_name("FILE...");
    app_.add_option("--matrix", matrix_, "brokers side by side, written there")->type_name("FILE");
    for (ReportOfOne& one : of_one_)
      app_.add_option(one.option, one.path, fmt::format("{}, written there", one.what))->type_name("FILE");
    app_.add_option("--note", note_, "a line under the heading of the matrix")->type_name("TEXT");
    app_.footer(report_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const auto is_wanted = [](const ReportOfOne& one) { return !one.path.empty(); };
    const bool any_of_one = std::any_of(std::begin(of_one_), std::end(of_one_), is_wanted);
    if (any_of_one != matrix_.empty())
      return complain(surroundings_, exit_code::usage,
                      "say what to make: --matrix FILE of several runs, or --html FILE and others of one");
    if (any_of_one && paths_.size() > 1)
      return complain(surroundings_, exit_code::usage, "only --matrix takes several results.json");
    std::vector<nlohmann::ordered_json> documents;
    for (const std::string& path : paths_) {
      auto document = read_results(path);
      if (!document) return complain(surroundings_, exit_code::usage, document.error());
      documents.push_back(*std::move(document));
    }
    if (!matrix_.empty()) return write(matrix_, matrix_report(columns_of(documents), note_));
    for (const ReportOfOne& one : of_one_) {
      if (one.path.empty()) continue;
      if (const int code = write(one.path, one.make(documents.front())); code != exit_code::conforms)
        return code;
    }
    return exit_code::conforms;
  }

 private:
  std::vector<MatrixColumn> columns_of(const std::vector<nlohmann::ordered_json>& documents) const {
    std::vector<MatrixColumn> columns;
    for (std::size_t at = 0; at < documents.size(); ++at)
      columns.push_back({&documents[at], report_beside(paths_[at])});
    return columns;
  }

  // The report.html that stands beside a results.json, seen from the matrix; empty if there is none.
  std::string report_beside(const std::string& results) const {
    std::error_code error;
    const auto here = std::filesystem::absolute(matrix_, error).parent_path();
    const auto report = std::filesystem::absolute(results, error).parent_path() / "report.html";
    if (error || !std::filesystem::is_regular_file(report, error)) return {};
    return report.lexically_normal().lexically_relative(here.lexically_normal()).generic_string();
  }

  int write(const std::string& path, const std::string& page) {
    const auto written = write_whole(path, page);
    if (!written) return complain(surroundings_, exit_code::own_error, written.error());
    surroundings_.out << printable(path) << std::endl;
    return exit_code::conforms;
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::vector<std::string> paths_;
  ReportOfOne of_one_[5] = {{"--html", "the page", html_report},
                            {"--ctrf", "CTRF for dashboards", ctrf_json},
                            {"--summary", "a summary in Markdown", summary_markdown},
                            {"--badge", "data of a badge for shields.io", badge_json},
                            {"--badge-svg", "a badge as a picture", badge_svg}};
  std::string matrix_;
  std::string note_;
};

}  // namespace

std::unique_ptr<Command> make_report_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ReportCommand>(parent, surroundings);
}

}  // namespace holdfast
