#include "reports/badge.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

struct Badge {
  std::string label;
  std::string message;
  std::string color;  // as shields.io names it
  std::string hex;
};

Badge badge_of(const Json& document) {
  std::set<std::string> versions;
  std::set<std::pair<std::string, std::string>> judged;
  std::set<std::pair<std::string, std::string>> broken;
  for (const Json& the_case : document.at("cases")) {
    const auto verdict = the_case.at("verdict").get<std::string>();
    if (verdict == "unsupported" || verdict == "inconclusive" || verdict == "error") continue;
    const auto version = the_case.at("version").get<std::string>();
    versions.insert(version);
    for (const Json& id : the_case.at("requirements")) judged.emplace(version, id.get<std::string>());
    for (const Json& finding : the_case.at("findings")) {
      if (finding.at("verdict") != "fail") continue;
      const auto id = finding.at("requirement").get<std::string>();
      if (id.empty()) continue;
      judged.emplace(version, id);
      broken.emplace(version, id);
    }
  }
  Badge badge{"MQTT", "nothing judged", "lightgrey", "#9f9f9f"};
  if (versions.size() == 1) badge.label += " " + *versions.begin();
  if (versions.size() == 2) badge.label += " 3.1.1 and 5.0";
  if (judged.empty()) return badge;
  badge.message = fmt::format("{}/{} rules", judged.size() - broken.size(), judged.size());
  // A broker that fails as its baseline expects is not green either: the badge speaks of the standard.
  if (!broken.empty()) {
    badge.color = "red";
    badge.hex = "#c0392b";
  } else {
    badge.color = "brightgreen";
    badge.hex = "#2e7d32";
  }
  return badge;
}

// Wide enough for Verdana at 11 px: no measuring, the text is stretched into it.
std::size_t width_of(const std::string& text) { return 7 * text.size() + 10; }

}  // namespace

std::string badge_json(const Json& document) {
  const Badge badge = badge_of(document);
  const Json json = {{"schemaVersion", 1},
                     {"label", badge.label},
                     {"message", badge.message},
                     {"color", badge.color},
                     {"isError", badge.color == "red"}};
  return json.dump(1, ' ', true) + "\n";
}

// Label and message are ours: letters, digits, dots and slashes.
std::string badge_svg(const Json& document) {
  const Badge badge = badge_of(document);
  const std::size_t left = width_of(badge.label);
  const std::size_t right = width_of(badge.message);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" "
      "aria-label=\"{3}: {4}\">\n"
      "<title>{3}: {4}</title>\n"
      "<clipPath id=\"r\"><rect width=\"{0}\" height=\"20\" rx=\"3\"/></clipPath>\n"
      "<g clip-path=\"url(#r)\"><rect width=\"{1}\" height=\"20\" fill=\"#444\"/>"
      "<rect x=\"{1}\" width=\"{2}\" height=\"20\" fill=\"{5}\"/></g>\n"
      "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
      "font-size=\"11\">\n"
      "<text x=\"{6}\" y=\"14\" textLength=\"{7}\">{3}</text>\n"
      "<text x=\"{8}\" y=\"14\" textLength=\"{9}\">{4}</text>\n"
      "</g>\n</svg>\n",
      left + right, left, right, badge.label, badge.message, badge.hex, left / 2, left - 10, left + right / 2,
      right - 10);
}

}  // namespace holdfast
