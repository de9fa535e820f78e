// "Did you mean ...?"
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// How many characters have to be inserted, removed or replaced to make one word of the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

// The candidate with the smallest distance, the first of several; nullopt if even that is far: more than a
// third of the word's characters. Words of more than 200 bytes are near to nothing.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace holdfast
