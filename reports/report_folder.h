// The folder that `--out` names: results.json, report.html, what other programs read, and under evidence/ one
// text and one capture for each case that did not pass. Texts of an earlier run in the same folder are
// removed.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

// Makes the folder and shows that it can be written to, so that a long run does not end in vain. The error is
// one line.
tl::expected<void, std::string> prepare_report_folder(const std::string& folder);

// Writes everything into run.report_folder or, if that fails, nothing: an earlier report stays as it was.
// results.json comes last, so whoever finds it finds the rest. The error is one line.
tl::expected<void, std::string> write_report(const RunResults& results, const RunDescription& run);

// The account of a case, all its findings, and its trace.
std::string evidence_text(const CaseResult& result, const RunDescription& run);

}  // namespace holdfast
