#include <fmt/format.h>

#include "conformance/cli/command.h"
#include "conformance/cli/selectors.h"
#include "conformance/ledger/citations.h"
#include "conformance/ledger/ledger.h"
#include "conformance/probe/observations.h"
#include "reports/outcome.h"
#include "reports/requirements/interpretations.h"
#include "reports/requirements/requirement_table.h"
#include "reports/text.h"
#include "sim/time/time.h"

namespace holdfast {
namespace {

constexpr std::size_t explained_label_columns = 14;

class ExplainCommand final : public Command {
 public:
  ExplainCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("explain", "What a case does and why, or what a rule says")) {
    app_.add_option("what", what_,
                    "address of a case, id of a requirement, or row of the register of interpretations")
        ->required()
        ->type_name("ADDRESS");
    app_.footer(
        "Examples:   holdfast explain mqtt5/4.4/pubrel-owed-after-cut\n"
        "            holdfast explain MQTT-4.4.0-1\n"
        "            holdfast explain F-02");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (const Case* the_case = surroundings_.registry.find(what_)) {
      explain_case(*the_case);
      return exit_code::conforms;
    }
    if (const Interpretation* row = find_interpretation(what_)) {
      explain_interpretation(*row);
      return exit_code::conforms;
    }
    if (explain_requirement()) return exit_code::conforms;
    // The selectors know how to say what is wrong with a word; what they do accept is more than one case.
    const std::vector<std::string> words = {what_};
    const auto cases = select_cases(surroundings_.registry, words);
    const std::string problem =
        cases ? fmt::format("'{}' is not one case; see holdfast list {}", printable(what_), shell_word(what_))
              : cases.error();
    return complain(surroundings_, exit_code::usage, problem);
  }

 private:
  void line(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    const TerminalStyle& style = surroundings_.out_style;
    surroundings_.out << coloured(style, Colour::dim, fmt::format("  {:<11} ", label))
                      << folded(style, explained_label_columns, printable(text)) << "\n";
  }

  void heading(std::string_view text) {
    surroundings_.out << coloured(surroundings_.out_style, Colour::bold, printable(text)) << "\n";
  }

  void explain_case(const Case& the_case) {
    const CaseDescription& description = *the_case.description;
    heading(the_case.address);
    surroundings_.out << folded(surroundings_.out_style, 0, printable(description.title)) << "\n\n";
    line("level", name_of(description.level));
    line("standard", fmt::format("MQTT {}, section {}",
                                 the_case.version == mqtt::Version::v5 ? "5.0" : "3.1.1", the_case.section));
    std::string_view label = "judges";
    for (const std::string& id : the_case.requirements) {
      const Requirement* requirement = find_requirement(the_case.version, id);
      line(label, requirement == nullptr ? id
                                         : fmt::format("{} ({}, binds: {}): {}", id, requirement->level,
                                                       requirement->subject, requirement->text));
      label = "touches";
    }
    line("procedure", description.procedure);
    line("control", description.control);
    std::vector<std::string> needs;
    for (const Need need : description.needs) needs.emplace_back(name_of(need));
    line("needs", joined(needs, ", "));
    if (description.longest_timer > Duration::zero())
      line("timers", format_time(Time{description.longest_timer}) + " beyond round trips");
    line("tags", joined(description.tags, ", "));
    line("variants", joined(description.variants, ", "));
    for (const std::string& id : description.interpretations) print_reading(id);
    surroundings_.out << std::flush;
  }

  // What of the register a judgement rests on; who argued it where, `explain` of the row itself tells.
  void print_reading(const std::string& id) {
    const Interpretation* row = find_interpretation(id);
    if (row == nullptr) return line("reading", id);
    line("reading", fmt::format("{}: {}", id, row->question));
    print_choice(*row);
  }

  void print_choice(const Interpretation& row) {
    line("", "A: " + row.reading_a);
    line("", "B: " + row.reading_b);
    line("", "ours: " + row.choice);
    line("", "verdict: " + row.verdict);
  }

  void explain_interpretation(const Interpretation& row) {
    heading(fmt::format("{} of the register of interpretations", row.id));
    line("question", row.question);
    line("reading A", row.reading_a);
    line("reading B", row.reading_b);
    line("argued", row.argued);
    line("ours", row.choice);
    line("verdict", row.verdict);
    const std::vector<std::string> resting = citations_of(row.id, surroundings_.registry);
    list("rests on it", resting);
    Registry observations;
    register_observations(observations);
    std::vector<std::string> questions;
    for (const Case* observation : cases_that_rest_on(row.id, observations)) {
      const CaseDescription& description = *observation->description;
      const std::string question = fmt::format("{}: {}", description.slug, description.title);
      if (questions.empty() || questions.back() != question) questions.push_back(question);
    }
    list("probe", questions);
    if (resting.empty() && questions.empty()) line("unused", row.why_unused);
    surroundings_.out << std::flush;
  }

  void list(std::string_view label, const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
      line(label, entry);
      label = "";
    }
  }

  // False if no table has such an id.
  bool explain_requirement() {
    std::string id = what_;
    bool v3_1_1 = true;
    bool v5 = true;
    if (const std::size_t colon = id.find(':'); colon != std::string::npos) {
      v3_1_1 = id.substr(0, colon) == "3.1.1";
      v5 = id.substr(0, colon) == "5" || id.substr(0, colon) == "5.0";
      id.erase(0, colon + 1);
    }
    bool found = false;
    for (const mqtt::Version version : {mqtt::Version::v3_1_1, mqtt::Version::v5}) {
      const bool wanted = version == mqtt::Version::v5 ? v5 : v3_1_1;
      const Requirement* requirement = wanted ? find_requirement(version, id) : nullptr;
      if (requirement == nullptr) continue;
      if (found) surroundings_.out << "\n";
      found = true;
      print_requirement(*requirement);
    }
    return found;
  }

  void print_requirement(const Requirement& requirement) {
    const bool v5 = requirement.version == mqtt::Version::v5;
    heading(fmt::format("{} of MQTT {}, section {}: {}", requirement.id, v5 ? "5.0" : "3.1.1",
                        requirement.section, requirement.title));
    line("level", fmt::format("{}, binds: {}", requirement.level, requirement.subject));
    line("says", requirement.text);
    line("test", requirement.check);
    line("note", requirement.note);
    line("reported", joined(requirement.evidence, ", "));
    const std::vector<const Case*> cases = every_case_of(surroundings_.registry);
    for (const LedgerRow& row : make_ledger(judge_sound_broker(cases), all_reasons())) {
      if (row.requirement != &requirement) continue;
      line("status", name_of(row.status));
      line("", row.reason);
      for (const std::string_view checker : row.checkers) line("checker", checker);
      std::vector<std::string> addresses;
      for (const Case* the_case : row.cases) addresses.push_back(the_case->address);
      if (addresses.empty()) addresses.emplace_back("none");
      list("cases", addresses);
      std::vector<std::string> touching;
      for (const Case* the_case : row.touching) touching.push_back(the_case->address);
      list("touched by", touching);
    }
    surroundings_.out << std::flush;
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::string what_;
};

}  // namespace

std::unique_ptr<Command> make_explain_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<ExplainCommand>(parent, surroundings);
}

}  // namespace holdfast
