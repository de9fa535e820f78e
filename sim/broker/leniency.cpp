// Defects that let faulty packets pass: the packet is dropped and the connection goes on. Which faults a
// defect forgives is said by the requirements of its row in the catalogue.
#include <algorithm>
#include <array>
#include <string_view>

#include "sim/broker/connection.h"

namespace holdfast::broker {

namespace {

constexpr std::array lenient_defects = {
    Defect::faulty_flags_accepted,      Defect::forbidden_types_accepted,
    Defect::faulty_lengths_accepted,    Defect::ill_formed_strings_accepted,
    Defect::faulty_properties_accepted, Defect::unknown_reason_codes_accepted,
    Defect::identifier_0_accepted,      Defect::faulty_subscriptions_accepted,
    Defect::faulty_topics_accepted,
};

constexpr std::string_view old_prefix = "3.1.1:";

// Whether `requirement` of that version stands in a list as the catalogue has it.
bool lists(std::string_view list, std::string_view requirement, bool is_v5) {
  while (!list.empty()) {
    std::string_view id = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(list.size(), id.size() + 1));
    const bool is_old = id.starts_with(old_prefix);
    if (is_old) id.remove_prefix(old_prefix.size());
    if (is_old != is_v5 && id == requirement) return true;
  }
  return false;
}

}  // namespace

bool Connection::lets_pass(const mqtt::DecodeError& error) const {
  return std::ranges::any_of(lenient_defects, [&](Defect defect) {
    const DefectInfo& info = defect_catalogue()[static_cast<std::size_t>(defect)];
    return settings().has(defect) && lists(info.requirements, error.requirement, is_v5());
  });
}

}  // namespace holdfast::broker
