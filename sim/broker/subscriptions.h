// Who wants which topics: a tree of filter levels, so that a PUBLISH costs as much as its topic has levels
// and takers, not as much as there are subscriptions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/broker/settings.h"
#include "sim/broker/shared_group.h"
#include "sim/time/time.h"

namespace holdfast::broker {

class Session;

// Part of a Session. Its key there is `filter`, compared byte by byte.
struct Subscription {
  std::string filter{};        // as the client gave it
  std::string topic_filter{};  // without the "$share/{ShareName}/" of a shared subscription
  std::string share_name{};    // empty unless shared
  std::uint8_t qos = 0;        // granted
  bool no_local = false;
  bool retain_as_published = false;
  std::optional<std::uint32_t> identifier{};
  Time effective_from{};  // later than the SUBSCRIBE only in a variant

  bool is_shared() const { return !share_name.empty(); }
};

struct Matches {
  std::vector<Subscriber> plain;     // ordered by session, all subscriptions of a session side by side
  std::vector<SharedGroup*> shared;  // valid until the next change of the tree
};

class SubscriptionTree {
 public:
  explicit SubscriptionTree(const BrokerSettings& settings);
  ~SubscriptionTree();

  // The subscription must stay where it is until it is removed. Adding what is there already replaces it.
  // `first_turn` is used if this makes a new shared group.
  void add(Session& session, const Subscription& subscription, std::size_t first_turn);
  void remove(const Session& session, const Subscription& subscription);

  Matches match(std::string_view topic);
  // The group of a shared filter "$share/..."; nullptr if it has no member any more.
  SharedGroup* group(std::string_view shared_filter);

 private:
  struct Node;
  const BrokerSettings& settings_;
  std::unique_ptr<Node> root_;
  // Of match(), kept for their memory: what the levels so far have reached, and what the next one reaches.
  std::vector<Node*> reached_;
  std::vector<Node*> next_;
};

}  // namespace holdfast::broker
