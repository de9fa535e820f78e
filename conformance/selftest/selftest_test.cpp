// The proof is only as good as its way of finding fault: here it meets suites that prove nothing.
#include "conformance/selftest/selftest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "conformance/engine/context.h"
#include "conformance/engine/test_cases.h"
#include "conformance/selftest/worlds.h"

namespace holdfast {
namespace {

using test_cases::add;
using test_cases::all;

// Notices Session Present where there can be none.
Task<void> bites(Context& t) {
  co_await t.connected(t.client("a"), t.keeping());
  co_await t.disconnected(t.client("a"));
  auto connack = co_await t.connected(t.client("a"), t.keeping());
  t.must(connack.session_present, "MQTT-3.2.2-3", "Session Present 1", "0");
}

Task<void> is_vacuous(Context& t) { co_await t.connected(t.client("a"), t.clean()); }

// Takes a legal choice for a fault.
Task<void> blames_wrongly(Context& t) {
  auto connack = co_await t.connected(t.client("a"), t.clean());
  t.must(!connack.properties.server_keep_alive.has_value(), "MQTT-3.1.2-22", "no Server Keep Alive", "one");
}

SelftestOptions quick() { return {.seed = 7, .combinations = 3}; }

bool tells(const Selftest& selftest, std::string_view text) {
  return std::ranges::any_of(selftest.problems,
                             [&](const std::string& line) { return line.find(text) != line.npos; });
}

TEST(Selftest, CountsWhoNoticesWhat) {
  Registry registry;
  add(registry, "bites", bites);
  const Selftest selftest = run_selftest(all(registry), quick());
  EXPECT_EQ(selftest.defects.size(), defect_catalogue().size());
  EXPECT_EQ(selftest.sound.size(), 1 + variant_catalogue().size() + 3);
  const DefectRun& first = selftest.defects.front();
  EXPECT_EQ(first.defect->name, "session-present-always-0");
  ASSERT_EQ(first.catches.size(), 2u);  // a case for each version
  EXPECT_TRUE(first.catches[0].by_case);
  EXPECT_GT(selftest.caught_by_case[0], 0u);
  EXPECT_EQ(selftest.sound.front().passed, 2u);
  EXPECT_FALSE(tells(selftest, "/bites notices no seeded defect"));
  EXPECT_TRUE(tells(selftest, "no case and no checker notices the defect keep-alive-ignored"));
  EXPECT_TRUE(tells(selftest, "the checker topic-alias notices no seeded defect"));
  EXPECT_LT(selftest.defects_caught, selftest.defects.size());
}

TEST(Selftest, NamesACaseThatCannotFail) {
  Registry registry;
  add(registry, "vacuous", is_vacuous);
  const Selftest selftest = run_selftest(all(registry), quick());
  EXPECT_TRUE(tells(selftest, "mqtt5/4.2/vacuous notices no seeded defect"));
}

TEST(Selftest, NamesACaseThatBlamesALegalVariant) {
  Registry registry;
  add(registry, "blames", blames_wrongly);
  const Selftest selftest = run_selftest(all(registry), quick());
  EXPECT_TRUE(tells(selftest,
                    "fail on the broker server-keep-alive-override, which breaks no rule: mqtt5/4.2/blames"));
  EXPECT_FALSE(tells(selftest, "fail on the broker sound"));
}

TEST(Selftest, NamesWhatNeverPassesAndWhatFailsOnTheSoundBroker) {
  Registry registry;
  add(registry, "fails", test_cases::fails);
  add(registry, "lax", test_cases::is_not_strict);
  add(registry, "cannot-tell", test_cases::is_inconclusive);
  add(registry, "throws", test_cases::throws);
  const Selftest selftest = run_selftest(all(registry), quick());
  for (const char* text :
       {"fail on the broker sound", "non-strict on the broker sound", "inconclusive on the broker sound",
        "error on the broker sound", "mqtt5/4.2/fails passes on no sound broker",
        "error on session-present-always-0"}) {
    EXPECT_TRUE(tells(selftest, text)) << text;
  }
}

TEST(Selftest, DoesNotDependOnTheNumberOfThreads) {
  Registry registry;
  add(registry, "bites", bites);
  add(registry, "round-trip", test_cases::round_trip);
  SelftestOptions options = quick();
  const Selftest alone = run_selftest(all(registry), options);
  options.jobs = 4;
  std::size_t told = 0;
  options.progress = [&](std::size_t done, std::size_t all_of_them) {
    EXPECT_EQ(done, ++told);
    EXPECT_LE(done, all_of_them);
  };
  const Selftest together = run_selftest(all(registry), options);
  EXPECT_EQ(told, together.sound.size() + together.defects.size());
  EXPECT_EQ(alone.problems, together.problems);
  EXPECT_EQ(alone.caught_by_case, together.caught_by_case);
  EXPECT_EQ(alone.caught_by_checker, together.caught_by_checker);
  for (std::size_t i = 0; i < alone.defects.size(); ++i)
    EXPECT_EQ(alone.defects[i].catches.size(), together.defects[i].catches.size());
}

TEST(Worlds, CombinationsAreDrawnFromTheSeedAndDiffer) {
  const auto names = [](std::uint64_t seed) {
    std::set<std::string> combined;
    for (const World& world : all_worlds(seed, 40))
      if (world.variants.size() > 1) combined.insert(name_of(world));
    return combined;
  };
  EXPECT_GT(names(7).size(), 35u);
  EXPECT_EQ(names(7), names(7));
  EXPECT_NE(names(7), names(8));
  for (const World& world : all_worlds(7, 40)) EXPECT_LE(world.variants.size(), 5u);
}

}  // namespace
}  // namespace holdfast
