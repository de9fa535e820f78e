#include "reports/difference.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "conformance/engine/verdict.h"

namespace holdfast {
namespace {

using Json = nlohmann::ordered_json;

const std::string& member(const Json& the_case, const char* name) {
  return the_case.at(name).get_ref<const std::string&>();
}

// pass, informational and unsupported are no better or worse than each other.
int gravity(const std::string& verdict) {
  switch (verdict_named(verdict).value_or(Verdict::error)) {
    case Verdict::pass:
    case Verdict::informational:
    case Verdict::unsupported:
      return 0;
    case Verdict::non_strict:
      return 1;
    case Verdict::inconclusive:
      return 2;
    case Verdict::fail:
      return 3;
    case Verdict::error:
      return 4;
  }
  return 4;
}

Change change_of(const std::string& before, const std::string& after) {
  const int step = gravity(after) - gravity(before);
  if (step == 0) return Change::other;
  return step > 0 ? Change::regression : Change::improvement;
}

}  // namespace

std::vector<Difference> differences(const Json& before, const Json& after) {
  std::map<std::string, const Json*> old_cases;
  for (const Json& the_case : before.at("cases")) old_cases.emplace(member(the_case, "address"), &the_case);
  std::vector<Difference> found;
  for (const Json& the_case : after.at("cases")) {
    Difference difference;
    difference.address = member(the_case, "address");
    difference.title = member(the_case, "title");
    difference.after = member(the_case, "verdict");
    difference.observed = member(the_case, "observed");
    const auto old = old_cases.find(difference.address);
    if (old == old_cases.end()) {
      difference.change = Change::added;
    } else {
      difference.before = member(*old->second, "verdict");
      old_cases.erase(old);
      if (difference.before == difference.after) continue;
      difference.change = change_of(difference.before, difference.after);
    }
    found.push_back(std::move(difference));
  }
  for (const Json& the_case : before.at("cases")) {
    if (!old_cases.contains(member(the_case, "address"))) continue;
    found.push_back({Change::removed,
                     member(the_case, "address"),
                     member(the_case, "title"),
                     member(the_case, "verdict"),
                     {},
                     {}});
  }
  std::stable_sort(found.begin(), found.end(), [](const Difference& left, const Difference& right) {
    return static_cast<int>(left.change) < static_cast<int>(right.change);
  });
  return found;
}

}  // namespace holdfast
