#include "reports/read_results.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "reports/embedded_schema.h"
#include "reports/json_schema.h"
#include "reports/results_json.h"
#include "reports/text.h"

namespace holdfast {
namespace {

// What a schema cannot say: events name packets and connections that are there.
std::string reference_breach(const nlohmann::ordered_json& document) {
  for (const auto& one_case : document["cases"]) {
    const auto& trace = one_case["trace"];
    if (trace.is_null()) continue;
    const auto connections = trace["connections"].size();
    const auto packets = trace["packets"].size();
    const auto names = [](const auto& value, const char* key, std::size_t end) {
      return !value.contains(key) || value[key].template get<std::uint64_t>() < end;
    };
    bool good = true;
    for (const auto& packet : trace["packets"]) good = good && names(packet, "connection", connections + 1);
    for (const auto& event : trace["events"])
      good = good && names(event, "connection", connections + 1) && names(event, "packet", packets);
    if (!good)
      return fmt::format("the trace of {} names what it does not hold",
                         shortened(printable(one_case["address"].get<std::string>()), 200));
  }
  return {};
}

// A better word for the two files that people really have: something else, and one of another version.
std::string format_breach(const nlohmann::ordered_json& document) {
  if (!document.is_object() || document.value("format", nlohmann::ordered_json()) != "holdfast-results")
    return "this is no results.json of Holdfast";
  const auto version = document.value("version", nlohmann::ordered_json());
  if (version != results_format_version)
    return fmt::format("it has version {} of the format, and this program reads version {}",
                       shortened(version.dump(), 20), results_format_version);
  return {};
}

}  // namespace

tl::expected<nlohmann::ordered_json, std::string> parse_results(const std::string& text) {
  auto document = nlohmann::ordered_json::parse(text, nullptr, false);
  if (document.is_discarded()) return tl::make_unexpected(std::string("this is no JSON"));
  std::string breach = format_breach(document);
  if (breach.empty())
    breach = schema_breach(nlohmann::ordered_json::parse(embedded::results_schema), document);
  if (breach.empty()) breach = reference_breach(document);
  if (!breach.empty()) return tl::make_unexpected(breach);
  return document;
}

tl::expected<nlohmann::ordered_json, std::string> read_results(const std::string& path) {
  const auto wrong = [&path](std::string_view what) {
    return tl::make_unexpected(fmt::format("{}: {}", printable(path), what));
  };
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return wrong("there is no such file");
  if (std::filesystem::file_size(path, error) > results_file_bytes_max) return wrong("the file is too large");
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return wrong("cannot be read");
  auto document = parse_results(text);
  if (!document) return wrong(document.error());
  return document;
}

}  // namespace holdfast
