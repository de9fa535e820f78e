#include "sim/client/client_session.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

mqtt::Publish message(std::uint16_t packet_id, std::uint8_t qos) {
  return {.topic = "t", .payload = std::to_string(packet_id), .qos = qos, .packet_id = packet_id};
}

std::vector<std::string> owed_in_words(const ClientSession& session) {
  std::vector<std::string> words;
  for (const mqtt::Packet& packet : session.owed()) words.push_back(to_text(packet, mqtt::Version::v3_1_1));
  return words;
}

TEST(ClientSession, IdentifiersAreTakenInTurnAndNeverZero) {
  ClientSession session;
  EXPECT_EQ(session.next_packet_id(), 1);
  EXPECT_EQ(session.next_packet_id(), 2);
  for (int i = 3; i <= 65'535; ++i) session.next_packet_id();
  EXPECT_EQ(session.next_packet_id(), 1) << "after 65535 comes 1";
}

TEST(ClientSession, IdentifierInUseIsSkippedUntilItIsFree) {
  ClientSession session;
  session.sent(message(1, 1));
  session.hold(2);
  EXPECT_EQ(session.next_packet_id(), 3);
  session.on_puback({.packet_id = 1});
  session.free(2);
  for (int i = 4; i <= 65'535; ++i) session.next_packet_id();
  EXPECT_EQ(session.next_packet_id(), 1);
  EXPECT_EQ(session.next_packet_id(), 2);
}

TEST(ClientSession, NoIdentifierIsLeftWhenAllAreInUse) {
  ClientSession session;
  for (std::uint32_t id = 1; id <= 65'535; ++id) session.hold(static_cast<std::uint16_t>(id));
  EXPECT_EQ(session.next_packet_id(), 0);
}

TEST(ClientSession, PubackOfAnyCodeEndsAQos1Message) {
  ClientSession session;
  session.sent(message(1, 1));
  session.sent(message(2, 1));
  session.on_puback({.packet_id = 1, .reason = mqtt::ReasonCode::quota_exceeded});
  ASSERT_EQ(session.unacknowledged().size(), 1u);
  EXPECT_EQ(session.unacknowledged().front().publish.packet_id, 2);
}

TEST(ClientSession, AcknowledgementOfTheWrongKindChangesNothing) {
  ClientSession session;
  session.sent(message(1, 1));
  session.sent(message(2, 2));
  EXPECT_FALSE(session.on_pubrec({.packet_id = 1}));
  session.on_puback({.packet_id = 2});
  session.on_pubcomp({.packet_id = 2});
  EXPECT_FALSE(session.on_pubrec({.packet_id = 7}));
  EXPECT_EQ(session.unacknowledged().size(), 2u);
}

TEST(ClientSession, Qos2MessageOwesPubrelAfterPubrecAndNothingAfterPubcomp) {
  ClientSession session;
  session.sent(message(1, 2));
  EXPECT_TRUE(session.on_pubrec({.packet_id = 1}));
  EXPECT_TRUE(session.on_pubrec({.packet_id = 1})) << "a repeated PUBREC is owed a PUBREL too";
  session.begin_connection();
  EXPECT_EQ(owed_in_words(session), std::vector<std::string>{to_text(mqtt::Pubrel{.packet_id = 1}, {})});
  session.on_pubcomp({.packet_id = 1});
  EXPECT_TRUE(session.empty());
}

TEST(ClientSession, PubrecWithAnErrorEndsTheMessage) {
  ClientSession session;
  session.sent(message(1, 2));
  EXPECT_FALSE(session.on_pubrec({.packet_id = 1, .reason = mqtt::ReasonCode::not_authorized}));
  EXPECT_TRUE(session.empty());
}

TEST(ClientSession, OwedArePubrelsInTheOrderOfPubrecsThenMessagesInTheirOwn) {
  ClientSession session;
  for (std::uint16_t id = 1; id <= 5; ++id) session.sent(message(id, id == 2 ? 1 : 2));
  session.on_pubrec({.packet_id = 4});
  session.on_pubrec({.packet_id = 1});
  session.begin_connection();
  const std::vector<mqtt::Packet> owed = session.owed();
  ASSERT_EQ(owed.size(), 5u);
  EXPECT_EQ(std::get<mqtt::Pubrel>(owed[0]).packet_id, 4);
  EXPECT_EQ(std::get<mqtt::Pubrel>(owed[1]).packet_id, 1);
  for (const auto& [position, id] : {std::pair(2, 2), std::pair(3, 3), std::pair(4, 5)}) {
    const auto& publish = std::get<mqtt::Publish>(owed[static_cast<std::size_t>(position)]);
    EXPECT_EQ(publish.packet_id, id);
    EXPECT_TRUE(publish.dup);
  }
}

TEST(ClientSession, WhatThePresentConnectionCarriesIsNotOwed) {
  ClientSession session;
  session.sent(message(1, 1));
  EXPECT_TRUE(session.owed().empty());
  session.begin_connection();
  session.sent(message(2, 1));
  EXPECT_EQ(session.owed().size(), 1u);
}

TEST(ClientSession, LostSessionTakesOldMessagesAndLeavesNewOnes) {
  ClientSession session;
  session.sent(message(1, 1));
  session.receive_qos2(9);
  session.begin_connection();
  session.sent(message(2, 1));
  session.discard_carried();
  ASSERT_EQ(session.unacknowledged().size(), 1u);
  EXPECT_EQ(session.unacknowledged().front().publish.packet_id, 2);
  EXPECT_TRUE(session.received().empty());
}

TEST(ClientSession, ReceivedQos2IdentifierIsNewOnceUntilItIsReleased) {
  ClientSession session;
  EXPECT_TRUE(session.receive_qos2(5));
  EXPECT_FALSE(session.receive_qos2(5));
  session.release(5);
  EXPECT_TRUE(session.receive_qos2(5));
}

}  // namespace
}  // namespace holdfast
