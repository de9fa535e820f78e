#include "reports/report_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "reports/account.h"
#include "reports/badge.h"
#include "reports/capture.h"
#include "reports/ctrf.h"
#include "reports/html_report.h"
#include "reports/junit.h"
#include "reports/results_json.h"
#include "reports/summary.h"
#include "reports/text.h"
#include "reports/write_whole.h"

namespace holdfast {
namespace {

// Only names that evidence_file_of() makes: the folder belongs to somebody else.
bool is_evidence(const std::filesystem::directory_entry& entry) {
  std::error_code error;
  const std::filesystem::path extension = entry.path().extension();
  return entry.is_regular_file(error) && entry.path().filename().string().starts_with("mqtt") &&
         (extension == ".txt" || extension == ".pcapng");
}

void remove_old_evidence(const std::string& folder) {
  std::error_code error;
  // What cannot be removed will be noticed when its successor is written.
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (is_evidence(*entry)) {
      std::error_code ignored;
      std::filesystem::remove(entry->path(), ignored);
    }
}

void append_finding(std::string& text, const Finding& finding) {
  const auto add = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<14} {}\n", label, printable(value));
  };
  text += fmt::format("\n{} finding\n", name_of(finding.verdict));
  add("requirement", finding.requirement);
  add("expected", finding.expected);
  add("observed", finding.observed);
  add("interpretation", finding.interpretation);
  add("checker", finding.checker);
}

bool has_capture(const CaseResult& result, Captures captures) {
  return result.trace != nullptr && !result.trace->connections.empty() &&
         (captures == Captures::all || result.verdict != Verdict::pass);
}

tl::expected<void, std::string> add_evidence(WriteTogether& files, const CaseResult& result,
                                             const RunResults& results, const RunDescription& run) {
  if (result.verdict != Verdict::pass) {
    const std::string path = fmt::format("{}/{}", run.report_folder, evidence_file_of(result.address));
    if (auto added = files.add(path, evidence_text(result, run), Durability::crash); !added) return added;
  }
  if (!has_capture(result, run.captures)) return {};
  const std::string path = fmt::format("{}/{}", run.report_folder, capture_file_of(result.address));
  return files.add(path, capture_of(result, results, run), Durability::crash);
}

}  // namespace

std::string evidence_text(const CaseResult& result, const RunDescription& run) {
  std::string text = fmt::format("{}  {}   {}\n", heading_of(result.verdict), printable(result.address),
                                 printable(result.title));
  for (const AccountLine& line : account_of(result, run))
    if (line.label != "evidence") text += fmt::format("  {:<9} {}\n", line.label, printable(line.text));
  for (const Finding& finding : result.findings) append_finding(text, finding);
  for (const std::string& observation : result.observations)
    text += fmt::format("\nnoted: {}\n", printable(observation));
  text += "\ntrace\n";
  for (const std::string& line : result.trace_text) text += printable(line) + "\n";
  return text;
}

tl::expected<void, std::string> prepare_report_folder(const std::string& folder) {
  return make_writable_folder(folder);
}

tl::expected<void, std::string> write_report(const RunResults& results, const RunDescription& run) {
  const std::string evidence_folder = run.report_folder + "/evidence";
  if (auto made = make_writable_folder(evidence_folder); !made) return made;
  WriteTogether files;
  for (const CaseResult& result : results.cases)
    if (auto added = add_evidence(files, result, results, run); !added) return added;
  const nlohmann::ordered_json document = results_document(results, run);
  const std::pair<const char*, std::string> texts[] = {
      {"junit.xml", junit_xml(results, run)},      {"ctrf.json", ctrf_json(document)},
      {"summary.md", summary_markdown(document)},  {"badge.json", badge_json(document)},
      {"badge.svg", badge_svg(document)},          {"report.html", html_report(document)},
      {"results.json", text_of_document(document)}};
  for (const auto& [name, content] : texts)
    if (auto added = files.add(fmt::format("{}/{}", run.report_folder, name), content); !added) return added;
  remove_old_evidence(evidence_folder);
  return files.commit();
}

}  // namespace holdfast
