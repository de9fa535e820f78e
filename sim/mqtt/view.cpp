#include "sim/mqtt/view.h"

#include <cassert>

#include "sim/mqtt/wire.h"

namespace holdfast::mqtt {

std::uint32_t PropertyCursor::take_integer(int bytes) {
  assert(end_ - at_ >= bytes);
  std::uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | *at_++;
  return value;
}

std::uint32_t PropertyCursor::take_variable() {
  const VariableInteger integer = read_variable(at_, end_);
  assert(integer.state == VariableInteger::State::whole);
  at_ += integer.size;
  return integer.value;
}

std::string_view PropertyCursor::take_text() {
  const std::size_t size = take_integer(2);
  assert(static_cast<std::size_t>(end_ - at_) >= size);
  const std::string_view text = as_text(at_, size);
  at_ += size;
  return text;
}

PropertyView PropertyCursor::next() {
  PropertyView property;
  property.id = static_cast<PropertyId>(take_variable());
  switch (rule_of(property.id).type) {
    case PropertyType::none:
      assert(false && "the block holds an unknown property");
      break;
    case PropertyType::byte:
      property.number = take_integer(1);
      break;
    case PropertyType::two_bytes:
      property.number = take_integer(2);
      break;
    case PropertyType::four_bytes:
      property.number = take_integer(4);
      break;
    case PropertyType::variable:
      property.number = take_variable();
      break;
    case PropertyType::text:
    case PropertyType::binary:
      property.text = take_text();
      break;
    case PropertyType::text_pair:
      property.text = take_text();
      property.value = take_text();
      break;
  }
  return property;
}

PropertiesView::PropertiesView(ByteView block) : block_(block) {
  PropertyCursor properties(block);
  while (!properties.done()) set_present(properties.next().id);
}

PropertyView PropertiesView::get(PropertyId id) const {
  assert(has(id));
  PropertyCursor properties(block_);
  PropertyView property = properties.next();
  while (property.id != id) property = properties.next();
  return property;
}

namespace {

std::string_view take_string(const std::uint8_t*& at) {
  const std::size_t size = static_cast<std::size_t>(at[0] << 8 | at[1]);
  const std::string_view text = as_text(at + 2, size);
  at += 2 + size;
  return text;
}

}  // namespace

SubscriptionRequestView read_subscription_request(const std::uint8_t*& at) {
  SubscriptionRequestView request;
  request.filter = take_string(at);
  const std::uint8_t options = *at++;
  request.qos = options & 3;
  request.no_local = (options >> 2 & 1) != 0;
  request.retain_as_published = (options >> 3 & 1) != 0;
  request.retain_handling = options >> 4 & 3;
  return request;
}

std::string_view read_filter(const std::uint8_t*& at) { return take_string(at); }

}  // namespace holdfast::mqtt
