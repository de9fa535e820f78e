#include "sim/client/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace holdfast {

namespace {

constexpr std::size_t first_bytes_max = 64;

constexpr mqtt::DecodeError too_much{
    .requirement = "",
    .reason = mqtt::ReasonCode::message_rate_too_high,
    .severity = mqtt::Severity::policy,
    .what = "The server sends more than a client can hold.",
};

mqtt::DecodeOptions decode_options(mqtt::Version version) {
  return {.version = version,
          .sender = mqtt::Sender::server,
          .maximum_packet_size = Client::incoming_packet_bytes_max,
          .forgiving = true};
}

// Whether the server keeps a Session after a connection that began so.
bool asks_for_session(const mqtt::Connect& connect, mqtt::Version version) {
  if (version == mqtt::Version::v3_1_1) return !connect.clean_start;
  return connect.properties.session_expiry_interval.value_or(0) > 0;
}

}  // namespace

Client::Client(Loop& loop, Network& network, std::string name, std::string client_id, mqtt::Version version)
    : loop_(loop),
      network_(network),
      name_(std::move(name)),
      client_id_(std::move(client_id)),
      version_(version),
      arrivals_(loop, fmt::format("client {} ({})", name_, client_id_)),
      ping_(loop, [this] { ping(); }),
      decoder_(decode_options(version)) {}

Client::~Client() { abandon(); }

// --- the connection ---

void Client::open() {
  assert((stream_ == nullptr || closing_) && "a connection is open");
  if (stream_ != nullptr) stream_->set_events(nullptr);
  inbox_.clear();
  established_ = false;
  closing_ = false;
  connect_on_open_.reset();
  connect_sent_.reset();
  decoder_ = mqtt::StreamDecoder(decode_options(version_));
  first_bytes_.clear();
  received_bytes_ = 0;
  closed_.reset();
  broken_.reset();
  server_disconnect_.reset();
  aliases_from_server_.clear();
  aliases_to_server_.clear();
  pingreqs_ = 0;
  pingresps_ = 0;
  session_.begin_connection();
  const OpenedLink link = network_.open(name_, *this);
  stream_ = link.stream;
  connection_ = link.connection;
}

void Client::connect(mqtt::Connect options) {
  options.client_id = client_id_;
  options.protocol_level = static_cast<std::uint8_t>(version_);
  connect_with(std::move(options));
}

void Client::connect_as_given(const mqtt::Connect& options) { connect_with(options); }

void Client::connect_with(mqtt::Connect options) {
  if (!options.user_name && !options.password) {
    options.user_name = credentials.user_name;
    options.password = credentials.password;
  }
  if (stream_ == nullptr || closing_) open();
  if (established_) {
    send(options);
  } else {
    connect_on_open_ = std::move(options);
  }
}

void Client::disconnect(mqtt::ReasonCode reason, mqtt::Properties properties) {
  send(mqtt::Disconnect{.reason = reason, .properties = std::move(properties)});
  cut();
}

void Client::cut() {
  if (stream_ == nullptr) return;
  closing_ = true;
  ping_.stop();
  stream_->close();
}

void Client::reset() {
  if (stream_ == nullptr) return;
  stream_->reset();
  let_go(CloseKind::reset);
}

void Client::go_half_open() {
  if (stream_ == nullptr) return;
  closing_ = true;
  network_.make_half_open(connection_);  // on_close follows
}

void Client::abandon() { reset(); }

void Client::let_go(CloseKind kind) {
  stream_ = nullptr;
  ping_.stop();
  ping_interval_ = {};
  closed_ = Closed{kind, loop_.now(), server_disconnect_};
  arrivals_.notify();
}

// --- what the network tells ---

void Client::on_open() {
  established_ = true;
  if (connect_on_open_) send(*std::exchange(connect_on_open_, std::nullopt));
  arrivals_.notify();
}

void Client::on_close(CloseKind kind) { let_go(kind); }

void Client::on_bytes(ByteView bytes) {
  const std::size_t wanted = std::min(first_bytes_max - first_bytes_.size(), bytes.size());
  first_bytes_.insert(first_bytes_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
  received_bytes_ += bytes.size();
  if (received_bytes_ > connection_bytes_max) return break_off(too_much);

  decoder_.feed(bytes);
  while (stream_ != nullptr) {
    mqtt::DecodeResult result = decoder_.next();
    if (std::holds_alternative<mqtt::NeedMore>(result)) return;
    if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) return break_off(*error);
    if (inbox_.size() >= inbox_packets_max) return break_off(too_much);
    on_packet(std::move(std::get<mqtt::Decoded>(result).packet));
  }
}

void Client::break_off(const mqtt::DecodeError& error) {
  broken_ = error;
  reset();
}

void Client::on_packet(mqtt::Packet&& packet) {
  if (auto* publish = std::get_if<mqtt::Publish>(&packet)) resolve_alias(*publish);
  if (is_hidden(packet)) {
    hidden_payloads_.insert(std::get<mqtt::Publish>(packet).payload);
  } else {
    if (const auto* publish = std::get_if<mqtt::Publish>(&packet)) {
      messages_.push_back(Received<mqtt::Publish>{*publish, loop_.now(), connection_});
    }
    react(packet);
    inbox_.emplace_back(std::move(packet), loop_.now(), connection_);
  }
  arrivals_.notify();
}

bool Client::is_hidden(const mqtt::Packet& packet) const {
  if (hidden_prefix_.empty()) return false;
  const auto* publish = std::get_if<mqtt::Publish>(&packet);
  return publish != nullptr && publish->qos == 0 && publish->payload.starts_with(hidden_prefix_);
}

void Client::resolve_alias(mqtt::Publish& publish) {
  if (!publish.properties.topic_alias) return;
  std::string& topic = aliases_from_server_[*publish.properties.topic_alias];
  if (publish.topic.empty()) {
    publish.topic = topic;
  } else {
    topic = publish.topic;
  }
}

void Client::react(const mqtt::Packet& packet) {
  if (const auto* publish = std::get_if<mqtt::Publish>(&packet)) return react_to_publish(*publish);
  if (const auto* connack = std::get_if<mqtt::Connack>(&packet)) return react_to_connack(*connack);
  if (const auto* puback = std::get_if<mqtt::Puback>(&packet)) return session_.on_puback(*puback);
  if (const auto* pubrec = std::get_if<mqtt::Pubrec>(&packet)) return react_to_pubrec(*pubrec);
  if (const auto* pubcomp = std::get_if<mqtt::Pubcomp>(&packet)) return session_.on_pubcomp(*pubcomp);
  if (const auto* suback = std::get_if<mqtt::Suback>(&packet)) return session_.free(suback->packet_id);
  if (const auto* unsuback = std::get_if<mqtt::Unsuback>(&packet)) return session_.free(unsuback->packet_id);
  if (const auto* pubrel = std::get_if<mqtt::Pubrel>(&packet)) {
    if (answers.acknowledges) complete(pubrel->packet_id);
  } else if (std::holds_alternative<mqtt::Pingresp>(packet)) {
    ++pingresps_;
  } else if (const auto* disconnect = std::get_if<mqtt::Disconnect>(&packet)) {
    server_disconnect_ = *disconnect;
  }
}

void Client::react_to_connack(const mqtt::Connack& connack) {
  if (mqtt::is_error(connack.reason) || connack.reason != mqtt::ReasonCode::success) return;
  const auto& assigned = connack.properties.assigned_client_identifier;
  if (connect_sent_ && connect_sent_->client_id.empty() && assigned) {
    if (asks_for_session(*connect_sent_, version_)) session_ids_.insert(*assigned);
  }
  if (connect_sent_) {
    // The server's value goes before the client's own (5.0 section 3.2.2.3.14). A quarter is left for the
    // network.
    const std::uint16_t keep_alive = connack.properties.server_keep_alive.value_or(connect_sent_->keep_alive);
    ping_interval_ = Duration(std::chrono::seconds(keep_alive)) * 3 / 4;
    if (keep_alive > 0) ping_.start_in(ping_interval_);
  }
  if (!connack.session_present) {
    session_.discard_carried();
  } else if (answers.resends) {
    resend_owed();
  }
}

void Client::react_to_publish(const mqtt::Publish& publish) {
  if (publish.qos > 0 && answers.acknowledges) acknowledge(publish);
}

void Client::react_to_pubrec(const mqtt::Pubrec& pubrec) {
  // What the Session does not know was sent by hand, and is released by hand.
  const bool is_owed = session_.on_pubrec(pubrec);
  if (is_owed && answers.releases) release(pubrec.packet_id);
}

// --- sending ---

void Client::send(const mqtt::Packet& packet) {
  note_sent(packet);
  write(packet);
}

void Client::write(const mqtt::Packet& packet) {
  if (stream_ == nullptr) return;
  wire_.clear();
  mqtt::encode(packet, version_, wire_);
  stream_->send(wire_);
  if (ping_.is_armed()) ping_.start_in(ping_interval_);
}

void Client::ping() {
  if (stream_ == nullptr || closing_ || !answers.pings) return;
  send(mqtt::Pingreq{});
  ping_.start_in(ping_interval_);
}

void Client::send_bytes(ByteView bytes) {
  if (stream_ != nullptr) stream_->send(bytes);
}

void Client::note_sent(const mqtt::Packet& packet) {
  if (const auto* connect = std::get_if<mqtt::Connect>(&packet)) {
    note_connect(*connect);
  } else if (const auto* publish = std::get_if<mqtt::Publish>(&packet)) {
    note_retained(*publish);
  } else if (std::holds_alternative<mqtt::Pingreq>(packet)) {
    ++pingreqs_;
  }
}

void Client::note_connect(const mqtt::Connect& connect) {
  connect_sent_ = connect;
  if (connect.clean_start) session_.discard_carried();
  if (asks_for_session(connect, version_) && !connect.client_id.empty()) {
    session_ids_.insert(connect.client_id);
  }
  if (connect.will && connect.will->retain && !connect.will->payload.empty()) {
    retained_topics_.insert(connect.will->topic);
  }
}

void Client::note_retained(const mqtt::Publish& publish) {
  const auto& alias = publish.properties.topic_alias;
  if (alias && !publish.topic.empty()) aliases_to_server_[*alias] = publish.topic;
  if (!publish.retain) return;
  const std::string topic = alias ? aliases_to_server_[*alias] : publish.topic;
  if (publish.payload.empty()) {
    retained_topics_.erase(topic);
  } else {
    retained_topics_.insert(topic);
  }
}

std::uint16_t Client::publish(mqtt::Publish message) {
  if (message.qos > 0 && message.packet_id == 0) message.packet_id = session_.next_packet_id();
  note_retained(message);
  if (message.qos > 0) {
    // A Topic Alias does not outlive its connection, so a repeat needs the topic itself.
    mqtt::Publish remembered = message;
    const std::optional<std::uint16_t> alias = std::exchange(remembered.properties.topic_alias, std::nullopt);
    if (alias) remembered.topic = aliases_to_server_[*alias];
    session_.sent(remembered);
  }
  const std::uint16_t packet_id = message.qos > 0 ? message.packet_id : std::uint16_t{0};
  write(std::move(message));
  return packet_id;
}

std::uint16_t Client::subscribe(std::vector<mqtt::SubscriptionRequest> requests,
                                mqtt::Properties properties) {
  const std::uint16_t packet_id = session_.next_packet_id();
  session_.hold(packet_id);
  send(mqtt::Subscribe{
      .packet_id = packet_id, .requests = std::move(requests), .properties = std::move(properties)});
  return packet_id;
}

std::uint16_t Client::unsubscribe(std::vector<std::string> filters, mqtt::Properties properties) {
  const std::uint16_t packet_id = session_.next_packet_id();
  session_.hold(packet_id);
  send(mqtt::Unsubscribe{
      .packet_id = packet_id, .filters = std::move(filters), .properties = std::move(properties)});
  return packet_id;
}

void Client::acknowledge(const mqtt::Publish& message) {
  if (message.qos == 0) return;  // a faulty server may have sent it so
  if (message.qos == 1) return send(mqtt::Puback{.packet_id = message.packet_id});
  session_.receive_qos2(message.packet_id);
  send(mqtt::Pubrec{.packet_id = message.packet_id});
}

void Client::release(std::uint16_t packet_id) {
  session_.sent_pubrel(packet_id);
  send(mqtt::Pubrel{.packet_id = packet_id});
}

void Client::complete(std::uint16_t packet_id) {
  session_.release(packet_id);
  send(mqtt::Pubcomp{.packet_id = packet_id});
}

void Client::resend_owed() {
  for (const mqtt::Packet& packet : session_.owed()) write(packet);
}

// --- waiting ---

Task<std::optional<Received<mqtt::Publish>>> Client::expect_message(std::string payload, Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  const auto same_payload = [&payload](const mqtt::Publish& publish) { return publish.payload == payload; };
  bool in_time = true;
  while (true) {
    auto found = take<mqtt::Publish>(same_payload);
    if (found || !in_time || stream_ == nullptr) co_return found;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "a message"), patience);
  }
}

Task<std::optional<Closed>> Client::expect_close(Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  bool in_time = true;
  while (true) {
    if (stream_ == nullptr || !in_time) co_return closed_;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "the close"), patience);
  }
}

Task<bool> Client::expect_open(Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  bool in_time = true;
  while (true) {
    if (established_ || stream_ == nullptr || !in_time) co_return established_;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "the connection"), patience);
  }
}

Task<bool> Client::fence(Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  send(mqtt::Pingreq{});
  const std::uint32_t wanted = pingreqs_;
  bool in_time = true;
  while (true) {
    if (pingresps_ >= wanted) {
      while (take<mqtt::Pingresp>([](const mqtt::Pingresp&) { return true; })) {
      }
      co_return true;
    }
    if (!in_time || stream_ == nullptr) co_return false;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "PINGRESP"), patience);
  }
}

Task<bool> Client::expect_hidden(std::string payload_prefix, Duration patience) {
  const Time deadline = later(loop_.now(), patience);
  bool in_time = true;
  while (true) {
    const auto first = hidden_payloads_.lower_bound(payload_prefix);
    if (first != hidden_payloads_.end() && first->starts_with(payload_prefix)) co_return true;
    if (!in_time || stream_ == nullptr) co_return false;
    in_time = note_wait(co_await arrivals_.wait_until(deadline, "a probe"), patience);
  }
}

bool Client::note_wait(bool in_time, Duration patience) {
  if (!in_time) longest_vain_wait_ = std::max(longest_vain_wait_, patience);
  return in_time;
}

// --- looking ---

std::size_t Client::count(std::string_view payload, ConnectionId connection) const {
  return static_cast<std::size_t>(std::ranges::count_if(messages_, [&](const auto& message) {
    return message.payload == payload && (connection == 0 || message.connection == connection);
  }));
}

std::vector<mqtt::Packet> Client::unread() const {
  std::vector<mqtt::Packet> packets;
  for (const Arrival& arrival : inbox_) packets.push_back(arrival.packet);
  return packets;
}

}  // namespace holdfast
