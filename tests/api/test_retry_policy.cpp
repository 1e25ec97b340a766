// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/retry_policy.h"

#include <gtest/gtest.h>

namespace klingtext {
namespace {

constexpr std::int64_t kNow = 1767225600;  // Thu, 01 Jan 2026 00:00:00 GMT

std::optional<double> seconds(const std::string& value) {
  const auto parsed = parse_retry_after(value, kNow);
  return parsed ? std::optional(parsed->count()) : std::nullopt;
}

TEST(RetryAfter, IsANumberOfSeconds) {
  EXPECT_EQ(seconds("7"), 7.0);
  EXPECT_EQ(seconds(" 12 "), 12.0);
  EXPECT_EQ(seconds("0"), 0.0);
}

TEST(RetryAfter, IsADateSeenFromNow) {
  EXPECT_EQ(seconds("Thu, 01 Jan 2026 00:00:09 GMT"), 9.0);
  EXPECT_EQ(seconds("Thursday, 01-Jan-26 00:00:09 GMT"), 9.0);
  EXPECT_EQ(seconds("Thu Jan  1 00:00:09 2026"), 9.0);
}

TEST(RetryAfter, IsNotBelievedBeyondAMinute) {
  EXPECT_EQ(seconds("61"), 60.0);
  EXPECT_EQ(seconds("99999999999999999999999999999999"), 60.0);
  EXPECT_EQ(seconds("Fri, 01 Jan 2027 00:00:00 GMT"), 60.0);
}

TEST(RetryAfter, IsNeverNegative) {
  EXPECT_EQ(seconds("Wed, 31 Dec 2025 23:59:00 GMT"), 0.0);
  EXPECT_EQ(seconds("Thu, 01 Jan 1970 00:00:00 GMT"), 0.0);
}

TEST(RetryAfter, IsNothingWhereItIsGarbage) {
  for (const char* garbage : {"", "  ", "soon", "-5", "1.5", "0x10", "1e3", "5 seconds", "5, 6",
                              "inf", "nan", "Thu, 99 Foo 2026 00:00:09 GMT"}) {
    EXPECT_EQ(seconds(garbage), std::nullopt) << garbage;
  }
}

using Delay = Seconds (*)(unsigned, std::optional<Seconds>, double);

struct Backoff {
  const char* name;
  Delay delay;
  double first;
  double last;
};

class RetryDelay : public testing::TestWithParam<Backoff> {};

TEST_P(RetryDelay, DoublesFromTheFirstToTheLast) {
  const auto& [name, delay, first, last] = GetParam();
  double expected = first;
  for (unsigned failures = 1; failures <= 40; ++failures) {
    EXPECT_DOUBLE_EQ(delay(failures, std::nullopt, 0).count(), std::min(expected, last))
        << failures;
    expected *= 2;
  }
}

TEST_P(RetryDelay, IsShortenedByJitterAtMostByAQuarter) {
  const auto& [name, delay, first, last] = GetParam();
  for (unsigned failures = 1; failures <= 10; ++failures) {
    const double plain = delay(failures, std::nullopt, 0).count();
    EXPECT_LT(delay(failures, std::nullopt, 0.999).count(), plain);
    EXPECT_GE(delay(failures, std::nullopt, 0.999).count(), 0.75 * plain);
  }
}

TEST_P(RetryDelay, IsAtLeastWhatTheServiceAsksFor) {
  const auto& [name, delay, first, last] = GetParam();
  for (const double jitter : {0.0, 0.5, 0.999}) {
    EXPECT_GE(delay(1, Seconds(20), jitter).count(), 20);
    EXPECT_LE(delay(1, Seconds(20), jitter).count(), 20 + 0.1 * first);
  }
}

TEST_P(RetryDelay, FollowsTheServiceNoLongerThanAMinute) {
  EXPECT_LE(GetParam().delay(1, Seconds(3600), 0).count(), 60);
}

INSTANTIATE_TEST_SUITE_P(All, RetryDelay,
                         testing::Values(Backoff{"Submission", submission_retry_delay, 1, 60},
                                         Backoff{"Poll", poll_retry_delay, 5, 60},
                                         Backoff{"Download", download_retry_delay, 0.25, 15}),
                         [](const auto& one) { return one.param.name; });

RefusalStreak streak_at(std::initializer_list<int> seconds) {
  RefusalStreak streak(kRefusalSpan);
  for (const int at : seconds) {
    streak.add(RefusalStreak::TimePoint{} + std::chrono::seconds(at));
  }
  return streak;
}

TEST(RefusalStreak, IsFinalAfterThreeInARowAndThirtySeconds) {
  EXPECT_FALSE(streak_at({}).is_final());
  EXPECT_FALSE(streak_at({100}).is_final());
  EXPECT_FALSE(streak_at({100, 1000}).is_final());
  EXPECT_FALSE(streak_at({100, 101, 102, 103, 104}).is_final());
  EXPECT_FALSE(streak_at({100, 110, 129}).is_final());
  EXPECT_TRUE(streak_at({100, 110, 130}).is_final());
}

TEST(RefusalStreak, BeginsAnewAfterAnAnswer) {
  RefusalStreak streak = streak_at({100, 110, 129});
  streak.end();
  for (const int at : {130, 140, 159}) {
    streak.add(RefusalStreak::TimePoint{} + std::chrono::seconds(at));
    EXPECT_FALSE(streak.is_final()) << at;
  }
  streak.add(RefusalStreak::TimePoint{} + std::chrono::seconds(160));
  EXPECT_TRUE(streak.is_final());
}

TEST(RefusalStreak, IsDecidedWithinAMinuteAndAFewPolls) {
  for (const double jitter : {0.0, 0.5, 0.999}) {
    RefusalStreak streak(kRefusalSpan);
    Seconds now{};
    unsigned polls = 0;
    while (!streak.is_final() && polls < 100) {
      streak.add(RefusalStreak::TimePoint{} +
                 std::chrono::duration_cast<std::chrono::nanoseconds>(now));
      now += streak.pause(jitter);
      ++polls;
    }
    EXPECT_LE(polls, 6U) << jitter;
    EXPECT_LE(now.count(), 60) << jitter;
  }
}

}  // namespace
}  // namespace klingtext
