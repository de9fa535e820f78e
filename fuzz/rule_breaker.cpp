#include "fuzz/rule_breaker.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "fuzz/breaker.h"
#include "sim/mqtt/view.h"

namespace holdfast::fuzz {
namespace {

using mqtt::Fault;
using mqtt::PacketSet;
using mqtt::PacketType;
using mqtt::Sender;
using mqtt::Version;
using F = Fault;
using B = Breaker;
using enum mqtt::PacketType;

constexpr PacketSet every = 0xFFFE;
constexpr PacketSet sets_of(std::initializer_list<PacketType> types) {
  PacketSet set = 0;
  for (const PacketType type : types) set |= mqtt::in(type);
  return set;
}
constexpr PacketSet replies = sets_of({puback, pubrec, pubrel, pubcomp});
constexpr PacketSet with_properties = every & ~sets_of({pingreq, pingresp});

enum Senders : std::uint8_t { by_client = 1, by_server = 2, by_both = 3 };

struct Row {
  Fault fault;
  PacketSet types;
  Senders senders;
  std::optional<Spot> (Breaker::*make)();
};

// clang-format off
constexpr auto rows = std::to_array<Row>({
  {F::reserved_type, every, by_both, &B::reserved_type},
  {F::client_may_not_send, every, by_client, &B::type_of_other_sender},
  {F::server_may_not_send, every, by_server, &B::type_of_other_sender},
  {F::flags, every & ~sets_of({publish, pubrel, subscribe, unsubscribe, disconnect, auth}), by_both, &B::flags},
  {F::flags_pubrel, sets_of({pubrel}), by_both, &B::flags},
  {F::flags_subscribe, sets_of({subscribe}), by_client, &B::flags},
  {F::flags_unsubscribe, sets_of({unsubscribe}), by_client, &B::flags},
  {F::flags_disconnect, sets_of({disconnect}), by_both, &B::flags},
  {F::flags_auth, sets_of({auth}), by_both, &B::flags},
  {F::publish_qos_3, sets_of({publish}), by_both, &B::publish_qos_3},
  {F::length_over_four_bytes, every, by_both, &B::length_over_four_bytes},
  {F::length_not_minimal, every, by_both, &B::length_not_minimal},
  {F::fixed_length, every, by_both, &B::fixed_length},
  {F::client_packet_too_large, every, by_client, &B::too_large},
  {F::server_packet_too_large, every, by_server, &B::too_large},
  {F::layout_client, with_properties & ~sets_of({connect}), by_client, &B::layout},
  {F::layout_server, with_properties, by_server, &B::layout},
  {F::layout_connect, sets_of({connect}), by_client, &B::layout_connect},
  {F::property_length_missing, with_properties, by_both, &B::property_length_missing},
  {F::property_length, with_properties, by_both, &B::property_length},
  {F::ill_formed, with_properties, by_both, &B::text_fault},
  {F::ill_formed_user_property, with_properties, by_both, &B::user_property_fault},
  {F::null_character, with_properties, by_both, &B::text_fault},
  {F::null_character_user_property, with_properties, by_both, &B::user_property_fault},
  {F::discouraged_character, with_properties, by_both, &B::text_fault},
  {F::property_unknown, with_properties, by_both, &B::property_unknown},
  {F::property_of_other_sender, sets_of({disconnect}), by_client, &B::property_of_other_sender},
  {F::property_twice, with_properties, by_both, &B::property_twice},
  {F::property_twice_left_open, sets_of({publish}), by_both, &B::property_twice},
  {F::subscription_identifier_twice, sets_of({subscribe}), by_client, &B::property_twice},
  {F::subscription_identifier_zero, sets_of({subscribe, publish}), by_both, &B::property_range},
  {F::subscription_identifier_from_client, sets_of({publish}), by_client, &B::property_of_other_sender},
  {F::session_expiry_from_server, sets_of({disconnect}), by_server, &B::property_of_other_sender},
  {F::payload_format_above_1, sets_of({publish, connect}), by_both, &B::property_range},
  {F::payload_not_utf8, sets_of({publish, connect}), by_both, &B::payload_not_utf8},
  {F::receive_maximum_zero, sets_of({connect, connack}), by_both, &B::property_range},
  {F::maximum_packet_size_zero, sets_of({connect, connack}), by_both, &B::property_range},
  {F::request_information_above_1, sets_of({connect}), by_client, &B::property_range},
  {F::maximum_qos_above_1, sets_of({connack}), by_server, &B::property_range},
  {F::retain_available_above_1, sets_of({connack}), by_server, &B::property_range},
  {F::wildcard_available_above_1, sets_of({connack}), by_server, &B::property_range},
  {F::subscription_identifiers_available_above_1, sets_of({connack}), by_server, &B::property_range},
  {F::shared_available_above_1, sets_of({connack}), by_server, &B::property_range},
  {F::topic_alias_zero, sets_of({publish}), by_both, &B::property_range},
  {F::response_topic_wildcard, sets_of({publish, connect}), by_both, &B::response_topic_wildcard},
  {F::authentication_data_alone, sets_of({connect}), by_client, &B::authentication_data_alone},
  {F::authentication_method_missing, sets_of({auth}), by_both, &B::authentication_method_missing},
  {F::protocol_name, sets_of({connect}), by_client, &B::protocol_name},
  {F::protocol_level, sets_of({connect}), by_client, &B::protocol_level},
  {F::connect_flag_reserved, sets_of({connect}), by_client, &B::connect_flag_reserved},
  {F::will_qos_without_will, sets_of({connect}), by_client, &B::will_flag_without_will},
  {F::will_retain_without_will, sets_of({connect}), by_client, &B::will_flag_without_will},
  {F::will_qos_3, sets_of({connect}), by_client, &B::will_qos_3},
  {F::password_without_user_name, sets_of({connect}), by_client, &B::password_without_user_name},
  {F::client_identifier_missing, sets_of({connect}), by_client, &B::connect_field_missing},
  {F::client_identifier_empty, sets_of({connect}), by_client, &B::client_identifier_empty},
  {F::will_missing, sets_of({connect}), by_client, &B::connect_field_missing},
  {F::user_name_missing, sets_of({connect}), by_client, &B::connect_field_missing},
  {F::password_missing, sets_of({connect}), by_client, &B::connect_field_missing},
  {F::user_name_not_announced, sets_of({connect}), by_client, &B::not_announced},
  {F::password_not_announced, sets_of({connect}), by_client, &B::not_announced},
  {F::will_topic_empty, sets_of({connect}), by_client, &B::will_topic},
  {F::will_topic_wildcard, sets_of({connect}), by_client, &B::will_topic},
  {F::connack_flags, sets_of({connack}), by_server, &B::connack_flags},
  {F::session_present_with_error, sets_of({connack}), by_server, &B::session_present_with_error},
  {F::topic_empty, sets_of({publish}), by_both, &B::topic_empty},
  {F::topic_wildcard, sets_of({publish}), by_both, &B::topic_wildcard},
  {F::dup_at_qos_0, sets_of({publish}), by_both, &B::dup_at_qos_0},
  {F::identifier_zero_client, sets_of({publish, subscribe, unsubscribe}), by_client, &B::identifier_zero},
  {F::identifier_zero_server, sets_of({publish}), by_server, &B::identifier_zero},
  {F::identifier_zero_reply, replies, by_both, &B::identifier_zero},
  {F::identifier_zero_answer, sets_of({suback, unsuback}), by_server, &B::identifier_zero},
  {F::no_subscription, sets_of({subscribe}), by_client, &B::no_filter},
  {F::no_unsubscription, sets_of({unsubscribe}), by_client, &B::no_filter},
  {F::filter_empty, sets_of({subscribe, unsubscribe}), by_client, &B::filter_empty},
  {F::filter_multi_level_wildcard, sets_of({subscribe, unsubscribe}), by_client, &B::filter_ill_made},
  {F::filter_single_level_wildcard, sets_of({subscribe, unsubscribe}), by_client, &B::filter_ill_made},
  {F::share_name_missing, sets_of({subscribe, unsubscribe}), by_client, &B::filter_ill_made},
  {F::share_name_not_followed, sets_of({subscribe, unsubscribe}), by_client, &B::filter_ill_made},
  {F::option_bits_reserved, sets_of({subscribe}), by_client, &B::subscription_options},
  {F::requested_qos_3, sets_of({subscribe}), by_client, &B::subscription_options},
  {F::retain_handling_3, sets_of({subscribe}), by_client, &B::subscription_options},
  {F::no_local_shared, sets_of({subscribe}), by_client, &B::subscription_options},
  {F::code_connack, sets_of({connack}), by_server, &B::wrong_code},
  {F::code_puback, sets_of({puback}), by_both, &B::wrong_code},
  {F::code_pubrec, sets_of({pubrec}), by_both, &B::wrong_code},
  {F::code_pubrel, sets_of({pubrel}), by_both, &B::wrong_code},
  {F::code_pubcomp, sets_of({pubcomp}), by_both, &B::wrong_code},
  {F::code_suback, sets_of({suback}), by_server, &B::wrong_code},
  {F::code_unsuback, sets_of({unsuback}), by_server, &B::wrong_code},
  {F::code_disconnect, sets_of({disconnect}), by_both, &B::wrong_code},
  {F::code_auth, sets_of({auth}), by_both, &B::wrong_code},
  {F::code_0x10_from_client, sets_of({puback, pubrec}), by_client, &B::code_0x10},
  {F::no_code_suback, sets_of({suback}), by_server, &B::no_code},
  {F::no_code_unsuback, sets_of({unsuback}), by_server, &B::no_code},
});
// clang-format on

constexpr const Row* row_of(Fault fault) {
  for (const Row& row : rows) {
    if (row.fault == fault) return &row;
  }
  return nullptr;
}

bool is_possible(const Row& row, PacketType type, Sender sender, Version version) {
  const mqtt::FaultRule& rule = rule_of(row.fault);
  const bool in_version = !(version == Version::v5 ? rule.requirement_v5 : rule.requirement_v311).empty();
  return in_version && (row.types & mqtt::in(type)) != 0 &&
         (row.senders & (sender == Sender::client ? by_client : by_server)) != 0;
}

class Possible {
 public:
  Possible() {
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      for (const Row& row : rows) {
        const auto type = static_cast<PacketType>(i / 4);
        if (is_possible(row, type, i % 2 == 0 ? Sender::client : Sender::server,
                        i / 2 % 2 == 0 ? Version::v5 : Version::v3_1_1)) {
          lists_[i].push_back(row.fault);
        }
      }
    }
  }
  std::span<const Fault> of(PacketType type, const mqtt::DecodeOptions& options) const {
    return lists_[static_cast<std::size_t>(type) * 4 + (options.version == Version::v5 ? 0 : 2) +
                  (options.sender == Sender::client ? 0 : 1)];
  }

 private:
  std::array<std::vector<Fault>, 16 * 4> lists_;
};

std::size_t offset_of(const Spot& spot, const FieldOffsets& offsets) {
  switch (spot.where) {
    case Spot::Where::first_byte:
      return 0;
    case Spot::Where::length:
      return 1;
    case Spot::Where::field:
      return offsets.at[spot.field] + spot.within;
    case Spot::Where::end:
      break;
  }
  return offsets.end;
}

}  // namespace

std::span<const Fault> faults_possible(PacketType type, const mqtt::DecodeOptions& options) {
  static const Possible possible;
  return possible.of(type, options);
}

bool take_apart_valid(ByteView packet, const mqtt::DecodeOptions& options, PacketFields& fields) {
  static mqtt::DecodedView decoded;
  const mqtt::ViewResult result = decode_view(packet, options, decoded);
  if (result != mqtt::ViewResult(mqtt::Whole{packet.size()}) || !decoded.notes.empty()) return false;
  const auto* connect = std::get_if<mqtt::ConnectView>(&decoded.packet);
  if (connect != nullptr && connect->protocol_level != static_cast<std::uint8_t>(options.version))
    return false;
  take_apart(packet, options.version, fields);
  // A few fields are added when a rule is broken.
  return fields.count() + 8 <= PacketFields::count_max;
}

bool break_rule(Fault fault, PacketFields& fields, const mqtt::DecodeOptions& options, Draws& draws,
                BrokenPacket& broken) {
  static Made made;
  made.clear();
  Breaker breaker(fault, fields, options, draws, made);
  const std::optional<Spot> spot = (breaker.*row_of(fault)->make)();
  if (!spot) return false;
  broken.wire.clear();
  FieldOffsets offsets;
  put_together(fields, broken.wire, &offsets);
  broken.options = options;
  if (breaker.is_too_large()) {
    broken.options.maximum_packet_size = static_cast<std::uint32_t>(broken.wire.size() - 1);
  }
  broken.expected = make_error(fault, options.version, offset_of(*spot, offsets));
  return true;
}

}  // namespace holdfast::fuzz
