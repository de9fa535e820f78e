// What the standard obliges a broker to, given what has happened so far: the model that a history is judged
// by. It knows only what is certain. Wherever a cut leaves two readings (a SUBACK that never came, a CONNECT
// that may or may not have been processed) it allows both, and asks for nothing that only one of them
// demands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/explore/history.h"

namespace holdfast {

class SessionModel {
 public:
  enum class Life : std::uint8_t {
    none,     // the broker holds no Session for this client
    held,     // it does
    unknown,  // it may
  };

  Life life(std::uint8_t client) const { return sessions_[client].life; }
  // With a subscription, which nobody can take for nothing (interpretation S-01).
  bool is_worth_keeping(std::uint8_t client) const;

  // --- the connection ---
  // CONNECT is being sent. Until CONNACK has come, the broker may have processed it or not.
  void connecting(std::uint8_t client, Keeping keeping);
  // CONNACK 0x00. What Session Present says is taken for true: whether it may say so is judged before. The
  // Session outlives its connection by `kept_for_seconds`; 0: it ends with it.
  void connected(std::uint8_t client, std::uint32_t kept_for_seconds, bool session_present);
  // The Network Connection is over; `broker_knows` if the broker has closed its side too.
  void ended(std::uint8_t client, bool broker_knows);

  // --- subscriptions ---
  // SUBSCRIBE is being sent: from now on the old subscription with that filter may be the new one.
  void subscribing(std::uint8_t client, const std::string& filter);
  // SUBACK granted this QoS, and messages for the filter have come since: for this subscription, unless there
  // may be another one that they could have come for.
  void subscribed(std::uint8_t client, const std::string& filter, std::uint8_t qos);
  // UNSUBSCRIBE is being sent. What waits for this subscription alone is owed no more (3.10.4).
  void unsubscribing(std::uint8_t client, const std::string& filter);

  // --- messages ---
  // A message, by its payload, is on its way: whoever is certain to be subscribed now shall have it.
  void sending(const std::string& payload, const std::string& topic, std::uint8_t qos);
  // The broker has taken it over: PUBACK, PUBCOMP, or for a will the end of its connection.
  void accepted(const std::string& payload);

  // A message that this Session has to get.
  struct Owed {
    std::string payload;
    std::string topic;
  };
  // In the order in which they were accepted; also those that have been delivered meanwhile.
  const std::vector<Owed>& owed(std::uint8_t client) const { return sessions_[client].owed; }

 private:
  struct Session {
    Life life = Life::none;
    std::uint32_t kept_for_seconds = 0;
    std::uint32_t number = 0;  // of this client's Sessions: what was meant for an older one is void
    std::map<std::string, std::uint8_t> subscriptions;  // filter to granted QoS; only what is certain
    std::map<std::string, int> asked_for;               // how often in this Session, in force or not
    std::vector<Owed> owed;
  };
  struct Taker {
    std::uint8_t client;
    std::uint32_t session;
  };
  struct Message {
    std::string topic;
    std::vector<Taker> takers;
  };

  // What the broker has not taken over yet meets other subscriptions than it would have met when it was sent.
  void drop_taker(std::uint8_t client, const std::string& filter);
  static bool covers(const Session& session, std::string_view topic);
  static void forget(Session& session, Life life);

  Session sessions_[history_clients_max];
  std::map<std::string, Message> messages_;  // sent and not accepted, by payload
};

}  // namespace holdfast
