#include "conformance/suites/vector_bytes.h"

#include <string_view>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t text_bytes_max = 65'535;
constexpr std::uint8_t full_connect_flags = 0xF6;  // of the vectors' CONNECT with every field
// The same without Will Retain and Will QoS, which a broker need not offer.
constexpr std::uint8_t modest_connect_flags = 0xC6;

bool is_topic(const mqtt::Field& field) {
  return field.kind == mqtt::FieldKind::topic_name || field.kind == mqtt::FieldKind::topic_filter;
}

void put_prefix(mqtt::Field& field, std::string_view prefix) {
  const std::string_view text(reinterpret_cast<const char*>(field.bytes.data()) + 2, field.bytes.size() - 2);
  if (text.empty() || text.front() == '$' || prefix.size() + text.size() > text_bytes_max) return;
  field.bytes = mqtt::text_bytes(std::string(prefix) + std::string(text));
}

void put_names(mqtt::Field& field, const VectorNames& names) {
  const Credentials& credentials = names.credentials;
  if (is_topic(field) && field.bytes.size() >= 2) {
    put_prefix(field, names.topic_prefix);
  } else if (field.comment == "Client Identifier \"c\"") {
    field.bytes = mqtt::text_bytes(names.client_id);
  } else if (field.comment == "User Name \"u\"" && credentials.user_name) {
    field.bytes = mqtt::text_bytes(*credentials.user_name);
  } else if (field.comment == "Password" && credentials.password) {
    field.bytes = mqtt::text_bytes(*credentials.password);
  } else if (field.comment == "Connect Flags" && field.bytes == Bytes{full_connect_flags}) {
    field.bytes = Bytes{modest_connect_flags};
  }
}

std::size_t body_size(const mqtt::Draft& draft) {
  const std::vector<mqtt::Field> written = draft.written();
  std::size_t size = 0;
  for (std::size_t i = 2; i < written.size(); ++i) size += written[i].bytes.size();  // behind type and length
  return size;
}

// The number in more bytes than it needs.
Bytes long_form(std::size_t number, std::size_t count) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(number % 128 | (i + 1 < count ? 0x80 : 0)));
    number /= 128;
  }
  return bytes;
}

}  // namespace

Bytes bytes_with(const mqtt::PacketVector& vector, const VectorNames& names) {
  mqtt::Draft draft = vector.draft;
  const std::size_t size_before = body_size(draft);
  for (mqtt::Field& field : draft.fields) put_names(field, names);
  // A length in an odd form that was true has to stay true.
  if (draft.remaining_length &&
      *draft.remaining_length == long_form(size_before, draft.remaining_length->size())) {
    draft.remaining_length = long_form(body_size(draft), draft.remaining_length->size());
  }
  return draft.bytes();
}

const std::vector<mqtt::PacketVector>& client_vectors() {
  static const std::vector<mqtt::PacketVector> vectors = [] {
    std::vector<mqtt::PacketVector> some;
    for (mqtt::PacketVector& vector : mqtt::all_vectors()) {
      const bool is_open = vector.kind == mqtt::VectorKind::open;
      if (vector.sender == mqtt::Sender::client && !is_open) some.push_back(std::move(vector));
    }
    return some;
  }();
  return vectors;
}

}  // namespace holdfast
