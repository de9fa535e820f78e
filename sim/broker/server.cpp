// Sessions and connections: who is there, who takes over, what ends when. Messages: routing.cpp.
#include "sim/broker/server.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/broker/connect.h"
#include "sim/broker/connection.h"

namespace holdfast::broker {

using mqtt::ReasonCode;
using mqtt::Version;

Server::Server(Loop& loop, BrokerSettings settings, std::uint64_t seed)
    : loop_(loop),
      settings_(with_switches(std::move(settings))),
      draws_(seed, "broker"),
      first_turn_(draws_.below(840)),
      undertaker_(*this) {
  assert(settings_.receive_maximum > 0);
  assert(settings_.inflight_max > 0);
  assert(settings_.maximum_packet_size > 0);
  assert(settings_.maximum_qos <= 2);
}

Server::~Server() = default;

void Server::open(ServerStream& stream) {
  const std::uint64_t number = ++numbers_given_;
  auto connection = std::make_unique<Connection>(*this, stream, number);
  stream.set_events(connection.get());
  connections_.emplace(number, std::move(connection));
  stream.accept();
}

// --- From CONNECT to the end of the Session --------------------------------------------------------------

void Server::admit(Connection& connection, mqtt::Connect&& connect) {
  std::string assigned_id;
  if (connect.client_id.empty()) connect.client_id = assigned_id = unused_client_id();
  if (connect.client_id.size() > 23 && settings_.has(Defect::client_ids_cut_to_23))
    connect.client_id.resize(23);

  Found found = find_or_make(connect);
  Session& session = *found.session;
  session.version = connect.protocol_level == 4 ? Version::v3_1_1 : Version::v5;
  set_expiry(session, connect);
  // In place of one whose delay has not run out.
  if (connect.will || !settings_.has(Defect::will_of_last_connect_stays)) session.will = connect.will;
  session.attach(connection, connect.properties.receive_maximum.value_or(65'535));
  connection.begin(session, connect);

  const bool told_present = told_session_present(found.is_present, connect, session);
  connection.send(make_connack(connect, session.version, told_present, assigned_id, settings_));
  if (found.is_present && settings_.has(Variant::resume_after_settling)) {
    after(1s, connection.number(), [](Connection& settled) { settled.resume_session(); });
  } else {
    session.outbox.resume();
  }
  if (found.is_present && settings_.has(Defect::retained_on_resume)) {
    for (const auto& [filter, subscription] : session.subscriptions) {
      for (Outgoing& outgoing : retained_for(session, subscription)) {
        session.outbox.add(std::move(outgoing));
      }
    }
  }
  for (Outgoing& outgoing : found.wrongly_inherited) session.outbox.add(std::move(outgoing));
}

// A takeover is a close like any other, followed by a return: the close decides what becomes of the older
// will and Session, the CONNECT then finds what is left.
Server::Found Server::find_or_make(const mqtt::Connect& connect) {
  Found found;
  Session* session = find(connect.client_id);
  const bool takes_over = session && session->connection();
  const bool denies_session = takes_over && outlives_takeover(*session) &&
                              settings_.has(Defect::takeover_keeps_subscriptions_of_ended_session);
  if (takes_over) displace(*session);

  session = find(connect.client_id);
  if (session && connect.clean_start && !settings_.has(Defect::clean_start_ignored)) {
    if (settings_.has(Defect::queued_for_clean_start)) found.wrongly_inherited = session->outbox.take_queue();
    end_session(*session);
    session = nullptr;
  }
  if (!session) {
    found.session = &make_session(connect.client_id);
    return found;
  }
  // Late but due: only a will whose delay has not run out is cancelled by a return.
  if (session->will && session->will_due_at <= loop_.now()) publish_will(*session);
  spoil_resumed(*session, takes_over);
  found.session = session;
  found.is_present = !connect.clean_start && !denies_session;
  return found;
}

void Server::displace(Session& session) {
  if (settings_.has(Defect::will_lost_on_takeover)) session.will.reset();
  if (settings_.has(Defect::takeover_loses_messages)) session.outbox.forget();
  if (outlives_takeover(session)) session.expiry = std::nullopt;
  if (settings_.has(Defect::takeover_leaves_old_connection_open)) {
    session.connection()->leave_open();
  } else {
    session.connection()->disconnect(ReasonCode::session_taken_over);
  }
}

void Server::set_expiry(Session& session, const mqtt::Connect& connect) const {
  if (settings_.has(Defect::session_expiry_of_first_connect) && session.first_closed_at) return;
  if (session.version == Version::v5) {
    session.set_expiry_seconds(expiry_granted(connect, settings_));
  } else if (connect.clean_start) {
    session.expiry = Duration::zero();
  } else {
    session.expiry = settings_.session_expiry_v3_1_1;
  }
}

std::optional<Duration> Server::kept_for(const Session& session) const {
  const auto has = [&](Defect defect) { return settings_.has(defect); };
  if (has(Defect::session_lost_at_close)) return Duration::zero();
  if (session.expiry == Duration::zero()) {
    const bool is_v5 = session.version == Version::v5;
    if (has(is_v5 ? Defect::session_of_interval_0_kept : Defect::clean_session_outlives_connection)) {
      return std::nullopt;
    }
    return Duration::zero();
  }
  if (!session.expiry || has(Defect::session_never_expires)) return std::nullopt;
  Duration expiry = *session.expiry;
  if (has(Defect::session_expires_early)) expiry /= 2;
  if (has(Defect::session_expiry_capped_silently)) expiry = std::min<Duration>(expiry, 30s);
  if (has(Defect::session_expiry_from_first_close)) expiry -= loop_.now() - *session.first_closed_at;
  if (settings_.has(Variant::session_expiry_late)) expiry += 1s;
  return std::max(expiry, Duration::zero());
}

void Server::disconnected(Session& session) {
  session.detach();
  if (!session.first_closed_at) session.first_closed_at = loop_.now();
  const std::optional<Duration> kept = kept_for(session);
  if (kept == Duration::zero()) {
    end_session(session);
    return;
  }
  if (kept) session.expiry_alarm.start_in(*kept);
  if (settings_.has(Variant::share_redistributes_at_cut)) hand_on(session.outbox.take_shared_inflight(1));
  if (!session.will) return;
  const std::uint32_t delay = session.will->properties.will_delay_interval.value_or(0);
  const bool is_due = delay == 0 || settings_.has(Defect::will_delay_ignored);
  session.will_due_at = loop_.now() + std::chrono::seconds(is_due ? 0 : delay);
  if (settings_.has(Variant::will_slightly_late)) {
    session.will_alarm.start(session.will_due_at + 500ms);
  } else if (is_due) {
    publish_will(session);
  } else {
    session.will_alarm.start(session.will_due_at);
  }
}

void Server::end_session(Session& session) {
  if (session.connection()) session.connection()->disconnect(ReasonCode::administrative_action);
  const auto found = sessions_.find(session.client_id());
  if (found == sessions_.end()) return;  // it has ended with its connection
  session.expiry_alarm.stop();
  for (const auto& [filter, subscription] : session.subscriptions) tree_.remove(session, subscription);
  if (settings_.has(Defect::retained_lost_with_session)) retained_.remove_of(session.client_id());
  const std::uint32_t delay =
      session.will ? session.will->properties.will_delay_interval.value_or(0) : std::uint32_t{0};
  const bool will_stays = delay > 0 && settings_.has(Defect::will_waits_whole_delay);
  (will_stays ? ended_sessions_with_will_ : ended_sessions_).push_back(std::move(found->second));
  sessions_.erase(found);
  loop_.post(undertaker_);

  if (will_stays) {
    if (!session.will_alarm.is_armed()) session.will_alarm.start_in(std::chrono::seconds(delay));
  } else {
    session.will_alarm.stop();
    publish_will(session);
  }
  std::vector<Outgoing> left_over = session.outbox.take_what_can_be_handed_on();
  const bool is_lost = settings_.has(Variant::share_never_redistributes) ||
                       settings_.has(Defect::shared_qos_1_lost_with_member);
  if (!is_lost) hand_on(std::move(left_over));
}

void Server::after(Duration delay, std::uint64_t connection_number, std::function<void(Connection&)> errand) {
  errands_.after(delay, [this, connection_number, errand = std::move(errand)] {
    const auto found = connections_.find(connection_number);
    if (found != connections_.end()) errand(*found->second);
  });
}

void Server::publish_will(Session& session) {
  std::optional<mqtt::Will> will = std::exchange(session.will, std::nullopt);
  if (!will || settings_.has(Defect::will_never_published)) return;
  spoil_will(*will);
  const MessagePointer message = make_message(std::move(*will), session.client_id(), loop_.now());
  publish(message);
  if (settings_.has(Defect::will_published_twice)) publish(message);
}

Session* Server::find(std::string_view client_id) const {
  const auto found = sessions_.find(client_id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

Session& Server::make_session(std::string client_id) {
  auto session = std::make_unique<Session>(
      loop_, settings_, client_id, ++numbers_given_, [this](Session& expired) { end_session(expired); },
      [this](Session& due) { publish_will(due); });
  Session& made = *session;
  sessions_.emplace(std::move(client_id), std::move(session));
  return made;
}

// Letters and digits only, and short enough for every broker and client.
std::string Server::unused_client_id() {
  static constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  if (settings_.has(Defect::assigned_client_id_shared)) return "auto";
  const bool has_hyphens = settings_.has(Variant::assigned_id_forms);
  std::string client_id;
  do {
    client_id = has_hyphens ? "auto-" : "auto";
    for (int letter = 0; letter < 12; ++letter) {
      if (has_hyphens && letter == 8) client_id += '-';
      client_id += alphabet[draws_.below(alphabet.size())];
    }
  } while (find(client_id));
  return client_id;
}

// --- Destroying what has ended ---------------------------------------------------------------------------

void Server::bury(Connection& connection) {
  const auto found = connections_.find(connection.number());
  assert(found != connections_.end());
  ended_connections_.push_back(std::move(found->second));
  connections_.erase(found);
  loop_.post(undertaker_);
}

void Server::end_soon(Connection& connection) {
  failed_connections_.push_back(connection.number());
  loop_.post(undertaker_);
}

void Server::clean_up() {
  // Ending one may publish its will and so make others fail: they are appended while this runs.
  for (std::size_t next = 0; next < failed_connections_.size(); ++next) {
    const auto found = connections_.find(failed_connections_[next]);
    if (found != connections_.end()) found->second->abort();
  }
  failed_connections_.clear();
  ended_connections_.clear();
  ended_sessions_.clear();
}

// --- The operator ----------------------------------------------------------------------------------------

std::vector<SessionSummary> Server::sessions() const {
  std::vector<SessionSummary> summaries;
  for (const auto& [client_id, session] : sessions_) {
    const bool is_connected = session->connection() != nullptr;
    SessionSummary summary{.client_id = client_id,
                           .connected = is_connected,
                           .version = session->version,
                           .subscriptions = session->subscriptions.size(),
                           .inflight_to_client = session->outbox.inflight(),
                           .queued = session->outbox.queued(),
                           .inflight_from_client = session->inbox.size(),
                           .will_pending = !is_connected && session->will.has_value()};
    if (session->expiry_alarm.is_armed()) summary.ends_at = session->expiry_alarm.deadline();
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

bool Server::clear_session(std::string_view client_id) {
  Session* const session = find(client_id);
  if (!session) return false;
  end_session(*session);
  return true;
}

void Server::shut_down() {
  while (!connections_.empty()) connections_.begin()->second->disconnect(ReasonCode::server_shutting_down);
}

}  // namespace holdfast::broker
