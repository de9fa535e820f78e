// Subscriptions, retained messages, and what a subscriber gets of a message.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/broker/test_client.h"

namespace holdfast::broker {
namespace {

using mqtt::ReasonCode;
using Payloads = std::vector<std::string>;

class Subscribing : public testing::Test {
 protected:
  void SetUp() override {
    client.connect(v5_connect("c", 100));
    publisher.connect(v5_connect("p"));
  }

  World world;
  TestClient client = world.client();
  TestClient publisher = world.client();
};

TEST_F(Subscribing, GrantsWhatIsAskedAndDeliversAtTheLowerQos) {
  for (std::uint8_t granted = 0; granted <= 2; ++granted) {
    EXPECT_EQ(client.subscribe({.filter = "t", .qos = granted}), static_cast<ReasonCode>(granted));
    for (std::uint8_t published = 0; published <= 2; ++published) {
      publisher.publish("t", "x", published, 1);
      EXPECT_EQ(client.expect<mqtt::Publish>().qos, std::min(granted, published));
    }
  }
}

TEST_F(Subscribing, MatchesWildcards) {
  struct Row {
    std::string filter;
    std::string topic;
    bool matches;
  };
  const std::vector<Row> rows{
      {"#", "a", true},       {"#", "a/b/c", true},   {"#", "$a/b", false},     {"+/b", "$a/b", false},
      {"$a/#", "$a/b", true}, {"a/#", "a", true},     {"a/#", "a/b", true},     {"a/#", "ab", false},
      {"a/+", "a/", true},    {"a/+", "a", false},    {"+/+", "/a", true},      {"+", "/a", false},
      {"/+", "/a", true},     {"+", "a", true},       {"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false},
      {"a", "A", false},      {"+/b/#", "a/b", true},
  };
  for (const Row& row : rows) {
    client.subscribe({.filter = row.filter});
    publisher.publish(row.topic, "x");
    EXPECT_EQ(client.has_more(), row.matches) << row.filter << " " << row.topic;
    client.rest();
    client.send(mqtt::Unsubscribe{.packet_id = 1, .filters = {row.filter}});
    EXPECT_EQ(client.expect<mqtt::Unsuback>().reasons, std::vector{ReasonCode::success});
    publisher.publish(row.topic, "x");
    EXPECT_FALSE(client.has_more());
  }
}

TEST_F(Subscribing, RefusesBadFiltersOneByOne) {
  client.send(mqtt::Subscribe{.packet_id = 3,
                              .requests = {{.filter = "a/#/b"},
                                           {.filter = "ok", .qos = 1},
                                           {.filter = "a+"},
                                           {.filter = "$share//t"},
                                           {.filter = "$share/g"}}});
  EXPECT_EQ(client.expect<mqtt::Suback>().reasons,
            (std::vector{ReasonCode::topic_filter_invalid, ReasonCode::granted_qos_1,
                         ReasonCode::topic_filter_invalid, ReasonCode::topic_filter_invalid,
                         ReasonCode::topic_filter_invalid}));
  EXPECT_EQ(world.broker().sessions().at(0).subscriptions, 1u);
}

TEST_F(Subscribing, In311KnowsOnlyOneFailureCodeAndNoSharing) {
  auto old = world.client_v3();
  old.connect(v3_connect("o"));
  EXPECT_EQ(old.subscribe({.filter = "a/#/b"}), ReasonCode::unspecified_error);
  EXPECT_EQ(old.subscribe({.filter = "$share/g/t"}), ReasonCode::success);
  publisher.publish("t", "x");
  EXPECT_FALSE(old.has_more());
  old.send(mqtt::Unsubscribe{.packet_id = 1, .filters = {"$share/g/t", "nothing"}});
  EXPECT_EQ(old.expect<mqtt::Unsuback>(), mqtt::Unsuback{.packet_id = 1});
}

TEST_F(Subscribing, OverlappingSubscriptionsGetOneCopyWithAllIdentifiersAndTheHighestQos) {
  client.subscribe({.filter = "a/#", .qos = 1}, 5);
  client.subscribe({.filter = "a/b", .qos = 2}, 6);
  client.subscribe({.filter = "+/b", .qos = 0});
  publisher.publish("a/b", "x", 2, 1);
  auto publish = client.expect<mqtt::Publish>();
  EXPECT_EQ(publish.qos, 2);
  std::ranges::sort(publish.properties.subscription_identifiers);
  EXPECT_EQ(publish.properties.subscription_identifiers, (std::vector<std::uint32_t>{5, 6}));
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, AnEqualFilterReplacesTheSubscriptionWithAllOptions) {
  client.subscribe({.filter = "t", .qos = 2, .retain_as_published = true}, 5);
  client.subscribe({.filter = "t", .qos = 1});
  publisher.publish("t", "x", 2, 1, true);
  const auto publish = client.expect<mqtt::Publish>();
  EXPECT_EQ(publish.qos, 1);
  EXPECT_FALSE(publish.retain);
  EXPECT_TRUE(publish.properties.subscription_identifiers.empty());
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, OptionsAndIdentifiersSurviveAResume) {
  client.subscribe({.filter = "t", .qos = 1, .no_local = true, .retain_as_published = true}, 5);
  client.cut();
  client.connect(v5_connect("c", 100));
  publisher.publish("t", "x", 2, 1, true);
  const auto publish = client.expect<mqtt::Publish>();
  EXPECT_EQ(publish.qos, 1);
  EXPECT_TRUE(publish.retain);
  EXPECT_EQ(publish.properties.subscription_identifiers, std::vector<std::uint32_t>{5});
  client.publish("t", "own", 1, 1);
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, NoLocalSuppressesOnlyOwnMessages) {
  client.subscribe({.filter = "t", .no_local = true});
  client.publish("t", "own", 1, 1);
  EXPECT_FALSE(client.has_more());
  publisher.publish("t", "other");
  EXPECT_EQ(client.payloads(), Payloads{"other"});
  client.subscribe({.filter = "t"});
  client.publish("t", "own");
  EXPECT_EQ(client.payloads(), Payloads{"own"});
}

TEST_F(Subscribing, UnsubscribeTellsWhatWasThereAndFinishesWhatHasBegun) {
  client.subscribe({.filter = "t", .qos = 2});
  publisher.publish("t", "x", 2, 1);
  const auto publish = client.expect<mqtt::Publish>();
  client.send(mqtt::Unsubscribe{.packet_id = 4, .filters = {"t", "t"}});
  const auto unsuback = client.expect<mqtt::Unsuback>();
  EXPECT_EQ(unsuback.packet_id, 4);
  EXPECT_EQ(unsuback.reasons, (std::vector{ReasonCode::success, ReasonCode::no_subscription_existed}));
  publisher.publish("t", "y", 2, 1);
  client.send(mqtt::Pubrec{.packet_id = publish.packet_id});
  client.expect<mqtt::Pubrel>();
  client.send(mqtt::Pubcomp{.packet_id = publish.packet_id});
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, FeaturesThatAreOffCloseTheConnectionIn5) {
  const auto reason_for = [](BrokerSettings settings, mqtt::SubscriptionRequest request,
                             std::vector<std::uint32_t> identifiers) {
    World limited(std::move(settings));
    auto user = limited.client();
    user.connect(v5_connect("u"));
    user.send(mqtt::Subscribe{.packet_id = 1,
                              .requests = {std::move(request)},
                              .properties = {.subscription_identifiers = std::move(identifiers)}});
    EXPECT_TRUE(user.is_closed());
    return user.expect<mqtt::Disconnect>().reason;
  };
  EXPECT_EQ(reason_for({.wildcard_subscription_available = false}, {.filter = "a/+"}, {}),
            ReasonCode::wildcard_subscriptions_not_supported);
  EXPECT_EQ(reason_for({.subscription_identifiers_available = false}, {.filter = "a"}, {1}),
            ReasonCode::subscription_identifiers_not_supported);
  EXPECT_EQ(reason_for({.shared_subscription_available = false}, {.filter = "$share/g/a"}, {}),
            ReasonCode::shared_subscriptions_not_supported);
  EXPECT_EQ(reason_for({}, {.filter = "$share/g/a", .no_local = true}, {}), ReasonCode::protocol_error);
}

TEST_F(Subscribing, ALowerMaximumQosIsGranted) {
  World limited({.maximum_qos = 1});
  auto user = limited.client();
  user.connect(v5_connect("u"));
  EXPECT_EQ(user.subscribe({.filter = "t", .qos = 2}), ReasonCode::granted_qos_1);
}

TEST_F(Subscribing, ManyLevelsAreNoBurden) {
  const std::string deep(60'000, '/');
  EXPECT_EQ(client.subscribe({.filter = deep, .qos = 1}), ReasonCode::granted_qos_1);
  publisher.publish(deep, "x", 1, 1);
  EXPECT_EQ(client.payloads(), Payloads{"x"});
}

// --- Retained messages ---

TEST_F(Subscribing, RetainedMessagesComeBehindTheSuback) {
  publisher.publish("r/1", "one", 2, 1, true);
  publisher.publish("r/2", "two", 0, 0, true);
  publisher.publish("r/3", "not kept");
  EXPECT_EQ(client.subscribe({.filter = "r/+", .qos = 1}, 7), ReasonCode::granted_qos_1);
  const auto one = client.expect<mqtt::Publish>();
  EXPECT_EQ(one.payload, "one");
  EXPECT_EQ(one.qos, 1);
  EXPECT_TRUE(one.retain);
  EXPECT_FALSE(one.dup);
  EXPECT_EQ(one.properties.subscription_identifiers, std::vector<std::uint32_t>{7});
  EXPECT_EQ(client.expect<mqtt::Publish>().payload, "two");
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, RetainedMessagesAreReplacedAndDeleted) {
  publisher.publish("r", "one", 1, 1, true);
  publisher.publish("r", "two", 1, 2, true);
  publisher.publish("r", "three", 1, 3, false);
  client.subscribe({.filter = "r"});
  EXPECT_EQ(client.payloads(), Payloads{"two"});
  publisher.publish("r", "", 1, 4, true);
  EXPECT_EQ(client.payloads(), Payloads{""});
  EXPECT_EQ(world.broker().retained_messages(), 0u);
  client.subscribe({.filter = "r"});
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, RetainHandlingDecidesAtEachSubscribe) {
  publisher.publish("r", "x", 1, 1, true);
  client.subscribe({.filter = "r", .retain_handling = 2});
  EXPECT_FALSE(client.has_more());
  client.subscribe({.filter = "r", .retain_handling = 1});  // it exists already
  EXPECT_FALSE(client.has_more());
  client.subscribe({.filter = "r", .retain_handling = 0});
  EXPECT_EQ(client.payloads(), Payloads{"x"});
  client.cut();
  client.connect(v5_connect("c", 100));
  client.subscribe({.filter = "r", .retain_handling = 1});
  EXPECT_FALSE(client.has_more());
  client.subscribe({.filter = "r/#", .retain_handling = 1});
  EXPECT_EQ(client.payloads(), Payloads{"x"});
}

TEST_F(Subscribing, RetainAsPublishedKeepsTheFlag) {
  client.subscribe({.filter = "t"});
  publisher.publish("t", "x", 0, 0, true);
  EXPECT_FALSE(client.expect<mqtt::Publish>().retain);
  client.subscribe({.filter = "t", .retain_as_published = true, .retain_handling = 2});
  publisher.publish("t", "x", 0, 0, true);
  EXPECT_TRUE(client.expect<mqtt::Publish>().retain);
  publisher.publish("t", "x");
  EXPECT_FALSE(client.expect<mqtt::Publish>().retain);
}

TEST_F(Subscribing, RetainedMessagesExpireAndLoseLifetime) {
  mqtt::Publish packet{.topic = "r", .payload = "x", .retain = true};
  packet.properties.message_expiry_interval = 10;
  publisher.send(packet);
  world.pass(4s);
  client.subscribe({.filter = "r"});
  EXPECT_EQ(client.expect<mqtt::Publish>().properties.message_expiry_interval, 6u);
  world.pass(6s);
  EXPECT_EQ(world.broker().retained_messages(), 0u);
  client.subscribe({.filter = "r"});
  EXPECT_FALSE(client.has_more());
}

TEST_F(Subscribing, RetainedMessagesOutliveTheirPublisher) {
  publisher.publish("r", "x", 1, 1, true);
  publisher.cut();
  client.subscribe({.filter = "r"});
  EXPECT_EQ(client.payloads(), Payloads{"x"});
}

}  // namespace
}  // namespace holdfast::broker
