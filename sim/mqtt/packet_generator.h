// Valid packets of every type, with all that they may carry, for round trips.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "sim/mqtt/property_members.h"
#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {

class PacketGenerator {
 public:
  PacketGenerator(std::uint64_t seed, Version version, Sender sender)
      : numbers_(seed), version_(version), sender_(sender) {}

  // A packet of a type that the sender may send, and that the decoder accepts without an error.
  Packet packet() {
    for (;;) {
      const auto type = static_cast<PacketType>(1 + numbers_.below(15));
      if (may_send(rule_of(type), sender_, version_)) return packet(type);
    }
  }

  Packet packet(PacketType type) {
    using enum PacketType;
    switch (type) {
      case connect:
        return connect_packet();
      case connack:
        return connack_packet();
      case publish:
        return publish_packet();
      case puback:
        return reply<puback>();
      case pubrec:
        return reply<pubrec>();
      case pubrel:
        return reply<pubrel>();
      case pubcomp:
        return reply<pubcomp>();
      case subscribe:
        return subscribe_packet();
      case suback:
        return Suback{id(), codes(suback), properties(suback)};
      case unsubscribe:
        return Unsubscribe{id(), filters(), properties(unsubscribe)};
      case unsuback:
        return Unsuback{id(), v5() ? codes(unsuback) : std::vector<ReasonCode>{}, properties(unsuback)};
      case pingreq:
        return Pingreq{};
      case pingresp:
        return Pingresp{};
      case disconnect:
        return disconnect_packet();
      case auth:
        return auth_packet();
      case reserved:
        break;
    }
    assert(false && "no packet has the reserved type");
    return Pingreq{};
  }

 private:
  bool v5() const { return version_ == Version::v5; }
  std::uint16_t id() { return static_cast<std::uint16_t>(1 + numbers_.below(65'535)); }
  std::uint8_t qos() { return static_cast<std::uint8_t>(numbers_.below(3)); }
  bool coin() { return numbers_.one_in(2); }

  // Mostly short, now and then longer than one and than two bytes of a length can tell.
  std::size_t length() {
    if (numbers_.one_in(200)) return numbers_.below(20'000);
    if (numbers_.one_in(10)) return numbers_.below(300);
    return numbers_.below(24);
  }

  // UTF-8 of one to four bytes a character, without wildcards.
  std::string text() {
    static constexpr std::array<std::string_view, 8> characters{
        "a", "Z", "/", "0", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\xA2", " "};
    std::string made;
    for (std::size_t left = length(); left > 0; --left) made += characters[numbers_.below(8)];
    return made;
  }
  std::string topic() { return std::string("t").append(text()); }

  std::string binary() {
    std::string made(length(), '\0');
    for (char& byte : made) byte = static_cast<char>(numbers_.below(256));
    return made;
  }

  std::uint32_t number(const PropertyRule& rule) {
    std::uint64_t max = rule.max;
    if (rule.type == PropertyType::byte) max = std::min<std::uint64_t>(max, 0xFF);
    if (rule.type == PropertyType::two_bytes) max = std::min<std::uint64_t>(max, 0xFFFF);
    if (numbers_.one_in(4)) return rule.min;
    if (numbers_.one_in(4)) return static_cast<std::uint32_t>(max);
    return static_cast<std::uint32_t>(rule.min + numbers_.next() % (max - rule.min + 1));
  }

  template <typename Number>
  void fill(const PropertyRule& rule, std::optional<Number>& member, bool) {
    member = static_cast<Number>(number(rule));
  }
  void fill(const PropertyRule& rule, std::optional<std::string>& member, bool) {
    member = rule.type == PropertyType::binary ? binary() : text();
  }
  void fill(const PropertyRule& rule, std::vector<std::uint32_t>& member, bool repeat) {
    const std::uint32_t count = repeat ? 1 + numbers_.below(3) : 1;
    for (std::uint32_t i = 0; i < count; ++i) member.push_back(number(rule));
  }
  void fill(const PropertyRule&, std::vector<UserProperty>& member, bool) {
    const std::uint32_t count = 1 + numbers_.below(3);
    for (std::uint32_t i = 0; i < count; ++i) member.emplace_back(text(), text());
  }

  // Every property that may be in the place, each with a chance.
  Properties properties(PacketType place) {
    Properties made;
    if (!v5() || numbers_.one_in(4)) return made;
    const std::uint32_t rarity = 1 + numbers_.below(4);
    for_each_property(made, [&](PropertyId property, auto& member) {
      const PropertyRule& rule = rule_of(property);
      if ((packets_of(rule, sender_) & in(place)) == 0 || !numbers_.one_in(rarity)) return;
      fill(rule, member, (rule.may_repeat & in(place)) != 0);
    });
    return made;
  }

  ReasonCode code(PacketType type) {
    for (;;) {
      const auto value = static_cast<std::uint8_t>(numbers_.below(256));
      if (may_carry(type, sender_, value)) return static_cast<ReasonCode>(value);
    }
  }

  ReasonCode suback_code_v311() {
    static constexpr std::array<std::uint8_t, 4> values{0, 1, 2, 0x80};
    return static_cast<ReasonCode>(values[numbers_.below(4)]);
  }

  std::vector<ReasonCode> codes(PacketType type) {
    std::vector<ReasonCode> made;
    const std::uint32_t count = 1 + numbers_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) made.push_back(v5() ? code(type) : suback_code_v311());
    return made;
  }

  std::string filter() { return coin() ? topic() : coin() ? std::string("+/").append(text()) : "#"; }

  std::vector<std::string> filters() {
    std::vector<std::string> made;
    const std::uint32_t count = 1 + numbers_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) made.push_back(filter());
    return made;
  }

  Packet connect_packet() {
    Connect made;
    made.client_id = text();
    made.clean_start = (!v5() && made.client_id.empty()) || coin();
    made.keep_alive = static_cast<std::uint16_t>(numbers_.below(65'536));
    if (coin()) made.will = Will{topic(), binary(), qos(), coin(), properties(will_properties)};
    if (coin()) made.user_name = text();
    if ((v5() || made.user_name) && coin()) made.password = binary();
    made.properties = properties(PacketType::connect);
    if (made.properties.authentication_data && !made.properties.authentication_method) {
      made.properties.authentication_data.reset();
    }
    made.protocol_level = static_cast<std::uint8_t>(version_);
    return made;
  }

  Packet connack_packet() {
    Connack made;
    made.reason = v5() ? code(PacketType::connack) : static_cast<ReasonCode>(numbers_.below(6));
    made.session_present = made.reason == ReasonCode::success && coin();
    made.properties = properties(PacketType::connack);
    return made;
  }

  Packet publish_packet() {
    Publish made{topic(), binary(), qos(), coin(), false, 0, properties(PacketType::publish)};
    if (made.qos > 0) made.packet_id = id();
    if (made.qos > 0) made.dup = coin();
    if (made.properties.topic_alias && coin()) made.topic.clear();
    return made;
  }

  template <PacketType type>
  Packet reply() {
    PublishReply<type> made;
    made.packet_id = id();
    if (v5()) made.reason = code(type);
    made.properties = properties(type);
    return made;
  }

  Packet subscribe_packet() {
    Subscribe made{id(), {}, properties(PacketType::subscribe)};
    for (const std::string& one : filters()) {
      SubscriptionRequest request{one, qos()};
      if (v5()) {
        request.no_local = coin();
        request.retain_as_published = coin();
        request.retain_handling = qos();
      }
      made.requests.push_back(request);
    }
    return made;
  }

  Packet disconnect_packet() {
    if (!v5()) return Disconnect{};
    return Disconnect{code(PacketType::disconnect), properties(PacketType::disconnect)};
  }

  Packet auth_packet() {
    Auth made{code(PacketType::auth), properties(PacketType::auth)};
    made.properties.authentication_method = text();
    return made;
  }

  TestNumbers numbers_;
  Version version_;
  Sender sender_;
};

}  // namespace holdfast::mqtt
