// What a case may leave behind at a live broker, and how it goes.
#include "conformance/engine/context.h"

namespace holdfast {

Task<void> Context::clean_up() {
  network().set_weather(Weather{});
  std::set<std::string> topics;
  for (const auto& client : clients_) {
    client->abandon();
    client->answers = Answers{};
    topics.insert(client->retained_topics().begin(), client->retained_topics().end());
  }
  // Sessions first: the end of one may publish a will, and the will may be retained.
  for (const auto& client : clients_) {
    const std::set<std::string> ids = client->session_ids();
    for (const std::string& id : ids) {
      const bool discarded = co_await discard_session(*client, id);
      if (!discarded) co_return;  // nobody is there any more
    }
  }
  if (!topics.empty()) co_await delete_retained(*clients_.front(), std::move(topics));
}

// False if the broker does not answer.
Task<bool> Context::discard_session(Client& client, std::string client_id) {
  mqtt::Connect options = clean();
  options.client_id = std::move(client_id);
  options.protocol_level = static_cast<std::uint8_t>(client.version());
  client.connect_as_given(options);
  auto connack = co_await client.expect<mqtt::Connack>(patience());
  const bool answered = connack.has_value();
  if (answered) co_await disconnected(client);
  client.abandon();
  co_return answered;
}

Task<void> Context::delete_retained(Client& client, std::set<std::string> topics) {
  client.connect(clean());
  auto connack = co_await client.expect<mqtt::Connack>(patience());
  if (!connack || connack->reason != mqtt::ReasonCode::success) co_return;
  for (const std::string& topic : topics) {
    mqtt::Publish empty;
    empty.topic = topic;
    empty.retain = true;
    client.publish(std::move(empty));
  }
  co_await client.fence(patience());
  co_await disconnected(client);
}

}  // namespace holdfast
