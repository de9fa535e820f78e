#include "reports/difference.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/results_json.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

nlohmann::ordered_json document_of(std::vector<CaseResult> cases) {
  RunResults results = sample_results();
  results.cases = std::move(cases);
  return results_document(results, {});
}

TEST(Differences, AreNoneBetweenARunAndItself) {
  const nlohmann::ordered_json document = results_document(sample_results(), {});
  EXPECT_TRUE(differences(document, document).empty());
}

TEST(Differences, TellWorseBetterOtherAddedAndRemoved) {
  const auto before =
      document_of({sample_case("mqtt5/4/a", Verdict::pass), sample_case("mqtt5/4/b", Verdict::fail),
                   sample_case("mqtt5/4/c", Verdict::pass), sample_case("mqtt5/4/gone", Verdict::pass)});
  const auto after =
      document_of({sample_case("mqtt5/4/new", Verdict::fail), sample_case("mqtt5/4/a", Verdict::non_strict),
                   sample_case("mqtt5/4/b", Verdict::pass), sample_case("mqtt5/4/c", Verdict::unsupported)});
  const std::vector<Difference> found = differences(before, after);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0].change, Change::regression);
  EXPECT_EQ(found[0].address, "mqtt5/4/a");
  EXPECT_EQ(found[0].before, "pass");
  EXPECT_EQ(found[0].after, "non-strict");
  EXPECT_EQ(found[1].change, Change::improvement);
  EXPECT_EQ(found[2].change, Change::other);
  EXPECT_EQ(found[3].change, Change::added);
  EXPECT_EQ(found[3].address, "mqtt5/4/new");
  EXPECT_EQ(found[4].change, Change::removed);
  EXPECT_EQ(found[4].address, "mqtt5/4/gone");
}

}  // namespace
}  // namespace holdfast
