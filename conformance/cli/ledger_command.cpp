#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "conformance/cli/command.h"
#include "conformance/ledger/citations.h"
#include "conformance/ledger/ledger.h"
#include "reports/outcome.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::size_t ledger_id_columns = 18;

std::string ledger_version(mqtt::Version version) { return version == mqtt::Version::v5 ? "5.0" : "3.1.1"; }

struct VersionTally {
  Tally all{};
  std::map<std::string, Tally> areas{};  // by name
};

class LedgerCommand final : public Command {
 public:
  LedgerCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("ledger", "What of the standards is tested, and why the rest is not")) {
    CLI::Option* untested =
        app_.add_flag("--untested", untested_, "the rows that nobody tests, with their text");
    CLI::Option* rows =
        app_.add_flag("--rows", rows_, "every row with its status and who tests it or why not");
    CLI::Option* citations =
        app_.add_flag("--citations", citations_, "the text of fixtures/ledger/citations.txt");
    CLI::Option* json = app_.add_flag("--json", json_, "for programs: the sums and every row");
    app_.add_option("--area", area_, "only the rows of this area")->type_name("AREA")->excludes(citations);
    untested->excludes(rows)->excludes(citations)->excludes(json);
    rows->excludes(citations)->excludes(json);
    citations->excludes(json);
    app_.footer(
        "A row counts if it binds the server and a test could see whether the server keeps it.\n"
        "holdfast explain ID shows one row.");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const std::vector<JudgedCase> judged = judge_sound_broker(every_case_of(surroundings_.registry));
    std::vector<LedgerRow> ledger = make_ledger(judged, all_reasons());
    if (citations_) {
      surroundings_.out << citations_text(ledger) << std::flush;
      const std::vector<std::string> wrong = contradictions(judged, all_reasons());
      for (const std::string& line : wrong) complain(surroundings_, exit_code::does_not, line);
      return wrong.empty() ? exit_code::conforms : exit_code::does_not;
    }
    if (!area_.empty()) {
      std::erase_if(ledger, [&](const LedgerRow& row) { return row.requirement->area != area_; });
      if (ledger.empty())
        return complain(surroundings_, exit_code::usage, fmt::format("no row has the area '{}'", area_));
    }
    if (json_) {
      print_json(ledger);
    } else if (untested_ || rows_) {
      for (const LedgerRow& row : ledger)
        if (rows_ || row.status == RowStatus::untested) print_row(row);
    } else {
      print_sums(ledger);
    }
    surroundings_.out << std::flush;
    return exit_code::conforms;
  }

 private:
  static std::map<mqtt::Version, VersionTally> sums_of(const std::vector<LedgerRow>& ledger) {
    std::map<mqtt::Version, VersionTally> sums;
    for (const LedgerRow& row : ledger) {
      VersionTally& sum = sums[row.requirement->version];
      sum.all.add(row.status);
      sum.areas[row.requirement->area].add(row.status);
    }
    return sums;
  }

  void print_sums(const std::vector<LedgerRow>& ledger) {
    std::ostream& out = surroundings_.out;
    for (const auto& [version, sum] : sums_of(ledger)) {
      out << coloured(surroundings_.out_style, Colour::bold, "MQTT " + ledger_version(version)) << "\n"
          << fmt::format("  {:<20} {:>6} {:>8} {:>5}   {:>8} {:>7} {:>6} {:>14}\n", "area", "rows", "tested",
                         "%", "untested", "restart", "client", "not observable");
      for (const auto& [area, tally] : sum.areas) out << sum_line(area, tally);
      out << sum_line("all", sum.all)
          << fmt::format(
                 "  Of {} rows that bind the server and that the wire shows, {} are tested: {} %.\n\n",
                 sum.all.countable(), sum.all.tested, sum.all.percent());
    }
    out << "restart: shows only across a restart of the server. client: binds the client.\n"
        << "holdfast ledger --untested names what is missing, holdfast ledger --rows everything.\n";
  }

  static std::string sum_line(std::string_view name, const Tally& tally) {
    const std::string percent = tally.countable() == 0 ? "-" : fmt::format("{}", tally.percent());
    return fmt::format("  {:<20} {:>6} {:>8} {:>5}   {:>8} {:>7} {:>6} {:>14}\n", name, tally.all(),
                       tally.tested, percent, tally.untested, tally.restart, tally.client,
                       tally.not_observable);
  }

  void print_row(const LedgerRow& row) {
    const Requirement& requirement = *row.requirement;
    surroundings_.out << fmt::format(
        "{:<5}  {:<{}}  {:<14}  {:<19}  {:<10}  {}\n", ledger_version(requirement.version), requirement.id,
        ledger_id_columns, name_of(row.status), requirement.area, requirement.level, requirement.title);
    if (untested_) {
      surroundings_.out << "       " << folded(surroundings_.out_style, 7, printable(requirement.text))
                        << "\n"
                        << "       test: "
                        << folded(surroundings_.out_style, 13, printable(requirement.check)) << "\n";
      return;
    }
    for (const std::string& by : citations_of(row)) surroundings_.out << "       " << by << "\n";
    if (!row.reason.empty())
      surroundings_.out << "       " << folded(surroundings_.out_style, 7, printable(row.reason)) << "\n";
  }

  void print_json(const std::vector<LedgerRow>& ledger) {
    using Json = nlohmann::ordered_json;
    const auto tally_json = [](const Tally& tally) {
      return Json{{"rows", tally.all()},
                  {"countable", tally.countable()},
                  {"tested", tally.tested},
                  {"untested", tally.untested},
                  {"restart", tally.restart},
                  {"client", tally.client},
                  {"not observable", tally.not_observable},
                  {"percent", tally.percent()}};
    };
    Json versions = Json::object();
    for (const auto& [version, sum] : sums_of(ledger)) {
      Json areas = Json::object();
      for (const auto& [area, tally] : sum.areas) areas[area] = tally_json(tally);
      versions[ledger_version(version)] = {{"all", tally_json(sum.all)}, {"areas", std::move(areas)}};
    }
    Json rows = Json::array();
    for (const LedgerRow& row : ledger) {
      Json cases = Json::array();
      for (const Case* the_case : row.cases) cases.push_back(the_case->address);
      rows.push_back({{"version", ledger_version(row.requirement->version)},
                      {"id", row.requirement->id},
                      {"area", row.requirement->area},
                      {"level", row.requirement->level},
                      {"subject", row.requirement->subject},
                      {"observable", row.requirement->observable},
                      {"title", row.requirement->title},
                      {"status", name_of(row.status)},
                      {"reason", row.reason},
                      {"checkers", row.checkers},
                      {"cases", std::move(cases)}});
    }
    const Json json = {
        {"format", "holdfast-ledger"}, {"versions", std::move(versions)}, {"rows", std::move(rows)}};
    surroundings_.out << json.dump(1, ' ', true) << "\n";
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  bool untested_ = false;
  bool rows_ = false;
  bool citations_ = false;
  bool json_ = false;
  std::string area_;
};

}  // namespace

std::unique_ptr<Command> make_ledger_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<LedgerCommand>(parent, surroundings);
}

}  // namespace holdfast
