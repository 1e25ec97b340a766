// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "api/json_reader.h"
#include "api/json_text.h"

namespace klingtext {
namespace {

bool reads(const std::string& text) {
  return parse_json(text) != nullptr;
}

std::string nested(std::size_t depth, const std::string& inside) {
  return std::string(depth, '[') + inside + std::string(depth, ']');
}

// The member "a" of an object that has only this one.
std::optional<std::string> string_in(const std::string& spelled) {
  const JsonNodePtr root = read_json_object("{\"a\":\"" + spelled + "\"}");
  return root == nullptr ? std::nullopt : string_member(json_node_get_object(root.get()), "a");
}

JsonNodePtr value_of(const std::string& spelled) {
  return parse_json(spelled);
}

TEST(JsonParser, ReadsEveryKindOfValue) {
  for (const char* text : {"null", "true", "false", "0", "-0", "12", "-1.5e+3", "1E5", "1e-5",
                           "0.25", "\"\"", "[]", "{}", " [ 1 , 2 ] ", "{\"a\" : {\"b\" : [ ]}}",
                           "\t\r\n{\"a\":1}\n", "\xef\xbb\xbf{}", "\"\\/\""}) {
    EXPECT_TRUE(reads(text)) << text;
  }
}

TEST(JsonParser, RefusesWhatRfc8259Refuses) {
  for (const char* text : {"",          " ",           "nul",         "nullx",
                           "True",      "'a'",         "01",          "-",
                           "+1",        ".5",          "1.",          "1e",
                           "1e+",       "0x10",        "NaN",         "Infinity",
                           "-inf",      "[1,]",        "[,1]",        "[1 2]",
                           "[",         "]",           "{",           "{\"a\"}",
                           "{\"a\":}",  "{\"a\":1,}",  "{a:1}",       "{1:1}",
                           "{} {}",     "{},",         "// note\n{}", "/* note */{}",
                           "{/**/}",    "{\"a\":1}//", "# note\n{}",  "\"\\x41\"",
                           "\"\\101\"", "\"\\'\"",     "\"\\u12\"",   "\"\\u00g0\"",
                           "\"\\",      "\"",          "\"a\nb\"",    "\"a\tb\"",
                           "\"\xff\"",  "var x = {}"}) {
    EXPECT_FALSE(reads(text)) << text;
  }
  EXPECT_FALSE(reads(std::string("{}\0", 3)));
}

TEST(JsonParser, CountsNestingOutsideStringsOnly) {
  for (const char bracket : {'[', '{', ']', '}', '"', '\\'}) {
    const std::string text(100000, bracket);
    EXPECT_EQ(read_json_object("{\"a\":" + json_string(text) + "}") != nullptr, true) << bracket;
  }
  EXPECT_TRUE(reads(nested(kMaxJsonDepth, "\"[[[[\\\"[[[[\\\\\"")));
  EXPECT_FALSE(reads(nested(kMaxJsonDepth + 1, "1")));
  EXPECT_FALSE(reads(std::string(1000000, '[')));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(reads(objects));
}

TEST(JsonParser, CountsDepthAndNotTheNumberOfBrackets) {
  std::string flat = "[[]";
  for (int i = 0; i < 10000; ++i) flat += ",[{}]";
  EXPECT_TRUE(reads(flat + "]"));
}

TEST(JsonParser, ReadsEscapes) {
  EXPECT_EQ(string_in(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(string_in(R"(\u0041\u00e4\u20ac\ud83e\udd9d)"), "Aä€🦝");
  EXPECT_EQ(string_in(R"(\uD83E\uDD9D)"), "🦝");
}

TEST(JsonParser, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(string_in(R"(a\ud83e)"), "a\xef\xbf\xbd");
  EXPECT_EQ(string_in(R"(\ud83e\u0041)"),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(string_in(R"(\ud83e\ud83e\udd9d)"), "\xef\xbf\xbd🦝");
  EXPECT_EQ(string_in(R"(\udd9d\ud83e)"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(string_in(R"(a\u0000b)"),
            "a\xef\xbf\xbd"
            "b");
}

TEST(JsonParser, KeepsIntegersThatFitAndReadsTheOthersAsDoubles) {
  EXPECT_EQ(json_node_get_int(value_of("9223372036854775807").get()), G_MAXINT64);
  EXPECT_EQ(json_node_get_int(value_of("-9223372036854775808").get()), G_MININT64);
  for (const char* text : {"9223372036854775808", "18446744073709551615", "1e2", "1.0"}) {
    const JsonNodePtr node = value_of(text);
    EXPECT_EQ(json_node_get_value_type(node.get()), G_TYPE_DOUBLE) << text;
    EXPECT_GT(json_node_get_double(node.get()), 0) << text;
  }
}

TEST(JsonParser, TakesTheLastOfSeveralMembersOfOneName) {
  const JsonNodePtr root = read_json_object(R"({"a":"first","a":"last"})");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(string_member(json_node_get_object(root.get()), "a"), "last");
}

}  // namespace
}  // namespace klingtext
