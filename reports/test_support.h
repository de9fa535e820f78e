// Results to test the writers with. Only tests include this.
#pragma once

#include <string>

#include "conformance/engine/results.h"
#include "reports/sample_trace.h"

namespace holdfast {

// A text that breaks whatever trusts it: markup, control characters, invalid UTF-8, ends of comments and
// sections and of lines (U+2028), noncharacters, characters that XML forbids.
inline std::string hostile_text() {
  return std::string("<script>alert(1)</script>]]>--> &amp; \"'\x1b[2J\x1b]0;owned\x07\r\n\t\x7f") +
         std::string("\0nul", 4) +
         "\xff\xfe \xc0\xaf \xed\xa0\x80 \xf5\x80\x80\x80 \xe2\x80\xae\xef\xbf\xbf \xc2\x9b" +
         "31m caf\xc3\xa9 \xe2\x80\xa8\xe2\x80\xa9\xf0\x9f\xbf\xbe";
}

inline CaseResult sample_case(std::string address, Verdict verdict) {
  CaseResult result;
  result.address = std::move(address);
  result.title = "A PUBREL that is owed is sent again when the Session resumes";
  result.version = result.address.starts_with("mqtt5") ? mqtt::Version::v5 : mqtt::Version::v3_1_1;
  result.section = "4.4";
  result.requirements = {"MQTT-4.4.0-1"};
  result.tags = {"qos2", "session"};
  result.procedure = "Cut the connection after PUBREC, come back, wait for PUBREL.";
  result.control = "The same without the cut.";
  result.interpretations = {"T-03"};
  result.verdict = verdict;
  result.duration = 1234567890ns;
  result.trace_hash = 0xfeedULL;
  result.replay = "7:" + result.address;
  if (verdict != Verdict::pass) {
    Finding finding;
    finding.verdict = verdict;
    finding.requirement = "MQTT-4.4.0-1";
    finding.expected = "PUBREL id 7 within 2 s of CONNACK";
    finding.observed = "CONNACK sp 1 at +0.4 ms, then nothing for 2.0 s";
    finding.interpretation = "T-03";
    result.expected = finding.expected;
    result.observed = finding.observed;
    result.findings = {finding};
    result.trace = sample_trace();
    result.trace_text = {"+0.000 ms  a#1  -> CONNECT", "+0.400 ms  a#1  <- CONNACK sp 1"};
  }
  return result;
}

// One case of each verdict, of a simulated run.
inline RunResults sample_results() {
  RunResults results;
  results.tool_version = "0.1.0";
  results.seed = 0xffff'ffff'ffff'ffffULL;
  results.system = {"Reference broker", "embedded", "embedded"};
  results.v5 = Capabilities{};
  results.selectors = {"mqtt5", "!@slow"};
  results.cases = {sample_case("mqtt5/4.4/passes", Verdict::pass),
                   sample_case("mqtt5/4.4/chooses", Verdict::informational),
                   sample_case("mqtt5/4.4/cannot", Verdict::unsupported),
                   sample_case("mqtt5/4.4/lax", Verdict::non_strict),
                   sample_case("mqtt5/4.6/open", Verdict::inconclusive),
                   sample_case("mqtt5/4.6/fails", Verdict::fail),
                   sample_case("mqtt5/4.6/ours", Verdict::error)};
  return results;
}

// The same with hostile text wherever a broker has a say, and a text of a mebibyte.
inline RunResults hostile_results() {
  RunResults results = sample_results();
  results.system = {hostile_text(), "$SYS", hostile_text()};
  results.weather = hostile_text();
  for (CaseResult& result : results.cases) {
    result.observed = hostile_text();
    result.expected = hostile_text();
    result.baseline_reason = hostile_text();
    result.observations = {hostile_text()};
    for (Finding& finding : result.findings) finding.observed = finding.checker = hostile_text();
    result.trace_text = {hostile_text()};
    result.title = result.procedure = result.control = hostile_text();
  }
  results.cases.back().observed = std::string(1u << 20, '\x01') + std::string(1u << 20, '<');
  return results;
}

}  // namespace holdfast
