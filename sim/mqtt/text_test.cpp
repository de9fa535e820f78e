#include <gtest/gtest.h>

#include "sim/mqtt/packet_generator.h"
#include "sim/mqtt/utf8.h"

namespace holdfast::mqtt {
namespace {

TEST(ToText, Publish) {
  Publish publish{.topic = "a/b", .payload = "hello", .qos = 1, .dup = true, .packet_id = 7};
  EXPECT_EQ(to_text(publish, v5), R"(PUBLISH id 7 qos 1 dup "a/b" 5 bytes "hello")");
  EXPECT_EQ(to_text(Publish{.topic = "a", .retain = true}, v311), R"(PUBLISH retain "a" 0 bytes)");
  EXPECT_EQ(to_text(Publish{.topic = "a", .payload = "x"}, v311), R"(PUBLISH "a" 1 bytes "x")");
  publish.properties.message_expiry_interval = 30;
  publish.properties.subscription_identifiers = {1, 2};
  publish.properties.user_properties = {{"n", "v"}, {"n", ""}};
  publish.properties.content_type = "text/plain";
  EXPECT_EQ(
      to_text(publish, v5),
      R"(PUBLISH id 7 qos 1 dup "a/b" 5 bytes "hello" {Message Expiry Interval 30, Content Type "text/plain", )"
      R"(Subscription Identifier 1, 2, User Property "n"="v", "n"=""})");
}

TEST(ToText, Connect) {
  Connect connect{.client_id = "c", .keep_alive = 30};
  EXPECT_EQ(to_text(connect, v5), R"(CONNECT level 5 client "c" clean start 1 keep alive 30 s)");
  connect.protocol_level = 4;
  connect.clean_start = false;
  connect.will = Will{.topic = "w", .payload = "bye", .qos = 2, .retain = true};
  connect.user_name = "u";
  connect.password = "secret";
  EXPECT_EQ(
      to_text(connect, v311),
      R"(CONNECT level 4 client "c" clean session 0 keep alive 30 s will qos 2 retain "w" 3 bytes "bye")"
      R"( user "u" password 6 bytes)");
  connect = Connect{.keep_alive = 0, .protocol_name = "MQIsdp"};
  connect.will = Will{.topic = "w"};
  connect.will->properties.will_delay_interval = 5;
  connect.properties.receive_maximum = 10;
  EXPECT_EQ(
      to_text(connect, v5),
      R"(CONNECT protocol "MQIsdp" level 5 client "" clean start 1 keep alive 0 s will qos 0 "w" 0 bytes)"
      R"( {Will Delay Interval 5} {Receive Maximum 10})");
}

TEST(ToText, Answers) {
  EXPECT_EQ(to_text(Connack{.session_present = true}, v5), "CONNACK session present 1 0x00 Success");
  EXPECT_EQ(to_text(Connack{.reason = static_cast<ReasonCode>(2)}, v311),
            "CONNACK session present 0 0x02 Identifier rejected");
  EXPECT_EQ(to_text(Puback{.packet_id = 7}, v5), "PUBACK id 7");
  EXPECT_EQ(to_text(Pubrec{.packet_id = 7, .reason = ReasonCode::quota_exceeded}, v5),
            "PUBREC id 7 0x97 Quota exceeded");
  EXPECT_EQ(to_text(Pubrel{.packet_id = 7}, v311), "PUBREL id 7");
  EXPECT_EQ(to_text(Pubcomp{.packet_id = 7, .reason = ReasonCode::packet_identifier_not_found}, v5),
            "PUBCOMP id 7 0x92 Packet Identifier not found");
  EXPECT_EQ(
      to_text(Suback{.packet_id = 7, .reasons = {ReasonCode::success, ReasonCode::unspecified_error}}, v5),
      "SUBACK id 7 0x00 Granted QoS 0, 0x80 Unspecified error");
  EXPECT_EQ(to_text(Unsuback{.packet_id = 7, .reasons = {ReasonCode::no_subscription_existed}}, v5),
            "UNSUBACK id 7 0x11 No subscription existed");
  EXPECT_EQ(to_text(Unsuback{.packet_id = 7}, v311), "UNSUBACK id 7");
  EXPECT_EQ(to_text(Disconnect{.reason = ReasonCode::session_taken_over}, v5),
            "DISCONNECT 0x8E Session taken over");
  EXPECT_EQ(to_text(Disconnect{}, v311), "DISCONNECT");
  EXPECT_EQ(to_text(Auth{.reason = ReasonCode::reauthenticate}, v5), "AUTH 0x19 Re-authenticate");
  EXPECT_EQ(to_text(Pingreq{}, v5), "PINGREQ");
  EXPECT_EQ(to_text(Pingresp{}, v311), "PINGRESP");
}

TEST(ToText, Subscriptions) {
  Subscribe subscribe{.packet_id = 7, .requests = {{.filter = "a/#", .qos = 1}, {.filter = "b"}}};
  EXPECT_EQ(to_text(subscribe, v5), R"(SUBSCRIBE id 7 "a/#" qos 1, "b" qos 0)");
  subscribe.requests = {
      {.filter = "c", .qos = 2, .no_local = true, .retain_as_published = true, .retain_handling = 2}};
  EXPECT_EQ(to_text(subscribe, v5),
            R"(SUBSCRIBE id 7 "c" qos 2 no local retain as published retain handling 2)");
  EXPECT_EQ(to_text(Unsubscribe{.packet_id = 7, .filters = {"a", "b"}}, v5), R"(UNSUBSCRIBE id 7 "a", "b")");
}

TEST(ToText, EscapesWhatATerminalCouldObey) {
  const auto topic_text = [](std::string topic) {
    const std::string text = to_text(Publish{.topic = std::move(topic)}, v5);
    return text.substr(8, text.size() - 8 - std::string_view(" 0 bytes").size());
  };
  EXPECT_EQ(topic_text("\x1b[31m"), R"("\x1b[31m")");
  EXPECT_EQ(topic_text("a\nb\r\tc"), R"("a\x0ab\x0d\x09c")");
  EXPECT_EQ(topic_text(std::string("\0", 1)), R"("\x00")");
  EXPECT_EQ(topic_text("\x7F"), R"("\x7f")");
  EXPECT_EQ(topic_text("\xFF\xC3"), R"("\xff\xc3")");
  EXPECT_EQ(topic_text("\xC2\x9B"
                       "31m"),
            R"("\xc2\x9b31m")");  // CSI in one character
  EXPECT_EQ(topic_text("\xE2\x80\xAE"
                       "x"),
            R"("\xe2\x80\xaex")");                             // right-to-left override
  EXPECT_EQ(topic_text("\xE2\x80\xA8"), R"("\xe2\x80\xa8")");  // line separator
  EXPECT_EQ(topic_text("\xEF\xBB\xBF"), R"("\xef\xbb\xbf")");  // byte order mark
  EXPECT_EQ(topic_text("\"\\"), R"("\"\\")");
  EXPECT_EQ(topic_text("\xC3\xA9\xE2\x82\xAC"), "\"\xC3\xA9\xE2\x82\xAC\"");
}

TEST(ToText, CutsWhatIsLongAndTellsItsLength) {
  EXPECT_EQ(to_text(Publish{.topic = "a", .payload = std::string(1'000'000, 'x')}, v5),
            "PUBLISH \"a\" 1000000 bytes \"" + std::string(32, 'x') + "\"...");
  EXPECT_EQ(to_text(Publish{.topic = std::string(60'000, 't')}, v5),
            "PUBLISH \"" + std::string(256, 't') + "\"... (60000 bytes) 0 bytes");
  Suback suback{.packet_id = 1, .reasons = std::vector<ReasonCode>(20, ReasonCode::granted_qos_1)};
  const std::string text = to_text(suback, v5);
  EXPECT_TRUE(text.ends_with("0x01 Granted QoS 1, and 4 more")) << text;
}

TEST(ToText, IsOneLineOfTextForAnyPacket) {
  TestNumbers numbers(11);
  for (const Version version : {v311, v5}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      PacketGenerator generator(12, version, sender);
      for (int i = 0; i < 1'000; ++i) {
        const std::string text = to_text(generator.packet(), version);
        ASSERT_EQ(inspect_text(text), TextFinding{}) << text;
        ASSERT_LT(text.size(), 50'000u);
        ASSERT_FALSE(text.ends_with(' '));
      }
    }
  }
  for (int i = 0; i < 2'000; ++i) {
    std::string noise(numbers.below(60), '\0');
    for (char& byte : noise) byte = static_cast<char>(numbers.below(256));
    ASSERT_EQ(inspect_text(to_text(Publish{.topic = noise, .payload = noise}, v5)), TextFinding{});
  }
}

}  // namespace
}  // namespace holdfast::mqtt
