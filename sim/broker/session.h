// All that the broker keeps for one client identifier (sections 4.1 of both versions).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "sim/broker/inbox.h"
#include "sim/broker/outbox.h"
#include "sim/broker/settings.h"
#include "sim/broker/subscriptions.h"
#include "sim/mqtt/packet.h"
#include "sim/time/loop.h"

namespace holdfast::broker {

class Connection;

// A Session exists from an accepted CONNECT until its expiry after a close, a CONNECT with Clean Start 1, or
// an operator's act. In between it is connected or waits; both alarms run only while it waits. The Server
// leads it through these states (server.h).
class Session {
 public:
  // `number` tells sessions apart in the order of their making and is never used again.
  Session(Loop& loop, const BrokerSettings& settings, std::string client_id, std::uint64_t number,
          std::function<void(Session&)> when_expired, std::function<void(Session&)> when_will_due);

  const std::string& client_id() const { return client_id_; }
  std::uint64_t number() const { return number_; }
  Connection* connection() const { return connection_; }
  Readiness readiness() const { return outbox.readiness(); }

  void attach(Connection& connection, std::uint16_t client_receive_maximum);
  void detach();
  // How long the Session is kept after each close; mqtt::session_never_expires is for ever.
  void set_expiry_seconds(std::uint32_t seconds);

  // What the connections change.
  std::map<std::string, Subscription, std::less<>> subscriptions;  // by filter
  Outbox outbox;
  Inbox inbox;
  mqtt::Version version = mqtt::Version::v5;  // of the latest connection
  std::optional<mqtt::Will> will{};
  Time will_due_at{};                // while the Session waits with a will
  std::optional<Duration> expiry{};  // after each close; nullopt: never

  // For defects only: what should not outlive a connection.
  std::optional<Time> first_closed_at{};
  std::map<std::uint16_t, std::string> left_topic_aliases{};
  std::map<std::string, std::uint16_t, std::less<>> left_outgoing_aliases{};
  std::uint16_t last_qos_1_id = 0;
  bool has_doubled_subscription = false;
  int resumptions = 0;

  Alarm expiry_alarm;
  Alarm will_alarm;

 private:
  const BrokerSettings& settings_;
  const std::string client_id_;
  const std::uint64_t number_;
  const std::function<void(Session&)> when_expired_;
  const std::function<void(Session&)> when_will_due_;
  Connection* connection_ = nullptr;
};

}  // namespace holdfast::broker
