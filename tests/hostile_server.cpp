#include "tests/hostile_server.h"

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <thread>
#include <utility>

namespace holdfast::test {

namespace {

using asio::ip::tcp;

bool is_v5(const std::string& connect) {
  // CONNECT: type, Remaining Length of 1 to 4 bytes, "MQTT" behind its length, protocol level.
  const std::size_t name = connect.find("MQTT");
  return name != std::string::npos && name + 4 < connect.size() && connect[name + 4] == 5;
}

std::string connack(bool v5) {
  return v5 ? std::string("\x20\x03\0\0\0", 5) : std::string("\x20\x02\0\0", 4);
}

// Everything runs in the server's one thread. Pending operations hold the connection.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const Hostility& hostility)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), hostility_(hostility) {}

  void begin() {
    if (!hostility_.waits_for_connect) answer();
    read();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(input_),
                            [self = shared_from_this()](const asio::error_code& error, std::size_t size) {
                              if (!error) self->on_read(size);
                            });
  }

  void on_read(std::size_t size) {
    if (!answered_) {
      connect_.append(input_.data(), size);
      answer();
    }
    if (socket_.is_open()) read();
  }

  void answer() {
    answered_ = true;
    if (hostility_.connack != Hostility::Connack::none) {
      output_ =
          connack(is_v5(connect_) == (hostility_.connack == Hostility::Connack::of_the_client_s_version));
    }
    output_ += hostility_.bytes;
    if (output_.empty()) return finish();
    write(output_);
  }

  // `bytes` outlive the operation.
  void write(const std::string& bytes) {
    asio::async_write(socket_, asio::buffer(bytes),
                      [self = shared_from_this()](const asio::error_code& error, std::size_t) {
                        if (!error) self->on_written();
                      });
  }

  void on_written() {
    if (hostility_.repeated.empty()) return finish();
    if (hostility_.between_repeats.count() == 0) return write(hostility_.repeated);
    timer_.expires_after(hostility_.between_repeats);
    timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
      if (!error) self->write(self->hostility_.repeated);
    });
  }

  void finish() {
    if (!hostility_.repeated.empty()) return on_written();
    asio::error_code error;
    if (hostility_.end == Hostility::End::fin)
      static_cast<void>(socket_.shutdown(tcp::socket::shutdown_send, error));
    if (hostility_.end == Hostility::End::reset) {
      static_cast<void>(socket_.set_option(asio::socket_base::linger(true, 0), error));
      static_cast<void>(socket_.close(error));
    }
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  const Hostility& hostility_;
  std::array<char, 4096> input_{};
  std::string connect_;
  std::string output_;
  bool answered_ = false;
};

}  // namespace

struct HostileServer::Core {
  explicit Core(Hostility used_hostility)
      : hostility(std::move(used_hostility)),
        listener(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  void accept_next() {
    listener.async_accept([this](const asio::error_code& error, tcp::socket socket) {
      if (!error) std::make_shared<Connection>(std::move(socket), hostility)->begin();
      accept_next();
    });
  }

  const Hostility hostility;
  asio::io_context io{1};
  tcp::acceptor listener;
  std::thread thread;
};

HostileServer::HostileServer(const Hostility& hostility) : core_(std::make_unique<Core>(hostility)) {
  port_ = core_->listener.local_endpoint().port();
  core_->accept_next();
  core_->thread = std::thread([core = core_.get()] { core->io.run(); });
}

HostileServer::~HostileServer() {
  core_->io.stop();
  core_->thread.join();
}

}  // namespace holdfast::test
