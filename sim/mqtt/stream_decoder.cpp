#include <cassert>

#include "sim/mqtt/codec.h"

namespace holdfast::mqtt {

void StreamDecoder::feed(ByteView bytes) {
  if (!failed_.empty()) return;  // nothing will ever be read again
  // Moving what is left to the front costs no more than the packets that have been taken since the last time.
  if (consumed_ > 0 && consumed_ >= buffered()) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

DecodeResult StreamDecoder::next() {
  if (!failed_.empty()) return failed_.front();
  DecodeResult result = decode(buffered_bytes(), options_);
  if (const auto* decoded = std::get_if<Decoded>(&result)) {
    assert(decoded->size > 0 && decoded->size <= buffered());
    consumed_ += decoded->size;
  } else if (const auto* error = std::get_if<DecodeError>(&result)) {
    failed_.push_back(*error);
  }
  return result;
}

}  // namespace holdfast::mqtt
