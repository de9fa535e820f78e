// The judgements of fixtures/ledger/reasons.toml: rows of the requirement tables that cannot be tested
// although the table alone would let one think so, each with a reason in one sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

struct Reason {
  mqtt::Version version = mqtt::Version::v5;
  std::string id{};
  std::string status{};  // "client", "not observable", "restart"; "untested": checkers see only half of it
  std::string text{};
};

// Throws toml::parse_error or std::runtime_error: the file is compiled in, so a wrong one is a wrong build.
std::vector<Reason> parse_reasons(std::string_view toml);

// Those of the file, in its order.
const std::vector<Reason>& all_reasons();

}  // namespace holdfast
