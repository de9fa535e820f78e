#include "conformance/engine/live_url.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(LiveUrl, HostAloneGetsTheDefaultPort) {
  const auto address = parse_live_url("mqtt://broker.example");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->endpoint.host, "broker.example");
  EXPECT_EQ(address->endpoint.port, 1883);
  EXPECT_EQ(address->url, "mqtt://broker.example:1883");
  EXPECT_FALSE(address->credentials.user_name.has_value());
}

TEST(LiveUrl, CredentialsAreDecodedAndKeptFromWhatIsShown) {
  const auto address = parse_live_url("mqtt://us%40er:pa:ss%2F@10.0.0.1:2883/");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->credentials.user_name, "us@er");
  EXPECT_EQ(address->credentials.password, "pa:ss/");
  EXPECT_EQ(address->endpoint.host, "10.0.0.1");
  EXPECT_EQ(address->endpoint.port, 2883);
  EXPECT_EQ(address->url, "mqtt://10.0.0.1:2883");
}

TEST(LiveUrl, UserWithoutPassword) {
  const auto address = parse_live_url("mqtt://user@host");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->credentials.user_name, "user");
  EXPECT_FALSE(address->credentials.password.has_value());
}

TEST(LiveUrl, Ipv6StandsInBrackets) {
  const auto address = parse_live_url("mqtt://[::1]:1884");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->endpoint.host, "::1");
  EXPECT_EQ(address->endpoint.port, 1884);
  EXPECT_EQ(address->host_and_port, "[::1]:1884");
}

TEST(LiveUrl, EveryMistakeIsNamed) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"", "no scheme"},
      {"localhost:1883", "no scheme"},
      {"http://localhost", "'http' is not supported"},
      {"mqtts://localhost", "'mqtts' is not supported"},
      {"mqtt://", "no host"},
      {"mqtt://:1883", "no host"},
      {"mqtt://host:", "the port"},
      {"mqtt://host:0", "the port"},
      {"mqtt://host:65536", "the port"},
      {"mqtt://host:18x3", "the port"},
      {"mqtt://[::1", "bracket"},
      {"mqtt://[::1]1883", "the port"},
      {"mqtt://host/path", "no path"},
      {"mqtt://@host", "user name"},
      {"mqtt://a%4@host", "user name"},
      {"mqtt://a%zz@host", "user name"},
  };
  for (const auto& [url, words] : mistakes) {
    const auto address = parse_live_url(url);
    ASSERT_FALSE(address.has_value()) << url;
    EXPECT_NE(address.error().find(words), std::string::npos) << url << ": " << address.error();
  }
}

TEST(LiveUrl, ErrorNeverRepeatsAPassword) {
  for (const char* url :
       {"http://u:secret@h", "mqtt://u:secret%@h", "mqtt://u:secret@h:x", "mqtt://u:secret@"}) {
    EXPECT_EQ(parse_live_url(url).error().find("secret"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace holdfast
