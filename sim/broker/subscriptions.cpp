#include "sim/broker/subscriptions.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/broker/session.h"
#include "sim/mqtt/topic.h"

namespace holdfast::broker {

struct SubscriptionTree::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::map<std::uint64_t, Subscriber> plain;               // by session number
  std::map<std::string, SharedGroup, std::less<>> shared;  // by share name

  bool empty() const { return children.empty() && plain.empty() && shared.empty(); }
  Node* child(std::string_view level) const {
    const auto found = children.find(level);
    return found == children.end() ? nullptr : found->second.get();
  }
};

SubscriptionTree::SubscriptionTree(const BrokerSettings& settings)
    : settings_(settings), root_(std::make_unique<Node>()) {}

// Takes the tree apart branch by branch: a filter may have 65,535 levels, too deep for destructors that call
// each other.
SubscriptionTree::~SubscriptionTree() {
  std::vector<std::unique_ptr<Node>> remaining;
  remaining.push_back(std::move(root_));
  while (!remaining.empty()) {
    const std::unique_ptr<Node> node = std::move(remaining.back());
    remaining.pop_back();
    for (auto& [level, child] : node->children) remaining.push_back(std::move(child));
  }
}

void SubscriptionTree::add(Session& session, const Subscription& subscription, std::size_t first_turn) {
  Node* node = root_.get();
  for (std::optional<std::string_view> rest = subscription.topic_filter; rest;) {
    const std::string_view level = mqtt::take_level(rest);
    Node* next = node->child(level);
    if (next == nullptr) next = (node->children[std::string(level)] = std::make_unique<Node>()).get();
    node = next;
  }
  if (subscription.is_shared()) {
    node->shared.try_emplace(subscription.share_name, first_turn)
        .first->second.add({&session, &subscription});
  } else {
    node->plain[session.number()] = {&session, &subscription};
  }
}

void SubscriptionTree::remove(const Session& session, const Subscription& subscription) {
  struct Branch {
    Node* node;
    std::string_view level;
  };
  std::vector<Branch> path;  // from the root down
  Node* at = root_.get();
  for (std::optional<std::string_view> rest = subscription.topic_filter; rest;) {
    path.push_back({at, mqtt::take_level(rest)});
    at = at->child(path.back().level);
    assert(at != nullptr);
  }
  Node& node = *at;
  if (subscription.is_shared()) {
    const auto group = node.shared.find(subscription.share_name);
    assert(group != node.shared.end());
    group->second.remove(session);
    if (group->second.empty()) node.shared.erase(group);
  } else {
    node.plain.erase(session.number());
  }
  // Branches that lead nowhere any more go.
  for (bool is_bare = node.empty(); is_bare && !path.empty(); path.pop_back()) {
    const Branch& last = path.back();
    last.node->children.erase(last.node->children.find(last.level));
    is_bare = last.node->empty();
  }
}

Matches SubscriptionTree::match(std::string_view topic) {
  Matches matches;
  const auto collect = [&](Node& node) {
    for (const auto& [session_number, subscriber] : node.plain) matches.plain.push_back(subscriber);
    for (auto& [share_name, group] : node.shared) matches.shared.push_back(&group);
  };
  // A filter that begins with a wildcard does not match a topic that begins with `$` (MQTT-4.7.2-1).
  bool wildcards_count = !topic.starts_with('$') || settings_.has(Defect::hash_matches_dollar);
  reached_.assign(1, root_.get());
  for (std::optional<std::string_view> rest = topic; rest;) {
    const std::string_view level = mqtt::take_level(rest);
    next_.clear();
    for (Node* const node : reached_) {
      if (Node* const same = node->child(level)) next_.push_back(same);
      if (!wildcards_count) continue;
      const bool is_missed = level.empty() && settings_.has(Defect::plus_misses_empty_level);
      if (Node* const any = node->child("+"); any && !is_missed) next_.push_back(any);
      if (Node* const all = node->child("#")) collect(*all);
    }
    std::swap(reached_, next_);
    wildcards_count = true;
  }
  for (Node* const node : reached_) {
    collect(*node);
    if (settings_.has(Defect::hash_misses_parent)) continue;
    if (Node* const all = node->child("#")) collect(*all);  // `a/#` matches `a`
  }
  std::stable_sort(matches.plain.begin(), matches.plain.end(), [](const Subscriber& a, const Subscriber& b) {
    return a.session->number() < b.session->number();
  });
  return matches;
}

SharedGroup* SubscriptionTree::group(std::string_view shared_filter) {
  const std::optional<mqtt::SharedFilter> parts = mqtt::split_shared(shared_filter);
  assert(parts);
  Node* node = root_.get();
  for (std::optional<std::string_view> rest = parts->filter; rest;) {
    node = node->child(mqtt::take_level(rest));
    if (node == nullptr) return nullptr;
  }
  const auto found = node->shared.find(parts->group);
  return found == node->shared.end() ? nullptr : &found->second;
}

}  // namespace holdfast::broker
