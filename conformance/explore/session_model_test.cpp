#include "conformance/explore/session_model.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using Life = SessionModel::Life;

constexpr std::uint8_t a = 0;
constexpr std::uint8_t b = 1;
constexpr std::uint32_t hour = 3'600;

struct SessionModelTest : ::testing::Test {
  void connect(std::uint8_t client, Keeping keeping = Keeping::keep, bool session_present = false,
               std::uint32_t kept_for = hour) {
    model.connecting(client, keeping);
    model.connected(client, kept_for, session_present);
  }
  void subscribe(std::uint8_t client, const std::string& filter, std::uint8_t qos) {
    model.subscribing(client, filter);
    model.subscribed(client, filter, qos);
  }
  std::string owed(std::uint8_t client) const {
    std::string text;
    for (const auto& one : model.owed(client)) text += one.payload + " ";
    return text;
  }

  SessionModel model;
};

TEST_F(SessionModelTest, WhatWasAcceptedIsOwedToWhoeverWasSubscribed) {
  connect(a);
  connect(b);
  subscribe(a, "x", 1);
  model.sending("m1", "x", 1);
  EXPECT_EQ(owed(a), "") << "the broker has not acknowledged it";
  model.accepted("m1");
  EXPECT_EQ(owed(a), "m1 ");
  EXPECT_EQ(owed(b), "");
}

TEST_F(SessionModelTest, NothingIsOwedAtQos0OrForAnotherTopicOrSentBeforeTheSubscription) {
  connect(a);
  subscribe(a, "y", 0);
  model.sending("early", "x", 1);
  subscribe(a, "x", 2);
  for (const char* payload : {"early", "zero", "other"}) {
    const bool is_zero = std::string_view(payload) == "zero";
    if (std::string_view(payload) != "early") model.sending(payload, is_zero ? "x" : "y", is_zero ? 0 : 1);
    model.accepted(payload);
  }
  EXPECT_EQ(owed(a), "");
}

TEST_F(SessionModelTest, AnAbsentClientIsOwedWhileItsSessionIsHeld) {
  connect(a);
  subscribe(a, "+", 1);
  model.ended(a, false);
  EXPECT_EQ(model.life(a), Life::held);
  model.sending("m1", "x", 2);
  model.accepted("m1");
  EXPECT_EQ(owed(a), "m1 ");
  connect(a, Keeping::keep, true);
  EXPECT_EQ(owed(a), "m1 ");
}

TEST_F(SessionModelTest, ANewSessionIsOwedNothing) {
  connect(a);
  subscribe(a, "x", 1);
  model.sending("m1", "x", 1);
  model.sending("m2", "x", 1);
  model.accepted("m1");
  model.connecting(a, Keeping::renew);
  EXPECT_EQ(model.life(a), Life::unknown) << "the broker may have processed the CONNECT";
  EXPECT_EQ(owed(a), "");
  model.connected(a, hour, false);
  model.accepted("m2");
  EXPECT_EQ(owed(a), "") << "it was meant for the old Session";
  EXPECT_FALSE(model.is_worth_keeping(a));
}

TEST_F(SessionModelTest, ASessionPresentOf0IsTakenForTrue) {
  connect(a);
  subscribe(a, "x", 1);
  model.ended(a, true);
  connect(a, Keeping::keep, false);
  EXPECT_FALSE(model.is_worth_keeping(a));
}

TEST_F(SessionModelTest, ABriefSessionEndsOnceTheBrokerKnows) {
  connect(a, Keeping::brief, false, 0);
  EXPECT_EQ(model.life(a), Life::held);
  model.ended(a, true);
  EXPECT_EQ(model.life(a), Life::none);
  connect(a, Keeping::brief, false, 0);
  model.ended(a, false);
  EXPECT_EQ(model.life(a), Life::unknown);
}

TEST_F(SessionModelTest, ASessionOfSecondsMayBeOver) {
  connect(a, Keeping::keep, false, 5);
  subscribe(a, "x", 1);
  model.ended(a, true);
  EXPECT_EQ(model.life(a), Life::unknown);
}

TEST_F(SessionModelTest, AConnectWithoutConnackMayHaveMadeASession) {
  EXPECT_EQ(model.life(a), Life::none);
  model.connecting(a, Keeping::keep);
  EXPECT_EQ(model.life(a), Life::unknown);
}

TEST_F(SessionModelTest, ASubscriptionWithoutSubackObligesToNothing) {
  connect(a);
  subscribe(a, "x", 1);
  model.subscribing(a, "x");
  model.sending("m1", "x", 1);
  model.accepted("m1");
  EXPECT_EQ(owed(a), "");
}

TEST_F(SessionModelTest, AProbeThatAnotherSubscriptionMayExplainProvesNothing) {
  connect(a);
  subscribe(a, "+", 0);
  subscribe(a, "x", 1);
  model.sending("m1", "x", 1);
  model.accepted("m1");
  EXPECT_EQ(owed(a), "");
}

TEST_F(SessionModelTest, UnsubscribingGivesUpWhatWaits) {
  connect(a);
  subscribe(a, "x", 1);
  subscribe(a, "y", 1);
  for (const char* topic : {"x", "y"}) model.sending(topic, topic, 1);
  model.accepted("y");
  model.accepted("x");
  model.sending("m3", "x", 1);
  model.unsubscribing(a, "x");
  model.accepted("m3");
  EXPECT_EQ(owed(a), "y ");
}

}  // namespace
}  // namespace holdfast
