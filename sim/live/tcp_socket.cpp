#include "sim/live/tcp_socket.h"

#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <utility>

namespace holdfast {

TcpSocket::TcpSocket(LiveDriver& driver, asio::ip::tcp::socket socket, TcpSocketEvents& owner)
    : driver_(driver), socket_(std::move(socket)), owner_(&owner) {}

void TcpSocket::connect(const std::vector<asio::ip::tcp::endpoint>& endpoints) {
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this()](const asio::error_code& error, const asio::ip::tcp::endpoint&) {
        self->driver_.catch_up();
        if (self->owner_ == nullptr) return;
        if (error) {
          self->fail(error.message());
        } else if (self->is_open()) {
          self->owner_->on_connected();
        }
      });
}

void TcpSocket::start() {
  asio::error_code error;
  // If the peer has gone already this fails, and reading tells how.
  static_cast<void>(socket_.set_option(asio::ip::tcp::no_delay(true), error));
  read();
}

// --- reading ---

void TcpSocket::resume_reading() {
  paused_ = false;
  read();
}

void TcpSocket::read() {
  if (reading_ || paused_ || read_ended_ || !is_open()) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(read_buffer_),
                          [self = shared_from_this()](const asio::error_code& error, std::size_t size) {
                            self->driver_.catch_up();
                            self->on_read(error, size);
                          });
}

void TcpSocket::on_read(const asio::error_code& error, std::size_t size) {
  reading_ = false;
  if (!is_open()) return;
  if (!error) {
    if (owner_ != nullptr) owner_->on_read(ByteView(read_buffer_.data(), size));
    read();
    return;
  }
  if (error != asio::error::eof) return fail(error.message());
  // The kernel tells of an RST once. If writing has heard of it, reading ends as if FIN had come.
  if (!write_error_.empty()) return fail(write_error_);
  read_ended_ = true;
  if (owner_ != nullptr) owner_->on_read_end();
  close_if_finished();
}

// --- writing ---

void TcpSocket::write(ByteView bytes) {
  if (finishing_ || write_ended_ || !is_open()) return;
  unwritten_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (unwritten_bytes() > unwritten_bytes_max) {
    // Not from inside this call: the owner is in the middle of something.
    stop_writing("the peer does not read");
    asio::post(driver_.io(), [self = shared_from_this()] {
      self->driver_.catch_up();
      self->fail(self->write_error_);
    });
    return;
  }
  if (writing_.empty()) write_next();
}

void TcpSocket::write_next() {
  if (written_ == writing_.size()) {
    writing_ = std::exchange(unwritten_, {});
    written_ = 0;
  }
  socket_.async_write_some(asio::buffer(writing_) + written_,
                           [self = shared_from_this()](const asio::error_code& error, std::size_t size) {
                             self->driver_.catch_up();
                             self->on_written(error, size);
                           });
}

void TcpSocket::on_written(const asio::error_code& error, std::size_t size) {
  written_ += size;
  if (!is_open() || write_ended_) return;
  if (error) {
    // What the peer sent before it went is still to be read, and only then comes the end.
    stop_writing(error.message());
    return close_if_finished();
  }
  if (unwritten_bytes() > 0) return write_next();
  writing_.clear();
  written_ = 0;
  if (finishing_) finish_writing();
  if (owner_ != nullptr) owner_->on_written();
}

void TcpSocket::finish_writing() {
  finishing_ = true;
  if (write_ended_ || !is_open() || !writing_.empty()) return;
  write_ended_ = true;
  asio::error_code error;
  static_cast<void>(socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error));
  if (error && error != asio::error::not_connected) write_error_ = error.message();
  if (!read_ended_) return;
  asio::post(driver_.io(), [self = shared_from_this()] {
    self->driver_.catch_up();
    self->close_if_finished();
  });
}

void TcpSocket::stop_writing(std::string why) {
  write_ended_ = true;
  write_error_ = std::move(why);
  unwritten_ = {};
}

// --- ending ---

void TcpSocket::close_if_finished() {
  if (read_ended_ && write_ended_) fail(write_error_);
}

// Also the good end: `why` is empty then.
void TcpSocket::fail(const std::string& why) {
  TcpSocketEvents* owner = owner_;
  close();
  if (owner != nullptr) owner->on_socket_closed(why);
}

void TcpSocket::reset() {
  asio::error_code error;
  static_cast<void>(socket_.set_option(asio::socket_base::linger(true, 0), error));
  close();
}

void TcpSocket::close() {
  owner_ = nullptr;
  asio::error_code error;
  static_cast<void>(socket_.close(error));
}

}  // namespace holdfast
