// A system under test that listens on the loopback, for tests. Only tests include this.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "sim/broker/broker.h"
#include "sim/live/live_driver.h"
#include "sim/live/tcp.h"

namespace holdfast {

// A listening port in a thread of its own, until it is destroyed.
class ServedAcceptor {
 public:
  using Make = std::function<std::unique_ptr<Acceptor>(Loop&)>;
  explicit ServedAcceptor(Make make) : make_(std::move(make)) {
    std::promise<std::uint16_t> port;
    auto told = port.get_future();
    thread_ = std::thread([this, &port] { serve(port); });
    port_ = told.get();
  }
  ~ServedAcceptor() { stop(); }

  void stop() {
    stops_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::string url() const { return fmt::format("mqtt://127.0.0.1:{}", port_); }
  std::string host_and_port() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  void serve(std::promise<std::uint16_t>& port) {
    Loop loop;
    LiveDriver driver(loop);
    const std::unique_ptr<Acceptor> acceptor = make_(loop);
    const auto server = TcpServer::listen(driver, *acceptor, 0);
    port.set_value((*server)->port());
    while (!stops_) driver.run([this] { return stops_.load(); }, 10ms);
  }

  const Make make_;
  std::atomic<bool> stops_ = false;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace holdfast
