#include "conformance/ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "conformance/checkers/checker.h"
#include "conformance/engine/run.h"

namespace holdfast {

namespace {

constexpr std::array both_versions = {mqtt::Version::v3_1_1, mqtt::Version::v5};
constexpr std::array all_statuses = {RowStatus::tested, RowStatus::untested, RowStatus::restart,
                                     RowStatus::client, RowStatus::not_observable};

std::span<const std::string_view> cited_by(const Checker& checker, mqtt::Version version) {
  return version == mqtt::Version::v5 ? checker.requirements_v5 : checker.requirements_v3_1_1;
}

std::string_view version_name(mqtt::Version version) {
  return version == mqtt::Version::v5 ? "5.0" : "3.1.1";
}

std::optional<RowStatus> status_named(std::string_view name) {
  for (const RowStatus status : all_statuses)
    if (name_of(status) == name) return status;
  return std::nullopt;
}

// What the table alone says of a row that nobody tests.
RowStatus status_by_table(const Requirement& requirement) {
  if (requirement.subject == "client" || requirement.observable == "client") return RowStatus::client;
  if (requirement.observable == "restart") return RowStatus::restart;
  if (requirement.observable == "no") return RowStatus::not_observable;
  return RowStatus::untested;
}

using RowKey = std::pair<mqtt::Version, std::string_view>;

}  // namespace

std::string_view name_of(RowStatus status) {
  switch (status) {
    case RowStatus::tested:
      return "tested";
    case RowStatus::untested:
      return "untested";
    case RowStatus::restart:
      return "restart";
    case RowStatus::client:
      return "client";
    case RowStatus::not_observable:
      return "not observable";
  }
  return "";
}

namespace {

// Limits and additions that a broker may do without: what some cases are about.
constexpr std::array optional_variants = {
    Variant::receive_max_small,   Variant::max_packet_size_announced,
    Variant::maximum_qos_1,       Variant::retain_unavailable,
    Variant::ack_diagnostics,     Variant::server_keep_alive_override,
    Variant::connack_diagnostics, Variant::wildcard_unavailable,
    Variant::shared_unavailable,  Variant::subscription_id_unavailable,
    Variant::empty_id_refused,    Variant::dollar_publish_refused,
    Variant::overlap_copy_each,
};

bool is_about(const Case& the_case, Variant variant) {
  const auto& variants = the_case.description->variants;
  return std::ranges::any_of(variants,
                             [&](const std::string& name) { return variant_named(name) == variant; });
}

}  // namespace

std::vector<JudgedCase> judge_sound_broker(const std::vector<const Case*>& cases) {
  const RunResults results = run_embedded(cases, BrokerSettings{}, RunOptions{});
  std::vector<JudgedCase> judged;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    judged.push_back({cases[i], results.cases[i].judged.requirements});
  }
  for (const Variant variant : optional_variants) {
    std::vector<const Case*> chosen;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const bool is_open = results.cases[i].verdict == Verdict::unsupported || is_about(*cases[i], variant);
      if (!is_open) continue;
      chosen.push_back(cases[i]);
      places.push_back(i);
    }
    BrokerSettings settings;
    settings.variants.set(variant);
    const RunResults others = run_embedded(chosen, settings, RunOptions{});
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const Verdict verdict = others.cases[i].verdict;
      if (verdict != Verdict::pass && verdict != Verdict::informational) continue;
      const auto& more = others.cases[i].judged.requirements;
      judged[places[i]].requirements.insert(more.begin(), more.end());
    }
  }
  return judged;
}

std::vector<LedgerRow> make_ledger(const std::vector<JudgedCase>& cases, const std::vector<Reason>& reasons) {
  std::vector<LedgerRow> ledger;
  std::map<RowKey, std::size_t> index;
  for (const mqtt::Version version : both_versions) {
    for (const Requirement& requirement : requirements_of(version)) {
      index.emplace(RowKey{version, requirement.id}, ledger.size());
      ledger.push_back({.requirement = &requirement, .status = status_by_table(requirement)});
    }
  }
  const auto row_of = [&](mqtt::Version version, std::string_view id) -> LedgerRow* {
    const auto found = index.find({version, id});
    return found == index.end() ? nullptr : &ledger[found->second];
  };
  for (const Reason& reason : reasons) {
    LedgerRow* row = row_of(reason.version, reason.id);
    if (row == nullptr) continue;
    row->status = status_named(reason.status).value_or(row->status);
    row->reason = reason.text;
  }
  for (const JudgedCase& judged : cases) {
    const Case& the_case = *judged.the_case;
    for (const std::string& id : judged.requirements) {
      if (LedgerRow* row = row_of(the_case.version, id)) row->cases.push_back(&the_case);
    }
    for (const std::string& id : the_case.requirements) {
      LedgerRow* row = row_of(the_case.version, id);
      if (row != nullptr && !judged.requirements.contains(id)) row->touching.push_back(&the_case);
    }
  }
  for (const Checker& checker : all_checkers()) {
    for (const mqtt::Version version : both_versions) {
      for (const std::string_view id : cited_by(checker, version)) {
        if (LedgerRow* row = row_of(version, id)) row->checkers.push_back(checker.name);
      }
    }
  }
  for (LedgerRow& row : ledger) {
    const bool is_half = !row.reason.empty() && row.status == RowStatus::untested;
    if (!row.cases.empty() || (!row.checkers.empty() && !is_half)) row.status = RowStatus::tested;
  }
  return ledger;
}

void Tally::add(RowStatus status) {
  switch (status) {
    case RowStatus::tested:
      ++tested;
      break;
    case RowStatus::untested:
      ++untested;
      break;
    case RowStatus::restart:
      ++restart;
      break;
    case RowStatus::client:
      ++client;
      break;
    case RowStatus::not_observable:
      ++not_observable;
      break;
  }
}

std::size_t Tally::percent() const { return countable() == 0 ? 100 : tested * 100 / countable(); }

std::vector<std::string> contradictions(const std::vector<JudgedCase>& cases,
                                        const std::vector<Reason>& reasons) {
  std::vector<std::string> found;
  for (const JudgedCase& judged : cases) {
    const Case& the_case = *judged.the_case;
    for (const std::string& id : the_case.requirements) {
      if (find_requirement(the_case.version, id) == nullptr)
        found.push_back(fmt::format("{} cites {}, which is in no table", the_case.address, id));
    }
    for (const std::string& id : judged.requirements) {
      if (find_requirement(the_case.version, id) == nullptr)
        found.push_back(fmt::format("{} judges {}, which is in no table", the_case.address, id));
    }
  }
  for (const Checker& checker : all_checkers()) {
    for (const mqtt::Version version : both_versions) {
      for (const std::string_view id : cited_by(checker, version)) {
        if (find_requirement(version, id) == nullptr)
          found.push_back(fmt::format("the checker {} cites {} of {}, which is in no table", checker.name, id,
                                      version_name(version)));
      }
    }
  }
  const std::vector<LedgerRow> ledger = make_ledger(cases, reasons);
  for (const Reason& reason : reasons) {
    const std::string name = fmt::format("the reason for {} of {}", reason.id, version_name(reason.version));
    const std::optional<RowStatus> status = status_named(reason.status);
    const auto row = std::ranges::find_if(ledger, [&](const LedgerRow& candidate) {
      return candidate.requirement->version == reason.version && candidate.requirement->id == reason.id;
    });
    if (row == ledger.end()) {
      found.push_back(name + ": the row is in no table");
      continue;
    }
    if (!status || *status == RowStatus::tested) {
      found.push_back(fmt::format("{}: '{}' is no status that a reason can give", name, reason.status));
      continue;
    }
    if (row->status == RowStatus::tested) {
      found.push_back(name + ": the row is tested all the same");
    } else if (*status == RowStatus::untested && row->checkers.empty()) {
      found.push_back(name + ": no checker cites the row, so it is untested without a word");
    }
    if (status_by_table(*row->requirement) != RowStatus::untested)
      found.push_back(name + ": the table says already why nobody tests it");
    if (std::ranges::count_if(reasons, [&](const Reason& other) {
          return other.version == reason.version && other.id == reason.id;
        }) > 1)
      found.push_back(name + " stands there twice");
  }
  return found;
}

}  // namespace holdfast
