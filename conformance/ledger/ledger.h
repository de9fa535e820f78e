// The ledger says of every row of both requirement tables which cases and checkers test it, or why none does.
//
// Who tests a row is not written down anywhere: a case tests what it asks must() and should() about in a run
// against the sound reference broker, a checker what it cites. Whether somebody has to follows from the table
// (who is bound, where it shows), and for the rows where that is not the whole truth from
// fixtures/ledger/reasons.toml.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/case.h"
#include "conformance/ledger/reasons.h"
#include "reports/requirements/requirement_table.h"

namespace holdfast {

enum class RowStatus {
  tested,          // by the cases and checkers of the row
  untested,        // binds the server, shows on the wire, and nobody judges it
  restart,         // shows only when the server is restarted
  client,          // binds the client: there is nothing that a server could break
  not_observable,  // nothing that a server could do would be seen to break it
};

std::string_view name_of(RowStatus status);  // "not observable"

// A case and what it has judged. A requirement that it lists and never asks about is touched, not tested.
struct JudgedCase {
  const Case* the_case = nullptr;  // outlives the ledger
  std::set<std::string> requirements{};
};

// Runs the cases against the sound reference broker, in virtual time.
std::vector<JudgedCase> judge_sound_broker(const std::vector<const Case*>& cases);

struct LedgerRow {
  const Requirement* requirement = nullptr;  // lives for ever
  RowStatus status = RowStatus::untested;
  std::vector<const Case*> cases{};          // that judge it, in the order that was given
  std::vector<const Case*> touching{};       // that list it and do not judge it
  std::vector<std::string_view> checkers{};  // in the order of the catalogue
  std::string reason{};                      // one sentence of reasons.toml; may be empty

  // The server has to keep it and a test could see whether it does: what percentages are counted over.
  bool counts() const { return status == RowStatus::tested || status == RowStatus::untested; }
};

// Every row of both tables, 3.1.1 first, in the order of the tables.
std::vector<LedgerRow> make_ledger(const std::vector<JudgedCase>& cases, const std::vector<Reason>& reasons);

// How many rows have which status.
struct Tally {
  std::size_t tested = 0;
  std::size_t untested = 0;
  std::size_t restart = 0;
  std::size_t client = 0;
  std::size_t not_observable = 0;

  void add(RowStatus status);
  std::size_t countable() const { return tested + untested; }
  std::size_t all() const { return countable() + restart + client + not_observable; }
  // Rounded down, so that 100 means all; 100 of nothing.
  std::size_t percent() const;
};

// What is wrong with the citations and reasons themselves, each as one line; empty if all is well: an id that
// is in no table, a reason for a row that is tested all the same, a reason that says what the table or the
// absence of checkers says, a row with two reasons.
std::vector<std::string> contradictions(const std::vector<JudgedCase>& cases,
                                        const std::vector<Reason>& reasons);

}  // namespace holdfast
