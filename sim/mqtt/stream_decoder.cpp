#include <cassert>

#include "sim/mqtt/codec.h"
#include "sim/mqtt/view.h"

namespace holdfast::mqtt {

void StreamDecoder::feed(ByteView bytes) {
  if (failed_) return;  // nothing will ever be read again
  // Moving what is left to the front costs no more than the packets that have been taken since the last time.
  if (consumed_ > 0 && consumed_ >= buffered()) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

ViewResult StreamDecoder::next_view(DecodedView& decoded) {
  if (failed_) return *failed_;
  ViewResult result = decode_view(buffered_bytes(), options_, decoded);
  if (const auto* whole = std::get_if<Whole>(&result)) {
    assert(whole->size > 0 && whole->size <= buffered());
    consumed_ += whole->size;
  } else if (const auto* error = std::get_if<DecodeError>(&result)) {
    failed_ = *error;
  }
  return result;
}

DecodeResult StreamDecoder::next() {
  DecodedView view;
  return own(next_view(view), view);
}

}  // namespace holdfast::mqtt
