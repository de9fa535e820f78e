// How a run was asked for, beyond what its results tell.
#pragma once

#include <string>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

// What the ledger says of a requirement, whichever cases the run had.
struct LedgerLine {
  mqtt::Version version = mqtt::Version::v5;
  std::string id{};
  std::string status{};  // "tested", "untested", "restart", "client", "not observable"
  std::string text{};    // one sentence: by whom, or why not
};

// Which cases get a capture beside their evidence.
enum class Captures { no_passes, all };

struct RunDescription {
  std::string address{};  // of a live system under test, without credentials; empty: the embedded broker
  double timeout_scale = 1;
  bool strict = false;                 // a non-strict verdict counts as not conforming
  bool redact = false;                 // payloads were left out
  std::vector<std::string> defects{};  // of the embedded broker
  std::vector<std::string> variants{};
  Captures captures = Captures::no_passes;
  std::vector<LedgerLine> ledger{};  // empty: the document says nothing of it
  std::string report_folder{};       // empty: no report is written, so there is no evidence to point at
};

}  // namespace holdfast
