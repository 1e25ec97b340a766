// SPDX-License-Identifier: LGPL-2.1-or-later
// Ten thousand mangled bodies at the parser, a million with KLINGTEXT_LONG. tests/fuzz looks for
// inputs that reach new paths; here the count and the seed are fixed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "rehearsal/json_text.h"
#include "rehearsal/rehearsal_fixture.h"
#include "rehearsal/submission.h"

namespace klingtext::testing {
namespace {

const std::vector<std::string>& pieces() {
  static const std::vector<std::string> all{
      body_of("rain", R"("duration":5,"aspect_ratio":"16:9","cfg_scale":0.5,"x":[1,{"y":null}])"),
      body_of("\\u0416 \xE9\x9B\xA8", R"("duration":"10","generate_audio":false)"),
      "{",
      "}",
      "[",
      "]",
      "\"",
      ":",
      ",",
      "null",
      "true",
      "-0",
      "1e999",
      "\\ud800",
      "\\u0000",
      std::string("\0", 1),
      "\xFF",
      "\xE9\x9B",
      std::string(40, '['),
      "/*",
      "\r\n",
      "9007199254740993",
      R"("prompt":"twice")",
      R"("duration":[5])"};
  return all;
}

class Mangler {
 public:
  std::string next() {
    std::string text = pieces()[below(2)];
    for (std::size_t edits = below(6); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1);
      switch (below(3)) {
        case 0:
          text.insert(at, pieces()[below(pieces().size())]);
          break;
        case 1:
          text.erase(at, below(20));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(below(256));
      }
    }
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::mt19937_64 random_{1};
};

TEST(MangledBodies, AreRefusedOrReadTheSameTwice) {
  const unsigned count = std::getenv("KLINGTEXT_LONG") != nullptr ? 1'000'000 : 10'000;
  Mangler mangler;
  unsigned accepted = 0;
  for (unsigned i = 0; i < count; ++i) {
    const std::string body = mangler.next();
    const auto submission = rehearsal::read_submission(body);
    if (!submission) {
      ASSERT_EQ(submission.error().http_status, 400U) << body;
      continue;
    }
    ++accepted;
    ASSERT_TRUE(rehearsal::is_strict_json(submission->members)) << body;
    const auto again = rehearsal::read_submission(submission->members);
    ASSERT_TRUE(again.ok()) << body;
    ASSERT_EQ(again->members, submission->members) << body;
  }
  EXPECT_GT(accepted, count / 100);  // it would try nothing if all were refused
  EXPECT_LT(accepted, count);
}

}  // namespace
}  // namespace klingtext::testing
