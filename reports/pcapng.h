// Writes pcapng, the file format of Wireshark, of raw IPv4 packets: blocks with options, padded to 32 bits,
// little-endian, timestamps in nanoseconds. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-01.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mqtt/codec.h"

namespace holdfast {

// As options of a packet say it, seen from the interface.
enum class PacketFlow : std::uint8_t { inbound = 1, outbound = 2 };

class Pcapng {
 public:
  // A file begins with what it is about and with the program that wrote it.
  Pcapng(std::string_view comment, std::string_view application);

  // Declares the next interface, numbered from 0 in the order of the calls. All of them come before the first
  // packet.
  void add_interface(std::string_view name, std::string_view description);

  // A name for an IPv4 address, most significant byte first.
  struct HostName {
    std::uint32_t address;
    std::string name;
  };
  // Names that readers show in place of addresses. At most once, before the first packet.
  void add_names(const std::vector<HostName>& names);

  // A whole IPv4 packet of at most 65,535 bytes, `at_ns` nanoseconds after 1970 began.
  void add_packet(std::uint32_t interface, std::uint64_t at_ns, PacketFlow flow, const Bytes& packet,
                  const std::vector<std::string>& comments);

  const std::string& bytes() const { return bytes_; }

 private:
  void append_block(std::uint32_t type, std::string_view body);

  std::string bytes_;
};

}  // namespace holdfast
