// acknowledgements: what the server answers.
#include "conformance/checkers/trace_builder.h"

namespace holdfast {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;

struct Answers : testing::TestWithParam<Version> {
  Answers() : t(GetParam()), a(t.connect("a")) {}
  bool v5() const { return t.version == Version::v5; }
  void ask(std::uint16_t packet_id, std::vector<std::string> filters) {
    mqtt::Subscribe subscribe{.packet_id = packet_id};
    for (std::string& filter : filters) subscribe.requests.push_back({.filter = std::move(filter)});
    t.client(a, subscribe);
  }

  TraceBuilder t;
  ConnectionId a;
};
INSTANTIATE_TEST_SUITE_P(Versions, Answers, testing::ValuesIn(both_versions), name_of_version);

TEST_P(Answers, WholeExchangesInAnyOrderAreRight) {
  t.client(a, TraceBuilder::message("one", 1, 1));
  t.client(a, TraceBuilder::message("two", 2, 2));
  ask(3, {"x", "y"});
  t.client(a, mqtt::Unsubscribe{4, {"x"}, {}});
  t.server(a, mqtt::Unsuback{4, v5() ? std::vector{ReasonCode::success} : std::vector<ReasonCode>{}, {}});
  t.server(a, mqtt::Suback{3, {ReasonCode::success, ReasonCode::success}, {}});
  t.server(a, mqtt::Pubrec{2});
  t.server(a, mqtt::Puback{1});
  t.client(a, mqtt::Pubrel{2});
  t.server(a, mqtt::Pubcomp{2});
  expect_silence(t);
}

TEST_P(Answers, APubackForAnIdentifierThatWasNotPublishedIsFound) {
  t.client(a, TraceBuilder::message("one", 1, 1));
  t.server(a, mqtt::Puback{2});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-6", "MQTT-2.2.1-5");
}

TEST_P(Answers, ASecondPubackIsFound) {
  t.client(a, TraceBuilder::message("one", 1, 1));
  t.server(a, mqtt::Puback{1});
  t.server(a, mqtt::Puback{1});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-6", "MQTT-2.2.1-5");
}

TEST_P(Answers, TwoPublishesBeforeTheFirstPubackMayHaveOneOrTwo) {
  for (const int pubacks : {1, 2}) {
    TraceBuilder u(GetParam());
    const ConnectionId b = u.connect("a");
    u.client(b, TraceBuilder::message("one", 1, 1));
    u.client(b, TraceBuilder::message("one", 1, 1, true));
    for (int i = 0; i < pubacks; ++i) u.server(b, mqtt::Puback{1});
    expect_silence(u);
  }
}

TEST_P(Answers, APubackForQos2IsFound) {
  t.client(a, TraceBuilder::message("one", 2, 1));
  t.server(a, mqtt::Puback{1});
  expect_breach(t, "acknowledgements", "MQTT-3.3.4-1", "MQTT-3.3.4-1");
}

TEST_P(Answers, APubrecForQos1IsFound) {
  t.client(a, TraceBuilder::message("one", 1, 1));
  t.server(a, mqtt::Pubrec{1});
  expect_breach(t, "acknowledgements", "MQTT-3.3.4-1", "MQTT-3.3.4-1");
}

TEST_P(Answers, EachRepeatedQos2PublishMayHaveItsPubrec) {
  t.client(a, TraceBuilder::message("one", 2, 1));
  t.server(a, mqtt::Pubrec{1});
  t.client(a, TraceBuilder::message("one", 2, 1, true));
  t.server(a, mqtt::Pubrec{1});
  t.client(a, mqtt::Pubrel{1});
  t.server(a, mqtt::Pubcomp{1});
  expect_silence(t);
}

TEST_P(Answers, OnePubrecTooManyInAnOpenExchangeIsDisputed) {
  t.client(a, TraceBuilder::message("one", 2, 1));
  t.server(a, mqtt::Pubrec{1});
  t.client(a, mqtt::Pubrel{1});
  t.server(a, mqtt::Pubrec{1});
  t.server(a, mqtt::Pubcomp{1});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-6", "MQTT-2.2.1-5", false);
}

TEST_P(Answers, APubrecAfterItsPubcompIsFound) {
  t.publish(a, "one", 2, 1);
  t.server(a, mqtt::Pubrec{1});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-6", "MQTT-2.2.1-5");
}

TEST_P(Answers, APubrelForAnUnknownIdentifierMayHaveItsPubcomp) {
  t.client(a, mqtt::Pubrel{9});
  t.server(a, mqtt::Pubcomp{.packet_id = 9,
                            .reason = v5() ? ReasonCode::packet_identifier_not_found : ReasonCode::success});
  t.client(a, mqtt::Pubrel{9});
  t.server(a, mqtt::Pubcomp{9});
  expect_silence(t);
}

TEST_P(Answers, APubcompWithoutPubrelIsFound) {
  t.client(a, TraceBuilder::message("one", 2, 1));
  t.server(a, mqtt::Pubrec{1});
  t.server(a, mqtt::Pubcomp{1});
  expect_breach(t, "acknowledgements", "MQTT-4.3.3-2", "MQTT-2.2.1-5");
}

TEST_P(Answers, ASubackWithTheWrongIdentifierIsFound) {
  ask(3, {"x"});
  t.server(a, mqtt::Suback{4, {ReasonCode::success}, {}});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-7", "MQTT-2.2.1-6");
}

TEST_P(Answers, ASubackWithTooFewCodesIsFound) {
  ask(3, {"x", "y"});
  t.server(a, mqtt::Suback{3, {ReasonCode::success}, {}});
  expect_breach(t, "acknowledgements", "MQTT-3.8.4-5", "MQTT-3.8.4-6");
}

TEST_P(Answers, ASubackForAnUnsubscribeIsFound) {
  t.client(a, mqtt::Unsubscribe{4, {"x"}, {}});
  t.server(a, mqtt::Suback{4, {ReasonCode::success}, {}});
  expect_breach(t, "acknowledgements", "MQTT-2.3.1-7", "MQTT-2.2.1-6");
}

TEST(Answers5, AnUnsubackWithTooManyCodesIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.client(a, mqtt::Unsubscribe{4, {"x"}, {}});
  t.server(a, mqtt::Unsuback{4, {ReasonCode::success, ReasonCode::success}, {}});
  expect_breach(t, "acknowledgements", "", "MQTT-3.11.3-1");
}

TEST_P(Answers, WhatWasPipelinedBehindConnectIsAnsweredAfterConnack) {
  const ConnectionId b = t.begin("b");
  t.client(b, TraceBuilder::message("one", 1, 1));
  t.client(b, mqtt::Subscribe{2, {{.filter = "x"}}, {}});
  t.server(b, mqtt::Connack{});
  t.server(b, mqtt::Suback{2, {ReasonCode::success}, {}});
  t.server(b, mqtt::Puback{1});
  expect_silence(t);
}

TEST_P(Answers, WhatWasLeftOpenMayBeAnsweredAfterTheResume) {
  t.client(a, TraceBuilder::message("one", 2, 1));
  t.server(a, mqtt::Pubrec{1});
  t.client(a, mqtt::Pubrel{1});
  t.ends(a);
  a = t.connect("a", true);
  t.server(a, mqtt::Pubcomp{1});
  expect_silence(t);
}

TEST_P(Answers, APubrelThatNobodyAskedForIsFound) {
  t.deliver(a, "one", 2, 7);
  t.server(a, mqtt::Pubrel{7});
  expect_breach(t, "acknowledgements", "MQTT-4.3.3-1", "MQTT-4.3.3-4");
}

TEST_P(Answers, AStrayPubrecMayHaveAPubrel) {
  t.client(a, mqtt::Pubrec{7});
  t.server(a, mqtt::Pubrel{.packet_id = 7,
                           .reason = v5() ? ReasonCode::packet_identifier_not_found : ReasonCode::success});
  t.client(a, mqtt::Puback{8});
  t.client(a, mqtt::Pubcomp{9});
  expect_silence(t);
}

TEST(Answers5, APubrelAfterAPubrecThatRefusesIsFound) {
  TraceBuilder t;
  const ConnectionId a = t.connect("a");
  t.deliver(a, "one", 2, 7);
  t.client(a, mqtt::Pubrec{.packet_id = 7, .reason = ReasonCode::quota_exceeded});
  t.server(a, mqtt::Pubrel{7});
  expect_breach(t, "acknowledgements", "", "HF-5.0-S37");
}

TEST(Answers5, AfterAPubrecThatRefusesTheMessageMayStillComeOnResume) {
  TraceBuilder t;
  ConnectionId a = t.connect("a");
  t.deliver(a, "one", 2, 7);
  t.client(a, mqtt::Pubrec{.packet_id = 7, .reason = ReasonCode::quota_exceeded});
  t.ends(a);
  a = t.connect("a", true);
  t.deliver(a, "one", 2, 7, true);
  expect_silence(t);
}

TEST_P(Answers, NothingIsJudgedAfterASecondConnect) {
  t.connect_as_given(a, {.client_id = "a"});
  t.server(a, mqtt::Puback{5});
  t.server_ends(a);
  expect_silence(t);
}

}  // namespace
}  // namespace holdfast
