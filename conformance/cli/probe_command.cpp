#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/cli/cli.h"
#include "conformance/cli/command.h"
#include "conformance/cli/interrupt.h"
#include "conformance/cli/run_printer.h"
#include "conformance/cli/run_settings.h"
#include "conformance/probe/probe.h"
#include "reports/outcome.h"
#include "reports/probe_json.h"
#include "reports/text.h"

namespace holdfast {
namespace {

// One question with the answers of both versions, joined where they are the same.
struct ProbeRow {
  std::string question;
  std::string answer;
  ProbeSource source;
  std::string citations;
};

std::string short_version(mqtt::Version version) { return version == mqtt::Version::v5 ? "5.0" : "3.1.1"; }

std::vector<ProbeRow> rows_of(const std::vector<ProbeLine>& lines) {
  std::vector<ProbeRow> rows;
  std::vector<bool> done(lines.size(), false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (done[i]) continue;
    std::vector<const ProbeLine*> same = {&lines[i]};
    for (std::size_t other = i + 1; other < lines.size(); ++other) {
      const bool is_same = lines[other].name == lines[i].name && lines[other].answer == lines[i].answer &&
                           lines[other].source == lines[i].source;
      if (!is_same) continue;
      same.push_back(&lines[other]);
      done[other] = true;
    }
    std::vector<std::string> citations;
    for (const ProbeLine* line : same) {
      for (const std::string& id : line->requirements)
        citations.push_back(line->version == mqtt::Version::v5 ? id : "3.1.1:" + id);
    }
    const bool is_of_both = same.size() > 1 || std::ranges::none_of(lines, [&](const ProbeLine& other) {
                              return other.name == lines[i].name && other.version != lines[i].version;
                            });
    rows.push_back({is_of_both ? lines[i].question
                               : fmt::format("{} ({})", lines[i].question, short_version(lines[i].version)),
                    lines[i].answer, lines[i].source, joined(citations, " ")});
  }
  return rows;
}

class ProbeCommand final : public Command {
 public:
  ProbeCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("probe", "What a broker announces and does where it has a choice")) {
    app_.add_option("url", url_, "URL of the broker (mqtt://...); none: the embedded one")
        ->type_name("[URL]");
    app_.add_flag("--json", json_, "for programs");
    app_.add_option("--seed", settings_.seed, "decides all chance; 0 if not given")
        ->type_name("N")
        ->check(only_digits);
    app_.add_option("--name", settings_.name, "name of the system under test; it is asked if not given")
        ->type_name("TEXT");
    app_.add_option("--timeout-scale", settings_.timeout_scale,
                    "stretches how long an answer may take, 0.1 to 100")
        ->type_name("X")
        ->check(CLI::Range(0.1, 100.0).description(""));
    app_.add_option("--defect", settings_.defects, "break a rule in the embedded broker; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app_.add_option("--variant", settings_.variants, "a legal choice of the embedded broker; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app_.footer(
        "Nothing is judged: each line is a choice that the standards leave open, with the requirement that\n"
        "leaves it. announced: CONNACK says so; observed: a trial has shown it.");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const bool is_live = !url_.empty();
    if (is_live && !is_url(url_))
      return complain(surroundings_, exit_code::usage,
                      fmt::format("'{}' is not a URL such as mqtt://127.0.0.1:1883", printable(url_)));
    if (is_live && (!settings_.defects.empty() || !settings_.variants.empty()))
      return complain(surroundings_, exit_code::usage,
                      "--defect and --variant are for the embedded broker, not for a live one");
    const auto broker = broker_settings(settings_.defects, settings_.variants);
    if (!broker) return complain(surroundings_, exit_code::usage, broker.error());
    RunOptions options;
    options.seed = settings_.seed.value_or(0);
    options.timeout_scale = settings_.timeout_scale;
    end_on_interrupt(false);
    if (!is_live) return show(probe_embedded(*broker, options));
    const auto results = probe_live({.url = url_, .name = settings_.name}, options);
    if (!results) return complain(surroundings_, results.error().exit_code, results.error().message);
    return show(*results);
  }

 private:
  int show(ProbeResults results) {
    if (!url_.empty()) results.system.address = without_credentials(url_);
    if (json_) {
      surroundings_.out << probe_json_text(results.system, results.v3_1_1.has_value(), results.v5.has_value(),
                                           results.lines)
                        << std::flush;
      return exit_code::conforms;
    }
    surroundings_.out << system_in_words(surroundings_.out_style, results.system, results.v3_1_1, results.v5)
                      << "\n";
    const std::vector<ProbeRow> rows = rows_of(results.lines);
    for (const ProbeSource source : {ProbeSource::announced, ProbeSource::observed, ProbeSource::unknown})
      print_rows(rows, source);
    surroundings_.out << std::flush;
    return exit_code::conforms;
  }

  void print_rows(const std::vector<ProbeRow>& all, ProbeSource source) {
    std::vector<const ProbeRow*> rows;
    std::size_t question_columns = 0;
    std::size_t answer_columns = 0;
    for (const ProbeRow& row : all) {
      if (row.source != source) continue;
      rows.push_back(&row);
      question_columns = std::max(question_columns, columns(row.question));
      answer_columns = std::max(answer_columns, columns(printable(row.answer)));
    }
    if (rows.empty()) return;
    surroundings_.out << "\n" << coloured(surroundings_.out_style, Colour::bold, name_of(source)) << "\n";
    for (const ProbeRow* row : rows)
      surroundings_.out << fmt::format("  {:<{}}  {:<{}}  {}\n", row->question, question_columns,
                                       printable(row->answer), answer_columns, row->citations);
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  RunSettings settings_;
  std::string url_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_probe_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ProbeCommand>(parent, surroundings);
}

}  // namespace holdfast
