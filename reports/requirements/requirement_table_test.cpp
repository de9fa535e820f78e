#include "reports/requirements/requirement_table.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast {
namespace {

TEST(RequirementTable, HoldsEveryRowOfBothStandards) {
  EXPECT_EQ(requirements_of(mqtt::Version::v3_1_1).size(), 244u);
  EXPECT_EQ(requirements_of(mqtt::Version::v5).size(), 346u);
}

TEST(RequirementTable, KeepsTheTextWhole) {
  const Requirement* row = find_requirement(mqtt::Version::v5, "MQTT-4.4.0-1");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->section, "4.4");
  EXPECT_EQ(row->level, "MUST");
  EXPECT_EQ(row->text.substr(0, 42), "When a client reconnects with Clean Start ");
  EXPECT_FALSE(row->evidence.empty());
}

TEST(RequirementTable, KnowsWhichVersionAnIdBelongsTo) {
  const Requirement* old_row = find_requirement(mqtt::Version::v3_1_1, "MQTT-4.4.0-1");
  ASSERT_NE(old_row, nullptr);
  EXPECT_NE(old_row->text, find_requirement(mqtt::Version::v5, "MQTT-4.4.0-1")->text);
  EXPECT_EQ(find_requirement(mqtt::Version::v3_1_1, "MQTT-4.4.0-2"), nullptr);
  EXPECT_EQ(find_requirement(mqtt::Version::v5, "MQTT-9.9.9-9"), nullptr);
}

TEST(RequirementTable, HasNoIdTwice) {
  for (const mqtt::Version version : {mqtt::Version::v3_1_1, mqtt::Version::v5}) {
    std::set<std::string> ids;
    for (const Requirement& row : requirements_of(version)) EXPECT_TRUE(ids.insert(row.id).second) << row.id;
  }
}

}  // namespace
}  // namespace holdfast
