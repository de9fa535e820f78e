#include "reports/kill_matrix.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/checkers/checker.h"
#include "reports/html/page.h"
#include "reports/text.h"

namespace holdfast {
namespace {

using KillJson = nlohmann::ordered_json;

// What blanks separate, as a list.
KillJson words_json(std::string_view text) {
  KillJson list = KillJson::array();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) list.push_back(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

KillJson sound_json(const SoundRun& run) {
  return {{"name", run.name},
          {"pass", run.passed},
          {"non_strict", run.non_strict},
          {"informational", run.informational},
          {"unsupported", run.unsupported},
          {"not_judged", run.not_judged}};
}

// In words, for programs.
KillJson catch_json(const Selftest& selftest, const Catch& one) {
  KillJson checkers = KillJson::array();
  for (const std::size_t place : one.checkers) checkers.push_back(all_checkers()[place].name);
  return {{"case", selftest.cases[one.case_index]->address},
          {"verdict", name_of(one.verdict)},
          {"by_case", one.by_case},
          {"checkers", std::move(checkers)}};
}

// For the page: [place of the case, 1 for a fail, 1 if by the case itself, places of checkers].
KillJson packed_catch(const Selftest&, const Catch& one) {
  return {one.case_index, one.verdict == Verdict::fail ? 1 : 0, one.by_case ? 1 : 0, one.checkers};
}

using CatchWriter = KillJson (*)(const Selftest& selftest, const Catch& one);

KillJson defect_json(const Selftest& selftest, const DefectRun& run, CatchWriter write) {
  KillJson caught_by = KillJson::array();
  for (const Catch& one : run.catches) caught_by.push_back(write(selftest, one));
  return {{"name", run.defect->name},
          {"sentence", run.defect->sentence},
          {"requirements", words_json(run.defect->requirements)},
          {"seen", words_json(run.defect->seen)},
          {"inconclusive", run.inconclusive},
          {"caught_by", std::move(caught_by)}};
}

KillJson document_of(const Selftest& selftest, std::string_view tool_version, CatchWriter write) {
  KillJson defects = KillJson::array();
  for (const DefectRun& run : selftest.defects) defects.push_back(defect_json(selftest, run, write));
  KillJson problems = KillJson::array();
  for (const std::string& problem : selftest.problems) problems.push_back(printable(problem));
  KillJson sound = KillJson::array();
  for (const SoundRun& run : selftest.sound) sound.push_back(sound_json(run));
  KillJson variants = KillJson::array();
  for (const VariantInfo& info : variant_catalogue())
    variants.push_back({{"name", info.name}, {"sentence", info.sentence}, {"citation", info.citation}});
  KillJson cases = KillJson::array();
  for (std::size_t i = 0; i < selftest.cases.size(); ++i)
    cases.push_back({{"address", selftest.cases[i]->address},
                     {"title", printable(selftest.cases[i]->description->title)},
                     {"catches", selftest.caught_by_case[i]}});
  KillJson checkers = KillJson::array();
  for (std::size_t i = 0; i < all_checkers().size(); ++i)
    checkers.push_back({{"name", all_checkers()[i].name},
                        {"sentence", all_checkers()[i].sentence},
                        {"catches", selftest.caught_by_checker[i]}});
  return {{"format", "holdfast-selftest"},
          {"format_version", 1},
          {"tool", tool_version},
          {"seed", selftest.seed},
          {"proven", selftest.problems.empty()},
          {"combinations", selftest.combinations},
          {"defects_caught", selftest.defects_caught},
          {"problems", std::move(problems)},
          {"sound", std::move(sound)},
          {"variants", std::move(variants)},
          {"cases", std::move(cases)},
          {"checkers", std::move(checkers)},
          {"defects", std::move(defects)}};
}

}  // namespace

std::string kill_matrix_json(const Selftest& selftest, std::string_view tool_version) {
  return document_of(selftest, tool_version, catch_json).dump(1, ' ', true) + "\n";
}

std::string kill_matrix_page(const Selftest& selftest, std::string_view tool_version) {
  Page page;
  page.title = "Kill matrix · Holdfast";
  page.data = document_of(selftest, tool_version, packed_catch).dump(-1, ' ', true);
  page.scripts = {page_part::dom(), page_part::kill_matrix()};
  page.summary = {fmt::format(
      "{} of {} seeded defects are noticed; {} brokers that break no rule; {} problems.",
      selftest.defects_caught, selftest.defects.size(), selftest.sound.size(), selftest.problems.size())};
  return html_page(page);
}

}  // namespace holdfast
