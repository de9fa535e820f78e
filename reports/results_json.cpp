#include "reports/results_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reports/account.h"
#include "reports/outcome.h"
#include "reports/probe_json.h"
#include "reports/requirements/interpretations.h"
#include "reports/requirements/requirement_table.h"
#include "reports/text.h"
#include "reports/trace_json.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

Json exploration_json(const ExplorationSummary& explored) {
  return {{"histories", explored.histories},
          {"steps", explored.steps},
          {"faults", explored.faults},
          {"flawed", explored.flawed},
          {"inconclusive", explored.inconclusive},
          {"unsupported", explored.unsupported}};
}

std::string_view name_of_version(mqtt::Version version) {
  return version == mqtt::Version::v3_1_1 ? "3.1.1" : "5.0";
}

Json texts(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(valid_utf8(value));
  return list;
}

Json system_json(const SystemIdentity& system) {
  return {{"name", valid_utf8(system.name)},
          {"told_by", valid_utf8(system.told_by)},
          {"address", valid_utf8(system.address)}};
}

Json capabilities_json(const std::optional<Capabilities>& capabilities) {
  if (!capabilities) return nullptr;
  Json json = {{"maximum_qos", capabilities->maximum_qos},
               {"retain", capabilities->retain},
               {"wildcard", capabilities->wildcard},
               {"subscription_identifiers", capabilities->subscription_identifiers},
               {"shared_subscription", capabilities->shared_subscription},
               {"empty_client_id", capabilities->empty_client_id},
               {"topic_alias_maximum", capabilities->topic_alias_maximum},
               {"receive_maximum", capabilities->receive_maximum},
               {"maximum_packet_size", capabilities->maximum_packet_size},
               {"server_keep_alive", nullptr},
               {"session_expiry_for_600", capabilities->session_expiry_for_600},
               {"takes_short_session_expiry", capabilities->takes_short_session_expiry},
               {"round_trip_ns", capabilities->round_trip.count()}};
  if (capabilities->server_keep_alive) json["server_keep_alive"] = *capabilities->server_keep_alive;
  return json;
}

Json summary_json(const RunResults& results, bool strict) {
  const Outcome outcome = outcome_of(results, strict);
  Json json = {{"cases", results.cases.size()}};
  for (const Verdict verdict : {Verdict::pass, Verdict::informational, Verdict::unsupported,
                                Verdict::non_strict, Verdict::inconclusive, Verdict::fail, Verdict::error})
    json[std::string(name_of(verdict))] = results.count(verdict);
  json["expected"] = results.count(Standing::expected);
  json["unexpected"] = results.count(Standing::unexpected);
  json["exit_code"] = outcome.code;
  json["outcome"] = outcome.sentence;
  return json;
}

Json finding_json(const Finding& finding) {
  return {{"verdict", name_of(finding.verdict)},
          {"requirement", valid_utf8(finding.requirement)},
          {"expected", valid_utf8(finding.expected)},
          {"observed", valid_utf8(finding.observed)},
          {"interpretation", valid_utf8(finding.interpretation)},
          {"checker", valid_utf8(finding.checker)}};
}

std::string_view name_of_standing(Standing standing) {
  switch (standing) {
    case Standing::as_is:
      return "as-is";
    case Standing::expected:
      return "expected";
    case Standing::unexpected:
      return "unexpected";
  }
  return "as-is";
}

Json case_json(const CaseResult& result) {
  Json findings = Json::array();
  for (const Finding& finding : result.findings) findings.push_back(finding_json(finding));
  Json json = {{"address", valid_utf8(result.address)},
               {"title", valid_utf8(result.title)},
               {"level", name_of(result.level)},
               {"version", name_of_version(result.version)},
               {"section", valid_utf8(result.section)},
               {"requirements", texts(result.requirements)},
               {"tags", texts(result.tags)},
               {"verdict", name_of(result.verdict)},
               {"close", name_of(result.close)},
               {"standing", name_of_standing(result.standing)},
               {"baseline_reason", valid_utf8(result.baseline_reason)},
               {"duration_ns", result.duration.count()},
               {"expected", valid_utf8(result.expected)},
               {"observed", valid_utf8(result.observed)},
               {"observations", texts(result.observations)},
               {"procedure", valid_utf8(result.procedure)},
               {"control", valid_utf8(result.control)},
               {"interpretations", texts(result.interpretations)},
               {"findings", std::move(findings)},
               {"trace_hash", nullptr},
               {"evidence", nullptr},
               {"replay", valid_utf8(result.replay)},
               {"trace", nullptr}};
  if (result.trace_hash) json["trace_hash"] = fmt::format("{:016x}", *result.trace_hash);
  if (result.verdict != Verdict::pass) json["evidence"] = evidence_file_of(result.address);
  if (result.trace) json["trace"] = trace_json(*result.trace);
  return json;
}

Json requirements_json(mqtt::Version version) {
  Json list = Json::array();
  for (const Requirement& row : requirements_of(version))
    list.push_back({{"id", row.id},
                    {"section", row.section},
                    {"title", row.title},
                    {"subject", row.subject},
                    {"level", row.level},
                    {"area", row.area},
                    {"text", row.text},
                    {"observable", row.observable}});
  return list;
}

// The rows of the register that some case rests on.
Json interpretations_json(const RunResults& results) {
  std::set<std::string> named;
  for (const CaseResult& result : results.cases) {
    named.insert(result.interpretations.begin(), result.interpretations.end());
    for (const Finding& finding : result.findings) named.insert(finding.interpretation);
  }
  Json rows = Json::object();
  for (const Interpretation& row : all_interpretations())
    if (named.contains(row.id))
      rows[row.id] = {{"question", row.question},
                      {"reading_a", row.reading_a},
                      {"reading_b", row.reading_b},
                      {"choice", row.choice},
                      {"verdict", row.verdict}};
  return rows;
}

}  // namespace

namespace {

Json ledger_json(const std::vector<LedgerLine>& ledger) {
  Json versions = {{"3.1.1", Json::object()}, {"5.0", Json::object()}};
  for (const LedgerLine& line : ledger)
    versions[line.version == mqtt::Version::v5 ? "5.0" : "3.1.1"][line.id] = {{"status", line.status},
                                                                              {"text", line.text}};
  return versions;
}

}  // namespace

Json results_document(const RunResults& results, const RunDescription& run) {
  Json cases = Json::array();
  for (const CaseResult& result : results.cases) cases.push_back(case_json(result));
  Json document = {
      {"format", "holdfast-results"},
      {"version", results_format_version},
      {"tool", {{"name", "holdfast"}, {"version", valid_utf8(results.tool_version)}}},
      // As text, since not every reader of JSON keeps 64 bits of a number.
      {"seed", fmt::format("{}", results.seed)},
      {"simulated", results.simulated},
      {"system", system_json(results.system)},
      {"capabilities",
       {{"3.1.1", capabilities_json(results.v3_1_1)}, {"5.0", capabilities_json(results.v5)}}},
      {"probe", probe_lines_json(announced_lines(results))},
      {"options",
       {{"net", valid_utf8(results.weather)},
        {"fault", valid_utf8(results.faults)},
        {"selectors", texts(results.selectors)},
        {"timeout_scale", run.timeout_scale},
        {"strict", run.strict},
        {"redact", run.redact},
        {"defects", texts(run.defects)},
        {"variants", texts(run.variants)}}},
      {"duration_ns", results.duration.count()},
      {"summary", summary_json(results, run.strict)},
      {"cases", std::move(cases)},
      {"requirements",
       {{"3.1.1", requirements_json(mqtt::Version::v3_1_1)}, {"5.0", requirements_json(mqtt::Version::v5)}}},
      {"interpretations", interpretations_json(results)}};
  if (results.exploration) document["exploration"] = exploration_json(*results.exploration);
  if (!run.ledger.empty()) document["ledger"] = ledger_json(run.ledger);
  return document;
}

std::string text_of_document(const Json& document) { return document.dump(1, ' ', true) + "\n"; }

std::string results_json(const RunResults& results, const RunDescription& run) {
  return text_of_document(results_document(results, run));
}

}  // namespace holdfast
