// A server on 127.0.0.1 that is no broker, or one that misbehaves. For tests of what `holdfast run` makes of
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::test {

// How a hostile server treats each connection. It starts at once or when the first bytes come.
struct Hostility {
  enum class Connack { none, of_the_client_s_version, of_the_other_version };
  enum class End { stays, fin, reset };

  std::string name{};
  std::string what{};  // for people
  bool waits_for_connect = true;
  Connack connack = Connack::none;
  std::string bytes{};     // behind the CONNACK
  std::string repeated{};  // for ever behind them, as fast as the client reads
  std::chrono::milliseconds between_repeats{0};
  End end = End::stays;  // behind all of it
};

const std::vector<Hostility>& all_hostilities();
// Null if there is none of this name.
const Hostility* find_hostility(std::string_view name);

class HostileServer {
 public:
  // Listens on a free port and serves from a thread of its own. Throws std::system_error if it cannot.
  explicit HostileServer(const Hostility& hostility);
  // Drops all connections.
  ~HostileServer();
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  struct Core;
  std::unique_ptr<Core> core_;
  std::uint16_t port_ = 0;
};

}  // namespace holdfast::test
