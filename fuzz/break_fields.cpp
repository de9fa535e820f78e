#include <algorithm>

#include "fuzz/breaker.h"

namespace holdfast::fuzz {

using mqtt::Fault;
using enum mqtt::PacketType;

namespace {

constexpr std::uint8_t user_name_flag = 0x80;
constexpr std::uint8_t password_flag = 0x40;
constexpr std::uint8_t will_retain_flag = 0x20;
constexpr std::uint8_t will_qos_bits = 0x18;
constexpr std::uint8_t will_flag = 0x04;
constexpr std::uint8_t clean_session_flag = 0x02;

}  // namespace

// --- what a CONNECT has or lacks ---

std::uint8_t& Breaker::connect_flags_byte() {
  Field& field = fields_[fields_.find(Role::connect_flags)];
  field.bytes = made_.bytes({field.bytes[0]});
  return const_cast<std::uint8_t&>(field.bytes[0]);  // the bytes are our own
}

void Breaker::ensure_will() {
  if (has_will()) return;
  connect_flags_byte() |= will_flag;
  std::size_t at = fields_.find(Role::client_id) + 1;
  if (v5()) fields_.insert(at++, Field{.role = Role::property_length, .place = Place::will_properties});
  fields_.insert(at++, Field{.role = Role::will_topic, .has_length = true, .bytes = view_of("will")});
  fields_.insert(at, Field{.role = Role::will_payload, .has_length = true, .bytes = view_of("alas")});
}

void Breaker::remove_will() {
  connect_flags_byte() &= static_cast<std::uint8_t>(~(will_flag | will_qos_bits | will_retain_flag));
  for (std::size_t i = fields_.count(); i > 0; --i) {
    const Field& field = fields_[i - 1];
    if (field.place == Place::will_properties || field.role == Role::will_topic ||
        field.role == Role::will_payload) {
      fields_.remove(i - 1);
    }
  }
}

void Breaker::ensure_user_name() {
  if (fields_.find(Role::user_name) < fields_.count()) return;
  connect_flags_byte() |= user_name_flag;
  fields_.insert(fields_.find(Role::password),
                 Field{.role = Role::user_name, .has_length = true, .bytes = view_of("user")});
}

void Breaker::remove_user_name() {
  connect_flags_byte() &= static_cast<std::uint8_t>(~user_name_flag);
  const std::size_t at = fields_.find(Role::user_name);
  if (at < fields_.count()) fields_.remove(at);
}

void Breaker::ensure_password() {
  if (fields_.find(Role::password) < fields_.count()) return;
  connect_flags_byte() |= password_flag;
  fields_.append(Field{.role = Role::password, .has_length = true, .bytes = view_of("secret")});
}

void Breaker::remove_password() {
  connect_flags_byte() &= static_cast<std::uint8_t>(~password_flag);
  const std::size_t at = fields_.find(Role::password);
  if (at < fields_.count()) fields_.remove(at);
}

// --- CONNECT ---

Breaker::Result Breaker::protocol_name() {
  const std::size_t name = fields_.find(Role::protocol_name);
  set_text(name, pick({"MQTS", "mqtt", "MQIsdp", "MQT", "", "MQTT5"}));
  return at_field(name);
}

Breaker::Result Breaker::protocol_level() {
  const std::size_t level = fields_.find(Role::protocol_level);
  set_byte(level, v5() ? pick({0, 3, 6, 0x84, 0xFF}) : pick({0, 3, 5, 6, 0x84, 0xFF}));
  return at_field(level);
}

Breaker::Result Breaker::connect_flag_reserved() {
  connect_flags_byte() |= 0x01;
  return at_field(fields_.find(Role::connect_flags));
}

Breaker::Result Breaker::will_flag_without_will() {
  remove_will();
  std::uint8_t& flags = connect_flags_byte();
  if (fault_ == Fault::will_qos_without_will)
    flags |= static_cast<std::uint8_t>(draws_.between(1, 3) << 3);
  else
    flags |= will_retain_flag;
  return at_field(fields_.find(Role::connect_flags));
}

Breaker::Result Breaker::will_qos_3() {
  ensure_will();
  connect_flags_byte() |= will_qos_bits;
  return at_field(fields_.find(Role::connect_flags));
}

Breaker::Result Breaker::password_without_user_name() {
  remove_user_name();
  ensure_password();
  return at_field(fields_.find(Role::connect_flags));
}

Breaker::Result Breaker::connect_field_missing() {
  switch (fault_) {
    case Fault::client_identifier_missing:
      return cut_at(fields_.find(Role::client_id));
    case Fault::will_missing:
      ensure_will();
      return cut_at(fields_.find(draws_.below(2) == 0 ? Role::will_topic : Role::will_payload));
    case Fault::user_name_missing:
      ensure_user_name();
      return cut_at(fields_.find(Role::user_name));
    default:
      ensure_user_name();
      ensure_password();
      return cut_at(fields_.find(Role::password));
  }
}

Breaker::Result Breaker::client_identifier_empty() {
  connect_flags_byte() &= static_cast<std::uint8_t>(~clean_session_flag);
  const std::size_t client_id = fields_.find(Role::client_id);
  set_text(client_id, "");
  return at_field(client_id);
}

Breaker::Result Breaker::not_announced() {
  if (fault_ == Fault::user_name_not_announced) {
    remove_user_name();
    if (!v5()) remove_password();
  } else {
    ensure_user_name();
    remove_password();
  }
  return surplus();
}

Breaker::Result Breaker::will_topic() {
  ensure_will();
  const std::size_t topic = fields_.find(Role::will_topic);
  if (fault_ == Fault::will_topic_empty)
    set_text(topic, "");
  else
    set_text(topic, pick({"#", "+", "a/#", "a+b"}));
  return at_field(topic);
}

// --- CONNACK ---

Breaker::Result Breaker::connack_flags() {
  const std::size_t flags = fields_.find(Role::connack_flags);
  set_byte(flags, static_cast<std::uint8_t>(fields_[flags].bytes[0] | 2u << draws_.below(7)));
  return at_field(flags);
}

Breaker::Result Breaker::session_present_with_error() {
  const std::size_t flags = fields_.find(Role::connack_flags);
  set_byte(flags, 1);
  set_byte(fields_.find(Role::reason_code), v5() ? pick({0x80, 0x87, 0x9F}) : pick({1, 2, 3, 4, 5}));
  return at_field(flags);
}

// --- PUBLISH ---

Breaker::Result Breaker::topic_empty() {
  const std::size_t alias = fields_.find_property(mqtt::PropertyId::topic_alias, Place::properties);
  if (alias < fields_.count()) fields_.remove(alias);
  const std::size_t topic = fields_.find(Role::topic);
  set_text(topic, "");
  return at_field(topic);
}

Breaker::Result Breaker::topic_wildcard() {
  const std::size_t topic = fields_.find(Role::topic);
  set_text(topic, pick({"#", "+", "a/#", "a+b", "+/a"}));
  return at_field(topic);
}

Breaker::Result Breaker::dup_at_qos_0() {
  const std::size_t id = fields_.find(Role::packet_id);
  if (id < fields_.count()) fields_.remove(id);
  fields_.first_byte = static_cast<std::uint8_t>((fields_.first_byte & ~0x06) | 0x08);
  return at_first_byte();
}

// --- Packet Identifiers ---

Breaker::Result Breaker::identifier_zero() {
  const std::size_t id = fields_.find(Role::packet_id);
  if (id == fields_.count()) return std::nullopt;
  fields_[id].bytes = made_.bytes({0, 0});
  return at_field(id);
}

// --- SUBSCRIBE, UNSUBSCRIBE ---

Breaker::Result Breaker::no_filter() {
  fields_.truncate(fields_.find(Role::filter));
  return at_end();
}

std::size_t Breaker::choose_filter() {
  const std::size_t first = fields_.find(Role::filter);
  const std::size_t next = fields_.find(Role::filter, first + 1);
  return next < fields_.count() && draws_.below(2) == 1 ? next : first;
}

Breaker::Result Breaker::filter_empty() {
  const std::size_t filter = choose_filter();
  set_text(filter, "");
  return at_field(filter);
}

Breaker::Result Breaker::filter_ill_made() {
  struct IllMade {
    Fault fault;
    std::string_view filter;
    std::size_t at;  // the first character that is wrong
  };
  static constexpr auto filters_ill_made = std::to_array<IllMade>({
      {Fault::filter_multi_level_wildcard, "a/#/b", 2},
      {Fault::filter_multi_level_wildcard, "a#", 1},
      {Fault::filter_multi_level_wildcard, "#a", 0},
      {Fault::filter_multi_level_wildcard, "+/##", 2},
      {Fault::filter_single_level_wildcard, "a+", 1},
      {Fault::filter_single_level_wildcard, "a/+b/#", 2},
      {Fault::filter_single_level_wildcard, "++", 0},
      {Fault::filter_single_level_wildcard, "+/b+", 3},
      {Fault::share_name_missing, "$share/", 7},
      {Fault::share_name_missing, "$share//a", 7},
      {Fault::share_name_missing, "$share//", 7},
      {Fault::share_name_not_followed, "$share/g", 8},
      {Fault::share_name_not_followed, "$share/g/", 9},
      {Fault::share_name_not_followed, "$share/g+/a", 8},
      {Fault::share_name_not_followed, "$share/#/a", 7},
  });
  std::size_t chosen = draws_.below(filters_ill_made.size());
  while (filters_ill_made[chosen].fault != fault_) chosen = (chosen + 1) % filters_ill_made.size();
  const std::size_t filter = choose_filter();
  set_text(filter, filters_ill_made[chosen].filter);
  return at_field(filter, 2 + filters_ill_made[chosen].at);
}

Breaker::Result Breaker::subscription_options() {
  std::size_t at = fields_.find(Role::subscription_options);
  const std::size_t next = fields_.find(Role::subscription_options, at + 1);
  if (next < fields_.count() && draws_.below(2) == 1) at = next;
  std::uint8_t options = fields_[at].bytes[0];
  switch (fault_) {
    case Fault::option_bits_reserved:
      options |= v5() ? pick({0x40, 0x80, 0xC0}) : pick({0x04, 0x08, 0x10, 0x20, 0x40, 0x80});
      break;
    case Fault::requested_qos_3:
      options |= 0x03;
      break;
    case Fault::retain_handling_3:
      options |= 0x30;
      break;
    default:
      options |= 0x04;
      set_text(at - 1, pick({"$share/g/t", "$share/g/#", "$share/g/+/a"}));
  }
  set_byte(at, options);
  return at_field(at);
}

// --- reason codes ---

Breaker::Result Breaker::wrong_code() {
  std::size_t at = fields_.find(Role::reason_code);
  if (at == fields_.count()) fields_.append(Field{.role = Role::reason_code});
  const std::size_t next = fields_.find(Role::reason_code, at + 1);
  if (next < fields_.count() && draws_.below(2) == 1) at = next;
  const auto is_wrong = [&](std::uint8_t code) {
    if (v5()) return !may_carry(type(), options_.sender, code);
    return type() == suback ? code > 2 && code != 0x80 : code > 5;
  };
  auto code = static_cast<std::uint8_t>(draws_.below(256));
  while (!is_wrong(code)) ++code;
  set_byte(at, code);
  return at_field(at);
}

Breaker::Result Breaker::code_0x10() {
  const std::size_t at = fields_.find(Role::reason_code);
  if (at == fields_.count()) fields_.append(Field{.role = Role::reason_code});
  set_byte(at, 0x10);
  return at_field(at);
}

Breaker::Result Breaker::no_code() {
  fields_.truncate(fields_.find(Role::reason_code));
  return at_end();
}

}  // namespace holdfast::fuzz
