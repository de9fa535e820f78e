#include "sim/mqtt/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::mqtt {
namespace {

using Kind = TextFinding::Kind;

std::string encoded(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(static_cast<std::uint8_t>(value)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
  if (point < 0x10000) {
    return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
  }
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)), byte(0x80 | (point >> 6 & 0x3F)),
          byte(0x80 | (point & 0x3F))};
}

Kind expected_kind(std::uint32_t point) {
  if (point == 0) return Kind::null_character;
  if (point >= 0xD800 && point <= 0xDFFF) return Kind::ill_formed;
  if (point > 0x10FFFF) return Kind::ill_formed;
  if (point < 0x20 || (point >= 0x7F && point <= 0x9F)) return Kind::discouraged;
  if (point >= 0xFDD0 && point <= 0xFDEF) return Kind::discouraged;
  if (point % 0x10000 >= 0xFFFE) return Kind::discouraged;
  return Kind::none;
}

TEST(InspectText, JudgesEveryCodePoint) {
  for (std::uint32_t point = 0; point < 0x120000; ++point) {
    const Kind kind = inspect_text(encoded(point)).kind;
    if (kind != expected_kind(point)) FAIL() << std::hex << point;
  }
}

TEST(InspectText, RefusesWhatIsNotWellFormed) {
  for (const std::string_view text : {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x80\x80",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xE2(\xAC",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF0\x80\x80\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF0\x9F\x90",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xFE",
                                      "\xFF"}) {
    for (const std::string_view before : {"", "a", "0123456", "01234567", "0123456789abcdef0", "\xC3\xA9"}) {
      const std::string whole = std::string(before).append(text);
      EXPECT_EQ(inspect_text(whole), (TextFinding{Kind::ill_formed, before.size()}));
      EXPECT_EQ(inspect_text(whole + "tail that is long enough for a step"),
                (TextFinding{Kind::ill_formed, before.size()}));
      EXPECT_EQ(well_formed_prefix(whole), before.size());
    }
  }
}

TEST(InspectText, FindsOneBadByteAtEveryPlaceOfEveryLength) {
  for (std::size_t size = 1; size <= 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\xFF';
      ASSERT_EQ(inspect_text(text), (TextFinding{Kind::ill_formed, at})) << size;
      ASSERT_EQ(well_formed_prefix(text), at) << size;
      text[at] = '\0';
      ASSERT_EQ(inspect_text(text), (TextFinding{Kind::null_character, at})) << size;
      ASSERT_EQ(well_formed_prefix(text), size);
      text[at] = '\x7F';
      ASSERT_EQ(inspect_text(text), (TextFinding{Kind::discouraged, at})) << size;
      text[at] = '\x1F';
      ASSERT_EQ(inspect_text(text), (TextFinding{Kind::discouraged, at})) << size;
      for (const char plain : {' ', '~', '+'}) {
        text[at] = plain;
        ASSERT_EQ(inspect_text(text), TextFinding{}) << size;
      }
    }
  }
}

TEST(InspectText, WhatIsForbiddenComesBeforeWhatIsDiscouraged) {
  EXPECT_EQ(inspect_text(std::string("a\x01"
                                     "b\xFF")),
            (TextFinding{Kind::ill_formed, 3}));
  EXPECT_EQ(inspect_text(std::string_view("\x01\x00", 2)), (TextFinding{Kind::null_character, 1}));
  EXPECT_EQ(inspect_text("a\x02\x01"), (TextFinding{Kind::discouraged, 1}));
  EXPECT_EQ(inspect_text(""), TextFinding{});
}

TEST(InspectText, KeepsAByteOrderMark) { EXPECT_EQ(inspect_text("\xEF\xBB\xBF"), TextFinding{}); }

TEST(HasWildcard, FindsOneAtEveryPlaceOfEveryLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string text(size, 'x');
    EXPECT_FALSE(has_wildcard(text)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char wildcard : {'+', '#'}) {
        text[at] = wildcard;
        EXPECT_TRUE(has_wildcard(text)) << size << " " << at;
      }
      for (const char other : {'*', ',', '"', '$', '\xAB', '\xA3', '\0'}) {
        text[at] = other;
        EXPECT_FALSE(has_wildcard(text)) << size << " " << at;
      }
      text[at] = 'x';
    }
  }
}

}  // namespace
}  // namespace holdfast::mqtt
