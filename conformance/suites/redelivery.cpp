// Re-delivery: section 4.4.
//
// Generated, not written by hand: {QoS 1, QoS 2} x {to the client, from the client} x every packet of the
// exchange x {before it, in the middle of it, after it} x {FIN, RST, half-open with a later takeover} x
// {resumed, cleaned, expired}. What has to happen follows from what had passed the SUT edge before the fault.
#include "conformance/suites/redelivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

using mqtt::PacketType;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

std::string_view word(RedeliveryPoint where) {
  switch (where) {
    case RedeliveryPoint::before:
      return "before";
    case RedeliveryPoint::middle:
      return "mid";
    case RedeliveryPoint::after:
      return "after";
  }
  return "";
}

std::string_view word(FaultAction fault) {
  switch (fault) {
    case FaultAction::cut:
      return "cut";
    case FaultAction::reset:
      return "reset";
    default:
      return "half-open";
  }
}

std::string_view word(RedeliveryReturn how) {
  switch (how) {
    case RedeliveryReturn::resumed:
      return "resumed";
    case RedeliveryReturn::cleaned:
      return "cleaned";
    case RedeliveryReturn::expired:
      return "expired";
  }
  return "";
}

bool sent_by_server(const RedeliveryScenario& scenario) {
  const bool forward = scenario.packet == PacketType::publish || scenario.packet == PacketType::pubrel;
  return forward == scenario.to_client;
}

// "sub: byte 2 of server:PUBREL#1 reset". A PUBLISH is cut one byte short, so that it looks almost whole.
std::string fault_text(const RedeliveryScenario& scenario, std::string_view client,
                       std::size_t publish_size) {
  std::string point(word(scenario.where));
  if (scenario.where == RedeliveryPoint::middle) {
    point = fmt::format("byte {} of", scenario.packet == PacketType::publish ? publish_size - 1 : 2);
  }
  return fmt::format("{}: {} {}:{}#1 {}", client, point, sent_by_server(scenario) ? "server" : "client",
                     mqtt::name_of(scenario.packet), word(scenario.fault));
}

// What the trace tells of one exchange on one connection, from its PUBLISH on: before that the identifier may
// have served another. All packets whole.
struct Exchange {
  const Trace& trace;
  ConnectionId connection;
  std::uint16_t packet_id;  // 0: the SUT never sent the PUBLISH
  std::size_t began;        // index of its event

  template <class PacketKind>
  std::size_t count(Edge edge, mqtt::Sender sender) const {
    std::size_t found = 0;
    for (std::size_t i = began; i < trace.events().size(); ++i) {
      const Event& event = trace.events()[i];
      if (event.kind != EventKind::packet || event.edge != edge || event.sender != sender) continue;
      if (event.connection != connection) continue;
      const auto* packet = std::get_if<PacketKind>(event.packet.get());
      if (packet != nullptr && packet->packet_id == packet_id) ++found;
    }
    return found;
  }
  template <class PacketKind>
  bool sut_got() const {
    return count<PacketKind>(Edge::sut, mqtt::Sender::client) > 0;
  }
  template <class PacketKind>
  bool sut_sent() const {
    return count<PacketKind>(Edge::sut, mqtt::Sender::server) > 0;
  }
  template <class PacketKind>
  bool client_got() const {
    return count<PacketKind>(Edge::client, mqtt::Sender::server) > 0;
  }
};

// The exchange in which the SUT sent the message on this connection.
Exchange exchange_of(Context& t, ConnectionId connection, std::string_view payload) {
  const auto& events = t.trace().events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.kind != EventKind::packet || event.edge != Edge::sut) continue;
    if (event.sender != mqtt::Sender::server || event.connection != connection) continue;
    const auto* publish = std::get_if<mqtt::Publish>(event.packet.get());
    if (publish != nullptr && publish->payload == payload)
      return Exchange{t.trace(), connection, publish->packet_id, i};
  }
  return Exchange{t.trace(), connection, 0, events.size()};
}

// A PUBREL on this connection whose PUBLISH was not sent on it; 0 if there is none.
std::uint16_t orphan_pubrel(Context& t, ConnectionId connection) {
  std::set<std::uint16_t> published;
  for (const Event& event : t.trace().events()) {
    if (event.kind != EventKind::packet || event.edge != Edge::sut) continue;
    if (event.sender != mqtt::Sender::server || event.connection != connection) continue;
    if (const auto* publish = std::get_if<mqtt::Publish>(event.packet.get()))
      published.insert(publish->packet_id);
    const auto* pubrel = std::get_if<mqtt::Pubrel>(event.packet.get());
    if (pubrel != nullptr && !published.contains(pubrel->packet_id)) return pubrel->packet_id;
  }
  return 0;
}

std::size_t size_of(const Context& t, const mqtt::Publish& publish) {
  return mqtt::encoded_size(mqtt::Packet(publish), t.version());
}

std::uint32_t kept_for(const Context& t, const RedeliveryScenario& scenario) {
  return scenario.back == RedeliveryReturn::expired ? interval_of(t, 1) : 600;
}

// Comes back as the scenario says. False if an expired Session was there all the same, which ends the case.
Task<bool> come_back(Context& t, Client& client, RedeliveryScenario scenario) {
  if (scenario.back == RedeliveryReturn::expired)
    co_await t.pass(std::chrono::seconds(kept_for(t, scenario)) + t.late_watch());
  const bool clean_start = scenario.back == RedeliveryReturn::cleaned;
  auto connack = co_await returned(t, client, t.keeping(kept_for(t, scenario), clean_start));
  switch (scenario.back) {
    case RedeliveryReturn::resumed:
      judge_session_present(t, connack, Past::kept, "the Session outlives a lost connection");
      break;
    case RedeliveryReturn::cleaned:
      judge_session_present(t, connack, Past::cleaned, "Clean Session or Clean Start was 1");
      break;
    case RedeliveryReturn::expired:
      t.should(!connack.session_present, "MQTT-4.1.0-2",
               "Session Present 0 after the Session Expiry Interval", seen(t, connack), "S-04");
      if (connack.session_present) co_return false;
      break;
  }
  co_return true;
}

// Until a broker has swept up after a Session, what it does there may meet the new one: ejabberd has been
// seen to drop subscriptions that were made meanwhile.
constexpr Duration sweeping_up = 100ms;

// Waits until the SUT has closed its end of a connection that was lost in silence, and has swept up. That it
// has to is judged under takeover.
Task<void> await_displacement(Context& t, ConnectionId lost) {
  const auto is_closed = [&t, lost] {
    return std::ranges::any_of(t.trace().events(), [lost](const Event& event) {
      return event.kind == EventKind::end && event.edge == Edge::sut && event.connection == lost;
    });
  };
  const Time end = later(t.now(), t.patience());
  while (!is_closed() && t.now() < end) co_await t.pass(10ms);
  co_await t.pass(sweeping_up);
}

// --- from the server to the client ---

// Waits for the repeat, which may come after newer messages: their order is judged elsewhere.
Task<void> judge_single_repeat(Context& t, Client& client) {
  co_await client.expect_message("m", t.patience());
  const std::size_t copies = client.count("m", client.connection());
  t.must(copies == 1, "MQTT-4.4.0-1", "the unacknowledged PUBLISH once again", seen_messages(client));
}

Task<void> judge_repeat_qos1(Context& t, Client& client, Exchange before) {
  if (!before.sut_got<mqtt::Puback>()) {
    co_await judge_single_repeat(t, client);
    t.also_judges({rule(t, "HF-3.1.1-S03", ""), rule(t, "MQTT-4.1.0-1", "")});
    co_return;
  }
  // The acknowledgement may have died with the connection, so one repeat is fine.
  const std::size_t copies = client.count("m", client.connection());
  t.must(copies <= 1, "MQTT-4.4.0-1", "at most one repeat of an acknowledged message",
         fmt::format("{} copies", copies));
}

// After PUBREC the message is the client's; what is owed is the PUBREL.
Task<void> judge_repeat_qos2(Context& t, Client& client, Exchange before) {
  if (!before.sut_got<mqtt::Pubrec>()) {
    co_await judge_single_repeat(t, client);
    t.also_judges({rule(t, "HF-3.1.1-S03", "MQTT-4.3.3-3")});
    co_return;
  }
  // PUBRELs may come after newer messages, so the sentinel says nothing about them.
  const bool is_complete = before.sut_got<mqtt::Pubcomp>();
  const Duration patience = is_complete ? Duration{} : t.patience();
  auto again = co_await client.expect_id<mqtt::Pubrel>(before.packet_id, patience);
  const bool released_again = again.has_value();
  const std::size_t copies = client.count("m", client.connection());
  if (before.sut_sent<mqtt::Pubrel>()) {
    t.must(copies == 0, rule(t, "MQTT-4.3.3-1", "MQTT-4.3.3-6"), "no PUBLISH once PUBREL has been sent",
           seen_messages(client), "Q-03");
    if (is_complete) co_return;
    t.must(released_again, rule(t, "HF-3.1.1-S32", "MQTT-4.4.0-1"),
           fmt::format("PUBREL id {} again, which is owed until PUBCOMP", before.packet_id), "no PUBREL",
           "Q-03");
    // With other flags than the first it would not have been read.
    t.also_judges({rule(t, "HF-3.1.1-S33", "MQTT-4.3.3-5")});
    co_return;
  }
  // The PUBREC may have died with the connection: either packet carries the exchange on.
  t.must(released_again || copies == 1, "MQTT-4.4.0-1",
         "PUBREL, or the PUBLISH again, to go on with the exchange", seen_messages(client) + " and no PUBREL",
         "Q-03");
}

// The repeat has the identifier and the DUP flag that it must have.
void judge_form_of_repeat(Context& t, const Client& client, const Exchange& before) {
  for (const auto& publish : client.messages()) {
    if (publish.connection != client.connection() || publish.payload != "m") continue;
    t.must(publish.packet_id == before.packet_id, "MQTT-4.4.0-1",
           fmt::format("the original Packet Identifier {}", before.packet_id), seen(t, publish));
    // What the client never saw may have been taken back before it was sent, for all that it can know.
    if (before.client_got<mqtt::Publish>()) {
      t.must(publish.dup, "MQTT-3.3.1-1", "DUP 1 on a repeat", seen(t, publish), "Q-06");
    } else {
      t.should(publish.dup, "MQTT-3.3.1-1", "DUP 1 on a repeat", seen(t, publish), "Q-06");
    }
  }
}

// Nothing else comes: no message that was complete before, no PUBREL of another exchange; and the repeat
// comes in front of what is new.
void judge_nothing_else(Context& t, const Client& client, const Exchange& before) {
  const std::string_view id = "MQTT-4.4.0-1";
  t.must(client.count("control", client.connection()) == 0, id, "no repeat of a message that was complete",
         seen_messages(client));
  const std::uint16_t orphan = orphan_pubrel(t, client.connection());
  t.must(orphan == 0 || orphan == before.packet_id, id, "no PUBREL but those of open exchanges",
         fmt::format("PUBREL id {}", orphan));
  bool sentinel_has_come = false;
  for (const auto& publish : client.messages()) {
    if (publish.connection != client.connection()) continue;
    sentinel_has_come = sentinel_has_come || publish.payload.starts_with("sentinel-");
    const bool is_in_front = publish.payload != "m" || !sentinel_has_come;
    const std::string_view order = rule(t, "HF-3.1.1-S30", "HF-5.0-S30");
    const std::string expected = "the repeat in front of what is new";
    // Of what the client has seen, a repeat may follow what is newer.
    if (before.client_got<mqtt::Publish>()) {
      t.should(is_in_front, order, expected, seen_messages(client), "D-23");
    } else {
      t.must(is_in_front, order, expected, seen_messages(client), "D-23");
    }
  }
}

Task<void> to_client(Context& t, RedeliveryScenario scenario) {
  Client& client = t.client("sub");
  const std::string topic = t.topic("a");
  co_await t.connected(client, t.keeping(kept_for(t, scenario)));
  co_await t.subscribed(client, topic, scenario.qos);
  Client& pub = *co_await publisher(t);
  co_await t.published(pub, message(topic, "control", scenario.qos));
  co_await t.delivered(client, "control");
  co_await t.fenced(client);

  mqtt::Publish m = message(topic, "m", scenario.qos);
  t.arm(fault_text(scenario, "sub", size_of(t, m)));
  co_await t.published(pub, m);
  auto closed = co_await client.expect_close(t.patience());
  t.control(closed.has_value() && t.faults_struck(),
            fmt::format("no {} to strike at", mqtt::name_of(scenario.packet)));
  const ConnectionId first = client.connection();
  const Exchange before = exchange_of(t, first, "m");
  client.session().discard();  // what the broker owes is judged, not what the client does

  const bool as_expected = co_await come_back(t, client, scenario);
  if (!as_expected) co_return;
  co_await await_displacement(t, first);
  if (scenario.back != RedeliveryReturn::resumed) co_await t.subscribed(client, topic, scenario.qos);
  co_await sentinel(t, pub, client, topic, scenario.qos);
  co_await t.fenced(client);
  if (scenario.back == RedeliveryReturn::resumed) {
    if (scenario.qos == 1) {
      co_await judge_repeat_qos1(t, client, before);
    } else {
      co_await judge_repeat_qos2(t, client, before);
    }
    judge_form_of_repeat(t, client, before);
    judge_nothing_else(t, client, before);
  } else {
    t.must(client.count("m", client.connection()) == 0, rule(t, "MQTT-3.1.2-6", "HF-5.0-S32"),
           "nothing of the Session that is gone", seen_messages(client));
    const std::uint16_t orphan = orphan_pubrel(t, client.connection());
    t.must(orphan == 0, rule(t, "MQTT-3.1.2-6", "HF-5.0-S32"),
           "no PUBREL for an exchange of the Session that is gone", fmt::format("PUBREL id {}", orphan));
    t.also_judges({rule(t, "HF-3.1.1-S37", "")});
  }
}

// --- from the client to the server ---

Task<void> judge_completion(Context& t, Client& client, Client& subscriber, std::uint16_t packet_id,
                            RedeliveryScenario scenario, bool owed) {
  if (owed && scenario.qos == 1) {
    auto puback = co_await client.expect_id<mqtt::Puback>(packet_id, t.patience());
    t.must(puback.has_value(), rule(t, "MQTT-4.3.2-2", "MQTT-4.3.2-4"),
           fmt::format("PUBACK id {} for the repeated PUBLISH", packet_id), seen(t, puback));
  } else if (owed) {
    auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(packet_id, t.patience());
    t.must(pubcomp.has_value(), rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
           fmt::format("PUBCOMP id {} at the end of the resumed exchange", packet_id), seen(t, pubcomp),
           "Q-08");
  }
  auto arrived = co_await subscriber.expect_message("m", t.patience());
  t.must(arrived.has_value(), "MQTT-4.5.0-1", "delivery of the message, whose exchange has been completed",
         seen_messages(subscriber));
}

// A Session that is gone takes the exchange with it: its identifier is free.
Task<void> judge_fresh_start(Context& t, Client& client, Client& subscriber, std::uint16_t packet_id,
                             mqtt::Publish fresh) {
  fresh.packet_id = packet_id;
  co_await t.published(client, fresh);
  auto arrived = co_await subscriber.expect_message(fresh.payload, t.patience());
  t.must(
      arrived.has_value(), rule(t, "MQTT-3.1.2-6", "HF-5.0-S29"),
      fmt::format("delivery of a new message under the identifier {} of the Session that is gone", packet_id),
      seen_messages(subscriber));
}

Task<void> from_client(Context& t, RedeliveryScenario scenario) {
  Client& client = t.client("sender");
  Client& subscriber = t.client("sub");
  const std::string topic = t.topic("a");
  co_await t.connected(subscriber, t.clean());
  co_await t.subscribed(subscriber, topic, scenario.qos);
  co_await t.connected(client, t.keeping(kept_for(t, scenario)));
  co_await anchored(t, client);
  co_await t.published(client, message(topic, "control", scenario.qos));
  co_await t.delivered(subscriber, "control");

  mqtt::Publish m = message(topic, "m", scenario.qos);
  t.arm(fault_text(scenario, "sender", size_of(t, m)));
  const std::uint16_t packet_id = client.publish(m);
  auto closed = co_await client.expect_close(t.patience());
  t.control(closed.has_value() && t.faults_struck(),
            fmt::format("no {} to strike at", mqtt::name_of(scenario.packet)));
  const bool owed = !client.session().unacknowledged().empty();
  const ConnectionId lost = client.connection();

  const bool as_expected = co_await come_back(t, client, scenario);
  if (!as_expected) co_return;
  co_await await_displacement(t, lost);
  if (scenario.back == RedeliveryReturn::resumed) {
    co_await judge_completion(t, client, subscriber, packet_id, scenario, owed);
  } else {
    co_await judge_fresh_start(t, client, subscriber, packet_id, message(topic, "fresh", scenario.qos));
  }
  co_await sentinel(t, client, subscriber, topic, scenario.qos);
  const std::size_t copies = subscriber.count("m");
  if (scenario.qos == 2) {
    t.must(copies <= 1, rule(t, "MQTT-4.3.3-2", "MQTT-4.3.3-10"), "one delivery of a QoS 2 message",
           seen_messages(subscriber));
    const bool has_resumed = scenario.back == RedeliveryReturn::resumed;
    if (has_resumed) t.also_judges({rule(t, "HF-3.1.1-S05", "")});
  }
  if (!owed) {
    t.must(copies >= 1, "MQTT-4.5.0-1", "delivery of a message that the broker has acknowledged to the end",
           seen_messages(subscriber));
  }
}

std::string title_of(const RedeliveryScenario& scenario) {
  const char* what = scenario.to_client ? "to" : "from";
  const std::string_view action = scenario.fault == FaultAction::cut     ? "a cut"
                                  : scenario.fault == FaultAction::reset ? "a reset"
                                                                         : "a silent loss";
  const std::string_view where =
      scenario.where == RedeliveryPoint::middle ? "in the middle of" : word(scenario.where);
  const char* then =
      scenario.back == RedeliveryReturn::resumed
          ? "is carried on when the Session resumes"
          : (scenario.back == RedeliveryReturn::cleaned ? "is gone after a clean start"
                                                        : "is gone after the Session has expired");
  return fmt::format("A QoS {} exchange {} the client, left by {} {} its {}, {}", scenario.qos, what, action,
                     where, mqtt::name_of(scenario.packet), then);
}

CaseDescription describe(const RedeliveryScenario& scenario) {
  CaseDescription description;
  description.slug = fmt::format("{}-qos{}-{}-{}-{}-{}", scenario.to_client ? "to-client" : "from-client",
                                 scenario.qos, word(scenario.where), lower(mqtt::name_of(scenario.packet)),
                                 word(scenario.fault), word(scenario.back));
  description.family = fmt::format("{}-qos{}-{}", scenario.to_client ? "to-client" : "from-client",
                                   scenario.qos, word(scenario.back));
  description.title = title_of(scenario);
  const bool resumed = scenario.back == RedeliveryReturn::resumed;
  Edition v3{"4.4", {}};
  Edition v5{"4.4", {}};
  if (resumed) {
    v3.requirements = {"MQTT-4.4.0-1", "MQTT-3.1.2-4", "HF-3.1.1-S60"};
    v5.requirements = {"MQTT-4.4.0-1", "MQTT-3.1.2-5", "HF-5.0-S10"};
    if (scenario.to_client) {
      v3.requirements.insert(v3.requirements.end(), {"HF-3.1.1-S03", "MQTT-3.3.1-1"});
      v5.requirements.insert(v5.requirements.end(), {"HF-5.0-S30", "MQTT-3.3.1-1"});
      if (scenario.qos == 2) {
        v3.requirements.insert(v3.requirements.end(), {"MQTT-4.3.3-1", "HF-3.1.1-S32"});
        v5.requirements.insert(v5.requirements.end(), {"MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-6"});
      } else {
        v3.requirements.push_back("MQTT-4.3.2-1");
        v5.requirements.push_back("MQTT-4.3.2-3");
      }
    } else if (scenario.qos == 2) {
      v3.requirements.insert(v3.requirements.end(), {"HF-3.1.1-S05", "MQTT-4.3.3-2", "MQTT-4.5.0-1"});
      v5.requirements.insert(v5.requirements.end(),
                             {"HF-5.0-S28", "HF-5.0-S50", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.5.0-1"});
    } else {
      v3.requirements.insert(v3.requirements.end(), {"MQTT-4.3.2-2", "MQTT-4.5.0-1"});
      v5.requirements.insert(v5.requirements.end(), {"MQTT-4.3.2-4", "MQTT-4.5.0-1"});
    }
  } else {
    v3.requirements = {"MQTT-3.1.2-6", "HF-3.1.1-S37"};
    v5.requirements = {scenario.to_client ? "HF-5.0-S32" : "HF-5.0-S29", "MQTT-3.1.2-4"};
    if (scenario.back == RedeliveryReturn::expired) {
      v3 = {};
      v5.requirements.back() = "MQTT-4.1.0-2";
    }
  }
  description.v3_1_1 = v3;
  description.v5 = v5;
  description.procedure = fmt::format("Fault '{}' in the exchange of one message, then return.",
                                      fault_text(scenario, scenario.to_client ? "sub" : "sender", 0x20));
  description.control = "The same exchange is completed on the same connection before.";
  description.needs = {scenario.qos == 2 ? Need::qos_2 : Need::qos_1};
  if (scenario.back == RedeliveryReturn::expired) {
    description.needs.push_back(Need::session_expiry);
    description.longest_timer = 6s;
  }
  description.tags = {"redelivery", scenario.qos == 2 ? "qos2" : "qos1", std::string(word(scenario.fault)),
                      scenario.to_client ? "to-client" : "from-client"};
  description.variants = {"pubrec-window", "qos1-duplicate-after-reconnect",
                          "pubrel-and-publish-interleaved"};
  description.interpretations = {"Q-03", "Q-06"};
  if (scenario.back == RedeliveryReturn::expired) description.interpretations.push_back("S-04");
  if (resumed && scenario.to_client) description.interpretations.push_back("D-23");
  if (resumed && !scenario.to_client && scenario.qos == 2) description.interpretations.push_back("Q-08");
  description.run = [scenario](Context& t) {
    return scenario.to_client ? to_client(t, scenario) : from_client(t, scenario);
  };
  return description;
}

}  // namespace

std::vector<RedeliveryScenario> redelivery_scenarios() {
  std::vector<RedeliveryScenario> scenarios;
  for (const RedeliveryReturn back :
       {RedeliveryReturn::resumed, RedeliveryReturn::cleaned, RedeliveryReturn::expired}) {
    for (const bool toward_client : {true, false}) {
      for (const int qos : {1, 2}) {
        const std::vector<PacketType> packets =
            qos == 1 ? std::vector<PacketType>{PacketType::publish, PacketType::puback}
                     : std::vector<PacketType>{PacketType::publish, PacketType::pubrec, PacketType::pubrel,
                                               PacketType::pubcomp};
        for (const PacketType packet : packets) {
          for (const RedeliveryPoint where :
               {RedeliveryPoint::before, RedeliveryPoint::middle, RedeliveryPoint::after}) {
            for (const FaultAction fault : {FaultAction::cut, FaultAction::reset, FaultAction::half_open}) {
              // The clock of a Session whose loss nobody noticed does not run (interpretation S-06).
              if (back == RedeliveryReturn::expired && fault == FaultAction::half_open) continue;
              scenarios.push_back({toward_client, qos, packet, where, fault, back});
            }
          }
        }
      }
    }
  }
  return scenarios;
}

void register_redelivery(Registry& registry) {
  for (const RedeliveryScenario& scenario : redelivery_scenarios()) registry.add(describe(scenario));
}

}  // namespace holdfast
