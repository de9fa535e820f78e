#include "sim/mqtt/vectors/vector_list.h"

#include <cassert>
#include <iterator>

namespace holdfast::mqtt {

namespace {

// What a strict decoder only notes.
bool is_only_noted(Fault fault, Version version) {
  const Severity severity = make_error(fault, version, 0).severity;
  if (severity == Severity::malformed || severity == Severity::protocol_error) return false;
  return !is_forgivable_breach(fault, version);
}

// The standard leaves the answer open; of lengths in 5.0 it does not.
VectorKind kind_of(Fault fault, Version version) {
  const bool open = fault == Fault::dup_at_qos_0 || fault == Fault::will_topic_wildcard;
  return open || is_only_noted(fault, version) ? VectorKind::open : VectorKind::reject;
}

}  // namespace

PacketVector VectorList::made(std::string name, Draft draft) const {
  PacketVector vector{.version = version_, .sender = sender_, .name = std::move(name)};
  vector.type = static_cast<PacketType>(draft.first_byte >> 4);
  vector.draft = std::move(draft);
  return vector;
}

std::size_t VectorList::accept(std::string name, Draft draft) {
  vectors_.push_back(made(std::move(name), std::move(draft)));
  return vectors_.size() - 1;
}

void VectorList::fault(std::size_t control, std::string name, Draft draft, Fault fault, std::size_t offset,
                       std::string_view also) {
  assert(control < vectors_.size() && vectors_[control].kind == VectorKind::accept);
  PacketVector vector = made(std::move(name), std::move(draft));
  vector.finding = make_error(fault, version_, offset);
  vector.is_note = is_only_noted(fault, version_);
  vector.kind = kind_of(fault, version_);
  for (const std::string_view requirement : {vector.finding->requirement, also}) {
    if (requirement.empty()) continue;
    vector.requirements.emplace(requirement);
    vectors_[control].requirements.emplace(requirement);
  }
  vectors_.push_back(std::move(vector));
}

std::vector<PacketVector> all_vectors() {
  std::vector<PacketVector> all;
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      VectorList list(version, sender);
      add_header_vectors(list);
      if (list.v5()) add_property_vectors(list);
      add_code_vectors(list);
      add_text_vectors(list);
      add_particular_vectors(list);
      std::vector<PacketVector> some = list.take();
      all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
  }
  return all;
}

}  // namespace holdfast::mqtt
