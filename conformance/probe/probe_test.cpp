// The probe fails if it does not see a choice: so each switch that an observation names is put on.
#include "conformance/probe/probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "conformance/ledger/citations.h"
#include "conformance/probe/observations.h"
#include "reports/requirements/interpretations.h"
#include "reports/requirements/requirement_table.h"
#include "sim/broker/variants.h"

namespace holdfast {
namespace {

std::vector<ProbeLine> lines_with(std::initializer_list<Variant> variants, std::uint64_t seed = 7) {
  BrokerSettings settings;
  settings.variants = Variants(variants);
  RunOptions options;
  options.seed = seed;
  return probe_embedded(settings, options).lines;
}

const ProbeLine& line_of(const std::vector<ProbeLine>& lines, mqtt::Version version, std::string_view name) {
  const auto found = std::ranges::find_if(
      lines, [&](const ProbeLine& line) { return line.version == version && line.name == name; });
  if (found == lines.end()) throw std::runtime_error("no line " + std::string(name));
  return *found;
}

std::string answer(const std::vector<ProbeLine>& lines, std::string_view name,
                   mqtt::Version version = mqtt::Version::v5) {
  return line_of(lines, version, name).answer;
}

TEST(Probe, TellsWhatTheSoundBrokerDoes) {
  const auto lines = lines_with({});
  EXPECT_EQ(answer(lines, "qos0-while-absent"), "dropped");
  EXPECT_EQ(answer(lines, "overlapping"), "one copy");
  EXPECT_EQ(answer(lines, "granted-qos"), "QoS 2");
  EXPECT_EQ(answer(lines, "maximum-qos"), "2");
  EXPECT_EQ(answer(lines, "takeover"), "DISCONNECT 0x8E, FIN");
  EXPECT_EQ(answer(lines, "takeover", mqtt::Version::v3_1_1), "FIN");
  EXPECT_EQ(answer(lines, "protocol-error"), "DISCONNECT 0x82, FIN");
  EXPECT_EQ(answer(lines, "nobody-subscribed"), "0x00");
  EXPECT_EQ(answer(lines, "resumed-queue"), "all at once");
  EXPECT_EQ(answer(lines, "expiry-for-ever"), "as asked");
  EXPECT_EQ(answer(lines, "keep-alive"), "DISCONNECT 0x8D, FIN after 3.0 s");
  EXPECT_EQ(answer(lines, "queue-bound"), "all of 60 messages");
  for (const ProbeLine& line : lines) {
    const bool is_gap = line.name == "missing-feature";
    EXPECT_EQ(line.source == ProbeSource::unknown, is_gap) << line.name << ": " << line.answer;
    EXPECT_FALSE(line.answer.empty()) << line.name;
  }
}

TEST(Probe, SaysWhatItCouldNotFindOutAndWhy) {
  const auto lines = lines_with({Variant::maximum_qos_1});
  const ProbeLine& line = line_of(lines, mqtt::Version::v5, "qos2-moment");
  EXPECT_EQ(line.source, ProbeSource::unknown);
  EXPECT_EQ(line.answer, "the case needs QoS 2, which the system under test does not offer");
}

// One switch at a time: at least one line that names it has another answer than without it.
TEST(Probe, SeesEverySwitchThatItNames) {
  const auto sound = lines_with({});
  std::set<std::string> names;
  for (const ProbeLine& line : sound) names.insert(line.variants.begin(), line.variants.end());
  std::size_t seen = 0;
  for (const std::string& name : names) {
    const auto variant = variant_named(name);
    if (!variant) continue;  // a row of the page that is no switch of the reference broker
    std::vector<ProbeLine> with = lines_with({*variant});
    if (*variant == Variant::missing_feature_refused_in_suback) {
      with = lines_with({*variant, Variant::shared_unavailable});
      EXPECT_EQ(answer(with, "missing-feature"), "SUBACK 0x9E");
      EXPECT_EQ(answer(lines_with({Variant::shared_unavailable}), "missing-feature"), "DISCONNECT 0x9E, FIN");
    }
    const bool is_seen = std::ranges::any_of(with, [&](const ProbeLine& line) {
      return std::ranges::count(line.variants, name) > 0 &&
             line.answer != line_of(sound, line.version, line.name).answer;
    });
    EXPECT_TRUE(is_seen) << name;
    seen += is_seen;
  }
  EXPECT_GE(seen, 45u);
  RecordProperty("switches_seen", static_cast<int>(seen));
}

TEST(Probe, NamesWhatTheSwitchesDo) {
  EXPECT_EQ(answer(lines_with({Variant::offline_qos0_queued}), "qos0-while-absent"), "queued");
  EXPECT_EQ(answer(lines_with({Variant::overlap_copy_each}), "overlapping"), "2 copies");
  EXPECT_EQ(answer(lines_with({Variant::no_subscribers_0x10}), "nobody-subscribed"), "0x10");
  EXPECT_EQ(answer(lines_with({Variant::takeover_bare_close}), "takeover"), "FIN");
  EXPECT_EQ(answer(lines_with({Variant::close_by_reset}), "protocol-error"), "DISCONNECT 0x82, RST");
  EXPECT_EQ(answer(lines_with({Variant::session_expiry_capped}), "session-expiry-of-600"), "300 s");
  EXPECT_EQ(answer(lines_with({Variant::queue_bounded_drop_old}), "queue-bound"),
            "the 25 newest of 60 messages");
  EXPECT_EQ(answer(lines_with({Variant::inflight_window_small}), "resumed-queue"),
            "1 at a time, the next ones when these are acknowledged");
  EXPECT_EQ(answer(lines_with({Variant::resume_batches}), "resumed-queue"),
            "4 at a time, the next ones by and by");
}

TEST(Probe, IsAPureFunctionOfItsSeed) {
  const auto one = lines_with({}, 1);
  const auto again = lines_with({}, 1);
  ASSERT_EQ(one.size(), again.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].answer, again[i].answer) << one[i].name;
}

TEST(Probe, AVersionThatIsNotSpokenHasNoLines) {
  BrokerSettings settings;
  settings.accepts_v5 = false;
  const auto results = probe_embedded(settings, {});
  EXPECT_FALSE(results.v5.has_value());
  EXPECT_FALSE(results.lines.empty());
  for (const ProbeLine& line : results.lines) EXPECT_EQ(line.version, mqtt::Version::v3_1_1) << line.name;
}

// The register of interpretations is complete: of each row somebody makes use, or it says why nobody does.
TEST(Probe, AndTheSuitesUseTheWholeRegister) {
  Registry suites;
  register_all_suites(suites);
  Registry observations;
  register_observations(observations);
  for (const Interpretation& row : all_interpretations()) {
    const bool is_used =
        !citations_of(row.id, suites).empty() || !cases_that_rest_on(row.id, observations).empty();
    EXPECT_TRUE(is_used || !row.why_unused.empty())
        << row.id
        << " of fixtures/interpretations.md: nobody rests on this row, and the page does not say at "
        << "its end why";
  }
}

TEST(Probe, CitesWhatExists) {
  std::ifstream file(HOLDFAST_SOURCE_DIR "/fixtures/legal-variants.md");
  std::stringstream page;
  page << file.rdbuf();
  for (const ProbeLine& line : lines_with({})) {
    EXPECT_FALSE(line.requirements.empty()) << line.name;
    for (const std::string& id : line.requirements)
      EXPECT_NE(find_requirement(line.version, id), nullptr) << line.name << " cites " << id;
    EXPECT_FALSE(line.variants.empty()) << line.name;
    // A row of the page, or a switch of the reference broker alone, which has a citation of its own.
    for (const std::string& name : line.variants) {
      const bool is_row = page.str().find("\n| `" + name + "`") != std::string::npos;
      EXPECT_TRUE(is_row || variant_named(name)) << line.name << " names " << name;
    }
  }
  Registry registry;
  register_observations(registry);
  for (const Case& observation : registry.cases()) {
    for (const std::string& row : observation.description->interpretations)
      EXPECT_NE(find_interpretation(row), nullptr) << observation.address << " names " << row;
  }
}

}  // namespace
}  // namespace holdfast
