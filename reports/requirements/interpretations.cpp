#include "reports/requirements/interpretations.h"

#include <algorithm>
#include <stdexcept>

#include "reports/requirements/embedded.h"

namespace holdfast {

namespace {

constexpr std::size_t cells_of_a_row = 7;
// Below it stands one line for each row that nobody rests on: "- F-01: why".
constexpr std::string_view heading_of_unused = "## Rows on which no case rests";

bool is_row_id(std::string_view text) {
  return text.size() == 4 && text[0] >= 'A' && text[0] <= 'Z' && text[1] == '-' && text[2] >= '0' &&
         text[2] <= '9' && text[3] >= '0' && text[3] <= '9';
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "| a | b |" without the outer bars, at its inner ones.
std::vector<std::string> cells_of(std::string_view line) {
  line = trimmed(line);
  line.remove_prefix(1);
  if (line.ends_with('|')) line.remove_suffix(1);
  std::vector<std::string> cells;
  while (true) {
    const std::size_t bar = line.find('|');
    std::string& cell = cells.emplace_back(trimmed(line.substr(0, bar)));
    std::erase(cell, '*');  // Markdown's emphasis, which neither a terminal nor a page shows
    if (bar == std::string_view::npos) return cells;
    line.remove_prefix(bar + 1);
  }
}

[[noreturn]] void refuse(std::string_view id, const char* what) {
  throw std::runtime_error("the register of interpretations: row " + std::string(id) + " " + what);
}

std::vector<Interpretation>::iterator row_named(std::vector<Interpretation>& rows, std::string_view id) {
  return std::find_if(rows.begin(), rows.end(), [id](const Interpretation& row) { return row.id == id; });
}

void add_row(std::vector<Interpretation>& rows, std::string_view line) {
  const std::vector<std::string> cells = cells_of(line);
  if (!is_row_id(cells.front())) return;  // the heading of a table, or a table of something else
  if (cells.size() != cells_of_a_row) refuse(cells.front(), "has not seven cells");
  if (std::find(cells.begin(), cells.end(), "") != cells.end()) refuse(cells.front(), "has an empty cell");
  if (row_named(rows, cells.front()) != rows.end()) refuse(cells.front(), "stands there twice");
  rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], {}});
}

void add_reason(std::vector<Interpretation>& rows, std::string_view line) {
  line.remove_prefix(2);
  const std::string_view id = line.substr(0, 4);
  const auto row = row_named(rows, id);
  if (row == rows.end() || line.size() < 7 || line.substr(4, 2) != ": ")
    refuse(id, "is not there, or its reason has not the form '- F-01: why'");
  row->why_unused = line.substr(6);
}

}  // namespace

std::vector<Interpretation> parse_interpretations(std::string_view markdown) {
  std::vector<Interpretation> rows;
  bool is_about_unused = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.starts_with("## ")) is_about_unused = line == heading_of_unused;
    if (line.starts_with('|')) add_row(rows, line);
    if (is_about_unused && line.starts_with("- ")) add_reason(rows, line);
  }
  return rows;
}

const std::vector<Interpretation>& all_interpretations() {
  static const std::vector<Interpretation> rows = parse_interpretations(embedded::interpretations);
  return rows;
}

const Interpretation* find_interpretation(std::string_view id) {
  const std::vector<Interpretation>& rows = all_interpretations();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [id](const Interpretation& row) { return row.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace holdfast
