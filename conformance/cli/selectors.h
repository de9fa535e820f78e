// Words that choose cases on the command line:
//
//   mqtt5/4.4/pubrel-owed-after-cut   an address
//   mqtt5/4.4   mqtt5   mqtt5/4.4/pub a prefix of addresses; never ends inside a number, so mqtt5/4.1 does
//   not
//                                     stand for section 4.12, and mqtt5/4 is the whole chapter
//   MQTT-4.4.0-1   3.1.1:MQTT-4.4.0-1 a requirement of both versions, or of one (3.1.1: or 5:), or a prefix
//   @qos2                             a tag
//   !mqtt5/4.9   !@slow               without these
//
// A case is chosen if any word without '!' (or none is given) and no word with '!' stands for it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "conformance/engine/case.h"

namespace holdfast {

// In the order of the registry. The error is one line: a word that stands for no case (with the nearest that
// does, if one is near), or words that leave nothing.
tl::expected<std::vector<const Case*>, std::string> select_cases(const Registry& registry,
                                                                 std::span<const std::string> selectors);

// Whether `selector`, which has no '!', stands for the case.
bool stands_for(std::string_view selector, const Case& the_case);

// The tags in use, in alphabetical order.
std::vector<std::string> tags_of(const Registry& registry);

}  // namespace holdfast
