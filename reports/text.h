// Text from a broker is hostile until shown otherwise: it may hold control characters that move a terminal's
// cursor, bytes that are no UTF-8, or a megabyte of anything. Whatever is printed or written goes through
// here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// One line that a terminal shows as it is: control characters, characters that change the direction of
// writing, and bytes that are no UTF-8 appear as \n, \t, \r, \x1b or \u{202e}.
std::string printable(std::string_view text);

// The same text with U+FFFD for each byte that is no UTF-8. Everything else is kept.
std::string valid_utf8(std::string_view text);

// The same text without what XML 1.0 forbids even in escaped form: U+FFFD for bytes that are no UTF-8, for
// control characters but tab and newline, and for U+FFFE and U+FFFF.
std::string xml_text(std::string_view text);

// At most `bytes_max` bytes of `text`, not cut inside a UTF-8 character; if something was left out, the end
// says how much: "abc... (1048576 bytes)". The note comes on top of `bytes_max`.
std::string shortened(std::string_view text, std::size_t bytes_max);

// Columns that `text` takes on a terminal: one for each character.
std::size_t columns(std::string_view utf8);

// "a, b, c" of three parts and the separator ", ".
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

// "1 case", "2 cases".
std::string counted(std::size_t count, std::string_view word);

// `text` as one word of a shell command: unchanged if that is safe, else in single quotes.
std::string shell_word(std::string_view text);

}  // namespace holdfast
