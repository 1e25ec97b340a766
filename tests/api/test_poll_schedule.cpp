// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poll_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/completion_times.h"

namespace klingtext {
namespace {

using test::CompletionTimes;

// What a journal remembers.
std::vector<double> remembered(double median, double deviation, unsigned seed) {
  std::mt19937 random(seed);
  std::lognormal_distribution<double> time(std::log(median), deviation);
  std::vector<double> all(50);
  for (double& one : all) one = time(random);
  return all;
}

test::Noticed notice(const PollSchedule& schedule, const CompletionTimes& times) {
  return test::notice(
      [&](double age, double drawn) { return schedule.next(Seconds(age), drawn).count(); }, times);
}

TEST(PollSchedule, SeesAnUnknownServicesAnswerSoonAndWithFewPolls) {
  const auto noticed =
      notice(plan_polls(Pace::service, {}, Seconds(0)), CompletionTimes::lognormal(152, 0.35));
  EXPECT_LE(noticed.late, 2.6);
  EXPECT_LE(noticed.polls, 24);
}

TEST(PollSchedule, IsNearTheOptimumOnceItHasLearnt) {
  for (const auto& [median, deviation] : {std::pair(152, 0.35), std::pair(170, 0.55)}) {
    const auto times = CompletionTimes::lognormal(median, deviation);
    const double best = times.optimum();
    for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
      const auto noticed =
          notice(plan_polls(Pace::service, remembered(median, deviation, seed), Seconds(0)), times);
      EXPECT_LE(noticed.late * noticed.polls, 1.15 * best) << median << ' ' << seed;
      EXPECT_LE(noticed.late, 2.6);
    }
  }
}

TEST(PollSchedule, IsShortestWhereTheAnswerIsLikeliest) {
  const auto schedule = plan_polls(Pace::service, remembered(152, 0.35, 1), Seconds(0));
  const auto step = [&](double age) { return schedule.next(Seconds(age), 0).count(); };
  EXPECT_GT(step(80), step(150));
  EXPECT_LT(step(150), 4);
  EXPECT_LE(step(1e6), 5);
  EXPECT_GT(step(1e6), 0);
}

TEST(PollSchedule, LeavesANewGenerationInPeaceForAMinute) {
  const PollSchedule schedule = plan_polls(Pace::service, {}, Seconds(0));
  EXPECT_DOUBLE_EQ(schedule.next(Seconds(0), 0).count(), 60);
  EXPECT_DOUBLE_EQ(schedule.next(Seconds(20), 0).count(), 40);
  EXPECT_DOUBLE_EQ(schedule.estimate.count(), 152);
}

TEST(PollSchedule, ThenStepsByAtMostFiveSeconds) {
  const PollSchedule schedule = plan_polls(Pace::service, {}, Seconds(0));
  for (const double age : {60.0, 100.0, 5000.0}) {
    for (const double jitter : {0.0, 0.5, 0.999}) {
      EXPECT_LE(schedule.next(Seconds(age), jitter).count(), 5);
      EXPECT_GE(schedule.next(Seconds(age), jitter).count(), 4.5);
    }
  }
}

TEST(PollSchedule, LearnsItsQuietTimeFromThreeRuns) {
  const std::vector<double> two{100, 120};
  EXPECT_DOUBLE_EQ(plan_polls(Pace::service, two, Seconds(0)).quiet.count(), 60);
  const std::vector<double> three{120, 100, 140};
  const PollSchedule schedule = plan_polls(Pace::service, three, Seconds(0));
  EXPECT_DOUBLE_EQ(schedule.estimate.count(), 120);
  EXPECT_LT(schedule.quiet.count(), 100);
  // Runs that hardly differ make it surer.
  const std::vector<double> many(50, 120);
  EXPECT_GT(plan_polls(Pace::service, many, Seconds(0)).quiet, schedule.quiet);
}

TEST(PollSchedule, TakesAFixedStepAsItIs) {
  const std::vector<double> history{100, 120, 140};
  const PollSchedule schedule = plan_polls(Pace::service, history, Seconds(0.3));
  for (const double age : {0.0, 10.0, 1000.0}) {
    EXPECT_DOUBLE_EQ(schedule.next(Seconds(age), 0.7).count(), 0.3);
  }
  EXPECT_DOUBLE_EQ(schedule.estimate.count(), 120) << "the estimate is still the history's";
}

TEST(PollSchedule, HasNextToNoQuietTimeInARehearsal) {
  const std::vector<double> history{4, 4, 4, 4};
  const PollSchedule schedule = plan_polls(Pace::rehearsal, history, Seconds(0));
  EXPECT_LE(schedule.next(Seconds(0), 0).count(), 0.25);
}

TEST(PercentDone, NeverFallsAndIsNeverAHundredEarly) {
  int before = 0;
  for (double elapsed = 0; elapsed < 5000; elapsed += 0.5) {
    const int percent = percent_done(Seconds(elapsed), Seconds(152));
    EXPECT_GE(percent, before);
    EXPECT_LT(percent, 100);
    before = percent;
  }
  EXPECT_GE(before, 98);
}

TEST(PercentDone, IsHalfwayToNinetyAtHalfTheEstimate) {
  EXPECT_EQ(percent_done(Seconds(76), Seconds(152)), 45);
  EXPECT_EQ(percent_done(Seconds(152), Seconds(152)), 90);
}

TEST(PercentDone, IsZeroWhereNothingCanBeSaid) {
  EXPECT_EQ(percent_done(Seconds(-1), Seconds(152)), 0);
  EXPECT_EQ(percent_done(Seconds(10), Seconds(0)), 0);
}

}  // namespace
}  // namespace klingtext
