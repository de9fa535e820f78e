#include "reports/text.h"

#include <gtest/gtest.h>

#include "reports/test_support.h"

namespace holdfast {
namespace {

TEST(Printable, KeepsOrdinaryTextInAnyLanguage) {
  EXPECT_EQ(printable("PUBREL id 7 \xc2\xb7 caf\xc3\xa9 \xe6\xb5\x8b \xf0\x9f\x98\x80"),
            "PUBREL id 7 \xc2\xb7 caf\xc3\xa9 \xe6\xb5\x8b \xf0\x9f\x98\x80");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, ShowsWhatWouldMoveTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\r\n\tb\x7f"), "a\\r\\n\\tb\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\u{9b}");        // CSI as one character
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u{202e}");  // right-to-left override
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\u{2028}");  // line separator
  EXPECT_EQ(printable(std::string("\0", 1)), "\\x00");
}

TEST(Printable, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc3"), "\\xc3");           // cut short
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");  // too long a form
  EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(printable("\xe2\x82x"), "\\xe2\\x82x");
}

TEST(Printable, LeavesNoControlCharacterOfHostileText) {
  for (const char byte : printable(hostile_text())) EXPECT_GE(static_cast<unsigned char>(byte), 0x20);
}

TEST(ValidUtf8, ReplacesOnlyWrongBytes) {
  EXPECT_EQ(valid_utf8("a\x1b\n\xff"
                       "b"),
            "a\x1b\n\xef\xbf\xbd"
            "b");
}

TEST(XmlText, ReplacesWhatXmlForbids) {
  EXPECT_EQ(xml_text("a\n\tb"), "a\n\tb");
  EXPECT_EQ(xml_text("\x01"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_text("\xef\xbf\xbf"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_text("\r"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_text("<&>"), "<&>");  // the writer escapes these
}

TEST(Shortened, CutsBetweenCharactersAndTellsTheSize) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc... (4 bytes)");
  EXPECT_EQ(shortened("ab\xc3\xa9", 3), "ab... (4 bytes)");
  EXPECT_LT(shortened(std::string(1u << 20, 'x'), 100).size(), 130u);
}

TEST(Columns, CountsCharacters) { EXPECT_EQ(columns("a\xc2\xb7\xf0\x9f\x98\x80"), 3u); }

TEST(Joined, SeparatesParts) {
  EXPECT_EQ(joined({}, ", "), "");
  EXPECT_EQ(joined({"a"}, ", "), "a");
  EXPECT_EQ(joined({"a", "", "c"}, ", "), "a, , c");
}

TEST(ShellWord, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_word("mqtt://127.0.0.1:1883"), "mqtt://127.0.0.1:1883");
  EXPECT_EQ(shell_word("7:mqtt5/4.4/a | net lte"), "'7:mqtt5/4.4/a | net lte'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
}

}  // namespace
}  // namespace holdfast
