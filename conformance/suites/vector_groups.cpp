#include "conformance/suites/vector_groups.h"

#include "conformance/suites/vector_bytes.h"

namespace holdfast {

namespace {

using mqtt::PacketType;
using mqtt::PacketVector;

// A case sends no more vectors than this, spread evenly over all that break the rule.
constexpr std::size_t vectors_max = 12;

// Whether a server that takes this packet may have a reason that the rule does not know.
bool is_out_of_the_question(const RejectRule& rule, const PacketVector& vector) {
  if (rule.slug != "unknown-protocol-level") return false;
  // Level 3 and 5 are other versions of MQTT, and those from 0x80 are in use between brokers.
  return vector.name == "protocol/level-3" || vector.name == "protocol/level-5" ||
         vector.name == "protocol/level-128" || vector.name == "protocol/level-132" ||
         vector.name == "protocol/level-133";
}

bool has_case(const RejectRule& rule, PacketType type) {
  if (type == PacketType::unsubscribe) return rule.grade != RejectGrade::granted;
  return type != PacketType::auth || rule.section.starts_with("3.15") || rule.slug == "forbidden-type";
}

// Evenly spread, the first one among them.
std::vector<const PacketVector*> some_of(const std::vector<const PacketVector*>& all) {
  if (all.size() <= vectors_max) return all;
  std::vector<const PacketVector*> some;
  for (std::size_t i = 0; i < vectors_max; ++i) some.push_back(all[i * all.size() / vectors_max]);
  return some;
}

const PacketVector* twin_of(const RejectRule& rule, PacketType type) {
  if (type == PacketType::auth) return nullptr;  // without a fault it is out of place all the same
  for (const PacketVector& vector : client_vectors()) {
    const bool is_plain = vector.kind == mqtt::VectorKind::accept && vector.name == "plain";
    if (is_plain && vector.version == rule.version && vector.type == type) return &vector;
  }
  return nullptr;
}

}  // namespace

std::vector<VectorGroup> groups_of(const RejectRule& rule) {
  std::vector<VectorGroup> groups;
  for (unsigned code = 0; code < 16; ++code) {
    const auto type = static_cast<PacketType>(code);
    if (!has_case(rule, type)) continue;
    std::vector<const PacketVector*> all;
    for (const PacketVector& vector : client_vectors()) {
      const bool is_meant = vector.kind == mqtt::VectorKind::reject && vector.version == rule.version &&
                            vector.type == type && vector.finding->requirement == rule.broken;
      if (is_meant && !is_out_of_the_question(rule, vector)) all.push_back(&vector);
    }
    if (all.empty()) continue;
    groups.push_back({.rule = &rule,
                      .type = type,
                      .vectors = some_of(all),
                      .found = all.size(),
                      .twin = twin_of(rule, type)});
  }
  return groups;
}

}  // namespace holdfast
