// The fixed header, and fields that are cut off or left over.
#include <fmt/format.h>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;

Draft draft_of(const VectorList& list, PacketType type) {
  return type == PacketType::connect ? full_connect(list.version())
                                     : plain_draft(list.version(), list.sender(), type);
}

void add_flags(VectorList& list, std::size_t control, PacketType type) {
  const PacketRule& rule = rule_of(type);
  for (unsigned flags = 0; flags < 16; ++flags) {
    Draft draft = list.draft(control);
    draft.first_byte = static_cast<std::uint8_t>(draft.first_byte & 0xF0) | static_cast<std::uint8_t>(flags);
    if (flags != rule.flags)
      list.fault(control, fmt::format("flags-{:x}", flags), draft, rule.wrong_flags, 0);
  }
}

void add_publish_flags(VectorList& list, std::size_t control) {
  for (unsigned flags = 0; flags < 16; ++flags) {
    Draft draft = list.draft(control);
    draft.first_byte = static_cast<std::uint8_t>(0x30 | flags);
    const bool at_qos_0 = (flags & 0x06) == 0;
    if (at_qos_0) draft.fields.erase(draft.fields.begin() + 1);
    const std::string name = fmt::format("flags-{:x}", flags);
    if ((flags & 0x06) == 0x06) {
      list.fault(control, name, draft, F::publish_qos_3, 0);
    } else if (at_qos_0 && flags >= 8) {
      list.fault(control, name, draft, F::dup_at_qos_0, 0);
    } else {
      list.accept(name, draft);
    }
  }
}

void add_lengths(VectorList& list, std::size_t control, PacketType type) {
  Draft draft = list.draft(control);
  const std::size_t body = draft.bytes().size() - 2;
  draft.remaining_length = Bytes{static_cast<std::uint8_t>(body | 0x80), 0x00};
  list.fault(control, "length-of-two-bytes", draft, F::length_not_minimal, 1);
  draft.remaining_length = Bytes{static_cast<std::uint8_t>(body | 0x80), 0x80, 0x80, 0x00};
  list.fault(control, "length-of-four-bytes", draft, F::length_not_minimal, 1);
  draft.remaining_length = Bytes{static_cast<std::uint8_t>(body | 0x80), 0x80, 0x80, 0x80, 0x00};
  list.fault(control, "length-of-five-bytes", draft, F::length_over_four_bytes, 1);
  draft.remaining_length = Bytes{0xFF, 0xFF, 0xFF, 0xFF};
  list.fault(control, "length-without-end", draft, F::length_over_four_bytes, 1);

  const PacketRule& rule = rule_of(type);
  const std::uint32_t shortest = list.v5() ? rule.shortest_v5 : rule.shortest_v311;
  const std::uint32_t longest = list.v5() ? rule.longest_v5 : rule.longest_v311;
  draft.remaining_length.reset();
  if (longest <= body) {
    draft.fields.push_back({.bytes = {0x00}, .comment = "a byte too many"});
    list.fault(control, "length-too-long", draft, F::fixed_length, 1);
    draft.fields.back().bytes = Bytes(200, 0x00);
    list.fault(control, "length-much-too-long", draft, F::fixed_length, 1);
  }
  for (std::uint32_t length = 0; length < shortest; ++length) {
    draft.fields = {{.bytes = Bytes(length, 0x00), .comment = "too little"}};
    list.fault(control, fmt::format("length-{}", length), draft, F::fixed_length, 1);
  }
}

bool fits(const VectorList& list, PacketType type, const Draft& draft) {
  const std::size_t body = draft.bytes().size() - 2;
  const PacketRule& rule = rule_of(type);
  return body >= (list.v5() ? rule.shortest_v5 : rule.shortest_v311);
}

// Ends the packet before each field, and within it behind its first byte.
void add_cuts(VectorList& list, std::size_t control, PacketType type) {
  const Draft whole = list.draft(control);
  for (std::size_t i = 0; i < whole.fields.size(); ++i) {
    const Field& field = whole.fields[i];
    if (!field.when_missing) continue;
    Draft cut = whole;
    cut.fields.resize(i);
    const std::size_t offset = whole.offset_of(i);
    if (fits(list, type, cut)) {
      list.fault(control, fmt::format("ends-before-field-{}", i), cut, *field.when_missing, offset,
                 field.also);
    }
    if (field.bytes.size() < 2) continue;
    cut.fields.push_back({.bytes = {field.bytes.front()}, .comment = "the first byte of: " + field.comment});
    // Its first byte is there, so it is a field that is cut off, and no longer a list without elements.
    const bool in_list = field.kind == FieldKind::topic_filter;
    if (fits(list, type, cut)) {
      list.fault(control, fmt::format("ends-in-field-{}", i), cut,
                 in_list ? list.layout() : *field.when_missing, offset);
    }
    if (field.bytes.size() < 4) continue;
    cut.fields.back() = {.bytes = Bytes(field.bytes.begin(), field.bytes.end() - 1),
                         .comment = "without its last byte: " + field.comment};
    list.fault(control, fmt::format("lacks-the-end-of-field-{}", i), cut,
               in_list ? list.layout() : *field.when_missing, offset);
  }
}

void add_surplus(VectorList& list, std::size_t control, PacketType type) {
  if (type == PacketType::publish || type == PacketType::pingreq || type == PacketType::pingresp) return;
  if (!list.v5() && rule_of(type).longest_v311 <= 2) return;  // their length says it already
  Draft draft = list.draft(control);
  const std::size_t offset = draft.bytes().size();
  const bool has_codes = type == PacketType::suback || type == PacketType::unsuback;
  // As a code it would be allowed, if it were 0.
  draft.fields.push_back(
      {.bytes = {static_cast<std::uint8_t>(has_codes ? 0x7F : 0x00)}, .comment = "a byte too many"});
  F fault = list.layout();
  if (has_codes) fault = rule_of(type).wrong_code;
  if (type == PacketType::connect) fault = F::layout_connect;
  list.fault(control, "surplus-byte", draft, fault, offset);
}

// Packets that this side never sends, in the form in which the other side sends them.
void add_foreign_types(VectorList& list, std::size_t control) {
  for (unsigned code = 0; code < 16; ++code) {
    const auto type = static_cast<PacketType>(code);
    if (list.may_send(type)) continue;
    const Sender other = list.sender() == Sender::client ? Sender::server : Sender::client;
    const bool of_other = may_send(rule_of(type), other, list.version());
    F fault = F::reserved_type;
    if (of_other) {
      fault = list.sender() == Sender::client ? F::client_may_not_send : F::server_may_not_send;
    }
    list.fault(control, "not-of-this-side", plain_draft(list.version(), other, type), fault, 0);
    Draft empty{.first_byte = static_cast<std::uint8_t>(code << 4 | rule_of(type).flags)};
    list.fault(control, "not-of-this-side-and-empty", empty, fault, 0);
  }
}

// Remaining Lengths of one, two and three bytes at their ends.
void add_sizes(VectorList& list) {
  for (const std::size_t body : {127u, 128u, 16'383u, 16'384u}) {
    Draft draft = plain_draft(list.version(), list.sender(), PacketType::publish);
    const std::size_t others = list.v5() ? 5 + 2 + 1 : 5 + 2;
    draft.fields.back() = {.bytes = Bytes(body - others, 0x78), .comment = "payload"};
    list.accept(fmt::format("remaining-length-{}", body), draft);
  }
  Draft draft = plain_draft(list.version(), list.sender(), PacketType::publish);
  draft.fields.pop_back();
  list.accept("no-payload", draft);
}

}  // namespace

void add_header_vectors(VectorList& list) {
  std::optional<std::size_t> first;
  for (unsigned code = 1; code < 16; ++code) {
    const auto type = static_cast<PacketType>(code);
    if (!list.may_send(type)) continue;
    const std::size_t control = list.accept("plain", draft_of(list, type));
    if (!first) first = control;
    if (type == PacketType::publish) {
      add_publish_flags(list, control);
    } else {
      add_flags(list, control, type);
    }
    add_lengths(list, control, type);
    add_cuts(list, control, type);
    add_surplus(list, control, type);
  }
  add_foreign_types(list, *first);
  add_sizes(list);
}

}  // namespace holdfast::mqtt
