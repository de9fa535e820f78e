// The data that report.html carries: what results.json tells, with each text once and with bounds, so that
// the page stays below 2 MB however much there is to tell. html/data.js reads it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace holdfast {

namespace page_limit {
inline constexpr std::size_t text_bytes = 2'000;      // of one text
inline constexpr std::size_t short_text_bytes = 160;  // once texts_bytes is used up
inline constexpr std::size_t texts_bytes = 400'000;   // of all findings and observations
inline constexpr std::size_t traces_bytes = 700'000;  // of all traces, the gravest verdicts first
inline constexpr std::size_t findings = 12;           // of one case
}  // namespace page_limit

// Texts by their place in a list, each once. The first is empty.
class StringTable {
 public:
  StringTable() { place_of(""); }
  std::size_t place_of(std::string text);
  // All bytes of all texts, a rough measure of what they take.
  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return texts_.size(); }
  // Forgets all but the first `size` texts.
  void shrink_to(std::size_t size);
  nlohmann::ordered_json take();

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t bytes_ = 0;
};

// REQUIRES: a document that read_results() or results_document() has given.
std::string page_data(const nlohmann::ordered_json& document);

}  // namespace holdfast
