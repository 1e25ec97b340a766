// SPDX-License-Identifier: LGPL-2.1-or-later
// What applications see while the generation is waited for: BUFFERING and the seconds left.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline.h"
#include "shop.h"
#include "support/tiny_mp4.h"

namespace klingtext::test {
namespace {

struct Buffered {
  int percent = -1;
  gint64 left_ms = -1;
};

std::vector<Buffered> buffering_in(const Messages& messages) {
  std::vector<Buffered> all;
  for (const Message& message : ours(of_type(messages, GST_MESSAGE_BUFFERING))) {
    all.emplace_back();
    gst_message_parse_buffering(message.get(), &all.back().percent);
    gst_message_parse_buffering_stats(message.get(), nullptr, nullptr, nullptr,
                                      &all.back().left_ms);
  }
  return all;
}

std::optional<int> seconds_left(const Message& message) {
  int left = -1;
  const GstStructure* fields = gst_message_get_structure(message.get());
  if (gst_structure_get_int(fields, "seconds-left", &left) == FALSE) return std::nullopt;
  return left;
}

// With one generation in the store's history, so that there is an estimate.
class Waiting : public testing::TestWithParam<const char*> {
 protected:
  // Longer than a second, the unit of the store's history.
  Waiting() {
    std::vector<std::string> statuses(60, "generating");
    statuses.push_back("completed");
    shop_.service.set_statuses(statuses);
    shop_.service.set_clip(tiny_mp4());
    Pipeline pipeline(shop_.source("an earlier one") + " ! fakesink");
    EXPECT_TRUE(pipeline.play()) << pipeline.errors();
  }

  Shop shop_;
};

TEST_P(Waiting, ShowsThePercentageAndTheSecondsLeftUntilTheFirstByte) {
  Pipeline pipeline(shop_.source() + GetParam());
  ASSERT_TRUE(pipeline.play()) << pipeline.errors();
  const auto all = buffering_in(pipeline.messages());
  ASSERT_GE(all.size(), 3U);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    EXPECT_LE(all[i].percent, 99);
    EXPECT_GE(all[i].left_ms, 0);
    EXPECT_LT(all[i].percent, all[i + 1].percent);
  }
  EXPECT_EQ(all.back().percent, 100);
  EXPECT_EQ(all.back().left_ms, 0);
  EXPECT_EQ(shop_.service.submissions(), 2U);

  unsigned told = 0;
  for (const Message& message : ours(of_type(pipeline.messages(), GST_MESSAGE_PROGRESS))) {
    if (seconds_left(message)) ++told;
    if (progress_of(message).type != GST_PROGRESS_TYPE_CONTINUE) {
      EXPECT_FALSE(seconds_left(message)) << message.text();
    }
  }
  EXPECT_GE(told, 2U);
  const Messages generations = generations_in(pipeline.messages());
  EXPECT_FALSE(seconds_left(generations.back()));
  EXPECT_TRUE(std::any_of(generations.begin(), generations.end(),
                          [](const Message& message) { return seconds_left(message) >= 0; }));
}

INSTANTIATE_TEST_SUITE_P(Sinks, Waiting,
                         testing::Values(" ! fakesink", " ! decodebin3 ! fakesink",
                                         " ! filesink location=/dev/null"),
                         [](const auto& tested) { return std::to_string(tested.index); });

TEST(WaitingForTheFirstPoll, ShowsNoPercentage) {
  Shop shop;
  shop.service.on_poll({Answer::normal().hold()});
  Pipeline pipeline(shop.source() + " ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(shop.service.wait_for([&] { return shop.service.polls() == 1; }));
  EXPECT_TRUE(buffering_in(pipeline.messages()).empty());
  shop.service.release();
  EXPECT_TRUE(pipeline.wait_for_end());
}

TEST(WaitingWithoutBuffering, ShowsNoPercentage) {
  Shop shop({.statuses = unhurried_statuses()});
  Pipeline pipeline(shop.source() + " use-buffering=false ! fakesink");
  ASSERT_TRUE(pipeline.play());
  EXPECT_TRUE(buffering_in(pipeline.messages()).empty());
}

TEST(AFinishedClip, IsNotWaitedFor) {
  Shop shop;
  for (int round = 0; round < 2; ++round) {
    Pipeline pipeline(shop.source() + " ! fakesink");
    ASSERT_TRUE(pipeline.play());
    if (round == 1) {
      EXPECT_TRUE(buffering_in(pipeline.messages()).empty());
    }
  }
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
