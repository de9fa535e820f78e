// One line on a terminal that is written over while cases run:
//   [######################------]  318/412  2 fail  7.1 s
#pragma once

#include <cstddef>
#include <ostream>

#include "conformance/cli/stopwatch.h"
#include "conformance/cli/terminal.h"
#include "conformance/engine/results.h"

namespace holdfast {

class ProgressLine {
 public:
  // Writes nothing if the style has no progress.
  ProgressLine(std::ostream& out, const TerminalStyle& style) : out_(out), style_(style) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void case_done(const CaseResult& result, std::size_t done, std::size_t all);
  // For what is not made of cases.
  void advance(std::size_t done, std::size_t all);
  void clear();

 private:
  std::ostream& out_;
  const TerminalStyle style_;
  Stopwatch stopwatch_;
  Duration drawn_at_{};
  bool stands_ = false;
  std::size_t failed_ = 0;
};

}  // namespace holdfast
