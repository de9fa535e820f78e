// The packets of packet.h as views: nothing is copied, strings and lists point into the caller's buffer and
// live as long as it does. Decoding to views allocates nothing, as long as there are no notes.
//
// decode() of codec.h is decode_view() and to_packet(). Both forms are encoded by the same code.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/packet.h"
#include "sim/mqtt/rules.h"

namespace holdfast::mqtt {

// One property as it stands in a packet: `number` is of a byte, integer or variable byte integer, `text` of
// a string or of binary data, `text` and `value` are of a User Property.
struct PropertyView {
  PropertyId id{};
  std::uint32_t number = 0;
  std::string_view text{};
  std::string_view value{};
};

// Walks through the properties of a block in wire order.
// REQUIRES: a block whose properties are known and whole, such as the decoder hands out.
class PropertyCursor {
 public:
  explicit PropertyCursor(ByteView block) : at_(block.data()), end_(block.data() + block.size()) {}

  bool done() const { return at_ == end_; }
  PropertyView next();

 private:
  std::uint32_t take_integer(int bytes);
  std::uint32_t take_variable();
  std::string_view take_text();

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

class Reader;

// The properties of one packet: which are present, and the bytes to read them from. A value is looked up by
// walking to it, so who wants many of them walks once with cursor().
class PropertiesView {
 public:
  PropertiesView() = default;

  // The properties of a block that the caller has written with append_property.
  // REQUIRES: as PropertyCursor.
  explicit PropertiesView(ByteView block);

  bool has(PropertyId id) const { return (present_ >> static_cast<unsigned>(id) & 1) != 0; }
  bool empty() const { return block_.empty(); }
  // The first one of that identifier. REQUIRES: has(id).
  PropertyView get(PropertyId id) const;
  PropertyCursor cursor() const { return PropertyCursor(block_); }
  // All of them as they stand in the packet, without the Property Length.
  ByteView block() const { return block_; }

 private:
  friend bool read_properties(Reader& reader, PacketType place, PropertiesView& properties);
  friend class BlockWriter;
  void set_present(PropertyId id) { present_ |= std::uint64_t{1} << static_cast<unsigned>(id); }

  std::uint64_t present_ = 0;  // bit n: the property with identifier n
  ByteView block_;
};

struct WillView {
  std::string_view topic{};
  std::string_view payload{};
  std::uint8_t qos = 0;
  bool retain = false;
  PropertiesView properties{};
};

struct ConnectView {
  std::string_view client_id{};
  bool clean_start = true;
  std::uint16_t keep_alive = 0;  // seconds
  std::optional<WillView> will{};
  std::optional<std::string_view> user_name{};
  std::optional<std::string_view> password{};
  PropertiesView properties{};
  std::uint8_t protocol_level = 5;
  std::string_view protocol_name = "MQTT";
};

struct ConnackView {
  bool session_present = false;
  ReasonCode reason = ReasonCode::success;
  PropertiesView properties{};
};

struct PublishView {
  std::string_view topic{};
  std::string_view payload{};
  std::uint8_t qos = 0;
  bool retain = false;
  bool dup = false;
  std::uint16_t packet_id = 0;
  PropertiesView properties{};
};

template <PacketType type_value>
struct PublishReplyView {
  std::uint16_t packet_id = 0;
  ReasonCode reason = ReasonCode::success;
  PropertiesView properties{};
};
using PubackView = PublishReplyView<PacketType::puback>;
using PubrecView = PublishReplyView<PacketType::pubrec>;
using PubrelView = PublishReplyView<PacketType::pubrel>;
using PubcompView = PublishReplyView<PacketType::pubcomp>;

struct SubscriptionRequestView {
  std::string_view filter{};
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint8_t retain_handling = 0;
};

// A list in wire form that is read while one walks through it. read(at) moves `at` behind the element.
template <typename Element, Element (*read)(const std::uint8_t*& at)>
class WireList {
 public:
  class iterator {
   public:
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(const std::uint8_t* at) : at_(at) {}
    Element operator*() const {
      const std::uint8_t* at = at_;
      return read(at);
    }
    iterator& operator++() {
      read(at_);
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const iterator&) const = default;

   private:
    const std::uint8_t* at_ = nullptr;
  };

  WireList() = default;
  explicit WireList(ByteView bytes) : bytes_(bytes) {}  // REQUIRES: whole elements

  iterator begin() const { return iterator(bytes_.data()); }
  iterator end() const { return iterator(bytes_.data() + bytes_.size()); }
  bool empty() const { return bytes_.empty(); }
  ByteView bytes() const { return bytes_; }

 private:
  ByteView bytes_;
};

SubscriptionRequestView read_subscription_request(const std::uint8_t*& at);
std::string_view read_filter(const std::uint8_t*& at);
using RequestsView = WireList<SubscriptionRequestView, read_subscription_request>;
using FiltersView = WireList<std::string_view, read_filter>;

struct SubscribeView {
  std::uint16_t packet_id = 0;
  RequestsView requests{};
  PropertiesView properties{};
};

struct SubackView {
  std::uint16_t packet_id = 0;
  ByteView reasons{};  // each is a ReasonCode
  PropertiesView properties{};
};

struct UnsubscribeView {
  std::uint16_t packet_id = 0;
  FiltersView filters{};
  PropertiesView properties{};
};

struct UnsubackView {
  std::uint16_t packet_id = 0;
  ByteView reasons{};  // each is a ReasonCode
  PropertiesView properties{};
};

struct DisconnectView {
  ReasonCode reason = ReasonCode::success;
  PropertiesView properties{};
};

struct AuthView {
  ReasonCode reason = ReasonCode::success;
  PropertiesView properties{};
};

// In the order of Packet.
using PacketView = std::variant<ConnectView, ConnackView, PublishView, PubackView, PubrecView, PubrelView,
                                PubcompView, SubscribeView, SubackView, UnsubscribeView, UnsubackView,
                                Pingreq, Pingresp, DisconnectView, AuthView>;

inline PacketType type_of(const PacketView& packet) { return static_cast<PacketType>(packet.index() + 1); }

// What decode_view() fills. It may be used again and again.
struct DecodedView {
  PacketView packet = Pingreq{};
  std::vector<DecodeError> notes;  // see Decoded
};

// The packet has arrived whole and is good.
struct Whole {
  std::size_t size = 0;  // bytes

  bool operator==(const Whole&) const = default;
};

// decode() without copying: the views live as long as the bytes of `input`. After any other result than
// Whole the packet in `decoded` means nothing.
ViewResult decode_view(ByteView input, const DecodeOptions& options, DecodedView& decoded);

// What decode() makes of it: the packet and its notes as values of their own.
DecodeResult own(const ViewResult& result, DecodedView& decoded);

// The same packet as a value of its own.
Packet to_packet(const PacketView& packet);
// The same into a packet that stands already, since packets are large.
void to_packet(const PacketView& packet, Packet& made);

// As encode() of codec.h. Properties, requests and filters are copied as they stand in their blocks.
void encode(const PacketView& packet, Version version, Bytes& out);

// Builders of such blocks: each appends one element in wire form. Strings longer than 65,535 bytes are cut.
// REQUIRES: `id` is a known property, and of the type that the overload writes.
void append_property(PropertyId id, std::uint32_t number, Bytes& block);
void append_property(PropertyId id, std::string_view text, Bytes& block);
void append_user_property(std::string_view name, std::string_view value, Bytes& block);
void append_request(const SubscriptionRequestView& request, Bytes& block);
void append_filter(std::string_view filter, Bytes& block);

}  // namespace holdfast::mqtt
