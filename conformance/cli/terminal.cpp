#include "conformance/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::size_t width_min = 60;   // narrower, folding hurts more than it helps
constexpr std::size_t width_max = 120;  // wider, lines are hard to read

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::magenta:
      return "\x1b[35m";
    case Colour::cyan:
      return "\x1b[36m";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

TerminalStyle style_of(int file_descriptor) {
  TerminalStyle style;
  if (::isatty(file_descriptor) == 0) return style;
  const bool dumb = environment("TERM").empty() || environment("TERM") == "dumb";
  style.colours = !dumb && environment("NO_COLOR").empty();
  style.progress = !dumb;
  winsize size{};
  const bool known = ::ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  style.width = std::clamp<std::size_t>(known ? size.ws_col : 80, width_min, width_max);
  return style;
}

std::string coloured(const TerminalStyle& style, Colour colour, std::string_view text) {
  if (!style.colours || colour == Colour::none) return std::string(text);
  return std::string(code_of(colour)).append(text).append("\x1b[0m");
}

std::string folded(const TerminalStyle& style, std::size_t indent, std::string_view text) {
  if (style.width == 0) return std::string(text);
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, blank);
    const std::size_t word_columns = columns(word);
    if (column > indent && column + 1 + word_columns > style.width) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word_columns;
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return out;
}

}  // namespace holdfast
