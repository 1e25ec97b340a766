// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/history.h"

#include <thread>

#include "support/store_fixture.h"

namespace klingtext {
namespace {

class History : public test::StoreFixture {};

TEST_F(History, IsEmptyAtFirst) {
  EXPECT_TRUE(remembered_numbers(*store_, "a").empty());
}

TEST_F(History, RemembersByKindInTheOrderTheyCame) {
  remember_generation_time(*store_, "a", 120.04);
  remember_generation_time(*store_, "b", 7);
  remember_generation_time(*store_, "a", 99);
  EXPECT_EQ(remembered_numbers(*store_, "a"), (std::vector<double>{120, 99}));
  EXPECT_EQ(remembered_numbers(*open_store(), "b"), (std::vector<double>{7}));
}

TEST_F(History, ForgetsTheOldestBeyondFifty) {
  for (int i = 1; i <= 60; ++i) remember_generation_time(*store_, "a", i);
  const auto times = remembered_numbers(*store_, "a");
  ASSERT_EQ(times.size(), 50U);
  EXPECT_EQ(times.front(), 11);
  EXPECT_EQ(times.back(), 60);
}

TEST_F(History, IsEmptyWhereItCannotBeRead) {
  for (const char* damaged :
       {"", "{", "[]", "{\"a\":7}", "{\"a\":[\"x\",null,{},[],-1,0,1e999]}", "\xff\xfe"}) {
    test::put(file("history.json"), damaged);
    EXPECT_TRUE(remembered_numbers(*store_, "a").empty()) << damaged;
  }
}

TEST_F(History, StartsOverFromADamagedFile) {
  test::put(file("history.json"), "{\"a\":[1,");
  remember_generation_time(*store_, "a", 5);
  EXPECT_EQ(remembered_numbers(*store_, "a"), (std::vector<double>{5}));
}

// JSON can spell numbers that cannot be written again.
TEST_F(History, LearnsBesideADamagedKind) {
  test::put(file("history.json"), R"({"b":[7,1e999],"c":"x"})");
  remember_generation_time(*store_, "a", 5);
  EXPECT_EQ(remembered_numbers(*store_, "a"), (std::vector<double>{5}));
  EXPECT_EQ(remembered_numbers(*store_, "b"), (std::vector<double>{7}));
}

TEST_F(History, TakesNobodyInWhileSomebodyElseIsLearning) {
  const auto lock = store_->try_lock("history.lock");
  remember_generation_time(*store_, "a", 5);
  EXPECT_TRUE(remembered_numbers(*store_, "a").empty());
}

TEST_F(History, StaysWholeWhenManyLearnAtOnce) {
  {
    std::vector<std::jthread> learners;
    for (int i = 0; i < 4; ++i) {
      learners.emplace_back([this] {
        for (int n = 0; n < 10; ++n) remember_generation_time(*store_, "a", 5);
      });
    }
  }
  const auto times = remembered_numbers(*store_, "a");
  EXPECT_GE(times.size(), 10U);
  EXPECT_LE(times.size(), 40U);
}

}  // namespace
}  // namespace klingtext
