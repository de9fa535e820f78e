#include "reports/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <vector>

#include "reports/account.h"
#include "reports/pcapng.h"
#include "reports/text.h"

namespace holdfast {
namespace {

constexpr std::uint64_t epoch_ns = 1'577'836'800'000'000'000;  // 2020-01-01 00:00:00 UTC
// Addresses that are reserved for documentation (RFC 5737) and for benchmarks (RFC 2544).
constexpr std::uint32_t server_address = 192u << 24 | 0u << 16 | 2u << 8 | 1u;
constexpr std::uint32_t first_client_address = 198u << 24 | 18u << 16 | 0u << 8 | 1u;
constexpr std::uint16_t server_port = 1883;
constexpr std::uint16_t first_client_port = 49152;
constexpr std::size_t segment_bytes_max = 16'384;
constexpr std::size_t comment_bytes_max = 2'000;

enum TcpFlag : std::uint8_t { fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10 };

void put_big_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift & 0xFF));
}

// The Internet checksum (RFC 1071) of `bytes`, on top of `sum`.
std::uint16_t checksum(ByteView bytes, std::uint32_t sum) {
  for (std::size_t at = 0; at < bytes.size(); ++at)
    sum += at % 2 == 0 ? static_cast<std::uint32_t>(bytes[at]) << 8 : bytes[at];
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void put_checksum(Bytes& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value & 0xFF);
}

// One side of a made-up TCP connection.
struct Endpoint {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
  std::uint32_t next = 0;  // sequence number of its next byte
  bool is_closed = false;
};

// A whole IPv4 packet with a TCP segment from `from` to `to`.
Bytes segment_packet(const Endpoint& from, const Endpoint& to, std::uint8_t flags, ByteView payload) {
  constexpr std::size_t ip_header = 20;
  constexpr std::size_t tcp_header = 20;
  constexpr std::uint8_t protocol_tcp = 6;
  Bytes out;
  const std::size_t tcp_length = tcp_header + payload.size();
  out.reserve(ip_header + tcp_length);
  put_big_endian(out, 0x4500, 2);  // version 4, 5 words, no service class
  put_big_endian(out, ip_header + tcp_length, 2);
  put_big_endian(out, 0x00004000, 4);  // no identification, not to be fragmented
  put_big_endian(out, 0x4000 | protocol_tcp, 2);
  put_big_endian(out, 0, 2);
  put_big_endian(out, from.address, 4);
  put_big_endian(out, to.address, 4);
  put_checksum(out, 10, checksum(ByteView(out.data(), ip_header), 0));

  put_big_endian(out, from.port, 2);
  put_big_endian(out, to.port, 2);
  put_big_endian(out, from.next, 4);
  put_big_endian(out, (flags & ack) != 0 ? to.next : 0, 4);
  put_big_endian(out, 0x5000u | flags, 2);
  put_big_endian(out, 0xFFFF, 2);  // window
  put_big_endian(out, 0, 4);
  out.insert(out.end(), payload.begin(), payload.end());
  std::uint32_t pseudo = protocol_tcp + static_cast<std::uint32_t>(tcp_length);
  for (const std::uint32_t address : {from.address, to.address})
    pseudo += (address >> 16) + (address & 0xFFFF);
  put_checksum(out, ip_header + 16, checksum(ByteView(out.data() + ip_header, tcp_length), pseudo));
  return out;
}

// What a comment holds may come from a broker.
std::string comment_of(std::string_view text) { return shortened(printable(text), comment_bytes_max); }

class CaptureWriter {
 public:
  CaptureWriter(const TraceRecord& trace, Pcapng& file) : file_(file) {
    for (const ConnectionInfo& info : trace.connections) {
      const auto [found, is_new] =
          interfaces_.emplace(info.client, static_cast<std::uint32_t>(interfaces_.size()));
      Connection connection;
      connection.interface = found->second;
      connection.client = {first_client_address + found->second,
                           static_cast<std::uint16_t>(first_client_port + info.ordinal % 16'000), 1000};
      connection.server = {server_address, server_port, 2000};
      connections_.push_back(connection);
      if (is_new) names_.push_back(info.client);
    }
  }

  // The clients, in the order of their interfaces.
  const std::vector<std::string>& clients() const { return names_; }

  void write(const TraceRecord& trace) {
    for (const Event& event : trace.events) add(event);
  }

  // Stands on the next packet; with nothing to come, on an empty segment.
  void annotate(std::string comment) { pending_.push_back(comment_of(comment)); }
  void flush_comments() {
    if (pending_.empty() || last_ == nullptr) return;
    send(*last_, true, ack, {});
  }

 private:
  struct Connection {
    std::uint32_t interface = 0;
    Endpoint client;
    Endpoint server;
  };

  void add(const Event& event) {
    now_ = event.at;
    if (event.connection != 0) last_ = &connections_.at(event.connection - 1);
    switch (event.kind) {
      case EventKind::connection:
        open(*last_);
        break;
      case EventKind::established:
        accept(*last_);
        break;
      case EventKind::chunk:
        if (event.edge == Edge::sut) chunk(*last_, event);
        break;
      case EventKind::end:
        if (event.edge == Edge::sut) end(*last_, event);
        break;
      case EventKind::fault:
        flush_comments();
        annotate("fault: " + event.text);
        flush_comments();
        break;
      case EventKind::note:
        annotate("step: " + event.text);
        break;
      case EventKind::undecodable:
        if (event.edge == Edge::sut && !event.errors.empty())
          annotate(
              fmt::format("undecodable: {} {}", event.errors.front().requirement, event.errors.front().what));
        break;
      case EventKind::packet:
      case EventKind::draw:
      case EventKind::verdict:
        break;
    }
  }

  void open(Connection& connection) {
    send(connection, true, syn, {});
    ++connection.client.next;
  }

  void accept(Connection& connection) {
    send(connection, false, syn | ack, {});
    ++connection.server.next;
    send(connection, true, ack, {});
  }

  void chunk(Connection& connection, const Event& event) {
    const bool from_client = event.sender == mqtt::Sender::client;
    Endpoint& sender = from_client ? connection.client : connection.server;
    for (std::size_t at = 0; at < event.bytes.size(); at += segment_bytes_max) {
      const ByteView part =
          ByteView(event.bytes).subspan(at, std::min(segment_bytes_max, event.bytes.size() - at));
      send(connection, from_client, psh | ack, part);
      sender.next += static_cast<std::uint32_t>(part.size());
    }
  }

  void end(Connection& connection, const Event& event) {
    const bool from_client = event.sender == mqtt::Sender::client;
    Endpoint& sender = from_client ? connection.client : connection.server;
    if (sender.is_closed) return;
    sender.is_closed = true;
    if (event.text == "fin") {
      send(connection, from_client, fin | ack, {});
      ++sender.next;
    } else {
      send(connection, from_client, rst | ack, {});
    }
  }

  void send(Connection& connection, bool from_client, std::uint8_t flags, ByteView payload) {
    const Endpoint& from = from_client ? connection.client : connection.server;
    const Endpoint& to = from_client ? connection.server : connection.client;
    const auto at_ns = epoch_ns + static_cast<std::uint64_t>(now_.time_since_epoch().count());
    file_.add_packet(connection.interface, at_ns, from_client ? PacketFlow::outbound : PacketFlow::inbound,
                     segment_packet(from, to, flags, payload), pending_);
    pending_.clear();
  }

  Pcapng& file_;
  std::map<std::string, std::uint32_t> interfaces_;
  std::vector<std::string> names_;
  std::vector<Connection> connections_;
  std::vector<std::string> pending_;
  Connection* last_ = nullptr;
  Time now_{};
};

std::string heading(const CaseResult& result, const RunResults& results) {
  return fmt::format("{} {}: {} (seed {})", heading_of(result.verdict), printable(result.address),
                     printable(result.title), results.seed);
}

}  // namespace

std::string capture_of(const CaseResult& result, const RunResults& results, const RunDescription& run) {
  assert(result.trace != nullptr);
  Pcapng file(comment_of(heading(result, results)), "holdfast " + results.tool_version);
  CaptureWriter writer(*result.trace, file);
  const std::string address = run.address.empty() ? "the embedded broker" : run.address;
  std::vector<Pcapng::HostName> names{{server_address, "broker"}};
  for (const std::string& client : writer.clients()) {
    file.add_interface(comment_of(client), comment_of(fmt::format("client {} to {}", client, address)));
    names.push_back({first_client_address + static_cast<std::uint32_t>(names.size()) - 1, client});
  }
  file.add_names(names);
  writer.write(*result.trace);
  writer.flush_comments();
  for (const Finding& finding : result.findings)
    writer.annotate(fmt::format("{} {}: expected {}; observed {}", heading_of(finding.verdict),
                                finding.requirement, finding.expected, finding.observed));
  if (result.findings.empty()) writer.annotate(std::string(heading_of(result.verdict)));
  writer.flush_comments();
  return file.bytes();
}

}  // namespace holdfast
