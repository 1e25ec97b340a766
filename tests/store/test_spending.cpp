// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "store/journal.h"

namespace klingtext {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMidnight = 1767225600;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kNoon = kMidnight + kDay / 2;

Entry bought(std::int64_t when, EntryState state = EntryState::accepted) {
  Entry entry;
  entry.service = "https://api.aimlapi.com/v2";
  entry.seconds = 5;
  entry.submitted = when;
  entry.state = state;
  return entry;
}

TEST(Spending, IsNothingAtFirst) {
  EXPECT_EQ(spent_today({}, kNoon).seconds, 0U);
  EXPECT_EQ(spent_today({}, kNoon).day_ends, kMidnight + kDay);
}

TEST(Spending, CountsTheUtcDayOnly) {
  const std::vector<Entry> entries{bought(kMidnight - 1), bought(kMidnight), bought(kNoon)};
  EXPECT_EQ(spent_today(entries, kNoon).seconds, 10U);
  EXPECT_EQ(spent_today(entries, kMidnight + kDay).seconds, 0U);
}

TEST(Spending, CountsUnknownOutcomesButNoFailures) {
  EXPECT_EQ(spent_today({bought(kNoon, EntryState::intent), bought(kNoon, EntryState::unknown),
                         bought(kNoon, EntryState::completed), bought(kNoon, EntryState::error)},
                        kNoon)
                .seconds,
            15U);
}

TEST(Spending, CountsNoRehearsals) {
  Entry rehearsal = bought(kNoon);
  rehearsal.service = "rehearsal";
  EXPECT_EQ(spent_today({rehearsal}, kNoon).seconds, 0U);
}

TEST(Spending, CountsWhatWasGivenUpOnItsOwnDay) {
  Entry entry = bought(kNoon);
  entry.given_up = {{"a", kMidnight + 1, 5}, {"b", kMidnight - 1, 5}, {"c", kNoon, 0}};
  EXPECT_EQ(spent_today({entry}, kNoon).seconds, 10U);
}

TEST(Spending, CountsWhatWasGivenUpEvenIfTheLastTryFailed) {
  Entry entry = bought(kNoon, EntryState::error);
  entry.given_up = {{"a", kNoon, 5}};
  EXPECT_EQ(spent_today({entry}, kNoon).seconds, 5U);
}

TEST(Spending, TakesTheNewestEntrysDayWhereTheClockIsBehind) {
  const std::vector<Entry> entries{bought(kNoon + kDay)};
  const Spending spending = spent_today(entries, kNoon);
  EXPECT_EQ(spending.seconds, 5U);
  EXPECT_EQ(spending.day_ends, kMidnight + 2 * kDay);
}

}  // namespace
}  // namespace klingtext
