// How a checker writes down what it has found.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/checkers/checker.h"
#include "conformance/checkers/session_view.h"

namespace holdfast {

// One rule in the words of both versions; empty where a version does not have it.
struct Rule {
  std::string_view v3_1_1;
  std::string_view v5;

  std::string_view of(mqtt::Version version) const { return version == mqtt::Version::v5 ? v5 : v3_1_1; }
};

// A breach of a MUST, shown by the event at `at`. REQUIRES: the connection's version has the rule.
inline Breach breach_of(const SessionView& view, std::string_view checker, ConnectionId connection,
                        Position at, Rule rule, std::string expected) {
  Breach breach;
  breach.checker = checker;
  breach.version = view.connection(connection).version;
  breach.requirement = rule.of(breach.version);
  assert(!breach.requirement.empty());
  breach.expected = std::move(expected);
  breach.observed = to_text(view.trace, view.trace.events()[at]);
  breach.event = at;
  return breach;
}

// "; first sent: +1.0 ms a#1 |<- PUBLISH ..." behind what was observed.
inline void add_evidence(const SessionView& view, Breach& breach, std::string_view what, Position at) {
  if (at == never) return;
  breach.observed += "; ";
  breach.observed += what;
  breach.observed += ": ";
  breach.observed += to_text(view.trace, view.trace.events()[at]);
}

// A checker's `check` made of its `judge`.
template <auto judge>
void check_alone(const Trace& trace, std::vector<Breach>& breaches) {
  judge(SessionView(trace), breaches);
}

}  // namespace holdfast
