#include "sim/trace/trace_record.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace holdfast {
namespace {

constexpr std::uint8_t mask = '*';
constexpr std::size_t word_bytes_min = 3;

// Half open, in bytes of a stream.
struct Span {
  std::size_t begin;
  std::size_t end;
};

// Spans at the end of a packet: where the values stand that CONNECT and PUBLISH end with.
class FromTheEnd {
 public:
  explicit FromTheEnd(std::size_t size) : at_(size) {}
  // The value before the last one that was asked for; `prefix` bytes of length stand before it.
  Span back(std::size_t bytes, std::size_t prefix) {
    const std::size_t end = at_;
    at_ -= std::min(at_, bytes);
    const Span span{at_, end};
    at_ -= std::min(at_, prefix);
    return span;
  }

 private:
  std::size_t at_;
};

void mask_text(std::string& text) { text.assign(text.size(), static_cast<char>(mask)); }
void mask_text(std::optional<std::string>& text) {
  if (text) mask_text(*text);
}

// Where `word` stands in `bytes`, wherever that is.
void find_word(ByteView bytes, std::string_view word, std::vector<Span>& spans) {
  if (word.size() < word_bytes_min) return;
  auto at = bytes.begin();
  while (true) {
    at = std::search(at, bytes.end(), word.begin(), word.end(),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
    if (at == bytes.end()) return;
    const auto begin = static_cast<std::size_t>(at - bytes.begin());
    spans.push_back({begin, begin + word.size()});
    at += static_cast<std::ptrdiff_t>(word.size());
  }
}

// The secrets of a packet by its fields; masks them in `packet` too.
std::vector<Span> mask_packet(mqtt::Packet& packet, ByteView wire, const Secrets& secrets) {
  std::vector<Span> spans;
  if (auto* connect = std::get_if<mqtt::Connect>(&packet)) {
    FromTheEnd fields(wire.size());
    if (connect->password) spans.push_back(fields.back(connect->password->size(), 2));
    if (connect->user_name) spans.push_back(fields.back(connect->user_name->size(), 2));
    if (connect->will && secrets.payloads) spans.push_back(fields.back(connect->will->payload.size(), 2));
    if (auto& data = connect->properties.authentication_data) find_word(wire, *data, spans);
    mask_text(connect->password);
    mask_text(connect->user_name);
    mask_text(connect->properties.authentication_data);
    if (connect->will && secrets.payloads) mask_text(connect->will->payload);
  } else if (auto* auth = std::get_if<mqtt::Auth>(&packet)) {
    if (auto& data = auth->properties.authentication_data) find_word(wire, *data, spans);
    mask_text(auth->properties.authentication_data);
  } else if (auto* publish = std::get_if<mqtt::Publish>(&packet); publish && secrets.payloads) {
    spans.push_back(FromTheEnd(wire.size()).back(publish->payload.size(), 0));
    mask_text(publish->payload);
  }
  return spans;
}

// One direction of a connection, whole: what both edges show is a prefix of it.
struct DirectionBytes {
  Bytes bytes;
  std::size_t packets_end = 0;  // bytes of whole packets at the sender's edge
  std::vector<Span> spans;
};

bool is_senders_edge(const Event& event) {
  return (event.sender == mqtt::Sender::client) == (event.edge == Edge::client);
}

using StreamKey = std::pair<ConnectionId, mqtt::Sender>;

class Masking {
 public:
  Masking(TraceRecord& record, const Secrets& secrets) : record_(record), secrets_(secrets) {}

  void run() {
    for (Event& event : record_.events) gather(event);
    for (auto& [key, stream] : streams_) {
      for (const std::string& word : secrets_.words) find_word(stream.bytes, word, stream.spans);
      if (secrets_.payloads && stream.packets_end + 1 < stream.bytes.size())
        stream.spans.push_back({stream.packets_end + 1, stream.bytes.size()});
    }
    for (Event& event : record_.events) apply(event);
  }

 private:
  void gather(Event& event) {
    if (event.kind != EventKind::chunk && event.kind != EventKind::packet) return;
    DirectionBytes& stream = streams_[{event.connection, event.sender}];
    if (event.kind == EventKind::chunk) {
      if (is_senders_edge(event))
        stream.bytes.insert(stream.bytes.end(), event.bytes.begin(), event.bytes.end());
      return;
    }
    auto packet = std::make_shared<mqtt::Packet>(*event.packet);
    const std::vector<Span> spans = mask_packet(*packet, event.bytes, secrets_);
    if (is_senders_edge(event)) {
      for (const Span span : spans)
        stream.spans.push_back({stream.packets_end + span.begin, stream.packets_end + span.end});
      stream.packets_end += event.bytes.size();
    }
    event.bytes = cover(event.bytes, 0, spans);
    if (!spans.empty()) event.packet = std::move(packet);
  }

  // A copy of `bytes`, which begin at `begin` of a stream, with what of `spans` lies in them covered.
  ByteView cover(ByteView bytes, std::size_t begin, const std::vector<Span>& spans) {
    const std::span<std::uint8_t> covered = record_.bytes.keep(bytes);
    for (const Span span : spans) {
      const std::size_t from = std::max(span.begin, begin);
      const std::size_t to = std::min(span.end, begin + bytes.size());
      for (std::size_t at = from; at < to; ++at) covered[at - begin] = mask;
    }
    return covered;
  }

  void apply(Event& event) {
    if (event.kind == EventKind::packet)
      event.text = mqtt::to_text(*event.packet, record_.connections[event.connection - 1].version);
    event.text = without_secrets(std::move(event.text), secrets_);
    if (event.kind == EventKind::packet) {
      std::vector<Span> spans;
      for (const std::string& word : secrets_.words) find_word(event.bytes, word, spans);
      if (!spans.empty()) event.bytes = cover(event.bytes, 0, spans);
      return;
    }
    if (event.kind != EventKind::chunk) return;
    std::size_t& offset = offsets_[{event.connection, event.sender}][is_senders_edge(event) ? 0 : 1];
    event.bytes = cover(event.bytes, offset, streams_[{event.connection, event.sender}].spans);
    offset += event.bytes.size();
  }

  TraceRecord& record_;
  const Secrets& secrets_;
  std::map<StreamKey, DirectionBytes> streams_;
  std::map<StreamKey, std::array<std::size_t, 2>> offsets_;  // of the next chunk at each edge
};

// to_text() writes a payload as `5 bytes "hello"`: the length is kept.
std::string without_payloads(std::string_view text) {
  constexpr std::string_view opening = " bytes \"";
  std::string out;
  while (true) {
    const std::size_t at = text.find(opening);
    if (at == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, at)).append(" bytes (redacted)");
    text.remove_prefix(at + opening.size());
    while (!text.empty() && text.front() != '"')
      text.remove_prefix(text.front() == '\\' && text.size() > 1 ? 2 : 1);
    if (!text.empty()) text.remove_prefix(1);
  }
}

}  // namespace

TraceRecord record_of(const Trace& trace, const Secrets& secrets) {
  TraceRecord record;
  record.events = trace.events();
  for (std::size_t id = 1; id <= trace.connections(); ++id)
    record.connections.push_back(trace.connection(static_cast<ConnectionId>(id)));
  Masking(record, secrets).run();
  return record;
}

std::string without_secrets(std::string text, const Secrets& secrets) {
  for (const std::string& word : secrets.words) {
    if (word.size() < word_bytes_min) continue;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 3))
      text.replace(at, word.size(), "***");
  }
  return secrets.payloads ? without_payloads(text) : text;
}

}  // namespace holdfast
