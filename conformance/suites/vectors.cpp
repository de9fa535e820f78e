// The packet vectors (fixtures/packets) that a server has to reject, sent to the broker: one case for each
// rule and packet type, each vector on a Network Connection of its own.
//
// A vector is followed by PINGREQ. A connection that answers it, and another one a moment later, has let the
// packet pass; one that is closed, or that answers with a failure code, has not. CONNECT is let pass if
// CONNACK 0x00 comes. After a DISCONNECT every broker closes: what shows that it was not taken for one is the
// will.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "conformance/suites/raw_connect.h"
#include "conformance/suites/reject_rules.h"
#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"
#include "conformance/suites/vector_bytes.h"
#include "conformance/suites/vector_groups.h"

namespace holdfast {
namespace {

using mqtt::PacketType;
using mqtt::PacketVector;

// So many vectors at the same time.
constexpr std::size_t trials_at_once = 4;
constexpr std::size_t names_told_max = 4;
// How long a connection that has answered PINGREQ may take to close all the same.
constexpr Duration second_look = 300ms;

enum class Met { turned_down, refused_by_code, let_pass, silence };

// What the server has answered to the packet beside PINGRESP.
enum class Answer { none, success, failure };

// One vector on its way.
struct Trial {
  const PacketVector* vector = nullptr;
  Client* client = nullptr;
  Met met = Met::turned_down;
  Answer answer = Answer::none;
  bool was_told = false;       // the server has named the error by DISCONNECT, and goes on
  bool had_connack = false;    // a CONNACK that refuses
  bool will_was_lost = false;  // of a DISCONNECT
};

VectorNames names_for(const Context& t, const Client& client) {
  return {.client_id = client.id(), .topic_prefix = t.topic(""), .credentials = client.credentials};
}

// A byte too many behind a CONNECT is the fault that interpretation C-04 forgives, and a filter that is not
// even answered has not been granted.
RejectGrade grade_of(const RejectRule& rule, const Trial& trial) {
  const bool is_granted = rule.grade != RejectGrade::granted || trial.answer == Answer::success;
  return trial.vector->name == "surplus-byte" || !is_granted ? RejectGrade::should : rule.grade;
}

// --- one wave ---

Duration rest_until(const Context& t, Time deadline) { return std::max<Duration>(deadline - t.now(), 10ms); }

Answer answer_of(bool is_there, bool is_failure) {
  if (!is_there) return Answer::none;
  return is_failure ? Answer::failure : Answer::success;
}

Answer answer_of(const std::vector<mqtt::ReasonCode>& codes) {
  return answer_of(true, std::ranges::any_of(codes, mqtt::is_error));
}

Task<Answer> answer_to(Client& client, PacketType type) {
  if (type == PacketType::subscribe) {
    auto suback = co_await client.expect<mqtt::Suback>(0ns);
    co_return suback ? answer_of(suback->reasons) : Answer::none;
  }
  if (type == PacketType::unsubscribe) {
    auto unsuback = co_await client.expect<mqtt::Unsuback>(0ns);
    co_return unsuback ? answer_of(unsuback->reasons) : Answer::none;
  }
  if (type != PacketType::publish) co_return Answer::none;
  auto puback = co_await client.expect<mqtt::Puback>(0ns);
  if (puback) co_return answer_of(true, mqtt::is_error(puback->reason));
  auto pubrec = co_await client.expect<mqtt::Pubrec>(0ns);
  co_return answer_of(pubrec.has_value(), pubrec && mqtt::is_error(pubrec->reason));
}

// Sends each vector on its connection, which stands, and sees what comes of it. A PINGREQ follows in the same
// write: what a server that reads beyond the end of a packet finds there is the same in every run.
Task<void> sent_on_connections(Context& t, std::vector<Trial>& wave) {
  for (const Trial& trial : wave) {
    Bytes bytes = bytes_with(*trial.vector, names_for(t, *trial.client));
    const Bytes pingreq = mqtt::encode(mqtt::Pingreq{}, mqtt::Version::v3_1_1);
    bytes.insert(bytes.end(), pingreq.begin(), pingreq.end());
    trial.client->send_bytes(bytes);
  }
  const Time deadline = later(t.now(), t.patience());
  bool any_answers = false;
  for (Trial& trial : wave) {
    const bool answers = co_await trial.client->fence(rest_until(t, deadline));
    trial.met = answers ? Met::let_pass : trial.client->is_open() ? Met::silence : Met::turned_down;
    any_answers = any_answers || answers;
  }
  if (any_answers) co_await t.pass(second_look);
  for (Trial& trial : wave) {
    if (trial.met != Met::let_pass) continue;
    const bool answers = co_await trial.client->fence(t.patience());
    // A faulty PINGREQ may have been answered too, so that an answer alone may be an old one.
    if (!answers || !trial.client->is_open()) {
      trial.met = trial.client->is_open() ? Met::silence : Met::turned_down;
      continue;
    }
    auto told = co_await trial.client->expect<mqtt::Disconnect>(0ns);
    trial.was_told = told.has_value();
    trial.answer = co_await answer_to(*trial.client, trial.vector->type);
    if (trial.answer == Answer::failure) trial.met = Met::refused_by_code;
  }
}

// --- packets behind CONNECT ---

// Acknowledgements of nothing may end the connection, and then the vectors say nothing.
bool is_stray(PacketType type) {
  return type == PacketType::puback || type == PacketType::pubrec || type == PacketType::pubrel ||
         type == PacketType::pubcomp;
}

Task<void> twin_is_accepted(Context& t, const VectorGroup& group) {
  Client& sound = t.client("sound");
  co_await t.connected(sound, t.clean());
  co_await t.fenced(sound);
  if (group.twin == nullptr) co_return;
  sound.send_bytes(bytes_with(*group.twin, names_for(t, sound)));
  const bool answers = co_await sound.fence(t.patience());
  const std::string what =
      fmt::format("the {} without a fault ends the connection", mqtt::name_of(group.type));
  if (is_stray(group.type)) t.supported(answers, what);
  t.control(answers, what);
  const Answer answer = co_await answer_to(sound, group.type);
  t.control(answer != Answer::failure,
            fmt::format("the {} without a fault is refused", mqtt::name_of(group.type)));
}

Task<void> waves_on_connections(Context& t, const VectorGroup& group, std::vector<Trial>& trials) {
  for (std::size_t next = 0; next < group.vectors.size();) {
    std::vector<Trial> wave;
    while (wave.size() < trials_at_once && next < group.vectors.size()) {
      Client& client = t.client(fmt::format("v{}", wave.size()));
      co_await t.connected(client, t.clean());
      wave.push_back({.vector = group.vectors[next++], .client = &client});
    }
    co_await sent_on_connections(t, wave);
    for (Trial& trial : wave) {
      trial.client->abandon();
      trials.push_back(trial);
    }
  }
}

// --- DISCONNECT ---

mqtt::Connect with_will_of(Context& t, std::string payload) {
  mqtt::Will will;
  will.topic = t.topic("will");
  will.payload = std::move(payload);
  will.qos = 1;
  return with_will(t.clean(), will);
}

// A DISCONNECT without a fault keeps the will back, a cut lets it go.
Task<void> wills_work(Context& t, const VectorGroup& group, Client& watch) {
  Client& calm = t.client("calm");
  co_await t.connected(calm, with_will_of(t, "calm"));
  calm.send_bytes(bytes_with(*group.twin, names_for(t, calm)));
  co_await t.dropped(calm);
  Client& lost = t.client("lost");
  co_await t.connected(lost, with_will_of(t, "lost"));
  co_await t.dropped(lost);
  co_await t.delivered(watch, "lost");
  t.control(watch.count("calm") == 0, "the will is published after a DISCONNECT without a fault");
}

Task<void> waves_of_disconnects(Context& t, const VectorGroup& group, std::vector<Trial>& trials) {
  Client& watch = *co_await watcher(t, t.topic("will"), 1);
  co_await wills_work(t, group, watch);
  for (std::size_t next = 0; next < group.vectors.size();) {
    std::vector<Trial> wave;
    while (wave.size() < trials_at_once && next < group.vectors.size()) {
      Client& client = t.client(fmt::format("v{}", wave.size()));
      co_await t.connected(client, with_will_of(t, group.vectors[next]->name));
      wave.push_back({.vector = group.vectors[next++], .client = &client});
    }
    co_await sent_on_connections(t, wave);
    for (Trial& trial : wave) {
      trial.client->abandon();
      trials.push_back(trial);
    }
  }
  // One deadline for all: a broker that publishes none is not waited for each time.
  const Time deadline = later(t.now(), t.patience());
  for (Trial& trial : trials) {
    if (trial.met != Met::turned_down) continue;
    auto will = co_await watch.expect_message(trial.vector->name, rest_until(t, deadline));
    trial.will_was_lost = !will.has_value();
  }
}

// --- CONNECT ---

// The codes of 5.0 and those of 3.1.1.
bool is_about_credentials(mqtt::ReasonCode reason) {
  const auto code = static_cast<unsigned>(reason);
  return code == 0x86 || code == 0x87 || code == 0x04 || code == 0x05;
}

Task<void> connect_is_accepted(Context& t, const VectorGroup& group) {
  Client& sound = t.client("sound");
  co_await opened_with(t, sound, bytes_with(*group.twin, names_for(t, sound)));
  auto connack = co_await sound.expect<mqtt::Connack>(t.patience());
  const bool is_refused = connack && is_about_credentials(connack->reason);
  t.supported(!is_refused, "a CONNECT with this user name and password is not accepted");
  t.control(connack && connack->reason == mqtt::ReasonCode::success,
            "the CONNECT without a fault is not accepted");
  co_await t.disconnected(sound);
}

// A packet that was let pass may have made a Session that stays.
Task<void> session_is_discarded(Context& t, Client& client) {
  client.disconnect();
  auto closed = co_await client.expect_close(t.patience());
  if (!closed) client.abandon();
  client.connect(t.clean());
  auto connack = co_await client.expect<mqtt::Connack>(t.patience());
  if (connack) co_await t.disconnected(client);
  client.abandon();
}

// A CONNACK may come in the layout of another version than that of the CONNECT, which the client cannot read.
bool is_accepted(const Client& client, const std::optional<Received<mqtt::Connack>>& connack) {
  if (connack) return connack->reason == mqtt::ReasonCode::success;
  const std::optional<RawConnack> raw = raw_connack_of(client);
  return raw && raw->code == 0;
}

Task<void> waves_of_connects(Context& t, const VectorGroup& group, std::vector<Trial>& trials) {
  co_await connect_is_accepted(t, group);
  for (std::size_t next = 0; next < group.vectors.size();) {
    std::vector<Trial> wave;
    while (wave.size() < trials_at_once && next < group.vectors.size()) {
      Client& client = t.client(fmt::format("v{}", wave.size()));
      const Bytes bytes = bytes_with(*group.vectors[next], names_for(t, client));
      co_await opened_with(t, client, bytes);
      wave.push_back({.vector = group.vectors[next++], .client = &client});
    }
    const Time deadline = later(t.now(), t.patience());
    for (Trial& trial : wave) {
      Client& client = *trial.client;
      auto connack = co_await client.expect<mqtt::Connack>(rest_until(t, deadline));
      const bool lets_pass = is_accepted(client, connack);
      trial.had_connack = connack && !lets_pass;
      if (lets_pass) {
        trial.met = Met::let_pass;
        co_await session_is_discarded(t, client);
      } else {
        auto closed = co_await client.expect_close(rest_until(t, deadline));
        if (!closed) trial.met = Met::silence;
        client.abandon();
      }
      trials.push_back(trial);
    }
  }
}

// --- judging ---

// "5/client/n_puback.txt code/01, code/02 and 3 more of 12 sent"
template <class IsMeant>
std::string those(const std::vector<Trial>& trials, const IsMeant& is_meant) {
  std::string names;
  std::size_t count = 0;
  for (const Trial& trial : trials) {
    if (!is_meant(trial)) continue;
    if (++count > names_told_max) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", trial.vector->name);
  }
  if (count == 0) return {};
  if (count > names_told_max) names += fmt::format(" and {} more", count - names_told_max);
  return fmt::format("{} {} (of {} sent)", mqtt::file_name(*trials.front().vector), names, trials.size());
}

std::string outcome(std::string_view which, std::string_view what) {
  return which.empty() ? std::string("each is turned down") : fmt::format("{}: {}", which, what);
}

void judge_trials(Context& t, const VectorGroup& group, const std::vector<Trial>& trials) {
  const RejectRule& rule = *group.rule;
  const std::string_view id = rule.judged_by();
  const bool is_connect = group.type == PacketType::connect;
  const std::string expected = is_connect ? "each CONNECT to be turned down" : "each connection to be closed";
  const std::string_view went_on = is_connect ? "CONNACK 0x00" : "the connection goes on and answers PINGREQ";

  const std::string told = those(trials, [](const Trial& trial) { return trial.was_told; });
  if (!told.empty()) {
    t.must(false, "MQTT-4.13.2-1", "the close behind the server's own DISCONNECT",
           outcome(told, "DISCONNECT comes, but the connection goes on"), "C-07");
  }
  const auto passes = [&rule](RejectGrade grade) {
    return [&rule, grade](const Trial& trial) {
      return trial.met == Met::let_pass && grade_of(rule, trial) == grade;
    };
  };
  const std::string granted = those(trials, passes(RejectGrade::granted));
  const std::string gravely = those(trials, passes(RejectGrade::must));
  const std::string lightly = those(trials, passes(RejectGrade::should));
  if (rule.grade == RejectGrade::granted) {
    t.must(granted.empty(), id, "each filter to be refused", outcome(granted, "it is granted"),
           rule.interpretation);
  } else if (rule.grade == RejectGrade::must) {
    t.must(gravely.empty(), id, expected, outcome(gravely, went_on), rule.interpretation);
  }
  if (rule.grade == RejectGrade::should || !lightly.empty()) {
    t.should(lightly.empty(), id, expected, outcome(lightly, went_on), rule.interpretation);
  }
  const std::string by_code =
      those(trials, [](const Trial& trial) { return trial.met == Met::refused_by_code; });
  if (rule.grade == RejectGrade::must) {
    t.should(by_code.empty(), id, expected,
             outcome(by_code, "a failure code comes, but the connection goes on"), rule.interpretation);
  } else if (!by_code.empty()) {
    t.observed(outcome(by_code, "refused by its answer"));
  }
  for (const Trial& trial : trials) {
    for (const std::string& requirement : trial.vector->requirements) {
      const bool binds_client = !rule.judged.empty() && requirement == rule.broken;
      if (!binds_client) t.also_judges({requirement});
    }
  }
  const std::string silent = those(trials, [](const Trial& trial) { return trial.met == Met::silence; });
  t.should(silent.empty(), id, expected, outcome(silent, "neither an answer nor a close"),
           rule.interpretation);
  t.observed(fmt::format("{} of {} vectors sent", trials.size(), group.found));
}

// A 3.1.1 CONNECT is refused in silence, unless it asks for what has a code of its own.
void judge_silence(Context& t, const VectorGroup& group, const std::vector<Trial>& trials) {
  const std::string_view interpretation = group.rule->interpretation;
  if (t.v5() || interpretation == "C-01" || interpretation == "C-02" || interpretation.empty()) return;
  const std::string answered = those(trials, [](const Trial& trial) { return trial.had_connack; });
  t.should(answered.empty(), "MQTT-3.1.4-1", "each CONNECT to be turned down without CONNACK",
           outcome(answered, "CONNACK with a code before the close"), "C-03");
}

void judge_wills(Context& t, const VectorGroup& group, const std::vector<Trial>& trials) {
  const std::string lost = those(trials, [](const Trial& trial) { return trial.will_was_lost; });
  t.should(lost.empty(), group.rule->judged_by(),
           "the will of each connection, which no DISCONNECT has ended",
           outcome(lost, "the connection is closed, and its will is not published"), "T-09");
}

Task<void> vectors_are_turned_down(Context& t, VectorGroup group) {
  std::vector<Trial> trials;
  if (group.type == PacketType::connect) {
    co_await waves_of_connects(t, group, trials);
  } else if (group.type == PacketType::disconnect) {
    co_await waves_of_disconnects(t, group, trials);
  } else {
    co_await twin_is_accepted(t, group);
    co_await waves_on_connections(t, group, trials);
  }
  judge_trials(t, group, trials);
  if (group.type == PacketType::connect) judge_silence(t, group, trials);
  if (group.type == PacketType::disconnect) judge_wills(t, group, trials);
}

// --- how they are told ---

std::string lower_case(std::string_view text) {
  std::string word;
  for (const char letter : text) word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return word;
}

std::string article_and_type(PacketType type) {
  const std::string_view name = mqtt::name_of(type);
  if (type == PacketType::reserved) return "A packet of the reserved type";
  return fmt::format("{} {}", type == PacketType::auth || type == PacketType::unsuback ? "An" : "A", name);
}

std::string consequence(PacketType type) {
  if (type == PacketType::connect) return "is turned down";
  if (type == PacketType::disconnect) return "ends the connection and not its will";
  return "ends the connection";
}

std::string procedure_of(const VectorGroup& group) {
  const std::string count =
      group.found > group.vectors.size()
          ? fmt::format("{} of the {} vectors, evenly spread", group.vectors.size(), group.found)
          : fmt::format("each of the {} vectors", group.found);
  const std::string which = fmt::format("{} of {} that break {}", count,
                                        mqtt::file_name(*group.vectors.front()), group.rule->broken);
  if (group.type == PacketType::connect) return fmt::format("Send {}, on a connection of its own.", which);
  if (group.type == PacketType::disconnect) {
    return fmt::format("Send {}, on a connection of its own that has a will, and PINGREQ behind it.", which);
  }
  return fmt::format("Send {}, on a connection of its own, and PINGREQ behind it.", which);
}

std::string control_of(const VectorGroup& group) {
  if (group.type == PacketType::connect) return "The plain CONNECT of the vectors is accepted.";
  if (group.type == PacketType::disconnect) {
    return "The plain DISCONNECT of the vectors keeps the will back, a cut does not.";
  }
  if (group.twin == nullptr) return "The connection answers PINGREQ before.";
  return fmt::format("The plain {} of the vectors is accepted, and PINGREQ is answered behind it.",
                     mqtt::name_of(group.type));
}

std::vector<std::string> requirements_of_group(const VectorGroup& group) {
  std::vector<std::string> ids{std::string(group.rule->judged_by())};
  const auto add = [&ids](std::string_view id) {
    if (std::ranges::find(ids, id) == ids.end()) ids.emplace_back(id);
  };
  add(group.rule->broken);
  for (const PacketVector* vector : group.vectors) {
    for (const std::string& id : vector->requirements) add(id);
  }
  const bool is_v5 = group.rule->version == mqtt::Version::v5;
  if (group.type == PacketType::connect) add("MQTT-3.1.4-1");
  if (group.type != PacketType::connect) add(is_v5 ? "MQTT-4.13.1-1" : "MQTT-4.8.0-1");
  return ids;
}

CaseDescription describe(const VectorGroup& group) {
  const RejectRule& rule = *group.rule;
  CaseDescription description;
  description.slug = fmt::format("{}-in-{}", rule.slug, lower_case(mqtt::name_of(group.type)));
  description.family = rule.slug;
  description.title =
      fmt::format("{} {} {}", article_and_type(group.type), rule.what, consequence(group.type));
  description.level = rule.grade == RejectGrade::should ? Level::should : Level::must;
  Edition& edition = rule.version == mqtt::Version::v5 ? description.v5 : description.v3_1_1;
  edition = {std::string(rule.section), requirements_of_group(group)};
  description.procedure = procedure_of(group);
  description.control = control_of(group);
  description.tags = {"error", "vectors"};
  description.variants = {"close-bare", "close-by-reset", "close-lingering", "error-code-neighbour"};
  const bool needs_qos_1 = group.type == PacketType::publish || group.type == PacketType::disconnect;
  if (needs_qos_1) description.needs.push_back(Need::qos_1);
  if (rule.section == "4.8.2" || rule.slug == "no-local-on-shared") {
    description.needs.push_back(Need::shared_subscription);
  }
  const auto rests_on = [&description](std::string_view row) {
    auto& rows = description.interpretations;
    if (!row.empty() && std::ranges::find(rows, row) == rows.end()) rows.emplace_back(row);
  };
  rests_on(rule.interpretation);
  if (group.type == PacketType::disconnect) rests_on("T-09");
  if (group.type == PacketType::connect && rule.version == mqtt::Version::v3_1_1) rests_on("C-03");
  description.run = [group](Context& t) { return vectors_are_turned_down(t, group); };
  return description;
}

}  // namespace

void register_vectors(Registry& registry) {
  for (const RejectRule& rule : reject_rules()) {
    for (const VectorGroup& group : groups_of(rule)) registry.add(describe(group));
  }
}

}  // namespace holdfast
