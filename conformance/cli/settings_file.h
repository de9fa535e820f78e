// A settings file gives values to options that neither the command line nor the environment has given:
//
//   # holdfast.toml
//   seed = 7
//   net = "latency=20ms"
//   defect = ["session-present-always-0"]
//   strict = true
//
// The names are those of the long options without the dashes.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <tl/expected.hpp>

namespace holdfast {

// To be called after the command line was parsed. The error is one line with file and line number.
tl::expected<void, std::string> apply_settings_file(CLI::App& command, const std::string& path);

}  // namespace holdfast
