// junit.xml, for the machines that show test results: Jenkins, GitLab, GitHub actions and others.
//
// They know a test by classname and name, so both are stable: "mqtt5.4.4" and "pubrel-owed-after-cut: A
// PUBREL that is owed ...". Some show nothing but the text of a failure, so it holds all five lines. A
// failure speaks against the system under test, an error against Holdfast, skipped is what could not be
// judged or what the baseline expects. Texts are cut at 16 KiB; results.json has them whole.
#pragma once

#include <string>

#include "conformance/engine/results.h"
#include "reports/run_description.h"

namespace holdfast {

std::string junit_xml(const RunResults& results, const RunDescription& run);

}  // namespace holdfast
