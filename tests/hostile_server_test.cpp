// A hostile server that is not hostile tests nothing, so what each sends is looked at here.
#include "tests/hostile_server.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <string>

namespace holdfast::test {
namespace {

using asio::ip::tcp;
using namespace std::string_literals;

const std::string connect_3_1_1 = "\x10\x0D\x00\x04MQTT\x04\x02\x00\x00\x00\x01x"s;
const std::string connect_5 = "\x10\x0E\x00\x04MQTT\x05\x02\x00\x00\x00\x00\x01x"s;

struct Heard {
  std::string bytes;
  std::string end;  // "fin", "reset", "open"
};

// What comes within a short time, up to `size_max` bytes.
Heard listen_to(tcp::socket& socket, std::size_t size_max) {
  Heard heard{{}, "open"};
  while (heard.bytes.size() < size_max) {
    pollfd readable{socket.native_handle(), POLLIN, 0};
    if (poll(&readable, 1, 300) <= 0) break;
    std::array<char, 4096> buffer;
    asio::error_code error;
    const std::size_t size = socket.read_some(asio::buffer(buffer), error);
    heard.bytes.append(buffer.data(), size);
    if (error) {
      heard.end = error == asio::error::eof ? "fin" : "reset";
      break;
    }
  }
  return heard;
}

Heard say(const std::string& mode, const std::string& words, std::size_t size_max = 100'000) {
  const Hostility* const hostility = find_hostility(mode);
  if (hostility == nullptr) return {"there is no " + mode, ""};
  const HostileServer server(*hostility);
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), server.port()});
  asio::error_code error;
  if (!words.empty()) asio::write(socket, asio::buffer(words), error);
  return listen_to(socket, size_max);
}

TEST(HostileServer, SilenceIsSilent) {
  const Heard heard = say("silent", connect_5);
  EXPECT_EQ(heard.bytes, "");
  EXPECT_EQ(heard.end, "open");
}

TEST(HostileServer, GarbageComesUnasked) { EXPECT_EQ(say("garbage", "").bytes.size(), 4096); }

TEST(HostileServer, AWebServerAnswersInItsOwnWords) {
  const Heard heard = say("http", connect_5);
  EXPECT_EQ(heard.bytes.rfind("HTTP/1.1 400", 0), 0);
  EXPECT_EQ(heard.end, "fin");
}

TEST(HostileServer, FloodsDoNotEnd) {
  const std::string publish = "\x30\x0E\x00\x05"s + "flood" + "\x00"s + "payload";
  const Heard before = say("flood-before-connack", connect_5);
  EXPECT_EQ(before.bytes.substr(0, 2 * publish.size()), publish + publish);
  EXPECT_GE(before.bytes.size(), 100'000);
  const Heard after = say("flood-after-connack", connect_3_1_1);
  EXPECT_EQ(after.bytes.substr(0, 4 + publish.size()), "\x20\x02\x00\x00"s + publish);
  EXPECT_GE(after.bytes.size(), 100'000);
  EXPECT_GE(say("flood-garbage", "").bytes.size(), 100'000);
  EXPECT_EQ(say("huge-length", connect_5).bytes.substr(0, 10), "\x20\x03\x00\x00\x00\x30\xFF\xFF\xFF\x7F"s);
}

TEST(HostileServer, EndsLookAsTheyAreCalled) {
  EXPECT_EQ(say("close-at-once", "").end, "fin");
  EXPECT_EQ(say("reset-at-once", "").end, "reset");
  EXPECT_EQ(say("reset-at-connect", connect_5).end, "reset");
  const Heard half = say("close-mid-packet", connect_5);
  EXPECT_EQ(half.bytes, "\x20\x03"s);
  EXPECT_EQ(half.end, "fin");
}

TEST(HostileServer, ConnackIsOfTheVersionAskedForOrOfTheOther) {
  EXPECT_EQ(say("connack-then-silent", connect_5).bytes, "\x20\x03\x00\x00\x00"s);
  EXPECT_EQ(say("connack-then-silent", connect_3_1_1).bytes, "\x20\x02\x00\x00"s);
  EXPECT_EQ(say("wrong-version-connack", connect_5).bytes, "\x20\x02\x00\x00"s);
  EXPECT_EQ(say("wrong-version-connack", connect_3_1_1).bytes, "\x20\x03\x00\x00\x00"s);
}

TEST(HostileServer, DripsSlowly) { EXPECT_EQ(say("slow-drip", connect_5).bytes, "\x30"s); }

}  // namespace
}  // namespace holdfast::test
