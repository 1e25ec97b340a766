// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/cancel.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/guarded.h"

namespace klingtext {
namespace {

using Clock = std::chrono::steady_clock;

TEST(SleepUntil, SleepsItsTimeWhenNobodyStops) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(20);
  EXPECT_EQ(sleep_until(std::stop_token(), deadline), Waited::whole);
  EXPECT_GE(Clock::now(), deadline);
}

TEST(SleepUntil, IsOverAtOnceWhenTheDeadlineHasPassed) {
  EXPECT_EQ(sleep_until(std::stop_token(), Clock::now() - std::chrono::hours(1)), Waited::whole);
}

TEST(SleepUntil, EndsWhenAskedToStop) {
  std::stop_source stop;
  std::jthread sleeper([&] {
    // Far beyond any test's patience: only the stop can end it.
    EXPECT_EQ(sleep_until(stop.get_token(), Clock::now() + std::chrono::hours(1)), Waited::stopped);
  });
  stop.request_stop();
}

TEST(SleepUntil, DoesNotSleepAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(sleep_until(stop.get_token(), Clock::now() + std::chrono::hours(1)), Waited::stopped);
}

TEST(CancelOnStop, CancelsWhenTheTokenIsStopped) {
  std::stop_source stop;
  const CancelOnStop cancel(stop.get_token());
  EXPECT_FALSE(g_cancellable_is_cancelled(cancel.get()));
  stop.request_stop();
  EXPECT_TRUE(g_cancellable_is_cancelled(cancel.get()));
}

TEST(CancelOnStop, IsBornCancelledAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  const CancelOnStop cancel(stop.get_token());
  EXPECT_TRUE(g_cancellable_is_cancelled(cancel.get()));
}

TEST(CancelOnStop, LeavesTheNextCallAlone) {
  std::stop_source stop;
  { const CancelOnStop first(stop.get_token()); }
  const CancelOnStop second(stop.get_token());
  EXPECT_FALSE(g_cancellable_is_cancelled(second.get()));
}

TEST(Guarded, WakesAWaiterThatSeesTheNewValue) {
  Guarded<int> value{0};
  std::jthread setter([&] {
    *value.lock() = 7;
    value.notify_all();
  });
  auto locked = value.lock();
  locked.wait([&] { return *locked == 7; });
  EXPECT_EQ(*locked, 7);
}

TEST(Guarded, TellsAStopFromTheAwaitedChange) {
  Guarded<int> value{0};
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  auto locked = value.lock();
  EXPECT_FALSE(locked.wait(stop.get_token(), [&] { return *locked == 7; }));
}

TEST(Guarded, TellsADeadlineFromTheAwaitedChange) {
  Guarded<int> value{0};
  auto locked = value.lock();
  EXPECT_FALSE(locked.wait_until(Clock::now(), [&] { return *locked == 7; }));
}

}  // namespace
}  // namespace klingtext
