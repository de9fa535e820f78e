// A conformance case and the registry in which all of them stand.
//
// Cases are registered by plain function calls, in files that follow the chapters of the standards. A rule
// that both versions share is one function with two editions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/capabilities.h"
#include "sim/mqtt/packet.h"
#include "sim/time/task.h"

namespace holdfast {

class Context;

enum class Level { must, should, may, informational };

std::string_view name_of(Level level);

// What one version of the standard says to a rule.
struct Edition {
  std::string section{};                    // "4.4"; empty: the rule is not in this version
  std::vector<std::string> requirements{};  // ids of this version's table, the judged one first
};

// What the author of a case writes. All texts are for people and stand in reports.
struct CaseDescription {
  std::string slug{};    // "pubrel-owed-after-cut"; with version and section the immutable address
  std::string family{};  // of cases that one table generates: what their slugs share; else empty
  std::string title{};   // one sentence that states the rule
  Level level = Level::must;
  Edition v3_1_1{};
  Edition v5{};
  std::string procedure{};  // what is done
  std::string control{};    // how the case shows that the broker does the thing without the fault
  std::vector<Need> needs{};
  Duration longest_timer{};                    // real time that the case needs beyond round trips
  std::vector<std::string> tags{};             // "qos2", "will", "takeover", ...
  std::vector<std::string> variants{};         // legal variants that the case meets
  std::vector<std::string> interpretations{};  // rows of the register on which the judgement rests
  // A function that returns a coroutine. Not a capturing lambda that is a coroutine itself.
  std::function<Task<void>(Context&)> run{};
};

// A case for one version.
struct Case {
  std::string address{};  // "mqtt5/4.4/pubrel-owed-after-cut"
  mqtt::Version version = mqtt::Version::v5;
  std::string section{};
  std::vector<std::string> requirements{};
  const CaseDescription* description = nullptr;
};

// "mqtt3" for 3.1.1, "mqtt5" for 5.0: how addresses begin.
std::string_view address_prefix(mqtt::Version version);

class Registry {
 public:
  // Adds one case for each edition that has a section. Asserts that the address is new and well formed
  // (lower-case letters, digits and '-').
  void add(CaseDescription description);

  // In the order of registration, 3.1.1 before 5.0 for a shared rule.
  const std::vector<Case>& cases() const { return cases_; }
  const Case* find(std::string_view address) const;

 private:
  std::vector<std::unique_ptr<CaseDescription>> descriptions_;
  std::vector<Case> cases_;
};

// All of them, in the order of the registry, which outlives the pointers.
std::vector<const Case*> every_case_of(const Registry& registry);

// Every suite. Defined in conformance/suites.
void register_all_suites(Registry& registry);

}  // namespace holdfast
