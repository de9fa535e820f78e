#include "sim/broker/connection.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

#include "sim/broker/connect.h"
#include "sim/broker/server.h"
#include "sim/broker/session.h"

namespace holdfast::broker {

using mqtt::ReasonCode;
using mqtt::Version;

Connection::Connection(Server& server, ServerStream& stream, std::uint64_t number)
    : server_(server),
      stream_(&stream),
      number_(number),
      decoder_({.version = Version::v5,
                .sender = mqtt::Sender::client,
                .maximum_packet_size = server.settings().has(Defect::maximum_packet_size_unenforced)
                                           ? BrokerSettings{}.maximum_packet_size
                                           : server.settings().maximum_packet_size,
                .forgiving = true}),
      alarm_(server.loop(), [this] { on_deadline(); }) {
  if (!settings().has(Defect::waits_for_connect_for_ever)) alarm_.start_in(settings().connect_timeout);
}

Connection::~Connection() {
  if (stream_ != nullptr) stream_->set_events(nullptr);
}

const BrokerSettings& Connection::settings() const { return server_.settings(); }

void Connection::begin(Session& session, const mqtt::Connect& connect) {
  assert(session_ == nullptr);
  session_ = &session;
  const mqtt::Properties& properties = connect.properties;
  client_packet_size_max_ = properties.maximum_packet_size.value_or(0xFFFFFFFF);
  client_topic_alias_max_ = properties.topic_alias_maximum.value_or(0);
  session_expiry_was_zero_ = expiry_asked(connect) == 0;
  asked_for_problem_information_ = properties.request_problem_information.value_or(1) != 0;
  const bool applies_own = settings().has(Defect::server_keep_alive_not_applied);
  const Duration keep_alive = std::chrono::seconds(
      applies_own ? connect.keep_alive : keep_alive_granted(connect, version_, settings()));
  silence_max_ = settings().has(Variant::keep_alive_late) ? keep_alive * 2 : keep_alive * 3 / 2;
  if (settings().has(Defect::keep_alive_ignored)) silence_max_ = Duration::zero();
  if (keep_alive == Duration::zero() && settings().has(Defect::keep_alive_0_closes)) silence_max_ = 3s;
  if (settings().has(Defect::state_lost_while_connected)) lose_subscriptions_in(3s);
  if (settings().has(Defect::topic_aliases_survive)) topic_aliases_in_ = session.left_topic_aliases;
  if (settings().has(Defect::outgoing_aliases_survive)) topic_aliases_out_ = session.left_outgoing_aliases;
  restart_keep_alive();
}

// --- Input ---------------------------------------------------------------------------------------------

void Connection::on_bytes(ByteView bytes) {
  if (!is_open()) return;
  decoder_.feed(bytes);
  process_input();
}

void Connection::process_input() {
  std::size_t packets = 0;
  while (is_open()) {
    if (is_answering_slowly_) return;
    if (is_left_open_) {
      answer_pings();
      return;
    }
    if (session_ == nullptr && !protocol_is_served()) return;
    mqtt::DecodeResult result = decoder_.next();
    if (std::holds_alternative<mqtt::NeedMore>(result)) return;
    if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) {
      on_decode_error(*error);
      if (is_open() && !skip_faulty_packet()) return;
      continue;
    }
    const bool is_first = session_ == nullptr;
    on_packet(std::move(std::get<mqtt::Decoded>(result)));
    if (is_first && settings().has(Defect::packets_behind_connect_dropped)) drop_input();
    if (++packets == 20 && settings().has(Defect::packets_in_one_piece_lost)) drop_input();
  }
}

void Connection::on_packet(mqtt::Decoded&& decoded) {
  for (const mqtt::DecodeError& note : decoded.notes) {
    if (is_forgiven(note)) continue;
    on_decode_error(note);
    return;
  }
  if (session_ == nullptr && !std::holds_alternative<mqtt::Connect>(decoded.packet)) {
    end();
    return;
  }
  const bool is_ping = std::holds_alternative<mqtt::Pingreq>(decoded.packet);
  const bool counts = !(is_ping && settings().has(Defect::keep_alive_not_fed_by_pings));
  if (session_ != nullptr && counts) restart_keep_alive();
  dispatch(std::move(decoded.packet));
}

// Of all that a receiver may let pass, only the overlong length is not: it is malformed in 5.0.
bool Connection::is_forgiven(const mqtt::DecodeError& note) const {
  if (session_ == nullptr && settings().has(Defect::connect_unchecked)) return true;
  if (note.requirement == "MQTT-1.5.5-1") return settings().has(Variant::overlong_length_accepted);
  if (note.reason == ReasonCode::payload_format_invalid) {
    return !settings().has(Variant::payload_format_checked);
  }
  const bool is_about_characters = note.requirement == "MQTT-1.5.4-1" || note.requirement == "HF-3.1.1-G04";
  return !(is_about_characters && settings().has(Variant::control_characters_refused));
}

// Ends the connection if it speaks anything that is not served here.
bool Connection::protocol_is_served() {
  switch (protocol_of(decoder_.buffered_bytes(), settings())) {
    case Protocol::unclear:
      return true;
    case Protocol::v3_1_1:
      version_ = Version::v3_1_1;
      decoder_.set_version(version_);
      return true;
    case Protocol::v5:
      version_ = Version::v5;
      return true;
    case Protocol::unsupported_level:
      refuse_level();
      return false;
    case Protocol::unknown:
      if (!settings().has(Variant::wrong_name_silence)) end();
      return false;
  }
  return false;
}

void Connection::refuse_level() {
  // No standard owns the other levels; of all layouts, that of 3.1.1 has the widest understanding.
  const bool answers_as_v3 =
      settings().accepts_v3_1_1 && !settings().has(Variant::unsupported_level_v5_layout);
  version_ = answers_as_v3 ? Version::v3_1_1 : Version::v5;
  if (settings().has(Variant::unknown_level_bare_close)) {
    end();
  } else {
    refuse(ReasonCode::unsupported_protocol_version, minds_refused_level());
  }
}

void Connection::on_decode_error(const mqtt::DecodeError& error) {
  if (session_ != nullptr) {
    if (lets_pass(error)) return;
    if (!route_wildcard_topic(error) && !accept_no_local(error)) disconnect_faulty(error.reason);
    return;
  }
  if (accept_unchecked()) return;
  // A bad CONNECT of 5.0 gets a CONNACK with the reason, one of 3.1.1 gets none (3.1.1: MQTT-3.1.4-1), and
  // what is no CONNECT gets no answer.
  const Protocol protocol = protocol_of(decoder_.buffered_bytes(), settings());
  if (protocol == Protocol::v5) {
    refuse(error.reason);
  } else if (protocol == Protocol::v3_1_1 && settings().has(Variant::malformed_connect_connack_311)) {
    refuse(ReasonCode::client_identifier_not_valid);
  } else {
    end();
  }
}

void Connection::restart_keep_alive() {
  if (silence_max_ > Duration::zero()) {
    alarm_.start_in(silence_max_);
  } else {
    alarm_.stop();
  }
}

void Connection::on_deadline() {
  if (session_ != nullptr) {
    if (settings().has(Defect::will_lost_on_keep_alive_timeout)) session_->will.reset();
    disconnect(ReasonCode::keep_alive_timeout);
  } else {
    end();
  }
}

// --- Output --------------------------------------------------------------------------------------------

bool Connection::fits(const mqtt::Packet& packet) const {
  if (settings().has(Defect::maximum_packet_size_ignored)) return true;
  const bool is_connack = std::holds_alternative<mqtt::Connack>(packet);
  if (is_connack && settings().has(Defect::connack_diagnostics_ignore_packet_size)) return true;
  return mqtt::encoded_size(packet, version_) <= client_packet_size_max_;
}

void Connection::send(const mqtt::Packet& packet) {
  if (!is_open() || is_withheld(packet)) return;
  if (const Duration delay = delay_of(packet); delay > Duration::zero()) {
    server_.after(delay, number_, [packet](Connection& later) { later.write_if_open(packet); });
  } else if (fits(packet)) {
    write(packet);
  } else if (const mqtt::Packet bare = without_diagnostics(packet); fits(bare)) {
    write(bare);
  } else {
    failed_ = true;
    server_.end_soon(*this);
  }
}

bool Connection::send_publish(const Outgoing& outgoing, bool dup) {
  assert(is_open());
  const Message& message = *outgoing.message;
  mqtt::Packet packet = mqtt::Publish{.topic = message.topic,
                                      .payload = message.payload,
                                      .qos = outgoing.qos,
                                      .retain = outgoing.retain,
                                      .dup = dup,
                                      .packet_id = outgoing.packet_id};
  mqtt::Publish& publish = std::get<mqtt::Publish>(packet);
  if (is_v5()) {
    publish.properties = message.properties;
    publish.properties.message_expiry_interval = remaining_expiry(message, server_.loop().now());
    publish.properties.subscription_identifiers = outgoing.subscription_identifiers;
  }
  spoil(publish, message);
  if (!fits(packet)) return false;
  set_outgoing_topic(publish);
  write(packet);
  return true;
}

// Puts a Topic Alias in place of the topic, if it has one, or gives it one, if there is one left and room for
// it in the packet.
void Connection::set_outgoing_topic(mqtt::Publish& publish) {
  const auto known = topic_aliases_out_.find(publish.topic);
  if (known != topic_aliases_out_.end()) {
    publish.topic.clear();
    publish.properties.topic_alias = known->second;
    return;
  }
  std::size_t alias_max = std::min(client_topic_alias_max_, settings().outgoing_topic_aliases);
  if (settings().has(Defect::topic_alias_unasked) && is_v5()) alias_max = 1;
  if (topic_aliases_out_.size() >= alias_max) return;
  publish.properties.topic_alias = static_cast<std::uint16_t>(topic_aliases_out_.size() + 1);
  if (fits(publish)) {
    topic_aliases_out_.emplace(publish.topic, *publish.properties.topic_alias);
  } else {
    publish.properties.topic_alias.reset();
  }
}

void Connection::write(const mqtt::Packet& packet) {
  wire_.clear();
  encode(packet, wire_);
  write_bytes(wire_);
  if (stream_->queued_bytes() > settings().output_buffer_max) {
    failed_ = true;
    server_.end_soon(*this);
  }
}

// --- The end -------------------------------------------------------------------------------------------

void Connection::refuse(ReasonCode reason, bool session_present) {
  assert(session_ == nullptr);
  const std::optional<ReasonCode> code = is_v5() ? reason : return_code_of(reason);
  const bool is_silent = is_v5() && settings().has(Variant::connect_refused_by_bare_close);
  if (code && !is_silent) send(mqtt::Connack{.session_present = session_present, .reason = *code});
  const bool is_left = reason == ReasonCode::client_identifier_not_valid &&
                       settings().has(Defect::refused_identifier_left_open);
  if (is_left) {
    leave_open();
  } else {
    end();
  }
}

void Connection::disconnect(ReasonCode reason) {
  const mqtt::Packet packet = mqtt::Disconnect{.reason = reason};
  const bool is_told = session_ != nullptr && is_v5() && is_open() && tells(reason) && fits(packet);
  if (is_told) write(packet);
  if (is_told && settings().has(Variant::close_lingering)) {
    linger();
    return;
  }
  if (stream_ != nullptr && settings().has(Variant::close_by_reset)) {
    flush();
    stream_->reset();
  }
  end();
}

void Connection::abort() {
  if (stream_ != nullptr) stream_->reset();
  end();
}

void Connection::on_close(CloseKind) {
  stream_ = nullptr;
  end();
}

void Connection::end() {
  flush();
  if (ServerStream* const stream = std::exchange(stream_, nullptr)) {
    stream->close();
    stream->set_events(nullptr);
  }
  alarm_.stop();
  server_.bury(*this);
  end_session();
}

void Connection::end_session() {
  Session* const session = std::exchange(session_, nullptr);
  if (session == nullptr) return;
  if (settings().has(Defect::topic_aliases_survive)) session->left_topic_aliases = topic_aliases_in_;
  if (settings().has(Defect::outgoing_aliases_survive)) session->left_outgoing_aliases = topic_aliases_out_;
  server_.disconnected(*session);
}

}  // namespace holdfast::broker
