// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/submission.h"

#include <gtest/gtest.h>

#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::rehearsal {
namespace {

using klingtext::testing::body_of;

TEST(Submission, FillsInTheDocumentedDefaults) {
  const auto read = read_submission(body_of("rain"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->shot.prompt, "rain");
  EXPECT_EQ(read->shot.seconds, 5);
  EXPECT_TRUE(read->shot.audio);
  EXPECT_FALSE(read->shot.aspect_ratio || read->shot.cfg_scale || read->shot.negative_prompt);
}

TEST(Submission, ReadsEveryMember) {
  const auto read = read_submission(
      body_of("rain", R"("aspect_ratio":"9:16","duration":10,"negative_prompt":"snow",)"
                      R"("cfg_scale":0.5,"generate_audio":false,"later":{"added":[1]})"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->shot.aspect_ratio, "9:16");
  EXPECT_EQ(read->shot.seconds, 10);
  EXPECT_EQ(read->shot.negative_prompt, "snow");
  EXPECT_EQ(read->shot.cfg_scale, 0.5);
  EXPECT_FALSE(read->shot.audio);
}

TEST(Submission, TakesTheDurationAsAStringToo) {
  for (const char* duration : {"\"5\"", "5", "5.0"}) {
    const auto read = read_submission(body_of("rain", std::string("\"duration\":") + duration));
    ASSERT_TRUE(read.ok()) << duration;
    EXPECT_EQ(read->shot.seconds, 5);
  }
  EXPECT_EQ(read_submission(body_of("rain", R"("duration":"10")"))->shot.seconds, 10);
}

TEST(Submission, CountsCharactersAndNotBytes) {
  std::string prompt;
  for (int i = 0; i < 2500; ++i) prompt += "é";
  EXPECT_TRUE(read_submission(body_of(prompt)).ok());
  EXPECT_TRUE(read_submission(body_of(prompt + "é")).failed());
}

struct Fault {
  const char* more;
  const char* field;
};

TEST(Submission, NamesTheFieldAtFault) {
  for (const auto& [more, field] : {
           Fault{R"("aspect_ratio":"4:3")", "aspect_ratio"},
           Fault{R"("aspect_ratio":null)", "aspect_ratio"},
           Fault{R"("duration":7)", "duration"},
           Fault{R"("duration":"7")", "duration"},
           Fault{R"("duration":5.5)", "duration"},
           Fault{R"("duration":true)", "duration"},
           Fault{R"("cfg_scale":1.1)", "cfg_scale"},
           Fault{R"("cfg_scale":-0.1)", "cfg_scale"},
           Fault{R"("cfg_scale":"0.5")", "cfg_scale"},
           Fault{R"("negative_prompt":["a"])", "negative_prompt"},
           Fault{R"("generate_audio":"false")", "generate_audio"},
           Fault{R"("generate_audio":0)", "generate_audio"},
       }) {
    const auto read = read_submission(body_of("rain", more));
    ASSERT_TRUE(read.failed()) << more;
    EXPECT_EQ(read.error().http_status, 400U);
    EXPECT_NE(read.error().message.find(field), std::string::npos) << read.error().message;
  }
}

TEST(Submission, NamesEveryFieldAtFault) {
  const auto read = read_submission(R"({"model":"another","duration":6})");
  ASSERT_TRUE(read.failed());
  for (const char* field : {"model", "prompt", "duration"}) {
    EXPECT_NE(read.error().message.find(field), std::string::npos) << read.error().message;
  }
}

TEST(Submission, RefusesAnEmptyOrMissingPromptAndModel) {
  EXPECT_TRUE(read_submission(body_of("")).failed());
  EXPECT_TRUE(read_submission(R"({"prompt":"rain"})").failed());
  EXPECT_TRUE(read_submission(R"({"model":1,"prompt":2})").failed());
}

TEST(Submission, RefusesABodyThatIsNoObject) {
  for (const char* body :
       {"", "[]", "\"rain\"", "null", "{", "prompt=rain", R"({"prompt":"\ud800"})"}) {
    EXPECT_TRUE(read_submission(body).failed()) << body;
  }
}

TEST(Submission, TheSameMembersInAnyOrderAreTheSame) {
  const auto one = read_submission(R"({"model":")" + std::string(klingtext::testing::kModel) +
                                   R"(","duration":5,"prompt":"rain"})");
  const auto other = read_submission(body_of("rain", R"("duration" : 5)"));
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(one->members, other->members);
}

}  // namespace
}  // namespace klingtext::rehearsal
