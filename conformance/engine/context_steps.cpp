// The steps that most cases share: what every broker does, or the case is inconclusive.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/engine/context.h"
#include "conformance/engine/words.h"
#include "sim/mqtt/topic.h"

namespace holdfast {

using mqtt::PacketType;

namespace {

constexpr Duration probe_interval_min = 100ms;
constexpr Duration settling_time_min = 2s;
// Brokers turn away who connects or takes over too often (interpretation C-13).
constexpr int connect_retries_max = 2;
constexpr Duration connect_retry_pause = 1s;

// Whether the broker has closed the connection instead of sending CONNACK. Nobody there is something else.
bool is_turned_away(const Client& client) {
  if (client.broken() || !client.closed()) return false;
  return client.closed()->kind == CloseKind::fin || client.closed()->kind == CloseKind::reset;
}

// Why a client has not got what it waited for.
std::string why_nothing_came(const Client& client, std::string_view what, Duration patience) {
  if (client.broken()) return fmt::format("no {}: {}", what, client.broken()->what);
  if (!client.closed()) return fmt::format("no {} within {}", what, in_words(patience));
  const Closed& closed = *client.closed();
  if (closed.kind == CloseKind::refused) return fmt::format("no {}: the connection was refused", what);
  if (closed.disconnect) {
    return fmt::format("no {}: {}", what, mqtt::to_text(*closed.disconnect, client.version()));
  }
  return fmt::format("no {}: the connection ended ({})", what, name_of(closed.kind));
}

std::string code_in_words(mqtt::ReasonCode code, PacketType type, mqtt::Version version) {
  return fmt::format("{} 0x{:02X} ({})", mqtt::name_of(type), static_cast<unsigned>(code),
                     mqtt::name_of(code, type, version));
}

// A topic that matches the filter.
std::string topic_for(std::string_view filter) {
  std::string topic;
  for (const char c : filter) {
    if (c == '+' || c == '#') {
      topic += "settle";
    } else {
      topic += c;
    }
  }
  return topic;
}

}  // namespace

void Context::control_failed(const Client& client, std::string_view what) {
  control(false, fmt::format("{}: {}", client.name(), what));
}

void Context::control_came(bool came, const Client& client, std::string_view what) {
  if (!came) control_failed(client, why_nothing_came(client, what, patience()));
}

void Context::control_code(const Client& client, mqtt::ReasonCode code, PacketType type) {
  if (mqtt::is_error(code)) control_failed(client, code_in_words(code, type, client.version()));
}

mqtt::Connect Context::keeping(std::uint32_t seconds, bool clean_start) const {
  mqtt::Connect options = clean();
  options.clean_start = clean_start;
  if (v5()) options.properties.session_expiry_interval = seconds;
  return options;
}

mqtt::Connect Context::clean() const {
  mqtt::Connect options;
  options.protocol_level = static_cast<std::uint8_t>(version());
  return options;
}

Task<Received<mqtt::Connack>> Context::connected(Client& client, mqtt::Connect options) {
  client.connect(options);
  auto connack = co_await client.expect<mqtt::Connack>(patience());
  for (int retry = 0; !connack && is_turned_away(client) && retry < connect_retries_max; ++retry) {
    observed(fmt::format("{}: CONNECT was answered by a close; tried again after {}", client.name(),
                         in_words(connect_retry_pause)));
    co_await pass(connect_retry_pause);
    client.connect(options);
    connack = co_await client.expect<mqtt::Connack>(patience());
  }
  control_came(connack.has_value(), client, "CONNACK");
  const bool accepted = connack->reason == mqtt::ReasonCode::success;
  if (!accepted)
    control_failed(client, code_in_words(connack->reason, PacketType::connack, client.version()));
  co_return *connack;
}

Task<void> Context::subscribed(Client& client, std::string filter, int qos) {
  co_await subscribed(client, std::move(filter), qos, std::string());
}

Task<void> Context::subscribed(Client& client, std::string filter, int qos, std::string probe_topic) {
  mqtt::SubscriptionRequest request;
  request.filter = std::move(filter);
  request.qos = static_cast<std::uint8_t>(qos);
  mqtt::Properties none;
  co_await subscribed(client, std::move(request), std::move(none), std::move(probe_topic));
}

Task<void> Context::subscribed(Client& client, mqtt::SubscriptionRequest request, mqtt::Properties properties,
                               std::string probe_topic) {
  std::vector<mqtt::SubscriptionRequest> requests(1, request);
  const std::uint16_t packet_id = client.subscribe(std::move(requests), std::move(properties));
  auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, patience());
  control_came(suback.has_value(), client, "SUBACK");
  control(suback->reasons.size() == 1, "SUBACK has not one code for one filter");
  const mqtt::ReasonCode code = suback->reasons.front();
  control_code(client, code, PacketType::suback);
  const auto granted = static_cast<unsigned>(code);
  if (granted < request.qos) {
    supported(false, fmt::format("QoS {} was granted for a subscription at QoS {}", granted, request.qos));
  }

  if (request.no_local || mqtt::is_shared(request.filter) || probe_topic == "-") co_return;
  if (probe_topic.empty()) probe_topic = topic_for(request.filter);
  const bool is_settled = co_await settle(client, std::move(probe_topic));
  control_came(is_settled, client, "probe of the subscription");
  co_await fenced(client);
}

Task<bool> Context::settle(Client& client, std::string probe_topic) {
  const Time start = now();
  const Duration interval = std::max(probe_interval_min, 2 * sut().round_trip);
  const Time end = later(start, std::max(settling_time_min, patience()));
  const std::string batch = fmt::format("settle-{}-", ++probes_sent_);
  std::uint32_t probes = 0;
  bool is_settled = false;
  while (!is_settled && now() < end && client.is_open()) {
    mqtt::Publish probe;
    probe.topic = probe_topic;
    probe.payload = batch + std::to_string(++probes);
    client.publish(std::move(probe));
    is_settled = co_await client.expect_hidden(batch, interval);
  }
  if (!is_settled && client.is_open()) {
    control_failed(client,
                   fmt::format("the subscription is not in force {} after SUBACK: of {} messages to it "
                               "none has come back",
                               in_words(now() - start), probes));
  }
  if (is_settled && probes > 1) {
    observed(fmt::format("{}: the subscription was in force {} after SUBACK", client.name(),
                         in_words(now() - start)));
  }
  co_return is_settled;
}

Task<void> Context::published(Client& client, mqtt::Publish message) {
  const int qos = message.qos;
  const std::uint16_t packet_id = client.publish(std::move(message));
  if (qos == 0) co_return;
  if (qos == 1) {
    auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, patience());
    control_came(puback.has_value(), client, "PUBACK");
    control_code(client, puback->reason, PacketType::puback);
    co_return;
  }
  auto pubrec = co_await client.expect_id<mqtt::Pubrec>(packet_id, patience());
  control_came(pubrec.has_value(), client, "PUBREC");
  control_code(client, pubrec->reason, PacketType::pubrec);
  if (!client.answers.releases) client.release(packet_id);
  auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(packet_id, patience());
  control_came(pubcomp.has_value(), client, "PUBCOMP");
  control_code(client, pubcomp->reason, PacketType::pubcomp);
}

Task<void> Context::disconnected(Client& client) {
  mqtt::Properties none;
  co_await disconnected(client, std::move(none));
}

Task<void> Context::disconnected(Client& client, mqtt::Properties properties) {
  client.disconnect(mqtt::ReasonCode::success, std::move(properties));
  auto closed = co_await client.expect_close(patience());
  if (!closed) client.abandon();
}

Task<void> Context::dropped(Client& client) {
  client.cut();
  auto closed = co_await client.expect_close(patience());
  if (!closed) client.abandon();
}

Task<Received<mqtt::Publish>> Context::delivered(Client& client, std::string payload) {
  auto message = co_await client.expect_message(payload, patience());
  if (!message) control_came(false, client, fmt::format("message \"{}\"", payload));
  if (message->qos == 2 && client.answers.acknowledges) {
    auto pubrel = co_await client.expect_id<mqtt::Pubrel>(message->packet_id, patience());
    control_came(pubrel.has_value(), client, "PUBREL");
  }
  co_return *message;
}

Task<void> Context::fenced(Client& client) {
  const bool answered = co_await client.fence(patience());
  control_came(answered, client, "PINGRESP");
}

Task<void> Context::pass(Duration duration) { co_await sleep_for(loop(), duration); }

}  // namespace holdfast
