#include "reports/trace_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "reports/text.h"

namespace holdfast {
namespace {

using TraceJson = nlohmann::ordered_json;

// What a sender wrote as one packet, or what no packet could be made of.
struct Sending {
  ConnectionId connection = 0;
  mqtt::Sender sender = mqtt::Sender::client;
  std::string_view kind = "packet";  // "undecodable", "unfinished"
  std::string text{};
  Bytes bytes{};
  std::size_t begin = 0;  // in the stream
  std::size_t arrived = 0;
  std::vector<mqtt::DecodeError> errors{};
};

// One line of the trace: an event, or the moment at which a sending leaves or arrives.
struct Moment {
  const Event* event = nullptr;
  std::string_view kind{};
  std::size_t sending = none;

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

bool is_near_edge(const Event& event) {
  return (event.sender == mqtt::Sender::client) == (event.edge == Edge::client);
}

std::string_view name_of_sender(mqtt::Sender sender) {
  return sender == mqtt::Sender::client ? "client" : "server";
}

// One direction of a connection.
struct DirectionLog {
  Bytes sent{};
  std::size_t packets_end = 0;  // bytes of what was sent in whole packets
  std::size_t arrived_bytes = 0;
  std::vector<std::size_t> sendings{};  // in their order
  std::size_t arrived = 0;              // of the sendings
  bool is_dead = false;
  const Event* rest_begins = nullptr;  // the chunk with the first byte that belongs to no whole packet
};

// Brings together what the two edges tell of one packet.
class Gathering {
 public:
  explicit Gathering(const TraceRecord& record) {
    for (const Event& event : record.events) measure(event);
    for (const Event& event : record.events) gather(event);
    for (Sending& sending : sendings_) {
      const std::size_t arrived = streams_[{sending.connection, sending.sender}].arrived_bytes;
      sending.arrived = std::min(sending.bytes.size(), arrived - std::min(arrived, sending.begin));
    }
  }

  const std::vector<Sending>& sendings() const { return sendings_; }
  const std::vector<Moment>& moments() const { return moments_; }

 private:
  DirectionLog& stream_of(const Event& event) { return streams_[{event.connection, event.sender}]; }

  void measure(const Event& event) {
    DirectionLog& stream = stream_of(event);
    if (event.kind == EventKind::chunk && is_near_edge(event)) {
      if (stream.rest_begins == nullptr) stream.rest_begins = &event;
      stream.sent.insert(stream.sent.end(), event.bytes.begin(), event.bytes.end());
    } else if (event.kind == EventKind::chunk) {
      stream.arrived_bytes += event.bytes.size();
    } else if (event.kind == EventKind::packet && is_near_edge(event)) {
      stream.packets_end += event.bytes.size();
      if (stream.packets_end >= stream.sent.size()) stream.rest_begins = nullptr;
    } else if (event.kind == EventKind::undecodable && is_near_edge(event)) {
      stream.is_dead = true;
    }
  }

  void gather(const Event& event) {
    switch (event.kind) {
      case EventKind::connection:
        return add(event, "opens");
      case EventKind::established:
        return add(event, "established");
      case EventKind::chunk:
        return gather_rest(event);
      case EventKind::packet:
      case EventKind::undecodable:
        return is_near_edge(event) ? gather_sent(event) : gather_arrived(event);
      case EventKind::end:
        return add(event, is_near_edge(event) ? "closes" : "close arrives");
      case EventKind::fault:
        return add(event, "fault");
      case EventKind::draw:
        return add(event, "draw");
      case EventKind::note:
        return add(event, "note");
      case EventKind::verdict:
        return add(event, "verdict");
    }
  }

  void add(const Event& event, std::string_view kind, std::size_t sending = Moment::none) {
    moments_.push_back({&event, kind, sending});
  }

  Sending& begin_sending(const Event& event) {
    DirectionLog& stream = stream_of(event);
    Sending& sending = sendings_.emplace_back();
    sending.connection = event.connection;
    sending.sender = event.sender;
    sending.begin = next_begin_[{event.connection, event.sender}];
    stream.sendings.push_back(sendings_.size() - 1);
    return sending;
  }

  void gather_sent(const Event& event) {
    const DirectionLog& stream = stream_of(event);
    Sending& sending = begin_sending(event);
    sending.errors = event.errors;
    if (event.kind == EventKind::packet) {
      sending.text = event.text;
      sending.bytes.assign(event.bytes.begin(), event.bytes.end());
      next_begin_[{event.connection, event.sender}] += event.bytes.size();
    } else {
      sending.kind = "undecodable";
      sending.text = "undecodable";
      take_rest(sending, stream);
    }
    add(event, "sent", sendings_.size() - 1);
  }

  // Bytes that never became a packet: the sender stopped, or was stopped, in the middle.
  void gather_rest(const Event& event) {
    const DirectionLog& stream = stream_of(event);
    if (stream.rest_begins != &event || stream.is_dead) return;
    Sending& sending = begin_sending(event);
    sending.begin = stream.packets_end;
    sending.kind = "unfinished";
    take_rest(sending, stream);
    sending.text = fmt::format("the first {} bytes of a packet", sending.bytes.size());
    add(event, "sent", sendings_.size() - 1);
  }

  static void take_rest(Sending& sending, const DirectionLog& stream) {
    const auto from = static_cast<std::ptrdiff_t>(std::min(sending.begin, stream.sent.size()));
    sending.bytes.assign(stream.sent.begin() + from, stream.sent.end());
  }

  void gather_arrived(const Event& event) {
    DirectionLog& stream = stream_of(event);
    if (stream.arrived == stream.sendings.size()) return;
    add(event, "arrives", stream.sendings[stream.arrived++]);
  }

  std::map<std::pair<ConnectionId, mqtt::Sender>, DirectionLog> streams_;
  std::map<std::pair<ConnectionId, mqtt::Sender>, std::size_t> next_begin_;
  std::vector<Sending> sendings_;
  std::vector<Moment> moments_;
};

std::string bounded(std::string_view text) {
  return valid_utf8(shortened(text, trace_limit::text_characters));
}

std::string hex_text(const Bytes& bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t at = 0; at < count; ++at) {
    text += digits[bytes[at] >> 4];
    text += digits[bytes[at] & 0x0F];
  }
  return text;
}

TraceJson errors_json(const std::vector<mqtt::DecodeError>& errors) {
  TraceJson list = TraceJson::array();
  for (const mqtt::DecodeError& error : errors)
    list.push_back({{"requirement", error.requirement}, {"offset", error.offset}, {"what", error.what}});
  return list;
}

// Writes the sendings that are told of, in the order in which they are told of.
class SendingList {
 public:
  explicit SendingList(const std::vector<Sending>& all) : all_(all), place_(all.size(), Moment::none) {}

  std::size_t place_of(std::size_t sending) {
    if (place_[sending] == Moment::none) {
      place_[sending] = list_.size();
      list_.push_back(json_of(all_[sending]));
    }
    return place_[sending];
  }

  TraceJson take() { return std::move(list_); }

 private:
  TraceJson json_of(const Sending& sending) {
    const std::size_t count = std::min({sending.bytes.size(), trace_limit::packet_bytes, bytes_left_});
    bytes_left_ -= count;
    return {{"connection", sending.connection},
            {"from", name_of_sender(sending.sender)},
            {"kind", sending.kind},
            {"text", bounded(sending.text)},
            {"size", sending.bytes.size()},
            {"arrived", sending.arrived},
            {"bytes", hex_text(sending.bytes, count)},
            {"errors", errors_json(sending.errors)}};
  }

  const std::vector<Sending>& all_;
  std::vector<std::size_t> place_;
  TraceJson list_ = TraceJson::array();
  std::size_t bytes_left_ = trace_limit::bytes;
};

TraceJson moment_json(const Moment& moment, Time begin, SendingList& sendings) {
  const Event& event = *moment.event;
  TraceJson json = {{"at_ns", (event.at - begin).count()}, {"kind", moment.kind}};
  if (moment.sending != Moment::none) {
    json["packet"] = sendings.place_of(moment.sending);
    return json;
  }
  if (event.connection != 0) json["connection"] = event.connection;
  if (event.kind == EventKind::end) {
    json["from"] = name_of_sender(event.sender);
    json["how"] = bounded(event.text);
  } else if (event.kind != EventKind::connection && event.kind != EventKind::established) {
    json["text"] = bounded(event.text);
  }
  if (event.kind == EventKind::draw) json["value"] = fmt::format("{}", event.number);
  return json;
}

}  // namespace

nlohmann::ordered_json trace_json(const TraceRecord& record) {
  TraceJson connections = TraceJson::array();
  for (const ConnectionInfo& info : record.connections)
    connections.push_back({{"client", bounded(info.client)},
                           {"ordinal", info.ordinal},
                           {"version", info.version == mqtt::Version::v5 ? "5.0" : "3.1.1"}});
  const Gathering gathering(record);
  const std::vector<Moment>& moments = gathering.moments();
  const Time begin = record.events.empty() ? Time{} : record.events.front().at;
  SendingList sendings(gathering.sendings());
  TraceJson events = TraceJson::array();
  std::size_t left_out = 0;
  for (std::size_t at = 0; at < moments.size(); ++at) {
    const bool told = at < trace_limit::events_first || at + trace_limit::events_last >= moments.size();
    if (!told) {
      ++left_out;
      continue;
    }
    if (left_out > 0 && at + trace_limit::events_last == moments.size())
      events.push_back({{"at_ns", (moments[at].event->at - begin).count()},
                        {"kind", "left out"},
                        {"text", fmt::format("{} events", left_out)}});
    events.push_back(moment_json(moments[at], begin, sendings));
  }
  return {
      {"connections", std::move(connections)}, {"packets", sendings.take()}, {"events", std::move(events)}};
}

}  // namespace holdfast
