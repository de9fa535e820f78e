// Topic Names and Topic Filters (section 4.7) and shared subscriptions (5.0 section 4.8.2).
#pragma once

#include <optional>
#include <string_view>

namespace holdfast::mqtt {

// True for 1 to 65,535 bytes of well-formed UTF-8 without U+0000 and without wildcards.
bool is_topic_name(std::string_view topic);
// The same for a filter: `#` only as the last whole level, `+` only as a whole level. `$share/...` is judged
// by split_shared.
bool is_topic_filter(std::string_view filter);

// Bytes from the start of the filter to the first `#` that is not the last whole level, or `+` that is not a
// whole level; filter.size() if all are well placed.
std::size_t misplaced_wildcard(std::string_view filter);

// Whether a message to `topic` is for a subscription to `filter` (no `$share` prefix). A filter that begins
// with a wildcard does not match a topic that begins with `$` (MQTT-4.7.2-1).
bool matches(std::string_view filter, std::string_view topic);

// Takes the first level off `rest`, which becomes nullopt after the last one. REQUIRES: `rest` has a value.
std::string_view take_level(std::optional<std::string_view>& rest);

struct SharedFilter {
  std::string_view group;   // ShareName
  std::string_view filter;  // what follows it
};

// The two parts of `$share/{ShareName}/{filter}`; nullopt if the filter does not begin with `$share/`, or if
// its parts are invalid (MQTT-4.8.2-1, MQTT-4.8.2-2).
std::optional<SharedFilter> split_shared(std::string_view filter);
inline constexpr std::string_view shared_prefix = "$share/";
// The first byte alone tells for most.
inline bool is_shared(std::string_view filter) {
  return filter.starts_with('$') && filter.starts_with(shared_prefix);
}

// Well-formed UTF-8 without surrogates and without U+0000 (section 1.5.4).
bool is_utf8(std::string_view text);

}  // namespace holdfast::mqtt
