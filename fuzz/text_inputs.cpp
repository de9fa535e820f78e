// Every text that people or programs hand in: what is understood reads the same when it is written back, what
// is not is told in one line that a terminal can show.
//
// Input: a byte that chooses the reader, then the text.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "conformance/cli/replay_line.h"
#include "conformance/engine/baseline.h"
#include "conformance/explore/history.h"
#include "fuzz/fuzz_target.h"
#include "reports/html_report.h"
#include "reports/read_results.h"
#include "sim/mqtt/vectors/packet_vector.h"
#include "sim/net/fault.h"
#include "sim/net/weather.h"

namespace holdfast::fuzz {
namespace {

void require_one_line(const std::string& error) {
  require(!error.empty(), "an error says something");
  require(error.find('\n') == std::string::npos, "an error is one line");
}

// What is understood reads the same when it is written back.
template <class Parse>
void check_grammar(std::string_view text, Parse parse) {
  const auto read = parse(text);
  if (!read) return require_one_line(read.error());
  const auto again = parse(to_text(*read));
  if (!again || *again != *read) broken("what was read reads the same when written back", to_text(*read));
}

void check_baseline(std::string_view text) {
  const auto read = parse_baseline(text, "baseline.toml");
  if (!read) return require_one_line(read.error());
  for (const auto& [address, entry] : read->expected) require(!entry.reason.empty(), "an entry has a reason");
}

// Whatever is accepted can be shown.
void check_results(std::string_view text) {
  const auto read = parse_results(std::string(text));
  if (!read) return require_one_line(read.error());
  require(!html_report(*read).empty(), "results that were read make a page");
}

void check_vectors(std::string_view text) {
  std::size_t wrong_line = 0;
  const auto read = mqtt::read_file_text(text, wrong_line);
  if (!read) require(wrong_line >= 1, "a wrong line has a number");
}

}  // namespace

bool run_input(ByteView input) {
  if (input.empty()) return false;
  const std::string_view text(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  switch (input[0] % 8) {
    case 0:
      check_grammar(text, parse_fault);
      break;
    case 1:
      check_grammar(text, parse_faults);
      break;
    case 2:
      check_grammar(text, parse_weather);
      break;
    case 3:
      check_grammar(text, parse_replay_line);
      break;
    case 4:
      check_baseline(text);
      break;
    case 5:
      check_results(text);
      break;
    case 7:
      check_grammar(text, parse_history);
      break;
    default:
      check_vectors(text);
  }
  return true;
}

}  // namespace holdfast::fuzz
