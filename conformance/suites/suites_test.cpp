// What the suites promise as a whole: they cite what exists, the sound broker passes, no legal variant fails,
// and every case can fail.
#include "conformance/suites/suites.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "conformance/engine/run.h"
#include "sim/broker/defects.h"
#include "sim/broker/variants.h"
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
    for (const Case& the_case : registry.cases()) cases.push_back(&the_case);
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

// The few that are about limits or additions that a broker may do without pass on one that has them.
TEST_F(Suites, PassOnTheSoundBroker) {
  EXPECT_GE(cases.size(), 80u);
  std::vector<const Case*> unsupported;
  for (const CaseResult& result : run(BrokerSettings{}, cases).cases) {
    if (result.verdict == Verdict::unsupported) {
      unsupported.push_back(registry.find(result.address));
    } else {
      EXPECT_EQ(result.verdict, Verdict::pass) << result.address << ": " << result.observed;
    }
  }
  EXPECT_LE(unsupported.size(), 20u);
  std::set<std::string> without_pass;
  for (const Case* the_case : unsupported) without_pass.insert(the_case->address);
  for (const Variants& limits :
       {Variants{Variant::receive_max_small}, Variants{Variant::max_packet_size_announced},
        Variants{Variant::maximum_qos_1}, Variants{Variant::retain_unavailable},
        Variants{Variant::server_keep_alive_override}, Variants{Variant::ack_diagnostics},
        Variants{Variant::connack_diagnostics}}) {
    BrokerSettings settings;
    settings.variants = limits;
    for (const CaseResult& result : run(settings, unsupported).cases) {
      if (result.verdict == Verdict::pass) without_pass.erase(result.address);
    }
  }
  for (const std::string& address : without_pass) ADD_FAILURE() << address << " passes nowhere";
}

TEST_F(Suites, FailOnNoLegalVariant) {
  std::size_t number = 0;
  for (const VariantInfo& info : variant_catalogue()) {
    if (is_sanitized && number++ % 10 != 0) continue;
    BrokerSettings settings;
    settings.variants.set(info.variant);
    std::vector<const Case*> chosen;
    for (const Case* the_case : cases) {
      // 3.1.1 has no way to say that retained messages are not available, and makes them a duty.
      const bool is_legal = info.name != "retain-unavailable" || the_case->version == mqtt::Version::v5;
      if (is_legal) chosen.push_back(the_case);
    }
    for (const CaseResult& result : run(settings, chosen).cases) {
      const bool blames = result.verdict == Verdict::fail || result.verdict == Verdict::error;
      EXPECT_FALSE(blames || result.verdict == Verdict::inconclusive)
          << info.name << " " << result.address << ": " << name_of(result.verdict) << " " << result.observed;
    }
  }
}

TEST_F(Suites, CanFailInEachCase) {
  if (is_sanitized) GTEST_SKIP() << "takes minutes under a sanitizer";
  std::set<std::string> without_catch;
  for (const Case* the_case : cases) without_catch.insert(the_case->address);
  std::size_t caught = 0;
  for (const DefectInfo& info : defect_catalogue()) {
    BrokerSettings settings;
    settings.defects.set(info.defect);
    bool is_caught = false;
    for (const CaseResult& result : run(settings, cases).cases) {
      EXPECT_NE(result.verdict, Verdict::error)
          << info.name << " " << result.address << ": " << result.observed;
      if (result.verdict != Verdict::fail && result.verdict != Verdict::non_strict) continue;
      is_caught = true;
      without_catch.erase(result.address);
    }
    caught += is_caught;
  }
  for (const std::string& address : without_catch) ADD_FAILURE() << address << " fails on no seeded defect";
  RecordProperty("defects_caught", static_cast<int>(caught));
  EXPECT_GE(caught, 100u) << "of " << defect_catalogue().size() << " seeded defects";
}

}  // namespace
}  // namespace holdfast
