#include "reports/matrix_report.h"

#include <fmt/format.h>

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

constexpr std::size_t cell_text_bytes = 400;

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

MatrixJson broker_json(const MatrixColumn& column) {
  const MatrixJson& document = *column.document;
  return {{"name", shortened(name_of_system(document), 200)},
          {"outcome", shortened(document["summary"]["outcome"].get<std::string>(), cell_text_bytes)},
          {"seed", document["seed"]},
          {"report", safe_path(column.report)}};
}

}  // namespace

std::string matrix_report(const std::vector<MatrixColumn>& columns, const std::string& note) {
  assert(!columns.empty());
  StringTable strings;
  const auto text = [&strings](const MatrixJson& value) {
    return strings.place_of(shortened(value.get<std::string>(), cell_text_bytes));
  };
  MatrixJson rows = MatrixJson::array();
  for (const MatrixRow& row : rows_of(columns)) {
    MatrixJson cells = MatrixJson::array();
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const MatrixJson* cell = row.cells[column];
      if (cell == nullptr)
        cells.push_back(nullptr);
      else
        cells.push_back({text((*cell)["verdict"]), text((*cell)["expected"]), text((*cell)["observed"]),
                         text(replay_command_of(*columns[column].document, *cell))});
    }
    const MatrixJson& document = *columns[row.first_column].document;
    rows.push_back({text((*row.first)["address"]), text((*row.first)["title"]),
                    text(requirement_sentence(document, *row.first)), std::move(cells)});
  }
  MatrixJson brokers = MatrixJson::array();
  std::vector<std::string> summary;
  for (const MatrixColumn& column : columns) {
    brokers.push_back(broker_json(column));
    summary.push_back(printable(fmt::format("{}: {}", brokers.back()["name"].get<std::string>(),
                                            brokers.back()["outcome"].get<std::string>())));
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

}  // namespace holdfast
