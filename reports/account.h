// What people read of a case that did not pass: the five lines of the terminal, of JUnit and of evidence
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

struct AccountLine {
  std::string_view label;  // "rule", "expected", "observed", "evidence", "replay"
  std::string text;        // one line; as it came, so it still has to be made printable
};

// Lines that have nothing to say are left out.
std::vector<AccountLine> account_of(const CaseResult& result, const RunDescription& run);

// "MQTT-4.4.0-1: <the requirement in our words> (interpretation T-03)"; empty if the case names no
// requirement.
std::string rule_of(const CaseResult& result);

// "holdfast replay '7:mqtt5/4.4/pubrel-owed-after-cut' mqtt://127.0.0.1:1883"
std::string replay_command(const CaseResult& result, const RunDescription& run);

// "FAIL", "PASS", "NON-STRICT", ... as a heading.
std::string_view heading_of(Verdict verdict);

// What the baseline has to say: "the baseline expects fail: <reason>". Empty without an entry.
std::string standing_text(const CaseResult& result);

// "mqtt5.4.4" of "mqtt5/4.4/pubrel-owed-after-cut".
std::string class_name_of(std::string_view address);
// "pubrel-owed-after-cut".
std::string_view slug_of(std::string_view address);
// "evidence/mqtt5.4.4.pubrel-owed-after-cut.txt", relative to the report's folder.
std::string evidence_file_of(std::string_view address);
// The same with ".pcapng".
std::string capture_file_of(std::string_view address);

}  // namespace holdfast
