// The trace of a case as a capture for Wireshark: what the system under test was given and what it sent, as
// if somebody had listened at its own network card. TCP is made up around the bytes that did pass, with the
// sequence numbers and checksums that they would have had, so that a reader joins packets that were cut.
//
// Each client is an interface and an address of its own. The broker listens at port 1883 whatever its real
// port is, since readers know MQTT by that port. Time counts from the beginning of 2020, so that a simulated
// run with the same seed gives the same bytes; times of a live run count from there too. Secrets are masked
// as they are in the trace.
#pragma once

#include <string>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

// The whole file. REQUIRES: result.trace.
//
// Comments on packets tell what a case did and found: "step: ...", "fault: ...", "FAIL ...". Those that
// belong to no packet stand on an empty segment of the connection that was used last.
std::string capture_of(const CaseResult& result, const RunResults& results, const RunDescription& run);

}  // namespace holdfast
