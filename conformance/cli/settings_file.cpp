#include "conformance/cli/settings_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>
#include <vector>

#include "conformance/cli/suggestion.h"
#include "reports/text.h"

namespace holdfast {
namespace {

// The value as somebody would type it; nullopt for tables, dates and the like.
std::optional<std::string> as_typed(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::vector<std::string>> values_of(const toml::node& node) {
  std::vector<std::string> values;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      const auto value = as_typed(element);
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
    return values;
  }
  const auto value = as_typed(node);
  if (!value) return std::nullopt;
  values.push_back(*value);
  return values;
}

std::string unknown_setting(const CLI::App& command, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& long_name : option->get_lnames()) known.push_back(long_name);
  std::string message = fmt::format("unknown setting '{}'", printable(name));
  if (const auto near = nearest(name, known)) message += fmt::format("; did you mean {}?", *near);
  return message;
}

// Empty, or what is wrong.
std::string apply_setting(CLI::App& command, const std::string& name, const toml::node& node) {
  CLI::Option* option = command.get_option_no_throw("--" + name);
  if (option == nullptr || name == "config" || name == "help") return unknown_setting(command, name);
  if (option->count() > 0) return {};  // given by somebody who outranks the file
  const auto values = values_of(node);
  if (!values) return fmt::format("'{}' takes a text, a number, true, false, or a list of texts", name);
  try {
    for (const std::string& value : *values) option->add_result(value);
    if (!values->empty()) option->run_callback();
  } catch (const CLI::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

tl::expected<void, std::string> apply_settings_file(CLI::App& command, const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return tl::make_unexpected(
        fmt::format("{}:{}: {}", path, error.source().begin.line, printable(error.description())));
  }
  for (const auto& [key, node] : table) {
    const std::string problem = apply_setting(command, std::string(key.str()), node);
    if (!problem.empty())
      return tl::make_unexpected(
          fmt::format("{}:{}: {}", path, node.source().begin.line, printable(problem)));
  }
  return {};
}

}  // namespace holdfast
