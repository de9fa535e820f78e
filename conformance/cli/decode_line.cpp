#include "conformance/cli/decode_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "conformance/cli/packet_json.h"
#include "sim/mqtt/rules.h"

namespace holdfast {

namespace {

using Json = nlohmann::ordered_json;

std::string json_line(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

// A word of its own, so that a line can be cut at its blanks.
std::string_view word_of(mqtt::Severity severity) {
  switch (severity) {
    case mqtt::Severity::malformed:
      return "malformed";
    case mqtt::Severity::protocol_error:
      return "protocol-error";
    case mqtt::Severity::should_not:
      return "should-not";
    case mqtt::Severity::policy:
      return "policy";
  }
  return "policy";
}

std::string fault_text(const mqtt::DecodeError& error) {
  return fmt::format("{} offset {} reason 0x{:02X} {}: {}", error.requirement, error.offset,
                     static_cast<unsigned>(error.reason), word_of(error.severity), error.what);
}

Json error_json(const mqtt::DecodeError& error) {
  return {{"requirement", error.requirement},
          {"offset", error.offset},
          {"reason_code", static_cast<int>(error.reason)},
          {"severity", word_of(error.severity)},
          {"what", error.what}};
}

LineAnswer answer_error(const mqtt::DecodeError& error, const DecodeLineOptions& options) {
  if (!options.json) return {"error " + fault_text(error)};
  Json json{{"result", "error"}};
  json.update(error_json(error));
  return {json_line(json)};
}

LineAnswer answer_packet(const mqtt::Decoded& decoded, const DecodeLineOptions& options) {
  if (options.json) {
    Json notes = Json::array();
    for (const mqtt::DecodeError& note : decoded.notes) notes.push_back(error_json(note));
    return {json_line({{"result", "packet"},
                       {"size", decoded.size},
                       {"packet", json_of(decoded.packet, options.version)},
                       {"notes", std::move(notes)}}),
            true};
  }
  std::string text = mqtt::to_text(decoded.packet, options.version);
  for (const mqtt::DecodeError& note : decoded.notes) text += " | note " + fault_text(note);
  return {std::move(text), true};
}

LineAnswer answer_need_more(std::size_t minimum, const DecodeLineOptions& options) {
  if (options.json) return {json_line({{"result", "need more"}, {"bytes", minimum}})};
  return {fmt::format("need more: at least {} {}", minimum, minimum == 1 ? "byte" : "bytes")};
}

LineAnswer answer_not_hex(std::size_t column, const DecodeLineOptions& options) {
  if (options.json) return {json_line({{"result", "not hex"}, {"column", column}})};
  return {fmt::format("not hex: column {}", column)};
}

mqtt::DecodeResult decode_from(const HexLine& line, const DecodeLineOptions& options, mqtt::Sender sender) {
  return mqtt::decode(line.bytes(), {.version = options.version, .sender = sender});
}

// Who sends a packet type tells who has sent it; of types that both send, whoever is right.
mqtt::DecodeResult decode_line(const HexLine& line, const DecodeLineOptions& options) {
  if (options.sender) return decode_from(line, options, *options.sender);
  mqtt::DecodeResult by_client = decode_from(line, options, mqtt::Sender::client);
  if (!std::holds_alternative<mqtt::DecodeError>(by_client)) return by_client;
  mqtt::DecodeResult by_server = decode_from(line, options, mqtt::Sender::server);
  const auto type = static_cast<mqtt::PacketType>(line.bytes().front() >> 4);
  const bool may_be_of_server = may_send(mqtt::rule_of(type), mqtt::Sender::server, options.version);
  const bool may_be_of_client = may_send(mqtt::rule_of(type), mqtt::Sender::client, options.version);
  const bool server_is_right = !std::holds_alternative<mqtt::DecodeError>(by_server);
  return may_be_of_server && (server_is_right || !may_be_of_client) ? by_server : by_client;
}

}  // namespace

LineAnswer answer_line(const HexLine& line, const DecodeLineOptions& options) {
  if (line.wrong_column() > 0) return answer_not_hex(line.wrong_column(), options);
  const mqtt::DecodeResult result = decode_line(line, options);
  if (const auto* error = std::get_if<mqtt::DecodeError>(&result)) return answer_error(*error, options);
  if (const auto* more = std::get_if<mqtt::NeedMore>(&result))
    return answer_need_more(more->minimum, options);
  const auto& decoded = std::get<mqtt::Decoded>(result);
  if (line.size() > decoded.size) {
    mqtt::DecodeError error = mqtt::make_error(
        options.sender == mqtt::Sender::server ? mqtt::Fault::layout_server : mqtt::Fault::layout_client,
        options.version, decoded.size);
    error.what = "Bytes are left over behind the packet; a line is one packet.";
    return answer_error(error, options);
  }
  return answer_packet(decoded, options);
}

}  // namespace holdfast
