// The requirements of both standards, in our own words: one row for each numbered conformance statement
// (MQTT-4.4.0-1) and for each rule that stands in the text without a number (HF-5.0-S10). The tables are part
// of the program and never change while it runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

struct Requirement {
  mqtt::Version version = mqtt::Version::v5;
  std::string id{};
  std::string section{};                // "4.4"
  std::string title{};                  // a few words
  std::string subject{};                // who is bound: "server", "client", "both"
  std::string level{};                  // "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "derived"
  std::string area{};                   // "session", "encoding", ...
  std::string text{};                   // what is required
  std::string observable{};             // where it can be seen: "wire", "client", ...
  std::string check{};                  // how it can be tested
  std::string note{};                   // may be empty
  std::vector<std::string> evidence{};  // public issues in which such a fault was reported
};

// In the order of the table. The reference stays valid for ever.
const std::vector<Requirement>& requirements_of(mqtt::Version version);

// nullptr if that version has no such id. The same id can stand for different rules in the two versions.
const Requirement* find_requirement(mqtt::Version version, std::string_view id);

}  // namespace holdfast
