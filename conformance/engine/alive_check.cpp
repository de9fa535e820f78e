#include "conformance/engine/alive_check.h"

#include <cassert>
#include <utility>

#include "sim/time/wait.h"

namespace holdfast {

namespace {

constexpr int tries = 3;
constexpr Duration between_tries = 1s;

}  // namespace

AliveCheck::AliveCheck(Loop& loop, Acceptor& system_under_test, mqtt::Version version, std::string client_id,
                       Duration patience, Credentials credentials)
    : loop_(loop),
      patience_(patience),
      trace_(loop),
      network_(loop, system_under_test, trace_, 0),
      client_(loop, network_, "alive", std::move(client_id), version),
      scope_(loop) {
  client_.credentials = std::move(credentials);
}

void AliveCheck::start() {
  assert(!is_running_);
  is_running_ = true;
  is_failing_ = false;
  scope_.spawn(check(), [this](std::exception_ptr) { is_running_ = false; });
}

Task<void> AliveCheck::check() {
  is_alive_ = false;
  for (int i = 0; i < tries && !is_alive_; ++i) {
    if (i > 0) co_await sleep_for(loop_, between_tries);
    mqtt::Connect options;
    client_.connect(std::move(options));
    auto connack = co_await client_.expect<mqtt::Connack>(patience_);
    is_alive_ = connack.has_value();
    if (is_alive_) {
      client_.disconnect();
      co_await client_.expect_close(patience_);
    }
    is_failing_ = !is_alive_;
    client_.abandon();
  }
}

}  // namespace holdfast
