// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "api/json_reader.h"
#include "base/random.h"

namespace klingtext {
namespace {

TEST(JsonString, EscapesWhatItMustAndNothingElse) {
  EXPECT_EQ(json_string("a \"b\" \\ /"), R"("a \"b\" \\ /")");
  EXPECT_EQ(json_string("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f\x7f", 4)), R"("\u0000\u0001\u001f\u007f")");
  EXPECT_EQ(json_string("naïve 🦝 “quoted”"), "\"naïve 🦝 “quoted”\"");
  EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonString, ReadsBackTheSame) {
  std::string all;
  for (char character = 1; character < 127; ++character) all += character;
  all += "\x7fäöü🦝";
  const JsonNodePtr root = read_json_object("{\"text\":" + json_string(all) + "}");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(string_member(json_node_get_object(root.get()), "text"), all);
}

TEST(JsonNumber, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(json_number(0.5), "0.5");
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(json_number(0), "0");
  EXPECT_EQ(json_number(1), "1");
  EXPECT_EQ(json_number(1.0 / 3), "0.3333333333333333");
}

TEST(JsonNumber, ReadsBackTheSameForAnyNumber) {
  for (int i = 0; i < 10000; ++i) {
    const double number = random_between(0, 1);
    EXPECT_EQ(std::strtod(json_number(number).c_str(), nullptr), number);
  }
  const double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(std::strtod(json_number(tiny).c_str(), nullptr), tiny);
}

TEST(JsonInteger, KeepsAll64Bits) {
  EXPECT_EQ(json_integer(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(json_integer(5), "5");
}

TEST(JsonBoolean, IsAWord) {
  EXPECT_EQ(json_boolean(true), "true");
  EXPECT_EQ(json_boolean(false), "false");
}

}  // namespace
}  // namespace klingtext
