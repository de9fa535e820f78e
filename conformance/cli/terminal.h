// How to speak to whoever reads: a person at a terminal, a file, a pipe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

enum class Colour { none, red, green, yellow, magenta, cyan, bold, dim };

struct TerminalStyle {
  bool colours = false;
  bool progress = false;  // a line that is written over
  std::size_t width = 0;  // columns at which long lines are folded; 0: never
};

// A pipe or file gets plain text and whole lines. NO_COLOR (any value but empty) and TERM=dumb are honoured.
TerminalStyle style_of(int file_descriptor);

// `text`, which is printable, in a colour if the style has colours.
std::string coloured(const TerminalStyle& style, Colour colour, std::string_view text);

// `text`, which is printable, as lines of at most `style.width` columns, folded between words. The first line
// begins behind `indent` columns that the caller has written; the others are indented as much. A word that is
// too long for a line is not broken.
std::string folded(const TerminalStyle& style, std::size_t indent, std::string_view text);

}  // namespace holdfast
