#include "sim/net/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>

#include "sim/net/words.h"

namespace holdfast {

using mqtt::PacketType;
using mqtt::Sender;

namespace {

using Error = tl::unexpected<std::string>;

constexpr std::string_view expected_trigger =
    "before, after, byte, at, or refuse, perhaps behind a client such as a: or a#2:";
constexpr std::string_view expected_action = "refuse, cut, reset, half-open, stall or blackhole";
constexpr std::string_view expected_packet = "a packet such as server:PUBREC or client:PUBLISH#2";
constexpr std::string_view expected_moment =
    "opening, a duration such as 1500ms, or an offset such as server+120";

Error unexpected(std::string_view word, std::string_view expected) {
  return Error(unexpected_word(word, expected));
}

std::string_view name_of(Sender sender) { return sender == Sender::client ? "client" : "server"; }

std::optional<Sender> sender_named(std::string_view name) {
  if (name == "client") return Sender::client;
  if (name == "server") return Sender::server;
  return std::nullopt;
}

// "x#3" gives 3 and leaves "x"; without '#' nothing is changed and the number is `otherwise`.
std::optional<std::uint32_t> take_ordinal(std::string_view& word, std::uint32_t otherwise) {
  const std::size_t sign = word.find('#');
  if (sign == std::string_view::npos) return otherwise;
  const auto number = parse_number(word.substr(sign + 1), UINT32_MAX);
  if (!number || *number == 0) return std::nullopt;
  word = word.substr(0, sign);
  return static_cast<std::uint32_t>(*number);
}

bool is_client_name(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == ':' || c == ';' || c == '#';
  });
}

std::optional<std::string> parse_target(std::string_view word, Fault& fault) {
  std::string_view name = word;
  const auto connection = take_ordinal(name, 0);
  if (!connection || !is_client_name(name) || word.empty()) {
    return unexpected_word(word, "a client's name, perhaps with #n for its n-th connection");
  }
  fault.client = name;
  fault.connection = *connection;
  return std::nullopt;
}

tl::expected<AtPacket, std::string> parse_packet(std::string_view word) {
  AtPacket at;
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return unexpected(word, expected_packet);
  const auto sender = sender_named(word.substr(0, colon));
  if (!sender) return unexpected(word.substr(0, colon), "client or server");
  std::string_view type_name = word.substr(colon + 1);
  const auto ordinal = take_ordinal(type_name, 1);
  if (!ordinal) return unexpected(word, "a number from 1 behind #");
  const auto type = mqtt::packet_type_named(type_name);
  if (!type || *type == PacketType::reserved) {
    return unexpected(type_name, "a packet type such as PUBLISH or PUBREC");
  }
  at.sender = *sender;
  at.type = *type;
  at.ordinal = *ordinal;
  return at;
}

tl::expected<AtPacket, std::string> parse_byte_of_packet(Words& words) {
  const std::string_view number_word = words.take();
  const auto number = parse_number(number_word, UINT32_MAX);
  if (!number || *number == 0) return unexpected(number_word, "a number of bytes from 1");
  if (words.peek() != "of") return unexpected(words.peek(), "of");
  words.take();
  auto at = parse_packet(words.take());
  if (!at) return at;
  at->where = AtPacket::Where::byte;
  at->byte = static_cast<std::uint32_t>(*number);
  return at;
}

using Trigger = decltype(Fault::trigger);

tl::expected<Trigger, std::string> parse_moment(std::string_view word) {
  if (word == "opening") return AtOpening{};
  if (const auto delay = parse_duration(word)) return AtTime{*delay};
  const std::size_t plus = word.find('+');
  const auto sender = sender_named(word.substr(0, plus));
  if (plus == std::string_view::npos || !sender) return unexpected(word, expected_moment);
  const auto offset = parse_number(word.substr(plus + 1));
  if (!offset) return unexpected(word, "a number of bytes behind +");
  return AtByte{*sender, *offset};
}

tl::expected<Trigger, std::string> parse_trigger(Words& words) {
  const std::string_view word = words.peek();
  if (word == "refuse") return AtOpening{};
  words.take();
  if (word == "at") return parse_moment(words.take());
  if (word == "byte") return parse_byte_of_packet(words);
  if (word != "before" && word != "after") return unexpected(word, expected_trigger);
  auto at = parse_packet(words.take());
  if (at) at->where = word == "before" ? AtPacket::Where::before : AtPacket::Where::after;
  return at;
}

// For stall and blackhole: "client" and "server" stop what that side sends, and no word stops both.
void parse_direction(Words& words, Fault& fault) {
  const auto sender = sender_named(words.peek());
  if (!sender) return;
  words.take();
  fault.stops_client = *sender == Sender::client;
  fault.stops_server = *sender == Sender::server;
}

// Empty if all went well, else the error.
std::optional<std::string> parse_action(Words& words, Fault& fault) {
  const std::string_view word = words.take();
  if (word == "refuse") {
    fault.action = FaultAction::refuse;
    if (!std::holds_alternative<AtOpening>(fault.trigger)) {
      return unexpected_word(word, "another action, because a connection is refused only as it opens");
    }
  } else if (word == "cut") {
    fault.action = FaultAction::cut;
  } else if (word == "reset") {
    fault.action = FaultAction::reset;
  } else if (word == "half-open") {
    fault.action = FaultAction::half_open;
  } else if (word == "blackhole") {
    fault.action = FaultAction::blackhole;
    parse_direction(words, fault);
  } else if (word == "stall") {
    fault.action = FaultAction::stall;
    parse_direction(words, fault);
    const std::string_view duration_word = words.take();
    const auto duration = parse_duration(duration_word);
    if (!duration || *duration == Duration::zero()) {
      return unexpected_word(duration_word, "a duration longer than 0, such as 3s");
    }
    fault.duration = *duration;
  } else {
    return unexpected_word(word, expected_action);
  }
  return std::nullopt;
}

std::string target_text(const Fault& fault) {
  if (fault.client.empty() && fault.connection == 0) return {};
  if (fault.connection == 0) return fault.client + ": ";
  return fmt::format("{}#{}: ", fault.client, fault.connection);
}

struct TriggerText {
  std::string operator()(const AtPacket& at) const {
    const std::string packet =
        fmt::format("{}:{}#{} ", name_of(at.sender), mqtt::name_of(at.type), at.ordinal);
    switch (at.where) {
      case AtPacket::Where::before:
        return "before " + packet;
      case AtPacket::Where::byte:
        return fmt::format("byte {} of {}", at.byte, packet);
      case AtPacket::Where::after:
        return "after " + packet;
    }
    return {};
  }
  std::string operator()(const AtByte& at) const {
    return fmt::format("at {}+{} ", name_of(at.sender), at.offset);
  }
  std::string operator()(const AtTime& at) const { return fmt::format("at {} ", duration_text(at.delay)); }
  std::string operator()(const AtOpening&) const { return "at opening "; }
};

std::string direction_text(const Fault& fault) {
  if (fault.stops_client && fault.stops_server) return {};
  return fault.stops_client ? " client" : " server";
}

std::string action_text(const Fault& fault) {
  switch (fault.action) {
    case FaultAction::refuse:
      return "refuse";
    case FaultAction::cut:
      return "cut";
    case FaultAction::reset:
      return "reset";
    case FaultAction::half_open:
      return "half-open";
    case FaultAction::stall:
      return fmt::format("stall{} {}", direction_text(fault), duration_text(fault.duration));
    case FaultAction::blackhole:
      return "blackhole" + direction_text(fault);
  }
  return {};
}

bool is_valid_trigger(const Fault& fault) {
  if (const auto* at = std::get_if<AtPacket>(&fault.trigger)) {
    const bool has_byte = at->where == AtPacket::Where::byte;
    return at->ordinal >= 1 && at->type != PacketType::reserved && has_byte == (at->byte >= 1);
  }
  if (const auto* at = std::get_if<AtTime>(&fault.trigger)) {
    return at->delay >= Duration::zero() && at->delay <= duration_max;
  }
  return true;
}

}  // namespace

bool is_valid(const Fault& fault) {
  const bool stalls = fault.action == FaultAction::stall;
  const bool has_direction = stalls || fault.action == FaultAction::blackhole;
  const bool stops_both = fault.stops_client && fault.stops_server;
  const bool stops_any = fault.stops_client || fault.stops_server;
  if (has_direction ? !stops_any : !stops_both) return false;
  if (stalls != (fault.duration > Duration::zero()) || fault.duration > duration_max) return false;
  if (!stalls && fault.duration != Duration::zero()) return false;
  if (fault.action == FaultAction::refuse && !std::holds_alternative<AtOpening>(fault.trigger)) return false;
  return is_client_name(fault.client) && is_valid_trigger(fault);
}

tl::expected<Fault, std::string> parse_fault(std::string_view text) {
  Fault fault;
  Words words(text);
  if (const std::size_t colon = words.peek().find(':'); colon != std::string_view::npos) {
    // The colon may stand at the end of the word or, without white space, between the target and the rest.
    const std::string_view target = words.peek().substr(0, colon);
    if (auto error = parse_target(target, fault)) return Error(*error);
    const std::size_t rest = static_cast<std::size_t>(target.data() - text.data()) + colon + 1;
    words = Words(text.substr(rest));
  }
  auto trigger = parse_trigger(words);
  if (!trigger) return Error(trigger.error());
  fault.trigger = *trigger;
  if (auto error = parse_action(words, fault)) return Error(*error);
  if (!words.at_end()) return unexpected(words.peek(), "nothing more");
  assert(is_valid(fault));
  return fault;
}

tl::expected<std::vector<Fault>, std::string> parse_faults(std::string_view text) {
  std::vector<Fault> faults;
  if (Words(text).at_end()) return faults;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    auto fault = parse_fault(text.substr(begin, end - begin));
    if (!fault) return Error(fault.error());
    faults.push_back(std::move(*fault));
    begin = end + 1;
  }
  return faults;
}

std::string to_text(const Fault& fault) {
  assert(is_valid(fault));
  const std::string trigger =
      fault.action == FaultAction::refuse ? std::string() : std::visit(TriggerText{}, fault.trigger);
  return target_text(fault) + trigger + action_text(fault);
}

std::string to_text(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += "; ";
    text += to_text(fault);
  }
  return text;
}

}  // namespace holdfast
