// One TCP socket with its buffers: what TcpSystem and TcpServer share.
//
// Bytes that are read are passed on at once; bytes that are written wait in a bounded queue. Each pending
// Asio operation holds the socket, so it dies only when none is left; its owner may go at any time.
#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/live_driver.h"
#include "sim/net/stream.h"

namespace holdfast {

// What the owner of a socket is told, from the driver, never from inside a call to the socket.
class TcpSocketEvents {
 public:
  virtual ~TcpSocketEvents() = default;
  virtual void on_connected() {}
  virtual void on_read(ByteView bytes) = 0;  // valid during the call; never empty
  // FIN has come; writing goes on.
  virtual void on_read_end() = 0;
  // Everything written has been taken by the operating system.
  virtual void on_written() = 0;
  // The socket is closed, by FIN in both directions (`why` is empty) or because it failed. Nothing follows.
  virtual void on_socket_closed(std::string_view why) = 0;
};

class TcpSocket final : public std::enable_shared_from_this<TcpSocket> {
 public:
  // More than this unwritten means that the peer does not read: the socket fails.
  static constexpr std::size_t unwritten_bytes_max = 64u << 20;
  static constexpr std::size_t read_bytes_max = 64u << 10;

  // The driver outlives the socket; the owner calls disown() before it goes.
  TcpSocket(LiveDriver& driver, asio::ip::tcp::socket socket, TcpSocketEvents& owner);

  // Tries the endpoints in order; on_connected or on_socket_closed follows.
  void connect(const std::vector<asio::ip::tcp::endpoint>& endpoints);
  // The socket is connected: begins to read.
  void start();
  void write(ByteView bytes);
  // Sends FIN behind everything written.
  void finish_writing();
  // What has not been read waits in the operating system, and the peer feels it.
  void pause_reading() { paused_ = true; }
  void resume_reading();
  // Sends RST. Everything unwritten is lost, and nothing more is told.
  void reset();
  // Closes without lingering; nothing more is told.
  void close();
  // Nothing more is told, and what is read is thrown away.
  void disown() { owner_ = nullptr; }

  bool is_open() const { return socket_.is_open(); }
  // Not yet taken by the operating system.
  std::size_t unwritten_bytes() const { return writing_.size() - written_ + unwritten_.size(); }

 private:
  void read();
  void on_read(const asio::error_code& error, std::size_t size);
  void write_next();
  void on_written(const asio::error_code& error, std::size_t size);
  void stop_writing(std::string why);
  void close_if_finished();
  void fail(const std::string& why);

  LiveDriver& driver_;
  asio::ip::tcp::socket socket_;
  TcpSocketEvents* owner_;

  bool reading_ = false;  // an operation is pending
  bool paused_ = false;
  bool read_ended_ = false;
  std::array<std::uint8_t, read_bytes_max> read_buffer_;

  std::string writing_;      // what the pending operation writes; empty: none is pending
  std::size_t written_ = 0;  // of it
  std::string unwritten_;    // what follows it
  bool finishing_ = false;
  bool write_ended_ = false;  // FIN is sent, or writing has failed
  std::string write_error_;
};

}  // namespace holdfast
