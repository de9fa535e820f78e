// One case of one run as a line of text, so that a failure can be run again by pasting it:
//
//   7:mqtt5/4.4/pubrel-owed-after-cut
//   7:mqtt5/4.4/pubrel-owed-after-cut | net latency=20ms | fault after server:PUBREC#1 reset | scale 2
//   7:mqtt5/4.4/pubrel-owed-after-cut | defect session-present-always-0 | variant qos2-deliver-on-pubrel
//   7:mqtt5/explore/17 | steps a connect keep; a subscribe 1 x; a cut
//
// Parts may stand in any order; defect and variant may be repeated. The system under test is not part of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace holdfast {

struct ReplayLine {
  std::uint64_t seed = 0;
  std::string address{};
  std::string weather{};  // grammar of sim/net; empty: none
  std::string faults{};
  double timeout_scale = 1;
  std::vector<std::string> defects{};
  std::vector<std::string> variants{};
  std::string steps{};  // of an explored history that was made short; grammar of conformance/explore

  bool operator==(const ReplayLine&) const = default;
};

// Looks only at the form: whether the case and the names exist is for the caller. The error is one line.
tl::expected<ReplayLine, std::string> parse_replay_line(std::string_view text);
// Parses to the same line.
std::string to_text(const ReplayLine& line);

}  // namespace holdfast
