// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/json_text.h"

#include <gtest/gtest.h>

namespace klingtext::rehearsal {
namespace {

TEST(JsonText, AcceptsJson) {
  for (const char* text : {"{}", "[]", "0", "-0.5e+3", "\"\\u00e9\\n\"", " {\"a\" : [1, true]} ",
                           "null", "{\"a\":{\"b\":[{}]}}", "\"\xc3\xa9\""}) {
    EXPECT_TRUE(is_strict_json(text)) << text;
    EXPECT_NE(parse_json(text), nullptr) << text;
  }
}

TEST(JsonText, RefusesWhatOnlyLooksLikeJson) {
  for (const char* text :
       {"",    " ",     "{",      "}",       "{\"a\"}",     "{\"a\":1,}", "[1,]",     "01",
        "+1",  "1.",    ".5",     "1e",      "'a'",         "{a:1}",      "/* */ {}", "var a = {};",
        "nul", "{} {}", "\"\n\"", "\"\\x\"", "\"\\u12g4\"", "\"\xff\"",   "NaN"}) {
    EXPECT_FALSE(is_strict_json(text)) << text;
  }
}

TEST(JsonText, BoundsTheDepth) {
  EXPECT_TRUE(is_strict_json(std::string(30, '[') + std::string(30, ']')));
  EXPECT_FALSE(is_strict_json(std::string(60000, '[') + std::string(60000, ']')));
  EXPECT_FALSE(is_strict_json(std::string(60000, '[')));
}

TEST(JsonText, CanonicalFormIgnoresOrderAndSpace) {
  const JsonNodePtr one = parse_json("{ \"b\": [1, {\"y\": null, \"x\": \"\\\"\"}], \"a\": true }");
  const JsonNodePtr other = parse_json("{\"a\":true,\"b\":[1,{\"x\":\"\\u0022\",\"y\":null}]}");
  EXPECT_EQ(canonical_json(one.get()), canonical_json(other.get()));
  EXPECT_EQ(canonical_json(one.get()), "{\"a\":true,\"b\":[1,{\"x\":\"\\\"\",\"y\":null}]}");
}

TEST(CanonicalJson, IsJsonWhateverTheNumbers) {
  const auto canonical = [](const char* text) { return canonical_json(parse_json(text).get()); };
  for (const char* text : {"[1e22]", "[1e-22,1e96]", "[-1e300]", "[1e999]", "[0.1,1.5]", "[-0e3]",
                           "[12345678901234567890.5]"}) {
    EXPECT_TRUE(is_strict_json(canonical(text))) << canonical(text);
    EXPECT_EQ(canonical(canonical(text).c_str()), canonical(text));
  }
}

}  // namespace
}  // namespace klingtext::rehearsal
