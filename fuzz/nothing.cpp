// A target that does nothing, to measure the others against: what an engine and a sanitizer cost by
// themselves.
#include "fuzz/fuzz_target.h"

namespace holdfast::fuzz {

bool run_input(ByteView) { return true; }

}  // namespace holdfast::fuzz
