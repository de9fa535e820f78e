// How defects read a CONNECT that they should refuse, or refuse it with consequences. Nothing of this happens
// to a sound broker.
#include <algorithm>
#include <utility>
#include <variant>

#include "sim/broker/connection.h"
#include "sim/broker/server.h"

namespace holdfast::broker {

namespace {

// The CONNECT at the front of `bytes`, if it has arrived whole and can be read.
std::optional<mqtt::Connect> connect_in(Bytes bytes, const mqtt::DecodeOptions& options) {
  mqtt::DecodeResult result = mqtt::decode(bytes, options);
  auto* const decoded = std::get_if<mqtt::Decoded>(&result);
  auto* const connect = decoded ? std::get_if<mqtt::Connect>(&decoded->packet) : nullptr;
  if (connect == nullptr) return std::nullopt;
  return std::move(*connect);
}

Bytes frame_of(ByteView buffered) {
  const std::size_t size = std::min(mqtt::frame_size(buffered), buffered.size());
  return Bytes(buffered.begin(), buffered.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

// Takes a CONNECT that cannot be read for one that says nothing.
bool Connection::accept_unchecked() {
  const ByteView rest = decoder_.buffered_bytes();
  const bool is_connect = !rest.empty() && rest[0] >> 4 == 1;
  if (!is_connect || !settings().has(Defect::connect_unchecked)) return false;
  mqtt::Connect connect;
  connect.protocol_level = static_cast<std::uint8_t>(version_);
  server_.admit(*this, std::move(connect));
  return true;
}

// A CONNECT is about to be refused. True if the CONNACK shall tell of a stored Session.
bool Connection::minds_refused(const mqtt::Connect& connect) {
  if (settings().has(Defect::refused_connect_takes_over)) server_.displace_by_refused(connect.client_id);
  return settings().has(Defect::session_present_1_when_refused) && server_.has_session(connect.client_id);
}

// The same for a CONNECT of an unknown level, which has not been read.
bool Connection::minds_refused_level() {
  constexpr std::size_t level_at = 8;  // behind a Remaining Length of one byte and the name
  Bytes frame = frame_of(decoder_.buffered_bytes());
  if (frame.size() <= level_at) return false;
  frame[level_at] = static_cast<std::uint8_t>(Version::v3_1_1);
  const std::optional<mqtt::Connect> connect =
      connect_in(std::move(frame), {.version = Version::v3_1_1, .sender = mqtt::Sender::client});
  return connect && minds_refused(*connect);
}

}  // namespace holdfast::broker
