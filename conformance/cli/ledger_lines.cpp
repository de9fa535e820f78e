#include "conformance/cli/ledger_lines.h"

#include "conformance/ledger/ledger.h"
#include "reports/text.h"

namespace holdfast {
namespace {

std::string status_sentence(const LedgerRow& row) {
  switch (row.status) {
    case RowStatus::tested: {
      std::vector<std::string> by;
      if (!row.cases.empty()) by.push_back(counted(row.cases.size(), "case"));
      if (!row.checkers.empty()) {
        std::vector<std::string> names(row.checkers.begin(), row.checkers.end());
        by.push_back((names.size() == 1 ? "the checker " : "the checkers ") + joined(names, ", "));
      }
      return "Tested by " + joined(by, " and ") + ".";
    }
    case RowStatus::untested:
      return "Not tested yet.";
    case RowStatus::restart:
      return "Not tested: it shows only across a restart of the server.";
    case RowStatus::client:
      return "Not tested: it binds the client.";
    case RowStatus::not_observable:
      return "Not tested: a server could not be seen to break it.";
  }
  return {};
}

}  // namespace

std::vector<LedgerLine> ledger_lines(const Registry& registry) {
  std::vector<LedgerLine> lines;
  for (const LedgerRow& row : make_ledger(judge_sound_broker(every_case_of(registry)), all_reasons())) {
    std::string text = status_sentence(row);
    if (!row.reason.empty()) text += " " + row.reason;
    lines.push_back({row.requirement->version, row.requirement->id, std::string(name_of(row.status)), text});
  }
  return lines;
}

}  // namespace holdfast
