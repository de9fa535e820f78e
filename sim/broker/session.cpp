#include "sim/broker/session.h"

#include <cassert>
#include <utility>

namespace holdfast::broker {

Session::Session(Loop& loop, const BrokerSettings& settings, std::string client_id, std::uint64_t number,
                 std::function<void(Session&)> when_expired, std::function<void(Session&)> when_will_due)
    : outbox(loop, settings),
      expiry_alarm(loop, [this] { when_expired_(*this); }),
      will_alarm(loop, [this] { when_will_due_(*this); }),
      settings_(settings),
      client_id_(std::move(client_id)),
      number_(number),
      when_expired_(std::move(when_expired)),
      when_will_due_(std::move(when_will_due)) {}

void Session::attach(Connection& connection, std::uint16_t client_receive_maximum) {
  assert(connection_ == nullptr);
  connection_ = &connection;
  if (!settings_.has(Defect::session_expiry_runs_on)) expiry_alarm.stop();
  will_alarm.stop();
  if (settings_.has(Defect::qos_2_ids_lost_on_reconnect)) inbox = Inbox();
  inbox.begin_connection();
  outbox.attach(connection, client_receive_maximum);
}

void Session::detach() {
  assert(connection_ != nullptr);
  connection_ = nullptr;
  outbox.detach();
}

void Session::set_expiry_seconds(std::uint32_t seconds) {
  expiry.reset();
  if (seconds != mqtt::session_never_expires) expiry = std::chrono::seconds(seconds);
}

}  // namespace holdfast::broker
