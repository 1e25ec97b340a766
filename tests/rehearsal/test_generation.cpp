// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/generation.h"

#include <gtest/gtest.h>

#include "rehearsal/rehearsal_fixture.h"

namespace klingtext::rehearsal {
namespace {

using namespace std::chrono_literals;

constexpr bool kRendered = true;

Generation planned() {
  return {.id = "an-id",
          .submission = *read_submission(klingtext::testing::body_of("rain")),
          .take = 3,
          .accepted = 1000ms,
          .plan = {.queued = 100ms, .total = 500ms}};
}

TEST(Generation, PassesThroughItsStatuses) {
  const Generation generation = planned();
  EXPECT_EQ(status_at(generation, 1000ms, kRendered), Status::queued);
  EXPECT_EQ(status_at(generation, 1099ms, kRendered), Status::queued);
  EXPECT_EQ(status_at(generation, 1100ms, kRendered), Status::generating);
  EXPECT_EQ(status_at(generation, 1499ms, kRendered), Status::generating);
  EXPECT_EQ(status_at(generation, 1500ms, kRendered), Status::completed);
}

TEST(Generation, IsNotCompletedBeforeItsClip) {
  EXPECT_EQ(status_at(planned(), 9999ms, !kRendered), Status::generating);
}

TEST(Generation, KeepsItsEnding) {
  Generation generation = planned();
  generation.ending = Ending{.status = Status::error};
  EXPECT_EQ(status_at(generation, 1000ms, kRendered), Status::error);
}

TEST(Generation, IsPlannedAroundTheDocumentedRun) {
  for (const char* seed : {"a", "b", "c", "d", "e", "f"}) {
    const Plan plan = plan_for(seed, 1);
    EXPECT_GT(plan.total, 60s) << seed;
    EXPECT_LT(plan.total, 400s) << seed;
    EXPECT_LT(plan.queued, plan.total / 4) << seed;
    EXPECT_EQ(plan_for(seed, 1).total, plan.total);
  }
  EXPECT_EQ(plan_for("a", 0).total, 0ms);
}

TEST(Generation, SurvivesJson) {
  Generation generation = planned();
  generation.ending =
      Ending{.status = Status::error, .error_name = "Name", .error_message = "\"é\n"};
  const auto read = generation_from_json(to_json(generation));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_json(*read), to_json(generation));
  EXPECT_EQ(clip_name(*read), clip_name(generation));
}

TEST(Generation, AnotherTakeIsAnotherClip) {
  Generation generation = planned();
  const std::string third = clip_name(generation);
  generation.take = 4;
  EXPECT_NE(clip_name(generation), third);
}

TEST(Generation, IgnoresADamagedFile) {
  for (const char* text : {"", "{", "[]", "{}", "{\"members\":\"{}\"}"}) {
    EXPECT_FALSE(generation_from_json(text).has_value()) << text;
  }
}

TEST(Generation, IsReadFromAFileWithMembersOfAnotherKind) {
  const std::string whole = to_json(planned());
  const std::string members =
      whole.substr(whole.find("\"members\""), whole.find("\"take\"") - whole.find("\"members\""));
  const auto read = generation_from_json(
      "{" + members + R"("id":[],"take":{},"accepted":-9223372036854775808,"queued":"x",)" +
      R"("total":9223372036854775807,"ending":{"status":3,"name":[],"message":{}}})");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->id, "");
  EXPECT_EQ(read->take, 1U);
  EXPECT_EQ(read->ending->error_name, "");
  Generation without_end = *read;
  without_end.ending.reset();
  EXPECT_EQ(status_at(without_end, 1700000000000ms, kRendered), Status::generating);
}

}  // namespace
}  // namespace klingtext::rehearsal
