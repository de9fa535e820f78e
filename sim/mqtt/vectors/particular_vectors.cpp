// What no table says: the flags of CONNECT, the options of SUBSCRIBE, aliases, payloads.
#include <fmt/format.h>

#include <initializer_list>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;

Field named(Bytes bytes, std::string comment) {
  return {.bytes = std::move(bytes), .comment = std::move(comment)};
}

// A CONNECT with the fields that its flags announce.
Draft connect_of(const VectorList& list, std::uint8_t flags) {
  Draft draft = plain_draft(list.version(), Sender::client, PacketType::connect);
  draft.fields[2] = named({flags}, fmt::format("Connect Flags {:08b}", flags));
  if ((flags & 0x04) != 0) {
    if (list.v5())
      draft.fields.push_back({.kind = FieldKind::property_length, .comment = "Will Property Length"});
    draft.fields.push_back(named(text_bytes("w"), "Will Topic \"w\""));
    draft.fields.push_back(named(text_bytes(""), "Will Payload, empty"));
  }
  if ((flags & 0x80) != 0) draft.fields.push_back(named(text_bytes("u"), "User Name \"u\""));
  if ((flags & 0x40) != 0) draft.fields.push_back(named(text_bytes("p"), "Password \"p\""));
  return draft;
}

std::optional<F> fault_of_flags(const VectorList& list, unsigned flags) {
  const bool will = (flags & 0x04) != 0;
  if ((flags & 0x01) != 0) return F::connect_flag_reserved;
  if (!will && (flags & 0x18) != 0) return F::will_qos_without_will;
  if (!will && (flags & 0x20) != 0) return F::will_retain_without_will;
  if ((flags & 0x18) == 0x18) return F::will_qos_3;
  if (!list.v5() && (flags & 0xC0) == 0x40) return F::password_without_user_name;
  return std::nullopt;
}

void add_connect_flags(VectorList& list) {
  const std::size_t control = list.accept("connect-flags/plain", connect_of(list, 0xC6));
  for (unsigned flags = 0; flags < 256; ++flags) {
    const Draft draft = connect_of(list, static_cast<std::uint8_t>(flags));
    const std::string name = fmt::format("connect-flags/{:08b}", flags);
    if (const auto fault = fault_of_flags(list, flags)) {
      list.fault(control, name, draft, *fault, draft.offset_of(2));
    } else {
      list.accept(name, draft);
    }
  }
}

// Fields that no flag announces.
void add_unannounced(VectorList& list) {
  const std::size_t none = list.accept("unannounced/none", connect_of(list, 0x02));
  Draft draft = connect_of(list, 0x02);
  const std::size_t end = draft.bytes().size();
  draft.fields.push_back(named(text_bytes("u"), "User Name that is not announced"));
  list.fault(none, "unannounced/user-name", draft, F::user_name_not_announced, end);

  const std::size_t user = list.accept("unannounced/user-name-only", connect_of(list, 0x82));
  draft = connect_of(list, 0x82);
  const std::size_t user_end = draft.bytes().size();
  draft.fields.push_back(named(text_bytes("p"), "Password that is not announced"));
  list.fault(user, "unannounced/password", draft, F::password_not_announced, user_end);
}

void add_protocols(VectorList& list) {
  const Draft plain = connect_of(list, 0x02);
  const std::size_t control = list.accept("protocol/plain", plain);
  for (const std::string_view name : {"", "MQT", "mqtt", "MQTT5", "MQIsdp", "HTTP", "MQTTT", "AMQP"}) {
    Draft draft = plain;
    draft.fields[0] = named(text_bytes(name), fmt::format("Protocol Name \"{}\"", name));
    list.fault(control, fmt::format("protocol/name-{}", name), draft, F::protocol_name, 2);
  }
  for (const std::uint8_t level :
       std::initializer_list<std::uint8_t>{0, 1, 2, 3, 5, 6, 7, 0x80, 0x84, 0x85, 0xFF}) {
    if (level == static_cast<std::uint8_t>(list.version())) continue;
    Draft draft = plain;
    draft.fields[1] = named({level}, fmt::format("Protocol Level {}", level));
    list.fault(control, fmt::format("protocol/level-{}", level), draft, F::protocol_level, 8);
  }
}

void add_client_identifiers(VectorList& list) {
  const std::size_t at = list.v5() ? 5 : 4;
  for (const bool clean : {true, false}) {
    Draft draft = connect_of(list, clean ? 0x02 : 0x00);
    const std::size_t control = list.accept(fmt::format("client-identifier/one-character-{}", clean), draft);
    draft.fields[at] = named(text_bytes(""), "Client Identifier, empty");
    const std::string name = fmt::format("client-identifier/empty-with-clean-start-{}", clean ? 1 : 0);
    if (list.v5() || clean) {
      list.accept(name, draft);
    } else {
      list.fault(control, name, draft, F::client_identifier_empty, draft.offset_of(at));
    }
    draft.fields[at] = named(text_bytes("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                             "Client Identifier of 62 characters");
    list.accept(fmt::format("client-identifier/long-{}", clean), draft);
  }
  for (const std::uint32_t seconds : {0u, 1u, 65'535u}) {
    Draft draft = connect_of(list, 0x02);
    draft.fields[3] = named(number_bytes(seconds, 2), fmt::format("Keep Alive {}", seconds));
    list.accept(fmt::format("keep-alive-{}", seconds), draft);
  }
}

std::optional<F> fault_of_options(const VectorList& list, unsigned options, bool shared) {
  if ((options & (list.v5() ? 0xC0 : 0xFC)) != 0) return F::option_bits_reserved;
  if ((options & 0x03) == 3) return F::requested_qos_3;
  if ((options & 0x30) == 0x30) return F::retain_handling_3;
  if (shared && (options & 0x04) != 0) return F::no_local_shared;
  return std::nullopt;
}

void add_options(VectorList& list, bool shared) {
  Draft draft = plain_draft(list.version(), Sender::client, PacketType::subscribe);
  const std::size_t at = draft.fields.size() - 1;
  if (shared) draft.fields[at - 1] = named(text_bytes("$share/g/a"), "Topic Filter \"$share/g/a\"");
  const std::string prefix = shared ? "options-of-shared" : "options";
  const std::size_t control = list.accept(prefix + "/plain", draft);
  for (unsigned options = 0; options < 256; ++options) {
    if (shared && options >= 64) break;
    draft.fields[at] = named({static_cast<std::uint8_t>(options)}, fmt::format("options {:08b}", options));
    const std::string name = fmt::format("{}/{:08b}", prefix, options);
    if (const auto fault = fault_of_options(list, options, shared)) {
      list.fault(control, name, draft, *fault, draft.offset_of(at));
    } else {
      list.accept(name, draft);
    }
  }
}

// A list of filters of which the last is at fault.
void add_later_filters(VectorList& list) {
  for (const PacketType type : {PacketType::subscribe, PacketType::unsubscribe}) {
    Draft draft = plain_draft(list.version(), Sender::client, type);
    const std::size_t first = draft.find(FieldKind::topic_filter);
    const std::vector<Field> element(draft.fields.begin() + static_cast<std::ptrdiff_t>(first),
                                     draft.fields.end());
    draft.fields.insert(draft.fields.end(), element.begin(), element.end());
    const std::size_t second = first + element.size();
    draft.fields[second].bytes = text_bytes("#");
    draft.fields[second].comment = "Topic Filter \"#\"";
    const std::size_t control = list.accept("two-filters", draft);
    const std::size_t offset = draft.offset_of(second);
    draft.fields[second].bytes = text_bytes("#/");
    draft.fields[second].comment = "Topic Filter \"#/\"";
    list.fault(control, "second-filter-with-misplaced-wildcard", draft, F::filter_multi_level_wildcard,
               offset + 2);
    draft.fields[second].bytes = text_bytes("");
    draft.fields[second].comment = "Topic Filter, empty";
    list.fault(control, "second-filter-empty", draft, F::filter_empty, offset);
    draft.fields[second].bytes = text_bytes("\xC3");
    draft.fields[second].comment = "Topic Filter, ill-formed";
    list.fault(control, "second-filter-ill-formed", draft, F::ill_formed, offset + 2);
  }
}

Field property_of(PropertyId id, Bytes value, std::string comment) {
  value.insert(value.begin(), static_cast<std::uint8_t>(id));
  return {FieldKind::property, std::move(value), std::move(comment), {}, {}};
}

void add_aliases(VectorList& list) {
  Draft draft = plain_draft(list.version(), list.sender(), PacketType::publish);
  draft.fields[0] = named(text_bytes(""), "Topic Name, empty");
  Draft with_alias = draft;
  with_alias.fields.insert(with_alias.fields.begin() + 3,
                           property_of(PropertyId::topic_alias, {0x00, 0x01}, "Topic Alias 1"));
  const std::size_t control = list.accept("alias-without-topic", with_alias);
  list.fault(control, "neither-topic-nor-alias", draft, F::topic_empty, draft.offset_of(0));
  draft.fields.insert(draft.fields.begin() + 3, property_of(PropertyId::message_expiry_interval, {0, 0, 0, 1},
                                                            "Message Expiry Interval 1"));
  list.fault(control, "another-property-and-no-alias", draft, F::topic_empty, draft.offset_of(0));
}

void add_payload_format(VectorList& list, bool will) {
  Draft draft =
      will ? full_connect(list.version()) : plain_draft(list.version(), list.sender(), PacketType::publish);
  std::size_t block = draft.find(FieldKind::property_length);
  if (will) block = draft.find(FieldKind::property_length, block + 1);
  draft.fields.insert(
      draft.fields.begin() + static_cast<std::ptrdiff_t>(block) + 1,
      property_of(PropertyId::payload_format_indicator, {0x01}, "Payload Format Indicator 1"));
  const std::size_t payload = will ? block + 3 : draft.fields.size() - 1;
  const std::string prefix = will ? "will-payload-format" : "payload-format";
  const auto set = [&](Bytes bytes, std::string comment) {
    if (will) bytes.insert(bytes.begin(), {0x00, static_cast<std::uint8_t>(bytes.size())});
    draft.fields[payload] = named(std::move(bytes), std::move(comment));
  };
  set({'a', 0x00, 0xC3, 0xA9}, "payload, UTF-8 with U+0000");
  const std::size_t control = list.accept(prefix + "/text", draft);
  set({'a', 0xC3}, "payload that is not UTF-8");
  const std::size_t at = draft.offset_of(payload) + (will ? 2 : 0) + 1;
  list.fault(control, prefix + "/not-text", draft, F::payload_not_utf8, at);
  set({0xED, 0xA0, 0x80}, "payload with a surrogate");
  list.fault(control, prefix + "/surrogate", draft, F::payload_not_utf8, at - 1);
}

}  // namespace

void add_particular_vectors(VectorList& list) {
  if (list.v5()) add_aliases(list);
  if (list.v5()) add_payload_format(list, false);
  if (list.sender() == Sender::server) return;
  if (list.v5()) add_payload_format(list, true);
  add_connect_flags(list);
  add_unannounced(list);
  add_protocols(list);
  add_client_identifiers(list);
  add_options(list, false);
  if (list.v5()) add_options(list, true);
  add_later_filters(list);
}

}  // namespace holdfast::mqtt
