#include "conformance/engine/live_url.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "conformance/engine/words.h"

namespace holdfast {

namespace {

constexpr std::uint16_t default_port = 1883;
constexpr std::string_view wanted = "expected mqtt://[user[:password]@]host[:port]";

tl::unexpected<std::string> wrong(std::string_view what) {
  return tl::unexpected(fmt::format("{}; {}", what, wanted));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned byte = 0;
    const char* const end = text.data() + i + 3;
    const auto [rest, error] = std::from_chars(text.data() + i + 1, end, byte, 16);
    if (error != std::errc() || rest != end) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

std::optional<Credentials> credentials_of(std::string_view text) {
  Credentials credentials;
  const std::size_t colon = text.find(':');
  credentials.user_name = percent_decoded(text.substr(0, colon));
  if (!credentials.user_name || credentials.user_name->empty()) return std::nullopt;
  if (colon == std::string_view::npos) return credentials;
  credentials.password = percent_decoded(text.substr(colon + 1));
  if (!credentials.password) return std::nullopt;
  return credentials;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || rest != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

tl::expected<LiveAddress, std::string> parse_live_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return wrong("the URL has no scheme");
  const std::string_view scheme = url.substr(0, scheme_end);
  if (scheme != "mqtt" && scheme != "tcp") {
    return wrong(fmt::format("the scheme '{}' is not supported", escaped(scheme, 20)));
  }
  std::string_view rest = url.substr(scheme_end + 3);

  LiveAddress address;
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    const auto credentials = credentials_of(rest.substr(0, at));
    if (!credentials) return wrong("user name or password cannot be read");
    address.credentials = *credentials;
    rest.remove_prefix(at + 1);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != std::string_view::npos) return wrong("an mqtt:// URL has no path");

  const bool is_bracketed = rest.starts_with('[');
  const std::size_t host_end = is_bracketed ? rest.find(']') : rest.find(':');
  if (is_bracketed && host_end == std::string_view::npos) return wrong("the bracket is not closed");
  address.endpoint.host = is_bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  if (address.endpoint.host.empty()) return wrong("the URL has no host");
  const std::size_t host_size = is_bracketed ? host_end + 1 : std::min(host_end, rest.size());
  const std::string_view host = rest.substr(0, host_size);
  rest.remove_prefix(host_size);

  address.endpoint.port = default_port;
  if (!rest.empty()) {
    const auto port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt;
    if (!port) return wrong("the port is not a number from 1 to 65535");
    address.endpoint.port = *port;
  }
  address.host_and_port = fmt::format("{}:{}", host, address.endpoint.port);
  address.url = "mqtt://" + address.host_and_port;
  return address;
}

}  // namespace holdfast
