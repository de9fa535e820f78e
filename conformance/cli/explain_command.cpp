#include <fmt/format.h>

#include "conformance/cli/command.h"
#include "conformance/cli/selectors.h"
#include "reports/outcome.h"
#include "reports/requirements/requirement_table.h"
#include "reports/text.h"
#include "sim/time/time.h"

namespace holdfast {
namespace {

constexpr std::size_t label_columns = 14;

class ExplainCommand final : public Command {
 public:
  ExplainCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("explain", "What a case does and why, or what a requirement says")) {
    app_.add_option("what", what_, "address of a case, or id of a requirement")
        ->required()
        ->type_name("ADDRESS");
    app_.footer(
        "Examples:   holdfast explain mqtt5/4.4/pubrel-owed-after-cut\n"
        "            holdfast explain MQTT-4.4.0-1");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (const Case* the_case = surroundings_.registry.find(what_)) {
      explain_case(*the_case);
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
                      << folded(style, label_columns, printable(text)) << "\n";
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
    line("readings", joined(description.interpretations, ", "));
    surroundings_.out << std::flush;
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
    std::string_view label = "cases";
    const std::string selector = fmt::format("{}:{}", v5 ? "5" : "3.1.1", requirement.id);
    for (const Case& the_case : surroundings_.registry.cases()) {
      if (!stands_for(selector, the_case)) continue;
      line(label, the_case.address);
      label = "";
    }
    if (label == "cases") line(label, "none");
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
