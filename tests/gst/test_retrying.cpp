// SPDX-License-Identifier: LGPL-2.1-or-later
// While the service cannot be reached or is busy, messages say so.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline.h"
#include "shop.h"

namespace klingtext::test {
namespace {

std::vector<std::string> reasons_in(const Messages& messages) {
  std::vector<std::string> reasons;
  for (const Message& message : generations_in(messages)) {
    reasons.push_back(string_field(gst_message_get_structure(message.get()), "retrying"));
  }
  return reasons;
}

bool says(const Messages& messages, const std::string& text) {
  const auto all = progress_in(messages);
  return std::any_of(all.begin(), all.end(), [&](const Progress& progress) {
    return progress.text.find(text) != std::string::npos;
  });
}

TEST(Retrying, NamesTheFailedPollsAndStopsWhenThereIsAnAnswer) {
  Shop shop({.statuses = unhurried_statuses()});
  const Answer busy = Answer::status(503).header("Retry-After", "1");
  shop.service.on_poll({busy, busy});
  Pipeline pipeline(shop.source() + " ! fakesink");
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  const Messages all = pipeline.messages();
  EXPECT_TRUE(says(all, "attempt 1 failed, next in 1 s: The service is not available now"));
  EXPECT_TRUE(says(all, "attempt 2 failed, next in"));
  const auto reasons = reasons_in(all);
  EXPECT_EQ(std::count_if(
                reasons.begin(), reasons.end(),
                [](const auto& reason) { return reason.find("HTTP 503") != std::string::npos; }),
            2);
  EXPECT_EQ(reasons.back(), "");
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(Retrying, NamesARefusedSubmission) {
  Shop shop;
  shop.service.on_submit({Answer::status(429).header("Retry-After", "1")});
  Pipeline pipeline(shop.source() + " ! fakesink");
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  const Messages all = pipeline.messages();
  EXPECT_TRUE(says(all, "submitting"));
  EXPECT_TRUE(says(all, "attempt 1 failed, next in 1 s: The service is busy"));
  const auto reasons = reasons_in(all);
  EXPECT_TRUE(std::any_of(reasons.begin(), reasons.end(), [](const auto& reason) {
    return reason.find("HTTP 429") != std::string::npos;
  }));
  EXPECT_EQ(reasons.back(), "");
  EXPECT_EQ(shop.service.counts().accepted, 1U);
}

// The first delay is 5 s: the message is there before.
TEST(Retrying, SaysThatTheServiceCannotBeReached) {
  Shop shop;
  shop.service.on_poll({Answer::generation("queued"), Answer::normal().lost(),
                        Answer::normal().lost(), Answer::normal().lost()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  EXPECT_TRUE(pipeline.wait_for([](const Messages& all) {
    return says(all, "queued") && says(all, "attempt 1 failed, next in");
  }));
  EXPECT_TRUE(pipeline.stop());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(Retrying, SaysThatALostSubmissionIsLookedUp) {
  Script script{.statuses = unhurried_statuses(), .log = Script::Log::present, .log_lag = 7};
  Shop shop(script);
  shop.service.on_submit({Answer::normal().lost_reset()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  EXPECT_TRUE(says(pipeline.messages(), "submitting, "));
  EXPECT_TRUE(says(pipeline.messages(), "the answer to the submission was lost"));
  EXPECT_TRUE(says(pipeline.messages(), "does not list it yet; look "));
  EXPECT_EQ(shop.service.submissions(), 1U);
  EXPECT_EQ(shop.service.logs(), 8U);
}

}  // namespace
}  // namespace klingtext::test
