// The server's half of the exchanges that it began: each PUBLISH and PUBREL that it sent, and what it was in
// the light of all that the Session had seen before.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "conformance/checkers/publications.h"
#include "conformance/checkers/steps.h"
#include "conformance/checkers/subscriptions.h"

namespace holdfast {

enum class Transmission : std::uint8_t {
  unsure,    // nothing can be said
  qos0,      // sent once and forgotten
  first,     // a message under an identifier that was free
  resent,    // the message of an unfinished exchange, for the first time on this connection
  repeated,  // the message of an unfinished exchange, again on the same connection
  reused,    // another message under the identifier of an unfinished exchange
  again,  // the message of an exchange that the client had acknowledged, as far as was written to the server
};

struct Delivery {
  Position at = never;
  ConnectionId connection = 0;
  SessionIndex session = no_session;
  const mqtt::Publish* publish = nullptr;
  std::string_view topic;                    // with its alias resolved; empty if that is unknown
  bool alias_unknown = false;                // no topic, and the alias was not set on this connection
  bool alias_of_earlier_connection = false;  // but it was on an earlier one of the Session
  bool sure = false;                         // as in Step
  Transmission transmission = Transmission::unsure;
  Position exchange_began_at = never;  // resent, repeated, reused, again: the first PUBLISH of that exchange
  bool pubrel_sent = false;            // in that exchange, before this packet
  bool completed = false;              // that exchange went through PUBREL to PUBCOMP
  std::uint32_t unknown_identifier = 0;  // a Subscription Identifier that the Session never used
  bool shared = false;                   // the Session has asked for a shared subscription
  Matching matching;
  const Publication* publication = nullptr;  // nullptr: unknown or not unique
};

enum class ReleaseKind : std::uint8_t {
  unsure,
  answer,         // to a PUBREC on this connection
  resent,         // owed since an earlier connection
  repeated,       // again on the same connection without another PUBREC
  unasked,        // no PUBREC has come for this exchange, or there is no exchange
  after_refusal,  // the only PUBREC was one of 0x80 or above
};

struct Release {
  Position at = never;
  ConnectionId connection = 0;
  SessionIndex session = no_session;
  const mqtt::Pubrel* pubrel = nullptr;
  ReleaseKind kind = ReleaseKind::unsure;
  Position pubrec_at = never;  // when the PUBREC was written that it answers; never: unsure
};

struct Deliveries {
  Deliveries(const Steps& steps, const Publications& publications);

  std::vector<Delivery> deliveries;  // one for each PUBLISH step of the server, in their order
  std::vector<Release> releases;     // one for each PUBREL step of the server
};

}  // namespace holdfast
