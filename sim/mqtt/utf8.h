// UTF-8 as section 1.5.4 wants it (1.5.3 in 3.1.1), fast for the plain ASCII that most strings are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::mqtt {

struct TextFinding {
  enum class Kind : std::uint8_t {
    none,
    discouraged,     // U+0001 to U+001F, U+007F to U+009F, non-characters: a receiver may refuse them
    null_character,  // U+0000
    ill_formed,      // overlong, surrogate, above U+10FFFF, cut off, stray continuation byte
  };
  Kind kind = Kind::none;
  std::size_t at = 0;  // bytes from the start of the text to the first byte of what was found

  bool operator==(const TextFinding&) const = default;
};

// The first thing that is forbidden in `text`, or if nothing is, the first that is discouraged.
TextFinding inspect_text(std::string_view text);

// The byte length of the well-formed UTF-8 sequence at the front of `text`; 0 if there is none. U+0000 is
// well-formed here.
std::size_t sequence_length(std::string_view text);

// Bytes from the start to the first sequence that is not well-formed; text.size() if all are. U+0000 is
// allowed: this is the rule for payloads.
std::size_t well_formed_prefix(std::string_view text);

bool has_wildcard(std::string_view text);

}  // namespace holdfast::mqtt
