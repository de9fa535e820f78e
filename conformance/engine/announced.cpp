#include "conformance/engine/announced.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast {

namespace {

struct Choice {
  const char* name;
  const char* question;
  std::vector<std::string> variants;
  std::vector<std::string> requirements_v3_1_1;
  std::vector<std::string> requirements_v5;
};

class ChoiceLines {
 public:
  ChoiceLines(mqtt::Version version, std::vector<ProbeLine>& lines) : version_(version), lines_(lines) {}

  void add(ProbeSource source, const Choice& choice, std::string answer) {
    const bool is_v5 = version_ == mqtt::Version::v5;
    lines_.push_back({version_, choice.name, choice.question, std::move(answer), source, choice.variants,
                      is_v5 ? choice.requirements_v5 : choice.requirements_v3_1_1});
  }

 private:
  const mqtt::Version version_;
  std::vector<ProbeLine>& lines_;
};

std::string available(bool is_available) { return is_available ? "available" : "not available"; }

std::string seconds(std::uint32_t count) {
  return count == mqtt::session_never_expires ? "for ever" : fmt::format("{} s", count);
}

// 3.1.1 has no way to announce anything.
void add_announced(const Capabilities& told, ChoiceLines& lines) {
  const auto announced = ProbeSource::announced;
  lines.add(announced, {"maximum-qos", "Maximum QoS", {"maximum-qos-1"}, {}, {"MQTT-3.2.2-9"}},
            fmt::format("{}", told.announced_maximum_qos));
  lines.add(announced, {"retain", "Retained messages", {"retain-unavailable"}, {}, {"MQTT-3.2.2-13"}},
            available(told.retain));
  lines.add(announced,
            {"subscription-identifiers",
             "Subscription identifiers",
             {"subscription-id-unavailable"},
             {},
             {"HF-5.0-E13"}},
            available(told.subscription_identifiers));
  lines.add(announced,
            {"shared-subscriptions", "Shared subscriptions", {"shared-unavailable"}, {}, {"HF-5.0-E14"}},
            available(told.shared_subscription));
  lines.add(announced,
            {"topic-alias-maximum", "Topic Alias Maximum", {"topic-alias-none"}, {}, {"MQTT-3.2.2-18"}},
            fmt::format("{}", told.topic_alias_maximum));
  lines.add(announced,
            {"receive-maximum", "Receive Maximum", {"receive-max-small"}, {}, {"MQTT-3.3.4-7", "HF-5.0-E08"}},
            fmt::format("{}", told.receive_maximum));
  lines.add(announced,
            {"maximum-packet-size", "Maximum Packet Size", {"max-packet-size-announced"}, {}, {"HF-5.0-E11"}},
            fmt::format("{} bytes", told.maximum_packet_size));
  lines.add(announced,
            {"server-keep-alive",
             "A keep alive of 2 s",
             {"server-keep-alive-override"},
             {},
             {"MQTT-3.2.2-21", "HF-5.0-S38"}},
            told.server_keep_alive ? fmt::format("{} s instead", *told.server_keep_alive) : "as asked");
  lines.add(announced,
            {"session-expiry-of-600",
             "A Session Expiry Interval of 600 s",
             {"session-expiry-capped"},
             {},
             {"HF-5.0-S03", "HF-5.0-S04"}},
            told.session_expiry_for_600 == 600 ? "as asked" : seconds(told.session_expiry_for_600));
}

// What the preflight has tried, in either version.
void add_observed(const Capabilities& seen, ChoiceLines& lines) {
  const auto observed = ProbeSource::observed;
  lines.add(observed,
            {"granted-qos",
             "Granted to a subscription at QoS 2",
             {"suback-lower-qos", "maximum-qos-1"},
             {"HF-3.1.1-G21"},
             {"HF-5.0-E31"}},
            fmt::format("QoS {}", seen.maximum_qos));
  lines.add(
      observed,
      {"wildcards", "Wildcard subscriptions", {"wildcard-unavailable"}, {"MQTT-3.8.3-2"}, {"HF-5.0-E12"}},
      available(seen.wildcard));
  lines.add(observed,
            {"empty-client-id",
             "CONNECT without a client identifier",
             {"empty-id-refused"},
             {"HF-3.1.1-S25"},
             {"MQTT-3.1.3-6"}},
            seen.empty_client_id ? "accepted" : "refused");
}

}  // namespace

std::string_view name_of(ProbeSource source) {
  switch (source) {
    case ProbeSource::announced:
      return "announced";
    case ProbeSource::observed:
      return "observed";
    case ProbeSource::unknown:
      return "not known";
  }
  return "";
}

std::vector<ProbeLine> announced_lines(const RunResults& results) {
  std::vector<ProbeLine> lines;
  if (results.v3_1_1) {
    ChoiceLines of_version(mqtt::Version::v3_1_1, lines);
    add_observed(*results.v3_1_1, of_version);
  }
  if (results.v5) {
    ChoiceLines of_version(mqtt::Version::v5, lines);
    add_announced(*results.v5, of_version);
    add_observed(*results.v5, of_version);
  }
  return lines;
}

}  // namespace holdfast
