#include "reports/requirements/interpretations.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "reports/requirements/requirement_table.h"

namespace holdfast {
namespace {

TEST(Interpretations, HoldEveryRowOfTheRegister) {
  EXPECT_EQ(all_interpretations().size(), 99u);
  const Interpretation* row = find_interpretation("F-02");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->question.substr(0, 34), "A message is past its lifetime but");
  EXPECT_EQ(row->reading_b, "No: an expired message must not reach anybody");
  EXPECT_EQ(row->choice, "A. Never report the repeat. QoS 2 has an explicit MUST NOT");
  EXPECT_EQ(row->verdict.substr(0, 13), "repeat: pass.");
  EXPECT_EQ(find_interpretation("Z-99"), nullptr);
}

// Ids that a question names in full exist in at least one table.
TEST(Interpretations, NameOnlyRequirementsThatExist) {
  for (const Interpretation& row : all_interpretations()) {
    const std::string& text = row.question;
    for (const std::string_view kind : {"MQTT-", "HF-"}) {
      for (std::size_t at = text.find(kind); at != text.npos; at = text.find(kind, at + 1)) {
        const std::string id = text.substr(at, text.find_first_of(" ,;)", at) - at);
        const bool exists = find_requirement(mqtt::Version::v3_1_1, id) != nullptr ||
                            find_requirement(mqtt::Version::v5, id) != nullptr;
        EXPECT_TRUE(exists) << row.id << " names " << id;
      }
    }
  }
}

TEST(Interpretations, ReadARowAndWhyNobodyRestsOnIt) {
  const auto rows = parse_interpretations(
      "| row | question |\n| --- | --- |\n| A-01 | q (X) | a | b | who | A | *not seen*: fail |\ntext\n"
      "- A-01: no reason here\n"
      "## Rows on which no case rests\n- A-01: It is about people.\n## Next\n- A-01: nor here\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].argued, "who");
  EXPECT_EQ(rows[0].verdict, "not seen: fail");
  EXPECT_EQ(rows[0].why_unused, "It is about people.");
}

TEST(Interpretations, RefuseATableThatIsBroken) {
  const std::string row = "| A-01 | q | a | b | who | A | fail |\n";
  const std::string heading = "## Rows on which no case rests\n";
  EXPECT_THROW(parse_interpretations("| A-01 | q | a | b |\n"), std::runtime_error);
  EXPECT_THROW(parse_interpretations("| A-01 | q |  | b | who | A | fail |\n"), std::runtime_error);
  EXPECT_THROW(parse_interpretations(row + row), std::runtime_error);
  EXPECT_THROW(parse_interpretations(row + heading + "- A-02: why\n"), std::runtime_error);
  EXPECT_THROW(parse_interpretations(row + heading + "- A-01\n"), std::runtime_error);
}

}  // namespace
}  // namespace holdfast
