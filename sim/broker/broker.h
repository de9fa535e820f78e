// The reference broker: a complete MQTT server for 3.1.1 and 5.0 without I/O. It lives in a loop's time and
// speaks through streams, so it runs in virtual time behind simulated links and in real time behind sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/broker/settings.h"
#include "sim/net/stream.h"
#include "sim/time/loop.h"

namespace holdfast {

// What an operator sees of a Session.
struct SessionSummary {
  std::string client_id;
  bool connected = false;
  mqtt::Version version = mqtt::Version::v5;
  std::size_t subscriptions = 0;
  std::size_t inflight_to_client = 0;    // QoS 1 and 2 sent and not completely acknowledged
  std::size_t queued = 0;                // waiting to be sent
  std::size_t inflight_from_client = 0;  // QoS 2 received and not completely acknowledged
  bool will_pending = false;             // published when its delay or the Session ends
  std::optional<Time> ends_at{};         // when disconnected; nullopt: never, or connected
};

class Broker final : public Acceptor {
 public:
  // `seed` decides assigned client identifiers and the order in which a shared subscription's members get
  // messages.
  Broker(Loop& loop, BrokerSettings settings, std::uint64_t seed);
  ~Broker() override;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  void connect(ServerStream& stream) override;

  // In the order of client identifiers.
  std::vector<SessionSummary> sessions() const;
  // Ends a Session by administrative action: disconnects its client (0x98 in 5.0) and forgets everything.
  // False if there is none.
  bool clear_session(std::string_view client_id);
  // Disconnects everybody (0x8B in 5.0). Sessions stay as their expiry says.
  void shut_down();

  // Number of retained messages held; for tests and memory checks.
  std::size_t retained_messages() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace holdfast
