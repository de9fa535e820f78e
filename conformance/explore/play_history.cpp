#include "conformance/explore/play_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "conformance/explore/session_model.h"
#include "conformance/suites/steps.h"

namespace holdfast {
namespace {

constexpr std::uint32_t asked_for_seconds = 3'600;
// Some brokers turn away who connects too often (interpretation C-13).
constexpr int connect_retries_max = 2;
constexpr Duration connect_retry_pause = 1s;

class Player {
 public:
  Player(Context& t, const History& history) : t_(t), history_(history) {}

  Task<void> play() {
    co_await show_control();
    for (const Step& step : history_) {
      co_await take(step);
      note_held_back();
    }
    t_.network().disarm();
    co_await come_back();
    co_await judge_what_is_owed();
    judge_cancelled_wills();
  }

 private:
  // A message of this client that the broker has not acknowledged in full.
  struct Sent {
    std::string payload;
    std::uint16_t packet_id;
    std::uint8_t qos;
    bool has_pubrec = false;
  };
  struct Actor {
    std::uint8_t number = 0;
    Client* client = nullptr;
    bool is_up = false;  // CONNACK has come, and nothing has been done to the connection since
    std::string will;    // its payload, while the connection stands that has it
    std::vector<Sent> sent;
    // What the client was sent and has left without an answer.
    std::set<std::string> held_back;
    std::size_t looked_at = 0;  // of the client's messages
  };

  // --- control ---

  Task<void> show_control() {
    Client& client = t_.client("control");
    co_await t_.connected(client, t_.clean());
    co_await t_.subscribed(client, t_.topic("control"), 1);
    co_await t_.published(client, message(t_.topic("control"), "control", 1));
    co_await t_.delivered(client, "control");
    co_await t_.disconnected(client);
  }

  // --- steps ---

  Task<void> take(const Step& step) {
    Actor& actor = actor_of(step.client);
    require_untouched(actor);
    switch (step.action) {
      case Action::connect:
        co_await connect(actor, step);
        break;
      case Action::subscribe:
        co_await subscribe(actor, step);
        break;
      case Action::unsubscribe:
        co_await unsubscribe(actor, step);
        break;
      case Action::publish:
        co_await publish(actor, step);
        break;
      case Action::hold:
        actor.client->answers.acknowledges = false;
        actor.client->answers.releases = false;
        break;
      case Action::answer:
        co_await answer(actor);
        break;
      case Action::disconnect:
      case Action::cut:
      case Action::reset:
      case Action::vanish:
        co_await leave(actor, step.action);
        break;
      case Action::fault:
        t_.arm(fmt::format("{}: {}", client_name(step.client), to_text(step.fault)));
        break;
    }
  }

  Actor& actor_of(std::uint8_t number) {
    Actor& actor = actors_[number];
    if (actor.client == nullptr) {
      actor.number = number;
      actor.client = &t_.client(client_name(number));
    }
    return actor;
  }

  // A broker that closes connections for no reason that we know cannot be judged by what comes afterwards.
  void require_untouched(Actor& actor) {
    if (!actor.is_up || actor.client->is_open()) return;
    t_.control(has_struck(actor),
               fmt::format("the broker has closed the connection of {} for no reason that is known",
                           actor.client->name()));
    actor.is_up = false;
    actor.will.clear();
    model_.ended(actor.number, false);
  }

  // Whether a fault has struck the client's latest connection.
  bool has_struck(const Actor& actor) const { return t_.network().has_struck(actor.client->connection()); }

  mqtt::Connect options_of(const Step& step, Keeping keeping) {
    mqtt::Connect options = t_.clean();
    if (keeping != Keeping::brief) options = t_.keeping(asked_for_seconds, keeping == Keeping::renew);
    if (t_.v5() && step.window > 0) options.properties.receive_maximum = step.window;
    if (step.has_will) {
      mqtt::Will will;
      will.topic = t_.topic("x");
      will.payload = fmt::format("w{}", ++wills_);
      will.qos = std::min<std::uint8_t>(1, t_.sut().maximum_qos);
      options.will = std::move(will);
    }
    return options;
  }

  Task<void> connect(Actor& actor, const Step& step) {
    if (actor.client->is_open()) co_return;
    // What has come in on the old connection and was not looked at yet.
    co_await finish_sent(actor);
    const Keeping keeping = step.keeping == Keeping::renew && !t_.v5() ? Keeping::brief : step.keeping;
    const mqtt::Connect options = options_of(step, keeping);
    const SessionModel::Life past = model_.life(actor.number);
    const bool is_worth_keeping = model_.is_worth_keeping(actor.number);
    model_.connecting(actor.number, keeping);
    // What was under way in an older Session is void, and perhaps there is no other.
    if (keeping != Keeping::keep || past != SessionModel::Life::held) {
      actor.client->session().discard();
      actor.sent.clear();
      actor.held_back.clear();
    }
    auto connack = co_await connack_of(actor, options);
    if (!connack) co_return;
    if (keeping != Keeping::keep) {
      judge_session_present(t_, *connack, Past::cleaned, "the old Session was to be discarded");
    } else if (past == SessionModel::Life::none) {
      judge_session_present(t_, *connack, Past::none, "the broker holds no Session for this client");
    } else if (past == SessionModel::Life::held && is_worth_keeping) {
      judge_session_present(t_, *connack, Past::kept, "the broker holds a Session with a subscription");
    }
    std::uint32_t kept_for = keeping == Keeping::brief ? 0 : asked_for_seconds;
    // The broker of 5.0 may keep the Session for longer or shorter than asked, if it says so.
    kept_for = connack->properties.session_expiry_interval.value_or(kept_for);
    model_.connected(actor.number, kept_for, connack->session_present);
    actor.is_up = true;
    if (options.will) actor.will = options.will->payload;
    if (connack->session_present) {
      co_await judge_repeats(actor);
    } else {
      actor.sent.clear();
      actor.held_back.clear();
    }
    co_await finish_sent(actor);
  }

  // nullopt if a fault has struck meanwhile.
  Task<std::optional<Received<mqtt::Connack>>> connack_of(Actor& actor, const mqtt::Connect& options) {
    Client& client = *actor.client;
    std::optional<Received<mqtt::Connack>> connack;
    for (int attempt = 0; !connack && attempt <= connect_retries_max; ++attempt) {
      if (attempt > 0) co_await t_.pass(connect_retry_pause);
      client.connect(options);
      connack = co_await client.expect<mqtt::Connack>(t_.patience());
      if (!connack && has_struck(actor)) {
        client.abandon();
        co_return connack;
      }
      if (!connack && !client.closed()) break;
    }
    t_.control(connack.has_value(), fmt::format("{}: no CONNACK", client.name()));
    t_.control(connack->reason == mqtt::ReasonCode::success,
               fmt::format("{}: the broker refuses the CONNECT: {}", client.name(), seen(t_, connack)));
    co_return connack;
  }

  // [MQTT-4.4.0-1] What was sent and not acknowledged comes again when the Session resumes.
  Task<void> judge_repeats(Actor& actor) {
    const std::set<std::string> held_back = std::move(actor.held_back);
    actor.held_back.clear();
    for (const std::string& payload : held_back) {
      const ConnectionId connection = actor.client->connection();
      bool came = actor.client->count(payload, connection) > 0;
      if (!came) {
        auto again = co_await actor.client->expect_message(payload, t_.patience());
        came = again.has_value();
      }
      if (!came && !actor.client->is_open()) {
        actor.held_back = held_back;
        co_return;
      }
      t_.must(came, "MQTT-4.4.0-1",
              fmt::format("{} again, which {} had not acknowledged when its connection ended", payload,
                          actor.client->name()),
              seen_messages(*actor.client));
    }
  }

  Task<void> subscribe(Actor& actor, const Step& step) {
    Client& client = *actor.client;
    if (!client.is_open() || (step.topic == "+" && !t_.sut().wildcard)) co_return;
    model_.subscribing(actor.number, step.topic);
    std::vector<mqtt::SubscriptionRequest> requests;
    requests.push_back(subscription(t_.topic(step.topic), step.qos));
    const std::uint16_t packet_id = client.subscribe(std::move(requests));
    auto suback = co_await client.expect_id<mqtt::Suback>(packet_id, t_.patience());
    if (!client.is_open()) co_return;
    t_.control(suback.has_value(), fmt::format("{}: no SUBACK", client.name()));
    if (!is_granted(*suback)) co_return;
    // Behind messages that wait for an acknowledgement no probe may come.
    note_held_back();
    if (!client.answers.acknowledges || !actor.held_back.empty()) co_return;
    const auto granted = static_cast<std::uint8_t>(suback->reasons.front());
    std::string probed = step.topic;
    if (probed == "+") probed = "probe";
    const bool is_in_force = co_await t_.settle(client, t_.topic(probed));
    if (is_in_force) model_.subscribed(actor.number, step.topic, granted);
  }

  Task<void> unsubscribe(Actor& actor, const Step& step) {
    Client& client = *actor.client;
    if (!client.is_open()) co_return;
    model_.unsubscribing(actor.number, step.topic);
    std::vector<std::string> filters(1, t_.topic(step.topic));
    const std::uint16_t packet_id = client.unsubscribe(std::move(filters));
    auto unsuback = co_await client.expect_id<mqtt::Unsuback>(packet_id, t_.patience());
    t_.control(unsuback.has_value() || !client.is_open(), fmt::format("{}: no UNSUBACK", client.name()));
  }

  Task<void> publish(Actor& actor, const Step& step) {
    Client& client = *actor.client;
    if (!client.is_open() || messages_ == history_messages_max) co_return;
    const std::uint8_t qos = std::min(step.qos, t_.sut().maximum_qos);
    if (qos > 0 && actor.sent.size() >= t_.sut().receive_maximum) co_return;
    const std::string payload = fmt::format("m{}", ++messages_);
    model_.sending(payload, step.topic, qos);
    const std::uint16_t packet_id = client.publish(message(t_.topic(step.topic), payload, qos));
    if (qos == 0) co_return;
    actor.sent.push_back({.payload = payload, .packet_id = packet_id, .qos = qos});
    co_await finish_sent(actor);
  }

  // Waits for the acknowledgements of all that this client has sent, as far as it gives its own.
  Task<void> finish_sent(Actor& actor) {
    std::vector<Sent> left;
    for (Sent& sent : actor.sent) {
      const bool is_over = co_await finish(*actor.client, sent);
      if (!is_over) left.push_back(sent);
    }
    actor.sent = std::move(left);
  }

  // Whether the exchange is over, for better or worse.
  Task<bool> finish(Client& client, Sent& sent) {
    if (sent.qos == 1) {
      auto puback = co_await client.expect_id<mqtt::Puback>(sent.packet_id, t_.patience());
      const bool is_owed = !puback && client.is_open();
      t_.must(!is_owed, rule(t_, "MQTT-4.3.2-2", "MQTT-4.3.2-4"),
              fmt::format("PUBACK for identifier {}, {}", sent.packet_id, sent.payload), "nothing");
      if (!puback) co_return false;
      if (!mqtt::is_error(puback->reason)) model_.accepted(sent.payload);
      co_return true;
    }
    if (!sent.has_pubrec) {
      auto pubrec = co_await client.expect_id<mqtt::Pubrec>(sent.packet_id, t_.patience());
      const bool is_owed = !pubrec && client.is_open();
      t_.must(!is_owed, rule(t_, "MQTT-4.3.3-2", "MQTT-4.3.3-8"),
              fmt::format("PUBREC for identifier {}, {}", sent.packet_id, sent.payload), "nothing");
      if (!pubrec) co_return false;
      if (mqtt::is_error(pubrec->reason)) co_return true;
      sent.has_pubrec = true;
    }
    // After a resumption the client may have sent its PUBREL again, whether it releases or not.
    Duration patience = t_.patience();
    if (!client.answers.releases) patience = 0ns;
    auto pubcomp = co_await client.expect_id<mqtt::Pubcomp>(sent.packet_id, patience);
    const bool is_owed = !pubcomp && client.is_open() && client.answers.releases;
    t_.must(!is_owed, rule(t_, "MQTT-4.3.3-2", "MQTT-4.3.3-11"),
            fmt::format("PUBCOMP for identifier {}, {}", sent.packet_id, sent.payload), "nothing");
    if (!pubcomp) co_return false;
    if (!mqtt::is_error(pubcomp->reason)) model_.accepted(sent.payload);
    co_return true;
  }

  Task<void> answer(Actor& actor) {
    Client& client = *actor.client;
    const bool was_holding = !client.answers.releases;
    client.answers.acknowledges = true;
    client.answers.releases = true;
    if (!was_holding || !client.is_open()) co_return;
    co_await client.fence(t_.patience());
    // What the client could have released long ago; what is not in its Session any more is complete.
    for (const Sent& sent : actor.sent) {
      const auto& open = client.session().unacknowledged();
      const bool is_open = std::ranges::any_of(
          open, [&](const auto& outgoing) { return outgoing.publish.packet_id == sent.packet_id; });
      if (sent.has_pubrec && is_open && client.is_open()) client.release(sent.packet_id);
    }
    co_await finish_sent(actor);
  }

  Task<void> leave(Actor& actor, Action action) {
    Client& client = *actor.client;
    if (!client.is_open()) co_return;
    const std::string will = actor.will;
    bool broker_knows = false;
    if (action == Action::cut && !will.empty()) model_.sending(will, "x", 1);
    if (action == Action::disconnect || action == Action::cut) {
      if (action == Action::disconnect) {
        client.disconnect();
      } else {
        client.cut();
      }
      auto closed = co_await client.expect_close(t_.patience());
      broker_knows = closed && !has_struck(actor);
      if (!closed) client.abandon();
    } else if (action == Action::reset) {
      client.reset();
    } else {
      client.go_half_open();
    }
    if (broker_knows && !will.empty()) {
      if (action == Action::cut) {
        model_.accepted(will);
      } else {
        cancelled_wills_.insert(will);
      }
    }
    actor.will.clear();
    actor.is_up = false;
    model_.ended(actor.number, broker_knows);
  }

  // What has come while the client left things unanswered; at QoS 0 there is nothing to answer.
  void note_held_back() {
    for (Actor& actor : actors_) {
      if (actor.client == nullptr) continue;
      const auto& messages = actor.client->messages();
      for (; actor.looked_at < messages.size(); ++actor.looked_at) {
        const auto& message = messages[actor.looked_at];
        const bool is_held = message.qos > 0 && !actor.client->answers.acknowledges;
        if (is_held) actor.held_back.insert(std::string(message.payload));
      }
    }
  }

  // --- the end ---

  Task<void> come_back() {
    // What a fault has done shortly before becomes known.
    for (Actor& actor : actors_)
      if (actor.client != nullptr && actor.client->is_open()) co_await actor.client->fence(t_.patience());
    for (Actor& actor : actors_) {
      if (actor.client == nullptr) continue;
      require_untouched(actor);
      note_held_back();
      co_await answer(actor);
      // What was left without an answer can be had only by another connection.
      const bool is_waiting = !actor.held_back.empty() || !actor.client->session().received().empty();
      if (actor.client->is_open() && is_waiting) co_await leave(actor, Action::cut);
      const bool has_session = model_.life(actor.number) == SessionModel::Life::held;
      if (actor.client->is_open() || !has_session) continue;
      Step back;
      back.client = actor.number;
      co_await connect(actor, back);
    }
  }

  Task<void> judge_what_is_owed() {
    for (Actor& actor : actors_) {
      if (actor.client == nullptr || !actor.is_up) continue;
      for (const SessionModel::Owed& owed : model_.owed(actor.number)) {
        bool came = actor.client->count(owed.payload) > 0;
        if (!came) {
          auto late = co_await actor.client->expect_message(owed.payload, t_.patience());
          came = late.has_value();
        }
        if (!came) require_untouched(actor);
        const bool is_will = owed.payload.front() == 'w';
        t_.must(came, is_will ? "MQTT-3.1.2-8" : "MQTT-4.5.0-1",
                fmt::format("{}, which the broker has taken over for {}, subscribed to {}", owed.payload,
                            actor.client->name(), owed.topic),
                seen_messages(*actor.client));
      }
      co_await judge_completion(actor);
    }
  }

  // Each QoS 2 exchange of the broker comes to its end.
  Task<void> judge_completion(Actor& actor) {
    Client& client = *actor.client;
    while (!client.session().received().empty() && client.is_open()) {
      auto pubrel = co_await client.expect<mqtt::Pubrel>(t_.patience());
      t_.must(pubrel.has_value(), rule(t_, "MQTT-4.3.3-1", "MQTT-4.3.3-4"),
              fmt::format("PUBREL for identifier {}, whose PUBREC {} has sent",
                          *client.session().received().begin(), client.name()),
              "nothing");
    }
    co_await t_.fenced(client);
  }

  void judge_cancelled_wills() {
    for (const std::string& will : cancelled_wills_) {
      for (const Actor& actor : actors_) {
        if (actor.client == nullptr) continue;
        t_.must(actor.client->count(will) == 0, "MQTT-3.14.4-3",
                fmt::format("no will {}: its client has sent DISCONNECT", will),
                seen_messages(*actor.client));
      }
    }
  }

  Context& t_;
  const History& history_;
  SessionModel model_;
  std::array<Actor, history_clients_max> actors_{};
  std::set<std::string> cancelled_wills_;
  std::size_t messages_ = 0;
  std::size_t wills_ = 0;
};

}  // namespace

Task<void> play_history(Context& t, const History& history) {
  Player player(t, history);
  co_await player.play();
}

}  // namespace holdfast
