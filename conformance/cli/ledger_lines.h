// The ledger as reports carry it.
#pragma once

#include <vector>

#include "conformance/engine/case.h"
#include "reports/run_description.h"

namespace holdfast {

// One line for each requirement of both versions, whatever was chosen to run. Runs every case of the registry
// against the sound reference broker, which takes a fraction of a second.
std::vector<LedgerLine> ledger_lines(const Registry& registry);

}  // namespace holdfast
