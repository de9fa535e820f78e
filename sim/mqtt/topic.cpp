#include "sim/mqtt/topic.h"

#include <bit>
#include <cstring>

#include "sim/mqtt/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace holdfast::mqtt {
namespace {

inline constexpr std::size_t longest_text = 65'535;

#if defined(__SSE2__)
// Where a text of 8 to 16 bytes has which byte: a bit for each place.
class Places {
 public:
  explicit Places(std::string_view text) : high_half_(text.size() - 8) {
    long long low = 0;
    long long high = 0;
    std::memcpy(&low, text.data(), sizeof low);
    std::memcpy(&high, text.data() + high_half_, sizeof high);  // the halves overlap
    halves_ = _mm_set_epi64x(high, low);
  }
  unsigned of(char byte) const {
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(halves_, _mm_set1_epi8(byte))));
    return (found & 0xFF) | (found >> 8) << high_half_;
  }

 private:
  std::size_t high_half_;
  __m128i halves_;
};

// misplaced_wildcard for what most filters are: of 8 to 16 bytes.
std::size_t misplaced_wildcard_in_short(std::string_view filter) {
  const Places places(filter);
  const unsigned last = 1u << (filter.size() - 1);
  const unsigned separators = places.of('/');
  const unsigned begins_level = separators << 1 | 1;
  const unsigned ends_level = separators >> 1 | last;
  const unsigned misplaced =
      (places.of('+') & ~(begins_level & ends_level)) | (places.of('#') & ~(begins_level & last));
  return misplaced == 0 ? filter.size() : static_cast<std::size_t>(std::countr_zero(misplaced));
}
#endif

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
#if defined(__SSE2__)
  if (filter.size() >= 8 && filter.size() <= 16) return misplaced_wildcard_in_short(filter);
#endif
  for (std::size_t at = 0; at < filter.size(); ++at) {
    if (filter[at] != '+' && filter[at] != '#') continue;
    const bool begins_level = at == 0 || filter[at - 1] == '/';
    const bool ends_filter = at + 1 == filter.size();
    const bool ends_level = ends_filter || (filter[at] == '+' && filter[at + 1] == '/');
    if (!begins_level || !ends_level) return at;
  }
  return filter.size();
}

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
