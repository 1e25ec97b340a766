// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/text.h"

#include <glib.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace klingtext {
namespace {

bool is_utf8(const std::string& text) {
  return g_utf8_validate_len(text.data(), text.size(), nullptr) != FALSE;
}

TEST(Trimmed, TakesWhiteSpaceFromBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t\r\n\f\va b \n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \n "), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(OneLine, TakesTheFirstLine) {
  EXPECT_EQ(one_line("<html>\n<body>", 80), "<html>");
  EXPECT_EQ(one_line("first\r\nsecond", 80), "first");
  EXPECT_EQ(one_line("\n\n  behind empty lines\nmore", 80), "behind empty lines");
  EXPECT_EQ(one_line("", 80), "");
}

TEST(OneLine, CutsBetweenCharactersWithAnEllipsis) {
  EXPECT_EQ(one_line("abcdef", 3), "abc…");
  EXPECT_EQ(one_line("abc", 3), "abc");
  EXPECT_EQ(one_line("äöüß", 3), "äöü…");
  EXPECT_EQ(one_line("🦝🦝🦝🦝", 2), "🦝🦝…");
}

TEST(OneLine, CutsTheSameWhateverComesBehind) {
  const std::string raccoons = [] {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "🦝";
    return text;
  }();
  std::string expected;
  for (int i = 0; i < 40; ++i) expected += "🦝";
  EXPECT_EQ(one_line(raccoons, 40), expected + "…");
}

TEST(OneLine, ReplacesControlCharacters) {
  EXPECT_EQ(one_line("a\tb\x1b[31mc\x7f", 80), "a b [31mc ");
  EXPECT_EQ(one_line("a\xc2\x9b"
                     "b",
                     80),
            "a b");  // C1: CSI
}

TEST(OneLine, ReplacesMarksThatTurnTheLineAround) {
  EXPECT_EQ(one_line("a\u202eb\u2066c\u200fd\u2028e", 80), "a b c d e");
  EXPECT_EQ(one_line("\u05d0\u200d\U0001f99d", 80), "\u05d0\u200d\U0001f99d");  // letters, joiners
}

TEST(OneLine, MakesBrokenBytesValid) {
  for (const std::string broken :
       {"\xff\xfe", "a\xc3", "\xf0\x9f\xa6", "\xed\xa0\x80", "\xc0\xaf", "caf\xe9 au lait"}) {
    const std::string line = one_line(broken, 80);
    EXPECT_TRUE(is_utf8(line)) << line;
    EXPECT_FALSE(line.empty());
  }
  EXPECT_EQ(one_line("caf\xe9 au", 80), "caf\xef\xbf\xbd au");
}

TEST(OneLine, SurvivesANulInTheMiddle) {
  const std::string line = one_line(std::string_view("a\0b", 3), 80);
  EXPECT_TRUE(is_utf8(line));
  EXPECT_EQ(line.front(), 'a');
  EXPECT_EQ(line.back(), 'b');
}

TEST(Sha256, IsTheStandardsHash) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(RandomHex, IsHexOfTheLengthAskedForAndNeverTheSame) {
  const std::string first = random_hex(16);
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(first, random_hex(16));
}

}  // namespace
}  // namespace klingtext
