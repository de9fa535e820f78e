// What a run has to tell: everything that reports are made of, and nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/engine/capabilities.h"
#include "conformance/engine/case.h"
#include "conformance/engine/verdict.h"
#include "sim/trace/trace_record.h"

namespace holdfast {

struct CaseResult {
  std::string address{};
  std::string title{};
  Level level = Level::must;
  mqtt::Version version = mqtt::Version::v5;
  std::string section{};
  std::vector<std::string> requirements{};
  std::vector<std::string> tags{};
  std::string procedure{};
  std::string control{};
  std::vector<std::string> interpretations{};  // rows of the register on which the judgement rests

  Verdict verdict = Verdict::error;
  CloseVerdict close = CloseVerdict::none;
  Standing standing = Standing::as_is;
  std::string baseline_reason{};  // why the baseline expects what it expects

  Duration duration{};              // virtual or real
  std::vector<Finding> findings{};  // gravest first
  std::vector<std::string> observations{};
  Judged judged{};
  std::string expected{};  // of the gravest finding; empty for a pass
  std::string observed{};
  std::optional<std::uint64_t> trace_hash{};  // simulated runs only
  std::string replay{};                       // line that `holdfast replay` takes
  // What happened, without secrets; nullptr for a pass, unless all traces were asked for.
  std::shared_ptr<const TraceRecord> trace{};
  std::vector<std::string> trace_text{};  // the same as lines for people
};

// What an exploration has tried. Its cases are only what it has found.
struct ExplorationSummary {
  std::size_t histories = 0;
  std::size_t steps = 0;
  std::size_t faults = 0;  // of these steps: faults that were armed, and connections that were cut
  std::size_t flawed = 0;  // histories that broke a rule
  std::size_t inconclusive = 0;
  std::size_t unsupported = 0;
};

struct RunResults {
  std::string tool_version{};
  std::uint64_t seed = 0;
  bool simulated = true;
  SystemIdentity system{};
  std::optional<Capabilities> v3_1_1{};  // nullopt: the version is not spoken
  std::optional<Capabilities> v5{};
  std::string weather{};  // grammar; empty: none
  std::string faults{};
  std::vector<std::string> selectors{};
  Duration duration{};                              // real time in a live run; 0 in a simulated one
  std::vector<CaseResult> cases{};                  // in the order of the registry
  std::optional<ExplorationSummary> exploration{};  // `holdfast explore` only

  std::size_t count(Verdict verdict) const;
  std::size_t count(Standing standing) const;
};

}  // namespace holdfast
