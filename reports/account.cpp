#include "reports/account.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/requirements/requirement_table.h"
#include "reports/text.h"

namespace holdfast {
namespace {

// The finding that decided, if the case has any.
const Finding* gravest(const CaseResult& result) {
  return result.findings.empty() ? nullptr : &result.findings.front();
}

std::string file_name_of(std::string_view address) {
  std::string name(address);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

}  // namespace

std::string rule_of(const CaseResult& result) {
  const Finding* finding = gravest(result);
  std::string id = finding != nullptr ? finding->requirement : std::string();
  if (id.empty() && !result.requirements.empty()) id = result.requirements.front();
  if (id.empty()) return {};
  const Requirement* requirement = find_requirement(result.version, id);
  std::string rule = requirement == nullptr ? id : fmt::format("{}: {}", id, requirement->text);
  if (finding != nullptr && !finding->interpretation.empty())
    rule += fmt::format(" (interpretation {})", finding->interpretation);
  return rule;
}

std::string replay_command(const CaseResult& result, const RunDescription& run) {
  std::string command = fmt::format("holdfast replay {}", shell_word(result.replay));
  if (!run.address.empty()) command.append(" ").append(shell_word(run.address));
  return command;
}

std::vector<AccountLine> account_of(const CaseResult& result, const RunDescription& run) {
  std::vector<AccountLine> lines;
  const auto add = [&](std::string_view label, std::string text) {
    if (!text.empty()) lines.push_back({label, std::move(text)});
  };
  add("rule", rule_of(result));
  add("expected", result.expected);
  add("observed", result.observed);
  add("baseline", standing_text(result));
  if (!run.report_folder.empty() && result.verdict != Verdict::pass)
    add("evidence", fmt::format("{}/{}", run.report_folder, evidence_file_of(result.address)));
  if (!result.replay.empty()) add("replay", replay_command(result, run));
  return lines;
}

std::string_view heading_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::informational:
      return "INFORMATIONAL";
    case Verdict::unsupported:
      return "UNSUPPORTED";
    case Verdict::non_strict:
      return "NON-STRICT";
    case Verdict::inconclusive:
      return "INCONCLUSIVE";
    case Verdict::fail:
      return "FAIL";
    case Verdict::error:
      return "ERROR";
  }
  return "ERROR";
}

std::string standing_text(const CaseResult& result) {
  switch (result.standing) {
    case Standing::as_is:
      return {};
    case Standing::expected:
      return fmt::format("expects this: {}", result.baseline_reason);
    case Standing::unexpected:
      return fmt::format("expects another verdict: {}", result.baseline_reason);
  }
  return {};
}

std::string class_name_of(std::string_view address) {
  std::string name(address.substr(0, std::min(address.rfind('/'), address.size())));
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

std::string_view slug_of(std::string_view address) {
  const std::size_t slash = address.rfind('/');
  return slash == std::string_view::npos ? address : address.substr(slash + 1);
}

std::string evidence_file_of(std::string_view address) {
  return fmt::format("evidence/{}.txt", file_name_of(address));
}

std::string capture_file_of(std::string_view address) {
  return fmt::format("evidence/{}.pcapng", file_name_of(address));
}

}  // namespace holdfast
