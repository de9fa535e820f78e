#include "fuzz/fuzz_target.h"

namespace holdfast::fuzz {

mqtt::DecodeOptions options_of(std::uint8_t settings) {
  mqtt::DecodeOptions options;
  options.version = (settings & 1) != 0 ? mqtt::Version::v3_1_1 : mqtt::Version::v5;
  options.sender = (settings & 2) != 0 ? mqtt::Sender::server : mqtt::Sender::client;
  if ((settings & 4) != 0) options.maximum_packet_size = 64;
  return options;
}

std::uint8_t settings_of(mqtt::Version version, mqtt::Sender sender) {
  return static_cast<std::uint8_t>((version == mqtt::Version::v3_1_1 ? 1 : 0) |
                                   (sender == mqtt::Sender::server ? 2 : 0));
}

}  // namespace holdfast::fuzz
