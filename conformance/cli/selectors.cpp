#include "conformance/cli/selectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "conformance/cli/suggestion.h"
#include "reports/account.h"
#include "reports/requirements/requirement_table.h"
#include "reports/text.h"

namespace holdfast {
namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }

// Whether `text` begins with `prefix`, which does not end inside a number of it.
bool begins_with(std::string_view text, std::string_view prefix) {
  if (prefix.empty() || !text.starts_with(prefix)) return false;
  return text.size() == prefix.size() || !is_digit(prefix.back()) || !is_digit(text[prefix.size()]);
}

bool is_requirement_id(std::string_view word) { return word.starts_with("MQTT-") || word.starts_with("HF-"); }

struct RequirementWord {
  std::optional<mqtt::Version> version{};
  std::string_view id{};
};

// "3.1.1:MQTT-4.4.0-1", "5:...", "5.0:...", "MQTT-4.4.0-1"; nullopt: no requirement id.
std::optional<RequirementWord> requirement_word(std::string_view word) {
  RequirementWord result;
  if (const std::size_t colon = word.find(':'); colon != std::string_view::npos) {
    const std::string_view version = word.substr(0, colon);
    if (version == "3.1.1") {
      result.version = mqtt::Version::v3_1_1;
    } else if (version == "5" || version == "5.0") {
      result.version = mqtt::Version::v5;
    } else {
      return std::nullopt;
    }
    word.remove_prefix(colon + 1);
  }
  if (!is_requirement_id(word)) return std::nullopt;
  result.id = word;
  return result;
}

// A requirement that exists but that no case judges deserves a better answer than "no such thing".
std::optional<std::string> why_no_case_judges(std::string_view word) {
  const std::optional<RequirementWord> wanted = requirement_word(word);
  if (!wanted) return std::nullopt;
  for (const mqtt::Version version : {mqtt::Version::v3_1_1, mqtt::Version::v5}) {
    if (wanted->version && *wanted->version != version) continue;
    if (const Requirement* requirement = find_requirement(version, wanted->id))
      return fmt::format("no case judges {} ({}, binds: {})", word, requirement->title, requirement->subject);
  }
  return std::nullopt;
}

std::vector<std::string> words_that_stand_for_something(const Registry& registry) {
  std::set<std::string> words;
  for (const Case& the_case : registry.cases()) {
    words.insert(the_case.address);
    for (std::size_t slash = the_case.address.find('/'); slash != std::string::npos;
         slash = the_case.address.find('/', slash + 1))
      words.insert(the_case.address.substr(0, slash));
    words.insert(the_case.requirements.begin(), the_case.requirements.end());
    for (const std::string& tag : the_case.description->tags) words.insert("@" + tag);
  }
  return {words.begin(), words.end()};
}

std::string unknown_selector(const Registry& registry, std::string_view word) {
  if (const auto why = why_no_case_judges(word)) return *why;
  std::string message = fmt::format("'{}' stands for no case", printable(word));
  const auto same_slug =
      std::find_if(registry.cases().begin(), registry.cases().end(),
                   [&](const Case& the_case) { return slug_of(the_case.address) == word; });
  if (same_slug != registry.cases().end())
    return message + fmt::format("; did you mean {}?", same_slug->address);
  if (const auto near = nearest(word, words_that_stand_for_something(registry)))
    message += fmt::format("; did you mean {}?", *near);
  return message;
}

}  // namespace

bool stands_for(std::string_view selector, const Case& the_case) {
  if (selector.starts_with('@')) {
    const std::vector<std::string>& tags = the_case.description->tags;
    return std::find(tags.begin(), tags.end(), selector.substr(1)) != tags.end();
  }
  if (const auto wanted = requirement_word(selector)) {
    if (wanted->version && *wanted->version != the_case.version) return false;
    return std::any_of(the_case.requirements.begin(), the_case.requirements.end(),
                       [&](const std::string& id) { return begins_with(id, wanted->id); });
  }
  return begins_with(the_case.address, selector);
}

std::vector<std::string> tags_of(const Registry& registry) {
  std::set<std::string> tags;
  for (const Case& the_case : registry.cases())
    tags.insert(the_case.description->tags.begin(), the_case.description->tags.end());
  return {tags.begin(), tags.end()};
}

tl::expected<std::vector<const Case*>, std::string> select_cases(const Registry& registry,
                                                                 std::span<const std::string> selectors) {
  std::vector<std::string_view> wanted;
  std::vector<std::string_view> unwanted;
  for (const std::string& selector : selectors) {
    const bool excludes = selector.starts_with('!');
    const std::string_view word = std::string_view(selector).substr(excludes ? 1 : 0);
    const bool known = std::any_of(registry.cases().begin(), registry.cases().end(),
                                   [&](const Case& the_case) { return stands_for(word, the_case); });
    if (!known) return tl::make_unexpected(unknown_selector(registry, word));
    (excludes ? unwanted : wanted).push_back(word);
  }

  const auto any_stands_for = [](const std::vector<std::string_view>& words, const Case& the_case) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return stands_for(word, the_case); });
  };
  std::vector<const Case*> chosen;
  for (const Case& the_case : registry.cases())
    if ((wanted.empty() || any_stands_for(wanted, the_case)) && !any_stands_for(unwanted, the_case))
      chosen.push_back(&the_case);
  if (chosen.empty()) return tl::make_unexpected(std::string("the selectors leave no case"));
  return chosen;
}

}  // namespace holdfast
