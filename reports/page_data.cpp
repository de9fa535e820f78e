#include "reports/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <nlohmann/json.hpp>

#include "reports/html_report.h"
#include "reports/text.h"
#include "sim/mqtt/rules.h"

namespace holdfast {

std::size_t StringTable::place_of(std::string text) {
  const auto [entry, is_new] = places_.try_emplace(std::move(text), texts_.size());
  if (is_new) {
    texts_.push_back(entry->first);
    bytes_ += entry->first.size() + 3;
  }
  return entry->second;
}

void StringTable::shrink_to(std::size_t size) {
  while (texts_.size() > size) {
    bytes_ -= texts_.back().size() + 3;
    places_.erase(texts_.back());
    texts_.pop_back();
  }
}

nlohmann::ordered_json StringTable::take() { return std::move(texts_); }

namespace {

using PageJson = nlohmann::ordered_json;

// The gravest first, as in verdicts of html/dom.js.
std::size_t rank_of(const std::string& verdict) {
  constexpr std::array<std::string_view, 7> order = {
      "fail", "error", "non-strict", "inconclusive", "unsupported", "informational", "pass"};
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), verdict) - order.begin());
}

std::string_view type_name(mqtt::PropertyType type) {
  switch (type) {
    case mqtt::PropertyType::none:
      return "none";
    case mqtt::PropertyType::byte:
      return "byte";
    case mqtt::PropertyType::two_bytes:
      return "two_bytes";
    case mqtt::PropertyType::four_bytes:
      return "four_bytes";
    case mqtt::PropertyType::variable:
      return "variable";
    case mqtt::PropertyType::text:
      return "text";
    case mqtt::PropertyType::binary:
      return "binary";
    case mqtt::PropertyType::text_pair:
      return "text_pair";
  }
  return "none";
}

PageJson properties_json() {
  PageJson json = PageJson::object();
  for (const mqtt::PropertyRule& rule : mqtt::rule_table::properties)
    json[fmt::format("{}", static_cast<unsigned>(rule.id))] = {rule.name, type_name(rule.type)};
  return json;
}

class Packing {
 public:
  explicit Packing(const PageJson& document) : document_(document) {}

  PageJson run() {
    PageJson page = {{"format", "holdfast-page"}};
    for (const char* key : {"tool", "seed", "simulated", "system", "capabilities", "options", "duration_ns",
                            "summary", "interpretations", "probe", "ledger", "exploration"})
      if (document_.contains(key)) page[key] = document_[key];
    bound_texts(page);
    page["properties"] = properties_json();
    page["requirements"] = requirements();
    page["cases"] = cases();
    page["strings"] = strings_.take();
    return page;
  }

 private:
  // Whatever is taken over as it is.
  static void bound_texts(PageJson& json) {
    if (json.is_string())
      json = shortened(json.get_ref<const std::string&>(), page_limit::text_bytes);
    else if (json.is_structured())
      for (PageJson& member : json) bound_texts(member);
  }

  std::size_t text(const PageJson& value, std::size_t bytes_max = page_limit::text_bytes) {
    return strings_.place_of(shortened(value.get_ref<const std::string&>(), bytes_max));
  }

  // What a broker may have made long.
  std::size_t told(const PageJson& value) {
    const std::size_t before = strings_.bytes();
    const std::size_t place = text(
        value, told_bytes_ < page_limit::texts_bytes ? page_limit::text_bytes : page_limit::short_text_bytes);
    told_bytes_ += strings_.bytes() - before;
    return place;
  }

  PageJson list(const PageJson& values) {
    PageJson places = PageJson::array();
    for (const PageJson& value : values) places.push_back(text(value));
    return places;
  }

  PageJson requirements() {
    PageJson rows = PageJson::array();
    for (const auto& [version, table] : document_["requirements"].items())
      for (const PageJson& row : table) {
        PageJson packed = {strings_.place_of(version)};
        for (const char* key : {"id", "section", "title", "subject", "level", "area", "text", "observable"})
          packed.push_back(text(row[key]));
        rows.push_back(std::move(packed));
      }
    return rows;
  }

  PageJson finding(const PageJson& one) {
    return {text(one["verdict"]),  text(one["requirement"]),    told(one["expected"]),
            told(one["observed"]), text(one["interpretation"]), text(one["checker"])};
  }

  PageJson one_case(const PageJson& one) {
    PageJson findings = PageJson::array();
    for (const PageJson& each : one["findings"])
      if (findings.size() < page_limit::findings) findings.push_back(finding(each));
    PageJson observations = PageJson::array();
    for (const PageJson& each : one["observations"]) observations.push_back(told(each));
    return {text(one["address"]),
            text(one["title"]),
            text(one["level"]),
            text(one["version"]),
            text(one["section"]),
            list(one["requirements"]),
            list(one["tags"]),
            text(one["verdict"]),
            text(one["close"]),
            text(one["standing"]),
            text(one["baseline_reason"]),
            one["duration_ns"],
            std::move(observations),
            text(one["procedure"]),
            text(one["control"]),
            list(one["interpretations"]),
            std::move(findings),
            strings_.place_of(replay_command_of(document_, one)),
            strings_.place_of(one["trace"].is_null() ? "none" : "left out"),
            nullptr};
  }

  PageJson cases() {
    const PageJson& all = document_["cases"];
    PageJson packed = PageJson::array();
    for (const PageJson& one : all) packed.push_back(one_case(one));
    std::vector<std::size_t> order(all.size());
    for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
    std::ranges::stable_sort(order, {}, [&](std::size_t at) { return rank_of(all[at]["verdict"]); });
    for (const std::size_t at : order)
      if (!all[at]["trace"].is_null()) add_trace(packed[at], all[at]["trace"]);
    return packed;
  }

  void add_trace(PageJson& packed, const PageJson& trace) {
    const std::size_t bytes_before = strings_.bytes();
    const std::size_t size_before = strings_.size();
    PageJson packed_trace = pack_trace(trace);
    const std::size_t cost = packed_trace.dump().size() + strings_.bytes() - bytes_before;
    if (trace_bytes_ + cost > page_limit::traces_bytes) return strings_.shrink_to(size_before);
    trace_bytes_ += cost;
    packed[packed.size() - 2] = strings_.place_of("here");
    packed.back() = std::move(packed_trace);
  }

  PageJson pack_trace(const PageJson& trace) {
    PageJson connections = PageJson::array();
    for (const PageJson& one : trace["connections"])
      connections.push_back({text(one["client"]), one["ordinal"], text(one["version"])});
    PageJson packets = PageJson::array();
    for (const PageJson& one : trace["packets"]) packets.push_back(packet(one));
    PageJson events = PageJson::array();
    std::int64_t before = 0;
    for (const PageJson& one : trace["events"]) {
      const auto at = one["at_ns"].get<std::int64_t>();
      events.push_back(event(one, at - before));
      before = at;
    }
    return {std::move(connections), std::move(packets), std::move(events)};
  }

  PageJson packet(const PageJson& one) {
    PageJson errors = PageJson::array();
    for (const PageJson& error : one["errors"])
      errors.push_back({text(error["requirement"]), error["offset"], text(error["what"])});
    return {one["connection"],  one["from"] == "server" ? 1 : 0,
            text(one["kind"]),  text(one["text"]),
            one["size"],        one["arrived"],
            text(one["bytes"]), std::move(errors)};
  }

  // Without what has its default value at the end, but with the packet.
  PageJson event(const PageJson& one, std::int64_t later) {
    const auto text_of = [&](const char* key) { return one.contains(key) ? text(one[key]) : std::size_t{0}; };
    PageJson packed = {later,
                       text(one["kind"]),
                       one.value("packet", std::int64_t{-1}),
                       one.value("connection", 0),
                       one.value("from", "client") == "server" ? 1 : 0,
                       one.contains("how") ? text_of("how") : text_of("text"),
                       text_of("value")};
    constexpr std::size_t members_min = 3;  // packet 0 is a packet
    while (packed.size() > members_min && packed.back() == 0) packed.erase(packed.size() - 1);
    return packed;
  }

  const PageJson& document_;
  StringTable strings_;
  std::size_t told_bytes_ = 0;
  std::size_t trace_bytes_ = 0;
};

}  // namespace

std::string page_data(const PageJson& document) { return Packing(document).run().dump(-1, ' ', true); }

}  // namespace holdfast
