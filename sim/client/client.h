// A simulated client. Sending is a plain call, waiting is the only co_await:
//
//   client.connect({.client_id = client.id(), .clean_start = false});
//   auto connack = co_await client.expect<mqtt::Connack>(5s);
//   client.publish({.topic = "a/b", .payload = "x", .qos = 1});
//   auto puback = co_await client.expect<mqtt::Puback>(5s);
//
// What arrives is sorted by type: expect<Puback> takes the first PUBACK and leaves everything else for later
// waits, so that a server may interleave as it likes. One coroutine at a time waits on a client.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/client/client_session.h"
#include "sim/net/network.h"
#include "sim/time/task.h"
#include "sim/time/wait.h"

namespace holdfast {

// A packet with the moment and the connection on which it reached the client.
template <class PacketKind>
struct Received : PacketKind {
  Time at{};
  ConnectionId connection = 0;
};

// How a connection ended, seen from the client.
struct Closed {
  CloseKind kind = CloseKind::fin;
  Time at{};
  std::optional<mqtt::Disconnect> disconnect{};  // the server's DISCONNECT, if one came (5.0)
};

// What a CONNECT takes if it carries neither user name nor password itself.
struct Credentials {
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
};

// What the client does by itself. All of it on: a well-behaved client. Off: the script answers by hand.
struct Answers {
  bool acknowledges = true;  // PUBACK, PUBREC and PUBCOMP for what the server sends
  bool releases = true;      // PUBREL after PUBREC
  bool resends = true;       // what is owed, after Session Present 1
  bool pings = true;         // PINGREQ in good time when nothing else was sent within the Keep Alive in force
};

class Client final : private StreamEvents {
 public:
  // `name` stands in traces and faults; `client_id` is what CONNECT carries unless the script says otherwise.
  Client(Loop& loop, Network& network, std::string name, std::string client_id, mqtt::Version version);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::string& name() const { return name_; }
  const std::string& id() const { return client_id_; }
  mqtt::Version version() const { return version_; }
  ClientSession& session() { return session_; }
  Answers answers{};
  Credentials credentials{};

  // --- the connection ---
  // Opens a Network Connection without a word of MQTT. REQUIRES: none is open, or the client has sent its
  // FIN: then the old connection goes its way without the client.
  void open();
  // open() unless a connection is open for sending, then CONNECT as soon as it is established. Takes the
  // client's own identifier and protocol level; connect_as_given takes those of `options`. Empties the inbox
  // when it opens.
  void connect(mqtt::Connect options);
  void connect_as_given(const mqtt::Connect& options);
  // Sends DISCONNECT and then FIN. The connection is over when the server closes as well: see expect_close.
  void disconnect(mqtt::ReasonCode reason = mqtt::ReasonCode::success, mqtt::Properties properties = {});
  // FIN without DISCONNECT: a network failure for the server. Reading goes on until the server closes, so
  // expect_close tells when the server knows.
  void cut();
  // RST. Over at once.
  void reset();
  // The client's end vanishes and the server never learns. expect_close tells of it in the same moment.
  void go_half_open();
  // Drops the connection in whatever state it is, without waiting for anything. For clean-up.
  void abandon();

  bool is_open() const { return stream_ != nullptr && established_; }
  ConnectionId connection() const { return connection_; }          // the latest; 0 before the first
  const std::optional<Closed>& closed() const { return closed_; }  // of the latest connection
  // The rule that the server's stream broke, after which nothing more is read from it: the client resets the
  // connection.
  const std::optional<mqtt::DecodeError>& broken() const { return broken_; }
  // What the server sent first on the latest connection, at most 64 bytes, whether it is MQTT or not.
  ByteView first_bytes() const { return first_bytes_; }

  // --- sending ---
  void send(const mqtt::Packet& packet);  // as it is; the client's Session does not learn of it
  void send_bytes(ByteView bytes);
  // Takes an unused Packet Identifier if the message needs one and has none, remembers the message in the
  // Session and sends it. Returns the identifier, 0 at QoS 0.
  std::uint16_t publish(mqtt::Publish message);
  std::uint16_t subscribe(std::vector<mqtt::SubscriptionRequest> requests, mqtt::Properties properties = {});
  std::uint16_t unsubscribe(std::vector<std::string> filters, mqtt::Properties properties = {});
  // Acknowledges by hand, in the client's Session too.
  void acknowledge(const mqtt::Publish& message);  // PUBACK or PUBREC as its QoS asks, nothing at QoS 0
  void release(std::uint16_t packet_id);           // PUBREL
  void complete(std::uint16_t packet_id);          // PUBCOMP
  // Sends all that the Session owes, in order.
  void resend_owed();

  // --- waiting ---
  // The first packet of this type that has come or comes within `patience`; nullopt at the deadline or when
  // the connection ends without one.
  template <class PacketKind>
  Task<std::optional<Received<PacketKind>>> expect(Duration patience);
  // The same for the acknowledgement of one identifier.
  template <class PacketKind>
  Task<std::optional<Received<PacketKind>>> expect_id(std::uint16_t packet_id, Duration patience);
  // The first PUBLISH with this payload.
  Task<std::optional<Received<mqtt::Publish>>> expect_message(std::string payload, Duration patience);
  // The end of the connection, also if it has ended already.
  Task<std::optional<Closed>> expect_close(Duration patience);
  // on_open has been called, or the connection was refused (false).
  Task<bool> expect_open(Duration patience);
  // PINGREQ and its PINGRESP: all that the server had written on this connection has arrived. Answers to
  // PINGREQs that were sent before do not count.
  Task<bool> fence(Duration patience);
  // The same as expect_message for messages that are hidden; each payload is found as often as it is asked
  // for.
  Task<bool> expect_hidden(std::string payload, Duration patience);

  // --- looking ---
  // The longest patience of a wait that came to its deadline with nothing; 0: none did.
  Duration longest_vain_wait() const { return longest_vain_wait_; }
  // Every PUBLISH that ever reached this client, in order, whether a wait took it or not.
  const std::vector<Received<mqtt::Publish>>& messages() const { return messages_; }
  // QoS 0 messages whose payload begins so are kept from the inbox and from messages(): the probes that
  // settle a subscription are no part of what a case looks at. Empty: none are.
  void hide_messages(std::string payload_prefix) { hidden_prefix_ = std::move(payload_prefix); }
  // How many of them carry this payload; on one connection only, if one is named.
  std::size_t count(std::string_view payload, ConnectionId connection = 0) const;
  // Packets in the inbox that no wait has taken.
  std::vector<mqtt::Packet> unread() const;
  // Topics to which this client sent a retained message that is not empty; for clean-up.
  const std::set<std::string>& retained_topics() const { return retained_topics_; }
  // Whether a CONNECT was ever sent that may have left a Session at the server.
  bool may_have_session() const { return !session_ids_.empty(); }
  // The identifiers under which it may be: the client's own, those that scripts gave, those that were
  // assigned.
  const std::set<std::string>& session_ids() const { return session_ids_; }

  // Bounds against a hostile server. Beyond them the connection is reset and broken() tells `policy`.
  static constexpr std::size_t inbox_packets_max = 50'000;
  static constexpr std::uint32_t incoming_packet_bytes_max = 4u << 20;
  static constexpr std::size_t connection_bytes_max = 64u << 20;

 private:
  struct Arrival {
    Arrival(mqtt::Packet&& a_packet, Time a_time, ConnectionId a_connection)
        : packet(std::move(a_packet)), at(a_time), connection(a_connection) {}

    mqtt::Packet packet;
    Time at;
    ConnectionId connection;
  };

  void on_open() override;
  void on_bytes(ByteView bytes) override;
  void on_close(CloseKind kind) override;
  void on_packet(mqtt::Packet&& packet);
  void ping();
  void react(const mqtt::Packet& packet);  // session bookkeeping, and answers if they are on
  void react_to_connack(const mqtt::Connack& connack);
  void react_to_publish(const mqtt::Publish& publish);
  void react_to_pubrec(const mqtt::Pubrec& pubrec);
  void resolve_alias(mqtt::Publish& publish);
  bool is_hidden(const mqtt::Packet& packet) const;

  void connect_with(mqtt::Connect options);
  void note_sent(const mqtt::Packet& packet);
  void note_connect(const mqtt::Connect& connect);
  void note_retained(const mqtt::Publish& publish);
  void write(const mqtt::Packet& packet);
  void break_off(const mqtt::DecodeError& error);
  // The connection is over as `kind` says: lets go of the stream and wakes who waits.
  void let_go(CloseKind kind);

  template <class PacketKind, class Matches>
  std::optional<Received<PacketKind>> take(const Matches& matches);
  // What a wait has come to: true if it was woken in time. Returns it.
  bool note_wait(bool in_time, Duration patience);

  Loop& loop_;
  Network& network_;
  const std::string name_;
  const std::string client_id_;
  const mqtt::Version version_;
  ClientSession session_;
  WaitPoint arrivals_;
  Alarm ping_;
  Duration ping_interval_{};  // of silence after which PINGREQ is sent; 0: none is

  // Of the latest connection.
  Stream* stream_ = nullptr;
  bool established_ = false;
  bool closing_ = false;  // nothing can be sent any more, but the close has still to be told
  ConnectionId connection_ = 0;
  std::optional<mqtt::Connect> connect_on_open_;
  std::optional<mqtt::Connect> connect_sent_;
  mqtt::StreamDecoder decoder_;
  Bytes first_bytes_;
  std::size_t received_bytes_ = 0;
  std::optional<Closed> closed_;
  std::optional<mqtt::DecodeError> broken_;
  std::optional<mqtt::Disconnect> server_disconnect_;
  std::map<std::uint16_t, std::string> aliases_from_server_;
  std::map<std::uint16_t, std::string> aliases_to_server_;
  std::uint32_t pingreqs_ = 0;
  std::uint32_t pingresps_ = 0;

  std::list<Arrival> inbox_;
  std::vector<Received<mqtt::Publish>> messages_;
  std::string hidden_prefix_;
  std::set<std::string, std::less<>> hidden_payloads_;
  std::set<std::string> retained_topics_;
  std::set<std::string> session_ids_;
  Duration longest_vain_wait_{};
  Bytes wire_;  // of the packet being sent; kept for its memory
};

// --- templates ---

template <class PacketKind, class Matches>
std::optional<Received<PacketKind>> Client::take(const Matches& matches) {
  for (auto arrival = inbox_.begin(); arrival != inbox_.end(); ++arrival) {
    const auto* packet = std::get_if<PacketKind>(&arrival->packet);
    if (packet == nullptr || !matches(*packet)) continue;
    Received<PacketKind> received{*packet, arrival->at, arrival->connection};
    inbox_.erase(arrival);
    return received;
  }
  return std::nullopt;
}

template <class PacketKind>
Task<std::optional<Received<PacketKind>>> Client::expect(Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  const auto any = [](const PacketKind&) { return true; };
  bool in_time = true;
  while (true) {
    auto found = take<PacketKind>(any);
    if (found || !in_time || stream_ == nullptr) co_return found;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "a packet"), patience);
  }
}

template <class PacketKind>
Task<std::optional<Received<PacketKind>>> Client::expect_id(std::uint16_t packet_id, Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  const auto same_id = [packet_id](const PacketKind& packet) { return packet.packet_id == packet_id; };
  bool in_time = true;
  while (true) {
    auto found = take<PacketKind>(same_id);
    if (found || !in_time || stream_ == nullptr) co_return found;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "an acknowledgement"), patience);
  }
}

}  // namespace holdfast
