// The commands of the program. Each declares its options on a subcommand of its own, and runs if it was
// chosen.
#pragma once

#include <CLI/App.hpp>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>

#include "conformance/cli/terminal.h"
#include "conformance/engine/case.h"

namespace holdfast {

// What a command works with. All of it outlives the command.
struct Surroundings {
  const Registry& registry;
  std::ostream& out;
  std::ostream& err;  // one line for each error, and the progress line
  TerminalStyle out_style{};
  TerminalStyle err_style{};
  std::istream& in = std::cin;
};

class Command {
 public:
  virtual ~Command() = default;
  // The exit code. Called once, after the command line was parsed.
  virtual int run() = 0;
  virtual CLI::App& app() = 0;
};

std::unique_ptr<Command> make_run_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_list_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_explain_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_ledger_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_probe_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_explore_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_replay_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_report_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_diff_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_broker_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_selftest_command(CLI::App& parent, Surroundings& surroundings);
std::unique_ptr<Command> make_decode_command(CLI::App& parent, Surroundings& surroundings);

// Prints "holdfast: <message>" as one line and returns `exit_code`. The message is made printable.
int complain(Surroundings& surroundings, int exit_code, std::string_view message);

}  // namespace holdfast
