// With the names of a case in them the vectors are what they were: the sound ones sound, the others with the
// same fault.
#include "conformance/suites/vector_bytes.h"

#include <gtest/gtest.h>

#include <variant>

#include "sim/mqtt/codec.h"

namespace holdfast {
namespace {

TEST(VectorBytes, KeepTheirFaultUnderOtherNames) {
  const VectorNames names{.client_id = "0123456789abcdefghijklm",
                          .topic_prefix = "hf/0123456789a/",
                          .credentials = {.user_name = "holdfast", .password = "secret"}};
  std::size_t faulty = 0;
  for (const mqtt::PacketVector& vector : client_vectors()) {
    const Bytes bytes = bytes_with(vector, names);
    const mqtt::DecodeResult result =
        mqtt::decode(bytes, {.version = vector.version, .sender = mqtt::Sender::client});
    const std::string where = mqtt::file_name(vector) + " " + vector.name;
    if (vector.kind == mqtt::VectorKind::accept) {
      EXPECT_TRUE(std::holds_alternative<mqtt::Decoded>(result)) << where;
      continue;
    }
    ++faulty;
    const auto* const error = std::get_if<mqtt::DecodeError>(&result);
    ASSERT_NE(error, nullptr) << where;
    EXPECT_EQ(error->requirement, vector.finding->requirement) << where;
  }
  EXPECT_GT(faulty, 2'500u);
}

TEST(VectorBytes, MeetNobodyUnderTheirOwnNames) {
  for (const mqtt::PacketVector& vector : client_vectors()) {
    if (vector.name != "plain") continue;
    const Bytes bytes = bytes_with(vector, {.client_id = "mine", .topic_prefix = "hf/mine/"});
    const std::string text(bytes.begin(), bytes.end());
    const bool has_topic = vector.type == mqtt::PacketType::publish ||
                           vector.type == mqtt::PacketType::subscribe ||
                           vector.type == mqtt::PacketType::unsubscribe;
    if (has_topic) {
      EXPECT_NE(text.find("hf/mine/a/b"), text.npos) << mqtt::file_name(vector);
    }
    if (vector.type != mqtt::PacketType::connect) continue;
    EXPECT_NE(text.find("hf/mine/w/t"), text.npos) << mqtt::file_name(vector);
    EXPECT_NE(text.find("mine"), text.npos) << mqtt::file_name(vector);
  }
}

}  // namespace
}  // namespace holdfast
