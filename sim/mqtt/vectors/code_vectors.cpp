// Reason codes, Connect Return Codes and the return codes of SUBACK.
#include <fmt/format.h>

#include <set>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;

// Every code that some packet may carry, and some that none may.
std::set<std::uint8_t> interesting_codes() {
  std::set<std::uint8_t> codes{0x03, 0x05, 0x06, 0x0F, 0x12, 0x17, 0x1A, 0x7F, 0xA3, 0xFE, 0xFF};
  for (const ReasonRule& rule : rule_table::reasons) codes.insert(static_cast<std::uint8_t>(rule.code));
  return codes;
}

bool is_allowed(const VectorList& list, PacketType type, std::uint8_t code) {
  if (list.v5()) return may_carry(type, list.sender(), code);
  return type == PacketType::connack ? code <= 5 : code <= 2 || code == 0x80;
}

void add_codes(VectorList& list, PacketType type) {
  const Draft plain = plain_draft(list.version(), list.sender(), type);
  const std::size_t at = plain.find(FieldKind::reason_code);
  if (at == plain.fields.size()) return;
  const std::size_t control = list.accept("code/plain", plain);
  for (const std::uint8_t code : interesting_codes()) {
    Draft draft = plain;
    draft.fields[at].bytes = {code};
    draft.fields[at].comment = fmt::format("code 0x{:02X}", code);
    const std::string name = fmt::format("code/{:02x}", code);
    if (!is_allowed(list, type, code)) {
      list.fault(control, name, draft, rule_of(type).wrong_code, draft.offset_of(at));
    } else if (code == 0x10 && list.sender() == Sender::client) {
      list.fault(control, name, draft, F::code_0x10_from_client, draft.offset_of(at));
    } else {
      list.accept(name, draft);
    }
  }
}

// Acknowledgements and DISCONNECT of 5.0: without properties, and without a code.
void add_short_forms(VectorList& list, PacketType type) {
  Draft draft = plain_draft(list.version(), list.sender(), type);
  const std::size_t at = draft.find(FieldKind::reason_code);
  const bool may_be_short = draft.find(FieldKind::packet_identifier) == 0 || type == PacketType::disconnect;
  if (!may_be_short || at + 2 != draft.fields.size()) return;
  draft.fields.resize(at + 1);
  list.accept("short/with-code", draft);
  draft.fields.resize(at);
  list.accept("short/without-code", draft);
}

// One code is wrong behind others that are right.
void add_second_code(VectorList& list, PacketType type) {
  Draft draft = plain_draft(list.version(), list.sender(), type);
  const Field code = draft.fields.back();
  if (code.kind != FieldKind::reason_code) return;
  draft.fields.push_back(code);
  const std::size_t control = list.accept("code/two", draft);
  draft.fields.push_back({FieldKind::reason_code, {0x04}, "code 0x04", {}, {}});
  list.fault(control, "code/third-is-wrong", draft, rule_of(type).wrong_code,
             draft.offset_of(draft.fields.size() - 1));
}

void add_session_present(VectorList& list) {
  Draft draft = plain_draft(list.version(), list.sender(), PacketType::connack);
  draft.fields[0].bytes = {0x01};
  const std::size_t control = list.accept("session-present", draft);
  for (unsigned bit = 1; bit < 8; ++bit) {
    Draft reserved = draft;
    reserved.fields[0].bytes = {static_cast<std::uint8_t>(1u << bit)};
    list.fault(control, fmt::format("reserved-flag-{}", bit), reserved, F::connack_flags, 2);
  }
  const std::vector<std::uint8_t> refusals =
      list.v5() ? std::vector<std::uint8_t>{0x80, 0x87, 0x9F} : std::vector<std::uint8_t>{1, 2, 5};
  for (const std::uint8_t code : refusals) {
    Draft refusal = draft;
    refusal.fields[1].bytes = {code};
    list.fault(control, fmt::format("session-present-with-{:02x}", code), refusal,
               F::session_present_with_error, 2);
  }
}

F zero_identifier(const VectorList& list, PacketType type) {
  if (type >= PacketType::puback && type <= PacketType::pubcomp) return F::identifier_zero_reply;
  if (type == PacketType::suback || type == PacketType::unsuback) return F::identifier_zero_answer;
  return list.sender() == Sender::client ? F::identifier_zero_client : F::identifier_zero_server;
}

void add_identifiers(VectorList& list, PacketType type) {
  Draft draft = plain_draft(list.version(), list.sender(), type);
  const std::size_t at = draft.find(FieldKind::packet_identifier);
  if (at == draft.fields.size()) return;
  std::size_t control = 0;
  for (const std::uint32_t identifier : {1u, 0x0100u, 0xFFFFu, 0u}) {
    draft.fields[at].bytes = number_bytes(identifier, 2);
    draft.fields[at].comment = fmt::format("Packet Identifier {}", identifier);
    const std::string name = fmt::format("identifier-{}", identifier);
    if (identifier > 0) {
      control = list.accept(name, draft);
    } else {
      list.fault(control, name, draft, zero_identifier(list, type), draft.offset_of(at));
    }
  }
}

}  // namespace

void add_code_vectors(VectorList& list) {
  for (unsigned number = 1; number < 16; ++number) {
    const auto type = static_cast<PacketType>(number);
    if (!list.may_send(type)) continue;
    add_codes(list, type);
    if (list.v5()) add_short_forms(list, type);
    if (type == PacketType::suback || type == PacketType::unsuback) add_second_code(list, type);
    if (type == PacketType::connack) add_session_present(list);
    add_identifiers(list, type);
  }
}

}  // namespace holdfast::mqtt
