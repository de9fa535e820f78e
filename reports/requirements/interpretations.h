// The register of interpretations, fixtures/interpretations.md: each rule that can be read in two ways, with
// both readings, where they were argued, our choice and the grade that follows. Part of the program, as the
// requirement tables are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// One row. The texts are those of the register, marked up as there.
struct Interpretation {
  std::string id{};        // "F-02"
  std::string question{};  // with the requirement ids that it is about in brackets
  std::string reading_a{};
  std::string reading_b{};
  std::string argued{};   // who reads it how, and where
  std::string choice{};   // ours
  std::string verdict{};  // what cases make of each behaviour
  // Why no case and no checker rests on the row; empty: some do.
  std::string why_unused{};
};

// Reads the tables of a register. Throws std::runtime_error with the row that is wrong: a number of cells
// other than seven, an empty cell, an id that stands there twice, or a reason for a row that is not there.
std::vector<Interpretation> parse_interpretations(std::string_view markdown);

// In the order of the register.
const std::vector<Interpretation>& all_interpretations();

// nullptr if the register has no such row.
const Interpretation* find_interpretation(std::string_view id);

}  // namespace holdfast
