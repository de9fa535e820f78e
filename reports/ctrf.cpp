#include "reports/ctrf.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "reports/account.h"
#include "reports/case_kind.h"
#include "reports/text.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t ctrf_text_bytes_max = 16u << 10;

std::int64_t milliseconds_of(const Json& nanoseconds) { return nanoseconds.get<std::int64_t>() / 1'000'000; }

std::string_view ctrf_status(CaseKind kind) {
  switch (kind) {
    case CaseKind::passed:
      return "passed";
    case CaseKind::failure:
      return "failed";
    case CaseKind::error:
      return "other";
    case CaseKind::skipped:
      return "skipped";
  }
  return "other";
}

std::string line_of(const Json& the_case, const char* member) {
  return shortened(printable(the_case.at(member).get_ref<const std::string&>()), ctrf_text_bytes_max);
}

Json test_of(const Json& the_case, const Json& document) {
  const CaseKind kind = kind_of(the_case, document);
  const std::string address = line_of(the_case, "address");
  Json test = {{"testId", address},
               {"name", fmt::format("{}: {}", slug_of(address), line_of(the_case, "title"))},
               {"status", ctrf_status(kind)},
               {"duration", milliseconds_of(the_case.at("duration_ns"))},
               {"suite", Json::array({class_name_of(address)})},
               {"rawStatus", the_case.at("verdict")},
               {"tags", the_case.at("tags")},
               {"type", "conformance"}};
  const std::string observed = line_of(the_case, "observed");
  const std::string expected = line_of(the_case, "expected");
  if (!observed.empty()) test["message"] = observed;
  if (!expected.empty() || !observed.empty())
    test["trace"] = fmt::format("expected  {}\nobserved  {}\nreplay    holdfast replay {}", expected,
                                observed, shell_word(line_of(the_case, "replay")));
  Json extra = {{"requirements", the_case.at("requirements")}, {"close", the_case.at("close")}};
  if (!the_case.at("evidence").is_null()) extra["evidence"] = the_case.at("evidence");
  if (const std::string reason = line_of(the_case, "baseline_reason"); !reason.empty())
    extra["baseline"] = reason;
  test["extra"] = std::move(extra);
  return test;
}

}  // namespace

std::string ctrf_json(const Json& document) {
  Json tests = Json::array();
  std::map<std::string_view, int> counts;
  std::int64_t duration = 0;
  for (const Json& the_case : document.at("cases")) {
    ++counts[ctrf_status(kind_of(the_case, document))];
    duration += milliseconds_of(the_case.at("duration_ns"));
    tests.push_back(test_of(the_case, document));
  }
  // Cases run side by side on a live broker, so the sum of theirs is not what the run took.
  if (!document.at("simulated").get<bool>()) duration = milliseconds_of(document.at("duration_ns"));
  Json summary = {{"tests", tests.size()},
                  {"passed", counts["passed"]},
                  {"failed", counts["failed"]},
                  {"skipped", counts["skipped"]},
                  {"pending", 0},
                  {"other", counts["other"]},
                  {"start", 0},
                  {"stop", duration}};
  const Json& system = document.at("system");
  Json environment = {{"appName", system.at("name")}, {"testEnvironment", system.at("address")}};
  const Json report = {{"reportFormat", "CTRF"},
                       {"specVersion", "0.0.0"},
                       {"generatedBy", "holdfast"},
                       {"results",
                        {{"tool", {{"name", "holdfast"}, {"version", document.at("tool").at("version")}}},
                         {"summary", std::move(summary)},
                         {"tests", std::move(tests)},
                         {"environment", std::move(environment)},
                         {"extra", {{"seed", document.at("seed")}}}}}};
  return report.dump(1, ' ', true) + "\n";
}

}  // namespace holdfast
