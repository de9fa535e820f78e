#include "reports/pcapng.h"

#include <cassert>

namespace holdfast {
namespace {

enum BlockType : std::uint32_t {
  section_header = 0x0A0D0D0A,
  interface_description = 1,
  name_resolution = 4,
  enhanced_packet = 6,
};

constexpr std::uint16_t end_of_options = 0;
constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t link_type_raw = 101;  // an IPv4 or IPv6 packet without anything before it
constexpr std::size_t option_bytes_max = 0xFFFF;

template <class Number>
void put(std::string& out, Number value) {
  for (std::size_t byte = 0; byte < sizeof value; ++byte)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * byte) & 0xFF);
}

void pad(std::string& out) { out.resize((out.size() + 3) / 4 * 4, '\0'); }

void put_record(std::string& out, std::uint16_t code, std::string_view value) {
  value = value.substr(0, option_bytes_max);
  put(out, code);
  put(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

void put_end(std::string& out) { put_record(out, end_of_options, {}); }

}  // namespace

Pcapng::Pcapng(std::string_view comment, std::string_view application) {
  constexpr std::uint16_t option_application = 4;
  std::string body;
  put(body, std::uint32_t{0x1A2B3C4D});
  put(body, std::uint16_t{1});
  put(body, std::uint16_t{0});
  put(body, UINT64_MAX);  // the section's length is not told
  put_record(body, option_comment, comment);
  put_record(body, option_application, application);
  put_end(body);
  append_block(section_header, body);
}

void Pcapng::add_interface(std::string_view name, std::string_view description) {
  constexpr std::uint16_t option_name = 2;
  constexpr std::uint16_t option_description = 3;
  constexpr std::uint16_t option_time_resolution = 9;
  std::string body;
  put(body, link_type_raw);
  put(body, std::uint16_t{0});
  put(body, std::uint32_t{0});  // packets are not cut
  put_record(body, option_name, name);
  put_record(body, option_description, description);
  put_record(body, option_time_resolution, "\x09");  // 10^-9 s
  put_end(body);
  append_block(interface_description, body);
}

void Pcapng::add_names(const std::vector<HostName>& names) {
  constexpr std::uint16_t record_ipv4 = 1;
  std::string body;
  for (const HostName& host : names) {
    std::string value;
    for (const int shift : {24, 16, 8, 0}) value += static_cast<char>(host.address >> shift & 0xFF);
    value += host.name;
    value += '\0';
    put_record(body, record_ipv4, value);
  }
  put_end(body);
  append_block(name_resolution, body);
}

void Pcapng::add_packet(std::uint32_t interface, std::uint64_t at_ns, PacketFlow flow, const Bytes& packet,
                        const std::vector<std::string>& comments) {
  constexpr std::uint16_t option_flags = 2;
  assert(packet.size() <= 0xFFFF);
  std::string body;
  put(body, interface);
  put(body, static_cast<std::uint32_t>(at_ns >> 32));
  put(body, static_cast<std::uint32_t>(at_ns));
  put(body, static_cast<std::uint32_t>(packet.size()));
  put(body, static_cast<std::uint32_t>(packet.size()));
  body.append(packet.begin(), packet.end());
  pad(body);
  for (const std::string& comment : comments) put_record(body, option_comment, comment);
  std::string flags;
  put(flags, static_cast<std::uint32_t>(flow));
  put_record(body, option_flags, flags);
  put_end(body);
  append_block(enhanced_packet, body);
}

void Pcapng::append_block(std::uint32_t type, std::string_view body) {
  assert(body.size() % 4 == 0);
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  put(bytes_, type);
  put(bytes_, length);
  bytes_ += body;
  put(bytes_, length);
}

}  // namespace holdfast
