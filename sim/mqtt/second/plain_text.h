// Strings, topics and filters, checked one character after the other. Part of the second decoder.
#pragma once

#include <string>

namespace holdfast::mqtt::second {

// Well-formed UTF-8 without surrogates and without U+0000 (sections 1.5.4 of 5.0 and 1.5.3 of 3.1.1).
bool is_plain_text(const std::string& text);

// Whether there is a + or # anywhere.
bool has_wildcards(const std::string& text);

// A Topic Filter of section 4.7: not empty, # only as the last whole level, + only as a whole level. In 5.0
// one that begins with $share/ also has a share name and a filter behind it (section 4.8.2).
bool is_filter(const std::string& filter, bool shared_subscriptions);

}  // namespace holdfast::mqtt::second
