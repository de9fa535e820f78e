#include "conformance/engine/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "conformance/engine/words.h"

namespace holdfast {

namespace {

constexpr Duration name_patience = 500ms;
constexpr std::uint32_t usual_session_expiry = 600;
constexpr std::uint32_t short_session_expiry = 1;
constexpr std::uint16_t short_keep_alive = 2;
constexpr std::size_t shown_characters_max = 40;
constexpr std::size_t flood_packets_min = 1'000;

// Both sides of one trial. Made on the frame of try_version.
class Prober {
 public:
  Prober(const PreflightSurroundings& surroundings, mqtt::Version version, VersionTrial& trial)
      : loop_(*surroundings.loop),
        patience_(surroundings.patience),
        version_(version),
        trial_(trial),
        client_(loop_, *surroundings.network, is_v5() ? "probe5" : "probe3",
                surroundings.prefix + (is_v5() ? "p5" : "p3"), version),
        topic_("hf/" + surroundings.prefix + (is_v5() ? "/p5" : "/p3")) {
    client_.credentials = surroundings.credentials;
  }

  Task<void> run(bool asks_name);

 private:
  bool is_v5() const { return version_ == mqtt::Version::v5; }
  Task<std::optional<Received<mqtt::Connack>>> connack_for(mqtt::Connect options);
  Task<void> leave();
  Task<bool> try_subscriptions();
  Task<std::optional<mqtt::ReasonCode>> granted(mqtt::SubscriptionRequest request);
  Task<void> ask_name();
  Task<void> try_empty_client_id();
  Task<void> try_short_intervals();
  void read(const mqtt::Properties& told);
  void explain_failure(const std::optional<Received<mqtt::Connack>>& connack);
  std::string what_came_instead() const;

  Loop& loop_;
  const Duration patience_;
  const mqtt::Version version_;
  VersionTrial& trial_;
  Client client_;
  const std::string topic_;
  Capabilities learnt_;
};

Task<void> Prober::run(bool asks_name) {
  mqtt::Connect options;
  options.client_id = client_.id();
  if (is_v5()) options.properties.session_expiry_interval = usual_session_expiry;
  auto connack = co_await connack_for(std::move(options));
  if (!connack || connack->reason != mqtt::ReasonCode::success) {
    explain_failure(connack);
    client_.abandon();
    co_return;
  }
  const bool lives = co_await client_.fence(patience_);
  if (!lives) {
    trial_.failure = fmt::format("sends CONNACK 0x00 but {}",
                                 client_.broken()   ? "then what no MQTT server sends"
                                 : client_.closed() ? "then closes the connection"
                                                    : "no PINGRESP within " + in_words(patience_));
    client_.abandon();
    co_return;
  }
  read(connack->properties);
  const bool answers = co_await try_subscriptions();
  if (answers) {
    if (asks_name) co_await ask_name();
    co_await leave();
    co_await try_empty_client_id();
    if (is_v5()) co_await try_short_intervals();
  }
  client_.abandon();
  trial_.capabilities = learnt_;
}

Task<std::optional<Received<mqtt::Connack>>> Prober::connack_for(mqtt::Connect options) {
  const Time start = loop_.now();
  options.protocol_level = static_cast<std::uint8_t>(version_);
  client_.connect_as_given(options);
  auto connack = co_await client_.expect<mqtt::Connack>(patience_);
  if (connack) learnt_.round_trip = std::max(learnt_.round_trip, connack->at - start);
  co_return connack;
}

// Without leaving a Session behind.
Task<void> Prober::leave() {
  mqtt::Properties properties;
  if (is_v5()) properties.session_expiry_interval = 0;
  client_.disconnect(mqtt::ReasonCode::success, std::move(properties));
  co_await client_.expect_close(patience_);
  client_.abandon();
}

void Prober::read(const mqtt::Properties& told) {
  learnt_.announced_maximum_qos = told.maximum_qos.value_or(2);
  learnt_.maximum_qos = learnt_.announced_maximum_qos;
  learnt_.retain = told.retain_available.value_or(1) != 0;
  learnt_.wildcard = told.wildcard_subscription_available.value_or(1) != 0;
  // What 3.1.1 does not have, no 3.1.1 server has.
  learnt_.subscription_identifiers = is_v5() && told.subscription_identifiers_available.value_or(1) != 0;
  learnt_.shared_subscription = is_v5() && told.shared_subscription_available.value_or(1) != 0;
  learnt_.topic_alias_maximum = told.topic_alias_maximum.value_or(0);
  learnt_.receive_maximum = told.receive_maximum.value_or(65'535);
  learnt_.maximum_packet_size = told.maximum_packet_size.value_or(268'435'460);
  learnt_.session_expiry_for_600 = told.session_expiry_interval.value_or(usual_session_expiry);
}

// False if SUBSCRIBE is not answered: then nothing more is tried.
Task<bool> Prober::try_subscriptions() {
  mqtt::SubscriptionRequest plain;
  plain.filter = topic_;
  plain.qos = 2;
  auto code = co_await granted(std::move(plain));
  if (!code) co_return false;
  if (!mqtt::is_error(*code)) {
    learnt_.maximum_qos = std::min(learnt_.maximum_qos, static_cast<std::uint8_t>(*code));
  }
  if (!learnt_.wildcard) co_return true;
  mqtt::SubscriptionRequest wild;
  wild.filter = topic_ + "/+/#";
  auto wild_code = co_await granted(std::move(wild));
  if (!wild_code) co_return false;
  learnt_.wildcard = !mqtt::is_error(*wild_code);
  co_return true;
}

Task<std::optional<mqtt::ReasonCode>> Prober::granted(mqtt::SubscriptionRequest request) {
  std::vector<mqtt::SubscriptionRequest> requests(1, request);
  const std::uint16_t packet_id = client_.subscribe(std::move(requests));
  auto suback = co_await client_.expect_id<mqtt::Suback>(packet_id, patience_);
  std::optional<mqtt::ReasonCode> code;
  if (suback && !suback->reasons.empty()) code = suback->reasons.front();
  co_return code;
}

Task<void> Prober::ask_name() {
  std::vector<mqtt::SubscriptionRequest> requests(1);
  requests.front().filter = "$SYS/broker/version";
  client_.subscribe(std::move(requests));
  auto told = co_await client_.expect<mqtt::Publish>(name_patience);
  if (told && told->topic == "$SYS/broker/version") trial_.told_name = name_from_sys(told->payload);
}

Task<void> Prober::try_empty_client_id() {
  mqtt::Connect options;
  auto connack = co_await connack_for(std::move(options));
  learnt_.empty_client_id = connack && connack->reason == mqtt::ReasonCode::success;
  if (learnt_.empty_client_id) co_await leave();
  client_.abandon();
}

Task<void> Prober::try_short_intervals() {
  mqtt::Connect options;
  options.client_id = client_.id();
  options.keep_alive = short_keep_alive;
  options.properties.session_expiry_interval = short_session_expiry;
  auto connack = co_await connack_for(std::move(options));
  if (!connack || connack->reason != mqtt::ReasonCode::success) co_return;
  const auto& told = connack->properties;
  learnt_.takes_short_session_expiry =
      told.session_expiry_interval.value_or(short_session_expiry) == short_session_expiry;
  if (told.server_keep_alive && *told.server_keep_alive != short_keep_alive) {
    learnt_.server_keep_alive = told.server_keep_alive;
  }
  co_await leave();
}

// --- when there is no CONNACK 0x00 ---

void Prober::explain_failure(const std::optional<Received<mqtt::Connack>>& connack) {
  const std::string version = is_v5() ? "5.0" : "3.1.1";
  if (connack) {
    const auto code = connack->reason;
    trial_.failure =
        fmt::format("refuses an MQTT {} CONNECT: 0x{:02X} ({})", version, static_cast<unsigned>(code),
                    mqtt::name_of(code, mqtt::PacketType::connack, version_));
    trial_.is_wrong_version =
        code == mqtt::ReasonCode::unsupported_protocol_version || static_cast<unsigned>(code) == 0x01;
    return;
  }
  trial_.is_unreachable = client_.closed() && client_.closed()->kind == CloseKind::refused;
  trial_.failure = what_came_instead();
}

std::string Prober::what_came_instead() const {
  const ByteView bytes = client_.first_bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string shown = escaped(text, shown_characters_max);
  const auto& broken = client_.broken();
  if (broken && broken->severity == mqtt::Severity::policy) {
    return fmt::format("floods: it sends more than any client can hold instead of a CONNACK, first '{}'",
                       shown);
  }
  if (broken) return fmt::format("answers with what is not MQTT: '{}' ({})", shown, broken->what);
  const std::vector<mqtt::Packet> unread = client_.unread();
  if (unread.size() >= flood_packets_min) {
    return fmt::format("floods: it sent {} packets and no CONNACK within {}", unread.size(),
                       in_words(patience_));
  }
  if (!unread.empty()) {
    return fmt::format("answers CONNECT with {} instead of CONNACK",
                       mqtt::name_of(mqtt::type_of(unread.front())));
  }
  if (!client_.closed()) {
    if (!client_.is_open()) {
      return fmt::format("does not answer: no connection within {}", in_words(patience_));
    }
    if (bytes.empty()) {
      return fmt::format("accepts connections but sends no CONNACK within {}", in_words(patience_));
    }
    return fmt::format("sends no whole CONNACK within {}, only '{}'", in_words(patience_), shown);
  }
  if (client_.closed()->kind == CloseKind::refused) return "cannot be reached";
  const std::string_view how = name_of(client_.closed()->kind);
  if (bytes.empty()) return fmt::format("closed the connection ({}) without a CONNACK", how);
  return fmt::format("closed the connection ({}) in the middle of a CONNACK", how);
}

}  // namespace

Task<void> try_version(PreflightSurroundings surroundings, mqtt::Version version, VersionTrial& trial) {
  assert(surroundings.loop != nullptr && surroundings.network != nullptr);
  Prober prober(surroundings, version, trial);
  co_await prober.run(surroundings.asks_name);
}

void set_versions(std::optional<Capabilities>& v3_1_1, std::optional<Capabilities>& v5) {
  for (auto* capabilities : {&v3_1_1, &v5}) {
    if (!*capabilities) continue;
    (*capabilities)->v3_1_1 = v3_1_1.has_value();
    (*capabilities)->v5 = v5.has_value();
  }
}

std::string name_from_sys(std::string_view payload) {
  constexpr std::string_view mosquitto = "mosquitto version ";
  if (payload.starts_with(mosquitto)) {
    payload.remove_prefix(mosquitto.size());
    return "Mosquitto " + escaped(payload, shown_characters_max);
  }
  return escaped(payload, shown_characters_max);
}

}  // namespace holdfast
