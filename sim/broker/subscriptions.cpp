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

namespace {

std::vector<std::string_view> levels_of(std::string_view name) {
  std::vector<std::string_view> levels;
  for (std::size_t begin = 0;;) {
    const std::size_t end = name.find('/', begin);
    levels.push_back(name.substr(begin, end - begin));
    if (end == std::string_view::npos) return levels;
    begin = end + 1;
  }
}

}  // namespace

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
  for (const std::string_view level : levels_of(subscription.topic_filter)) {
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
  const std::vector<std::string_view> levels = levels_of(subscription.topic_filter);
  std::vector<Node*> path{root_.get()};
  for (const std::string_view level : levels) {
    path.push_back(path.back()->child(level));
    assert(path.back() != nullptr);
  }
  Node& node = *path.back();
  if (subscription.is_shared()) {
    const auto group = node.shared.find(subscription.share_name);
    assert(group != node.shared.end());
    group->second.remove(session);
    if (group->second.empty()) node.shared.erase(group);
  } else {
    node.plain.erase(session.number());
  }
  // Branches that lead nowhere any more go.
  for (std::size_t depth = levels.size(); depth > 0 && path[depth]->empty(); --depth) {
    path[depth - 1]->children.erase(path[depth - 1]->children.find(levels[depth - 1]));
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
  std::vector<Node*> reached{root_.get()};  // by the filters' levels that match the topic's levels so far
  for (const std::string_view level : levels_of(topic)) {
    std::vector<Node*> next;
    for (Node* const node : reached) {
      if (Node* const same = node->child(level)) next.push_back(same);
      if (!wildcards_count) continue;
      const bool is_missed = level.empty() && settings_.has(Defect::plus_misses_empty_level);
      if (Node* const any = node->child("+"); any && !is_missed) next.push_back(any);
      if (Node* const rest = node->child("#")) collect(*rest);
    }
    reached = std::move(next);
    wildcards_count = true;
  }
  for (Node* const node : reached) {
    collect(*node);
    if (settings_.has(Defect::hash_misses_parent)) continue;
    if (Node* const rest = node->child("#")) collect(*rest);  // `a/#` matches `a`
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
  for (const std::string_view level : levels_of(parts->filter)) {
    node = node->child(level);
    if (node == nullptr) return nullptr;
  }
  const auto found = node->shared.find(parts->group);
  return found == node->shared.end() ? nullptr : &found->second;
}

}  // namespace holdfast::broker
