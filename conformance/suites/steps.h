// Small words that the suites share, so that a case reads like its procedure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/engine/context.h"

namespace holdfast {

// --- values ---

mqtt::Publish message(std::string topic, std::string payload, int qos);
mqtt::Publish retained(std::string topic, std::string payload, int qos);
mqtt::SubscriptionRequest subscription(std::string filter, int qos);
mqtt::Connect with_will(mqtt::Connect options, mqtt::Will will);
mqtt::Properties session_expiry(std::uint32_t seconds);

// The id that fits the version of the case.
std::string_view rule(const Context& t, std::string_view id_v3_1_1, std::string_view id_v5);

// `seconds`, stretched for a broker whose CONNACK takes long: an interval that runs while the client waits
// for its CONNACK must not run out meanwhile.
std::uint32_t interval_of(const Context& t, std::uint32_t seconds);

// Whether the first filter of the SUBSCRIBE that it answers was granted, at whatever QoS.
bool is_granted(const mqtt::Suback& suback);

// --- what was seen, in words ---

std::string said(const Context& t, const mqtt::Packet& packet, Time at);
template <class PacketKind>
std::string seen(const Context& t, const std::optional<Received<PacketKind>>& packet) {
  if (!packet) return "nothing";
  return said(t, mqtt::Packet(static_cast<const PacketKind&>(*packet)), packet->at);
}
template <class PacketKind>
std::string seen(const Context& t, const Received<PacketKind>& packet) {
  return said(t, mqtt::Packet(static_cast<const PacketKind&>(packet)), packet.at);
}
std::string seen_close(const Context& t, const std::optional<Closed>& closed);
// The payloads of every PUBLISH that reached the client, in order: "m1, m2 (DUP), m3".
std::string seen_messages(const Client& client);

// --- steps ---

// The CONNACK of a CONNECT that the case is about: sent as it is, CONNACK 0x00 demanded, Session Present
// returned to be judged.
Task<Received<mqtt::Connack>> returned(Context& t, Client& client, mqtt::Connect options);

// Connects with options that ask for no keeping; unsupported if the broker announces that it keeps the
// Session all the same (5.0 section 3.2.2.3.2).
Task<Received<mqtt::Connack>> transient(Context& t, Client& client, mqtt::Connect options);

// A client of its own that publishes and does nothing else.
Task<Client*> publisher(Context& t);

// How long after a connection has ended no part of the broker can take it for alive any more, so that what is
// published then was never tried on it (interpretation Q-05).
inline constexpr Duration word_gets_round = 1100ms;

// Gives the Session of a client that only publishes a subscription. Brokers that hold no Session without one
// (interpretation S-01) hear of it from the cases about that, and not from each case in which a Session
// resumes.
Task<void> anchored(Context& t, Client& client);

// How a connection is ended on purpose in a case that does not care for the way.
enum class Ending { disconnect, cut, reset };
std::string_view name_of(Ending ending);
// Ends it and waits until the broker has closed its side too, so that it knows; after a reset nothing tells,
// and the next CONNECT may be a takeover.
Task<void> ended(Context& t, Client& client, Ending ending);

// A client that has subscribed to `topic` at `qos` and stays.
Task<Client*> watcher(Context& t, std::string topic, int qos);

// Publishes a marked message from `from` to `topic`, which `to` has subscribed to, and waits for it at `to`:
// whatever had to come before on that path has come.
Task<void> sentinel(Context& t, Client& from, Client& to, std::string topic, int qos);

// What the broker holds for a client at the moment of its CONNECT.
enum class Past {
  none,     // Clean Session / Clean Start 0, and no Session is held
  kept,     // Clean Session / Clean Start 0, and a Session is held
  cleaned,  // Clean Session / Clean Start 1, whatever is held
};
// Judges the Session Present flag of a CONNACK with code 0x00.
void judge_session_present(Context& t, const Received<mqtt::Connack>& connack, Past past,
                           std::string_view because, std::string_view interpretation = {});

// The connection that a takeover has displaced: closed, and in 5.0 preferably after DISCONNECT 0x8E. A broker
// that never tells so is blamed once and not in each state: `demands_0x8e` is false for it.
Task<void> judge_displaced(Context& t, Client& old, bool demands_0x8e = true);

}  // namespace holdfast
