#include "reports/junit.h"

#include <fmt/format.h>

#include <map>
#include <pugixml.hpp>
#include <sstream>
#include <string_view>
#include <vector>

#include "reports/account.h"
#include "reports/case_kind.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::size_t text_bytes_max = 16u << 10;
constexpr std::size_t message_bytes_max = 400;

struct Totals {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  Duration time{};

  void add(CaseKind kind, Duration duration) {
    ++tests;
    failures += kind == CaseKind::failure;
    errors += kind == CaseKind::error;
    skipped += kind == CaseKind::skipped;
    time += duration;
  }
};

// Seconds with a dot and three decimals, rounded down.
std::string seconds(Duration duration) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set_totals(pugi::xml_node node, const Totals& totals) {
  set(node, "tests", fmt::format("{}", totals.tests));
  set(node, "failures", fmt::format("{}", totals.failures));
  set(node, "errors", fmt::format("{}", totals.errors));
  set(node, "skipped", fmt::format("{}", totals.skipped));
  set(node, "time", seconds(totals.time));
}

std::string text_of(const CaseResult& result, const RunDescription& run) {
  std::string text = fmt::format("{}  {}   {}\n", heading_of(result.verdict), printable(result.address),
                                 printable(result.title));
  for (const AccountLine& line : account_of(result, run)) {
    // The file lies in the report's folder, so its place is told from there, wherever the folder stands.
    const std::string value =
        line.label == "evidence" ? evidence_file_of(result.address) : printable(line.text);
    text += fmt::format("  {:<9} {}\n", line.label, shortened(value, text_bytes_max));
  }
  return text;
}

std::string message_of(const CaseResult& result) {
  const std::string what = !result.observed.empty() ? result.observed : result.expected;
  const std::string standing = standing_text(result);
  std::string message = fmt::format("{}", name_of(result.verdict));
  if (!what.empty()) message += ": " + what;
  if (!standing.empty()) message += " (the baseline " + standing + ")";
  return shortened(printable(message), message_bytes_max);
}

void append_case(pugi::xml_node suite, const CaseResult& result, CaseKind kind, const RunDescription& run) {
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "name",
      shortened(printable(fmt::format("{}: {}", slug_of(result.address), result.title)), message_bytes_max));
  set(node, "classname", class_name_of(result.address));
  set(node, "time", seconds(result.duration));
  if (kind == CaseKind::failure || kind == CaseKind::error) {
    pugi::xml_node child = node.append_child(kind == CaseKind::failure ? "failure" : "error");
    set(child, "message", message_of(result));
    set(child, "type", name_of(result.verdict));
    child.text().set(xml_text(text_of(result, run)).c_str());
  } else if (kind == CaseKind::skipped) {
    set(node.append_child("skipped"), "message", message_of(result));
  } else if (result.verdict != Verdict::pass) {
    node.append_child("system-out").text().set(xml_text(text_of(result, run)).c_str());
  }
}

// Cases of one class name, in the order of the registry.
struct Suite {
  std::string name;
  std::vector<const CaseResult*> cases;
};

std::vector<Suite> suites_of(const RunResults& results) {
  std::vector<Suite> suites;
  std::map<std::string, std::size_t> position;
  for (const CaseResult& result : results.cases) {
    const std::string name = class_name_of(result.address);
    const auto [found, is_new] = position.emplace(name, suites.size());
    if (is_new) suites.push_back({name, {}});
    suites[found->second].cases.push_back(&result);
  }
  return suites;
}

}  // namespace

std::string junit_xml(const RunResults& results, const RunDescription& run) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", "holdfast");

  Totals all;
  for (const CaseResult& result : results.cases)
    all.add(kind_of(result, results.simulated, run.strict), result.duration);
  set_totals(root, all);

  for (const Suite& suite : suites_of(results)) {
    pugi::xml_node node = root.append_child("testsuite");
    set(node, "name", suite.name);
    Totals totals;
    for (const CaseResult* result : suite.cases)
      totals.add(kind_of(*result, results.simulated, run.strict), result->duration);
    set_totals(node, totals);
    for (const CaseResult* result : suite.cases)
      append_case(node, *result, kind_of(*result, results.simulated, run.strict), run);
  }

  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace holdfast
