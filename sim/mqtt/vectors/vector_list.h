// Gathers the vectors of one version and direction.
#pragma once

#include <string>
#include <vector>

#include "sim/mqtt/rules.h"
#include "sim/mqtt/vectors/packet_vector.h"

namespace holdfast::mqtt {

class VectorList {
 public:
  VectorList(Version version, Sender sender) : version_(version), sender_(sender) {}

  Version version() const { return version_; }
  Sender sender() const { return sender_; }
  bool v5() const { return version_ == Version::v5; }
  bool may_send(PacketType type) const { return mqtt::may_send(rule_of(type), sender_, version_); }
  // The packet is shorter or longer than its fields.
  Fault layout() const { return sender_ == Sender::client ? Fault::layout_client : Fault::layout_server; }

  // An accepted packet. Returns its number, for `control` below.
  std::size_t accept(std::string name, Draft draft);
  // A packet with one fault. `control` is the number of the same packet without it, which therefore keeps the
  // requirement that this one breaks. `also` is another requirement on the field, or empty.
  void fault(std::size_t control, std::string name, Draft draft, Fault fault, std::size_t offset,
             std::string_view also = {});

  // The accepted packet keeps this requirement as well.
  void keep(std::size_t number, std::string_view requirement) {
    vectors_[number].requirements.emplace(requirement);
  }

  const Draft& draft(std::size_t number) const { return vectors_[number].draft; }
  std::vector<PacketVector> take() { return std::move(vectors_); }

 private:
  PacketVector made(std::string name, Draft draft) const;

  Version version_;
  Sender sender_;
  std::vector<PacketVector> vectors_;
};

// The smallest packet of that type in which every field stands that may stand there once, with no properties
// beyond those that it must have.
Draft plain_draft(Version version, Sender sender, PacketType type);
// A CONNECT with will, user name and password.
Draft full_connect(Version version);

// Where these vectors come from, each for one version and direction.
void add_header_vectors(VectorList& list);      // first byte, Remaining Length, fields cut off
void add_property_vectors(VectorList& list);    // driven by the table of properties
void add_code_vectors(VectorList& list);        // driven by the table of reason codes
void add_text_vectors(VectorList& list);        // strings, topics, filters
void add_particular_vectors(VectorList& list);  // what no table says

}  // namespace holdfast::mqtt
