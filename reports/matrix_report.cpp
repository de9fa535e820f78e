#include "reports/matrix_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "reports/html/page.h"
#include "reports/html_report.h"
#include "reports/page_data.h"
#include "reports/text.h"

namespace holdfast {
namespace {

using MatrixJson = nlohmann::ordered_json;

constexpr std::size_t outcome_bytes_max = 400;
// What a text of a cell may take: the first with which the page stays below page_bytes_max.
constexpr std::array<std::size_t, 4> cell_text_bytes = {400, 160, 60, 20};

struct MatrixRow {
  const MatrixJson* first = nullptr;  // the case in the first run that has it
  std::size_t first_column = 0;
  std::vector<const MatrixJson*> cells{};
};

// The cases of all runs, in the order of the first run and then of those that it lacks.
std::vector<MatrixRow> rows_of(const std::vector<MatrixColumn>& columns) {
  std::vector<MatrixRow> rows;
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t column = 0; column < columns.size(); ++column)
    for (const MatrixJson& one : (*columns[column].document)["cases"]) {
      const auto [entry, is_new] = places.try_emplace(one["address"].get<std::string>(), rows.size());
      if (is_new) rows.push_back({&one, column, std::vector<const MatrixJson*>(columns.size())});
      rows[entry->second].cells[column] = &one;
    }
  return rows;
}

// "MQTT-4.4.0-1: ..." of the first requirement of a case.
std::string requirement_sentence(const MatrixJson& document, const MatrixJson& one) {
  if (one["requirements"].empty()) return {};
  const std::string id = one["requirements"][0].get<std::string>();
  for (const MatrixJson& row : document["requirements"][one["version"].get<std::string>()])
    if (row["id"] == id) return fmt::format("{}: {}", id, row["text"].get<std::string>());
  return id;
}

// The weight of an address without a scheme, and of nothing else than a path.
std::string safe_path(const std::string& path) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  if (path.empty()) return {};
  std::string safe = "./";
  for (const char c : path)
    safe += plain.find(c) != std::string_view::npos ? std::string(1, c)
                                                    : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return safe;
}

MatrixJson broker_json(const MatrixColumn& column, const std::string& name) {
  const MatrixJson& document = *column.document;
  return {{"name", name},
          {"outcome", shortened(document["summary"]["outcome"].get<std::string>(), outcome_bytes_max)},
          {"seed", document["seed"]},
          {"report", safe_path(column.report)}};
}

// Two runs of one broker are told apart by their seeds, and if those are the same by their places.
std::vector<std::string> names_of(const std::vector<MatrixColumn>& columns) {
  std::vector<std::string> names;
  for (const MatrixColumn& column : columns)
    names.push_back(shortened(name_of_system(*column.document), 200));
  const auto add_where_equal = [&](auto addition_of) {
    const std::vector<std::string> before = names;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (std::ranges::count(before, before[i]) > 1) names[i] += addition_of(i);
  };
  add_where_equal([&](std::size_t i) {
    return fmt::format(", seed {}", (*columns[i].document)["seed"].get<std::string>());
  });
  add_where_equal([](std::size_t i) { return fmt::format(", column {}", i + 1); });
  return names;
}

std::string page_with(const std::vector<MatrixColumn>& columns, const std::string& note,
                      std::size_t text_bytes) {
  StringTable strings;
  const auto text = [&](const MatrixJson& value) {
    return strings.place_of(shortened(value.get<std::string>(), text_bytes));
  };
  const auto whole = [&](const MatrixJson& value) {
    return strings.place_of(shortened(value.get<std::string>(), cell_text_bytes.front()));
  };
  MatrixJson rows = MatrixJson::array();
  for (const MatrixRow& row : rows_of(columns)) {
    MatrixJson cells = MatrixJson::array();
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const MatrixJson* cell = row.cells[column];
      if (cell == nullptr)
        cells.push_back(nullptr);
      else
        cells.push_back({whole((*cell)["verdict"]), text((*cell)["expected"]), text((*cell)["observed"]),
                         whole(replay_command_of(*columns[column].document, *cell))});
    }
    const MatrixJson& document = *columns[row.first_column].document;
    rows.push_back({whole((*row.first)["address"]), whole((*row.first)["title"]),
                    whole(requirement_sentence(document, *row.first)), std::move(cells)});
  }
  MatrixJson brokers = MatrixJson::array();
  std::vector<std::string> summary;
  const std::vector<std::string> names = names_of(columns);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    brokers.push_back(broker_json(columns[i], names[i]));
    summary.push_back(
        printable(fmt::format("{}: {}", names[i], brokers.back()["outcome"].get<std::string>())));
  }
  const MatrixJson page_json = {{"format", "holdfast-matrix"},
                                {"tool", (*columns.front().document)["tool"]["version"]},
                                {"note", note},
                                {"brokers", std::move(brokers)},
                                {"rows", std::move(rows)},
                                {"strings", strings.take()}};
  Page page;
  page.title = "Brokers side by side · Holdfast";
  page.data = page_json.dump(-1, ' ', true);
  page.scripts = {page_part::dom(), page_part::matrix()};
  page.summary = std::move(summary);
  return html_page(page);
}

}  // namespace

std::string matrix_report(const std::vector<MatrixColumn>& columns, const std::string& note) {
  assert(!columns.empty());
  std::string page;
  for (const std::size_t text_bytes : cell_text_bytes) {
    page = page_with(columns, note, text_bytes);
    if (page.size() < page_bytes_max) break;
  }
  return page;
}

}  // namespace holdfast
