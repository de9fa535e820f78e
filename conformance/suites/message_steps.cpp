#include "conformance/suites/message_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/suites/steps.h"

namespace holdfast {

Task<void> settled_by(Context& t, Client& from, Client& to, std::string topic) {
  const Duration interval = std::max<Duration>(100ms, 2 * t.sut().round_trip);
  const Time end = later(t.now(), std::max<Duration>(2s, t.patience()));
  const std::string batch = fmt::format("settle-by-{}-", t.trace().events().size());
  int probes = 0;
  bool is_settled = false;
  while (!is_settled && t.now() < end && to.is_open() && from.is_open()) {
    from.publish(message(topic, batch + std::to_string(++probes), 0));
    is_settled = co_await to.expect_hidden(batch, interval);
  }
  t.control(is_settled, fmt::format("of {} messages to {} none has reached {}", probes, topic, to.name()));
  co_await t.fenced(to);
}

void refuse(Client& client, const mqtt::Publish& publish) {
  if (publish.qos == 1) {
    mqtt::Puback puback;
    puback.packet_id = publish.packet_id;
    puback.reason = mqtt::ReasonCode::implementation_specific_error;
    client.send(puback);
  } else {
    mqtt::Pubrec pubrec;
    pubrec.packet_id = publish.packet_id;
    pubrec.reason = mqtt::ReasonCode::implementation_specific_error;
    client.send(pubrec);
  }
}

Task<Asked> asked_for(Context& t, Client& client, mqtt::SubscriptionRequest request) {
  co_await t.connected(client, t.clean());
  std::vector<mqtt::SubscriptionRequest> requests(1, request);
  const std::uint16_t packet_id = client.subscribe(std::move(requests));
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t.patience());
  Asked asked;
  if (suback) {
    asked.seen = seen(t, suback);
    asked.is_granted = is_granted(*suback);
    co_await t.disconnected(client);
  } else {
    t.control(client.closed().has_value(), "neither SUBACK nor a close for a SUBSCRIBE");
    asked.seen = seen_close(t, client.closed());
  }
  co_return asked;
}

Task<void> judge_gone(Context& t, Client& from, Client& to, std::string gone, std::string kept,
                      std::string_view requirement) {
  co_await t.fenced(to);
  co_await t.published(from, message(gone, "for a subscription that is gone", 1));
  co_await sentinel(t, from, to, kept, 1);
  co_await t.fenced(to);
  if (to.count("for a subscription that is gone") > 0) {
    t.inform("messages that were published within 2 s of UNSUBACK still came", "D-22");
    co_await t.pass(2s);
    co_await t.published(from, message(gone, "long after UNSUBACK", 1));
    co_await sentinel(t, from, to, kept, 1);
    co_await t.fenced(to);
  }
  t.must(to.count("long after UNSUBACK") == 0, requirement,
         "no message for a subscription that was given up 2 s ago", seen_messages(to), "D-22");
}

}  // namespace holdfast
