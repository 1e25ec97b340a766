// SPDX-License-Identifier: LGPL-2.1-or-later
// Which of an entry's submissions count as bought.
#include <gtest/gtest.h>

#include "store/journal.h"

namespace klingtext {
namespace {

constexpr std::int64_t kNoon = 1767225600 + kDay / 2;  // of 2026-01-01, UTC

Entry bought(EntryState state = EntryState::accepted) {
  Entry entry;
  entry.service = "https://api.aimlapi.com/v2";
  entry.key = std::string(64, 'a');
  entry.client_request_id = "id";
  entry.seconds = 5;
  entry.submitted = kNoon;
  entry.state = state;
  return entry;
}

unsigned seconds_of(const Entry& entry) {
  return spending_of(purchases_of(entry), kNoon).seconds;
}

TEST(Spending, CountsUnknownOutcomesButNoFailures) {
  for (const EntryState state :
       {EntryState::intent, EntryState::unknown, EntryState::accepted, EntryState::completed}) {
    EXPECT_EQ(seconds_of(bought(state)), 5U);
  }
  EXPECT_EQ(seconds_of(bought(EntryState::error)), 0U);
}

TEST(Spending, CountsNoIntentThatWasNotSent) {
  Entry entry = bought(EntryState::intent);
  entry.sending = Sending::pending;
  EXPECT_EQ(seconds_of(entry), 0U);
}

TEST(Spending, CountsNoRehearsals) {
  Entry rehearsal = bought();
  rehearsal.service = "rehearsal";
  EXPECT_EQ(seconds_of(rehearsal), 0U);
}

TEST(Spending, CountsWhatWasGivenUpOnItsOwnDay) {
  Entry entry = bought();
  entry.given_up = {{"a", kNoon + 1, 5}, {"b", kNoon - kDay, 5}, {"c", kNoon, 0}};
  EXPECT_EQ(seconds_of(entry), 10U);
}

TEST(Spending, CountsWhatWasGivenUpEvenIfTheLastTryFailed) {
  Entry entry = bought(EntryState::error);
  entry.given_up = {{"a", kNoon, 5}};
  EXPECT_EQ(seconds_of(entry), 5U);
}

}  // namespace
}  // namespace klingtext
