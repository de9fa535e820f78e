// How messages find their subscribers: the part of the Server that changes no Session's existence.
#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/broker/server.h"
#include "sim/mqtt/topic.h"

namespace holdfast::broker {

using mqtt::ReasonCode;
using mqtt::Version;

namespace {

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

}  // namespace

std::size_t Server::publish(MessagePointer message) {
  if (message->retain) retained_.store(message);
  spoil_retained(message);
  const Matches matches = tree_.match(message->topic);
  deliver_plain(message, matches.plain);
  for (SharedGroup* const group : matches.shared) {
    const std::size_t copies = settings_.has(Defect::shared_to_all_members) ? group->size() : 1;
    for (std::size_t copy = 0; copy < copies; ++copy) deliver_shared(message, *group);
  }
  return told_subscribers(matches);
}

// The copy that one subscription asks for.
Outgoing Server::copy_for(const MessagePointer& message, const Subscription& subscription) const {
  Outgoing outgoing{.message = message,
                    .qos = std::min(message->qos, subscription.qos),
                    .retain = message->retain && subscription.retain_as_published};
  if (subscription.identifier) outgoing.subscription_identifiers.push_back(*subscription.identifier);
  if (subscription.is_shared()) outgoing.shared_filter = subscription.filter;

  if (settings_.has(Defect::retain_as_published_ignored)) outgoing.retain = false;
  if (settings_.has(Defect::retain_flag_forwarded)) outgoing.retain = message->retain;
  if (settings_.has(Defect::qos_raised_to_grant)) outgoing.qos = subscription.qos;
  if (settings_.has(Defect::qos_2_delivered_at_1)) outgoing.qos = std::min(outgoing.qos, std::uint8_t{1});
  return outgoing;
}

bool Server::is_excluded(const Message& message, const Subscriber& subscriber) const {
  if (is_wrongly_excluded(message, *subscriber.session)) return true;
  if (settings_.has(Defect::no_local_ignored)) return false;
  if (loop_.now() < subscriber.subscription->effective_from) return true;
  return subscriber.subscription->no_local && subscriber.session->client_id() == message.publisher;
}

// Overlapping subscriptions of a Session are served by one copy: the highest QoS, all identifiers.
void Server::deliver_plain(const MessagePointer& message, const std::vector<Subscriber>& subscribers) {
  for (auto first = subscribers.begin(); first != subscribers.end();) {
    Session& session = *first->session;
    const auto last =
        std::find_if(first, subscribers.end(), [&](const Subscriber& s) { return s.session != &session; });
    std::optional<Outgoing> merged;
    for (auto at = first; at != last; ++at) {
      if (is_excluded(*message, *at)) continue;
      Outgoing copy = copy_for(message, *at->subscription);
      if (settings_.has(Variant::overlap_copy_each)) {
        if (settings_.has(Defect::overlap_identifiers_on_every_copy)) {
          copy.subscription_identifiers = identifiers_of(std::span(first, last));
        }
        session.outbox.add(std::move(copy));
        continue;
      }
      if (!merged) {
        merged = std::move(copy);
        continue;
      }
      merged->qos = settings_.has(Defect::overlap_lowest_qos) ? std::min(merged->qos, copy.qos)
                                                              : std::max(merged->qos, copy.qos);
      merged->retain = merged->retain || copy.retain;
      if (settings_.has(Defect::overlap_identifiers_lost)) continue;
      std::ranges::copy(copy.subscription_identifiers, std::back_inserter(merged->subscription_identifiers));
    }
    if (merged && !is_withheld(session, subscribers)) {
      if (session.has_doubled_subscription) session.outbox.add(*merged);
      session.outbox.add(std::move(*merged));
    }
    first = last;
  }
}

bool Server::is_withheld(const Session& session, const std::vector<Subscriber>& subscribers) const {
  return settings_.has(Defect::queued_only_if_nobody_listens) && !session.connection() &&
         std::ranges::any_of(subscribers, [](const Subscriber& s) { return s.session->connection(); });
}

void Server::deliver_shared(const MessagePointer& message, SharedGroup& group) {
  const Subscriber member = group.choose(settings_);
  member.session->outbox.add(copy_for(message, *member.subscription));
}

void Server::hand_on(std::vector<Outgoing> left_over) {
  for (const Outgoing& outgoing : left_over) {
    SharedGroup* const group = tree_.group(outgoing.shared_filter);
    if (group != nullptr) deliver_shared(outgoing.message, *group);
  }
}

ReasonCode Server::subscribe(Session& session, const mqtt::SubscriptionRequest& request,
                             std::optional<std::uint32_t> identifier, std::vector<Outgoing>& retained) {
  const std::uint8_t qos_max = settings_.has(Variant::suback_lower_qos)
                                   ? std::min(settings_.maximum_qos, std::uint8_t{1})
                                   : settings_.maximum_qos;
  Subscription subscription{
      .filter = request.filter,
      .topic_filter = request.filter,
      .qos = settings_.has(Defect::qos_granted_above_request) ? qos_max : std::min(request.qos, qos_max),
      .no_local = request.no_local,
      .retain_as_published = request.retain_as_published,
      .identifier = identifier};
  // 3.1.1 knows no shared subscriptions: there it is a filter like any other.
  const bool knows_sharing = session.version == Version::v5 || settings_.has(Variant::share_in_311);
  if (knows_sharing && mqtt::is_shared(request.filter)) {
    const std::optional<mqtt::SharedFilter> parts = mqtt::split_shared(request.filter);
    if (!parts && !settings_.has(Defect::share_name_unchecked)) return ReasonCode::topic_filter_invalid;
    if (!settings_.shared_subscription_available) return ReasonCode::shared_subscriptions_not_supported;
    if (parts) {
      subscription.share_name = parts->group;
      subscription.topic_filter = parts->filter;
    }
  }
  const bool is_valid = mqtt::is_topic_filter(subscription.topic_filter);
  if (!is_valid && !settings_.has(Defect::misplaced_wildcards_granted))
    return ReasonCode::topic_filter_invalid;
  const bool takes_wildcards =
      settings_.wildcard_subscription_available &&
      (session.version == Version::v5 || !settings_.has(Defect::wildcards_refused_in_311));
  if (has_wildcard(subscription.topic_filter) && !takes_wildcards) {
    return ReasonCode::wildcard_subscriptions_not_supported;
  }

  const auto [at, is_new] = session.subscriptions.try_emplace(request.filter);
  if (!is_new) tree_.remove(session, at->second);
  if (!is_new && settings_.has(Defect::resubscribe_doubles)) session.has_doubled_subscription = true;
  if (is_new && settings_.has(Variant::subscribe_effective_late)) {
    subscription.effective_from = loop_.now() + 500ms;
  }
  if (is_new && settings_.has(Defect::subscription_effective_late)) {
    subscription.effective_from = loop_.now() + 5s;
  }
  at->second = std::move(subscription);
  tree_.add(session, at->second, first_turn_);

  const bool knows_retained = settings_.retain_available || session.version == Version::v3_1_1;
  if (knows_retained && sends_retained(at->second, request.retain_handling, is_new)) {
    for (Outgoing& outgoing : retained_for(session, at->second)) retained.push_back(std::move(outgoing));
  }
  return static_cast<ReasonCode>(at->second.qos);
}

bool Server::sends_retained(const Subscription& subscription, std::uint8_t retain_handling,
                            bool is_new) const {
  if (subscription.is_shared()) return settings_.has(Defect::shared_retained_sent);
  const bool is_missed =
      has_wildcard(subscription.topic_filter) && settings_.has(Defect::retained_missed_by_wildcards);
  if (is_missed) return false;
  if (settings_.has(Defect::retain_handling_ignored)) return true;
  if (settings_.has(Defect::retained_not_sent_again) && !is_new) return false;
  return retain_handling == 0 || (retain_handling == 1 && is_new);
}

std::vector<Outgoing> Server::retained_for(const Session& session, const Subscription& subscription) {
  std::vector<Outgoing> copies;
  for (const MessagePointer& message : retained_.matching(subscription.topic_filter, loop_.now())) {
    const bool is_own = message->publisher == session.client_id();
    if (subscription.no_local && is_own && !settings_.has(Variant::no_local_retained_delivered)) continue;
    Outgoing outgoing = copy_for(message, subscription);
    outgoing.retain = !settings_.has(Defect::retained_sent_with_flag_0);
    if (settings_.has(Defect::retained_without_identifier)) outgoing.subscription_identifiers.clear();
    copies.push_back(std::move(outgoing));
  }
  return copies;
}

bool Server::unsubscribe(Session& session, std::string_view filter) {
  if (settings_.has(Defect::unsubscribe_by_matching)) unsubscribe_matching(session, filter);
  const auto found = session.subscriptions.find(filter);
  if (found == session.subscriptions.end()) {
    if (settings_.has(Defect::unsubscribe_takes_from_others)) take_from_all(filter);
    return false;
  }
  if (settings_.has(Defect::unsubscribe_drops_inflight)) session.outbox.forget_inflight();
  if (settings_.has(Defect::unsubscribe_ignored)) return true;
  tree_.remove(session, found->second);
  session.subscriptions.erase(found);
  return true;
}

}  // namespace holdfast::broker
