#include "reports/requirements/requirement_table.h"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "reports/requirements/embedded.h"

namespace holdfast {
namespace {

std::string text_or_empty(const nlohmann::json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() ? std::string() : found->get<std::string>();
}

std::vector<Requirement> parse_table(mqtt::Version version, std::string_view json) {
  // The table is compiled in, so a wrong one is a wrong build: exceptions of the parser may end the program.
  const nlohmann::json table = nlohmann::json::parse(json);
  std::vector<Requirement> requirements;
  for (const nlohmann::json& row : table.at("requirements")) {
    Requirement requirement;
    requirement.version = version;
    requirement.id = row.at("id").get<std::string>();
    requirement.section = row.at("section").get<std::string>();
    requirement.title = row.at("title").get<std::string>();
    requirement.subject = row.at("subject").get<std::string>();
    requirement.level = row.at("level").get<std::string>();
    requirement.area = row.at("area").get<std::string>();
    requirement.text = row.at("requirement").get<std::string>();
    requirement.observable = row.at("observable").get<std::string>();
    requirement.check = row.at("check").get<std::string>();
    requirement.note = text_or_empty(row, "note");
    if (const auto evidence = row.find("evidence"); evidence != row.end())
      requirement.evidence = evidence->get<std::vector<std::string>>();
    requirements.push_back(std::move(requirement));
  }
  assert(!requirements.empty());
  return requirements;
}

}  // namespace

const std::vector<Requirement>& requirements_of(mqtt::Version version) {
  // Constants that are made at the first call, since most commands never look at them.
  if (version == mqtt::Version::v3_1_1) {
    static const std::vector<Requirement> v3_1_1 = parse_table(version, embedded::mqtt_3_1_1);
    return v3_1_1;
  }
  static const std::vector<Requirement> v5 = parse_table(version, embedded::mqtt_5_0);
  return v5;
}

const Requirement* find_requirement(mqtt::Version version, std::string_view id) {
  const std::vector<Requirement>& all = requirements_of(version);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Requirement& row) { return row.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace holdfast
