// The command line as a function, so that tests can call it.
#pragma once

#include <string>
#include <vector>

#include "conformance/cli/command.h"

namespace holdfast {

// `words`: the command line without the name of the program. Returns the exit code.
int run_command_line(const std::vector<std::string>& words, Surroundings& surroundings);

// "0.1.0"
std::string tool_version();

}  // namespace holdfast
