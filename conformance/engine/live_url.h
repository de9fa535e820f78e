// The address of a live system under test, as it is given on the command line.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/client/client.h"
#include "sim/live/tcp.h"

namespace holdfast {

struct LiveAddress {
  TcpEndpoint endpoint{};
  Credentials credentials{};
  std::string host_and_port{};  // "127.0.0.1:1883", "[::1]:1883"
  std::string url{};            // without credentials: "mqtt://127.0.0.1:1883"
};

// mqtt://[user[:password]@]host[:port], with %XX in user and password, and IPv6 addresses in brackets. The
// error is one line that says what is wrong and never repeats a password.
tl::expected<LiveAddress, std::string> parse_live_url(std::string_view url);

}  // namespace holdfast
