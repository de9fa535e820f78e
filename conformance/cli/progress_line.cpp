#include "conformance/cli/progress_line.h"

#include <fmt/format.h>

#include <string>

namespace holdfast {
namespace {

constexpr std::size_t bar_columns = 28;
constexpr Duration between_drawings = 50ms;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void ProgressLine::case_done(const CaseResult& result, std::size_t done, std::size_t all) {
  const bool bad = result.verdict == Verdict::fail || result.verdict == Verdict::error;
  if (bad && result.standing != Standing::expected) ++failed_;
  advance(done, all);
}

void ProgressLine::advance(std::size_t done, std::size_t all) {
  const Duration now = stopwatch_.elapsed();
  if (!style_.progress || all == 0 || now - drawn_at_ < between_drawings) return;
  drawn_at_ = now;
  stands_ = true;
  const std::size_t full = bar_columns * done / all;
  const std::string failed =
      failed_ == 0 ? std::string() : coloured(style_, Colour::red, fmt::format("  {} fail", failed_));
  out_ << fmt::format("\r\x1b[2K[{}{}]  {}/{}{}  {:.1f} s", std::string(full, '#'),
                      std::string(bar_columns - full, '-'), done, all, failed, seconds(now))
       << std::flush;
}

void ProgressLine::clear() {
  if (!stands_) return;
  out_ << "\r\x1b[2K" << std::flush;
  stands_ = false;
}

}  // namespace holdfast
