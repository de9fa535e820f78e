// Which rules the rejected vectors break, and how a broker is judged that lets such a packet pass.
#pragma once

#include <span>
#include <string_view>

#include "sim/mqtt/packet.h"

namespace holdfast {

// What it means that a packet is let pass.
enum class RejectGrade {
  must,     // a must is broken
  should,   // how deep a server has to look is left open: non-strict
  granted,  // a filter: a must is broken if SUBACK grants it; any refusal will do
};

struct RejectRule {
  mqtt::Version version;
  std::string_view broken;   // the requirement that the vectors name
  std::string_view judged;   // the one that binds the server; empty: the same
  std::string_view section;  // of `broken`
  std::string_view slug;
  std::string_view what;  // "with a property twice"
  RejectGrade grade;
  std::string_view interpretation;  // may be empty

  std::string_view judged_by() const { return judged.empty() ? broken : judged; }
};

std::span<const RejectRule> reject_rules();

}  // namespace holdfast
