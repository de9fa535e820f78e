#include "conformance/cli/run_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "reports/account.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::size_t line_bytes_max = 1000;  // of one text on the terminal; the report has it whole
constexpr std::size_t label_columns = 12;     // "  expected  "
constexpr std::size_t accounts_max = 10;      // more of them are gathered by kind

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Colour::green;
    case Verdict::informational:
      return Colour::cyan;
    case Verdict::unsupported:
      return Colour::dim;
    case Verdict::non_strict:
      return Colour::yellow;
    case Verdict::inconclusive:
      return Colour::magenta;
    case Verdict::fail:
    case Verdict::error:
      return Colour::red;
  }
  return Colour::none;
}

std::string shown(std::string_view text) { return shortened(printable(text), line_bytes_max); }

bool deserves_a_look(const CaseResult& result) {
  if (result.standing != Standing::as_is) return result.standing == Standing::unexpected;
  return result.verdict >= Verdict::non_strict;
}

// What one fault of a broker brings forth: the same verdict, on the same rule, with the same expectation.
bool is_alike(const CaseResult& one, const CaseResult& other) {
  const auto requirement = [](const CaseResult& result) {
    return result.findings.empty() ? std::string_view()
                                   : std::string_view(result.findings.front().requirement);
  };
  return one.verdict == other.verdict && one.standing == other.standing && one.version == other.version &&
         one.expected == other.expected && requirement(one) == requirement(other);
}

// In the order of their first cases. `each`: every case is a kind of its own.
std::vector<std::vector<const CaseResult*>> kinds_of(const std::vector<const CaseResult*>& results,
                                                     bool each) {
  std::vector<std::vector<const CaseResult*>> kinds;
  for (const CaseResult* result : results) {
    const auto kind = each ? kinds.end() : std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) {
      return is_alike(*known.front(), *result);
    });
    if (kind == kinds.end()) {
      kinds.push_back({result});
    } else {
      kind->push_back(result);
    }
  }
  return kinds;
}

std::string versions(bool v3_1_1, bool v5) {
  if (v3_1_1 && v5) return "MQTT 3.1.1 and 5.0";
  if (v3_1_1) return "MQTT 3.1.1 only";
  if (v5) return "MQTT 5.0 only";
  return "no version of MQTT";
}

// "0.4 ms", "9.8 s"
std::string for_people(Duration duration) {
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  return milliseconds < 1000 ? fmt::format("{:.1f} ms", milliseconds)
                             : fmt::format("{:.1f} s", milliseconds / 1000);
}

}  // namespace

std::string system_in_words(const TerminalStyle& style, const SystemIdentity& system,
                            const std::optional<Capabilities>& v3_1_1,
                            const std::optional<Capabilities>& v5) {
  const std::string name = system.name.empty() ? "a broker that does not tell its name" : system.name;
  std::string text = coloured(style, Colour::bold, shown(name));
  if (!system.told_by.empty()) text += fmt::format(" (told by {})", shown(system.told_by));
  text += " · " + versions(v3_1_1.has_value(), v5.has_value());
  const std::optional<Capabilities>& capabilities = v5 ? v5 : v3_1_1;
  if (capabilities) text += " · answers in " + for_people(capabilities->round_trip);
  return text;
}

void RunPrinter::heading(const RunHeading& heading) {
  if (detail_ == Detail::quiet) return;
  out_ << fmt::format("{} · seed {} · {}", coloured(style_, Colour::bold, shown(heading.system)),
                      heading.seed, heading.work);
  if (!heading.conditions.empty()) out_ << " · " << shown(heading.conditions);
  out_ << std::endl;
}

void RunPrinter::system(const RunResults& results) {
  if (results.simulated) return;
  out_ << system_in_words(style_, results.system, results.v3_1_1, results.v5) << "\n";
}

void RunPrinter::account(const CaseResult& result, const RunDescription& run) {
  out_ << coloured(style_, colour_of(result.verdict), heading_of(result.verdict)) << "  "
       << coloured(style_, Colour::bold, shown(result.address)) << "   " << shown(result.title) << "\n";
  for (const AccountLine& line : account_of(result, run)) {
    // A line to be pasted stays in one piece.
    const bool to_be_pasted = line.label == "replay" || line.label == "evidence";
    const std::string text = shown(line.text);
    out_ << "  " << coloured(style_, Colour::dim, fmt::format("{:<9}", line.label)) << " "
         << (to_be_pasted ? text : folded(style_, label_columns, text)) << "\n";
  }
}

void RunPrinter::every_case(const RunResults& results) {
  for (const CaseResult& result : results.cases) {
    const std::string verdict = fmt::format("{:<13}", name_of(result.verdict));
    out_ << coloured(style_, colour_of(result.verdict), verdict) << " " << shown(result.address) << "   "
         << for_people(result.duration);
    if (result.verdict == Verdict::unsupported || result.verdict == Verdict::informational)
      out_ << "   " << shown(result.observed.empty() ? result.title : result.observed);
    if (result.standing == Standing::expected) out_ << "   the baseline " << shown(standing_text(result));
    out_ << "\n";
  }
}

void RunPrinter::accounts(const RunResults& results, const RunDescription& run) {
  std::vector<const CaseResult*> worth;
  for (const CaseResult& result : results.cases)
    if (deserves_a_look(result)) worth.push_back(&result);
  // The gravest stand last, next to the summary, where a person looks first.
  std::stable_sort(worth.begin(), worth.end(), [](const CaseResult* one, const CaseResult* other) {
    return one->verdict < other->verdict;
  });
  const bool each = detail_ == Detail::verbose || worth.size() <= accounts_max;
  for (const std::vector<const CaseResult*>& alike : kinds_of(worth, each)) {
    account(*alike.front(), run);
    if (alike.size() > 1) others(alike);
    out_ << "\n";
  }
}

void RunPrinter::others(const std::vector<const CaseResult*>& alike) {
  constexpr std::size_t named_max = 3;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < alike.size() && i <= named_max; ++i) names.push_back(alike[i]->address);
  std::string text = joined(names, ", ");
  if (alike.size() > named_max + 1) text += fmt::format(" and {} more", alike.size() - named_max - 1);
  out_ << "  " << coloured(style_, Colour::dim, "also     ") << " "
       << folded(style_, label_columns, shown(text)) << "\n";
}

void RunPrinter::summary(const RunResults& results, const RunDescription& run, Duration elapsed) {
  std::vector<std::string> parts;
  const auto add = [&](Verdict verdict, bool always) {
    const auto as_is = static_cast<std::size_t>(
        std::count_if(results.cases.begin(), results.cases.end(), [&](const CaseResult& result) {
          return result.verdict == verdict && result.standing != Standing::expected;
        }));
    if (as_is > 0 || always)
      parts.push_back(coloured(style_, as_is > 0 ? colour_of(verdict) : Colour::none,
                               fmt::format("{} {}", as_is, name_of(verdict))));
  };
  if (const auto& explored = results.exploration) {
    parts.push_back(fmt::format("{} histories", explored->histories));
    parts.push_back(counted(explored->steps, "step"));
    parts.push_back(counted(explored->faults, "fault"));
  } else {
    add(Verdict::pass, true);
  }
  add(Verdict::fail, true);
  for (const Verdict verdict : {Verdict::error, Verdict::inconclusive, Verdict::non_strict,
                                Verdict::informational, Verdict::unsupported})
    add(verdict, false);
  if (const std::size_t expected = results.count(Standing::expected); expected > 0)
    parts.push_back(fmt::format("{} as the baseline expects", expected));

  out_ << joined(parts, " · ") << "     " << for_people(elapsed);
  if (!run.report_folder.empty()) out_ << "     " << shown(run.report_folder + "/results.json");
  out_ << "\n";
}

void RunPrinter::results(const RunResults& results, const RunDescription& run, const Outcome& outcome,
                         Duration elapsed) {
  if (detail_ != Detail::quiet) {
    system(results);
    if (detail_ == Detail::verbose) every_case(results);
    out_ << "\n";
    accounts(results, run);
  }
  summary(results, run, elapsed);
  const Colour colour = outcome.code == exit_code::conforms ? Colour::green : Colour::red;
  out_ << coloured(style_, colour, outcome.sentence) << std::endl;
}

}  // namespace holdfast
