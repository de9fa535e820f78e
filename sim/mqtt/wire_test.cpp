#include "sim/mqtt/wire.h"

#include <gtest/gtest.h>

#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {
namespace {

using State = VariableInteger::State;

Bytes written(std::uint32_t value) {
  Bytes bytes(5);
  Writer writer(bytes.data());
  writer.variable(value);
  bytes.resize(static_cast<std::size_t>(writer.at() - bytes.data()));
  Sizer sizer;
  sizer.variable(value);
  EXPECT_EQ(sizer.size(), bytes.size()) << value;
  return bytes;
}

VariableInteger read(const Bytes& bytes) { return read_variable(bytes.data(), bytes.data() + bytes.size()); }

TEST(VariableByteInteger, HasTheBytesOfTheStandardAtEveryLengthBoundary) {
  EXPECT_EQ(to_hex(written(0)), "00");
  EXPECT_EQ(to_hex(written(127)), "7f");
  EXPECT_EQ(to_hex(written(128)), "8001");
  EXPECT_EQ(to_hex(written(16'383)), "ff7f");
  EXPECT_EQ(to_hex(written(16'384)), "808001");
  EXPECT_EQ(to_hex(written(2'097'151)), "ffff7f");
  EXPECT_EQ(to_hex(written(2'097'152)), "80808001");
  EXPECT_EQ(to_hex(written(268'435'455)), "ffffff7f");
}

TEST(VariableByteInteger, IsReadAsItWasWritten) {
  for (std::uint32_t power = 1; power <= 268'435'456 / 2; power *= 2) {
    for (const std::uint32_t value : {power - 1, power, power + 1}) {
      const VariableInteger integer = read(written(value));
      ASSERT_EQ(integer.state, State::whole);
      EXPECT_EQ(integer.value, value);
      EXPECT_EQ(integer.size, written(value).size());
      EXPECT_TRUE(integer.is_minimal()) << value;
    }
  }
}

TEST(VariableByteInteger, IsCutOffUntilItsLastByteIsThere) {
  const Bytes whole = written(268'435'455);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).state,
              State::cut_off);
  }
}

TEST(VariableByteInteger, IsTooLongAsSoonAsTheFourthByteContinues) {
  EXPECT_EQ(read(hex("80808080")).state, State::too_long);
  EXPECT_EQ(read(hex("ffffffff7f")).state, State::too_long);
  EXPECT_EQ(read(written(268'435'456)).state, State::too_long);
}

TEST(VariableByteInteger, TellsWhetherItIsTheShortestForm) {
  EXPECT_TRUE(read(hex("00")).is_minimal());
  EXPECT_FALSE(read(hex("8000")).is_minimal());
  EXPECT_FALSE(read(hex("ff00")).is_minimal());
  EXPECT_TRUE(read(hex("8001")).is_minimal());
  EXPECT_FALSE(read(hex("80808000")).is_minimal());
  EXPECT_EQ(read(hex("82808000")).value, 2u);
}

TEST(Writer, WritesBigEndianAndCutsOverlongStrings) {
  Bytes bytes(8);
  Writer writer(bytes.data());
  writer.two_bytes(0x0102);
  writer.four_bytes(0x03040506);
  writer.byte(7);
  EXPECT_EQ(to_hex(bytes), "0102030405060700");

  const std::string text(70'000, 'x');
  Sizer sizer;
  sizer.text(text);
  ASSERT_EQ(sizer.size(), 2u + 65'535u);
  Bytes long_one(sizer.size());
  Writer(long_one.data()).text(text);
  EXPECT_EQ(to_hex(ByteView(long_one).first(3)), "ffff78");
}

}  // namespace
}  // namespace holdfast::mqtt
