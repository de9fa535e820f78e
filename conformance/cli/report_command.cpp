#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "reports/html_report.h"
#include "reports/matrix_report.h"
#include "reports/outcome.h"
#include "reports/read_results.h"
#include "reports/text.h"
#include "reports/write_whole.h"

namespace holdfast {
namespace {

constexpr const char* report_footer =
    "Examples:   holdfast report report/results.json --html report.html\n"
    "            holdfast report a/results.json b/results.json --matrix matrix.html";

class ReportCommand final : public Command {
 public:
  ReportCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("report", "Make pages for people from results that are there already")) {
    app_.add_option("results", paths_, "results.json of one run or of several")
        ->required()
        ->type_name("FILE...");
    CLI::Option* html =
        app_.add_option("--html", html_, "the page of one run, written there")->type_name("FILE");
    app_.add_option("--matrix", matrix_, "brokers side by side, written there")
        ->type_name("FILE")
        ->excludes(html);
    app_.add_option("--note", note_, "a line under the heading of the matrix")->type_name("TEXT");
    app_.footer(report_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (html_.empty() == matrix_.empty())
      return complain(surroundings_, exit_code::usage, "say what to make: --html FILE or --matrix FILE");
    if (!html_.empty() && paths_.size() > 1)
      return complain(surroundings_, exit_code::usage,
                      "--html takes one results.json; --matrix takes several");
    std::vector<nlohmann::ordered_json> documents;
    for (const std::string& path : paths_) {
      auto document = read_results(path);
      if (!document) return complain(surroundings_, exit_code::usage, document.error());
      documents.push_back(*std::move(document));
    }
    if (!html_.empty()) return write(html_, html_report(documents.front()));
    return write(matrix_, matrix_report(columns_of(documents), note_));
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
  std::string html_;
  std::string matrix_;
  std::string note_;
};

}  // namespace

std::unique_ptr<Command> make_report_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ReportCommand>(parent, surroundings);
}

}  // namespace holdfast
