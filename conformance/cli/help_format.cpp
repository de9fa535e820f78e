#include "conformance/cli/help_format.h"

#include <CLI/Config.hpp>

namespace holdfast {

std::string HelpFormat::make_usage(const CLI::App* app, std::string) const {
  std::string usage = "\nUsage: holdfast";
  if (app->get_parent() == nullptr)
    return usage.append(" COMMAND [...]; holdfast COMMAND --help tells more\n");
  usage.append(" ").append(app->get_name());
  for (const CLI::Option* option : app->get_options())
    if (option->get_positional()) usage.append(" ").append(option->get_type_name());
  return usage.append(" [OPTION...]\n");
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  return option->get_type_size() == 0 ? std::string() : std::string(" ").append(option->get_type_name());
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  if (!option->get_envname().empty()) text.append(" [").append(option->get_envname()).append("]");
  return text;
}

}  // namespace holdfast
