// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/poll_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace klingtext {
namespace {

struct Wait {
  double late = 0;  // seconds from being ready to being seen
  unsigned polls = 0;
};

// A generation that is ready after `ready` seconds, under a simulated clock.
Wait simulate(const PollSchedule& schedule, double ready, std::mt19937& random) {
  std::uniform_real_distribution<double> jitter(0, 1);
  double now = schedule.next(Seconds(0), 0).count();
  Wait wait;
  for (wait.polls = 1; now < ready; ++wait.polls) {
    now += schedule.next(Seconds(now), jitter(random)).count();
  }
  wait.late = now - ready;
  return wait;
}

// Means over many generations whose times are spread as the service's are.
Wait mean_wait(const PollSchedule& schedule, double median) {
  constexpr int kRuns = 20000;
  std::mt19937 random(2026);
  std::lognormal_distribution<double> time(std::log(median), 0.35);
  double late = 0;
  double polls = 0;
  for (int i = 0; i < kRuns; ++i) {
    const Wait wait = simulate(schedule, time(random), random);
    late += wait.late;
    polls += wait.polls;
  }
  return {late / kRuns, static_cast<unsigned>(std::ceil(polls / kRuns))};
}

TEST(PollSchedule, SeesAnUnknownServicesAnswerSoonAndWithFewPolls) {
  const Wait mean = mean_wait(plan_polls(Pace::service, {}, Seconds(0)), 152);
  EXPECT_LE(mean.late, 2.6);
  EXPECT_LE(mean.polls, 24U);
}

TEST(PollSchedule, AsksLessOftenOnceItHasLearnt) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> time(std::log(204), 0.35);
  std::vector<double> history;
  for (int i = 0; i < 8; ++i) history.push_back(time(random));
  const Wait learnt = mean_wait(plan_polls(Pace::service, history, Seconds(0)), 204);
  const Wait unknown = mean_wait(plan_polls(Pace::service, {}, Seconds(0)), 204);
  EXPECT_LT(learnt.polls, unknown.polls);
  EXPECT_LE(learnt.late, 4.0);
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
  EXPECT_DOUBLE_EQ(schedule.quiet.count(), 90);
  EXPECT_DOUBLE_EQ(schedule.estimate.count(), 120);
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
