#include "reports/summary.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "reports/case_kind.h"
#include "reports/text.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t line_bytes_max = 2'000;
constexpr std::size_t annotation_bytes_max = 1'000;
constexpr std::size_t room_for_the_end = 1'000;

const std::string& text_of(const Json& object, const char* member) {
  return object.at(member).get_ref<const std::string&>();
}

// One line that Markdown shows as it is, wherever it came from.
std::string markdown(std::string_view text) {
  std::string escaped;
  for (const char letter : shortened(printable(text), line_bytes_max)) {
    if (std::string_view("\\`*_{}[]()<>#+-.!|&~@:$").find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

// The same as code; a backtick would end it.
std::string code(std::string_view text) {
  std::string inside = shortened(printable(text), line_bytes_max);
  for (char& letter : inside)
    if (letter == '`') letter = '\'';
  return "`" + inside + "`";
}

struct Group {
  const char* heading;
  std::vector<const Json*> cases{};
};

// What has to be looked at first comes first.
std::vector<Group> groups_of(const Json& document) {
  std::vector<Group> groups{{"Failures"},   {"Errors of Holdfast"}, {"Not as the baseline expects"},
                            {"Non-strict"}, {"Inconclusive"},       {"Expected by the baseline"}};
  for (const Json& the_case : document.at("cases")) {
    const std::string& verdict = text_of(the_case, "verdict");
    const std::string& standing = text_of(the_case, "standing");
    if (verdict == "error") {
      groups[1].cases.push_back(&the_case);
    } else if (standing == "unexpected") {
      groups[2].cases.push_back(&the_case);
    } else if (standing == "expected" && verdict != "pass") {
      groups[5].cases.push_back(&the_case);
    } else if (verdict == "fail") {
      groups[0].cases.push_back(&the_case);
    } else if (verdict == "non-strict") {
      groups[3].cases.push_back(&the_case);
    } else if (verdict == "inconclusive") {
      groups[4].cases.push_back(&the_case);
    }
  }
  return groups;
}

std::string requirement_line(const Json& the_case, const Json& document) {
  const Json& findings = the_case.at("findings");
  if (findings.empty()) return {};
  const std::string& id = text_of(findings.front(), "requirement");
  for (const Json& row : document.at("requirements").at(text_of(the_case, "version")))
    if (text_of(row, "id") == id) return fmt::format("{}: {}", markdown(id), markdown(text_of(row, "text")));
  return markdown(id);
}

std::string entry(const Json& the_case, const Json& document) {
  std::string text = fmt::format("### {} {}\n\n{}\n\n", markdown(text_of(the_case, "verdict")),
                                 code(text_of(the_case, "address")), markdown(text_of(the_case, "title")));
  const auto add = [&text](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("- **{}** {}\n", label, value);
  };
  add("rule", requirement_line(the_case, document));
  add("expected", markdown(text_of(the_case, "expected")));
  add("observed", markdown(text_of(the_case, "observed")));
  add("baseline", markdown(text_of(the_case, "baseline_reason")));
  add("replay", code("holdfast replay " + shell_word(text_of(the_case, "replay"))));
  return text + "\n";
}

std::string heading(const Json& document) {
  const Json& system = document.at("system");
  const Json& summary = document.at("summary");
  const std::string& name = text_of(system, "name");
  std::string text = fmt::format("# MQTT conformance of {}\n\n**{}**\n\n",
                                 markdown(name.empty() ? text_of(system, "address") : name),
                                 markdown(text_of(summary, "outcome")));
  text += "| verdict | cases |\n| --- | ---: |\n";
  for (const char* verdict :
       {"pass", "fail", "non-strict", "informational", "unsupported", "inconclusive", "error"})
    if (const auto count = summary.at(verdict).get<std::size_t>(); count > 0)
      text += fmt::format("| {} | {} |\n", verdict, count);
  return text + fmt::format("\nHoldfast {}, seed {}, {}.\n\n",
                            markdown(text_of(document.at("tool"), "version")), text_of(document, "seed"),
                            document.at("simulated").get<bool>() ? "simulated time" : "real time");
}

std::string escaped_for_workflow(std::string_view text, bool property) {
  std::string escaped;
  for (const char letter : shortened(printable(text), annotation_bytes_max)) {
    const bool special =
        letter == '%' || letter == '\r' || letter == '\n' || (property && (letter == ':' || letter == ','));
    if (special) {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

}  // namespace

std::string summary_markdown(const Json& document) {
  std::string text = heading(document);
  std::size_t left_out = 0;
  for (const Group& group : groups_of(document)) {
    if (group.cases.empty()) continue;
    text += fmt::format("## {} ({})\n\n", group.heading, group.cases.size());
    for (const Json* the_case : group.cases) {
      const std::string part = entry(*the_case, document);
      if (text.size() + part.size() + room_for_the_end > summary_bytes_max) {
        ++left_out;
      } else {
        text += part;
      }
    }
  }
  if (left_out > 0) text += fmt::format("{} more cases stand in results.json.\n", left_out);
  return text;
}

std::string annotations(const Json& document) {
  std::string text;
  std::size_t count = 0;
  for (const Json& the_case : document.at("cases")) {
    const CaseKind kind = kind_of(the_case, document);
    if (kind != CaseKind::failure && kind != CaseKind::error) continue;
    if (++count > annotations_max) break;
    text += fmt::format("::error title={}::{}%0Aexpected {}%0Aobserved {}\n",
                        escaped_for_workflow(text_of(the_case, "address"), true),
                        escaped_for_workflow(text_of(the_case, "title"), false),
                        escaped_for_workflow(text_of(the_case, "expected"), false),
                        escaped_for_workflow(text_of(the_case, "observed"), false));
  }
  return text;
}

}  // namespace holdfast
