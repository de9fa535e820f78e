#include <fmt/format.h>

#include <asio/post.hpp>
#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include "sim/live/tcp.h"
#include "sim/live/tcp_socket.h"

namespace holdfast {

namespace {

constexpr std::size_t queued_bytes_max = 1u << 20;  // in the link; beyond it reading pauses
constexpr Duration client_linger = 10s;

}  // namespace

class TcpSystem::Core {
 public:
  Core(LiveDriver& driver, TcpEndpoint endpoint, std::vector<asio::ip::tcp::endpoint> addresses,
       Duration connect_patience)
      : driver_(driver),
        endpoint_(std::move(endpoint)),
        addresses_(std::move(addresses)),
        connect_patience_(connect_patience) {}
  ~Core();

  void connect(ServerStream& stream);
  // Ends the connection's life, though not within this call: it may be on the stack.
  void release(Connection& connection);
  // `what` is "connect to" or "connection to".
  void set_error(std::string_view what, std::string_view why) {
    last_error = fmt::format("{} {}:{}: {}", what, endpoint_.host, endpoint_.port, why);
  }
  std::size_t open_connections() const;

  LiveDriver& driver() { return driver_; }
  const std::vector<asio::ip::tcp::endpoint>& addresses() const { return addresses_; }
  Duration connect_patience() const { return connect_patience_; }

  std::string last_error;

 private:
  LiveDriver& driver_;
  const TcpEndpoint endpoint_;
  const std::vector<asio::ip::tcp::endpoint> addresses_;
  const Duration connect_patience_;
  std::map<Connection*, std::shared_ptr<Connection>> connections_;  // the order decides nothing
};

// Between one stream and one socket. Either may end first; the connection is released when both have.
class TcpSystem::Connection final : public StreamEvents, public TcpSocketEvents {
 public:
  Connection(Core& core, ServerStream& stream)
      : core_(&core),
        stream_(&stream),
        deadline_(core.driver().loop(), [this] { on_deadline(); }),
        socket_(
            std::make_shared<TcpSocket>(core.driver(), asio::ip::tcp::socket(core.driver().io()), *this)) {}
  ~Connection() override { socket_->disown(); }

  void begin() {
    stream_->set_events(this);
    deadline_.start_in(core_->connect_patience());
    socket_->connect(core_->addresses());
  }

  // The system goes. The stream is not touched.
  void abandon() {
    core_ = nullptr;
    stream_ = nullptr;
    deadline_.stop();
    socket_->close();
  }

  bool has_open_socket() const { return established_ && socket_->is_open(); }

 private:
  // --- from the stream ---

  void on_bytes(ByteView bytes) override {
    if (established_) {
      socket_->write(bytes);
    } else {
      early_bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }

  bool on_half_close() override {
    client_has_closed_ = true;
    if (established_) socket_->finish_writing();
    return stream_is_writable_;
  }

  void on_close(CloseKind kind) override {
    if (kind == CloseKind::fin) {
      client_has_closed_ = true;
      if (established_) socket_->finish_writing();
    } else {
      socket_->reset();
    }
    stream_is_gone();
  }

  void on_writable() override { socket_->resume_reading(); }

  // --- from the socket ---

  void on_connected() override {
    deadline_.stop();
    established_ = true;
    stream_->accept();
    socket_->start();
    if (!early_bytes_.empty()) {
      socket_->write(
          ByteView(reinterpret_cast<const std::uint8_t*>(early_bytes_.data()), early_bytes_.size()));
    }
    if (client_has_closed_) socket_->finish_writing();
  }

  void on_read(ByteView bytes) override {
    if (!stream_is_writable_) return;
    stream_->send(bytes);
    if (stream_->queued_bytes() > queued_bytes_max) socket_->pause_reading();
  }

  void on_read_end() override {
    if (!stream_is_writable_) return;
    stream_is_writable_ = false;
    stream_->close();
    if (client_has_closed_) stream_is_gone();
  }

  void on_written() override {}

  void on_socket_closed(std::string_view why) override {
    deadline_.stop();
    if (!why.empty() && core_ != nullptr) {
      core_->set_error(established_ ? "connection to" : "connect to", why);
    }
    // After FIN of the server the client has nothing more to learn, and its own end closes in its own time.
    if (stream_ != nullptr && stream_is_writable_) {
      end_stream(why);
    } else {
      release_if_over();
    }
  }

  // --- endings ---

  void on_deadline() {
    if (core_ == nullptr) return;
    if (established_) {  // lingering is over
      socket_->reset();
      return release_if_over();
    }
    core_->set_error("connect to", "no answer in time");
    socket_->close();
    end_stream("no answer in time");
  }

  void end_stream(std::string_view why) {
    ServerStream& stream = *stream_;
    if (established_) {
      stream.reset();
    } else {
      stream.refuse(why);
    }
    stream_is_gone();
  }

  void stream_is_gone() {
    stream_ = nullptr;
    stream_is_writable_ = false;
    if (!established_) {
      deadline_.stop();
      socket_->close();
    }
    if (socket_->is_open()) {
      socket_->resume_reading();  // nobody is slow any more: what comes is thrown away
      deadline_.start_in(client_linger);
    }
    release_if_over();
  }

  void release_if_over() {
    if (core_ == nullptr || stream_ != nullptr || socket_->is_open()) return;
    Core* core = std::exchange(core_, nullptr);
    deadline_.stop();
    core->release(*this);
  }

  Core* core_;            // null when released
  ServerStream* stream_;  // null when it is gone
  Alarm deadline_;        // first for connecting, in the end for lingering
  std::shared_ptr<TcpSocket> socket_;
  std::string early_bytes_;  // written before the socket was connected
  bool established_ = false;
  bool client_has_closed_ = false;
  bool stream_is_writable_ = true;  // until FIN of the server is passed on
};

TcpSystem::Core::~Core() {
  for (auto& [key, connection] : connections_) {
    connection->abandon();
    asio::post(driver_.io(), [kept = std::move(connection)] {});
  }
}

void TcpSystem::Core::connect(ServerStream& stream) {
  auto connection = std::make_shared<Connection>(*this, stream);
  connections_.emplace(connection.get(), connection);
  connection->begin();
}

void TcpSystem::Core::release(Connection& connection) {
  const auto found = connections_.find(&connection);
  assert(found != connections_.end());
  asio::post(driver_.io(), [kept = std::move(found->second)] {});
  connections_.erase(found);
}

std::size_t TcpSystem::Core::open_connections() const {
  std::size_t open = 0;
  for (const auto& [key, connection] : connections_) open += connection->has_open_socket() ? 1 : 0;
  return open;
}

tl::expected<std::unique_ptr<TcpSystem>, std::string> TcpSystem::resolve(LiveDriver& driver,
                                                                         TcpEndpoint endpoint,
                                                                         Duration connect_patience) {
  asio::ip::tcp::resolver resolver(driver.io());
  asio::error_code error;
  const auto results = resolver.resolve(endpoint.host, std::to_string(endpoint.port), error);
  if (error) return tl::unexpected(fmt::format("resolve {}: {}", endpoint.host, error.message()));
  std::vector<asio::ip::tcp::endpoint> addresses;
  for (const auto& result : results) addresses.push_back(result.endpoint());
  auto core = std::make_unique<Core>(driver, std::move(endpoint), std::move(addresses), connect_patience);
  return std::unique_ptr<TcpSystem>(new TcpSystem(std::move(core)));
}

TcpSystem::TcpSystem(std::unique_ptr<Core> core) : core_(std::move(core)) {}
TcpSystem::~TcpSystem() = default;
void TcpSystem::connect(ServerStream& stream) { core_->connect(stream); }
const std::string& TcpSystem::last_error() const { return core_->last_error; }
std::size_t TcpSystem::open_connections() const { return core_->open_connections(); }

}  // namespace holdfast
