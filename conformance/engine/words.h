// Small wordings and sums that several files of the engine use.
#pragma once

#include <string>
#include <string_view>

#include "sim/time/time.h"

namespace holdfast {

// "150 ms", "2 s", "1.5 s": at most three significant decimals.
std::string in_words(Duration duration);

// Printable ASCII as it is, everything else escaped as \r, \n or \x1B, cut at `characters_max` with "...".
std::string escaped(std::string_view text, std::size_t characters_max);

// An upper bound, stretched.
Duration scaled(Duration bound, double timeout_scale);

// 'text' for a POSIX shell.
std::string shell_quoted(std::string_view text);

}  // namespace holdfast
