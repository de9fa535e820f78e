// The broker without its public face: sessions and connections, and the ways of messages between them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/broker/broker.h"
#include "sim/broker/errands.h"
#include "sim/broker/message.h"
#include "sim/broker/retained.h"
#include "sim/broker/session.h"
#include "sim/broker/settings.h"
#include "sim/broker/subscriptions.h"
#include "sim/net/stream.h"
#include "sim/time/draws.h"
#include "sim/time/loop.h"

namespace holdfast::broker {

class Connection;

// Passing a message on never ends a connection or a Session: a connection that fails while it is sent to is
// ended later, from the loop. So whoever routes need not fear that its own Session vanishes under it.
class Server {
 public:
  Server(Loop& loop, BrokerSettings settings, std::uint64_t seed);
  ~Server();

  // The operator's view (broker.h).
  void open(ServerStream& stream);
  std::vector<SessionSummary> sessions() const;
  bool clear_session(std::string_view client_id);
  void shut_down();
  std::size_t retained_messages() const { return retained_.count(loop_.now()); }

  // For connections.
  Loop& loop() { return loop_; }
  const BrokerSettings& settings() const { return settings_; }

  // A CONNECT that was found good: takes over, finds or makes the Session, answers and resumes.
  void admit(Connection& connection, mqtt::Connect&& connect);
  // For defects only: a refused CONNECT ends the live connection of its client identifier.
  bool has_session(std::string_view client_id) const { return find(client_id) != nullptr; }
  void displace_by_refused(std::string_view client_id);
  void end_all_but(const Connection& one);
  // Takes ownership of a message. Returns how many subscribers it had; a shared group counts as one.
  std::size_t publish(MessagePointer message);
  // Returns the granted QoS or why not, and appends the retained messages that are due after the SUBACK.
  mqtt::ReasonCode subscribe(Session& session, const mqtt::SubscriptionRequest& request,
                             std::optional<std::uint32_t> identifier, std::vector<Outgoing>& retained);
  bool unsubscribe(Session& session, std::string_view filter);  // false: there was no such subscription
  // What a Session leaves of its shared subscriptions goes to other members (section 4.8.2).
  void hand_on(std::vector<Outgoing> left_over);
  // The Network Connection of a Session has ended; its will is there unless it was dropped.
  void disconnected(Session& session);
  // Does something to a connection a while later, if it is still there. Only variants and defects do.
  void after(Duration delay, std::uint64_t connection_number, std::function<void(Connection&)> errand);
  // A connection that has ended asks to be destroyed, one that has failed asks to be ended, both soon.
  void bury(Connection& connection);
  void end_soon(Connection& connection);
  // Only defects do this.
  void forget_subscriptions(Session& session);

 private:
  using Sessions = std::map<std::string, std::unique_ptr<Session>, std::less<>>;

  // Ended connections and sessions are destroyed from the loop, when nobody stands in their functions.
  class Undertaker final : public ReadyNode {
   public:
    explicit Undertaker(Server& server) : server_(server) {}

   private:
    void on_ready() override { server_.clean_up(); }
    Server& server_;
  };

  // The Session that a CONNECT goes on with.
  struct Found {
    Session* session = nullptr;
    bool is_present = false;                    // it was there before
    std::vector<Outgoing> wrongly_inherited{};  // for a defect only
  };
  Found find_or_make(const mqtt::Connect& connect);
  Session* find(std::string_view client_id) const;
  Session& make_session(std::string client_id);
  // Ends the older connection of a Session; the Session may end with it.
  void displace(Session& session);
  void set_expiry(Session& session, const mqtt::Connect& connect) const;
  void end_session(Session& session);
  void publish_will(Session& session);
  std::optional<Duration> kept_for(const Session& session) const;  // from a close on; nullopt: for ever
  std::string unused_client_id();

  Outgoing copy_for(const MessagePointer& message, const Subscription& subscription) const;
  bool is_excluded(const Message& message, const Subscriber& subscriber) const;
  bool is_withheld(const Session& session, const std::vector<Subscriber>& subscribers) const;
  bool sends_retained(const Subscription& subscription, std::uint8_t retain_handling, bool is_new) const;
  void deliver_plain(const MessagePointer& message, const std::vector<Subscriber>& subscribers);
  void deliver_shared(const MessagePointer& message, SharedGroup& group);
  std::vector<Outgoing> retained_for(const Session& session, const Subscription& subscription);

  // Defects (server_defects.cpp).
  bool told_session_present(bool session_present, const mqtt::Connect& connect, const Session& session) const;
  bool outlives_takeover(const Session& session) const;
  void spoil_resumed(Session& session, bool by_takeover);
  void spoil_will(mqtt::Will& will) const;
  void spoil_retained(const MessagePointer& message);
  void unsubscribe_matching(Session& session, std::string_view filter);
  void take_from_all(std::string_view filter);
  bool is_wrongly_excluded(const Message& message, const Session& session) const;
  static std::vector<std::uint32_t> identifiers_of(std::span<const Subscriber> subscribers);
  std::size_t told_subscribers(const Matches& matches) const;
  void clean_up();

  Loop& loop_;
  const BrokerSettings settings_;
  RandomDraws draws_;
  std::uint64_t numbers_given_ = 0;  // to sessions and connections
  const std::size_t first_turn_;     // of shared groups
  Undertaker undertaker_;
  Errands errands_{loop_};
  SubscriptionTree tree_{settings_};
  RetainedMessages retained_{settings_};
  Sessions sessions_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;  // by number, hence by age
  std::vector<std::unique_ptr<Session>> ended_sessions_;
  std::vector<std::unique_ptr<Session>> ended_sessions_with_will_;  // for a defect only
  std::vector<std::unique_ptr<Connection>> ended_connections_;
  std::vector<std::uint64_t> failed_connections_;  // numbers, in the order of failing
};

}  // namespace holdfast::broker
