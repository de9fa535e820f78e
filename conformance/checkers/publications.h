// What clients have published, found again by payload: cases mark their messages, so a payload that was
// published exactly once tells where a delivery comes from, whatever the server made of its topic.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "conformance/checkers/steps.h"

namespace holdfast {

struct Publication {
  const mqtt::Publish* publish = nullptr;  // the first copy
  ConnectionId connection = 0;             // on which it came
  SessionIndex publisher = no_session;
  Position at = never;
  Time first_copy_at{};
  Time last_copy_at{};
  std::uint32_t copies = 0;      // PUBLISH packets of the one exchange
  Position released_at = never;  // QoS 2: the publisher's first PUBREL
  std::uint32_t releases = 0;
  // Published in more than one exchange, or as a will too: a delivery may come from either.
  bool ambiguous = false;
};

class Publications {
 public:
  explicit Publications(const Steps& steps);

  // The one message with this payload; nullptr if there is none, if it is empty, or if there are several.
  const Publication* only(std::string_view payload) const;

 private:
  std::unordered_map<std::string_view, Publication> by_payload_;
  // Some client wrote bytes that cannot be read: they may have held any message.
  bool unreadable_ = false;
};

}  // namespace holdfast
