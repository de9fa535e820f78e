#include "conformance/suites/steps.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast {

mqtt::Publish message(std::string topic, std::string payload, int qos) {
  mqtt::Publish publish;
  publish.topic = std::move(topic);
  publish.payload = std::move(payload);
  publish.qos = static_cast<std::uint8_t>(qos);
  return publish;
}

mqtt::Publish retained(std::string topic, std::string payload, int qos) {
  mqtt::Publish publish = message(std::move(topic), std::move(payload), qos);
  publish.retain = true;
  return publish;
}

mqtt::SubscriptionRequest subscription(std::string filter, int qos) {
  mqtt::SubscriptionRequest request;
  request.filter = std::move(filter);
  request.qos = static_cast<std::uint8_t>(qos);
  return request;
}

mqtt::Connect with_will(mqtt::Connect options, mqtt::Will will) {
  options.will = std::move(will);
  return options;
}

mqtt::Properties session_expiry(std::uint32_t seconds) {
  mqtt::Properties properties;
  properties.session_expiry_interval = seconds;
  return properties;
}

std::uint32_t interval_of(const Context& t, std::uint32_t seconds) {
  const auto slowness = std::chrono::ceil<std::chrono::seconds>(2 * t.sut().round_trip).count();
  // Up to a tenth of a second is what any network takes; the cases' own margins cover it.
  return t.sut().round_trip < 100ms ? seconds : seconds + static_cast<std::uint32_t>(slowness);
}

std::string_view rule(const Context& t, std::string_view id_v3_1_1, std::string_view id_v5) {
  return t.v5() ? id_v5 : id_v3_1_1;
}

namespace {

std::string moment(Time at) {
  return fmt::format("at +{:.3f} s", std::chrono::duration<double>(at.time_since_epoch()).count());
}

}  // namespace

bool is_granted(const mqtt::Suback& suback) {
  return !suback.reasons.empty() && !mqtt::is_error(suback.reasons.front());
}

std::string said(const Context& t, const mqtt::Packet& packet, Time at) {
  return fmt::format("{} {}", mqtt::to_text(packet, t.version()), moment(at));
}

std::string seen_close(const Context& t, const std::optional<Closed>& closed) {
  if (!closed) return "the connection is still open";
  std::string text;
  if (closed->disconnect) text = mqtt::to_text(mqtt::Packet(*closed->disconnect), t.version()) + ", then ";
  return text + fmt::format("{} {}", name_of(closed->kind), moment(closed->at));
}

std::string seen_messages(const Client& client) {
  std::string text;
  for (const auto& publish : client.messages()) {
    if (publish.payload.starts_with("settle-")) continue;
    if (!text.empty()) text += ", ";
    text += publish.payload;
    if (publish.dup) text += " (DUP)";
  }
  return text.empty() ? "no messages" : text;
}

Task<Received<mqtt::Connack>> returned(Context& t, Client& client, mqtt::Connect options) {
  auto connack = co_await t.connected(client, std::move(options));
  t.observed(seen(t, connack));
  co_return connack;
}

Task<Received<mqtt::Connack>> transient(Context& t, Client& client, mqtt::Connect options) {
  auto connack = co_await t.connected(client, std::move(options));
  t.supported(connack.properties.session_expiry_interval.value_or(0) == 0,
              "the broker keeps a Session that asks for no keeping, and says so in CONNACK");
  co_return connack;
}

Task<Client*> publisher(Context& t) {
  Client& client = t.client("pub");
  co_await t.connected(client, t.clean());
  co_return &client;
}

Task<Client*> watcher(Context& t, std::string topic, int qos) {
  Client& client = t.client("watch");
  co_await t.connected(client, t.clean());
  co_await t.subscribed(client, std::move(topic), qos);
  co_return &client;
}

Task<void> anchored(Context& t, Client& client) { return t.subscribed(client, t.topic("anchor"), 1); }

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::disconnect:
      return "disconnect";
    case Ending::cut:
      return "cut";
    case Ending::reset:
      return "reset";
  }
  return "";
}

Task<void> ended(Context& t, Client& client, Ending ending) {
  switch (ending) {
    case Ending::disconnect:
      co_await t.disconnected(client);
      break;
    case Ending::cut:
      co_await t.dropped(client);
      break;
    case Ending::reset:
      client.reset();
      break;
  }
}

Task<void> sentinel(Context& t, Client& from, Client& to, std::string topic, int qos) {
  // What a resumption has set going comes to its end first: brokers have been seen to send twice what is
  // published meanwhile, which cases about the moment of resumption look at.
  co_await t.fenced(to);
  const std::string payload = fmt::format("sentinel-{}", t.trace().events().size());
  co_await t.published(from, message(std::move(topic), payload, qos));
  co_await t.delivered(to, payload);
}

void judge_session_present(Context& t, const Received<mqtt::Connack>& connack, Past past,
                           std::string_view because, std::string_view interpretation) {
  std::string_view id;
  switch (past) {
    case Past::none:
      id = "MQTT-3.2.2-3";
      break;
    case Past::kept:
      id = rule(t, "MQTT-3.2.2-2", "MQTT-3.2.2-3");
      break;
    case Past::cleaned:
      id = rule(t, "MQTT-3.2.2-1", "MQTT-3.2.2-2");
      break;
  }
  const bool expected = past == Past::kept;
  t.must(connack.session_present == expected, id,
         fmt::format("Session Present {}: {}", expected ? 1 : 0, because), seen(t, connack), interpretation);
}

Task<void> judge_displaced(Context& t, Client& old, bool demands_0x8e) {
  auto closed = co_await old.expect_close(t.patience());
  t.observed(fmt::format("the old connection: {}", seen_close(t, closed)));
  if (!closed) t.closed_as(CloseVerdict::not_closed);
  t.must(closed.has_value(), rule(t, "MQTT-3.1.4-2", "MQTT-3.1.4-3"), "the old connection to be closed",
         seen_close(t, closed), "T-08");
  if (closed->kind == CloseKind::reset) {
    t.closed_as(CloseVerdict::by_reset);
  } else {
    t.closed_as(t.v5() && !closed->disconnect ? CloseVerdict::without_code : CloseVerdict::clean);
  }
  if (!t.v5() || (!demands_0x8e && !closed->disconnect)) co_return;
  const bool told = closed->disconnect && closed->disconnect->reason == mqtt::ReasonCode::session_taken_over;
  t.should(told, "MQTT-3.1.4-3", "DISCONNECT 0x8E to the old connection before its close",
           seen_close(t, closed), "T-08");
}

}  // namespace holdfast
