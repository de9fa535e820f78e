#include "conformance/engine/case.h"

#include <algorithm>
#include <cassert>

namespace holdfast {

namespace {

bool is_slug(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_section(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::may:
      return "may";
    case Level::informational:
      return "informational";
  }
  return "";
}

std::string_view address_prefix(mqtt::Version version) {
  return version == mqtt::Version::v5 ? "mqtt5" : "mqtt3";
}

void Registry::add(CaseDescription description) {
  assert(is_slug(description.slug) && "a slug is lower-case letters, digits and '-'");
  assert(description.run && "a case has a coroutine");
  const auto& kept = *descriptions_.emplace_back(std::make_unique<CaseDescription>(std::move(description)));
  const auto add_edition = [&](const Edition& edition, mqtt::Version version) {
    if (edition.section.empty()) return;
    assert(is_section(edition.section) && "a section is digits and dots");
    Case edited{.address = std::string(address_prefix(version)) + "/" + edition.section + "/" + kept.slug,
                .version = version,
                .section = edition.section,
                .requirements = edition.requirements,
                .description = &kept};
    assert(find(edited.address) == nullptr && "the address is taken");
    cases_.push_back(std::move(edited));
  };
  add_edition(kept.v3_1_1, mqtt::Version::v3_1_1);
  add_edition(kept.v5, mqtt::Version::v5);
}

const Case* Registry::find(std::string_view address) const {
  const auto found = std::ranges::find(cases_, address, &Case::address);
  return found == cases_.end() ? nullptr : &*found;
}

std::vector<const Case*> every_case_of(const Registry& registry) {
  std::vector<const Case*> cases;
  for (const Case& the_case : registry.cases()) cases.push_back(&the_case);
  return cases;
}

}  // namespace holdfast
