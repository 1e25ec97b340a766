// SPDX-License-Identifier: LGPL-2.1-or-later
// PLAYING and NULL, again and again: nothing of a run stays.
#include <gtest/gtest.h>

#include "own_resources.h"
#include "phases.h"
#include "pipeline.h"

namespace klingtext::test {
namespace {

class Cycles : public testing::Test {
 protected:
  // Threads that GLib keeps for later would count as ours.
  Cycles() { g_thread_pool_set_max_unused_threads(0); }

  // A few runs first, for what GLib and GStreamer make once and keep.
  void settle(const std::string& line) {
    for (int i = 0; i < 5; ++i) play_once(line);
    int quiet = 0;
    ASSERT_TRUE(comes_true([&] {
      const OwnResources now;
      quiet = now == baseline_ && shop_.service.open_connections() == 0 ? quiet + 1 : 0;
      baseline_ = now;
      return quiet == 20;
    }));
  }
  static void play_once(const std::string& line) {
    Pipeline pipeline(line);
    ASSERT_TRUE(pipeline.play()) << pipeline.errors();
    ASSERT_TRUE(pipeline.stop());
  }
  // Detached threads end when they like.
  bool comes_back() const {
    return comes_true([&] {
      const OwnResources now;
      return now.threads <= baseline_.threads && now.descriptors <= baseline_.descriptors;
    });
  }

  Shop shop_;
  OwnResources baseline_;
};

TEST_F(Cycles, OfOneElementLeaveNothing) {
  Pipeline pipeline(shop_.source() + " ! fakesink");
  settle(shop_.source() + " ! fakesink");
  const std::size_t memory = resident_bytes();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pipeline.play()) << pipeline.errors();
    ASSERT_TRUE(pipeline.stop());
    pipeline.forget_messages();
  }
  EXPECT_TRUE(comes_back()) << testing::PrintToString(OwnResources()) << ", before "
                            << testing::PrintToString(baseline_);
  EXPECT_LT(resident_bytes(), memory + kMemorySlack);
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

TEST_F(Cycles, OfManyElementsLeaveNothing) {
  const std::string line = shop_.source() + " ! queue ! fakesink";
  settle(line);
  const std::size_t memory = resident_bytes();
  for (int i = 0; i < 100; ++i) play_once(line);
  EXPECT_TRUE(comes_back()) << testing::PrintToString(OwnResources()) << ", before "
                            << testing::PrintToString(baseline_);
  EXPECT_LT(resident_bytes(), memory + kMemorySlack);
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

// PAUSED and PLAYING without a NULL in between is one run.
TEST_F(Cycles, OfPauseAndPlayAreOneRun) {
  Pipeline pipeline(shop_.source() + " blocksize=256 ! fakesink sync=false");
  ASSERT_TRUE(pipeline.preroll());
  for (int i = 0; i < 50; ++i) {
    pipeline.set_state(GST_STATE_PLAYING);
    pipeline.set_state(GST_STATE_PAUSED);
  }
  ASSERT_TRUE(pipeline.play());
  unsigned starts = 0;
  for (const Progress& progress : progress_in(pipeline.messages())) {
    starts += progress.type == GST_PROGRESS_TYPE_START ? 1 : 0;
  }
  EXPECT_EQ(starts, 1U);
  EXPECT_EQ(shop_.service.submissions(), 1U);
}

// Each run of another request is stopped half-way; a submission is let go on alone.
TEST_F(Cycles, ThatAreInterruptedLeaveNothing) {
  settle(shop_.source() + " ! fakesink");
  unsigned submissions = 1;
  for (unsigned i = 0; i < 20; ++i) {
    const Phase phase = kPhases[i % std::size(kPhases)];
    const Counts before = shop_.service.counts();
    hold_in(phase, shop_);
    Pipeline pipeline(shop_.source() + " take=" + std::to_string(i + 2) +
                      " poll-interval=" + std::to_string(poll_interval_for(phase)) + " ! fakesink");
    pipeline.set_state(GST_STATE_PLAYING);
    ++submissions;
    ASSERT_TRUE(shop_.service.wait_for([&] {
      const Counts now = shop_.service.counts();
      // What an earlier run still asked for is not this one's.
      if (now.submissions < submissions) return false;
      switch (phase) {
        case Phase::submission:
          return now.submissions > before.submissions;
        case Phase::poll:
          return now.polls > before.polls;
        case Phase::poll_sleep:
          return now.accepted > before.accepted;
        case Phase::clip_head:
          return now.clip_requests > before.clip_requests;
        case Phase::clip_body:
          return now.clip_bytes > before.clip_bytes;
      }
      return false;
    })) << name_of(phase);
    ASSERT_TRUE(pipeline.stop());
    shop_.service.release();
    // A gate that closed too early would keep a submission, and with it one of the few slots.
    ASSERT_TRUE(shop_.service.wait_for([&] { return shop_.service.accepted() == submissions; }));
    shop_.service.hold_again();
  }
  shop_.service.release();
  EXPECT_TRUE(comes_back()) << testing::PrintToString(OwnResources()) << ", before "
                            << testing::PrintToString(baseline_);
  EXPECT_EQ(shop_.service.submissions(), submissions);
  EXPECT_TRUE(shop_.service.wait_for([&] { return shop_.service.accepted() == submissions; }));
}

}  // namespace
}  // namespace klingtext::test
