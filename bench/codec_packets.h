// The packets of the codec benchmark: as values, as views, and how each is encoded from plain values.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/mqtt/view.h"

namespace holdfast::bench {

// Buffers that are used again from packet to packet.
struct EncodeBuffers {
  std::array<std::uint8_t, 512> properties{};
  std::array<std::uint8_t, 512> will_properties{};
  std::array<std::uint8_t, 512> list{};
  Bytes out{};
};

struct SamplePacket {
  std::string name;  // "publish_qos0_v5"
  std::string what;  // for the table
  mqtt::Version version = mqtt::Version::v5;
  Bytes bytes{};
  // Encodes the packet from plain values, lists and properties included, into buffers.out. Null: not
  // measured.
  void (*encode)(EncodeBuffers& buffers) = nullptr;
  double decode_at_most = 0;  // times memcpy of the same bytes
  double encode_at_most = 0;
};

// QoS 0 PUBLISH of both versions, QoS 1 with properties, CONNECT with everything, SUBSCRIBE with ten filters.
// All come from clients.
const std::vector<SamplePacket>& sample_packets();

}  // namespace holdfast::bench
