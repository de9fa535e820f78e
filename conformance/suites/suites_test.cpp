// What the suites promise as a whole: they cite what exists and run to their end. That every case can fail
// and that none blames wrongly is proven by `holdfast selftest`.
#include "conformance/suites/suites.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "conformance/engine/run.h"
#include "conformance/selftest/worlds.h"
#include "sim/time/sanitizers.h"

namespace holdfast {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream stream(std::string(HOLDFAST_SOURCE_DIR) + "/fixtures/" + file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct Suites : testing::Test {
  Suites() {
    register_all_suites(registry);
    cases = every_case_of(registry);
  }
  RunResults run(const BrokerSettings& settings, const std::vector<const Case*>& chosen) const {
    RunOptions options;
    options.seed = 7;
    return run_embedded(chosen, settings, options);
  }

  Registry registry;
  std::vector<const Case*> cases;
};

TEST_F(Suites, CiteOnlyWhatExists) {
  const std::string v3_1_1 = text_of("spec/mqtt-3.1.1.json");
  const std::string v5 = text_of("spec/mqtt-5.0.json");
  const std::string interpretations = text_of("interpretations.md");
  const std::string variants = text_of("legal-variants.md");
  ASSERT_FALSE(v3_1_1.empty() || v5.empty() || interpretations.empty() || variants.empty());
  const auto holds = [](const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
  };
  for (const Case* the_case : cases) {
    const std::string& table = the_case->version == mqtt::Version::v5 ? v5 : v3_1_1;
    EXPECT_FALSE(the_case->requirements.empty()) << the_case->address;
    for (const std::string& id : the_case->requirements) {
      EXPECT_TRUE(holds(table, fmt::format("\"id\": \"{}\"", id))) << the_case->address << " cites " << id;
    }
    for (const std::string& row : the_case->description->interpretations) {
      EXPECT_TRUE(holds(interpretations, fmt::format("\n| {} |", row)))
          << the_case->address << " cites " << row;
    }
    for (const std::string& name : the_case->description->variants) {
      EXPECT_TRUE(holds(variants, fmt::format("\n| `{}`", name))) << the_case->address << " cites " << name;
    }
    EXPECT_FALSE(the_case->description->control.empty()) << the_case->address;
    EXPECT_FALSE(the_case->description->procedure.empty()) << the_case->address;
  }
}

// `holdfast selftest` judges these and all other brokers; a sanitizer is too slow for all of them, and so
// sees some of each kind.
TEST_F(Suites, RunCleanOnBrokersOfEachKind) {
  const std::size_t step = is_sanitized ? 12 : 6;
  const std::vector<World> worlds = all_worlds(7, 20);
  for (std::size_t i = 0; i < worlds.size(); i += step) {
    for (const CaseResult& result : run(worlds[i].settings, cases).cases) {
      EXPECT_NE(result.verdict, Verdict::error)
          << name_of(worlds[i]) << " " << result.address << ": " << result.observed;
    }
  }
}

}  // namespace
}  // namespace holdfast
