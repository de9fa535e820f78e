#include <random>

#include "tests/hostile_server.h"

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Connack = Hostility::Connack;
using End = Hostility::End;

// PUBLISH, QoS 0, topic "flood". Behind the topic stands a zero, which ends the properties of 5.0 and begins
// the payload of 3.1.1.
const std::string publish = "\x30\x0E\x00\x05"s + "flood" + "\x00"s + "payload";

// The same at every start.
std::string random_bytes(std::size_t size) {
  std::mt19937 generator(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(generator());
  return bytes;
}

std::string repeated(const std::string& packet, int times) {
  std::string bytes;
  for (int i = 0; i < times; ++i) bytes += packet;
  return bytes;
}

std::vector<Hostility> make_hostilities() {
  const std::string connack_5 = "\x20\x03\x00\x00\x00"s;
  const std::string http =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 11\r\nConnection: "
      "close\r\n\r\n"
      "Bad Request";
  const std::string flood = repeated(publish, 1000);
  return {
      {.name = "silent", .what = "accepts and never answers"},
      {.name = "garbage",
       .what = "random bytes at once",
       .waits_for_connect = false,
       .bytes = random_bytes(4096)},
      {.name = "http", .what = "a web server's 400 and FIN", .bytes = http, .end = End::fin},
      {.name = "flood-before-connack", .what = "PUBLISH for ever, no CONNACK", .repeated = flood},
      {.name = "flood-after-connack",
       .what = "CONNACK, then PUBLISH for ever",
       .connack = Connack::of_the_client_s_version,
       .repeated = flood},
      {.name = "flood-garbage",
       .what = "random bytes for ever, at once",
       .waits_for_connect = false,
       .repeated = random_bytes(65536)},
      {.name = "flood-garbage-after-connack",
       .what = "CONNACK, then random bytes for ever",
       .connack = Connack::of_the_client_s_version,
       .repeated = random_bytes(65536)},
      {.name = "close-mid-packet",
       .what = "half a CONNACK, then FIN",
       .bytes = connack_5.substr(0, 2),
       .end = End::fin},
      {.name = "close-at-once", .what = "FIN when connected", .waits_for_connect = false, .end = End::fin},
      {.name = "reset-at-once", .what = "RST when connected", .waits_for_connect = false, .end = End::reset},
      {.name = "reset-at-connect", .what = "RST instead of CONNACK", .end = End::reset},
      {.name = "connack-then-silent",
       .what = "CONNACK and nothing more",
       .connack = Connack::of_the_client_s_version},
      {.name = "connack-then-reset",
       .what = "CONNACK, then RST",
       .connack = Connack::of_the_client_s_version,
       .end = End::reset},
      {.name = "huge-length",
       .what = "CONNACK, then the fixed header of a PUBLISH of 256 MB, and zeroes for ever",
       .connack = Connack::of_the_client_s_version,
       .bytes = "\x30\xFF\xFF\xFF\x7F"s,
       .repeated = std::string(65536, '\0')},
      {.name = "huge-connack",
       .what = "the fixed header of a CONNACK of 256 MB, and zeroes for ever",
       .bytes = "\x20\xFF\xFF\xFF\x7F"s,
       .repeated = std::string(65536, '\0')},
      {.name = "endless-length",
       .what = "a Remaining Length of more than four bytes",
       .bytes = "\x20\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s},
      {.name = "slow-drip",
       .what = "a byte each second of a PUBLISH that has no end",
       .bytes = "\x30"s,
       .repeated = "\xFF"s,
       .between_repeats = 1000ms},
      {.name = "wrong-version-connack",
       .what = "the CONNACK of the version that was not asked for",
       .connack = Connack::of_the_other_version},
      {.name = "second-connack",
       .what = "CONNACK twice",
       .connack = Connack::of_the_client_s_version,
       .bytes = connack_5},
      {.name = "refusing-connack",
       .what = "CONNACK that says Unsupported Protocol Version in the words of 5.0",
       .bytes = "\x20\x03\x00\x84\x00"s,
       .end = End::fin},
      {.name = "disconnect-first",
       .what = "DISCONNECT instead of CONNACK",
       .bytes = "\xE0\x00"s,
       .end = End::fin},
  };
}

}  // namespace

const std::vector<Hostility>& all_hostilities() {
  static const std::vector<Hostility> hostilities = make_hostilities();
  return hostilities;
}

const Hostility* find_hostility(std::string_view name) {
  for (const Hostility& hostility : all_hostilities()) {
    if (hostility.name == name) return &hostility;
  }
  return nullptr;
}

}  // namespace holdfast::test
