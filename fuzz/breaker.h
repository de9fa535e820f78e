// One function for each way of breaking a rule; the table in rule_breaker.cpp tells which fault is made by
// which, and in which packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fuzz/packet_fields.h"
#include "sim/mqtt/faults.h"
#include "sim/time/draws.h"

namespace holdfast::fuzz {

// Where the decoder has to see the fault.
struct Spot {
  enum class Where : std::uint8_t { first_byte, length, field, end };
  Where where = Where::field;
  std::size_t field = 0;   // its index
  std::size_t within = 0;  // bytes from where the field begins
};

// The bytes of fields that a Breaker makes.
class Made {
 public:
  void clear() { used_ = 0; }
  // `front`, then `middle`, then `rear`. REQUIRES: room; see room().
  ByteView joined(ByteView front, ByteView middle, ByteView rear);
  ByteView bytes(std::initializer_list<std::uint8_t> values);
  std::size_t room() const { return storage_.size() - used_; }

 private:
  std::array<std::uint8_t, 65'536> storage_;
  std::size_t used_ = 0;
};

class Breaker {
 public:
  Breaker(mqtt::Fault fault, PacketFields& fields, const mqtt::DecodeOptions& options, Draws& draws,
          Made& made)
      : fault_(fault), fields_(fields), options_(options), draws_(draws), made_(made) {}

  // The fault is the size: the limit has to be set below it.
  bool is_too_large() const { return is_too_large_; }

  using Result = std::optional<Spot>;  // nullopt: this packet has not what it takes

  // --- fixed header and layout (break_layout.cpp) ---
  Result reserved_type();
  Result type_of_other_sender();
  Result flags();
  Result publish_qos_3();
  Result length_over_four_bytes();
  Result length_not_minimal();
  Result fixed_length();
  Result too_large();
  Result layout();
  Result layout_connect();
  Result property_length_missing();
  Result property_length();

  // --- strings and properties (break_properties.cpp) ---
  Result text_fault();
  Result user_property_fault();
  Result property_unknown();
  Result property_of_other_sender();
  Result property_twice();
  Result property_range();
  Result payload_not_utf8();
  Result response_topic_wildcard();
  Result authentication_data_alone();
  Result authentication_method_missing();

  // --- fields of single packets (break_fields.cpp) ---
  Result protocol_name();
  Result protocol_level();
  Result connect_flag_reserved();
  Result will_flag_without_will();
  Result will_qos_3();
  Result password_without_user_name();
  Result connect_field_missing();
  Result client_identifier_empty();
  Result not_announced();
  Result will_topic();
  Result connack_flags();
  Result session_present_with_error();
  Result topic_empty();
  Result topic_wildcard();
  Result dup_at_qos_0();
  Result identifier_zero();
  Result no_filter();
  Result filter_empty();
  Result filter_ill_made();
  Result subscription_options();
  Result wrong_code();
  Result code_0x10();
  Result no_code();

 private:
  bool v5() const { return options_.version == mqtt::Version::v5; }
  bool is_client() const { return options_.sender == mqtt::Sender::client; }
  mqtt::PacketType type() const { return fields_.type(); }
  std::uint8_t pick(std::initializer_list<std::uint8_t> values);
  std::string_view pick(std::initializer_list<std::string_view> values);

  static Spot at_field(std::size_t field, std::size_t within = 0) {
    return {Spot::Where::field, field, within};
  }
  static Spot at_end() { return {Spot::Where::end}; }
  static Spot at_first_byte() { return {Spot::Where::first_byte}; }
  static Spot at_length() { return {Spot::Where::length}; }

  // One of the first two filters.
  std::size_t choose_filter();
  // Cuts the packet off in the field, or before it.
  Spot cut_at(std::size_t field);
  // A byte or more behind the last field.
  Spot surplus();
  Result last_property(Place place);

  // Any property block of the packet: its Property Length. Acknowledgements get one if they have none.
  std::optional<std::size_t> property_block();
  std::optional<std::size_t> property_block(Place place);
  // The packet in whose table the properties of that place stand.
  mqtt::PacketType table_of(Place place) const {
    return place == Place::will_properties ? mqtt::will_properties : type();
  }
  bool is_allowed(const mqtt::PropertyRule& rule, Place place) const;
  // A property with a value that is right, somewhere in the block; its index.
  std::size_t insert_property(std::size_t block, const mqtt::PropertyRule& rule);
  std::size_t somewhere_in(std::size_t block);
  // One of the properties for which `is_wanted` holds.
  template <class IsWanted>
  const mqtt::PropertyRule* choose_property(const IsWanted& is_wanted);

  std::uint8_t& connect_flags_byte();
  bool has_will() const { return fields_.find(Role::will_topic) < fields_.count(); }
  void ensure_will();
  void remove_will();
  void ensure_user_name();
  void remove_user_name();
  void ensure_password();
  void remove_password();
  void set_byte(std::size_t field, std::uint8_t value) { fields_[field].bytes = made_.bytes({value}); }
  void set_text(std::size_t field, std::string_view text);

  const mqtt::Fault fault_;
  PacketFields& fields_;
  const mqtt::DecodeOptions& options_;
  Draws& draws_;
  Made& made_;
  bool is_too_large_ = false;
};

template <class IsWanted>
const mqtt::PropertyRule* Breaker::choose_property(const IsWanted& is_wanted) {
  std::size_t wanted = 0;
  for (const mqtt::PropertyRule& rule : mqtt::rule_table::properties) wanted += is_wanted(rule) ? 1 : 0;
  if (wanted == 0) return nullptr;
  std::uint64_t left = draws_.below(wanted);
  for (const mqtt::PropertyRule& rule : mqtt::rule_table::properties) {
    if (is_wanted(rule) && left-- == 0) return &rule;
  }
  return nullptr;
}

}  // namespace holdfast::fuzz
