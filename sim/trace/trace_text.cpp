// One line for people from one event.
#include <fmt/format.h>

#include <iterator>

#include "sim/trace/trace.h"
#include "sim/trace/trace_record.h"

namespace holdfast {

namespace {

// Keeps a line a line, whatever a name or a note holds.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string hexadecimal(ByteView bytes) {
  constexpr std::size_t shown_max = 16;
  std::string out = fmt::format("{} byte{}:", bytes.size(), bytes.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < bytes.size() && i < shown_max; ++i) {
    fmt::format_to(std::back_inserter(out), " {:02x}", bytes[i]);
  }
  if (bytes.size() > shown_max) out += " ...";
  return out;
}

std::string_view arrow(const Event& event) {
  const bool to_server = event.sender == mqtt::Sender::client;
  if (event.edge == Edge::sut) return to_server ? "->|" : "|<-";
  return to_server ? "->" : "<-";
}

std::string with_requirements(std::string text, const std::vector<mqtt::DecodeError>& errors) {
  for (const mqtt::DecodeError& error : errors) {
    fmt::format_to(std::back_inserter(text), " ({}, at byte {}: {})", error.requirement, error.offset,
                   error.what);
  }
  return text;
}

std::string_view word_for_end(std::string_view how) {
  if (how == "fin") return "FIN";
  if (how == "reset") return "RST";
  return how;
}

std::string what_happened(mqtt::Version version, const Event& event) {
  switch (event.kind) {
    case EventKind::connection:
      return "opens";
    case EventKind::established:
      return "established";
    case EventKind::chunk:
      return fmt::format("{} {}", arrow(event), hexadecimal(event.bytes));
    case EventKind::packet:
      return with_requirements(
          fmt::format("{} {}", arrow(event),
                      event.text.empty() ? mqtt::to_text(*event.packet, version) : event.text),
          event.errors);
    case EventKind::undecodable:
      return with_requirements(fmt::format("{} undecodable", arrow(event)), event.errors);
    case EventKind::end:
      return fmt::format("{} {}", arrow(event), word_for_end(event.text));
    case EventKind::fault:
      return fmt::format("fault: {}", one_line(event.text));
    case EventKind::draw:
      return fmt::format("draw {} = {}", one_line(event.text), event.number);
    case EventKind::note:
      return fmt::format("note: {}", one_line(event.text));
    case EventKind::verdict:
      return fmt::format("verdict: {}", one_line(event.text));
  }
  return {};
}

std::string line_of(const ConnectionInfo* connection, Time begin, const Event& event) {
  const std::int64_t microseconds = (event.at - begin).count() / 1000;
  std::string line = fmt::format("+{}.{:03} ms  ", microseconds / 1000, microseconds % 1000);
  if (connection == nullptr) return line + what_happened(mqtt::Version::v5, event);
  line += fmt::format("{}#{}  ", one_line(connection->client), connection->ordinal);
  return line + what_happened(connection->version, event);
}

}  // namespace

std::string to_text(const Trace& trace, const Event& event) {
  const Time begin = trace.events().empty() ? event.at : trace.events().front().at;
  return line_of(event.connection == 0 ? nullptr : &trace.connection(event.connection), begin, event);
}

std::string to_text(const TraceRecord& record, const Event& event) {
  const Time begin = record.events.empty() ? event.at : record.events.front().at;
  return line_of(event.connection == 0 ? nullptr : &record.connections.at(event.connection - 1), begin,
                 event);
}

}  // namespace holdfast
