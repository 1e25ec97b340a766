// SPDX-License-Identifier: LGPL-2.1-or-later
// unlock() and unlock_stop() back to back: the reader that was waiting leaves, the next one waits
// again. A boolean flag loses this; see read_gate.h.
#include <gtest/gtest.h>

#include <future>

#include "phases.h"
#include "pulled_source.h"

namespace klingtext::test {
namespace {

class Unlock : public testing::TestWithParam<Phase> {
 protected:
  Shop shop_;
};

TEST_P(Unlock, FollowedByUnlockStopMakesTheReaderLeave) {
  hold_in(GetParam(), shop_);
  PulledSource source(shop_, poll_interval_for(GetParam()));
  auto reader = source.reader();
  ASSERT_TRUE(wait_until_held(GetParam(), shop_));
  source.unlock_and_go_on();
  ASSERT_EQ(reader.wait_for(Pipeline::kPatience), std::future_status::ready);
  EXPECT_EQ(reader.get(), GST_FLOW_FLUSHING);
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

TEST_P(Unlock, LeavesTheJobAlone) {
  if (GetParam() == Phase::poll_sleep) GTEST_SKIP() << "it would sleep a minute";
  hold_in(GetParam(), shop_);
  PulledSource source(shop_, poll_interval_for(GetParam()));
  auto first = source.reader();
  ASSERT_TRUE(wait_until_held(GetParam(), shop_));
  source.unlock_and_go_on();
  EXPECT_EQ(first.get(), GST_FLOW_FLUSHING);
  const unsigned connections = shop_.service.connections();
  auto second = source.reader();
  shop_.service.release();
  EXPECT_EQ(second.get(), GST_FLOW_OK);
  const Counts counts = shop_.service.counts();
  EXPECT_EQ(counts.submissions, 1U);
  EXPECT_EQ(counts.clip_requests, 1U);
  if (GetParam() == Phase::clip_body) {
    EXPECT_EQ(connections, shop_.service.connections());
  }
}

INSTANTIATE_TEST_SUITE_P(Phases, Unlock, testing::ValuesIn(kPhases),
                         [](const auto& tested) { return name_of(tested.param); });

TEST(UnlockGate, StaysClosedUntilUnlockStop) {
  Shop shop;
  hold_in(Phase::poll, shop);
  PulledSource source(shop);
  source.type()->unlock(source.base());
  EXPECT_EQ(source.get(0, 10), GST_FLOW_FLUSHING);
  EXPECT_EQ(source.get(0, 10), GST_FLOW_FLUSHING);
  EXPECT_EQ(shop.service.connections(), 0U);  // a reader that may not wait buys nothing either
  source.type()->unlock_stop(source.base());
  shop.service.release();
  EXPECT_EQ(source.get(0, 10), GST_FLOW_OK);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(UnlockGate, SurvivesManyRoundsAgainstAReaderThatComesBackAtOnce) {
  Shop shop;
  hold_in(Phase::clip_head, shop);
  PulledSource source(shop);
  auto reader = std::async(std::launch::async, [&] {
    unsigned flushed = 0;
    GstFlowReturn result = GST_FLOW_FLUSHING;
    while ((result = source.get(0, 4096)) == GST_FLOW_FLUSHING) ++flushed;
    return std::pair(result, flushed);
  });
  ASSERT_TRUE(wait_until_held(Phase::clip_head, shop));
  for (int i = 0; i < 2000; ++i) source.unlock_and_go_on();
  shop.service.release();
  ASSERT_EQ(reader.wait_for(Pipeline::kPatience), std::future_status::ready);
  const auto [result, flushed] = reader.get();
  EXPECT_EQ(result, GST_FLOW_OK);
  EXPECT_GT(flushed, 0U);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(UnlockGate, LetsEveryReaderLeave) {
  Shop shop;
  hold_in(Phase::clip_body, shop);
  PulledSource source(shop);
  std::vector<std::future<GstFlowReturn>> readers;
  for (std::uint64_t i = 0; i < 8; ++i) readers.push_back(source.reader(i * 4096));
  ASSERT_TRUE(wait_until_held(Phase::clip_body, shop));
  source.activate(FALSE);
  for (auto& reader : readers) {
    ASSERT_EQ(reader.wait_for(Pipeline::kPatience), std::future_status::ready);
    EXPECT_EQ(reader.get(), GST_FLOW_FLUSHING);
  }
  EXPECT_EQ(source.get(0, 10), GST_FLOW_FLUSHING);
  EXPECT_EQ(shop.service.submissions(), 1U);
}

TEST(FlushEvents, StartAndStopBackToBackGoOnWithTheSameGeneration) {
  Shop shop;
  hold_in(Phase::poll, shop);
  Pipeline pipeline(shop.source() + " ! queue ! fakesink");
  pipeline.set_state(GST_STATE_PLAYING);
  ASSERT_TRUE(wait_until_held(Phase::poll, shop));
  const ElementPtr source = pipeline.named("source");
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(gst_element_send_event(source.get(), gst_event_new_flush_start()));
    EXPECT_TRUE(gst_element_send_event(source.get(), gst_event_new_flush_stop(TRUE)));
  }
  shop.service.release();
  ASSERT_TRUE(pipeline.wait_for_end());
  EXPECT_TRUE(of_type(pipeline.messages(), GST_MESSAGE_ERROR).empty());
  EXPECT_EQ(shop.service.submissions(), 1U);
}

}  // namespace
}  // namespace klingtext::test
