// Every subscription that one Session has ever asked for. Nothing is forgotten when it is replaced or
// removed, because messages that were matched before may still be on their way (HF-3.1.1-S48, HF-5.0-S36).
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast {

// Which subscriptions a message may have been delivered for.
struct Matching {
  std::uint32_t subscriptions = 0;  // 0: none is known, the server may have made one (HF-3.1.1-G34)
  // The highest QoS that any of them was granted, or asked for if the SUBACK has not come. -1: unknown.
  int qos_max = -1;
};

class SubscriptionBook {
 public:
  void asked(const mqtt::Subscribe& subscribe);
  void answered(const mqtt::Suback& suback);

  Matching matching(std::string_view topic);
  // Whether a shared subscription was ever asked for: then messages may come from other members.
  bool has_shared() const { return has_shared_; }
  bool knows_identifier(std::uint32_t identifier) const { return identifiers_.contains(identifier); }

  // With more subscriptions than this nothing is matched, to keep checking linear.
  static constexpr std::size_t subscriptions_max = 256;

 private:
  struct Subscription {
    std::string_view filter;
    int granted_max = -1;
    int asked_max = 0;
    std::uint32_t unanswered = 0;
  };
  struct Asked {
    std::size_t subscription;
    int qos;
  };

  const std::vector<std::size_t>& matches_of(std::string_view topic);

  std::vector<Subscription> subscriptions_;
  std::unordered_map<std::string_view, std::size_t> by_filter_;
  std::unordered_map<std::uint16_t, std::vector<Asked>> unanswered_;         // by packet identifier
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_topic_;  // forgotten at each new filter
  std::set<std::uint32_t> identifiers_;
  bool has_shared_ = false;
};

}  // namespace holdfast
