// Steps that the cases about subscriptions and single messages share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conformance/engine/context.h"

namespace holdfast {

// For a subscription that cannot settle by itself (No Local, several filters in one SUBSCRIBE): `from`
// publishes hidden probes to `topic` until one has reached `to`. Inconclusive if none does.
Task<void> settled_by(Context& t, Client& from, Client& to, std::string topic);

// Answers a message of QoS 1 or 2 with code 0x83, Implementation specific error (5.0).
void refuse(Client& client, const mqtt::Publish& publish);

// What became of a filter that a broker may not grant.
struct Asked {
  bool is_granted = false;
  std::string seen{};  // SUBACK, close or silence, in words
};
// Subscribes on a connection of its own. Inconclusive if the broker neither answers nor closes.
Task<Asked> asked_for(Context& t, Client& client, mqtt::SubscriptionRequest request);

// A message that is published to a subscription that is gone does not arrive. `kept` is a topic to which the
// client is still subscribed, for the sentinel. What is published within 2 s of UNSUBACK may still come
// (interpretation D-22), so a message that does is followed by a second trial after that time.
Task<void> judge_gone(Context& t, Client& from, Client& to, std::string gone, std::string kept,
                      std::string_view requirement);

}  // namespace holdfast
