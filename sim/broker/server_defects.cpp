// How defects maim Sessions, wills and retained messages. Nothing of this happens to a sound broker.
#include <algorithm>
#include <utility>
#include <vector>

#include "sim/broker/connection.h"
#include "sim/broker/server.h"
#include "sim/mqtt/topic.h"

namespace holdfast::broker {

bool Server::told_session_present(bool session_present, const mqtt::Connect& connect,
                                  const Session& session) const {
  const auto has = [&](Defect defect) { return settings_.has(defect); };
  if (has(Defect::session_present_always_0)) return false;
  if (has(Defect::session_present_always_1)) return !connect.clean_start;
  if (has(Defect::session_present_1_on_clean_start)) return session_present || connect.clean_start;
  if (has(Defect::session_present_0_without_subscriptions)) {
    return session_present && !session.subscriptions.empty();
  }
  return session_present;
}

// The identifiers of all these subscriptions together.
std::vector<std::uint32_t> Server::identifiers_of(std::span<const Subscriber> subscribers) {
  std::vector<std::uint32_t> identifiers;
  for (const Subscriber& subscriber : subscribers) {
    if (subscriber.subscription->identifier) identifiers.push_back(*subscriber.subscription->identifier);
  }
  return identifiers;
}

void Server::displace_by_refused(std::string_view client_id) {
  Session* const session = find(client_id);
  if (session && session->connection()) displace(*session);
}

bool Server::outlives_takeover(const Session& session) const {
  return session.expiry == Duration::zero() &&
         (settings_.has(Defect::takeover_inherits_session_of_interval_0) ||
          settings_.has(Defect::takeover_keeps_subscriptions_of_ended_session));
}

void Server::spoil_resumed(Session& session, bool by_takeover) {
  const auto has = [&](Defect defect) { return settings_.has(defect); };
  if (session.will && has(Defect::will_not_cancelled_by_return)) publish_will(session);
  const bool loses_subscriptions = has(Defect::subscriptions_lost_on_resume) ||
                                   (by_takeover && has(Defect::takeover_clears_subscriptions)) ||
                                   (++session.resumptions >= 20 && has(Defect::subscriptions_wear_out));
  if (loses_subscriptions) forget_subscriptions(session);
  if (has(Defect::subscription_options_lost_on_resume)) {
    for (auto& [filter, subscription] : session.subscriptions) {
      subscription.no_local = false;
      subscription.retain_as_published = false;
      subscription.identifier.reset();
    }
  }
}

void Server::forget_subscriptions(Session& session) {
  for (const auto& [filter, subscription] : session.subscriptions) tree_.remove(session, subscription);
  session.subscriptions.clear();
}

void Server::spoil_will(mqtt::Will& will) const {
  if (settings_.has(Defect::will_retain_ignored)) will.retain = false;
  if (settings_.has(Defect::will_properties_lost)) will.properties = {};
  if (settings_.has(Defect::will_payload_cut_at_zero))
    will.payload = will.payload.substr(0, will.payload.find('\0'));
}

void Server::end_all_but(const Connection& one) {
  for (const auto& [number, connection] : connections_) {
    if (number != one.number()) end_soon(*connection);
  }
}

void Server::unsubscribe_matching(Session& session, std::string_view filter) {
  std::erase_if(session.subscriptions, [&](const auto& held) {
    const bool is_other = held.first != filter && mqtt::matches(filter, held.first);
    if (is_other) tree_.remove(session, held.second);
    return is_other;
  });
}

void Server::take_from_all(std::string_view filter) {
  for (auto& [client_id, session] : sessions_) {
    const auto held = session->subscriptions.find(filter);
    if (held == session->subscriptions.end()) continue;
    tree_.remove(*session, held->second);
    session->subscriptions.erase(held);
  }
}

bool Server::is_wrongly_excluded(const Message& message, const Session& session) const {
  const bool has_properties = message.properties != mqtt::Properties{};
  if (has_properties && session.version == mqtt::Version::v3_1_1 &&
      settings_.has(Defect::v5_messages_withheld_from_v3)) {
    return true;
  }
  return settings_.has(Defect::shared_swallows_plain) &&
         std::ranges::any_of(session.subscriptions, [](const auto& held) { return held.second.is_shared(); });
}

std::size_t Server::told_subscribers(const Matches& matches) const {
  if (!settings_.has(Defect::absent_subscribers_told_as_none)) {
    return matches.plain.size() + matches.shared.size();
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      matches.plain, [](const Subscriber& s) { return s.session->connection() != nullptr; }));
}

void Server::spoil_retained(const MessagePointer& message) {
  if (message->retain || message->payload.empty()) return;
  if (settings_.has(Defect::retained_without_flag_stored)) retained_.replace(message);
}

}  // namespace holdfast::broker
