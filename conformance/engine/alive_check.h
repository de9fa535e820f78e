// Asks whether the system under test is still there, when cases begin to see what a broker that has died
// would show: a CONNECT of its own, three times over two seconds before it is given up.
#pragma once

#include <string>

#include "sim/client/client.h"
#include "sim/net/network.h"
#include "sim/time/task.h"
#include "sim/trace/trace.h"

namespace holdfast {

class AliveCheck {
 public:
  // All that is given by reference outlives it. `patience` is for each CONNACK.
  AliveCheck(Loop& loop, Acceptor& system_under_test, mqtt::Version version, std::string client_id,
             Duration patience, Credentials credentials);

  // REQUIRES: not is_running().
  void start();
  bool is_running() const { return is_running_; }
  // At least one try of the check that runs was in vain.
  bool is_failing() const { return is_running_ && is_failing_; }
  // Of the latest check that has come to its end. True before the first.
  bool is_alive() const { return is_alive_; }

 private:
  Task<void> check();

  Loop& loop_;
  const Duration patience_;
  Trace trace_;
  Network network_;
  Client client_;
  Scope scope_;
  bool is_running_ = false;
  bool is_failing_ = false;
  bool is_alive_ = true;
};

}  // namespace holdfast
