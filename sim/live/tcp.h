// TCP behind the same seam as the simulated world: an address as an Acceptor, and a listening port that hands
// connections to an Acceptor such as the reference broker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "sim/live/live_driver.h"
#include "sim/net/stream.h"

namespace holdfast {

// A resolved address of a system under test.
struct TcpEndpoint {
  std::string host{};  // as given
  std::uint16_t port = 1883;
};

// Opens a socket for each connection of a simulated client. Reads are passed on as they come, up to 64 KiB at
// a time; when the link's reader is slow, reading pauses. Nagle is off. Failures to connect are refusals with
// the reason of the operating system; a connection that is not established within `connect_patience` is
// refused.
//
// A FIN of either side is passed on behind everything sent, and the other direction stays open. An RST, or a
// peer that leaves more than 64 MiB unread, resets the stream. A socket of which the client has let go is
// closed when the peer closes as well, and after 10 s at the latest.
class TcpSystem final : public Acceptor {
 public:
  // The driver outlives it. Resolves the name at once; the error is one line.
  static tl::expected<std::unique_ptr<TcpSystem>, std::string> resolve(LiveDriver& driver,
                                                                       TcpEndpoint endpoint,
                                                                       Duration connect_patience = 5s);
  // Closes all sockets. The streams are not touched: they may be gone.
  ~TcpSystem() override;
  void connect(ServerStream& stream) override;

  // Why the latest connection was refused or lost; empty if none was.
  const std::string& last_error() const;
  // Sockets that are open.
  std::size_t open_connections() const;

 private:
  class Connection;
  class Core;
  explicit TcpSystem(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

// Listens on 127.0.0.1 (port 0: any free one) and hands every connection to `acceptor`. A connection that the
// acceptor refuses is reset. When the acceptor closes and the peer does not, the socket is reset after 10 s.
class TcpServer {
 public:
  // The driver and the acceptor outlive it. The error is one line.
  static tl::expected<std::unique_ptr<TcpServer>, std::string> listen(LiveDriver& driver, Acceptor& acceptor,
                                                                      std::uint16_t port);
  // Resets all connections, of which on_close(reset) tells.
  ~TcpServer();
  std::uint16_t port() const;
  // Connections that are open.
  std::size_t open_connections() const;

 private:
  class Connection;
  class Core;
  explicit TcpServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace holdfast
