#include "sim/mqtt/topic.h"

#include "sim/mqtt/utf8.h"

namespace holdfast::mqtt {
namespace {

inline constexpr std::size_t longest_text = 65'535;

// Takes the first level off `rest`, which becomes nullopt after the last one.
std::string_view take_level(std::optional<std::string_view>& rest) {
  const std::string_view text = *rest;
  const std::size_t separator = text.find('/');
  if (separator == std::string_view::npos) {
    rest.reset();
    return text;
  }
  rest = text.substr(separator + 1);
  return text.substr(0, separator);
}

}  // namespace

bool is_utf8(std::string_view text) { return inspect_text(text).kind <= TextFinding::Kind::discouraged; }

bool is_topic_name(std::string_view topic) {
  return !topic.empty() && topic.size() <= longest_text && is_utf8(topic) && !has_wildcard(topic);
}

bool is_topic_filter(std::string_view filter) {
  if (filter.empty() || filter.size() > longest_text || !is_utf8(filter)) return false;
  return misplaced_wildcard(filter) == filter.size();
}

std::size_t misplaced_wildcard(std::string_view filter) {
  for (std::size_t at = 0; at < filter.size(); ++at) {
    if (filter[at] != '+' && filter[at] != '#') continue;
    const bool begins_level = at == 0 || filter[at - 1] == '/';
    const bool ends_filter = at + 1 == filter.size();
    const bool ends_level = ends_filter || (filter[at] == '+' && filter[at + 1] == '/');
    if (!begins_level || !ends_level) return at;
  }
  return filter.size();
}

bool matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && (filter.starts_with('#') || filter.starts_with('+'))) return false;
  std::optional<std::string_view> filter_rest = filter;
  std::optional<std::string_view> topic_rest = topic;
  while (filter_rest) {
    const std::string_view wanted = take_level(filter_rest);
    if (wanted == "#" && !filter_rest) return true;  // also where the topic has ended: its parent level
    if (!topic_rest) return false;
    const std::string_view level = take_level(topic_rest);
    if (wanted != "+" && wanted != level) return false;
  }
  return !topic_rest;
}

std::optional<SharedFilter> split_shared(std::string_view filter) {
  if (!is_shared(filter)) return std::nullopt;
  const std::string_view rest = filter.substr(shared_prefix.size());
  const std::size_t separator = rest.find('/');
  if (separator == std::string_view::npos) return std::nullopt;
  const SharedFilter shared{rest.substr(0, separator), rest.substr(separator + 1)};
  if (shared.group.empty() || has_wildcard(shared.group)) return std::nullopt;
  if (!is_utf8(shared.group) || !is_topic_filter(shared.filter)) return std::nullopt;
  return shared;
}

}  // namespace holdfast::mqtt
