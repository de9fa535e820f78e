// For tests: writes a trace packet by packet, as it would be seen at the SUT edge.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/checkers/checker.h"
#include "sim/mqtt/codec.h"
#include "sim/time/loop.h"
#include "sim/trace/trace.h"

namespace holdfast {

inline constexpr std::array both_versions{mqtt::Version::v3_1_1, mqtt::Version::v5};

inline std::string name_of_version(const testing::TestParamInfo<mqtt::Version>& version) {
  return version.param == mqtt::Version::v5 ? "v5" : "v3_1_1";
}

class TraceBuilder {
 public:
  explicit TraceBuilder(mqtt::Version a_version = mqtt::Version::v5) : version(a_version) {}

  // --- whole steps ---

  ConnectionId open(const std::string& client) {
    const ConnectionId connection = trace.begin_connection(client);
    trace.established(connection);
    return connection;
  }
  // CONNECT and CONNACK 0x00.
  ConnectionId connect(const std::string& client, bool session_present = false,
                       mqtt::Connect options = {.clean_start = false}) {
    const ConnectionId connection = begin(client, std::move(options));
    server(connection, mqtt::Connack{.session_present = session_present});
    return connection;
  }
  // CONNECT alone, with `client` as its identifier unless the options have one.
  ConnectionId begin(const std::string& client, mqtt::Connect options = {.clean_start = false}) {
    const ConnectionId connection = open(client);
    if (options.client_id.empty()) options.client_id = client;
    connect_as_given(connection, std::move(options));
    return connection;
  }
  void connect_as_given(ConnectionId connection, mqtt::Connect options) {
    options.protocol_level = version == mqtt::Version::v5 ? 5 : 4;
    if (version == mqtt::Version::v5 && !options.clean_start)
      options.properties.session_expiry_interval = 600;
    client(connection, options);
  }
  // SUBSCRIBE and its SUBACK that grants what was asked for.
  void subscribe(ConnectionId connection, std::string filter, int qos, std::uint16_t packet_id = 1) {
    client(connection,
           mqtt::Subscribe{
               packet_id, {{.filter = std::move(filter), .qos = static_cast<std::uint8_t>(qos)}}, {}});
    server(connection, mqtt::Suback{packet_id, {static_cast<mqtt::ReasonCode>(qos)}, {}});
  }
  // A whole exchange of a message to topic "t".
  void publish(ConnectionId connection, std::string payload, int qos, std::uint16_t packet_id) {
    client(connection, message(std::move(payload), qos, packet_id));
    if (qos == 1) server(connection, mqtt::Puback{packet_id});
    if (qos == 2) {
      server(connection, mqtt::Pubrec{packet_id});
      client(connection, mqtt::Pubrel{packet_id});
      server(connection, mqtt::Pubcomp{packet_id});
    }
  }
  static mqtt::Publish message(std::string payload, int qos, std::uint16_t packet_id, bool dup = false) {
    mqtt::Publish publish;
    publish.topic = std::string("t");
    publish.payload = std::move(payload);
    publish.qos = static_cast<std::uint8_t>(qos);
    publish.packet_id = qos == 0 ? std::uint16_t{0} : packet_id;
    publish.dup = dup;
    return publish;
  }
  // The server sends a message.
  void deliver(ConnectionId connection, std::string payload, int qos, std::uint16_t packet_id,
               bool dup = false) {
    server(connection, message(std::move(payload), qos, packet_id, dup));
  }

  // --- single events ---

  void client(ConnectionId connection, const mqtt::Packet& packet) {
    client_bytes(connection, mqtt::encode(packet, version));
  }
  void server(ConnectionId connection, const mqtt::Packet& packet) {
    server_bytes(connection, mqtt::encode(packet, version));
  }
  void client_bytes(ConnectionId connection, const Bytes& bytes) {
    trace.chunk(connection, Edge::sut, mqtt::Sender::client, bytes);
  }
  void server_bytes(ConnectionId connection, const Bytes& bytes) {
    trace.chunk(connection, Edge::sut, mqtt::Sender::server, bytes);
  }
  void client_ends(ConnectionId connection, std::string_view how = "fin") {
    trace.end(connection, Edge::sut, mqtt::Sender::client, how);
  }
  void server_ends(ConnectionId connection) { trace.end(connection, Edge::sut, mqtt::Sender::server, "fin"); }
  void ends(ConnectionId connection) {
    client_ends(connection);
    server_ends(connection);
  }
  void pass(Duration duration) { loop.advance_to(loop.now() + duration); }

  // --- what the checkers say ---

  std::vector<Breach> breaches() const { return check_trace(trace); }

  mqtt::Version version;
  Loop loop;
  Trace trace{loop};
};

inline std::string to_text(const std::vector<Breach>& breaches) {
  std::string text;
  for (const Breach& breach : breaches) {
    text += fmt::format("{} {} {}: expected {}; observed {}\n", breach.checker, breach.requirement,
                        breach.must ? "must" : "should", breach.expected, breach.observed);
  }
  return text;
}

// No checker at all has anything to say.
inline void expect_silence(const TraceBuilder& built) {
  const std::vector<Breach> breaches = built.breaches();
  EXPECT_TRUE(breaches.empty()) << to_text(breaches);
}

// Exactly one breach is found, by this checker, of this rule.
inline void expect_breach(const TraceBuilder& built, std::string_view checker,
                          std::string_view requirement_v3_1_1, std::string_view requirement_v5,
                          bool must = true) {
  const std::vector<Breach> breaches = built.breaches();
  ASSERT_EQ(breaches.size(), 1u) << to_text(breaches);
  EXPECT_EQ(breaches[0].checker, checker);
  EXPECT_EQ(breaches[0].version, built.version);
  EXPECT_EQ(breaches[0].requirement,
            built.version == mqtt::Version::v5 ? requirement_v5 : requirement_v3_1_1);
  EXPECT_EQ(breaches[0].must, must) << to_text(breaches);
}

}  // namespace holdfast
