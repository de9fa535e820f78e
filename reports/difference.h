// What changed from one run to another: for the maker of a broker who has a version that was good.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace holdfast {

enum class Change {
  regression,   // graver than before: non-strict, inconclusive, fail or error
  improvement,  // milder than before
  other,        // between pass, informational and unsupported
  added,        // only the newer run has the case
  removed,      // only the older run has it
};

struct Difference {
  Change change = Change::other;
  std::string address{};
  std::string title{};
  std::string before{};    // verdict; empty if added
  std::string after{};     // verdict; empty if removed
  std::string observed{};  // by the newer run
};

// In the order of Change, then of the newer run's registry. Cases whose verdict is the same are left out.
std::vector<Difference> differences(const nlohmann::ordered_json& before,
                                    const nlohmann::ordered_json& after);

}  // namespace holdfast
