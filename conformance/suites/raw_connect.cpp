#include "conformance/suites/raw_connect.h"

#include <fmt/format.h>

#include "conformance/suites/steps.h"

namespace holdfast {

namespace {

void append_length(std::string& out, std::size_t length) {
  do {
    std::uint8_t digit = length % 128;
    length /= 128;
    if (length > 0) digit |= 0x80;
    out += static_cast<char>(digit);
  } while (length > 0);
}

}  // namespace

std::string raw_field(std::string_view content) {
  std::string field;
  field += static_cast<char>(content.size() >> 8 & 0xFF);
  field += static_cast<char>(content.size() & 0xFF);
  return field.append(content);
}

RawConnect raw_connect(const Context& t, const Client& client) {
  RawConnect connect;
  connect.level = static_cast<std::uint8_t>(t.version());
  if (t.v5()) connect.properties = "";
  connect.fields.push_back(raw_field(client.id()));
  if (client.credentials.user_name) {
    connect.flags |= 0x80;
    connect.fields.push_back(raw_field(*client.credentials.user_name));
  }
  if (client.credentials.password) {
    connect.flags |= 0x40;
    connect.fields.push_back(raw_field(*client.credentials.password));
  }
  return connect;
}

Bytes bytes_of(const RawConnect& connect) {
  std::string body = raw_field(connect.protocol_name);
  body += static_cast<char>(connect.level);
  body += static_cast<char>(connect.flags);
  body += static_cast<char>(connect.keep_alive >> 8);
  body += static_cast<char>(connect.keep_alive & 0xFF);
  if (connect.properties) {
    append_length(body, connect.property_length.value_or(connect.properties->size()));
    body += *connect.properties;
  }
  for (const std::string& field : connect.fields) body += field;
  std::string packet(1, static_cast<char>(connect.first_byte));
  append_length(packet, body.size());
  packet += body;
  return Bytes(packet.begin(), packet.end());
}

Task<void> opened_with(Context& t, Client& client, Bytes bytes) {
  client.open();
  const bool is_open = co_await client.expect_open(t.patience());
  t.control(is_open, fmt::format("{}: no connection", client.name()));
  if (!bytes.empty()) client.send_bytes(bytes);
}

std::optional<RawConnack> raw_connack_of(const Client& client) {
  constexpr std::uint8_t connack_byte = 0x20;
  const ByteView first = client.first_bytes();
  std::size_t body = 1;  // behind the last byte of the Remaining Length, which is the first below 0x80
  while (body < first.size() && first[body] >= 0x80) ++body;
  ++body;
  if (first.size() < body + 2 || first[0] != connack_byte) return std::nullopt;
  return RawConnack{first[body], first[body + 1]};
}

Task<Refusal> refusal_of(Context& t, Client& client) {
  Refusal refusal;
  refusal.connack = co_await client.expect<mqtt::Connack>(t.patience());
  if (refusal.is_accepted()) co_return refusal;
  refusal.closed = co_await client.expect_close(t.patience());
  co_return refusal;
}

std::string seen_refusal(const Context& t, const Refusal& refusal) {
  if (!refusal.connack) return "no CONNACK, " + seen_close(t, refusal.closed);
  if (refusal.is_accepted()) return seen(t, refusal.connack);
  return fmt::format("{}, {}", seen(t, refusal.connack), seen_close(t, refusal.closed));
}

}  // namespace holdfast
