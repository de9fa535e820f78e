#include "conformance/explore/session_model.h"

#include <algorithm>

namespace holdfast {

namespace {

// No history lasts so long.
constexpr std::uint32_t kept_for_sure_seconds = 600;

bool is_match(std::string_view filter, std::string_view topic) { return filter == "+" || filter == topic; }

}  // namespace

bool SessionModel::is_worth_keeping(std::uint8_t client) const {
  return !sessions_[client].subscriptions.empty();
}

void SessionModel::forget(Session& session, Life life) {
  ++session.number;
  session.life = life;
  session.subscriptions.clear();
  session.asked_for.clear();
  session.owed.clear();
}

// A subscription that makes the broker keep the message for an absent client too (interpretation S-07).
bool SessionModel::covers(const Session& session, std::string_view topic) {
  return std::ranges::any_of(session.subscriptions, [topic](const auto& subscription) {
    return subscription.second > 0 && is_match(subscription.first, topic);
  });
}

void SessionModel::connecting(std::uint8_t client, Keeping keeping) {
  Session& session = sessions_[client];
  if (keeping != Keeping::keep) {
    forget(session, Life::unknown);
  } else if (session.life == Life::none) {
    session.life = Life::unknown;
  }
}

void SessionModel::connected(std::uint8_t client, std::uint32_t kept_for_seconds, bool session_present) {
  Session& session = sessions_[client];
  if (!session_present) forget(session, Life::held);
  session.life = Life::held;
  session.kept_for_seconds = kept_for_seconds;
}

void SessionModel::ended(std::uint8_t client, bool broker_knows) {
  Session& session = sessions_[client];
  if (session.kept_for_seconds >= kept_for_sure_seconds) return;
  const bool is_over = session.kept_for_seconds == 0 && broker_knows;
  forget(session, is_over ? Life::none : Life::unknown);
}

void SessionModel::subscribing(std::uint8_t client, const std::string& filter) {
  Session& session = sessions_[client];
  session.subscriptions.erase(filter);
  ++session.asked_for[filter];
  drop_taker(client, filter);
}

void SessionModel::subscribed(std::uint8_t client, const std::string& filter, std::uint8_t qos) {
  Session& session = sessions_[client];
  const auto may_explain = [&](const auto& asked) {
    return asked.first == filter ? asked.second > 1 : asked.first == "+";
  };
  const bool is_proven = std::ranges::none_of(session.asked_for, may_explain);
  if (is_proven) session.subscriptions[filter] = qos;
}

void SessionModel::unsubscribing(std::uint8_t client, const std::string& filter) {
  Session& session = sessions_[client];
  session.subscriptions.erase(filter);
  std::erase_if(session.owed, [&](const Owed& owed) { return is_match(filter, owed.topic); });
  drop_taker(client, filter);
}

void SessionModel::drop_taker(std::uint8_t client, const std::string& filter) {
  for (auto& [payload, message] : messages_) {
    if (!is_match(filter, message.topic)) continue;
    std::erase_if(message.takers, [client](const Taker& taker) { return taker.client == client; });
  }
}

void SessionModel::sending(const std::string& payload, const std::string& topic, std::uint8_t qos) {
  if (qos == 0) return;
  Message& message = messages_[payload];
  message.topic = topic;
  for (std::uint8_t client = 0; client < history_clients_max; ++client) {
    const Session& session = sessions_[client];
    if (session.life == Life::held && covers(session, topic))
      message.takers.push_back({client, session.number});
  }
}

void SessionModel::accepted(const std::string& payload) {
  const auto found = messages_.find(payload);
  if (found == messages_.end()) return;
  for (const Taker& taker : found->second.takers) {
    Session& session = sessions_[taker.client];
    if (session.number == taker.session) session.owed.push_back({payload, found->second.topic});
  }
  messages_.erase(found);
}

}  // namespace holdfast
