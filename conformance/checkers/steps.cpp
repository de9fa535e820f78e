#include "conformance/checkers/steps.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace holdfast {

namespace {

// What is known of one client identifier: its Session, and the connection that has it.
struct Slot {
  SessionIndex session = no_session;
  ConnectionId attached = 0;  // the latest with a CONNACK 0x00
  ConnectionId pending = 0;   // the latest whose CONNECT has no CONNACK yet
  // A server may keep the sessions of other users and other protocol versions apart, or not (HF-5.0-S52).
  mqtt::Version version = mqtt::Version::v5;
  std::string user_name;
  bool mixed = false;
};

class StepsReplay {
 public:
  StepsReplay(const Trace& trace, Steps& out)
      : out_(out), waiting_(trace.connections() + 1), displaces_(trace.connections() + 1) {
    out_.connections.resize(trace.connections() + 1);
    out_.steps.reserve(trace.events().size() / 2);
  }

  void on_event(const Event& event) {
    if (event.edge != Edge::sut || event.connection == 0) return;
    ConnectionView& connection = out_.connections[event.connection];
    if (event.sender == mqtt::Sender::server && !event.errors.empty()) out_.flawed.push_back(&event);
    switch (event.kind) {
      case EventKind::chunk:
        keep_first_bytes(connection, event);
        break;
      case EventKind::packet:
        if (event.sender == mqtt::Sender::client) {
          on_client_packet(connection, event);
        } else {
          on_server_packet(connection, event);
        }
        break;
      case EventKind::undecodable:
        on_undecodable(connection, event);
        break;
      case EventKind::end: {
        Position& end = event.sender == mqtt::Sender::client ? connection.client_end : connection.server_end;
        end = std::min(end, event.sequence);
        break;
      }
      default:
        break;
    }
  }

 private:
  static void keep_first_bytes(ConnectionView& connection, const Event& event) {
    if (event.sender == mqtt::Sender::client) return;
    for (const std::uint8_t byte : event.bytes) {
      if (connection.first_byte_count == connection.first_bytes.size()) return;
      connection.first_bytes[connection.first_byte_count++] = byte;
    }
  }

  void on_client_packet(ConnectionView& connection, const Event& event) {
    if (const auto* connect = std::get_if<mqtt::Connect>(event.packet.get())) {
      on_connect(connection, event, *connect);
      add_step(connection, event);
    } else if (connection.session == no_session) {
      waiting_[event.connection].push_back(&event);
    } else {
      add_step(connection, event);
    }
  }

  void on_connect(ConnectionView& connection, const Event& event, const mqtt::Connect& connect) {
    if (connection.connect != nullptr) return client_unreadable(connection, event);
    connection.connect = &connect;
    connection.connect_at = event.sequence;
    connection.version = connect.protocol_level == 4 ? mqtt::Version::v3_1_1 : mqtt::Version::v5;
    if (connect.client_id.empty()) return;

    Slot& slot = slots_[connect.client_id];
    // An older CONNECT whose client has hung up is taken to be processed first, if at all.
    if (is_open(slot.pending) && out_.connections[slot.pending].client_end == never) {
      connection.contested = true;
      out_.connections[slot.pending].contested = true;
    }
    slot.pending = event.connection;
    if (is_open(slot.attached)) {
      ConnectionView& older = out_.connections[slot.attached];
      if (older.displaced_at == never) {
        older.displaced_at = event.sequence;
        displaces_[event.connection] = slot.attached;
      }
    }
  }

  bool is_open(ConnectionId id) const { return id != 0 && out_.connections[id].server_end == never; }

  void on_server_packet(ConnectionView& connection, const Event& event) {
    const auto* connack = std::get_if<mqtt::Connack>(event.packet.get());
    const bool answers_connect =
        connack != nullptr && connection.connack == nullptr && connection.connect != nullptr;
    if (connack != nullptr && connection.connack == nullptr) {
      connection.connack = connack;
      connection.connack_at = event.sequence;
    }
    if (answers_connect && connack->reason == mqtt::ReasonCode::success) {
      attach(connection, event.connection);
    } else if (answers_connect) {
      on_refusal(connection, event.connection);
    }
    add_step(connection, event);
    if (answers_connect && connection.session != no_session) {
      for (const Event* early : std::exchange(waiting_[event.connection], {})) add_step(connection, *early);
    }
  }

  void on_refusal(const ConnectionView& connection, ConnectionId id) {
    if (displaces_[id] != 0) out_.connections[displaces_[id]].displaced_at = never;
    const auto slot = slots_.find(connection.connect->client_id);
    if (slot != slots_.end() && slot->second.pending == id) slot->second.pending = 0;
  }

  void attach(ConnectionView& connection, ConnectionId id) {
    const mqtt::Connect& connect = *connection.connect;
    std::string key = connect.client_id;
    if (key.empty()) key = connection.connack->properties.assigned_client_identifier.value_or("");
    // An identifier that was assigned and not told: nobody can come back to it.
    if (key.empty()) {
      connection.session = new_session(connection, {}, connection.connack->session_present);
    } else {
      connection.session = session_of(connection, key);
      Slot& slot = slots_[key];
      slot.session = connection.session;
      slot.attached = id;
      if (slot.pending == id) slot.pending = 0;
    }
    SessionRecord& session = out_.sessions[connection.session];
    session.connections.push_back(id);
    if (connection.client_unreadable_at != never || connection.contested) session.unsure = true;
  }

  SessionIndex session_of(const ConnectionView& connection, const std::string& key) {
    const mqtt::Connect& connect = *connection.connect;
    Slot& slot = slots_[key];
    const std::string user_name = connect.user_name.value_or("");
    if (slot.session != no_session && (slot.version != connection.version || slot.user_name != user_name)) {
      slot.mixed = true;
    }
    slot.version = connection.version;
    slot.user_name = user_name;
    const bool present = connection.connack->session_present;
    const bool resumes = present && !connect.clean_start && !slot.mixed && slot.session != no_session;
    if (resumes) return slot.session;
    const SessionIndex session = new_session(connection, key, present);
    out_.sessions[session].predecessor = slot.session;
    return session;
  }

  SessionIndex new_session(const ConnectionView& connection, std::string key, bool present) {
    SessionRecord& session = out_.sessions.emplace_back();
    session.key = std::move(key);
    session.version = connection.version;
    session.unknown_past = present;
    session.began_at = connection.connect_at;
    return static_cast<SessionIndex>(out_.sessions.size() - 1);
  }

  void on_undecodable(ConnectionView& connection, const Event& event) {
    if (event.sender == mqtt::Sender::client) return client_unreadable(connection, event);
    connection.server_unreadable_at = std::min(connection.server_unreadable_at, event.sequence);
    if (connection.session != no_session) out_.sessions[connection.session].unsure = true;
  }

  void client_unreadable(ConnectionView& connection, const Event& event) {
    connection.client_unreadable_at = std::min(connection.client_unreadable_at, event.sequence);
    if (connection.session != no_session) out_.sessions[connection.session].unsure = true;
  }

  void add_step(const ConnectionView& connection, const Event& event) {
    Step& step = out_.steps.emplace_back();
    step.event = &event;
    step.session = connection.session;
    step.connection = event.connection;
    step.type = mqtt::type_of(*event.packet);
    step.from_server = event.sender == mqtt::Sender::server;
    step.sure = connection.session != no_session && !out_.sessions[connection.session].unsure &&
                connection.displaced_at == never;
  }

  Steps& out_;
  std::unordered_map<std::string, Slot> slots_;     // by client identifier
  std::vector<std::vector<const Event*>> waiting_;  // client packets before the CONNACK, by connection
  std::vector<ConnectionId> displaces_;             // the older connection, by the newer one
};

}  // namespace

Steps::Steps(const Trace& trace) {
  StepsReplay replay(trace, *this);
  for (const Event& event : trace.events()) replay.on_event(event);
}

}  // namespace holdfast
