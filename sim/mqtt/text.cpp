// to_text(): packets for people. The order of the words is the order of the fields; what has its default
// value is left out. A stranger's bytes never reach the terminal as they are.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/property_members.h"
#include "sim/mqtt/utf8.h"

namespace holdfast::mqtt {
namespace {

inline constexpr std::size_t payload_shown_max = 32;  // bytes
inline constexpr std::size_t string_shown_max = 256;  // bytes
inline constexpr std::size_t list_shown_max = 16;     // elements

// Characters that move the cursor, begin an escape sequence, end a line, are invisible or change the
// direction of the writing.
bool is_hostile(std::string_view character) {
  if (character.size() == 1) return character[0] < 0x20 || character[0] == 0x7F;
  if (character.size() == 2) return character < "\xC2\xA0";               // U+0080 to U+009F
  return (character >= "\xE2\x80\x8B" && character <= "\xE2\x80\x8F") ||  // U+200B to U+200F
         (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||  // U+2028 to U+202E
         (character >= "\xE2\x81\xA0" && character <= "\xE2\x81\xAF") ||  // U+2060 to U+206F
         character == "\xEF\xBB\xBF" ||                                   // U+FEFF
         (character >= "\xEF\xBF\xB9" && character <= "\xEF\xBF\xBF");    // U+FFF9 to U+FFFF
}

class Line {
 public:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  // In quotes, escaped, and cut at about `shown_max` bytes.
  void quote(std::string_view bytes, std::size_t shown_max = string_shown_max) {
    text_ += '"';
    std::size_t at = 0;
    while (at < bytes.size() && at < shown_max) at += escape_one(bytes.substr(at));
    text_ += '"';
    if (at < bytes.size()) add("... ({} bytes)", bytes.size());
  }

  void payload(std::string_view bytes) {
    add(" {} bytes", bytes.size());
    if (bytes.empty()) return;
    text_ += " \"";
    std::size_t at = 0;
    while (at < bytes.size() && at < payload_shown_max) at += escape_one(bytes.substr(at));
    text_ += at < bytes.size() ? "\"..." : "\"";
  }

  std::string take() { return std::move(text_); }

 private:
  // Writes the character at the front and returns its length in bytes.
  std::size_t escape_one(std::string_view bytes) {
    const std::size_t length = sequence_length(bytes);
    const std::string_view character = bytes.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || is_hostile(character)) {
      for (const char byte : character) add("\\x{:02x}", static_cast<std::uint8_t>(byte));
    } else {
      if (character == "\"" || character == "\\") text_ += '\\';
      text_ += character;
    }
    return character.size();
  }

  std::string text_;
};

void add_reason(Line& line, ReasonCode code, PacketType packet, Version version) {
  line.add(" 0x{:02X} {}", static_cast<std::uint8_t>(code), name_of(code, packet, version));
}

// Calls add_element for the elements that are shown, and says how many more there are.
template <typename List, typename AddElement>
void add_list(Line& line, const List& list, AddElement add_element) {
  std::size_t shown = 0;
  for (const auto& element : list) {
    if (shown == list_shown_max) return line.add(", and {} more", list.size() - shown);
    line.add("{}", shown == 0 ? "" : ",");
    add_element(element);
    ++shown;
  }
}

class PropertiesText {
 public:
  explicit PropertiesText(Line& line) : line_(line) {}

  template <typename Number>
  void add(PropertyId id, const std::optional<Number>& number) {
    if (number) begin(id).add(" {}", *number);
  }
  void add(PropertyId id, const std::optional<std::string>& text) {
    if (!text) return;
    begin(id).add(" ");
    line_.quote(*text);
  }
  void add(PropertyId id, const std::vector<std::uint32_t>& numbers) {
    if (numbers.empty()) return;
    begin(id);
    add_list(line_, numbers, [&](std::uint32_t number) { line_.add(" {}", number); });
  }
  void add(PropertyId id, const std::vector<UserProperty>& pairs) {
    if (pairs.empty()) return;
    begin(id);
    add_list(line_, pairs, [&](const UserProperty& pair) {
      line_.add(" ");
      line_.quote(pair.first);
      line_.add("=");
      line_.quote(pair.second);
    });
  }
  void end() {
    if (begun_) line_.add("}}");
  }

 private:
  Line& begin(PropertyId id) {
    line_.add("{}{}", begun_ ? ", " : " {", rule_of(id).name);
    begun_ = true;
    return line_;
  }

  Line& line_;
  bool begun_ = false;
};

void add_properties(Line& line, const Properties& properties, Version version) {
  if (version != Version::v5) return;
  PropertiesText text(line);
  for_each_property(properties, [&](PropertyId id, const auto& member) { text.add(id, member); });
  text.end();
}

void add_will(Line& line, const Will& will, Version version) {
  line.add(" will qos {}{} ", will.qos, will.retain ? " retain" : "");
  line.quote(will.topic);
  line.payload(will.payload);
  add_properties(line, will.properties, version);
}

void add(Line& line, const Connect& connect, Version version) {
  if (connect.protocol_name != "MQTT") {
    line.add(" protocol ");
    line.quote(connect.protocol_name);
  }
  line.add(" level {} client ", connect.protocol_level);
  line.quote(connect.client_id);
  const char* clean = version == Version::v5 ? "clean start" : "clean session";
  line.add(" {} {} keep alive {} s", clean, connect.clean_start ? 1 : 0, connect.keep_alive);
  if (connect.will) add_will(line, *connect.will, version);
  if (connect.user_name) {
    line.add(" user ");
    line.quote(*connect.user_name);
  }
  if (connect.password) line.add(" password {} bytes", connect.password->size());
  add_properties(line, connect.properties, version);
}

void add(Line& line, const Connack& connack, Version version) {
  line.add(" session present {}", connack.session_present ? 1 : 0);
  add_reason(line, connack.reason, PacketType::connack, version);
  add_properties(line, connack.properties, version);
}

void add(Line& line, const Publish& publish, Version version) {
  if (publish.qos > 0) line.add(" id {} qos {}", publish.packet_id, publish.qos);
  line.add("{}{} ", publish.dup ? " dup" : "", publish.retain ? " retain" : "");
  line.quote(publish.topic);
  line.payload(publish.payload);
  add_properties(line, publish.properties, version);
}

template <PacketType type>
void add(Line& line, const PublishReply<type>& reply, Version version) {
  line.add(" id {}", reply.packet_id);
  if (version == Version::v5 && reply.reason != ReasonCode::success) {
    add_reason(line, reply.reason, type, version);
  }
  add_properties(line, reply.properties, version);
}

void add(Line& line, const Subscribe& subscribe, Version version) {
  line.add(" id {}", subscribe.packet_id);
  add_list(line, subscribe.requests, [&](const SubscriptionRequest& request) {
    line.add(" ");
    line.quote(request.filter);
    line.add(" qos {}{}{}", request.qos, request.no_local ? " no local" : "",
             request.retain_as_published ? " retain as published" : "");
    if (request.retain_handling != 0) line.add(" retain handling {}", request.retain_handling);
  });
  add_properties(line, subscribe.properties, version);
}

void add_codes(Line& line, const std::vector<ReasonCode>& codes, PacketType packet, Version version) {
  add_list(line, codes, [&](ReasonCode code) { add_reason(line, code, packet, version); });
}

void add(Line& line, const Suback& suback, Version version) {
  line.add(" id {}", suback.packet_id);
  add_codes(line, suback.reasons, PacketType::suback, version);
  add_properties(line, suback.properties, version);
}

void add(Line& line, const Unsubscribe& unsubscribe, Version version) {
  line.add(" id {}", unsubscribe.packet_id);
  add_list(line, unsubscribe.filters, [&](const std::string& filter) {
    line.add(" ");
    line.quote(filter);
  });
  add_properties(line, unsubscribe.properties, version);
}

void add(Line& line, const Unsuback& unsuback, Version version) {
  line.add(" id {}", unsuback.packet_id);
  if (version == Version::v5) add_codes(line, unsuback.reasons, PacketType::unsuback, version);
  add_properties(line, unsuback.properties, version);
}

void add(Line&, const Pingreq&, Version) {}
void add(Line&, const Pingresp&, Version) {}

void add(Line& line, const Disconnect& disconnect, Version version) {
  if (version == Version::v5) add_reason(line, disconnect.reason, PacketType::disconnect, version);
  add_properties(line, disconnect.properties, version);
}

void add(Line& line, const Auth& auth, Version) {
  add_reason(line, auth.reason, PacketType::auth, Version::v5);
  add_properties(line, auth.properties, Version::v5);
}

}  // namespace

std::string to_text(const Packet& packet, Version version) {
  Line line;
  line.add("{}", name_of(type_of(packet)));
  std::visit([&](const auto& value) { add(line, value, version); }, packet);
  return line.take();
}

}  // namespace holdfast::mqtt
