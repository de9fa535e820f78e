#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "conformance/cli/cli.h"
#include "conformance/engine/case.h"
#include "reports/outcome.h"

int main(int argc, char** argv) {
  using namespace holdfast;
  Registry registry;
  register_all_suites(registry);
  Surroundings surroundings{registry, std::cout, std::cerr, style_of(STDOUT_FILENO), style_of(STDERR_FILENO)};
  try {
    const int code = run_command_line(std::vector<std::string>(argv + 1, argv + argc), surroundings);
    std::cout.flush();
    if (!std::cout) return complain(surroundings, exit_code::own_error, "cannot write to standard output");
    return code;
  } catch (const std::exception& error) {
    return complain(surroundings, exit_code::own_error, error.what());
  }
}
