#include "conformance/cli/cli.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <algorithm>

#include "conformance/cli/help_format.h"
#include "conformance/cli/suggestion.h"
#include "reports/outcome.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr const char* cli_footer =
    "Exit codes: 0 conforms, or differs only as the baseline expects; 1 does not conform; 2 usage or\n"
    "configuration; 3 the broker cannot be reached or was lost; 4 an error of Holdfast's own.";

// A word that is no command deserves a better answer than "not expected".
std::string unknown_command(const std::string& word, const std::vector<std::unique_ptr<Command>>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command->app().get_name());
  std::string message = fmt::format("there is no command '{}'", printable(word));
  if (const auto near = nearest(word, names)) return message + fmt::format("; did you mean {}?", *near);
  return message + "; see holdfast --help";
}

bool is_command(const std::string& word, const std::vector<std::unique_ptr<Command>>& commands) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const auto& command) { return command->app().get_name() == word; });
}

// The parser takes its arguments from the back.
void parse(CLI::App& app, const std::vector<std::string>& words) {
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
}

}  // namespace

std::string tool_version() { return HOLDFAST_VERSION; }

int complain(Surroundings& surroundings, int exit_code, std::string_view message) {
  surroundings.err << "holdfast: " << printable(message) << std::endl;
  return exit_code;
}

int run_command_line(const std::vector<std::string>& words, Surroundings& surroundings) {
  CLI::App app("Holdfast: a deterministic proving ground for MQTT sessions", "holdfast");
  app.set_version_flag("--version", "holdfast " + tool_version(), "print the version");
  app.set_help_flag("-h,--help", "print this text");
  app.footer(cli_footer);
  app.formatter(std::make_shared<HelpFormat>());
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_run_command(app, surroundings));
  commands.push_back(make_list_command(app, surroundings));
  commands.push_back(make_explain_command(app, surroundings));
  commands.push_back(make_probe_command(app, surroundings));
  commands.push_back(make_ledger_command(app, surroundings));
  commands.push_back(make_selftest_command(app, surroundings));
  commands.push_back(make_explore_command(app, surroundings));
  commands.push_back(make_replay_command(app, surroundings));
  commands.push_back(make_report_command(app, surroundings));
  commands.push_back(make_diff_command(app, surroundings));
  commands.push_back(make_broker_command(app, surroundings));
  commands.push_back(make_decode_command(app, surroundings));

  if (words.empty()) {
    surroundings.err << app.help() << std::flush;
    return exit_code::usage;
  }
  if (!words.front().starts_with('-') && !is_command(words.front(), commands))
    return complain(surroundings, exit_code::usage, unknown_command(words.front(), commands));
  try {
    parse(app, words);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    surroundings.out << (chosen.empty() ? app.help() : chosen.front()->help()) << std::flush;
    return exit_code::conforms;
  } catch (const CLI::CallForVersion& version) {
    surroundings.out << version.what() << std::endl;
    return exit_code::conforms;
  } catch (const CLI::ParseError& error) {
    return complain(surroundings, exit_code::usage, error.what());
  }
  for (const auto& command : commands)
    if (command->app().parsed()) return command->run();
  return complain(surroundings, exit_code::usage, "a command is missing; see holdfast --help");
}

}  // namespace holdfast
