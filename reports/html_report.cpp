#include "reports/html_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/html/page.h"
#include "reports/page_data.h"
#include "reports/text.h"

namespace holdfast {
namespace {

// For whoever reads the page where no script runs, as in the preview of a mail.
std::vector<std::string> summary_lines(const nlohmann::ordered_json& document) {
  constexpr std::size_t failures_max = 50;
  constexpr std::size_t line_bytes = 300;
  const auto& summary = document["summary"];
  const auto line = [](std::string_view text) { return printable(shortened(text, line_bytes)); };
  std::vector<std::string> lines = {
      line(fmt::format("{}: {}", name_of_system(document), summary["outcome"].get<std::string>()))};
  std::string counts;
  for (const char* verdict :
       {"pass", "fail", "non-strict", "informational", "unsupported", "inconclusive", "error"})
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", summary[verdict].dump(), verdict);
  lines.push_back(counts + ". This page shows the rest where scripts may run: open it in a browser.");
  std::size_t told = 0;
  for (const auto& one : document["cases"]) {
    if (one["verdict"] != "fail" || told++ >= failures_max) continue;
    lines.push_back(
        line(fmt::format("fail {}: {}", one["address"].get<std::string>(), one["title"].get<std::string>())));
  }
  return lines;
}

}  // namespace

std::string name_of_system(const nlohmann::ordered_json& document) {
  const std::string name = document["system"]["name"].get<std::string>();
  return name.empty() ? document["system"]["address"].get<std::string>() : name;
}

std::string replay_command_of(const nlohmann::ordered_json& document,
                              const nlohmann::ordered_json& one_case) {
  const std::string replay = one_case["replay"].get<std::string>();
  if (replay.empty()) return {};
  std::string command = "holdfast replay " + shell_word(replay);
  if (!document["simulated"].get<bool>())
    command += " " + shell_word(document["system"]["address"].get<std::string>());
  return command;
}

std::string html_report(const nlohmann::ordered_json& document) {
  Page page;
  page.title = printable(shortened(name_of_system(document), 200)) + " · Holdfast";
  page.data = page_data(document);
  page.scripts = {page_part::dom(),      page_part::data(),   page_part::overview(),
                  page_part::cases(),    page_part::fields(), page_part::diagram(),
                  page_part::one_case(), page_part::tables(), page_part::report()};
  page.summary = summary_lines(document);
  return html_page(page);
}

}  // namespace holdfast
