#include "sim/mqtt/read_packets.h"

namespace holdfast::mqtt {
namespace {

// Section 3.1.2.3.
struct ConnectFlags {
  explicit ConnectFlags(std::uint8_t byte)
      : user_name((byte & 0x80) != 0),
        password((byte & 0x40) != 0),
        will_retain((byte & 0x20) != 0),
        will_qos(byte >> 3 & 3),
        will((byte & 0x04) != 0),
        clean_start((byte & 0x02) != 0),
        reserved((byte & 0x01) != 0) {}

  bool user_name;
  bool password;
  bool will_retain;
  std::uint8_t will_qos;
  bool will;
  bool clean_start;
  bool reserved;
};

bool check_flags(Reader& reader, const ConnectFlags& flags, std::size_t offset) {
  if (flags.reserved) return reader.fail(Fault::connect_flag_reserved, offset);
  if (!flags.will && flags.will_qos != 0) return reader.fail(Fault::will_qos_without_will, offset);
  if (!flags.will && flags.will_retain) return reader.fail(Fault::will_retain_without_will, offset);
  if (flags.will_qos == 3) return reader.fail(Fault::will_qos_3, offset);
  if (!reader.v5() && flags.password && !flags.user_name) {
    return reader.fail(Fault::password_without_user_name, offset);
  }
  return true;
}

bool read_protocol(Reader& reader, ConnectView& connect) {
  const std::size_t name_offset = reader.offset();
  if (!reader.binary(connect.protocol_name)) return false;
  if (connect.protocol_name != "MQTT") return reader.fail(Fault::protocol_name, name_offset);
  const std::size_t level_offset = reader.offset();
  if (!reader.byte(connect.protocol_level)) return false;
  if (connect.protocol_level != static_cast<std::uint8_t>(reader.version())) {
    return reader.fail(Fault::protocol_level, level_offset);
  }
  return true;
}

bool read_connect_properties(Reader& reader, PropertiesView& properties) {
  const std::size_t offset = reader.offset();
  if (!read_properties(reader, PacketType::connect, properties)) return false;
  if (properties.has(PropertyId::authentication_data) && !properties.has(PropertyId::authentication_method)) {
    return reader.fail(Fault::authentication_data_alone, offset);
  }
  return true;
}

bool read_will(Reader& reader, const ConnectFlags& flags, WillView& will) {
  will.qos = flags.will_qos;
  will.retain = flags.will_retain;
  if (reader.v5() && !read_properties(reader, will_properties, will.properties)) return false;
  reader.set_cut_off(Fault::will_missing);
  const std::size_t topic_offset = reader.offset();
  if (!reader.text(will.topic)) return false;
  if (will.topic.empty()) return reader.fail(Fault::will_topic_empty, topic_offset);
  if (has_wildcard(will.topic) && !reader.judge(Fault::will_topic_wildcard, topic_offset)) return false;
  if (!reader.binary(will.payload)) return false;
  inspect_payload(reader, will.payload, will.properties);
  return true;
}

Fault fault_of_surplus(const ConnectFlags& flags) {
  if (!flags.user_name) return Fault::user_name_not_announced;
  if (!flags.password) return Fault::password_not_announced;
  return Fault::layout_connect;
}

}  // namespace

bool read_connect(Reader& reader, ConnectView& connect) {
  reader.set_cut_off(Fault::layout_connect);
  if (!read_protocol(reader, connect)) return false;
  const std::size_t flags_offset = reader.offset();
  std::uint8_t flags_byte = 0;
  if (!reader.byte(flags_byte)) return false;
  const ConnectFlags flags(flags_byte);
  if (!check_flags(reader, flags, flags_offset)) return false;
  connect.clean_start = flags.clean_start;
  if (!reader.two_bytes(connect.keep_alive)) return false;
  if (reader.v5() && !read_connect_properties(reader, connect.properties)) return false;

  reader.set_cut_off(Fault::client_identifier_missing);
  const std::size_t client_id_offset = reader.offset();
  if (!reader.text(connect.client_id)) return false;
  if (connect.client_id.empty() && !flags.clean_start && !reader.v5() && !reader.forgiving()) {
    return reader.fail(Fault::client_identifier_empty, client_id_offset);
  }
  if (flags.will && !read_will(reader, flags, connect.will.emplace())) return false;
  reader.set_cut_off(Fault::user_name_missing);
  if (flags.user_name && !reader.text(connect.user_name.emplace())) return false;
  reader.set_cut_off(Fault::password_missing);
  if (flags.password && !reader.binary(connect.password.emplace())) return false;
  if (reader.left() > 0) return reader.fail(fault_of_surplus(flags), reader.offset());
  return true;
}

}  // namespace holdfast::mqtt
