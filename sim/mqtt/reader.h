// Reads the fields of one packet that has arrived whole, and judges them by the rules that hold for every
// field: a field is not cut off, a string is UTF-8. The first fault ends the reading; notes are collected.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/faults.h"
#include "sim/mqtt/utf8.h"
#include "sim/mqtt/wire.h"

namespace holdfast::mqtt {

// A hostile packet could hold millions of small breaches; more than this many are not told.
inline constexpr std::size_t notes_max = 16;

// All members that return bool return false if the packet is faulty; then error() says how. What loops over
// many small fields call is always inlined: a reader that no call sees can live in registers.
class Reader {
 public:
  Reader(ByteView packet, Version version, Sender sender, bool forgiving, std::vector<DecodeError>& notes)
      : start_(packet.data()),
        at_(packet.data()),
        end_(packet.data() + packet.size()),
        version_(version),
        sender_(sender),
        forgiving_(forgiving),
        cut_off_(layout_fault()),
        notes_(notes) {}

  Version version() const { return version_; }
  Sender sender() const { return sender_; }
  bool v5() const { return version_ == Version::v5; }
  bool forgiving() const { return forgiving_; }
  // What was wrong, after a member has returned false.
  DecodeError error() const { return make_error(fault_, version_, fault_offset_); }

  std::size_t offset() const { return static_cast<std::size_t>(at_ - start_); }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  const std::uint8_t* at() const { return at_; }

  bool fail(Fault fault, std::size_t offset) {
    fault_ = fault;
    fault_offset_ = offset;
    return false;
  }
  // Takes the place and the fault over from a copy of this reader, which a loop made to keep them in
  // registers.
  void go_on_from(const Reader& copy) {
    at_ = copy.at_;
    fault_ = copy.fault_;
    fault_offset_ = copy.fault_offset_;
  }

  [[gnu::always_inline]] void note(Fault fault, std::size_t offset) {
    if (notes_.size() < notes_max) notes_.push_back(make_error(fault, version_, offset));
  }

  // Fails or notes, as grave as the fault is.
  [[nodiscard]] bool judge(Fault fault, std::size_t offset) {
    const Severity severity = rule_of(fault).severity;
    if (severity == Severity::malformed || severity == Severity::protocol_error) return fail(fault, offset);
    if (!forgiving_ && is_forgivable_breach(fault, version_)) return fail(fault, offset);
    note(fault, offset);
    return true;
  }

  // The packet is shorter or longer than its fields, where no statement is closer.
  Fault layout_fault() const {
    return sender_ == Sender::client ? Fault::layout_client : Fault::layout_server;
  }

  // What it means that a field is cut off; changes as one goes through the packet. Returns what it meant
  // before.
  Fault set_cut_off(Fault fault) { return std::exchange(cut_off_, fault); }
  bool fail_cut_off(std::size_t offset) { return fail(cut_off_, offset); }

  [[nodiscard, gnu::always_inline]] bool byte(std::uint8_t& value) {
    if (left() < 1) return fail_cut_off(offset());
    value = *at_++;
    return true;
  }

  [[nodiscard, gnu::always_inline]] bool two_bytes(std::uint16_t& value) {
    if (left() < 2) return fail_cut_off(offset());
    value = static_cast<std::uint16_t>(at_[0] << 8 | at_[1]);
    at_ += 2;
    return true;
  }

  [[nodiscard]] bool four_bytes(std::uint32_t& value) {
    if (left() < 4) return fail_cut_off(offset());
    value = static_cast<std::uint32_t>(at_[0]) << 24 | static_cast<std::uint32_t>(at_[1]) << 16 |
            static_cast<std::uint32_t>(at_[2]) << 8 | at_[3];
    at_ += 4;
    return true;
  }

  [[nodiscard]] bool variable(std::uint32_t& value) {
    const VariableInteger integer = read_variable(at_, end_);
    if (integer.state == VariableInteger::State::cut_off) return fail_cut_off(offset());
    if (integer.state == VariableInteger::State::too_long) {
      return fail(Fault::length_over_four_bytes, offset());
    }
    if (!integer.is_minimal() && !judge(Fault::length_not_minimal, offset())) return false;
    value = integer.value;
    at_ += integer.size;
    return true;
  }

  // A length of two bytes and that many bytes, whatever they are.
  [[nodiscard, gnu::always_inline]] bool binary(std::string_view& value) {
    const std::size_t field = offset();
    std::uint16_t size = 0;
    if (!two_bytes(size)) return false;
    if (left() < size) return fail_cut_off(field);
    value = as_text(at_, size);
    at_ += size;
    return true;
  }

  // The same, and the bytes are UTF-8.
  [[nodiscard, gnu::always_inline]] bool text(std::string_view& value, Fault ill_formed = Fault::ill_formed,
                                              Fault null_character = Fault::null_character) {
    if (!binary(value)) return false;
    const TextFinding finding = inspect_text(value);
    if (finding.kind == TextFinding::Kind::none) return true;
    const std::size_t where = offset() - value.size() + finding.at;
    if (finding.kind == TextFinding::Kind::ill_formed) return fail(ill_formed, where);
    if (finding.kind == TextFinding::Kind::null_character) return fail(null_character, where);
    note(Fault::discouraged_character, where);
    return true;
  }

  void skip(std::size_t bytes) {
    assert(bytes <= left());
    at_ += bytes;
  }

  // Makes the packet end early, for a block inside it; returns the old end for restore_end.
  const std::uint8_t* set_end_after(std::size_t bytes) {
    assert(bytes <= left());
    const std::uint8_t* before = end_;
    end_ = at_ + bytes;
    return before;
  }
  void restore_end(const std::uint8_t* end) { end_ = end; }

 private:
  const std::uint8_t* start_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  Version version_;
  Sender sender_;
  bool forgiving_;
  Fault cut_off_;
  Fault fault_ = Fault::layout_client;
  std::size_t fault_offset_ = 0;
  std::vector<DecodeError>& notes_;
};

}  // namespace holdfast::mqtt
