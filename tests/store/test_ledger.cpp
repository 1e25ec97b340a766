// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/ledger.h"

#include <functional>
#include <thread>

#include "store/hooked_files.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

namespace fs = std::filesystem;
using test::get;
using test::key_of;
using test::put;

constexpr std::int64_t kMidnight = 1767225600;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kNoon = kMidnight + kDay / 2;

class LedgerTest : public test::StoreFixture {
 protected:
  static LedgerLine line(const std::string& id, std::int64_t time = kNoon) {
    return {time, 5, key_of('a'), id};
  }
  bool added(const std::string& id, unsigned cap = 0, std::int64_t time = kNoon) const {
    const auto result = ledger_.add(line(id, time), cap);
    EXPECT_TRUE(result.ok());
    return result.ok() && result->added;
  }
  Spending spent(std::int64_t now) const {
    return spending_of(*ledger_.read_since(now / kDay), now);
  }
  std::string day_file(const std::string& number) const {
    return file("ledger/2026-01-01/" + number);
  }

  Ledger ledger_{store_};
};

TEST_F(LedgerTest, IsEmptyAtFirst) {
  EXPECT_EQ(spent(kNoon).seconds, 0U);
  EXPECT_EQ(spent(kNoon).day_ends, kMidnight + kDay);
  EXPECT_FALSE(*ledger_.is_complete(0));
}

TEST_F(LedgerTest, CountsTheUtcDayOnly) {
  ASSERT_TRUE(added("yesterday", 0, kMidnight - 1));
  ASSERT_TRUE(added("first", 0, kMidnight));
  ASSERT_TRUE(added("second", 0, kNoon));
  EXPECT_EQ(spent(kNoon).seconds, 10U);
  EXPECT_EQ(spent(kMidnight + kDay).seconds, 0U);
}

TEST_F(LedgerTest, KeepsTodayOpenUntilTheNewestPurchasesDayEnds) {
  ASSERT_TRUE(added("tomorrow", 0, kNoon + kDay));
  EXPECT_EQ(spent(kNoon).seconds, 5U);
  EXPECT_EQ(spent(kNoon).day_ends, kMidnight + 2 * kDay);
  EXPECT_FALSE(added("today", 5));
}

TEST_F(LedgerTest, RefusesWhatWouldPassTheCap) {
  EXPECT_TRUE(added("a", 10));
  EXPECT_TRUE(added("b", 10));
  EXPECT_FALSE(added("c", 10));
  EXPECT_TRUE(added("c", 15));
}

TEST_F(LedgerTest, RollsBackOnce) {
  ASSERT_TRUE(added("a"));
  ASSERT_TRUE(added("b"));
  for (int times = 0; times < 2; ++times) EXPECT_TRUE(ledger_.roll_back(line("a")).ok());
  EXPECT_TRUE(ledger_.roll_back(line("never added")).ok());
  EXPECT_EQ(spent(kNoon).seconds, 5U);
}

TEST_F(LedgerTest, GivesTheLastSecondsToOneOfMany) {
  constexpr int kBuyers = 8;
  std::atomic<int> bought = 0;
  {
    std::vector<std::jthread> buyers;
    for (int buyer = 0; buyer < kBuyers; ++buyer) {
      buyers.emplace_back([&, buyer] {
        if (added("buyer-" + std::to_string(buyer), 15)) ++bought;
      });
    }
  }
  EXPECT_EQ(bought, 3);
  EXPECT_EQ(spent(kNoon).seconds, 15U);
}

TEST_F(LedgerTest, ReportsAMissingFileUntilItIsCompleted) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(added(id));
  ASSERT_TRUE(ledger_.complete({}).ok());
  ASSERT_TRUE(*ledger_.is_complete(0));
  fs::remove(day_file("2"));
  EXPECT_FALSE(*ledger_.is_complete(0));
  EXPECT_TRUE(ledger_.add(line("d"), 100).failed());
  ASSERT_TRUE(ledger_.complete({line("a"), line("b"), line("c")}).ok());
  EXPECT_TRUE(*ledger_.is_complete(0));
  EXPECT_EQ(spent(kNoon).seconds, 15U);
}

TEST_F(LedgerTest, DropsALastLineThatWasCutShort) {
  ASSERT_TRUE(added("a"));
  ASSERT_TRUE(added("b"));
  ASSERT_TRUE(ledger_.complete({}).ok());
  put(day_file("2"), get(day_file("2")).substr(0, 20));
  EXPECT_FALSE(*ledger_.is_complete(0));
  ASSERT_TRUE(ledger_.complete({line("a")}).ok());
  EXPECT_EQ(spent(kNoon).seconds, 5U);
  EXPECT_TRUE(added("c", 10));
}

TEST_F(LedgerTest, TakesAnythingElseThanLinesForAnError) {
  ASSERT_TRUE(added("a"));
  ASSERT_TRUE(ledger_.complete({}).ok());
  put(day_file("1"), "not a line\n");
  EXPECT_TRUE(ledger_.is_complete(0).failed());
  EXPECT_TRUE(ledger_.complete({line("a")}).failed());
  EXPECT_TRUE(ledger_.add(line("b"), 100).failed());
}

// Another host's line, which this one does not see yet. The stop ends the waiting for it at once.
TEST_F(LedgerTest, EndsWithAnErrorWhereALineOfAnotherHostStaysInvisible) {
  ASSERT_TRUE(added("a"));
  ASSERT_TRUE(added("b"));
  std::stop_source run;
  const auto files = std::make_shared<test::HookedFiles>(store_, run.get_token());
  unsigned looks = 0;
  files->hides = [&](const std::string& name) {
    if (name != "ledger/2026-01-01/2") return false;
    if (++looks == 10) run.request_stop();
    return true;
  };
  const Ledger ledger(files);
  const std::vector<std::function<bool()>> all{
      [&] { return ledger.roll_back(line("a")).failed(); },
      [&] { return ledger.complete({line("c")}).failed(); },
      [&] { return ledger.add(line("c"), 100).failed(); }};
  for (const auto& fails : all) EXPECT_TRUE(fails());
  EXPECT_GE(looks, 10U);
  EXPECT_EQ(spent(kNoon).seconds, 10U);
}

}  // namespace
}  // namespace klingtext
