#include "conformance/engine/words.h"

#include <fmt/format.h>

namespace holdfast {

std::string in_words(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (duration < 1ms) return fmt::format("{:.3g} us", seconds * 1e6);
  if (duration < 1s) return fmt::format("{:.3g} ms", seconds * 1e3);
  return fmt::format("{:.6g} s", seconds);
}

std::string escaped(std::string_view text, std::size_t characters_max) {
  std::string result;
  for (const char c : text) {
    if (result.size() >= characters_max) return result + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      result += "\\r";
    } else if (c == '\n') {
      result += "\\n";
    } else if (byte < 0x20 || byte >= 0x7F) {
      result += fmt::format("\\x{:02X}", byte);
    } else {
      result += c;
    }
  }
  return result;
}

Duration scaled(Duration bound, double timeout_scale) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(bound.count()) * timeout_scale));
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace holdfast
