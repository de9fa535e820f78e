#include "sim/trace/trace_record.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast {
namespace {

class TraceRecordTest : public testing::Test {
 protected:
  // Sends `packet` in pieces of `piece` bytes; `arrive` bytes of it reach the other side.
  void send(const mqtt::Packet& packet, std::size_t piece, std::size_t arrive) {
    const Bytes bytes = mqtt::encode(packet, mqtt::Version::v5);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      trace_.chunk(id_, Edge::client, mqtt::Sender::client,
                   ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    trace_.chunk(id_, Edge::sut, mqtt::Sender::client, ByteView(bytes).first(arrive));
  }

  // Every byte and every text of a record, one after the other.
  static std::string all_of(const TraceRecord& record) {
    std::string all;
    for (const Event& event : record.events) {
      if (event.kind == EventKind::chunk) all.append(event.bytes.begin(), event.bytes.end());
      all += event.text;
    }
    for (const Event& event : record.events) {
      if (event.kind == EventKind::packet) all.append(event.bytes.begin(), event.bytes.end());
      all += "\n" + to_text(record, event) + "\n";
    }
    return all;
  }

  static mqtt::Connect with_secrets() {
    mqtt::Connect connect;
    connect.client_id = "visible";
    connect.user_name = "somebody";
    connect.password = "sesame-open";
    connect.will = mqtt::Will{.topic = "will/topic", .payload = "last-words"};
    connect.properties.authentication_method = "method";
    connect.properties.authentication_data = "challenge";
    return connect;
  }

  Loop loop_;
  Trace trace_{loop_};
  const ConnectionId id_ = trace_.begin_connection("a");
};

TEST_F(TraceRecordTest, CredentialsAreMaskedInWhateverPiecesTheyCome) {
  const mqtt::Packet packet = with_secrets();
  for (const std::size_t piece : {1u, 7u, 500u})
    send(packet, piece, mqtt::encoded_size(packet, mqtt::Version::v5));
  const std::string all = all_of(record_of(trace_, {}));
  for (const char* secret : {"sesame-open", "somebody", "challenge"})
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  for (const char* open : {"visible", "will/topic", "last-words"})
    EXPECT_NE(all.find(open), std::string::npos) << open;
}

TEST_F(TraceRecordTest, AMaskKeepsEveryLengthAndTheHash) {
  const mqtt::Packet packet = with_secrets();
  send(packet, 3, 20);
  const std::uint64_t hash = trace_.hash();
  const TraceRecord record = record_of(trace_, {.words = {"last-words"}, .payloads = true});
  EXPECT_EQ(trace_.hash(), hash);
  ASSERT_EQ(record.events.size(), trace_.events().size());
  for (std::size_t at = 0; at < record.events.size(); ++at)
    EXPECT_EQ(record.events[at].bytes.size(), trace_.events()[at].bytes.size());
}

TEST_F(TraceRecordTest, APasswordIsMaskedWhereverABrokerRepeatsIt) {
  mqtt::Connack refusal;
  refusal.reason = mqtt::ReasonCode::bad_user_name_or_password;
  refusal.properties.reason_string = "no such password: sesame-open";
  const Bytes bytes = mqtt::encode(refusal, mqtt::Version::v5);
  trace_.chunk(id_, Edge::sut, mqtt::Sender::server, bytes);
  trace_.chunk(id_, Edge::client, mqtt::Sender::server, bytes);
  const Secrets secrets{.words = {"sesame-open"}};
  EXPECT_EQ(all_of(record_of(trace_, secrets)).find("sesame-open"), std::string::npos);
  EXPECT_EQ(without_secrets("it said sesame-open, sesame-open", secrets), "it said ***, ***");
}

TEST_F(TraceRecordTest, PayloadsAreLeftOutOnRequest) {
  send(mqtt::Packet(with_secrets()), 500, 0);
  mqtt::Publish publish;
  publish.topic = "a/b";
  publish.payload = "private \"thing\"";
  send(mqtt::Packet(publish), 4, 9);
  // Half a packet, whose fields nobody can tell apart.
  mqtt::Publish half = publish;
  half.payload = "unfinished-secret";
  const Bytes bytes = mqtt::encode(half, mqtt::Version::v5);
  trace_.chunk(id_, Edge::client, mqtt::Sender::client, ByteView(bytes).first(bytes.size() - 1));

  EXPECT_NE(all_of(record_of(trace_, {})).find("private"), std::string::npos);
  const std::string all = all_of(record_of(trace_, {.words = {}, .payloads = true}));
  for (const char* secret : {"private", "last-words", "unfinished"})
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  EXPECT_NE(all.find("a/b"), std::string::npos);
  EXPECT_NE(all.find("15 bytes (redacted)"), std::string::npos) << all;
}

TEST(WithoutSecrets, LeavesShortWordsAndOtherTextsAlone) {
  EXPECT_EQ(without_secrets("a b 5 bytes \"x\"", Secrets{.words = {"a"}}), "a b 5 bytes \"x\"");
  EXPECT_EQ(without_secrets("PUBLISH \"t\" 5 bytes \"a\\\"b\\\\\" {x}", {.payloads = true}),
            "PUBLISH \"t\" 5 bytes (redacted) {x}");
  EXPECT_EQ(without_secrets("5 bytes \"cut", {.payloads = true}), "5 bytes (redacted)");
}

}  // namespace
}  // namespace holdfast
