#include "sim/mqtt/second/second_decoder.h"

#include "sim/mqtt/second/plain_properties.h"

namespace holdfast::mqtt::second {

namespace {

std::uint16_t take_identifier(Rest& rest) {
  const std::uint16_t identifier = rest.take_two_bytes();
  rest.complain_if(identifier == 0, protocol_error);
  return identifier;
}

ReasonCode take_code(Rest& rest, std::initializer_list<std::uint32_t> allowed) {
  const std::uint8_t code = rest.take_byte();
  rest.complain_if(!one_of(code, allowed), protocol_error);
  return static_cast<ReasonCode>(code);
}

Will take_will(Rest& rest, std::uint8_t flags) {
  Will will;
  will.qos = flags / 8 % 4;
  will.retain = flags / 32 % 2 == 1;
  will.properties = take_properties(rest, PacketType::connect, Place::will);
  will.topic = rest.take_text();
  rest.complain_if(will.topic.empty() || has_wildcards(will.topic), 0x90);
  will.payload = rest.take_binary();
  return will;
}

Packet take_connect(Rest& rest, Version listener) {
  Connect connect;
  // Name and level have been looked at already.
  connect.protocol_name = rest.take_binary();
  rest.complain_if(connect.protocol_name != "MQTT", 0x84);
  connect.protocol_level = rest.take_byte();
  const bool level_fits =
      connect.protocol_level == 4 || (connect.protocol_level == 5 && listener == Version::v5);
  rest.complain_if(!level_fits, 0x84);
  const std::uint8_t flags = rest.take_byte();
  const bool user_name = flags >= 128;
  const bool password = flags / 64 % 2 == 1;
  const bool will = flags / 4 % 2 == 1;
  rest.complain_if(flags % 2 == 1, malformed);
  rest.complain_if(!will && (flags / 8 % 4 != 0 || flags / 32 % 2 != 0), malformed);
  rest.complain_if(flags / 8 % 4 == 3, malformed);
  rest.complain_if(!rest.v5() && password && !user_name, malformed);
  connect.clean_start = flags / 2 % 2 == 1;
  connect.keep_alive = rest.take_two_bytes();
  connect.properties = take_properties(rest, PacketType::connect);
  rest.complain_if(connect.properties.authentication_data && !connect.properties.authentication_method,
                   protocol_error);
  connect.client_id = rest.take_text();
  rest.complain_if(!rest.v5() && connect.client_id.empty() && !connect.clean_start, 0x85);
  if (will) connect.will = take_will(rest, flags);
  if (user_name) connect.user_name = rest.take_text();
  if (password) connect.password = rest.take_binary();
  return connect;
}

Packet take_connack(Rest& rest) {
  Connack connack;
  const std::uint8_t flags = rest.take_byte();
  rest.complain_if(flags > 1, malformed);
  connack.session_present = flags == 1;
  connack.reason = rest.v5()
                       ? take_code(rest, {0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                                          0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F})
                       : take_code(rest, {0, 1, 2, 3, 4, 5});
  rest.complain_if(connack.session_present && connack.reason != ReasonCode::success, protocol_error);
  connack.properties = take_properties(rest, PacketType::connack);
  return connack;
}

Packet take_publish(Rest& rest, std::uint8_t flags) {
  Publish publish;
  publish.dup = flags / 8 == 1;
  publish.qos = flags / 2 % 4;
  publish.retain = flags % 2 == 1;
  publish.topic = rest.take_text();
  rest.complain_if(has_wildcards(publish.topic), 0x90);
  rest.complain_if(publish.topic.empty() && !rest.v5(), protocol_error);
  if (publish.qos > 0) publish.packet_id = take_identifier(rest);
  publish.properties = take_properties(rest, PacketType::publish);
  rest.complain_if(publish.topic.empty() && !publish.properties.topic_alias, protocol_error);
  publish.payload = rest.take(rest.size());
  return publish;
}

// PUBACK and PUBREC may carry much, PUBREL and PUBCOMP two codes.
template <typename Reply>
Packet take_reply(Rest& rest, PacketType type) {
  Reply reply;
  reply.packet_id = take_identifier(rest);
  if (!rest.v5() || rest.empty()) return reply;
  const bool first_answer = type == PacketType::puback || type == PacketType::pubrec;
  reply.reason = first_answer ? take_code(rest, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99})
                              : take_code(rest, {0x00, 0x92});
  if (!rest.empty()) reply.properties = take_properties(rest, type);
  return reply;
}

std::string take_filter(Rest& rest) {
  std::string filter = rest.take_text();
  rest.complain_if(!is_filter(filter, rest.v5()), 0x8F);
  return filter;
}

Packet take_subscribe(Rest& rest) {
  Subscribe subscribe;
  subscribe.packet_id = take_identifier(rest);
  subscribe.properties = take_properties(rest, PacketType::subscribe);
  rest.complain_if(rest.empty(), protocol_error);
  while (!rest.empty()) {
    SubscriptionRequest request;
    request.filter = take_filter(rest);
    const std::uint8_t options = rest.take_byte();
    request.qos = options % 4;
    if (rest.v5()) {
      request.no_local = options / 4 % 2 == 1;
      request.retain_as_published = options / 8 % 2 == 1;
      request.retain_handling = options / 16 % 4;
    }
    rest.complain_if(options >= (rest.v5() ? 64 : 4), malformed);
    rest.complain_if(request.qos == 3 || request.retain_handling == 3, protocol_error);
    rest.complain_if(request.no_local && request.filter.substr(0, 7) == "$share/", protocol_error);
    subscribe.requests.push_back(request);
  }
  return subscribe;
}

Packet take_unsubscribe(Rest& rest) {
  Unsubscribe unsubscribe;
  unsubscribe.packet_id = take_identifier(rest);
  unsubscribe.properties = take_properties(rest, PacketType::unsubscribe);
  rest.complain_if(rest.empty(), protocol_error);
  while (!rest.empty()) unsubscribe.filters.push_back(take_filter(rest));
  return unsubscribe;
}

Packet take_suback(Rest& rest) {
  Suback suback;
  suback.packet_id = take_identifier(rest);
  suback.properties = take_properties(rest, PacketType::suback);
  rest.complain_if(rest.empty(), protocol_error);
  while (!rest.empty()) {
    suback.reasons.push_back(
        rest.v5() ? take_code(rest, {0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2})
                  : take_code(rest, {0x00, 0x01, 0x02, 0x80}));
  }
  return suback;
}

Packet take_unsuback(Rest& rest) {
  Unsuback unsuback;
  unsuback.packet_id = take_identifier(rest);
  unsuback.properties = take_properties(rest, PacketType::unsuback);
  rest.complain_if(rest.v5() && rest.empty(), protocol_error);
  while (rest.v5() && !rest.empty()) {
    unsuback.reasons.push_back(take_code(rest, {0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91}));
  }
  return unsuback;
}

Packet take_disconnect(Rest& rest) {
  Disconnect disconnect;
  if (!rest.v5() || rest.empty()) return disconnect;
  // 0x9B is in the list for servers, and section 3.3.4 has a client use it. 0x8C is missing in that list
  // and stands in the list of section 2.4.
  disconnect.reason = rest.sender() == Sender::client
                          ? take_code(rest, {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96,
                                             0x97, 0x98, 0x99, 0x9B})
                          : take_code(rest, {0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D,
                                             0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
                                             0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2});
  if (!rest.empty()) disconnect.properties = take_properties(rest, PacketType::disconnect);
  return disconnect;
}

Packet take_auth(Rest& rest) {
  Auth auth;
  // The empty form means Success without properties, and so without the method that must be there.
  if (rest.empty()) rest.complain(protocol_error);
  auth.reason =
      rest.sender() == Sender::client ? take_code(rest, {0x18, 0x19}) : take_code(rest, {0x00, 0x18});
  auth.properties = take_properties(rest, PacketType::auth);
  rest.complain_if(!auth.properties.authentication_method, protocol_error);
  return auth;
}

Packet take_body(Rest& rest, PacketType type, std::uint8_t flags, Version listener) {
  switch (type) {
    case PacketType::connect:
      return take_connect(rest, listener);
    case PacketType::connack:
      return take_connack(rest);
    case PacketType::publish:
      return take_publish(rest, flags);
    case PacketType::puback:
      return take_reply<Puback>(rest, type);
    case PacketType::pubrec:
      return take_reply<Pubrec>(rest, type);
    case PacketType::pubrel:
      return take_reply<Pubrel>(rest, type);
    case PacketType::pubcomp:
      return take_reply<Pubcomp>(rest, type);
    case PacketType::subscribe:
      return take_subscribe(rest);
    case PacketType::suback:
      return take_suback(rest);
    case PacketType::unsubscribe:
      return take_unsubscribe(rest);
    case PacketType::unsuback:
      return take_unsuback(rest);
    case PacketType::pingreq:
      return Pingreq{};
    case PacketType::pingresp:
      return Pingresp{};
    case PacketType::disconnect:
      return take_disconnect(rest);
    default:
      return take_auth(rest);
  }
}

// Table 2-1: who sends what.
bool may_come_from(PacketType type, Sender sender, Version version) {
  const bool client = sender == Sender::client;
  switch (type) {
    case PacketType::connect:
    case PacketType::subscribe:
    case PacketType::unsubscribe:
    case PacketType::pingreq:
      return client;
    case PacketType::connack:
    case PacketType::suback:
    case PacketType::unsuback:
    case PacketType::pingresp:
      return !client;
    case PacketType::disconnect:
      return client || version == Version::v5;
    default:
      return true;
  }
}

std::optional<std::uint8_t> complaint_about_first_byte(std::uint8_t byte, Version version, Sender sender) {
  const auto type = static_cast<PacketType>(byte / 16);
  const std::uint8_t flags = byte % 16;
  if (byte / 16 == 0) return malformed;
  if (byte / 16 == 15 && version == Version::v3_1_1) return malformed;
  if (!may_come_from(type, sender, version)) return protocol_error;
  if (type == PacketType::publish) {
    const int qos = flags / 2 % 4;
    const bool dup = flags >= 8;
    if (qos == 3 || (dup && qos == 0)) return malformed;
    return std::nullopt;
  }
  const bool two =
      type == PacketType::pubrel || type == PacketType::subscribe || type == PacketType::unsubscribe;
  if (flags != (two ? 2 : 0)) return malformed;
  return std::nullopt;
}

// Whether packets of this type are never that long, whatever is in them.
bool impossible_length(PacketType type, std::size_t length, Version version) {
  switch (type) {
    case PacketType::pingreq:
    case PacketType::pingresp:
      return length != 0;
    case PacketType::puback:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
      return version == Version::v5 ? length < 2 : length != 2;
    case PacketType::connack:
    case PacketType::unsuback:
      return version == Version::v3_1_1 && length != 2;
    case PacketType::disconnect:
      return version == Version::v3_1_1 && length != 0;
    default:
      return false;
  }
}

// A CONNECT of 3.1.1 says so in the byte behind the protocol name, and is read as such by a 5.0 server too.
bool is_connect_of_3_1_1(const std::string& body) {
  return body.size() >= 7 && body.substr(2, 5) == std::string("MQTT\x04");
}

}  // namespace

Verdict decode(ByteView input, Version version, Sender sender) {
  if (input.empty()) return Unfinished{};
  if (const auto reason = complaint_about_first_byte(input[0], version, sender)) return Refused{*reason};
  const auto type = static_cast<PacketType>(input[0] / 16);

  std::size_t length = 0;
  std::size_t weight = 1;
  std::size_t at = 1;
  for (;; ++at) {
    if (at == 5) return Refused{malformed};
    if (at == input.size()) return Unfinished{};
    length += input[at] % 128 * weight;
    weight *= 128;
    if (input[at] < 128) break;
    if (at == 4) return Refused{malformed};
  }
  if (version == Version::v5 && at > 1 && input[at] == 0) return Refused{malformed};
  if (impossible_length(type, length, version)) return Refused{malformed};
  const std::size_t start = at + 1;
  if (input.size() - start < length) return Unfinished{};

  std::string body(input.begin() + start, input.begin() + start + length);
  const bool old_connect = type == PacketType::connect && is_connect_of_3_1_1(body);
  Rest rest(std::move(body), old_connect ? Version::v3_1_1 : version, sender);
  Packet packet = take_body(rest, type, input[0] % 16, version);
  rest.complain_if(!rest.empty(), malformed);
  if (rest.complaint()) return Refused{*rest.complaint()};
  return Accepted{std::move(packet), start + length};
}

}  // namespace holdfast::mqtt::second
