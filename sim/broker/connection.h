// One Network Connection: bytes to packets, the rules that hold while it lives, and its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/broker/message.h"
#include "sim/broker/settings.h"
#include "sim/mqtt/codec.h"
#include "sim/mqtt/packet.h"
#include "sim/net/stream.h"
#include "sim/time/loop.h"

namespace holdfast::broker {

class Server;
class Session;

// States:  waiting for CONNECT ──accepted──▶ connected ──▶ ended
//                  └──refused, malformed, too late────────▶ ended
// Once ended it does nothing any more and waits for the Server to destroy it.
class Connection final : public StreamEvents {
 public:
  Connection(Server& server, ServerStream& stream, std::uint64_t number);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::uint64_t number() const { return number_; }
  mqtt::Version version() const { return version_; }
  // The peer can be sent to.
  bool is_open() const { return stream_ != nullptr && !failed_ && !is_lingering_; }

  // Enters the connected state: from now on `session` hears of acknowledgements and of the end.
  void begin(Session& session, const mqtt::Connect& connect);

  // A packet larger than the client's Maximum Packet Size must not be sent (MQTT-3.1.2-24): for a PUBLISH
  // send_publish returns false and nothing has happened, for any other packet the connection fails, since
  // the client cannot be served.
  void send(const mqtt::Packet& packet);
  bool send_publish(const Outgoing& outgoing, bool dup);

  // Sends what the Session owes; only a variant does it later than the CONNACK.
  void resume_session();
  // Ends the connection from the broker's side: DISCONNECT with the reason in 5.0 once connected, then the
  // close. The Session learns of it; its will stays (and is thus due).
  void disconnect(mqtt::ReasonCode reason);
  // What a defective takeover does instead: the Session goes, the connection stays and answers pings.
  void leave_open();
  // Ends a connection that has failed while it was sent to. The unsent rest is thrown away.
  void abort();

 private:
  void on_bytes(ByteView bytes) override;
  void on_close(CloseKind kind) override;

  void process_input();
  void on_packet(mqtt::Decoded&& decoded);
  bool is_forgiven(const mqtt::DecodeError& note) const;
  bool protocol_is_served();
  void on_deadline();
  void restart_keep_alive();
  void on_decode_error(const mqtt::DecodeError& error);
  // The client has broken the protocol: the same end, but defects may treat it differently.
  void disconnect_faulty(mqtt::ReasonCode reason);
  // CONNACK if there is one for that reason, then the close.
  void refuse(mqtt::ReasonCode reason, bool session_present = false);
  void refuse_level();
  void end();
  void end_session();

  // Packets from the client, one function for each type (dispatch.cpp). They are large, and so passed on as
  // they are.
  void dispatch(mqtt::Packet&& packet);
  void on(mqtt::Connect&& connect);
  void on(mqtt::Publish&& publish);
  void on(const mqtt::Puback& puback);
  void on(const mqtt::Pubrec& pubrec);
  void on(const mqtt::Pubrel& pubrel);
  void on(const mqtt::Pubcomp& pubcomp);
  void on(const mqtt::Subscribe& subscribe);
  void on(const mqtt::Unsubscribe& unsubscribe);
  void on(const mqtt::Pingreq& pingreq);
  void on(const mqtt::Disconnect& disconnect);
  // AUTH without an Authentication Method in CONNECT, and the packets that only servers send.
  template <typename Other>
  void on(const Other& other);

  void answer(mqtt::Connect&& connect);
  void send_retained(std::vector<Outgoing> retained);
  void on_stray_acknowledgement();
  bool drops_will(mqtt::ReasonCode reason) const;
  std::optional<mqtt::ReasonCode> fault_of(const mqtt::Publish& publish) const;
  std::optional<mqtt::ReasonCode> fault_of(const mqtt::Subscribe& subscribe) const;
  std::optional<mqtt::ReasonCode> resolve_topic_alias(mqtt::Publish& publish);
  std::uint32_t topic_alias_max() const;  // of the client's aliases
  void receive_qos_1(mqtt::Publish&& publish);
  void receive_qos_2(mqtt::Publish&& publish);
  MessagePointer message_of(mqtt::Publish&& publish) const;
  mqtt::ReasonCode deliver(mqtt::Publish&& publish);
  void set_outgoing_topic(mqtt::Publish& publish);

  // Defects (connection_defects.cpp).
  void spoil(mqtt::Publish& publish, const Message& message) const;
  void spoil_incoming(mqtt::Publish& publish) const;
  void forget_at_expiry(const mqtt::Publish& publish);
  void hand_on_refused(mqtt::ReasonCode reason);
  bool is_withheld(const mqtt::Packet& packet) const;
  bool skip_faulty_packet();
  bool lets_pass(const mqtt::DecodeError& error) const;  // leniency.cpp
  bool route_wildcard_topic(const mqtt::DecodeError& error);
  bool accept_no_local(const mqtt::DecodeError& error);
  void answer_pings();
  void act_on_the_rest();
  void publish_the_rest();
  void drop_input();
  bool accept_unchecked();
  bool minds_refused(const mqtt::Connect& connect);
  bool minds_refused_level();
  void lose_subscriptions_in(Duration delay);
  bool grant_in_vain(const mqtt::Subscribe& subscribe, mqtt::ReasonCode fault);

  bool fits(const mqtt::Packet& packet) const;
  void write(const mqtt::Packet& packet);

  // The form of what is written (connection_output.cpp).
  Duration delay_of(const mqtt::Packet& packet) const;
  void write_if_open(const mqtt::Packet& packet);
  static mqtt::Packet without_diagnostics(mqtt::Packet packet);
  bool adds_diagnostics() const;
  void encode(const mqtt::Packet& packet, Bytes& bytes) const;  // REQUIRES: `bytes` is empty
  void write_bytes(ByteView bytes);
  void flush();
  bool tells(mqtt::ReasonCode reason) const;
  void linger();

  const BrokerSettings& settings() const;
  bool is_v5() const { return version_ == mqtt::Version::v5; }

  Server& server_;
  ServerStream* stream_;  // nullptr once ended
  const std::uint64_t number_;
  mqtt::StreamDecoder decoder_;
  mqtt::Version version_ = mqtt::Version::v5;  // known once connected
  Session* session_ = nullptr;                 // set while connected
  bool failed_ = false;
  Bytes wire_;  // of the packet being written; kept for its memory

  // For variants and defects only.
  bool is_left_open_ = false;         // by a takeover
  bool is_lingering_ = false;         // ended for the Session, not yet closed
  bool is_answering_slowly_ = false;  // CONNACK is due later
  Bytes coalesced_{};                 // written at the end of this moment

  Alarm alarm_;             // for the CONNECT, then for the keep alive
  Duration silence_max_{};  // 1.5 times the keep alive; zero: off

  // What the CONNECT said.
  std::uint32_t client_packet_size_max_ = 0xFFFFFFFF;
  std::uint16_t client_topic_alias_max_ = 0;
  bool session_expiry_was_zero_ = false;
  bool asked_for_problem_information_ = true;

  std::map<std::uint16_t, std::string> topic_aliases_in_;
  std::map<std::string, std::uint16_t, std::less<>> topic_aliases_out_;
};

}  // namespace holdfast::broker
