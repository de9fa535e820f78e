// A baseline says which cases a given broker is known not to pass, and why. Format in
// fixtures/brokers/README.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/verdict.h"

namespace holdfast {

struct BaselineEntry {
  // Any of them is expected: more than one where chance decides in the broker.
  std::vector<Verdict> verdicts{};
  std::string reason{};  // never empty: cites a public issue or a requirement
};

struct Baseline {
  std::string system{};                             // "Mosquitto 2.0.11"
  std::map<std::string, BaselineEntry> expected{};  // by case address
};

// The error is one line that tells the line number.
tl::expected<Baseline, std::string> parse_baseline(std::string_view toml, std::string_view file_name);
tl::expected<Baseline, std::string> load_baseline(const std::string& path);

// What the baseline makes of a verdict: `expected` if the entry names it, `unexpected` if it names another,
// `as_is` without an entry.
Standing standing_of(const Baseline& baseline, std::string_view address, Verdict verdict);

}  // namespace holdfast
