// Blocks in wire form for the views, written into memory of the caller: what append_property and its like do,
// without growing anything. For those who send much.
#pragma once

#include <cassert>
#include <span>
#include <string_view>

#include "sim/mqtt/view.h"
#include "sim/mqtt/wire.h"

namespace holdfast::mqtt {

// REQUIRES of all members: room for what is written. Strings longer than 65,535 bytes are cut.
class BlockWriter {
 public:
  explicit BlockWriter(std::span<std::uint8_t> room)
      : start_(room.data()), end_(room.data() + room.size()), writer_(room.data()) {}

  // REQUIRES: `id` is a property of numbers.
  void property(PropertyId id, std::uint32_t number) {
    need(6);
    begin(id);
    switch (rule_of(id).type) {
      case PropertyType::byte:
        return writer_.byte(static_cast<std::uint8_t>(number));
      case PropertyType::two_bytes:
        return writer_.two_bytes(static_cast<std::uint16_t>(number));
      case PropertyType::four_bytes:
        return writer_.four_bytes(number);
      case PropertyType::variable:
        return writer_.variable(number);
      default:
        assert(false && "the property is not a number");
    }
  }

  // REQUIRES: `id` is a property of text or of binary data.
  void property(PropertyId id, std::string_view text) {
    assert(rule_of(id).type == PropertyType::text || rule_of(id).type == PropertyType::binary);
    need(3 + text.size());
    begin(id);
    writer_.text(text);
  }

  void user_property(std::string_view name, std::string_view value) {
    need(5 + name.size() + value.size());
    begin(PropertyId::user_property);
    writer_.text(name);
    writer_.text(value);
  }

  // One Topic Filter with its Subscription Options, for RequestsView.
  void request(const SubscriptionRequestView& request) {
    need(3 + request.filter.size());
    writer_.text(request.filter);
    writer_.byte(static_cast<std::uint8_t>((request.qos & 3u) | (request.no_local ? 0x04u : 0) |
                                           (request.retain_as_published ? 0x08u : 0) |
                                           (request.retain_handling & 3u) << 4));
  }

  // What has been written, which is all of one kind.
  ByteView block() const { return {start_, writer_.at()}; }
  PropertiesView properties() const {
    PropertiesView view;
    view.present_ = present_;
    view.block_ = block();
    return view;
  }

 private:
  void need([[maybe_unused]] std::size_t bytes) const {
    assert(static_cast<std::size_t>(end_ - writer_.at()) >= bytes);
  }
  void begin(PropertyId id) {
    present_ |= std::uint64_t{1} << static_cast<unsigned>(id);
    writer_.byte(static_cast<std::uint8_t>(id));
  }

  const std::uint8_t* start_;
  const std::uint8_t* end_;
  Writer writer_;
  std::uint64_t present_ = 0;
};

}  // namespace holdfast::mqtt
