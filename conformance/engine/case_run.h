// One case in a world of its own: its trace, its network, its clients and its coroutine, on a loop and
// against a system under test that others may share.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "conformance/engine/context.h"
#include "conformance/engine/results.h"
#include "conformance/engine/run.h"
#include "sim/net/network.h"
#include "sim/time/task.h"
#include "sim/trace/trace_record.h"

namespace holdfast {

class CaseRun {
 public:
  // All that is given by reference outlives it. Of `surroundings` the runner fills in what is not of this
  // world: capabilities, prefix, patience and the like.
  CaseRun(Loop& loop, Acceptor& system_under_test, const Case& the_case, const RunOptions& options,
          CaseSurroundings surroundings);
  CaseRun(const CaseRun&) = delete;
  CaseRun& operator=(const CaseRun&) = delete;

  void start();
  // The coroutine has come to its end, in whatever way.
  bool has_ended() const { return has_ended_; }
  // Ends it from outside, with a finding. From a driver only.
  void give_up(Verdict verdict, std::string explanation);
  // Judges the case and its trace as they stand. REQUIRES: has_ended().
  CaseResult conclude();
  std::uint64_t trace_hash() const;
  // Starts to remove what the case has left at the broker; has_cleaned_up() tells the end.
  void start_clean_up();
  bool has_cleaned_up() const { return has_cleaned_up_; }
  // Drops every connection and coroutine.
  void stop();

  const Case& the_case() const { return case_; }
  const Context& context() const { return context_; }
  const std::string& prefix() const { return prefix_; }

 private:
  void on_end(std::exception_ptr error);
  std::vector<Finding> all_findings() const;
  void remove_secrets(CaseResult& result) const;

  Loop& loop_;
  const Case& case_;
  const RunOptions& options_;
  const std::string prefix_;
  const Secrets secrets_;
  const Time start_;
  std::optional<Time> end_;
  Trace trace_;
  Network network_;
  Context context_;
  Scope scope_;  // its coroutines borrow all of the above
  bool has_ended_ = false;
  bool has_cleaned_up_ = false;
};

// The part of a result that is known before a case runs.
CaseResult describe(const Case& the_case, const RunOptions& options);
// Orders the findings and draws the verdict from them and from the baseline.
void judge(CaseResult& result, std::vector<Finding> findings, const RunOptions& options);

// Why the case cannot be judged with these capabilities (nullopt: the version is not spoken); nullopt if it
// can.
std::optional<std::string> why_unsupported(const Case& the_case,
                                           const std::optional<Capabilities>& capabilities);
CaseResult unsupported_result(const Case& the_case, std::string why, const RunOptions& options);

}  // namespace holdfast
