// What a case works with: clients, time, names of its own, steps that most cases share, and the words to
// judge with.
//
// A case first shows that it can test at all (control, supported), then judges (must, should, inform). The
// first failed control or must ends it. The steps of the second section end a case as inconclusive when the
// broker does not do what every broker does: connect, subscribe, acknowledge.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/engine/capabilities.h"
#include "conformance/engine/case.h"
#include "conformance/engine/verdict.h"
#include "sim/client/client.h"
#include "sim/net/fault.h"
#include "sim/time/draws.h"

namespace holdfast {

// What ends a case early. Thrown by Context, caught by the runner; cases let it pass.
struct CaseEnded {};

// What the runner hands to a Context. All of it outlives the case.
struct CaseSurroundings {
  Loop* loop = nullptr;
  Network* network = nullptr;
  Trace* trace = nullptr;
  const Capabilities* capabilities = nullptr;
  std::string prefix{};      // unique to run and case: at most 11 characters of [0-9a-z]
  std::uint64_t seed = 0;    // of this case
  Duration patience = 5s;    // how long something owed is waited for
  double timeout_scale = 1;  // stretches upper bounds, never lower ones
  // How long a case goes on watching past the moment at which a timer should have struck, before it says
  // "late". 65 s in virtual time, where waiting is free; 5 s x scale on a live broker.
  Duration late_watch = 65s;
  Credentials credentials{};  // of every client
};

class Context {
 public:
  Context(const Case& the_case, CaseSurroundings surroundings);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Case& the_case() const { return case_; }
  mqtt::Version version() const { return case_.version; }
  bool v5() const { return case_.version == mqtt::Version::v5; }
  const Capabilities& sut() const { return *surroundings_.capabilities; }
  Loop& loop() { return *surroundings_.loop; }
  Time now() const { return surroundings_.loop->now(); }
  Network& network() { return *surroundings_.network; }
  Trace& trace() { return *surroundings_.trace; }
  // How long something owed is waited for; at most so late may it come. Never below 2 s on a live broker.
  Duration patience() const { return surroundings_.patience; }
  double timeout_scale() const { return surroundings_.timeout_scale; }
  Duration late_watch() const { return surroundings_.late_watch; }
  // Whether late_watch() is long enough to say "never" and not just "late" (interpretations S-04, X-04).
  bool watches_minutes() const { return surroundings_.late_watch >= 60s; }

  // The client of this name, made at the first call, with an identifier that no other case has: 1 to 23
  // characters of [0-9a-z]. `name` is at most 8 of them. A name has one version for the whole case.
  Client& client(std::string_view name);
  Client& client(std::string_view name, mqtt::Version version);
  // A second client with the identifier of `other`: for takeovers.
  Client& twin(std::string_view name, const Client& other);
  // A topic that no other case has: "hf/<prefix>/<leaf>".
  std::string topic(std::string_view leaf) const;
  // Arms a fault (grammar of sim/net/README.md) on a client. Asserts that it parses.
  void arm(std::string_view fault);
  // Whether every armed fault has struck. A case whose fault never struck calls control() with it.
  bool faults_struck() const;
  // A number from 0 to bound - 1 from the case's own stream, recorded in the trace.
  std::uint64_t draw(std::string_view stream, std::uint64_t bound);

  // --- steps; inconclusive if the broker does not do them ---

  // A CONNECT that asks for the Session to be kept (Clean Session 0; in 5.0 with Session Expiry Interval
  // `seconds`), without (`clean_start` 0) or after discarding (1) the old one.
  mqtt::Connect keeping(std::uint32_t seconds = 600, bool clean_start = false) const;
  // A CONNECT whose Session ends with the connection.
  mqtt::Connect clean() const;
  // Connects and gets CONNACK 0x00. A broker that closes instead is asked again a second later, twice: some
  // slow down clients that connect or take over too often.
  Task<Received<mqtt::Connack>> connected(Client& client, mqtt::Connect options);
  // Subscribes and gets the QoS asked for; then settles: publishes probes to `probe_topic` (if empty, the
  // filter with a word for each wildcard) until one comes back, so that the subscription is known to be in
  // force. The probes, QoS 0 with payloads "settle-...", are hidden from every client of the case. A shared
  // filter and one with No Local cannot settle, nor does "-" as the probe topic: SUBACK has to do.
  Task<void> subscribed(Client& client, std::string filter, int qos);
  Task<void> subscribed(Client& client, std::string filter, int qos, std::string probe_topic);
  Task<void> subscribed(Client& client, mqtt::SubscriptionRequest request, mqtt::Properties properties,
                        std::string probe_topic);
  // The settling alone, for a subscription that was granted: true once a probe has come back, false if the
  // connection is gone before.
  Task<bool> settle(Client& client, std::string probe_topic);
  // Publishes and completes the exchange of its QoS, all codes below 0x80.
  Task<void> published(Client& client, mqtt::Publish message);
  // DISCONNECT, then waits for the broker's close: from then on the broker knows. If the broker keeps its end
  // open (a SHOULD), the client closes after patience and goes on.
  Task<void> disconnected(Client& client);
  Task<void> disconnected(Client& client, mqtt::Properties properties);
  // FIN without DISCONNECT, then waits for the broker's close.
  Task<void> dropped(Client& client);
  // A message that arrives; inconclusive if it does not. At QoS 2 its exchange is completed, unless the
  // client does not acknowledge: what were left open would come back with the Session.
  Task<Received<mqtt::Publish>> delivered(Client& client, std::string payload);
  // PINGREQ and PINGRESP.
  Task<void> fenced(Client& client);
  // Time passes. Only for timers of the standard and for watching that nothing comes.
  Task<void> pass(Duration duration);

  // --- judging ---

  // The broker does the thing without the fault. If not: inconclusive, and the case ends.
  void control(bool held, std::string what_failed);
  void supported(bool can, std::string what_cannot);
  // A MUST. If not held: fail, and the case ends. `requirement` is an id of the case's version.
  void must(bool held, std::string_view requirement, std::string expected, std::string observed,
            std::string_view interpretation = {});
  // A SHOULD, or a disputed rule. If not held: non-strict, and the case goes on.
  void should(bool held, std::string_view requirement, std::string expected, std::string observed,
              std::string_view interpretation = {});
  // Requirements that say the same of what the case has just judged, or of a part of it, and so fail with it:
  // they count as tested. Empty ones are none; see rule() of suites/steps.h.
  void also_judges(std::initializer_list<std::string_view> requirements);
  // A choice that the standard leaves open.
  void inform(std::string what, std::string_view interpretation = {});
  // How a close that the case provoked looked like. Not closed is a matter for must().
  void closed_as(CloseVerdict verdict);
  // What was expected and seen, for reports of cases that pass.
  void observed(std::string what);

  // --- for the runner ---
  // A client has waited in vain for as long as something owed is waited for: whatever the case found may be
  // no more than a broker that stood still for a moment.
  bool has_waited_in_vain() const;
  const std::vector<Finding>& findings() const { return findings_; }
  // What the case has judged so far, whether it held or not.
  const Judged& judged() const { return judged_; }
  const std::vector<std::string>& observations() const { return observations_; }
  CloseVerdict close_verdict() const { return close_verdict_; }
  void add_finding(Finding finding) { findings_.push_back(std::move(finding)); }
  const std::vector<std::unique_ptr<Client>>& clients() const { return clients_; }
  // Ends every Session and deletes every retained message that the case may have left behind.
  Task<void> clean_up();

 private:
  void note_judged(std::string_view requirement, std::string_view interpretation);
  Client& add_client(std::string_view name, std::string client_id, mqtt::Version version);
  Task<bool> discard_session(Client& client, std::string client_id);
  Task<void> delete_retained(Client& client, std::set<std::string> topics);
  void end_with(Finding finding);
  void control_failed(const Client& client, std::string_view what);
  void control_came(bool came, const Client& client, std::string_view what);
  void control_code(const Client& client, mqtt::ReasonCode code, mqtt::PacketType type);

  const Case& case_;
  CaseSurroundings surroundings_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::map<std::string, RandomDraws, std::less<>> draws_;  // by stream
  std::vector<Finding> findings_;
  std::vector<std::string> observations_;
  Judged judged_;
  CloseVerdict close_verdict_ = CloseVerdict::none;
  std::vector<Fault> armed_;
  std::uint32_t probes_sent_ = 0;
};

}  // namespace holdfast
