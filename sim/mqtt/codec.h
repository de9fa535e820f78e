// Bytes to packets and back, without I/O, time or global state.
//
// The decoder is strict: each rule of the packet tables that it finds broken is named by its requirement id.
// The encoder is obedient: it writes whatever the values say, also what the standard forbids, because a
// tester has to send wrong packets. What no value can express is sent as raw bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/mqtt/packet.h"

namespace holdfast::mqtt {

// How grave a deviation is. `malformed` and `protocol_error` end a connection; `should_not` is a breach of a
// SHOULD, or one of a sender's MUST that a receiver may forgive (an overlong length, DUP at QoS 0); `policy`
// is legal or left open by the standard, and a receiver may refuse it (a packet beyond its limit, a payload
// that is not what its Payload Format Indicator says).
enum class Severity : std::uint8_t { malformed, protocol_error, should_not, policy };

std::string_view name_of(Severity severity);

struct DecodeError {
  std::size_t offset = 0;        // bytes from the first byte of the offending packet
  std::string_view requirement;  // "MQTT-2.1.3-1"; an id of the version's requirement table; static storage
  ReasonCode reason = ReasonCode::malformed_packet;  // what 5.0 would answer
  Severity severity = Severity::malformed;
  std::string_view what;  // one plain sentence; static storage

  bool operator==(const DecodeError&) const = default;
};

struct DecodeOptions {
  Version version = Version::v5;
  Sender sender = Sender::server;  // whose packets are being decoded
  // Larger packets are a `policy` error as soon as the fixed header tells their size. Bytes, whole packet.
  std::uint32_t maximum_packet_size = 268'435'460;
  // For a receiver that has to live with its peer. What breaks a MUST of the sender but may be forgiven is
  // then a note and no error: DUP at QoS 0, a 5.0 length with more bytes than it needs, wildcards in a Will
  // Topic. And what a server answers otherwise than by closing is then not judged at all: the wildcards and
  // share names of filters (SUBACK 0x8F, see topic.h), and an empty client identifier without Clean Session
  // in 3.1.1 (CONNACK 0x02).
  bool forgiving = false;
};

// More bytes are needed. `minimum` is a lower bound that never overshoots the packet's end.
struct NeedMore {
  std::size_t minimum = 1;

  bool operator==(const NeedMore&) const = default;
};

struct Decoded {
  Packet packet = Pingreq{};
  std::size_t size = 0;  // bytes of the whole packet
  // What is wrong or odd with it and no reason to refuse it: severity should_not or policy. Empty as a rule,
  // and never more than sixteen.
  std::vector<DecodeError> notes;

  bool operator==(const Decoded&) const = default;
};

using DecodeResult = std::variant<NeedMore, Decoded, DecodeError>;

// Decodes the packet at the front of `input`, which may hold more or less than one packet. Reads nothing
// beyond that packet. The packet's own protocol level decides how a CONNECT is read: level 4 as 3.1.1,
// anything else as options.version says. A level that is then not the version's own, and a protocol name
// other than MQTT, are errors with reason unsupported_protocol_version.
//
// The faults are tried in the order of the bytes: first byte, Remaining Length, and when the packet has come
// whole, field by field. An error of the first two is told before the rest has come, and no split of the
// bytes changes which error is told. Its offset is that of the first byte that is wrong: of the character in
// a string, of the identifier of a property that may not be there, of the value that is out of range, of the
// field that is cut off, of the first byte left over. What is missing altogether is missed where it should
// be.
//
// Not judged here:
// - what depends on other packets: aliases and quotas, identifiers in use, what CONNACK has announced;
// - an empty client identifier, which a server may refuse in CONNACK, where it may be empty at all;
// - what the standard leaves open, which is a note of severity policy: a Payload Format Indicator above 1 or
//   beside a payload that is not UTF-8, that property or Message Expiry Interval twice in a PUBLISH (the
//   first counts), 0x10 in an acknowledgement by a client.
DecodeResult decode(ByteView input, const DecodeOptions& options);

// See view.h.
struct DecodedView;
struct Whole;
using ViewResult = std::variant<NeedMore, Whole, DecodeError>;

// Cuts a byte stream into packets. Feed it what arrives, in pieces of any size, and ask until it says
// NeedMore. After an error the stream is dead and the same error is returned for ever, because MQTT has no
// way to find the next packet.
class StreamDecoder {
 public:
  explicit StreamDecoder(DecodeOptions options) : options_(options) {}

  // After an error the bytes are dropped.
  void feed(ByteView bytes);
  DecodeResult next();
  // The same without copying: the views live until the next feed.
  ViewResult next_view(DecodedView& decoded);

  // From the next packet on. The broker calls it when CONNECT has told the version.
  void set_version(Version version) { options_.version = version; }
  void set_maximum_packet_size(std::uint32_t bytes) { options_.maximum_packet_size = bytes; }
  const DecodeOptions& options() const { return options_; }

  // Bytes fed and not yet given out as packets. Bounded by the largest packet that the options allow plus
  // one feed.
  std::size_t buffered() const { return buffer_.size() - consumed_; }
  ByteView buffered_bytes() const { return ByteView(buffer_).subspan(consumed_); }

 private:
  DecodeOptions options_;
  Bytes buffer_;
  std::size_t consumed_ = 0;
  std::optional<DecodeError> failed_;
};

// The packet in wire form, appended to `out`. Acknowledgements and DISCONNECT use the shortest form that
// holds their values. Strings longer than 65,535 bytes are cut to that length. Properties and reason codes
// that the version does not have are left out, but AUTH, which 3.1.1 does not have at all, is as in 5.0. Of
// QoS and Retain Handling the two bits are written that there is room for.
// REQUIRES: a body of at most 268,435,455 bytes.
void encode(const Packet& packet, Version version, Bytes& out);
Bytes encode(const Packet& packet, Version version);

// The length of encode() without doing it. Needed for Maximum Packet Size (5.0 section 3.1.2.11.4).
std::size_t encoded_size(const Packet& packet, Version version);

// Offset of the end of the packet that starts at the front of `input`: fixed header plus Remaining Length.
// 0 while the fixed header is incomplete or if its length field is malformed.
std::size_t frame_size(ByteView input);

}  // namespace holdfast::mqtt
