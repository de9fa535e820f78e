// A session history as a case, so that everything that works for cases works for it: it runs embedded and
// live, has a trace, a page and a capture, and is replayed by its line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/engine/case.h"
#include "conformance/explore/history.h"

namespace holdfast {

// "mqtt5/explore/17": the 17th history of a seed.
struct ExploredAddress {
  mqtt::Version version = mqtt::Version::v5;
  std::uint64_t number = 0;
};
std::string to_text(const ExploredAddress& address);
// nullopt if it is no such address.
std::optional<ExploredAddress> parse_explored_address(std::string_view text);

// The history that the seed of a run has for this address.
History explored_history(std::uint64_t seed, const ExploredAddress& address);

// A case and what it refers to. It stays where it is, since the case points into it.
struct ExploredCase {
  ExploredCase(const ExploredAddress& address, History the_history);
  ExploredCase(const ExploredCase&) = delete;
  ExploredCase& operator=(const ExploredCase&) = delete;

  History history;
  CaseDescription description;
  Case the_case;
};

}  // namespace holdfast
