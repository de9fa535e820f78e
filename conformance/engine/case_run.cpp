#include "conformance/engine/case_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "conformance/checkers/checker.h"
#include "conformance/engine/names.h"

namespace holdfast {

namespace {

CaseSurroundings complete(CaseSurroundings surroundings, Loop& loop, Network& network, Trace& trace,
                          std::uint64_t seed) {
  surroundings.loop = &loop;
  surroundings.network = &network;
  surroundings.trace = &trace;
  surroundings.seed = seed;
  return surroundings;
}

Secrets secrets_of(const Credentials& credentials, bool redact_payloads) {
  Secrets secrets{.words = {}, .payloads = redact_payloads};
  if (credentials.password) secrets.words.push_back(*credentials.password);
  return secrets;
}

// The coroutine that a case runs in: what ends a case early ends here.
Task<void> run_case(const Case& the_case, Context& context) {
  try {
    co_await the_case.description->run(context);
  } catch (const CaseEnded&) {
  }
}

bool is_same_rule(const Breach& a, const Breach& b) {
  return a.checker == b.checker && a.version == b.version && a.requirement == b.requirement &&
         a.must == b.must;
}

Finding finding_of(const Breach& breach, std::size_t times, const Case& the_case) {
  std::string observed = breach.observed;
  if (breach.version != the_case.version) {
    observed += breach.version == mqtt::Version::v5 ? " (on a 5.0 connection)" : " (on a 3.1.1 connection)";
  }
  if (times > 1) observed += fmt::format(" (the first of {})", times);
  return Finding{.verdict = breach.must ? Verdict::fail : Verdict::non_strict,
                 .requirement = breach.requirement,
                 .expected = breach.expected,
                 .observed = std::move(observed),
                 .interpretation = breach.interpretation,
                 .checker = breach.checker};
}

// One finding for each rule, however often it was broken.
void add_breaches(const std::vector<Breach>& breaches, const Case& the_case, std::vector<Finding>& findings) {
  for (auto breach = breaches.begin(); breach != breaches.end(); ++breach) {
    const auto same = [&breach](const Breach& other) { return is_same_rule(*breach, other); };
    if (std::any_of(breaches.begin(), breach, same)) continue;
    const auto times = static_cast<std::size_t>(std::count_if(breach, breaches.end(), same));
    findings.push_back(finding_of(*breach, times, the_case));
  }
}

}  // namespace

CaseRun::CaseRun(Loop& loop, Acceptor& system_under_test, const Case& the_case, const RunOptions& options,
                 CaseSurroundings surroundings)
    : loop_(loop),
      case_(the_case),
      options_(options),
      prefix_(surroundings.prefix),
      secrets_(secrets_of(surroundings.credentials, options.redact_payloads)),
      start_(loop.now()),
      trace_(loop),
      network_(loop, system_under_test, trace_,
               split_seed(case_seed(options.seed, the_case.address), "network")),
      context_(the_case, complete(std::move(surroundings), loop, network_, trace_,
                                  case_seed(options.seed, the_case.address))),
      scope_(loop) {
  network_.set_weather(options.weather);
  for (const Fault& fault : options.faults) network_.arm(fault);
}

void CaseRun::start() {
  scope_.spawn(run_case(case_, context_), [this](std::exception_ptr error) { on_end(std::move(error)); });
}

void CaseRun::on_end(std::exception_ptr error) {
  has_ended_ = true;
  end_ = loop_.now();
  if (!error) return;
  Finding finding{.verdict = Verdict::error, .observed = "the case threw something that is no exception"};
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    finding.observed = fmt::format("the case threw: {}", exception.what());
  } catch (...) {
  }
  context_.add_finding(std::move(finding));
}

void CaseRun::give_up(Verdict verdict, std::string explanation) {
  if (has_ended_) return;
  scope_.cancel_all();
  has_ended_ = true;
  end_ = loop_.now();
  context_.add_finding(Finding{.verdict = verdict, .observed = std::move(explanation)});
}

std::vector<Finding> CaseRun::all_findings() const {
  std::vector<Finding> findings = context_.findings();
  add_breaches(check_trace(trace_), case_, findings);
  return findings;
}

CaseResult CaseRun::conclude() {
  assert(has_ended_);
  CaseResult result = describe(case_, options_);
  result.close = context_.close_verdict();
  result.duration = *end_ - start_;
  result.observations = context_.observations();
  result.judged = context_.judged();
  judge(result, all_findings(), options_);
  for (const Finding& finding : result.findings) {
    trace_.verdict(fmt::format("{} {} {}", name_of(finding.verdict), finding.requirement, finding.observed));
  }
  if (result.findings.empty()) trace_.verdict(std::string(name_of(result.verdict)));
  if (options_.keep_all_traces || result.verdict != Verdict::pass) {
    result.trace = std::make_shared<const TraceRecord>(record_of(trace_, secrets_));
    for (const Event& event : result.trace->events)
      result.trace_text.push_back(to_text(*result.trace, event));
  }
  remove_secrets(result);
  return result;
}

// A broker may repeat what it was told.
void CaseRun::remove_secrets(CaseResult& result) const {
  const auto remove = [this](std::string& text) { text = without_secrets(std::move(text), secrets_); };
  remove(result.expected);
  remove(result.observed);
  for (std::string& observation : result.observations) remove(observation);
  for (Finding& finding : result.findings) {
    remove(finding.expected);
    remove(finding.observed);
  }
  for (std::string& line : result.trace_text) remove(line);
}

std::uint64_t CaseRun::trace_hash() const { return trace_.hash(); }

void CaseRun::start_clean_up() {
  assert(has_ended_);
  scope_.spawn(context_.clean_up(), [this](std::exception_ptr) { has_cleaned_up_ = true; });
}

void CaseRun::stop() {
  scope_.cancel_all();
  for (const auto& client : context_.clients()) client->abandon();
}

// --- results ---

CaseResult describe(const Case& the_case, const RunOptions& options) {
  const CaseDescription& description = *the_case.description;
  CaseResult result;
  result.address = the_case.address;
  result.title = description.title;
  result.level = description.level;
  result.version = the_case.version;
  result.section = the_case.section;
  result.requirements = the_case.requirements;
  result.tags = description.tags;
  result.procedure = description.procedure;
  result.control = description.control;
  result.interpretations = description.interpretations;
  result.replay = replay_line(the_case.address, options);
  return result;
}

void judge(CaseResult& result, std::vector<Finding> findings, const RunOptions& options) {
  std::ranges::stable_sort(findings, std::greater<>(), &Finding::verdict);
  result.verdict = Verdict::pass;
  if (!findings.empty()) {
    result.verdict = findings.front().verdict;
    result.expected = findings.front().expected;
    result.observed = findings.front().observed;
  }
  result.findings = std::move(findings);
  if (options.baseline == nullptr) return;
  result.standing = standing_of(*options.baseline, result.address, result.verdict);
  const auto entry = options.baseline->expected.find(result.address);
  if (entry != options.baseline->expected.end()) result.baseline_reason = entry->second.reason;
}

std::optional<std::string> why_unsupported(const Case& the_case,
                                           const std::optional<Capabilities>& capabilities) {
  if (!capabilities) {
    return fmt::format("the system under test does not speak MQTT {}",
                       the_case.version == mqtt::Version::v5 ? "5.0" : "3.1.1");
  }
  for (const Need need : the_case.description->needs) {
    if (!capabilities->has(need)) {
      return fmt::format("the case needs {}, which the system under test does not offer", name_of(need));
    }
  }
  return std::nullopt;
}

CaseResult unsupported_result(const Case& the_case, std::string why, const RunOptions& options) {
  CaseResult result = describe(the_case, options);
  judge(result, {Finding{.verdict = Verdict::unsupported, .observed = std::move(why)}}, options);
  return result;
}

}  // namespace holdfast
