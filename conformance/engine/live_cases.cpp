#include "conformance/engine/live_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/engine/names.h"
#include "conformance/engine/words.h"

namespace holdfast {

namespace {

// One case begins every so often, which keeps the connections that are being opened few: brokers limit the
// rate.
constexpr Duration start_interval = 2ms;
constexpr Duration late_watch = 5s;
constexpr Duration clean_up_patience = 10s;
constexpr Duration run_time_max = std::chrono::hours(24);

mqtt::Version spoken(const LiveSurroundings& surroundings) {
  return surroundings.v5->has_value() ? mqtt::Version::v5 : mqtt::Version::v3_1_1;
}

// Whether a case may have met a broker that has died.
bool looks_dead(const CaseResult& result) { return result.verdict >= Verdict::inconclusive; }

std::string alive_client_id(std::uint64_t seed) {
  std::set<std::string> taken;
  return case_prefix(seed, "alive", taken);
}

// Something that a second try could take back.
bool is_against(const CaseResult& result) {
  return result.verdict >= Verdict::non_strict && result.verdict != Verdict::error &&
         result.standing != Standing::expected;
}

// What two tries say together. A graver verdict of the second has been seen once only, like that of the
// first, unless it needed no waiting.
CaseResult settled(CaseResult first, CaseResult second, bool second_waited_in_vain) {
  const bool is_second = second.verdict <= first.verdict || !second_waited_in_vain;
  const CaseResult& other = is_second ? first : second;
  std::string told;
  if (other.verdict != (is_second ? second : first).verdict) {
    told = fmt::format("tried twice; the {} time: {}, {}", is_second ? "first" : "second",
                       name_of(other.verdict), other.observed.empty() ? "as it should be" : other.observed);
  }
  CaseResult result = is_second ? std::move(second) : std::move(first);
  if (!told.empty()) result.observations.push_back(std::move(told));
  return result;
}

}  // namespace

// A case that runs or is being cleaned up.
struct LiveCases::Slot {
  Slot(Loop& loop, Acceptor& system_under_test, std::size_t case_index, const Case& the_case,
       const RunOptions& options, CaseSurroundings surroundings)
      : index(case_index),
        run(loop, system_under_test, the_case, options, std::move(surroundings)),
        deadline(loop, [this] { is_late = true; }) {}

  const std::size_t index;
  CaseRun run;
  Alarm deadline;
  bool is_late = false;
  bool is_cleaning_up = false;
  bool is_over = false;
};

LiveCases::LiveCases(LiveDriver& driver, const std::vector<const Case*>& cases, const RunOptions& options,
                     LiveSurroundings surroundings)
    : driver_(driver),
      loop_(driver.loop()),
      cases_(cases),
      options_(options),
      surroundings_(std::move(surroundings)),
      results_(cases.size()),
      wake_(loop_, [] {}),
      alive_check_(loop_, *surroundings_.system_under_test, spoken(surroundings_),
                   alive_client_id(options.seed), surroundings_.patience, surroundings_.credentials) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    prefixes_.push_back(case_prefix(options.seed, cases[i]->address, taken));
    waiting_.push_back(i);
  }
  std::ranges::stable_sort(waiting_, std::greater<>(),
                           [&](std::size_t i) { return cases[i]->description->longest_timer; });
  std::ranges::reverse(waiting_);
}

LiveCases::~LiveCases() = default;

tl::expected<std::vector<CaseResult>, std::string> LiveCases::run() {
  driver_.run([this] { return step(); }, run_time_max);
  running_.clear();
  if (is_lost_) {
    return tl::unexpected(
        fmt::format("was lost: after {} of {} cases it answers no CONNECT any more", done_, cases_.size()));
  }
  std::vector<CaseResult> results;
  for (auto& result : results_) results.push_back(std::move(*result));
  return results;
}

// Asked by the driver whenever nothing is ready. Does all that can be done now; true at the end of the run.
bool LiveCases::step() {
  while (!is_lost_ && advance_once()) loop_.run_ready();
  return is_lost_ || (done_ == cases_.size() && running_.empty() && !alive_check_.is_running());
}

bool LiveCases::advance_once() {
  bool has_changed = check_alive();
  for (Slot& slot : running_) has_changed = advance(slot) || has_changed;
  running_.remove_if([](const Slot& slot) { return slot.is_over; });
  return start_next() || has_changed;
}

bool LiveCases::start_next() {
  if (waiting_.empty() || running_.size() >= options_.side_by_side) return false;
  if (alive_check_.is_failing()) return false;  // perhaps nobody is there
  if (loop_.now() < next_start_) {
    wake_.start(next_start_);
    return false;
  }
  const std::size_t index = waiting_.back();
  waiting_.pop_back();
  const Case& the_case = *cases_[index];
  const auto& capabilities =
      the_case.version == mqtt::Version::v5 ? *surroundings_.v5 : *surroundings_.v3_1_1;
  if (auto unmet = why_unsupported(the_case, capabilities)) {
    add_result(index, unsupported_result(the_case, std::move(*unmet), options_));
    return true;
  }
  CaseSurroundings surroundings{.capabilities = &*capabilities,
                                .prefix = prefixes_[index],
                                .patience = surroundings_.patience,
                                .timeout_scale = options_.timeout_scale,
                                .late_watch = scaled(late_watch, options_.timeout_scale),
                                .credentials = surroundings_.credentials};
  Slot& slot = running_.emplace_back(loop_, *surroundings_.system_under_test, index, the_case, options_,
                                     std::move(surroundings));
  const Duration patience = the_case.description->longest_timer + options_.case_patience;
  slot.deadline.start_in(scaled(patience, options_.timeout_scale));
  slot.run.start();
  next_start_ = loop_.now() + start_interval;
  return true;
}

// True if anything has changed.
bool LiveCases::advance(Slot& slot) {
  if (slot.is_cleaning_up) {
    slot.is_over = slot.is_late || slot.run.has_cleaned_up();
    return slot.is_over;
  }
  if (slot.is_late && !slot.run.has_ended()) give_up(slot);
  if (!slot.run.has_ended()) return false;
  conclude(slot);
  return true;
}

void LiveCases::give_up(Slot& slot) {
  const Duration patience = slot.run.the_case().description->longest_timer + options_.case_patience;
  slot.run.give_up(Verdict::inconclusive,
                   fmt::format("the case did not end within {}, waits for: {}",
                               in_words(scaled(patience, options_.timeout_scale)), waits_of(slot.run)));
}

void LiveCases::conclude(Slot& slot) {
  CaseResult result = slot.run.conclude();
  const bool waited_in_vain = slot.run.context().has_waited_in_vain();
  has_doubts_ = has_doubts_ || looks_dead(result);
  slot.run.stop();
  slot.is_cleaning_up = true;
  slot.is_late = false;
  slot.deadline.start_in(scaled(clean_up_patience, options_.timeout_scale));
  slot.run.start_clean_up();
  const auto first = first_tries_.find(slot.index);
  if (first != first_tries_.end()) {
    result = settled(std::move(first->second), std::move(result), waited_in_vain);
    first_tries_.erase(first);
  } else if (options_.second_tries && waited_in_vain && is_against(result)) {
    try_again(slot.index, std::move(result));
    return;
  }
  add_result(slot.index, std::move(result));
}

// Under another name: what the first try has left behind is none of the second's business.
void LiveCases::try_again(std::size_t index, CaseResult first) {
  std::set<std::string> taken(prefixes_.begin(), prefixes_.end());
  prefixes_[index] = case_prefix(options_.seed, cases_[index]->address + " again", taken);
  first_tries_.emplace(index, std::move(first));
  waiting_.push_back(index);
}

// Who of the case waits, out of all that wait on the loop: its clients are told by their identifiers.
std::string LiveCases::waits_of(const CaseRun& run) const {
  std::string waits;
  for (const std::string& wait : loop_.waiting()) {
    if (wait.find(run.prefix()) == std::string::npos) continue;
    if (!waits.empty()) waits += "; ";
    waits += wait;
  }
  return waits.empty() ? "time to pass" : waits;
}

// True if anything has changed.
bool LiveCases::check_alive() {
  if (alive_check_.is_running()) return false;
  if (!alive_check_.is_alive()) {
    is_lost_ = true;
    return true;
  }
  if (!std::exchange(has_doubts_, false)) return false;
  alive_check_.start();
  return true;
}

void LiveCases::add_result(std::size_t index, CaseResult result) {
  results_[index] = std::move(result);
  ++done_;
  if (options_.progress) options_.progress(*results_[index], done_, cases_.size());
}

}  // namespace holdfast
