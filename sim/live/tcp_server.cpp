#include <fmt/format.h>

#include <asio/post.hpp>
#include <cassert>
#include <map>
#include <utility>

#include "sim/live/tcp.h"
#include "sim/live/tcp_socket.h"

namespace holdfast {

namespace {

constexpr Duration server_linger = 10s;
constexpr Duration accept_pause = 100ms;  // after a failure, such as too many open files

}  // namespace

class TcpServer::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(LiveDriver& driver, Acceptor& acceptor)
      : driver_(driver),
        acceptor_(acceptor),
        listener_(driver.io()),
        accept_again_(driver.loop(), [this] { accept_next(); }) {}

  asio::error_code listen(std::uint16_t port);
  void accept_next();
  void release(Connection& connection);
  void shut_down();

  LiveDriver& driver() { return driver_; }
  std::uint16_t port() const { return listener_.local_endpoint().port(); }
  std::size_t open_connections() const { return connections_.size(); }

 private:
  void on_accept(const asio::error_code& error, asio::ip::tcp::socket socket);

  LiveDriver& driver_;
  Acceptor& acceptor_;
  asio::ip::tcp::acceptor listener_;
  Alarm accept_again_;
  std::map<Connection*, std::shared_ptr<Connection>> connections_;  // the order decides nothing
};

// A socket as the acceptor sees it. It is released when the socket is closed.
class TcpServer::Connection final : public ServerStream, public TcpSocketEvents {
 public:
  Connection(Core& core, asio::ip::tcp::socket socket)
      : core_(&core),
        lingering_(core.driver().loop(), [this] { end(CloseKind::reset); }),
        socket_(std::make_shared<TcpSocket>(core.driver(), std::move(socket), *this)) {}
  ~Connection() override { socket_->disown(); }

  // The connection is over, whatever the peer thinks of it. Tells the owner if there is one.
  void end(CloseKind kind) {
    if (core_ == nullptr) return;
    socket_->reset();
    StreamEvents* events = std::exchange(events_, nullptr);
    release();
    if (events != nullptr) events->on_close(kind);
  }

  // --- ServerStream ---

  void accept() override { socket_->start(); }

  void refuse(std::string_view) override {
    events_ = nullptr;
    socket_->reset();
    release();
  }

  void set_events(StreamEvents* events) override {
    events_ = events;
    if (events_ == nullptr) close();
  }

  void send(ByteView bytes) override {
    if (!closed_) socket_->write(bytes);
  }

  void close() override {
    if (closed_ || core_ == nullptr) return;
    closed_ = true;
    if (peer_has_closed_) events_ = nullptr;
    socket_->finish_writing();
    lingering_.start_in(server_linger);
  }

  void reset() override {
    events_ = nullptr;
    socket_->reset();
    release();
  }

  std::size_t queued_bytes() const override { return socket_->unwritten_bytes(); }

 private:
  // --- TcpSocketEvents ---

  void on_read(ByteView bytes) override {
    if (events_ != nullptr) events_->on_bytes(bytes);
  }

  void on_read_end() override {
    peer_has_closed_ = true;
    if (events_ == nullptr || (!closed_ && events_->on_half_close())) return;
    StreamEvents* events = std::exchange(events_, nullptr);
    close();
    if (events != nullptr) events->on_close(CloseKind::fin);
  }

  void on_written() override {
    if (events_ != nullptr && !closed_) events_->on_writable();
  }

  void on_socket_closed(std::string_view why) override {
    end(why.empty() ? CloseKind::fin : CloseKind::reset);
  }

  void release() {
    lingering_.stop();
    Core* core = std::exchange(core_, nullptr);
    if (core != nullptr) core->release(*this);
  }

  Core* core_;                      // null when released
  StreamEvents* events_ = nullptr;  // null before the acceptor sets it and when the owner is told no more
  Alarm lingering_;
  std::shared_ptr<TcpSocket> socket_;
  bool closed_ = false;  // by the owner
  bool peer_has_closed_ = false;
};

asio::error_code TcpServer::Core::listen(std::uint16_t port) {
  const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  asio::error_code error;
  if (!error) static_cast<void>(listener_.open(address.protocol(), error));
  if (!error) static_cast<void>(listener_.set_option(asio::socket_base::reuse_address(true), error));
  if (!error) static_cast<void>(listener_.bind(address, error));
  if (!error) static_cast<void>(listener_.listen(asio::socket_base::max_listen_connections, error));
  return error;
}

void TcpServer::Core::accept_next() {
  listener_.async_accept(
      [self = shared_from_this()](const asio::error_code& error, asio::ip::tcp::socket socket) {
        self->driver_.catch_up();
        self->on_accept(error, std::move(socket));
      });
}

void TcpServer::Core::on_accept(const asio::error_code& error, asio::ip::tcp::socket socket) {
  if (!listener_.is_open()) return;
  if (error) return accept_again_.start_in(accept_pause);
  auto connection = std::make_shared<Connection>(*this, std::move(socket));
  connections_.emplace(connection.get(), connection);
  accept_next();
  acceptor_.connect(*connection);
}

void TcpServer::Core::release(Connection& connection) {
  const auto found = connections_.find(&connection);
  assert(found != connections_.end());
  asio::post(driver_.io(), [kept = std::move(found->second)] {});
  connections_.erase(found);
}

void TcpServer::Core::shut_down() {
  asio::error_code error;
  static_cast<void>(listener_.close(error));
  accept_again_.stop();
  while (!connections_.empty()) connections_.begin()->second->end(CloseKind::reset);
}

tl::expected<std::unique_ptr<TcpServer>, std::string> TcpServer::listen(LiveDriver& driver,
                                                                        Acceptor& acceptor,
                                                                        std::uint16_t port) {
  auto core = std::make_shared<Core>(driver, acceptor);
  const asio::error_code error = core->listen(port);
  if (error) return tl::unexpected(fmt::format("listen on 127.0.0.1:{}: {}", port, error.message()));
  core->accept_next();
  return std::unique_ptr<TcpServer>(new TcpServer(std::move(core)));
}

TcpServer::TcpServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}
TcpServer::~TcpServer() { core_->shut_down(); }
std::uint16_t TcpServer::port() const { return core_->port(); }
std::size_t TcpServer::open_connections() const { return core_->open_connections(); }

}  // namespace holdfast
