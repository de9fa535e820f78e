// The form of `holdfast COMMAND --help`: terse, with the environment variable behind each option that has
// one.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <string>

namespace holdfast {

class HelpFormat final : public CLI::Formatter {
 public:
  HelpFormat() { column_width(24); }
  std::string make_usage(const CLI::App* app, std::string name) const override;
  // They stand in the line of usage; the text below the options explains them.
  std::string make_positionals(const CLI::App*) const override { return {}; }
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace holdfast
